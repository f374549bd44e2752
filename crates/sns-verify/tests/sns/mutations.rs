//! Rejection of changed messages.

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::{prelude::*, sample::select};
use serde_json::{Map, Value};

use crate::vectors::{MESSAGES, body, fields, posted, verify};

/// The signed fields and the signature.
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

/// Generates a message and the name of one of its signed fields.
fn message_and_field() -> impl Strategy<Value = (Map<String, Value>, String)> {
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
    fn a_changed_character_in_a_signed_field_is_rejected((message, field) in message_and_field(), index: prop::sample::Index, with: char) {
        let mut changed = message.clone();
        let mut text: Vec<char> = message[&field].as_str().unwrap().chars().collect();
        let index = index.index(text.len());
        text[index] = with;
        changed.insert(field, text.into_iter().collect::<String>().into());
        prop_assume!(changed != message);
        prop_assert!(verify(&body(&changed)).is_err());
    }

    #[test]
    fn an_added_or_removed_character_in_a_signed_field_is_rejected((message, field) in message_and_field(), index: prop::sample::Index, added: Option<char>) {
        let mut changed = message.clone();
        let mut text: Vec<char> = message[&field].as_str().unwrap().chars().collect();
        match added {
            Some(added) => text.insert(index.index(text.len() + 1), added),
            None => drop(text.remove(index.index(text.len()))),
        }
        changed.insert(field, text.into_iter().collect::<String>().into());
        prop_assume!(changed != message);
        prop_assert!(verify(&body(&changed)).is_err());
    }

    #[test]
    fn a_flipped_bit_in_the_signature_is_rejected(name in select(&MESSAGES[..]), bit in 0..2048_usize) {
        let mut message = fields(name);
        let mut signature = STANDARD.decode(message["Signature"].as_str().unwrap()).unwrap();
        signature[bit / 8] ^= 1 << (bit % 8);
        message.insert("Signature".into(), STANDARD.encode(signature).into());
        prop_assert!(verify(&body(&message)).is_err());
    }

    #[test]
    fn a_changed_byte_cannot_change_the_verified_message(name in select(&MESSAGES[..]), index: prop::sample::Index, with: u8) {
        let mut posted = posted(name);
        let original = verify(&posted).unwrap();
        let index = index.index(posted.len());
        posted[index] = with;
        if let Ok(message) = verify(&posted) {
            prop_assert_eq!(message, original);
        }
    }

    #[test]
    fn arbitrary_bytes_are_rejected_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(verify(&bytes).is_err());
    }
}

#[test]
fn a_changed_signature_version_is_rejected() {
    for (name, other) in [("notification-v1", "2"), ("notification-v2", "1")] {
        let mut message = fields(name);
        message.insert("SignatureVersion".into(), other.into());
        assert!(verify(&body(&message)).is_err(), "{name} as version {other}");
    }
}

#[test]
fn a_signed_field_of_another_message_is_rejected() {
    let mut tried = 0;
    for (to, from) in MESSAGES.iter().flat_map(|to| MESSAGES.iter().map(move |from| (to, from))) {
        let (original, other) = (fields(to), fields(from));
        for field in SIGNED {
            let (Some(own), Some(foreign)) = (original.get(field), other.get(field)) else { continue };
            if own != foreign {
                let mut message = original.clone();
                message.insert(field.into(), foreign.clone());
                assert!(verify(&body(&message)).is_err(), "{to} with {field} of {from}");
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
}
