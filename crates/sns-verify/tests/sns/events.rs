//! Parsing of every event type that SES documents.

use aws_sans_io::ses::{
    EventType,
    event::{Event, Notification},
};

use crate::vectors::{NOW, file};

fn parse(name: &str) -> Event {
    let text = String::from_utf8(file(&format!("events/{name}.json"))).unwrap();
    match Notification::parse(&text, "message-id", NOW) {
        Ok(Notification::Event(event)) => *event,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_event_type_is_parsed_with_its_details() {
    let names = [
        "send",
        "delivery",
        "bounce",
        "complaint",
        "reject",
        "open",
        "click",
        "rendering-failure",
        "delivery-delay",
        "subscription",
        "bounce-transient",
    ];
    let events: Vec<_> = names.map(parse).into();
    let kinds: Vec<_> = events.iter().map(|event| event.event_type.clone()).take(10).collect();
    assert_eq!(kinds, EventType::all().collect::<Vec<_>>());
    for (name, event) in names.iter().zip(&events) {
        insta::assert_json_snapshot!(*name, event);
    }
}

#[test]
fn a_transient_bounce_is_recognised() {
    assert!(parse("bounce-transient").is_transient_bounce());
    assert!(!parse("bounce").is_transient_bounce());
    assert!(!parse("delivery-delay").is_transient_bounce());
}

#[test]
fn ip_addresses_of_recipients_are_omitted() {
    for name in ["open", "click", "delivery"] {
        let json = serde_json::to_string(&parse(name)).unwrap();
        assert!(!json.contains("192.0.2."), "{json}");
    }
}
