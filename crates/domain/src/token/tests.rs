use proptest::prelude::*;
#[cfg(feature = "schemars")]
use proptest::{strategy::ValueTree, test_runner::TestRunner};
use time::macros::datetime;

use super::*;

const KEY: &str = "0123456789abcdef0123456789abcdef";
const NOON: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

fn keys(setting: &str) -> TokenTagKeys {
    setting.parse().unwrap()
}

fn organisation() -> OrganisationId {
    "org_019ab0c5d0007000800000000000000a".parse().unwrap()
}

fn region() -> Region {
    "eu-west-1".parse().unwrap()
}

fn secret() -> TokenSecret {
    std::array::from_fn(|index| u8::try_from(index).unwrap())
}

/// Computed by Python's `hmac`, `hashlib` and `base64`.
#[test]
fn tokens_equal_the_fixed_vectors() {
    let keys = keys(KEY);
    let api_key = ApiKeyToken::issue(&keys, organisation(), &secret());
    let webhook = WebhookToken::issue(&keys, organisation(), region(), &secret());
    let session = SessionToken::issue(&keys, organisation(), NOON, &secret());
    for (token, digest, expected, expected_digest) in [
        (
            api_key.reveal(),
            api_key.digest(),
            "kr_key_cqaadgvqyxiaa4aaqaaaaaaaaaaauaabaibqibiga4eascqlbqgq4dyqcejbgtbsjhxc6ttwgy",
            "bfe6b22a02f3657b829011d2418869046e95b653af160e2b6b4f6fbdd953910c",
        ),
        (
            webhook.reveal(),
            webhook.digest(),
            "kr_wh_cqaadgvqyxiaa4aaqaaaaaaaaaaaudqaaebagbafaydqqcikbmga2dqpcairee23pqqkxmzbs4cq",
            "30ac96b76c7f71d989d93a8af03626968136b419b3dae2b9ff18065672e3ed31",
        ),
        (
            session.reveal(),
            session.digest(),
            "kr_se_cqaadgvqyxiaa4aaqaaaaaaaaaaau2yfpraaaaicamcakbqhbaequcymbuha6earcijz2eiy2foszdph",
            "6d94c74ef7cfee007d1838f65af565cdae6e0aaedb7320936f01e77a50773579",
        ),
    ] {
        assert_eq!((token, digest.to_string().as_str()), (expected, expected_digest));
    }
    assert_eq!(api_key.hint(), "twgy");
}

#[test]
fn a_token_of_an_older_key_is_valid_until_the_key_is_removed() {
    let token = ApiKeyToken::issue(&keys(KEY), organisation(), &secret());
    let new = "n".repeat(32);
    assert!(ApiKeyToken::parse(&keys(&format!("{new},{KEY}")), token.reveal()).is_some());
    assert!(ApiKeyToken::parse(&keys(&new), token.reveal()).is_none());
}

#[test]
fn a_token_of_another_kind_is_rejected_whatever_its_prefix_says() {
    let key = ApiKeyToken::issue(&keys(KEY), organisation(), &secret());
    let webhook = WebhookToken::issue(&keys(KEY), organisation(), region(), &secret());
    let session = SessionToken::issue(&keys(KEY), organisation(), NOON, &secret());
    let texts = [key.reveal(), webhook.reveal(), session.reveal()];
    let accepted = |text: &str| {
        [
            ApiKeyToken::parse(&keys(KEY), text).is_some(),
            WebhookToken::parse(&keys(KEY), text).is_some(),
            SessionToken::parse(&keys(KEY), text).is_some(),
        ]
    };
    for (index, text) in texts.iter().enumerate() {
        assert_eq!(accepted(text), std::array::from_fn(|kind| kind == index));
        let (_, encoded) = text.rsplit_once('_').unwrap();
        for other in ["kr_key_", "kr_wh_", "kr_se_"].into_iter().filter(|prefix| !text.starts_with(prefix)) {
            assert_eq!(accepted(&format!("{other}{encoded}")), [false; 3], "{other}");
        }
    }
}

/// Even with a valid tag.
#[test]
fn a_token_with_another_version_place_key_id_or_organisation_is_rejected() {
    let keys = keys(KEY);
    let id = keys.newest().id();
    let valid = [&[VERSION << 4 | id, PLACE], organisation().to_bytes().as_slice(), &secret()].concat();
    let parse = |signed: &[u8]| {
        let tag = keys.newest().tag(ApiKey::PREFIX, signed);
        ApiKeyToken::parse(&keys, &to_text(ApiKey::PREFIX, &[signed, &tag].concat()))
    };
    assert!(parse(&valid).is_some());
    for (index, byte) in [(0, 2 << 4 | id), (0, VERSION << 4 | (id ^ 1)), (1, 1), (8, 0x40)] {
        let mut changed = valid.clone();
        changed[index] = byte;
        assert!(parse(&changed).is_none(), "{index}");
    }
    assert!(parse(&[valid.as_slice(), &[0]].concat()).is_none());
    assert!(parse(&valid[..valid.len() - 1]).is_none());
}

