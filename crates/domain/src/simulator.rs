//! SES's mailbox simulator.

/// The domain of the mailbox simulator. Its addresses accept email from every account, also in the sandbox.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator>
pub const SIMULATOR_DOMAIN: &str = "simulator.amazonses.com";

/// Returns whether a mailbox, with or without a display name, is the simulator's.
pub(crate) fn is_simulator(mailbox: &str) -> bool {
    let domain = mailbox.rsplit('@').next().unwrap_or_default();
    domain.trim_end_matches('>').eq_ignore_ascii_case(SIMULATOR_DOMAIN)
}
