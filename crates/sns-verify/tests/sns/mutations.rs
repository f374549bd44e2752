//! Whatever is changed of a signed message, it is refused.

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::{prelude::*, sample::select};
use serde_json::{Map, Value};

use crate::vectors::{MESSAGES, body, fields, posted, verify};

/// The fields that the signature covers, and the signature.
const SIGNED: [&str; 9] = [
    "Message",
    "MessageId",
    "Subject",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
    "Signature",
];

/// A message of the vectors and one of its signed fields.
fn field_of_a_message() -> impl Strategy<Value = (Map<String, Value>, String)> {
    select(&MESSAGES[..]).prop_flat_map(|name| {
        let message = fields(name);
        let signed: Vec<String> = SIGNED
            .iter()
            .filter(|field| message.contains_key(**field))
            .map(|field| (*field).to_owned())
            .collect();
        (Just(message), select(signed))
    })
}

proptest! {
    #[test]
    fn another_character_in_a_signed_field((message, field) in field_of_a_message(), index: prop::sample::Index, with: char) {
        let mut changed = message.clone();
        let mut text: Vec<char> = message[&field].as_str().unwrap().chars().collect();
        let index = index.index(text.len());
        text[index] = with;
        changed.insert(field, text.into_iter().collect::<String>().into());
        prop_assume!(changed != message);
        prop_assert!(verify(&body(&changed)).is_err());
    }

    #[test]
    fn a_character_more_or_less_in_a_signed_field((message, field) in field_of_a_message(), index: prop::sample::Index, more: Option<char>) {
        let mut changed = message.clone();
        let mut text: Vec<char> = message[&field].as_str().unwrap().chars().collect();
        match more {
            Some(more) => text.insert(index.index(text.len() + 1), more),
            None => drop(text.remove(index.index(text.len()))),
        }
        changed.insert(field, text.into_iter().collect::<String>().into());
        prop_assume!(changed != message);
        prop_assert!(verify(&body(&changed)).is_err());
    }

    #[test]
    fn a_flipped_bit_of_the_signature(name in select(&MESSAGES[..]), bit in 0..2048_usize) {
        let mut message = fields(name);
        let mut signature = STANDARD.decode(message["Signature"].as_str().unwrap()).unwrap();
        signature[bit / 8] ^= 1 << (bit % 8);
        message.insert("Signature".into(), STANDARD.encode(signature).into());
        prop_assert!(verify(&body(&message)).is_err());
    }

    #[test]
    fn another_byte_anywhere_gives_the_same_message_or_none(name in select(&MESSAGES[..]), index: prop::sample::Index, with: u8) {
        let mut posted = posted(name);
        let honest = verify(&posted).unwrap();
        let index = index.index(posted.len());
        posted[index] = with;
        if let Ok(message) = verify(&posted) {
            prop_assert_eq!(message, honest);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(verify(&bytes).is_err());
    }
}

#[test]
fn the_version_is_bound_to_the_signature() {
    for (name, other) in [("notification-v1", "2"), ("notification-v2", "1")] {
        let mut message = fields(name);
        message.insert("SignatureVersion".into(), other.into());
        assert!(verify(&body(&message)).is_err(), "{name} as version {other}");
    }
}

#[test]
fn a_signed_field_taken_from_another_message() {
    let mut tried = 0;
    for (to, from) in MESSAGES.iter().flat_map(|to| MESSAGES.iter().map(move |from| (to, from))) {
        let (honest, other) = (fields(to), fields(from));
        for field in SIGNED {
            let (Some(ours), Some(theirs)) = (honest.get(field), other.get(field)) else { continue };
            if ours != theirs {
                let mut message = honest.clone();
                message.insert(field.into(), theirs.clone());
                assert!(verify(&body(&message)).is_err(), "{to} with {field} of {from}");
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
}
