use aws_sans_io::{
    Operation,
    ses::{GetEmailIdentity, ListEmailIdentities},
};
use http::StatusCode;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
const PUBLIC: &str = include_str!("../../../../tests/vectors/dkim/rsa-2048.public");

fn known(name: &str) -> KnownIdentity {
    KnownIdentity {
        id: IdentityId::new(NOW, 1),
        name: name.parse().unwrap(),
        region: "eu-west-1".parse().unwrap(),
        created_at: NOW,
        records_since: Some(NOW),
        own_key: None,
    }
}

fn view(known: &KnownIdentity, answer: &str) -> Identity {
    let get = GetEmailIdentity { email_identity: known.name.to_string() };
    known.seen(&get.parse_body(answer.as_bytes()).unwrap(), NOW)
}

const PENDING: &str = r#"{"IdentityType":"DOMAIN","VerifiedForSendingStatus":false,"VerificationStatus":"PENDING",
    "DkimAttributes":{"SigningEnabled":true,"Status":"NOT_STARTED","Tokens":["a1","b2","c3"],
    "SigningAttributesOrigin":"AWS_SES","CurrentSigningKeyLength":"RSA_2048_BIT","NextSigningKeyLength":"RSA_1024_BIT"}}"#;
const OWN: &str = r#"{"IdentityType":"DOMAIN","VerifiedForSendingStatus":true,"VerificationStatus":"SUCCESS",
    "DkimAttributes":{"SigningEnabled":true,"Status":"PENDING","Tokens":["sel1"],"SigningAttributesOrigin":"EXTERNAL"}}"#;

#[test]
fn a_domain_shows_the_records_to_publish() {
    let view = view(&known("example.com"), PENDING);
    assert_eq!((view.verified, view.verification_status), (false, VerificationStatus::Pending));
    assert_eq!(view.dkim_status, Some(VerificationStatus::NotStarted));
    assert_eq!(view.dns_records.len(), 3);
    assert_eq!(view.dns_records[0].name, "a1._domainkey.example.com");
    let dkim = view.dkim.unwrap();
    assert_eq!(
        (dkim.origin, dkim.key_length, dkim.next_key_length),
        (DkimOrigin::EasyDkim, Some(2048), Some(1024))
    );
    assert_eq!(dkim.hosted_zone.as_deref(), Some("dkim.amazonses.com"));
    assert!(!view.partial);
}

