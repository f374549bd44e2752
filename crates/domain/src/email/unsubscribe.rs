//! The headers of one-click unsubscribe.
//!
//! <https://www.rfc-editor.org/rfc/rfc8058>

use email_message::Header;
use zeroize::Zeroizing;

use super::{Email, EmailProblem};
use crate::{
    EmailId, OrganisationId, SigningSecret,
    onboarding::PublicUrl,
    suppression::{AddressKey, Unsubscribe},
};

impl Email {
    /// Adds the two headers of one-click unsubscribe for the email's only recipient.
    ///
    /// # Errors
    /// [`EmailProblem::UnsubscribeRecipients`] if there isn't exactly one recipient. [`EmailProblem::Message`] if the link is too long for
    /// a header.
    pub fn with_unsubscribe(
        self,
        organisation: OrganisationId,
        id: EmailId,
        public_url: &PublicUrl,
        secret: &SigningSecret,
    ) -> Result<Self, EmailProblem> {
        let mut recipients = self.recipients();
        let (Some(recipient), None) = (recipients.next(), recipients.next()) else {
            return Err(EmailProblem::UnsubscribeRecipients);
        };
        let unsubscribe = Unsubscribe { organisation, email: id, address: AddressKey::from(recipient) };
        let link = Zeroizing::new(format!("<{}>", unsubscribe.url(public_url, secret).as_str()));
        drop(recipients);
        Ok(self.with_headers([
            Header::new("List-Unsubscribe", link.as_str())?,
            Header::new("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?,
        ]))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::email::EmailDraft;

    #[test]
    fn an_email_to_one_recipient_gets_both_headers_of_the_rfc() {
        let at = datetime!(2026-11-24 12:00 UTC);
        let (organisation, id) = (OrganisationId::new(at, 1), EmailId::new(at, 2));
        let secret: SigningSecret = "a".repeat(32).parse().unwrap();
        let draft = EmailDraft {
            from: "info@example.com".into(),
            to: vec!["Ada <Ada@example.com>".into()],
            subject: "s".into(),
            text: Some("t".into()),
            ..EmailDraft::default()
        };
        let with_unsubscribe = |draft: EmailDraft| {
            let url = "https://kraiter.example.com".parse().unwrap();
            Email::try_from(draft).unwrap().with_unsubscribe(organisation, id, &url, &secret)
        };
        let email = with_unsubscribe(draft.clone()).unwrap();
        let [link, post] = email.headers() else { panic!("{:?}", email.headers()) };
        assert_eq!((post.name(), post.value()), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        assert_eq!(link.name(), "List-Unsubscribe");
        let token = link.value().strip_prefix("<https://kraiter.example.com/unsubscribe/").unwrap();
        let unsubscribe = Unsubscribe::from_path(token.strip_suffix('>').unwrap(), &secret).unwrap();
        assert_eq!((unsubscribe.address.as_str(), unsubscribe.email), ("ada@example.com", id));
        let two = EmailDraft { cc: vec!["bob@example.com".into()], ..draft };
        assert_eq!(with_unsubscribe(two).unwrap_err(), EmailProblem::UnsubscribeRecipients);
    }
}
