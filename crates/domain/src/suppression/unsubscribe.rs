//! One-click unsubscribe: the link that a mail carries, and the page behind it.
//!
//! <https://www.rfc-editor.org/rfc/rfc8058>

use std::{fmt, str};

use data_encoding::BASE64URL_NOPAD;
use email_message::Header;
use zeroize::Zeroizing;

use super::AddressKey;
use crate::{
    EmailId, OrganisationId,
    email::{Email, EmailProblem},
    onboarding::PublicUrl,
    settings::SigningSecret,
};

/// What is signed with the secret for this is worth nothing elsewhere.
const PURPOSE: &str = "unsubscribe";

const SIGNATURE_BYTES: usize = 32;

/// The longest token: a signature, two ids and the longest address, in base64.
const MAX_TOKEN: usize = 480;

/// Who doesn't want mail of whom any more, and which mail has said how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    /// Whose mail it is.
    pub organisation: OrganisationId,
    /// The mail that the link stands in.
    pub email: EmailId,
    /// Who got it.
    pub address: AddressKey,
}

/// The link's secret part: whoever has it can unsubscribe the one address from the one organisation.
struct UnsubscribeToken(Zeroizing<String>);

impl fmt::Debug for UnsubscribeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnsubscribeToken([redacted])")
    }
}

impl Unsubscribe {
    fn token(&self, secret: &SigningSecret) -> UnsubscribeToken {
        let message = format!("{} {} {}", self.organisation, self.email, self.address);
        let mut bytes = secret.sign(PURPOSE, message.as_bytes()).to_vec();
        bytes.extend_from_slice(message.as_bytes());
        UnsubscribeToken(Zeroizing::new(BASE64URL_NOPAD.encode(&bytes)))
    }

    /// What a token in a request's path says; `None` where we haven't signed it.
    #[must_use]
    pub fn from_path(segment: &str, secret: &SigningSecret) -> Option<Self> {
        if segment.len() > MAX_TOKEN {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(segment.as_bytes()).ok()?;
        let (signature, message) = bytes.split_at_checked(SIGNATURE_BYTES)?;
        if !secret.has_signed(PURPOSE, message, signature) {
            return None;
        }
        let mut parts = str::from_utf8(message).ok()?.splitn(3, ' ');
        let organisation = parts.next()?.parse().ok()?;
        let email = parts.next()?.parse().ok()?;
        Some(Self { organisation, email, address: parts.next()?.parse().ok()? })
    }

    /// The page behind the link: looking at it changes nothing, since whoever scans mails opens every link.
    #[must_use]
    pub fn page(&self) -> String {
        let question = "You get emails from this sender. By this button you get no more of them.";
        // Without an address the form goes where the page came from, so that the link isn't in it.
        let form = "<form method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\
                    <button>Unsubscribe</button></form>";
        page("Unsubscribe", &self.address, question, form)
    }

    /// The page after that.
    #[must_use]
    pub fn done_page(&self) -> String {
        page("Unsubscribed", &self.address, "You get no more emails from this sender.", "")
    }
}

/// What a browser may do on these pages: show them, and send the form back to where it came from.
pub const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1rem}\
                     button{font:inherit;padding:.5rem 1rem;cursor:pointer}";

fn page(title: &str, address: &AddressKey, sentence: &str, form: &str) -> String {
    // An address has neither < nor " in it; an & would begin a reference.
    let address = address.as_str().replace('&', "&amp;");
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1><p><strong>{address}</strong></p>\
         <p>{sentence}</p>{form}</main></body></html>"
    )
}

impl Email {
    /// The same with the two headers of one-click unsubscribe for its one recipient.
    ///
    /// # Errors
    /// [`EmailProblem::UnsubscribeRecipients`] where there isn't exactly one, [`EmailProblem::HeaderValue`] where Kraiter's own address
    /// is too long for a header.
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
        let token = unsubscribe.token(secret);
        let link = Zeroizing::new(format!("<{}/unsubscribe/{}>", public_url.origin(), token.0.as_str()));
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

