//! Which certificates are believed.

use aws_sans_io::Endpoint;
use sns_verify::{Certificate, CertificateUrl, Rejection};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::vectors::{CERTIFICATE_URL, NOW, admit, certificate, file, posted};

fn verified_at(name: &str, now: OffsetDateTime) -> Result<(), Rejection> {
    let certificate = certificate(name)?;
    admit(&posted("notification-v2"))?.verify(&certificate, now).map(|_| ())
}

#[test]
fn a_certificate_counts_between_its_dates_only() {
    let (from, to) = (datetime!(2026-01-01 0:00 UTC), datetime!(2026-10-14 23:59:59 UTC));
    let of = certificate("expired").unwrap();
    assert!(of.is_valid_at(from) && of.is_valid_at(to));
    assert!(!of.is_valid_at(from - Duration::SECOND) && !of.is_valid_at(to + Duration::SECOND));

    assert_eq!(verified_at("sns", NOW), Ok(()));
    assert_eq!(verified_at("expired", NOW), Err(Rejection::CertificateNotValidNow));
    assert_eq!(verified_at("not-yet-valid", NOW), Err(Rejection::CertificateNotValidNow));
}

#[test]
fn a_certificate_is_made_out_to_sns() {
    assert!(certificate("sns").is_ok());
    assert!(certificate("sns-by-common-name").is_ok());
    for name in ["other-name", "other-alternative-name", "look-alike-name"] {
        assert_eq!(certificate(name).unwrap_err(), Rejection::CertificateNotSns, "{name}");
    }
}

#[test]
fn a_certificate_of_an_opt_in_region_counts_there_only() {
    let pem = file("certificates/sns-regional.pem");
    let read = |region: &str| {
        let url = CERTIFICATE_URL.replace("eu-west-1", region);
        let url = CertificateUrl::from_message(&url, region.parse().unwrap(), &Endpoint::aws()).unwrap();
        Certificate::from_pem(&url, &pem).map(|certificate| certificate.url().to_string())
    };
    assert!(read("af-south-1").is_ok());
    assert_eq!(read("eu-south-1").unwrap_err(), Rejection::CertificateNotSns);
}

#[test]
fn a_key_is_rsa_and_long_enough() {
    assert_eq!(certificate("short-key").unwrap_err(), Rejection::KeyLength);
    assert_eq!(certificate("elliptic-curve").unwrap_err(), Rejection::CertificateUnreadable);
}

#[test]
fn what_is_not_a_certificate_is_asked_for_again() {
    let url = CertificateUrl::from_message(CERTIFICATE_URL, "eu-west-1".parse().unwrap(), &Endpoint::aws())
        .unwrap();
    let mut cut = file("certificates/sns.pem");
    cut.truncate(500);
    for wrong in
        [&b""[..], b"<html>503</html>", b"\n\n", b"-----BEGIN CERTIFICATE-----", &file("key.pem"), &cut]
    {
        let refused = Certificate::from_pem(&url, wrong).unwrap_err();
        assert_eq!(refused, Rejection::CertificateUnreadable);
        assert!(!refused.is_permanent());
    }
}

#[test]
fn line_ends_and_a_chain_behind_the_certificate_do_no_harm() {
    let url = CertificateUrl::from_message(CERTIFICATE_URL, "eu-west-1".parse().unwrap(), &Endpoint::aws())
        .unwrap();
    let pem = String::from_utf8(file("certificates/sns.pem")).unwrap();
    let chain = format!("{pem}{}", String::from_utf8(file("certificates/other-name.pem")).unwrap());
    for pem in [pem.replace('\n', "\r\n"), pem.trim_end().to_owned(), format!("{pem}\n\n"), chain] {
        let certificate = Certificate::from_pem(&url, pem.as_bytes()).unwrap();
        assert!(admit(&posted("notification-v2")).unwrap().verify(&certificate, NOW).is_ok());
    }
}
