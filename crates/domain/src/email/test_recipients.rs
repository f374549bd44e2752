//! Recipients of emails that a test key sends: SES's mailbox simulator.

use super::{Email, EmailProblem, InvalidEmail};
use crate::simulator::{SIMULATOR_DOMAIN, is_simulator};

/// The simulator's mailboxes that an address can choose by how it begins. All others go to the first one.
const MAILBOXES: [&str; 3] = ["success", "bounce", "complaint"];

/// SMTP's limit of the part before the `@`.
const MAX_LOCAL_PART: usize = 64;

impl Email {
    /// Replaces every recipient by an address of the mailbox simulator, and marks the email as a test.
    ///
    /// `ada@example.com` becomes `success+ada-example-com@simulator.amazonses.com`. An address that begins with `bounce@`,
    /// `bounce+`, `complaint@` or `complaint+` becomes one that bounces or complains.
    ///
    /// # Errors
    /// Fails with the recipient that has no address in the simulator.
    pub fn into_test(self) -> Result<Self, InvalidEmail> {
        self.with_test_recipients(|field, index, mailbox| {
            let address = simulated(mailbox.address());
            address.parse().map_err(|error: email_message::ValidationError| {
                EmailProblem::Value(error.into()).at(format!("{field}[{index}]"))
            })
        })
    }
}

fn simulated(address: &str) -> String {
    if is_simulator(address) {
        return address.to_owned();
    }
    let local_part = address.split(['+', '@']).next().unwrap_or_default();
    let kind = MAILBOXES.into_iter().find(|kind| kind.eq_ignore_ascii_case(local_part));
    let kind = kind.unwrap_or(MAILBOXES[0]);
    let is_plain = |character: char| character.is_ascii_alphanumeric();
    let label = address.chars().map(|character| if is_plain(character) { character } else { '-' });
    let label: String = label.take(MAX_LOCAL_PART - kind.len() - 1).collect();
    format!("{kind}+{label}@{SIMULATOR_DOMAIN}")
}

#[cfg(test)]
mod tests {
    use email_message::Mailbox;

    use super::*;
    use crate::email::EmailDraft;

    #[test]
    fn an_address_chooses_the_mailbox_of_the_simulator() {
        for (address, expected) in [
            ("ada@example.com", "success+ada-example-com@simulator.amazonses.com"),
            ("bounce@example.com", "bounce+bounce-example-com@simulator.amazonses.com"),
            ("Bounce+ada@example.com", "bounce+Bounce-ada-example-com@simulator.amazonses.com"),
            ("complaint+1@example.com", "complaint+complaint-1-example-com@simulator.amazonses.com"),
            ("bouncer@example.com", "success+bouncer-example-com@simulator.amazonses.com"),
            ("bounce@simulator.amazonses.com", "bounce@simulator.amazonses.com"),
        ] {
            assert_eq!(simulated(address), expected);
        }
        let long = format!("{0}@{0}.example", "a".repeat(60));
        let (local_part, _) = simulated(&long).split_once('@').map(|(a, b)| (a.len(), b.len())).unwrap();
        assert_eq!(local_part, MAX_LOCAL_PART);
        assert!(simulated(&long).parse::<Mailbox>().is_ok());
    }

    #[test]
    fn a_test_reaches_nobody_and_keeps_its_mark() {
        let draft = EmailDraft {
            from: "shop@example.com".into(),
            to: vec!["Ada <ada@example.com>".into()],
            cc: vec!["bounce@example.org".into()],
            bcc: vec!["\"odd name\"@example.org".into()],
            subject: "s".into(),
            text: Some("t".into()),
            ..EmailDraft::default()
        };
        let email = Email::try_from(draft).unwrap();
        assert!(!email.is_test());
        let email = email.into_test().unwrap();
        assert!(email.is_test() && email.recipients().all(|mailbox| is_simulator(mailbox.address())));
        assert_eq!(email.recipient_count(), 3);
        // AWS refuses any other recipient.
        assert!(email.restriction().permits_recipient(email.to().first().unwrap()));
        assert!(!email.restriction().permits_recipient(&"ada@example.com".parse().unwrap()));
        let stored = serde_json::to_string(&email).unwrap();
        assert_eq!(serde_json::from_str::<Email>(&stored).unwrap(), email);
    }
}
