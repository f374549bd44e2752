//! Removes a token's secret from a response that is stored, and puts it back.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    SECRET_BYTES, TokenSecret, TokenTagKeys, from_text, key_id,
    kind::{ApiKey, Kind, Session, TestKey, Webhook},
    tag_keys::TAG_BYTES,
    to_text,
};

/// Encloses a placeholder. JSON only contains control characters in escaped form, so no text of a customer can look like a placeholder.
const MARK: char = '\u{1}';

/// The length of the digest by which a placeholder identifies its token, in bytes.
const CHECK_BYTES: usize = 8;

/// Every kind's prefix and the length of what follows it, in characters.
const KINDS: [(&str, usize); 4] =
    [(ApiKey::PREFIX, 74), (TestKey::PREFIX, 74), (Webhook::PREFIX, 76), (Session::PREFIX, 80)];

/// Replaces every token in `json` that has this secret by a placeholder, which contains neither secret nor tag.
#[must_use]
pub fn redact_secret(json: &str, secret: &TokenSecret) -> String {
    let mut redacted = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(start) = rest.find("kr_") {
        let (before, found) = rest.split_at(start);
        redacted.push_str(before);
        let token = KINDS.iter().find_map(|(prefix, length)| {
            let token = found.get(..prefix.len() + length)?;
            Some((placeholder(prefix, token, secret)?, token.len()))
        });
        let (replacement, length) =
            token.as_ref().map_or(("kr_", 3), |(text, length)| (text.as_str(), *length));
        redacted.push_str(replacement);
        rest = &found[length..];
    }
    redacted + rest
}

/// Replaces the placeholders of [`redact_secret`] by the tokens. Returns `None` if a token had another secret or was tagged with a key that
/// is no longer in `keys`.
#[must_use]
pub fn restore_secret(json: &str, secret: &TokenSecret, keys: &TokenTagKeys) -> Option<String> {
    let mut parts = json.split(MARK);
    let mut restored = parts.next()?.to_owned();
    while let Some(placeholder) = parts.next() {
        restored.push_str(&token(placeholder, secret, keys)?);
        restored.push_str(parts.next()?);
    }
    Some(restored)
}

fn placeholder(prefix: &str, token: &str, secret: &TokenSecret) -> Option<String> {
    let bytes = from_text(prefix, token)?;
    let (signed, _tag) = bytes.split_last_chunk::<TAG_BYTES>()?;
    let (head, _) = signed.split_last_chunk::<SECRET_BYTES>().filter(|(_, found)| *found == secret)?;
    let text = to_text(prefix, &[head, &check(token)].concat());
    Some(format!("{MARK}{}{MARK}", *text))
}

fn token(placeholder: &str, secret: &TokenSecret, keys: &TokenTagKeys) -> Option<Zeroizing<String>> {
    let (prefix, _) = KINDS.iter().find(|(prefix, _)| placeholder.starts_with(prefix))?;
    let bytes = from_text(prefix, placeholder)?;
    let (head, expected) = bytes.split_last_chunk::<CHECK_BYTES>()?;
    let signed = Zeroizing::new([head, secret].concat());
    keys.with_id(key_id(*head.first()?)?)
        .map(|key| {
            let bytes = Zeroizing::new([signed.as_slice(), &key.tag(prefix, &signed)].concat());
            to_text(prefix, &bytes)
        })
        .find(|token| check(token) == *expected)
}

fn check(token: &str) -> [u8; CHECK_BYTES] {
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&Sha256::digest(token.as_bytes())[..CHECK_BYTES]);
    check
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::{OffsetDateTime, macros::datetime};

    use super::*;
    use crate::{
        OrganisationId,
        token::{ApiKeyToken, SessionToken, WebhookToken},
    };

    const NOON: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
    const SECRET: TokenSecret = [7; 20];
    const OTHER: TokenSecret = [8; 20];

    fn keys(text: &str) -> TokenTagKeys {
        text.parse().unwrap()
    }

    fn old() -> String {
        "o".repeat(32)
    }

    fn tokens(secret: &TokenSecret) -> [String; 3] {
        let organisation = OrganisationId::new(NOON, 1);
        [
            ApiKeyToken::issue(&keys(&old()), organisation, secret).reveal().to_owned(),
            WebhookToken::issue(&keys(&old()), organisation, "eu-west-1".parse().unwrap(), secret)
                .reveal()
                .to_owned(),
            SessionToken::issue(&keys(&old()), organisation, NOON, secret).reveal().to_owned(),
        ]
    }

    #[test]
    fn every_kind_of_token_is_redacted_and_restored_exactly() {
        let both = keys(&format!("{},{}", "n".repeat(32), old()));
        for token in tokens(&SECRET) {
            let body =
                json!({ "token": token, "link": format!("kr_a%2F{token}%2Fx"), "name": "\u{1}kr_key_\u{1}" });
            let body = body.to_string();
            let redacted = redact_secret(&body, &SECRET);
            let secret_part = &token[token.len() - 45..];
            assert!(
                !redacted.contains(&secret_part[..20]) && !redacted.contains(&secret_part[25..]),
                "{redacted}"
            );
            assert_eq!(restore_secret(&redacted, &SECRET, &both), Some(body));
            assert_eq!(restore_secret(&redacted, &OTHER, &both), None);
            assert_eq!(restore_secret(&redacted, &SECRET, &keys(&"n".repeat(32))), None);
        }
    }

    #[test]
    fn other_text_is_unchanged() {
        let [key, ..] = tokens(&OTHER);
        for text in ["", "kr_", "kr_key_ä", r#"{"id":"eml_1"}"#, &key, &tokens(&SECRET)[0][..80]] {
            assert_eq!(redact_secret(text, &SECRET), text);
            assert_eq!(restore_secret(text, &SECRET, &keys(&old())).as_deref(), Some(text));
        }
        assert_eq!(restore_secret("a\u{1}b", &SECRET, &keys(&old())), None);
    }
}
