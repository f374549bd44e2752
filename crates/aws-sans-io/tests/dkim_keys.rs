//! Parsing of DKIM keys that OpenSSL created.

use aws_sans_io::{
    ValidationError,
    dkim::{PrivateKey, PublicKey, Signing},
};
use proptest::prelude::*;

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../../tests/vectors/dkim/", $name))
    };
}

const PKCS1: &str = vector!("rsa-2048.pkcs1.pem");
const PKCS8: &str = vector!("rsa-2048.pkcs8.pem");
const PUBLIC: &str = vector!("rsa-2048.public");

fn key(text: &str) -> Result<PrivateKey, ValidationError> {
    text.parse()
}

/// Returns the base64 between the markers of a PEM file.
fn strip_markers(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn the_public_key_is_the_one_that_openssl_computes() {
    for pem in [PKCS1, PKCS8] {
        assert_eq!(key(pem).unwrap().public_key().as_str(), PUBLIC);
    }
    let short = key(vector!("rsa-1024.pkcs8.pem")).unwrap();
    assert_eq!(short.public_key().record_value(), format!("p={}", vector!("rsa-1024.public")));
}

#[test]
fn line_endings_spaces_text_around_and_missing_markers_do_not_change_a_key() {
    let expected = strip_markers(PKCS1);
    for text in [
        PKCS1.to_owned(),
        strip_markers(PKCS1),
        PKCS1.replace('\n', "\r\n"),
        format!("\n\n  {PKCS1}\n"),
        format!(
            "\u{feff}Bag Attributes\n    friendlyName: dkim\n{PKCS1}\n-----BEGIN CERTIFICATE-----\nAAAA\n"
        ),
        format!("\"{}\"", PKCS1.replace('\n', "\\n")),
        PKCS1.replace('\n', "\\r\\n"),
        strip_markers(PKCS1).chars().flat_map(|character| [character, ' ']).collect(),
    ] {
        assert_eq!(key(&text).unwrap().expose_secret(), expected);
    }
}

#[test]
fn keys_that_ses_does_not_accept_are_rejected_with_a_reason() {
    let cases: [(&str, &str, ValidationError); 16] = [
        ("empty text", "", ValidationError::DkimPrivateKey),
        ("a word", "secret", ValidationError::DkimPrivateKey),
        ("base64 of something else", "bm8gc3VjaCBrZXk=", ValidationError::DkimPrivateKey),
        ("a public key", vector!("rsa-2048.public.pem"), ValidationError::DkimPrivateKey),
        ("a public key without markers", PUBLIC, ValidationError::DkimPrivateKey),
        ("Ed25519", vector!("ed25519.pkcs8.pem"), ValidationError::DkimPrivateKeyAlgorithm),
        (
            "an elliptic curve",
            &PKCS1.replace("RSA PRIVATE", "EC PRIVATE"),
            ValidationError::DkimPrivateKeyAlgorithm,
        ),
        ("a key that is too short", vector!("rsa-768.pkcs8.pem"), ValidationError::DkimPrivateKeyLength),
        ("a key that is too long", vector!("rsa-3072.pkcs8.pem"), ValidationError::DkimPrivateKeyLength),
        (
            "encrypted PKCS#8",
            vector!("rsa-2048.encrypted.pkcs8.pem"),
            ValidationError::DkimPrivateKeyEncrypted,
        ),
        (
            "encrypted PKCS#1",
            vector!("rsa-2048.encrypted.pkcs1.pem"),
            ValidationError::DkimPrivateKeyEncrypted,
        ),
        ("a truncated key", &PKCS1[..900], ValidationError::DkimPrivateKey),
        ("a missing end marker", PKCS1.split("-----END").next().unwrap(), ValidationError::DkimPrivateKey),
        ("a different end marker", &PKCS1.replace("END RSA", "END EC"), ValidationError::DkimPrivateKey),
        ("two keys", &format!("{PKCS1}{PKCS1}"), ValidationError::DkimPrivateKey),
        ("a text that is too long", &"A".repeat(1 << 20), ValidationError::DkimPrivateKey),
    ];
    for (name, text, reason) in cases {
        assert_eq!(key(text).unwrap_err(), reason, "{name}");
    }
}

#[test]
fn debug_output_contains_no_private_key() {
    let signing = Signing::Byodkim { selector: "s".parse().unwrap(), private_key: key(PKCS1).unwrap() };
    let printed = format!("{signing:?} {:#?}", key(PKCS8));
    assert!(printed.contains("[redacted]"), "{printed}");
    for line in PKCS1.lines().chain(PKCS8.lines()).filter(|line| !line.starts_with('-')) {
        assert!(!printed.contains(line), "{printed}");
    }
}

#[test]
fn a_private_key_is_redacted_from_a_message() {
    let own = Signing::Byodkim { selector: "s".parse().unwrap(), private_key: key(PKCS1).unwrap() };
    let whole = strip_markers(PKCS1);
    for (text, redacted) in [
        (format!("Value '{whole}' at 'key' is wrong"), "Value '[redacted]' at 'key' is wrong"),
        (format!("{}..., {}", &whole[40..90], &whole[700..]), "[redacted]..., [redacted]"),
        ("Identity example.com: BadRequestException".to_owned(), "Identity example.com: BadRequestException"),
        (String::new(), ""),
    ] {
        assert_eq!(own.redact(&text), redacted);
        assert_eq!(Signing::EasyDkim { key_length: None }.redact(&text), text);
    }
}

#[test]
fn a_private_key_survives_serialisation() {
    let signing = Signing::Byodkim { selector: "s".parse().unwrap(), private_key: key(PKCS8).unwrap() };
    let json = serde_json::to_string(&signing).unwrap();
    assert_eq!(serde_json::from_str::<Signing>(&json).unwrap(), signing);
    let error = serde_json::from_str::<Signing>(&json.replace("MII", "MIX")).unwrap_err().to_string();
    assert!(!error.contains("MIX"), "{error}");
}

#[test]
fn only_a_public_key_can_be_parsed_as_one() {
    assert_eq!(PUBLIC.parse::<PublicKey>().unwrap().as_str(), PUBLIC);
    for invalid in ["", "AAAA", "not base64", &strip_markers(PKCS1)] {
        assert_eq!(invalid.parse::<PublicKey>(), Err(ValidationError::DkimPublicKey), "{invalid}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,60}|-----BEGIN (RSA )?PRIVATE KEY-----[\\PC\n]{0,60}", cut in 0..PKCS8.len()) {
        prop_assert!(key(&text).is_err());
        if PKCS8.is_char_boundary(cut) && cut < PKCS8.trim_end().len() {
            prop_assert!(key(&PKCS8[..cut]).is_err());
        }
    }

    #[test]
    fn no_bytes_panic(at in 0..1200_usize, byte: u8) {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let mut der = STANDARD.decode(strip_markers(PKCS8)).unwrap();
        if let Some(changed) = der.get_mut(at) {
            *changed = byte;
        }
        let _ = key(&STANDARD.encode(der));
    }
}