#[test]
fn an_address_has_no_records_and_no_dkim_of_its_own() {
    let address = known("a@example.com");
    let seen = view(&address, r#"{"IdentityType":"EMAIL_ADDRESS","VerifiedForSendingStatus":true}"#);
    assert_eq!((seen.verified, seen.verification_status), (true, VerificationStatus::Success));
    assert_eq!((&seen.dkim_status, &seen.dkim, &seen.dns_records), (&None, &None, &vec![]));
    // A list says all of it.
    let page = r#"{"EmailIdentities":[{"IdentityName":"a@example.com","IdentityType":"EMAIL_ADDRESS","SendingEnabled":true}]}"#;
    let page = ListEmailIdentities::default().parse_body(page.as_bytes()).unwrap();
    assert_eq!(address.listed(&page.email_identities[0], NOW), seen);
}

#[test]
fn a_domain_in_a_list_says_that_it_is_not_all() {
    let page = r#"{"EmailIdentities":[{"IdentityName":"example.com","IdentityType":"DOMAIN","VerificationStatus":"FAILED"}]}"#;
    let page = ListEmailIdentities::default().parse_body(page.as_bytes()).unwrap();
    let listed = known("example.com").listed(&page.email_identities[0], NOW);
    assert_eq!(
        (listed.partial, listed.verification_status, listed.poll_after_seconds),
        (true, VerificationStatus::Failed, None)
    );
}

#[test]
fn the_customers_own_key_is_shown_where_it_is_the_one_that_ses_signs_with() {
    let own = |selector: &str| KnownIdentity {
        own_key: Some(OwnKey { selector: selector.parse().unwrap(), public_key: PUBLIC.parse().unwrap() }),
        ..known("example.com")
    };
    let known_key = view(&own("sel1"), OWN);
    assert_eq!(known_key.dns_records[0].kind, "TXT");
    assert_eq!(known_key.dns_records[0].name, "sel1._domainkey.example.com");
    assert_eq!(known_key.dns_records[0].value, format!("p={PUBLIC}"));
    let dkim = known_key.dkim.unwrap();
    assert_eq!((dkim.origin, dkim.public_key.as_deref()), (DkimOrigin::Byodkim, Some(PUBLIC)));
    assert_eq!((dkim.key_length, dkim.hosted_zone), (None, None));

    for other in [own("sel2"), known("example.com")] {
        let unknown = view(&other, OWN);
        let dkim = unknown.dkim.unwrap();
        assert_eq!(
            (unknown.dns_records, dkim.public_key, dkim.selector.as_deref()),
            (vec![], None, Some("sel1"))
        );
    }
}

#[test]
fn polling_slows_down_and_ends() {
    let at = |records_since, answer: &str| {
        view(&KnownIdentity { records_since, ..known("example.com") }, answer).poll_after_seconds
    };
    let ago = |age| Some(NOW - age);
    assert_eq!(at(ago(Duration::minutes(9)), PENDING), Some(10));
    assert_eq!(at(ago(Duration::minutes(30)), PENDING), Some(60));
    assert_eq!(at(ago(Duration::hours(2)), PENDING), Some(600));
    assert_eq!(at(None, PENDING), Some(60));
    assert_eq!(at(ago(Duration::ZERO), OWN), Some(10), "a new key of a verified domain is still to be found");
    assert_eq!(at(None, &PENDING.replace("PENDING", "FAILED")), None);
    assert_eq!(at(None, &OWN.replace("PENDING", "SUCCESS")), None);
    assert_eq!(at(None, &OWN.replace("PENDING", "FAILED")), None);
}

#[test]
fn a_region_that_fails_says_why() {
    let problem = |status: u16, code: &str, region: &str| {
        let error = Error::service(
            StatusCode::from_u16(status).unwrap(),
            Some(code.into()),
            Some("No.".into()),
            None,
        );
        let problem = IdentityProblem::of(&error, region.parse().unwrap(), "ses:ListEmailIdentities");
        assert!(!problem.message.is_empty());
        problem.code
    };
    for (status, code, region, told) in [
        (403, "UnrecognizedClientException", "eu-south-1", "region_not_enabled"),
        (403, "InvalidClientTokenId", "me-south-1", "region_not_enabled"),
        (403, "OptInRequired", "eu-west-1", "region_not_enabled"),
        (403, "UnrecognizedClientException", "eu-west-1", "aws_refused"),
        (403, "AccessDeniedException", "eu-west-1", "permission_missing"),
        (429, "TooManyRequestsException", "eu-west-1", "aws_throttled"),
        (503, "ServiceUnavailable", "eu-west-1", "aws_unreachable"),
    ] {
        assert_eq!(problem(status, code, region), told, "{code} in {region}");
    }
    let silent = IdentityProblem::of(&Error::Unreachable("reset".into()), "eu-west-1".parse().unwrap(), "");
    assert_eq!((silent.code.as_str(), silent.aws_code), ("aws_unreachable", None));
}

#[test]
fn an_identity_that_is_there_already_is_the_wanted_one_only_if_it_is_signed_so() {
    let read = |answer: &str| {
        let get = GetEmailIdentity { email_identity: "example.com".parse().unwrap() };
        get.parse_body(answer.as_bytes()).unwrap().dkim_attributes
    };
    let easy =
        |bits: Option<u32>| Signing::EasyDkim { key_length: bits.map(|bits| bits.try_into().unwrap()) };
    let own = |selector: &str| Signing::Byodkim {
        selector: selector.parse().unwrap(),
        private_key: include_str!("../../../../tests/vectors/dkim/rsa-2048.pkcs8.pem").parse().unwrap(),
    };
    let known = KnownIdentity { own_key: OwnKey::of(&own("sel1")), ..known("example.com") };
    for (answer, signing, so) in [
        (PENDING, easy(None), true),
        (PENDING, easy(Some(1024)), true),
        (PENDING, easy(Some(2048)), false),
        (PENDING, own("sel1"), false),
        (OWN, own("sel1"), true),
        (OWN, own("sel2"), false),
        (OWN, easy(None), false),
        (OWN, easy(Some(2048)), false),
    ] {
        assert_eq!(known.is_signed(&read(answer), &signing), so, "{signing:?}");
    }
    let stranger = KnownIdentity { own_key: None, ..known };
    assert!(!stranger.is_signed(&read(OWN), &own("sel1")), "the key at SES may be another");
}
