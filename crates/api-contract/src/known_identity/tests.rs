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
        unverified_since: None,
        byodkim_key: None,
    }
}

fn identity(known: &KnownIdentity, response: &str) -> Identity {
    let get = GetEmailIdentity { email_identity: known.name.to_string() };
    known.to_identity(&get.parse_body(response.as_bytes()).unwrap(), NOW)
}

const PENDING: &str = r#"{"IdentityType":"DOMAIN","VerifiedForSendingStatus":false,"VerificationStatus":"PENDING",
    "DkimAttributes":{"SigningEnabled":true,"Status":"NOT_STARTED","Tokens":["a1","b2","c3"],
    "SigningAttributesOrigin":"AWS_SES","CurrentSigningKeyLength":"RSA_2048_BIT","NextSigningKeyLength":"RSA_1024_BIT"}}"#;
const OWN: &str = r#"{"IdentityType":"DOMAIN","VerifiedForSendingStatus":true,"VerificationStatus":"SUCCESS",
    "DkimAttributes":{"SigningEnabled":true,"Status":"PENDING","Tokens":["sel1"],"SigningAttributesOrigin":"EXTERNAL"}}"#;

#[test]
fn a_domain_has_records_to_publish() {
    let identity = identity(&known("example.com"), PENDING);
    assert_eq!((identity.verified, identity.verification_status), (false, VerificationStatus::Pending));
    assert_eq!(identity.dkim_status, Some(VerificationStatus::NotStarted));
    assert_eq!(identity.dns_records.len(), 3);
    assert_eq!(identity.dns_records[0].name, "a1._domainkey.example.com");
    let dkim = identity.dkim.unwrap();
    assert_eq!(
        (dkim.origin, dkim.key_length, dkim.next_key_length),
        (DkimOrigin::EasyDkim, Some(2048), Some(1024))
    );
    assert_eq!(dkim.hosted_zone.as_deref(), Some("dkim.amazonses.com"));
    assert!(!identity.partial);
}

