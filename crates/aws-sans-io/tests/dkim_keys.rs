//! Signing keys that OpenSSL made, and what is made of them.

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

/// What stands between the lines of a PEM file.
fn inner(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn the_public_half_is_openssls_own() {
    for pem in [PKCS1, PKCS8] {
        assert_eq!(key(pem).unwrap().public_key().as_str(), PUBLIC);
    }
    let short = key(vector!("rsa-1024.pkcs8.pem")).unwrap();
    assert_eq!(short.public_key().record_value(), format!("p={}", vector!("rsa-1024.public")));
}

#[test]
fn a_pem_file_its_inside_and_one_with_other_line_ends_are_the_same_key() {
    let expected = inner(PKCS1);
    for text in [
        PKCS1.to_owned(),
        inner(PKCS1),
        PKCS1.replace('\n', "\r\n"),
        format!("\n\n  {PKCS1}\n"),
        inner(PKCS1).chars().flat_map(|character| [character, ' ']).collect(),
    ] {
        assert_eq!(key(&text).unwrap().reveal(), expected);
    }
}

#[test]
fn what_sess_would_not_sign_with_is_refused_with_its_reason() {
    let cases: [(&str, &str, ValidationError); 15] = [
        ("nothing", "", ValidationError::DkimPrivateKey),
        ("a word", "secret", ValidationError::DkimPrivateKey),
        ("base64 of something else", "bm8gc3VjaCBrZXk=", ValidationError::DkimPrivateKey),
        ("a public key", vector!("rsa-2048.public.pem"), ValidationError::DkimPrivateKey),
        ("a public key's inside", PUBLIC, ValidationError::DkimPrivateKey),
        ("another algorithm", vector!("ed25519.pkcs8.pem"), ValidationError::DkimPrivateKey),
        ("a key too short", vector!("rsa-768.pkcs8.pem"), ValidationError::DkimPrivateKeyLength),
        ("a key too long", vector!("rsa-3072.pkcs8.pem"), ValidationError::DkimPrivateKeyLength),
        (
            "with a password",
            vector!("rsa-2048.encrypted.pkcs8.pem"),
            ValidationError::DkimPrivateKeyEncrypted,
        ),
        (
            "with a password, in the old form",
            vector!("rsa-2048.encrypted.pkcs1.pem"),
            ValidationError::DkimPrivateKeyEncrypted,
        ),
        ("cut in the middle", &PKCS1[..900], ValidationError::DkimPrivateKey),
        ("without its last line", PKCS1.split("-----END").next().unwrap(), ValidationError::DkimPrivateKey),
        ("another last line", &PKCS1.replace("END RSA", "END EC"), ValidationError::DkimPrivateKey),
        ("two keys", &format!("{PKCS1}{PKCS1}"), ValidationError::DkimPrivateKey),
        ("much too long", &"A".repeat(1 << 20), ValidationError::DkimPrivateKey),
    ];
    for (name, text, reason) in cases {
        assert_eq!(key(text).unwrap_err(), reason, "{name}");
    }
}

#[test]
fn a_key_prints_as_redacted_wherever_it_is() {
    let signing = Signing::OwnKey { selector: "s".parse().unwrap(), private_key: key(PKCS1).unwrap() };
    let printed = format!("{signing:?} {:#?}", key(PKCS8));
    assert!(printed.contains("[redacted]"), "{printed}");
    for line in PKCS1.lines().chain(PKCS8.lines()).filter(|line| !line.starts_with('-')) {
        assert!(!printed.contains(line), "{printed}");
    }
}

#[test]
fn a_key_is_taken_out_of_what_was_said_of_it() {
    let own = Signing::OwnKey { selector: "s".parse().unwrap(), private_key: key(PKCS1).unwrap() };
    let whole = inner(PKCS1);
    for (text, without) in [
        (format!("Value '{whole}' at 'key' is wrong"), "Value '[redacted]' at 'key' is wrong"),
        (format!("{}..., {}", &whole[40..90], &whole[700..]), "[redacted]..., [redacted]"),
        ("Identity example.com: BadRequestException".to_owned(), "Identity example.com: BadRequestException"),
        (String::new(), ""),
    ] {
        assert_eq!(own.redact(&text), without);
        assert_eq!(Signing::EasyDkim { key_length: None }.redact(&text), text);
    }
}

#[test]
fn a_key_on_its_way_to_ses_arrives_as_it_left() {
    let signing = Signing::OwnKey { selector: "s".parse().unwrap(), private_key: key(PKCS8).unwrap() };
    let carried = serde_json::to_string(&signing).unwrap();
    assert_eq!(serde_json::from_str::<Signing>(&carried).unwrap(), signing);
    let error = serde_json::from_str::<Signing>(&carried.replace("MII", "MIX")).unwrap_err().to_string();
    assert!(!error.contains("MIX"), "{error}");
}

#[test]
fn a_stored_public_key_is_a_public_key() {
    assert_eq!(PublicKey::try_from(PUBLIC.to_owned()).unwrap().as_str(), PUBLIC);
    for wrong in ["", "AAAA", "not base64", &inner(PKCS1)] {
        assert_eq!(PublicKey::try_from(wrong.to_owned()), Err(ValidationError::DkimPublicKey), "{wrong}");
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
        let mut der = STANDARD.decode(inner(PKCS8)).unwrap();
        if let Some(place) = der.get_mut(at) {
            *place = byte;
        }
        let _ = key(&STANDARD.encode(der));
    }
}
