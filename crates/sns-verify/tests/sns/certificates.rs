//! Validation of certificates.

use aws_sans_io::Endpoint;
use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use sns_verify::{Certificate, CertificateUrl, Rejection};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::vectors::{CERTIFICATE_URL, NOW, certificate, check, file, posted};

fn verified_at(name: &str, now: OffsetDateTime) -> Result<(), Rejection> {
    let certificate = certificate(name)?;
    check(&posted("notification-v2"))?.verify(&certificate, now).map(|_| ())
}

#[test]
fn a_certificate_is_valid_between_its_dates() {
    let (from, to) = (datetime!(2026-01-01 0:00 UTC), datetime!(2026-10-14 23:59:59 UTC));
    let expired = certificate("expired").unwrap();
    assert!(expired.is_valid_at(from) && expired.is_valid_at(to));
    assert!(!expired.is_valid_at(from - Duration::SECOND) && !expired.is_valid_at(to + Duration::SECOND));

    assert_eq!(verified_at("sns", NOW), Ok(()));
    assert_eq!(verified_at("expired", NOW), Err(Rejection::CertificateNotValidNow));
    assert_eq!(verified_at("not-yet-valid", NOW), Err(Rejection::CertificateNotValidNow));
}

#[test]
fn a_certificate_must_be_issued_to_sns() {
    assert!(certificate("sns").is_ok());
    assert!(certificate("sns-by-common-name").is_ok());
    for name in ["other-name", "other-alternative-name", "look-alike-name"] {
        assert_eq!(certificate(name).unwrap_err(), Rejection::CertificateNotSns, "{name}");
    }
}

#[test]
fn a_certificate_of_an_opt_in_region_is_only_valid_there() {
    let pem = file("certificates/sns-regional.pem");
    let parse = |region: &str| {
        let url = CERTIFICATE_URL.replace("eu-west-1", region);
        let url = CertificateUrl::parse(&url, region.parse().unwrap(), &Endpoint::aws()).unwrap();
        Certificate::from_pem(&url, &pem).map(|certificate| certificate.url().to_string())
    };
    assert!(parse("af-south-1").is_ok());
    assert_eq!(parse("eu-south-1").unwrap_err(), Rejection::CertificateNotSns);
}

#[test]
fn a_key_must_be_rsa_with_at_least_2048_bits() {
    assert_eq!(certificate("short-key").unwrap_err(), Rejection::KeyLength);
    assert_eq!(certificate("elliptic-curve").unwrap_err(), Rejection::CertificateUnreadable);
}

#[test]
fn an_invalid_certificate_file_is_downloaded_again() {
    let url = CertificateUrl::parse(CERTIFICATE_URL, "eu-west-1".parse().unwrap(), &Endpoint::aws()).unwrap();
    let mut truncated = file("certificates/sns.pem");
    truncated.truncate(500);
    for invalid in
        [&b""[..], b"<html>503</html>", b"\n\n", b"-----BEGIN CERTIFICATE-----", &file("key.pem"), &truncated]
    {
        let rejection = Certificate::from_pem(&url, invalid).unwrap_err();
        assert_eq!(rejection, Rejection::CertificateUnreadable);
        assert!(!rejection.is_permanent());
    }
}

#[test]
fn line_endings_and_further_certificates_in_the_file_are_accepted() {
    let url = CertificateUrl::parse(CERTIFICATE_URL, "eu-west-1".parse().unwrap(), &Endpoint::aws()).unwrap();
    let pem = String::from_utf8(file("certificates/sns.pem")).unwrap();
    let chain = format!("{pem}{}", String::from_utf8(file("certificates/other-name.pem")).unwrap());
    for pem in [pem.replace('\n', "\r\n"), pem.trim_end().to_owned(), format!("{pem}\n\n"), chain] {
        let certificate = Certificate::from_pem(&url, pem.as_bytes()).unwrap();
        assert!(check(&posted("notification-v2")).unwrap().verify(&certificate, NOW).is_ok());
    }
}

/// Returns the certificate "sns" after a change of its DER encoding.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Result<Certificate, Rejection> {
    let url = CertificateUrl::parse(CERTIFICATE_URL, "eu-west-1".parse().unwrap(), &Endpoint::aws()).unwrap();
    let pem = String::from_utf8(file("certificates/sns.pem")).unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let mut der = STANDARD.decode(base64).unwrap();
    change(&mut der);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der));
    Certificate::from_pem(&url, pem.as_bytes())
}

#[test]
fn an_unchanged_certificate_is_accepted_and_none_with_bytes_missing_or_added() {
    assert!(changed(|_| {}).is_ok());
    for length in 0..700 {
        assert_eq!(changed(|der| der.truncate(length)).unwrap_err(), Rejection::CertificateUnreadable);
    }
    assert_eq!(changed(|der| der.push(0)).unwrap_err(), Rejection::CertificateUnreadable);
}

proptest! {
    #[test]
    fn no_changed_certificate_panics(at in 0..700_usize, byte: u8) {
        let _ = changed(|der| der[at] = byte);
    }
}
