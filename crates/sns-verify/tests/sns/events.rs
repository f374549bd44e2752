//! Each kind of event that SES documents, as it is kept.

use aws_sans_io::ses::{
    EventType,
    event::{Event, Notification},
};

use crate::vectors::file;

fn read(name: &str) -> Event {
    let text = String::from_utf8(file(&format!("events/{name}.json"))).unwrap();
    match Notification::parse(&text, "kraiter-message-id") {
        Ok(Notification::Event(event)) => *event,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_kind_of_event_is_kept_with_what_it_tells() {
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
    let events: Vec<_> = names.map(read).into();
    let kinds: Vec<_> = events.iter().map(|event| event.event_type.clone()).take(10).collect();
    assert_eq!(kinds, EventType::all().collect::<Vec<_>>());
    for (name, event) in names.iter().zip(&events) {
        insta::assert_json_snapshot!(*name, event);
    }
}

#[test]
fn a_bounce_that_may_pass_is_told_apart() {
    assert!(read("bounce-transient").is_transient_bounce());
    assert!(!read("bounce").is_transient_bounce());
    assert!(!read("delivery-delay").is_transient_bounce());
}

#[test]
fn no_address_of_those_who_open_or_click_is_kept() {
    for name in ["open", "click", "delivery"] {
        let kept = serde_json::to_string(&read(name)).unwrap();
        assert!(!kept.contains("192.0.2."), "{kept}");
    }
}