#[test]
fn other_text_is_not_a_token() {
    let token = ApiKeyToken::issue(&keys(KEY), organisation(), &secret());
    let text = token.reveal();
    for invalid in [
        "",
        "kr_key_",
        "kr_key_grün",
        &text[1..],
        &text[..text.len() - 1],
        &text.to_uppercase(),
        &format!("kr_key_{}", text[7..].to_uppercase()),
        &format!("{text}a"),
        &format!("{text} "),
        &format!("{text}aaaaaaaa"),
        &format!("kr_key_{}", "a".repeat(100_000)),
    ] {
        assert!(ApiKeyToken::parse(&keys(KEY), invalid).is_none(), "{invalid:.100}");
    }
    assert_eq!(format!("{token:?}"), "Token(kr_key_[redacted])");
}

#[cfg(feature = "schemars")]
#[test]
fn the_example_of_an_api_key_is_one_and_matches_the_pattern() {
    use proptest::string::string_regex;
    use schemars::JsonSchema;

    let schema = ApiKeyToken::json_schema(&mut schemars::SchemaGenerator::default()).to_value();
    assert!(ApiKeyToken::parse(&keys(KEY), schema["examples"][0].as_str().unwrap()).is_some());
    let pattern = schema["pattern"].as_str().unwrap().trim_start_matches('^').trim_end_matches('$');
    // The prefixes of keys and of test keys differ in length.
    let length = |text: &str| text.rsplit_once('_').map(|(_, bytes)| bytes.len());
    let token = ApiKeyToken::issue(&keys(KEY), organisation(), &secret());
    let text = string_regex(pattern).unwrap().new_tree(&mut TestRunner::deterministic()).unwrap().current();
    assert_eq!(length(&text), length(token.reveal()));
}

proptest! {
    #[test]
    fn a_token_parses_to_itself(bits: u128, secret: TokenSecret, region in 1_u8..=33, seconds: u32) {
        let keys = keys(KEY);
        let organisation = OrganisationId::new(NOON, bits);
        let region = Region::from_number(region).unwrap();
        let expires_at = OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds.into());

        let token = ApiKeyToken::issue(&keys, organisation, &secret);
        let parsed = ApiKeyToken::parse(&keys, token.reveal()).unwrap();
        prop_assert_eq!((parsed.organisation(), parsed.digest()), (organisation, token.digest()));

        let token = WebhookToken::issue(&keys, organisation, region, &secret);
        let parsed = WebhookToken::parse(&keys, token.reveal()).unwrap();
        prop_assert_eq!((parsed.organisation(), parsed.region()), (organisation, region));
        prop_assert_eq!(parsed.digest(), token.digest());

        let token = SessionToken::issue(&keys, organisation, expires_at, &secret);
        let parsed = SessionToken::parse(&keys, token.reveal()).unwrap();
        prop_assert_eq!((parsed.organisation(), parsed.expires_at()), (organisation, expires_at));
        prop_assert_eq!(parsed.digest(), token.digest());
    }

    /// Each byte of a token, its prefix included, with any bit flipped.
    #[test]
    fn a_changed_token_is_rejected(secret: TokenSecret, bit in 0_u8..8) {
        let keys = keys(KEY);
        let token = WebhookToken::issue(&keys, organisation(), region(), &secret);
        for index in 0..token.reveal().len() {
            let mut bytes = token.reveal().as_bytes().to_vec();
            bytes[index] ^= 1 << bit;
            if let Ok(text) = String::from_utf8(bytes) {
                prop_assert!(WebhookToken::parse(&keys, &text).is_none(), "{text}");
            }
        }
    }

    #[test]
    fn any_flipped_bit_of_the_content_is_rejected(secret: TokenSecret, bit in 0_usize..50 * 8) {
        let keys = keys(KEY);
        let token = SessionToken::issue(&keys, organisation(), NOON, &secret);
        let mut bytes = from_text(Session::PREFIX, token.reveal()).unwrap();
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(SessionToken::parse(&keys, &to_text(Session::PREFIX, &bytes)).is_none());
    }
}
