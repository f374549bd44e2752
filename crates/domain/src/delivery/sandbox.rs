//! Whom SES sends to while an account is in the sandbox: verified identities and the mailbox simulator.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>

use email_message::SenderIdentity;

use crate::email::Email;

/// The domain of the mailbox simulator, whose addresses always work.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator>
pub const SIMULATOR: &str = "simulator.amazonses.com";

/// A recipient that the sandbox refuses unless it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoubtfulRecipient {
    /// Where it stands in the request, such as `to[1]`.
    pub field: String,
    /// The address: an identity that would let it pass.
    pub address: SenderIdentity,
    /// Its domain: the other one.
    pub domain: SenderIdentity,
}

/// The recipients of an email that aren't the simulator's, each once.
#[must_use]
pub fn doubtful_recipients(email: &Email) -> Vec<DoubtfulRecipient> {
    let mut doubtful: Vec<DoubtfulRecipient> = Vec::new();
    for (field, mailboxes) in [("to", email.to()), ("cc", email.cc()), ("bcc", email.bcc())] {
        for (index, mailbox) in mailboxes.iter().enumerate() {
            // A mailbox's address and domain are identities by form; one that isn't is SES's to judge.
            let (Ok(address), Ok(domain)) =
                (mailbox.address().parse::<SenderIdentity>(), mailbox.domain().parse::<SenderIdentity>())
            else {
                continue;
            };
            let is_known = doubtful.iter().any(|known| known.address == address);
            if domain.as_str() != SIMULATOR && !is_known {
                doubtful.push(DoubtfulRecipient { field: format!("{field}[{index}]"), address, domain });
            }
        }
    }
    doubtful
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::EmailDraft;

    #[test]
    fn the_simulator_is_never_doubted_and_nobody_twice() {
        let email = Email::try_from(EmailDraft {
            from: "info@example.com".into(),
            to: vec!["success@simulator.amazonses.com".into(), "Ada <ada@example.org>".into()],
            cc: vec!["ada@example.org".into(), "bob@simulator.amazonses.com.example".into()],
            bcc: vec!["bounce+1@simulator.amazonses.com".into()],
            subject: "s".into(),
            text: Some("t".into()),
            ..EmailDraft::default()
        })
        .unwrap();
        let doubtful = doubtful_recipients(&email);
        let seen: Vec<_> =
            doubtful.iter().map(|d| (d.field.as_str(), d.address.as_str(), d.domain.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("to[1]", "ada@example.org", "example.org"),
                ("cc[1]", "bob@simulator.amazonses.com.example", "simulator.amazonses.com.example"),
            ]
        );
    }
}
