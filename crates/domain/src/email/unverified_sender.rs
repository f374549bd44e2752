//! The refusal of an email from an unverified sender.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html>

use aws_sans_io::{Error, Region};

use super::Email;

/// The start of SES's message about identities that aren't verified. In the sandbox, recipients can be among them.
const NOT_VERIFIED: &str = "Email address is not verified";

/// The sender of an email that SES refused because neither its address nor its domain is verified in the region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedSender {
    pub address: String,
    pub domain: String,
    pub region: Region,
}

impl UnverifiedSender {
    /// Returns the sender of the email if SES refused it for this reason. SES lists the identities behind a colon, or none at all.
    #[must_use]
    pub fn of_refusal(error: &Error, email: &Email, region: Region) -> Option<Self> {
        let Error::Service { code, message, .. } = error else { return None };
        if code != "MessageRejected" || !message.starts_with(NOT_VERIFIED) {
            return None;
        }
        let from = email.from();
        let listed = message.split_once(':').map(|(_, identities)| identities.to_ascii_lowercase());
        let is_listed = |identity: &str| {
            listed.as_deref().is_none_or(|listed| contains_identity(listed, &identity.to_ascii_lowercase()))
        };
        let is_refused = is_listed(from.address()) || is_listed(from.domain());
        is_refused.then(|| Self {
            address: from.address().to_owned(),
            domain: from.domain().to_owned(),
            region,
        })
    }
}

/// Returns whether a list names the identity, alone, as the end of an ARN or in angle brackets.
fn contains_identity(list: &str, identity: &str) -> bool {
    list.split([',', ' ', '<', '>', '/', '"']).any(|part| part == identity)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::email::EmailDraft;

    fn email() -> Email {
        Email::try_from(EmailDraft {
            from: "Shop <Info@example.com>".into(),
            to: vec!["ada@example.org".into()],
            subject: "s".into(),
            text: Some("t".into()),
            ..EmailDraft::default()
        })
        .unwrap()
    }

    fn sender_of(code: &str, message: &str) -> Option<UnverifiedSender> {
        let error = Error::service(StatusCode::BAD_REQUEST, Some(code.into()), Some(message.into()), None);
        UnverifiedSender::of_refusal(&error, &email(), "eu-west-1".parse().unwrap())
    }

    #[test]
    fn a_refusal_that_lists_the_sender_or_nobody_is_about_the_sender() {
        const LIST: &str =
            "Email address is not verified. The following identities failed the check in region EU-WEST-1: ";
        for listed in [
            "info@example.com",
            "ada@example.org, Info@example.com",
            "Shop <Info@example.com>, Info@example.com",
            "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
        ] {
            let sender = sender_of("MessageRejected", &format!("{LIST}{listed}")).unwrap();
            assert_eq!((&*sender.address, &*sender.domain), ("Info@example.com", "example.com"), "{listed}");
        }
        assert!(sender_of("MessageRejected", "Email address is not verified.").is_some());
        assert_eq!(sender_of("MessageRejected", &format!("{LIST}ada@example.org")), None);
        assert_eq!(sender_of("MessageRejected", &format!("{LIST}noinfo@example.com")), None);
        assert_eq!(sender_of("MessageRejected", "Sending paused for this account."), None);
        assert_eq!(sender_of("AccessDeniedException", "Email address is not verified."), None);
    }
}
