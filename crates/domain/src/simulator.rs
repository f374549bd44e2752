//! SES's mailbox simulator.

use email_message::Mailbox;

/// The domain of the mailbox simulator. Its addresses accept email from every account, also in the sandbox.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator>
pub const SIMULATOR_DOMAIN: &str = "simulator.amazonses.com";

/// Returns the mailboxes that are not the simulator's. Strings that are not addresses are skipped.
pub(crate) fn without_simulator<'a>(
    addresses: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = Mailbox> {
    let mailboxes = addresses.filter_map(|address| address.parse::<Mailbox>().ok());
    mailboxes.filter(|mailbox| mailbox.domain() != SIMULATOR_DOMAIN)
}
