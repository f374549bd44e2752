//! Recipients of an account in the SES sandbox, which must be verified or addresses of the mailbox simulator.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>

use email_message::SenderIdentity;

use super::Email;
use crate::simulator::SIMULATOR_DOMAIN;

/// A recipient that the sandbox refuses unless its address or domain is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientToVerify {
    /// The recipient's path in the request, such as `to[1]`.
    pub field: String,
    pub address: SenderIdentity,
    pub domain: SenderIdentity,
}

/// Returns the distinct recipients of an email, without those of the simulator.
#[must_use]
pub fn recipients_to_verify(email: &Email) -> Vec<RecipientToVerify> {
    let mut recipients: Vec<RecipientToVerify> = Vec::new();
    for (field, mailboxes) in [("to", email.to()), ("cc", email.cc()), ("bcc", email.bcc())] {
        for (index, mailbox) in mailboxes.iter().enumerate() {
            // An address that isn't a valid identity is left to SES to refuse.
            let (Ok(address), Ok(domain)) =
                (mailbox.address().parse::<SenderIdentity>(), mailbox.domain().parse::<SenderIdentity>())
            else {
                continue;
            };
            let is_known = recipients.iter().any(|known| known.address == address);
            if domain.as_str() != SIMULATOR_DOMAIN && !is_known {
                recipients.push(RecipientToVerify { field: format!("{field}[{index}]"), address, domain });
            }
        }
    }
    recipients
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::EmailDraft;

    #[test]
    fn the_simulator_needs_no_verification_and_each_address_is_listed_once() {
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
        let recipients = recipients_to_verify(&email);
        let listed: Vec<_> =
            recipients.iter().map(|r| (r.field.as_str(), r.address.as_str(), r.domain.as_str())).collect();
        assert_eq!(
            listed,
            [
                ("to[1]", "ada@example.org", "example.org"),
                ("cc[1]", "bob@simulator.amazonses.com.example", "simulator.amazonses.com.example"),
            ]
        );
    }
}
