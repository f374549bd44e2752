//! The recipients of an email that an event is about.

use std::collections::HashSet;

use aws_sans_io::ses::{EventType, event::Event};

use crate::suppression::AddressKey;

/// The recipients that an event is about: never an address that the email wasn't sent to.
///
/// If a recipient forwards email, a bounce can name the address that it was forwarded to. And SES passes on what other servers write: with
/// a display name, with an address type, or several addresses in one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventRecipients {
    /// Recipients of the email, in its own spelling.
    Matched(Vec<String>),
    /// The event names no recipient of the email, and the email had several.
    Unmatched,
}

impl EventRecipients {
    /// Finds out which recipients an event is about. The email was sent to `sent_to`.
    ///
    /// ```
    /// use aws_sans_io::ses::event::Notification;
    /// use domain::delivery::EventRecipients;
    /// use time::OffsetDateTime;
    ///
    /// let text = r#"{"eventType": "Bounce", "mail": {"messageId": "0102"},
    ///     "bounce": {"bouncedRecipients": [{"emailAddress": "Doe, Jane <Jane@example.com>"}]}}"#;
    /// let Notification::Event(event) = Notification::parse(text, "id", OffsetDateTime::UNIX_EPOCH)? else { panic!() };
    /// let jane = "jane@example.com".to_owned();
    /// let recipients = EventRecipients::find(&event, &[jane.clone(), "ada@example.com".to_owned()]);
    /// assert_eq!(recipients, EventRecipients::Matched(vec![jane]));
    /// # Ok::<(), aws_sans_io::ses::event::EventError>(())
    /// ```
    #[must_use]
    pub fn find(event: &Event, sent_to: &[String]) -> Self {
        let is_about_some = matches!(
            event.event_type,
            EventType::Bounce | EventType::Complaint | EventType::Delivery | EventType::DeliveryDelay
        );
        if !is_about_some || event.recipients == sent_to {
            return Self::Matched(sent_to.to_vec());
        }
        let named: HashSet<_> = event.recipients.iter().flat_map(|text| addresses(text)).collect();
        let comparable: Vec<_> = sent_to.iter().map(|address| comparable(address)).collect();
        let matched: Vec<_> =
            sent_to.iter().zip(&comparable).filter(|(_, address)| named.contains(*address)).collect();
        if !matched.is_empty() {
            Self::Matched(matched.into_iter().map(|(address, _)| address.clone()).collect())
        } else if comparable.iter().collect::<HashSet<_>>().len() == 1 {
            Self::Matched(sent_to.to_vec())
        } else {
            Self::Unmatched
        }
    }
}

/// Returns the addresses in what SES calls an address.
fn addresses(text: &str) -> impl Iterator<Item = String> {
    // A semicolon separates addresses, too, and stands after the address type that bounce messages write, such as `rfc822;`:
    // <https://www.rfc-editor.org/rfc/rfc3464#section-2.3.2>
    text.split([',', ';']).filter_map(|part| {
        // In a display name there may be anything, another address included.
        let part =
            part.rsplit_once('<').map_or(part, |(_, address)| address.trim_end().trim_end_matches('>'));
        part.contains('@').then(|| comparable(part))
    })
}

/// Returns an address in the form in which addresses are compared: lower case, without quotes around it or its local part.
fn comparable(address: &str) -> String {
    let address = unquoted(unquoted(address.trim().trim_end_matches('.'), '\''), '"');
    let key = address.parse::<AddressKey>().map_or_else(|_| address.to_lowercase(), |key| key.to_string());
    match key.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", unquoted(local, '"')),
        None => key,
    }
}

