//! One-click unsubscribe: the link in an email and the page behind it.
//!
//! <https://www.rfc-editor.org/rfc/rfc8058>

use std::{fmt, str};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::AddressKey;
use crate::{EmailId, OrganisationId, SigningSecret, onboarding::PublicUrl};

const PURPOSE: &str = "unsubscribe";

const SIGNATURE_BYTES: usize = 32;

/// The maximum length of a token: a signature, two IDs and the longest address in base64.
const MAX_TOKEN_LENGTH: usize = 480;

/// A recipient's request to get no more email from an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    pub organisation: OrganisationId,
    /// The email that contained the link.
    pub email: EmailId,
    pub address: AddressKey,
}

/// The secret part of the link, which allows to unsubscribe one address from one organisation.
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
        UnsubscribeToken(Zeroizing::new(URL_SAFE_NO_PAD.encode(&bytes)))
    }

    /// Parses and verifies the token in a request's path.
    #[must_use]
    pub fn from_path(segment: &str, secret: &SigningSecret) -> Option<Self> {
        if segment.len() > MAX_TOKEN_LENGTH {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(segment).ok()?;
        let (signature, message) = bytes.split_at_checked(SIGNATURE_BYTES)?;
        if !secret.verify(PURPOSE, message, signature) {
            return None;
        }
        let mut parts = str::from_utf8(message).ok()?.splitn(3, ' ');
        let organisation = parts.next()?.parse().ok()?;
        let email = parts.next()?.parse().ok()?;
        Some(Self { organisation, email, address: parts.next()?.parse().ok()? })
    }

    /// Returns the URL that unsubscribes the address.
    #[must_use]
    pub fn url(&self, public_url: &PublicUrl, secret: &SigningSecret) -> Zeroizing<String> {
        let token = self.token(secret);
        Zeroizing::new(format!("{}/unsubscribe/{}", public_url.origin(), token.0.as_str()))
    }

    /// Returns the page behind the link. Opening it changes nothing, since email scanners open every link.
    #[must_use]
    pub fn page(&self) -> String {
        let question = "Do you want to stop receiving emails from this sender?";
        // Without an action, the form is sent to the URL of the page, so the page doesn't contain the token.
        let form = "<form method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\
                    <button>Unsubscribe</button></form>";
        page("Unsubscribe", &format!("{}<p>{question}</p>{form}", self.address_line()))
    }

    /// Returns the page that confirms the request.
    #[must_use]
    pub fn confirmation_page(&self) -> String {
        let sentence = "You won't receive any more emails from this sender.";
        page("Unsubscribed", &format!("{}<p>{sentence}</p>", self.address_line()))
    }

    fn address_line(&self) -> String {
        // Addresses contain no <.
        format!("<p><strong>{}</strong></p>", self.address.as_str().replace('&', "&amp;"))
    }
}

/// Returns the page of a link that isn't valid, for example because a mail client broke it into two lines.
#[must_use]
pub fn invalid_link_page() -> String {
    page(
        "This link doesn't work",
        "<p>The unsubscribe link is incomplete or has changed. Open the link in the email again, or copy it completely, with nothing \
         before or after it.</p><p>If it still doesn't work, reply to the email and ask the sender to remove your address.</p>",
    )
}

/// The content security policy of the pages.
pub const PAGE_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1rem}\
                     button{font:inherit;padding:.5rem 1rem;cursor:pointer}";

fn page(title: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>{content}</main></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn secret(byte: char) -> SigningSecret {
        byte.to_string().repeat(32).parse().unwrap()
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
    fn a_token_is_accepted_only_with_its_own_secret() {
        let token = unsubscribe().token(&secret('a'));
        assert_eq!(Unsubscribe::from_path(&token.0, &secret('a')), Some(unsubscribe()));
        assert_eq!(Unsubscribe::from_path(&token.0, &secret('b')), None);
        assert!(!format!("{token:?}").contains(token.0.as_str()));
    }

    #[test]
    fn a_changed_token_is_rejected() {
        let token = unsubscribe().token(&secret('a')).0;
        for index in 0..token.len() {
            let mut changed = token.as_bytes().to_vec();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Unsubscribe::from_path(&changed, &secret('a')), None, "{index}");
        }
        for invalid in
            ["", "A", "AAAA", &token[..43], &token[1..], &format!("{}AAAA", token.as_str()), &"A".repeat(484)]
        {
            assert_eq!(Unsubscribe::from_path(invalid, &secret('a')), None, "{invalid}");
        }
    }

    #[test]
    fn a_token_of_the_longest_address_is_within_the_maximum_length() {
        let address = format!(
            "{}@{}.example.com",
            "a".repeat(64),
            ["b".repeat(58), "c".repeat(58), "d".repeat(58)].join(".")
        );
        let address = format!("{address:.254}");
        let long = Unsubscribe { address: address.parse().unwrap(), ..unsubscribe() };
        let token = long.token(&secret('a')).0;
        assert!(token.len() <= MAX_TOKEN_LENGTH);
        assert_eq!(Unsubscribe::from_path(&token, &secret('a')), Some(long));
    }

    #[test]
    fn the_page_escapes_the_address_and_has_only_a_form() {
        let page = unsubscribe().page();
        assert!(page.contains("a&amp;d'a@example.com"), "{page}");
        assert!(page.contains("<form method=\"post\">") && !page.contains("<script"), "{page}");
        assert!(!unsubscribe().confirmation_page().contains("<form"));
    }
}