#[test]
fn an_address_has_no_records_and_no_dkim_key() {
    let address = known("a@example.com");
    let details = identity(&address, r#"{"IdentityType":"EMAIL_ADDRESS","VerifiedForSendingStatus":true}"#);
    assert_eq!((details.verified, details.verification_status), (true, VerificationStatus::Success));
    assert_eq!((&details.dkim_status, &details.dkim, &details.dns_records), (&None, &None, &vec![]));
    // An entry of a list is complete.
    let page = r#"{"EmailIdentities":[{"IdentityName":"a@example.com","IdentityType":"EMAIL_ADDRESS","SendingEnabled":true}]}"#;
    let page = ListEmailIdentities::default().parse_body(page.as_bytes()).unwrap();
    assert_eq!(address.to_listed_identity(&page.email_identities[0], NOW), details);
}

#[test]
fn a_domain_in_a_list_is_partial() {
    let page = r#"{"EmailIdentities":[{"IdentityName":"example.com","IdentityType":"DOMAIN","VerificationStatus":"FAILED"}]}"#;
    let page = ListEmailIdentities::default().parse_body(page.as_bytes()).unwrap();
    let listed = known("example.com").to_listed_identity(&page.email_identities[0], NOW);
    assert_eq!(
        (listed.partial, listed.verification_status, listed.poll_after_seconds),
        (true, VerificationStatus::Failed, None)
    );
}

#[test]
fn an_own_key_is_included_only_if_ses_signs_with_it() {
    let own = |selector: &str| KnownIdentity {
        byodkim_key: Some(ByodkimKey {
            selector: selector.parse().unwrap(),
            public_key: PUBLIC.parse().unwrap(),
        }),
        ..known("example.com")
    };
    let known_key = identity(&own("sel1"), OWN);
    assert_eq!(known_key.dns_records[0].kind, "TXT");
    assert_eq!(known_key.dns_records[0].name, "sel1._domainkey.example.com");
    assert_eq!(known_key.dns_records[0].value, format!("p={PUBLIC}"));
    let dkim = known_key.dkim.unwrap();
    assert_eq!((dkim.origin, dkim.public_key.as_deref()), (DkimOrigin::Byodkim, Some(PUBLIC)));
    assert_eq!((dkim.key_length, dkim.hosted_zone), (None, None));

    for other in [own("sel2"), known("example.com")] {
        let unknown = identity(&other, OWN);
        let dkim = unknown.dkim.unwrap();
        assert_eq!(
            (unknown.dns_records, dkim.public_key, dkim.selector.as_deref()),
            (vec![], None, Some("sel1"))
        );
    }
}

#[test]
fn polling_slows_down_and_stops() {
    let at = |records_since, response: &str| {
        identity(&KnownIdentity { records_since, ..known("example.com") }, response).poll_after_seconds
    };
    let ago = |age| Some(NOW - age);
    assert_eq!(at(ago(Duration::minutes(9)), PENDING), Some(10));
    assert_eq!(at(ago(Duration::minutes(30)), PENDING), Some(60));
    assert_eq!(at(ago(Duration::hours(2)), PENDING), Some(600));
    assert_eq!(at(None, PENDING), Some(60));
    assert_eq!(
        at(ago(Duration::ZERO), OWN),
        Some(10),
        "SES has not found the new key of a verified domain yet"
    );
    assert_eq!(at(None, &PENDING.replace("PENDING", "FAILED")), None);
    assert_eq!(at(None, &OWN.replace("PENDING", "SUCCESS")), None);
    assert_eq!(at(None, &OWN.replace("PENDING", "FAILED")), None);
}

#[test]
fn a_problem_of_a_region_has_the_code_of_its_cause() {
    let problem = |status: u16, code: &str, region: &str| {
        let error = Error::service(
            StatusCode::from_u16(status).unwrap(),
            Some(code.into()),
            Some("No.".into()),
            None,
        );
        let problem = IdentityProblem::from_aws(&error, region.parse().unwrap(), "ses:ListEmailIdentities");
        assert!(!problem.message.is_empty());
        problem.code
    };
    for (status, code, region, expected) in [
        (403, "UnrecognizedClientException", "eu-south-1", "region_not_enabled"),
        (403, "InvalidClientTokenId", "me-south-1", "region_not_enabled"),
        (403, "OptInRequired", "eu-west-1", "region_not_enabled"),
        (403, "UnrecognizedClientException", "eu-west-1", "aws_refused"),
        (403, "AccessDeniedException", "eu-west-1", "permission_missing"),
        (429, "TooManyRequestsException", "eu-west-1", "aws_throttled"),
        (503, "ServiceUnavailable", "eu-west-1", "aws_unreachable"),
    ] {
        assert_eq!(problem(status, code, region), expected, "{code} in {region}");
    }
    let unreachable =
        IdentityProblem::from_aws(&Error::Unreachable("reset".into()), "eu-west-1".parse().unwrap(), "");
    assert_eq!((unreachable.code.as_str(), unreachable.aws_code), ("aws_unreachable", None));
}

#[test]
fn an_existing_identity_matches_only_if_it_is_signed_with_the_requested_key() {
    let read = |response: &str| {
        let get = GetEmailIdentity { email_identity: "example.com".parse().unwrap() };
        get.parse_body(response.as_bytes()).unwrap().dkim_attributes
    };
    let easy =
        |bits: Option<u32>| Signing::EasyDkim { key_length: bits.map(|bits| bits.try_into().unwrap()) };
    let own = |selector: &str| Signing::Byodkim {
        selector: selector.parse().unwrap(),
        private_key: include_str!("../../../../tests/vectors/dkim/rsa-2048.pkcs8.pem").parse().unwrap(),
    };
    let known = KnownIdentity { byodkim_key: ByodkimKey::of(&own("sel1")), ..known("example.com") };
    for (response, signing, is_signed) in [
        (PENDING, easy(None), true),
        (PENDING, easy(Some(1024)), true),
        (PENDING, easy(Some(2048)), false),
        (PENDING, own("sel1"), false),
        (OWN, own("sel1"), true),
        (OWN, own("sel2"), false),
        (OWN, easy(None), false),
        (OWN, easy(Some(2048)), false),
    ] {
        assert_eq!(known.is_signed_with(&read(response), &signing), is_signed, "{signing:?}");
    }
    let stranger = KnownIdentity { byodkim_key: None, ..known };
    assert!(
        !stranger.is_signed_with(&read(OWN), &own("sel1")),
        "SES may sign with another key of the same selector"
    );
}