fn unquoted(text: &str, quote: char) -> &str {
    text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::event::Notification;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    use super::*;

    const ADA: &str = "ada@example.com";
    const BOB: &str = "Bob.B@Example.com";

    fn event(kind: &str, details: &Value) -> Event {
        let mut text =
            json!({ "eventType": kind, "mail": { "messageId": "m", "destination": ["x@example.com"] } });
        text[kind.to_lowercase()] = details.clone();
        match Notification::parse(&text.to_string(), "id", OffsetDateTime::UNIX_EPOCH) {
            Ok(Notification::Event(event)) => *event,
            other => panic!("{other:?}"),
        }
    }

    fn find(kind: &str, named: &[&str], sent_to: &[&str]) -> EventRecipients {
        let list: Vec<_> = named.iter().map(|address| json!({ "emailAddress": address })).collect();
        let details = json!({ "bouncedRecipients": list, "complainedRecipients": list, "recipients": named });
        let sent_to: Vec<_> = sent_to.iter().map(|address| (*address).to_owned()).collect();
        EventRecipients::find(&event(kind, &details), &sent_to)
    }

    fn matched(addresses: &[&str]) -> EventRecipients {
        EventRecipients::Matched(addresses.iter().map(|address| (*address).to_owned()).collect())
    }

    #[test]
    fn a_recipient_is_found_however_another_server_writes_its_address() {
        for named in [
            "ada@example.com",
            "ADA@Example.COM",
            "<ada@example.com>",
            " ada@example.com. ",
            "Ada <ada@example.com>",
            "\"Doe, Ada\" <ada@example.com>",
            "Doe, Ada <ada@example.com>",
            "ada@example.com <ada@example.com>",
            "'ada@example.com' <ada@example.com>",
            "'ada@example.com'",
            "\"ada@example.com\"",
            "\"ada\"@example.com",
            "=?utf-8?q?Ad=C3=A4?= <ada@example.com>",
            "rfc822;ada@example.com",
            "RFC822; Ada <ada@example.com>",
            "carol@example.org, ada@example.com",
            "carol@example.org;ada@example.com",
            "ada@example.com; carol@example.org",
        ] {
            assert_eq!(find("Bounce", &[named], &[ADA, BOB]), matched(&[ADA]), "{named}");
        }
        let both = find("Bounce", &["bob.b@example.com, ada@example.com"], &[ADA, BOB, "carol@example.com"]);
        assert_eq!(both, matched(&[ADA, BOB]));
        let dots = r#""jane..doe"@docomo.ne.jp"#;
        assert_eq!(find("Bounce", &["jane..doe@docomo.ne.jp"], &[ADA, dots]), matched(&[dots]));
        let international = find("Bounce", &["x@xn--bcher-kva.example"], &[ADA, "x@bücher.example"]);
        assert_eq!(international, matched(&["x@bücher.example"]));
    }

    #[test]
    fn an_address_in_a_display_name_is_not_the_recipient() {
        for named in [
            "ada@example.com <target@other.example>",
            "\"ada@example.com, x\" <target@other.example>",
            "\"ada@example.com; x\" <target@other.example>",
        ] {
            assert_eq!(find("Bounce", &[named], &[ADA, BOB]), EventRecipients::Unmatched, "{named}");
        }
    }

    #[test]
    fn an_event_that_names_a_stranger_is_about_the_only_recipient_or_nobody() {
        for kind in ["Bounce", "Complaint", "Delivery"] {
            for named in [&["target@other.example"][..], &["nonsense"], &[]] {
                assert_eq!(find(kind, named, &[ADA]), matched(&[ADA]), "{kind} {named:?}");
                assert_eq!(find(kind, named, &[ADA, "ADA@example.com"]), matched(&[ADA, "ADA@example.com"]));
                assert_eq!(find(kind, named, &[ADA, BOB]), EventRecipients::Unmatched, "{kind} {named:?}");
            }
        }
        assert_eq!(find("Bounce", &["target@other.example", BOB], &[ADA, BOB]), matched(&[BOB]));
    }

    #[test]
    fn an_event_without_recipients_of_its_own_is_about_all() {
        for kind in ["Send", "Open", "Click", "Reject"] {
            assert_eq!(find(kind, &[], &[ADA, BOB]), matched(&[ADA, BOB]), "{kind}");
        }
    }

    proptest! {
        #[test]
        fn only_recipients_of_the_email_are_returned(
            named in prop::collection::vec("\\PC{0,20}|[a-c<>,;'\"@. ]{0,16}|[a-c]@[a-c]\\.de", 0..4),
            sent_to in prop::collection::vec("[a-cA-C]@[a-c]\\.de", 1..4),
        ) {
            let named: Vec<_> = named.iter().map(String::as_str).collect();
            let sent_to: Vec<_> = sent_to.iter().map(String::as_str).collect();
            if let EventRecipients::Matched(matched) = find("Bounce", &named, &sent_to) {
                prop_assert!(!matched.is_empty());
                prop_assert!(matched.iter().all(|address| sent_to.contains(&address.as_str())));
            }
        }
    }
}
