//! Events in shapes that public bug reports describe, with other addresses.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{fs, path::Path};

use aws_sans_io::ses::{
    EventType,
    event::{Event, Notification},
};
use domain::{
    EmailId,
    delivery::EventRecipients,
    email::MESSAGE_ID_TAG,
    suppression::{SuppressionReason, SuppressionSignal},
};
use time::{OffsetDateTime, macros::datetime};

const PUBLISHED_AT: OffsetDateTime = datetime!(2024-04-06 13:04:03 UTC);

/// The email in the tags of the events.
const EMAIL: &str = "eml_01890a5dac96774bbcceb302099a8057";

fn parse(name: &str) -> Event {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors/ses-events")
        .join(name)
        .with_extension("json");
    // The tags contain a UUID with hyphens, which our ids don't have.
    let text = fs::read_to_string(path).unwrap().replace("eml_01890a5d-ac96-774b-bcce-b302099a8057", EMAIL);
    match Notification::parse(&text, MESSAGE_ID_TAG, PUBLISHED_AT) {
        Ok(Notification::Event(event)) => *event,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn reported_feedback_suppresses_the_recipient_of_the_email() {
    let bounce = SuppressionSignal::Suppress(SuppressionReason::Bounce);
    let complaint = SuppressionSignal::Suppress(SuppressionReason::Complaint);
    let (jane, recipient) = ("jane@example.com", "recipient@example.com");
    for (name, signal, expected) in [
        ("bounce-without-diagnostic-code", bounce, recipient),
        ("bounce-display-name-with-comma", bounce, jane),
        ("bounce-display-name-is-address", bounce, jane),
        ("bounce-display-name-in-single-quotes", bounce, jane),
        ("bounce-address-type", bounce, jane),
        ("bounce-consecutive-dots", bounce, r#""jane..doe"@docomo.ne.jp"#),
        ("bounce-odd-time", bounce, recipient),
        ("bounce-without-tags", bounce, recipient),
        ("complaint-account-suppression-list", complaint, recipient),
        ("complaint-nulls", complaint, recipient),
        ("legacy-complaint", complaint, recipient),
        ("legacy-complaint-with-tags", complaint, recipient),
        ("legacy-bounce", bounce, recipient),
    ] {
        let event = parse(name);
        assert_eq!(SuppressionSignal::from_event(&event), Some(signal), "{name}");
        assert!(event.feedback_id.is_some(), "{name}");
        for sent_to in [&[expected, "other@example.org"][..], &[expected]] {
            let sent_to: Vec<_> = sent_to.iter().map(|address| (*address).to_owned()).collect();
            let matched = EventRecipients::Matched(vec![expected.to_owned()]);
            assert_eq!(EventRecipients::find(&event, &sent_to), matched, "{name}");
        }
    }
}

#[test]
fn a_reported_event_is_about_the_email_in_its_tags() {
    for (name, kind) in [
        ("send-without-time", EventType::Send),
        ("send-without-destination", EventType::Send),
        ("click-nulls", EventType::Click),
        ("legacy-complaint-with-tags", EventType::Complaint),
    ] {
        let event = parse(name);
        assert_eq!(event.event_type, kind, "{name}");
        assert!(event.message_id.unwrap().parse::<EmailId>().is_ok(), "{name}");
    }
    assert_eq!(parse("send-without-time").at, PUBLISHED_AT);
    assert_eq!(parse("bounce-odd-time").at, PUBLISHED_AT);
    for name in ["bounce-without-tags", "legacy-complaint", "legacy-bounce"] {
        let event = parse(name);
        assert_eq!(event.message_id, None, "{name}");
        assert_eq!(event.sent_at, datetime!(2024-04-06 13:04:00.928 UTC), "{name}");
    }
}