    fn secret(byte: char) -> SigningSecret {
        SigningSecret::new(&byte.to_string().repeat(32)).unwrap()
    }

    fn unsubscribe() -> Unsubscribe {
        let at = datetime!(2026-11-24 12:00 UTC);
        Unsubscribe {
            organisation: OrganisationId::new(at, 1),
            email: EmailId::new(at, 2),
            address: "a&d'a@example.com".parse().unwrap(),
        }
    }

    #[test]
    fn a_token_is_read_back_by_its_own_secret_only() {
        let token = unsubscribe().token(&secret('a'));
        assert_eq!(Unsubscribe::from_path(&token.0, &secret('a')), Some(unsubscribe()));
        assert_eq!(Unsubscribe::from_path(&token.0, &secret('b')), None);
        assert!(!format!("{token:?}").contains(token.0.as_str()));
    }

    #[test]
    fn no_token_can_be_made_of_another() {
        let token = unsubscribe().token(&secret('a')).0;
        for place in 0..token.len() {
            let mut changed = token.as_bytes().to_vec();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Unsubscribe::from_path(&changed, &secret('a')), None, "{place}");
        }
        for wrong in
            ["", "A", "AAAA", &token[..43], &token[1..], &format!("{}AAAA", token.as_str()), &"A".repeat(484)]
        {
            assert_eq!(Unsubscribe::from_path(wrong, &secret('a')), None, "{wrong}");
        }
    }

    #[test]
    fn the_longest_address_has_a_token_that_a_header_can_hold() {
        let address = format!(
            "{}@{}.example.com",
            "a".repeat(64),
            ["b".repeat(58), "c".repeat(58), "d".repeat(58)].join(".")
        );
        let address = format!("{address:.254}");
        let long = Unsubscribe { address: address.parse().unwrap(), ..unsubscribe() };
        let token = long.token(&secret('a')).0;
        assert!(token.len() <= MAX_TOKEN);
        assert_eq!(Unsubscribe::from_path(&token, &secret('a')), Some(long));
    }

    #[test]
    fn a_mail_gets_both_headers_of_the_rfc() {
        let draft = EmailDraft {
            from: "info@example.com".into(),
            to: vec!["Ada <Ada@example.com>".into()],
            subject: "s".into(),
            text: Some("t".into()),
            ..EmailDraft::default()
        };
        let Unsubscribe { organisation, email: id, .. } = unsubscribe();
        let with = |draft: EmailDraft| {
            let url = "https://kraiter.example.com".parse().unwrap();
            Email::try_from(draft).unwrap().with_unsubscribe(organisation, id, &url, &secret('a'))
        };
        let email = with(draft.clone()).unwrap();
        let [link, post] = email.headers() else { panic!("{:?}", email.headers()) };
        assert_eq!((post.name(), post.value()), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        assert_eq!(link.name(), "List-Unsubscribe");
        let token = link.value().strip_prefix("<https://kraiter.example.com/unsubscribe/").unwrap();
        let read = Unsubscribe::from_path(token.strip_suffix('>').unwrap(), &secret('a')).unwrap();
        assert_eq!((read.address.as_str(), read.email), ("ada@example.com", id));
        let two = EmailDraft { cc: vec!["bob@example.com".into()], ..draft };
        assert_eq!(with(two).unwrap_err(), EmailProblem::UnsubscribeRecipients);
    }

    #[test]
    fn a_page_shows_the_address_as_text_and_asks_by_a_form_alone() {
        let page = unsubscribe().page();
        assert!(page.contains("a&amp;d'a@example.com"), "{page}");
        assert!(page.contains("<form method=\"post\">") && !page.contains("<script"), "{page}");
        assert!(!unsubscribe().done_page().contains("<form"));
    }
}
