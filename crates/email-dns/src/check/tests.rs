use aws_sans_io::dkim::PublicKey;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
const DOMAIN: &str = "mail.example.com";
const PUBLIC: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/dkim/rsa-2048.public"));
const OTHER: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/dkim/rsa-1024.public"));

/// DNS with these records only.
#[derive(Default)]
struct Dns(Vec<Row>);

type Row = (&'static str, RecordType, Result<Vec<String>, LookupError>);

impl Dns {
    fn with(mut self, name: &'static str, kind: RecordType, values: &[&str]) -> Self {
        self.0.push((name, kind, Ok(values.iter().map(|value| (*value).to_owned()).collect())));
        self
    }

    fn failing(mut self, name: &'static str, kind: RecordType, error: LookupError) -> Self {
        self.0.push((name, kind, Err(error)));
        self
    }

    fn answer(&self, question: &Question) -> Result<Answer, LookupError> {
        let row = self.0.iter().find(|(name, kind, _)| *name == question.name && *kind == question.kind);
        let values = row.map_or(Ok(Vec::new()), |(.., values)| values.clone())?;
        let negative_ttl = values.is_empty().then_some(300);
        Ok(Answer { values, zone: Some("example.com".into()), negative_ttl })
    }

    /// Looks up both rounds of questions and evaluates them.
    fn evaluate(&self, check: &DomainCheck<'_>) -> DomainReport {
        let mut results: LookupResults = check
            .questions()
            .into_iter()
            .map(|question| (question.clone(), self.answer(&question)))
            .collect();
        for question in check.follow_up_questions(&results) {
            let answer = self.answer(&question);
            results.insert(question, answer);
        }
        check.evaluate(&results)
    }
}

fn cname() -> RequiredRecord {
    RequiredRecord {
        name: format!("abc._domainkey.{DOMAIN}"),
        value: RecordValue::Cname("abc.dkim.amazonses.com".into()),
    }
}

fn key(key: Option<&str>) -> RequiredRecord {
    let key = key.map(|key| key.parse::<PublicKey>().unwrap());
    RequiredRecord { name: format!("sel._domainkey.{DOMAIN}"), value: RecordValue::Key(key) }
}

fn check(records: &[RequiredRecord]) -> DomainCheck<'_> {
    DomainCheck { domain: DOMAIN, records, records_since: None, now: NOW }
}

fn check_one(dns: &Dns, record: RequiredRecord) -> RecordCheck {
    dns.evaluate(&check(&[record])).records.remove(0)
}

#[test]
fn a_cname_record_is_found_missing_or_mismatched() {
    let name = "abc._domainkey.mail.example.com";
    let publish = |kind, values: &[&str]| check_one(&Dns::default().with(name, kind, values), cname());
    let found = publish(RecordType::Cname, &["abc.dkim.amazonses.com"]);
    assert_eq!((found.status, found.found, found.help), (RecordStatus::Found, vec![], None));
    assert_eq!(found.host.as_deref(), Some("abc._domainkey.mail"));
    assert_eq!(found.value.as_deref(), Some("abc.dkim.amazonses.com"));
    assert_eq!(check_one(&Dns::default(), cname()).status, RecordStatus::Missing);
    for (kind, values) in [
        (RecordType::Cname, &["abc.dkim.amazonses.com.example.com"][..]),
        (RecordType::Cname, &["abc.dkim.amazonses.com", "other.example"]),
        (RecordType::Txt, &["abc.dkim.amazonses.com"]),
        (RecordType::A, &["192.0.2.1"]),
    ] {
        let wrong = publish(kind, values);
        assert_eq!(
            (wrong.status, wrong.found),
            (RecordStatus::Mismatch, values.iter().map(ToString::to_string).collect()),
            "{kind:?}"
        );
        assert!(wrong.help.is_some());
    }
}

#[test]
fn a_name_with_the_domain_twice_is_a_mismatch() {
    let doubled = "abc._domainkey.mail.example.com.example.com";
    let wrong =
        check_one(&Dns::default().with(doubled, RecordType::Cname, &["abc.dkim.amazonses.com"]), cname());
    assert_eq!((wrong.status, &wrong.found[..]), (RecordStatus::Mismatch, &[doubled.to_owned()][..]));
}

#[test]
fn an_own_key_is_compared_if_it_is_known() {
    let name = "sel._domainkey.mail.example.com";
    let status = |known, texts: &[&str]| {
        check_one(&Dns::default().with(name, RecordType::Txt, texts), key(known)).status
    };
    for text in [format!("p={PUBLIC}"), format!("v=DKIM1; k=rsa; p={PUBLIC}")] {
        assert_eq!(status(Some(PUBLIC), &[&text]), RecordStatus::Found);
        assert_eq!(status(None, &[&text]), RecordStatus::Found);
        assert_eq!(status(Some(OTHER), &[&text]), RecordStatus::Mismatch);
        assert_eq!(status(Some(PUBLIC), &[&text, "p=other"]), RecordStatus::Mismatch);
    }
    assert_eq!(status(None, &["p="]), RecordStatus::Mismatch);
    assert_eq!(status(None, &[]), RecordStatus::Missing);
    let unknown = check_one(&Dns::default().with(name, RecordType::Txt, &["p=abc"]), key(None));
    assert_eq!((unknown.value, &unknown.found[..]), (None, &["p=abc".to_owned()][..]));
}

#[test]
fn a_failed_lookup_is_pending_not_missing() {
    let name = "abc._domainkey.mail.example.com";
    for error in [LookupError::ServerFailure, LookupError::Unreachable, LookupError::InvalidMessage] {
        let record = check_one(&Dns::default().failing(name, RecordType::Cname, error), cname());
        assert_eq!(record.status, RecordStatus::Pending, "{error:?}");
    }
}

#[test]
fn a_new_record_is_pending_for_fifteen_minutes() {
    let records = [cname()];
    let status = |since| {
        let check = DomainCheck { records_since: since, ..check(&records) };
        Dns::default().evaluate(&check).records.remove(0).status
    };
    assert_eq!(status(Some(NOW - Duration::minutes(14))), RecordStatus::Pending);
    assert_eq!(status(Some(NOW - Duration::minutes(15))), RecordStatus::Missing);
    assert_eq!(status(None), RecordStatus::Missing);
}

#[test]
fn a_retry_is_advised_once_resolver_caches_expire() {
    let name = "abc._domainkey.mail.example.com";
    let retry_after = |dns: &Dns| dns.evaluate(&check(&[cname()])).retry_after;
    assert_eq!(retry_after(&Dns::default()), Some(300));
    assert_eq!(
        retry_after(&Dns::default().failing(name, RecordType::Cname, LookupError::Unreachable)),
        Some(30)
    );
    assert_eq!(retry_after(&Dns::default().with(name, RecordType::Cname, &["abc.dkim.amazonses.com"])), None);
}

#[test]
fn spf_and_dmarc_advice_depends_on_published_records() {
    let advice = |dns: &Dns| dns.evaluate(&check(&[])).advice;
    let none = advice(&Dns::default());
    assert_eq!((none[0].purpose, none[0].action), (AdvicePurpose::Spf, AdviceAction::Publish));
    assert_eq!((none[0].name.as_str(), none[0].host.as_deref()), (DOMAIN, Some("mail")));
    assert_eq!((none[1].purpose, none[1].action), (AdvicePurpose::Dmarc, AdviceAction::Publish));
    assert_eq!(
        (none[1].name.as_str(), none[1].host.as_deref()),
        ("_dmarc.mail.example.com", Some("_dmarc.mail"))
    );

    let some = advice(&Dns::default().with(DOMAIN, RecordType::Txt, &["other", "v=spf1 mx -all"]).with(
        "_dmarc.example.com",
        RecordType::Txt,
        &["v=DMARC1; p=reject"],
    ));
    assert_eq!(some[0].action, AdviceAction::Change);
    assert_eq!(some[0].value.as_deref(), Some("v=spf1 mx include:amazonses.com -all"));
    assert_eq!(some[0].found, ["v=spf1 mx -all"]);
    assert_eq!(some[1].action, AdviceAction::Keep);

    let failing =
        advice(&Dns::default().failing(DOMAIN, RecordType::Txt, LookupError::ServerFailure).failing(
            "_dmarc.example.com",
            RecordType::Txt,
            LookupError::Unreachable,
        ));
    for advice in failing {
        assert_eq!((advice.action, advice.value), (AdviceAction::Wait, None));
    }
}

#[test]
fn found_texts_are_limited_in_number_and_length() {
    let long = format!("v=spf1 {}", "é".repeat(5000));
    let texts: Vec<&str> = std::iter::repeat_n(long.as_str(), 50).collect();
    let dns = Dns::default().with(DOMAIN, RecordType::Txt, &texts);
    let advice = dns.evaluate(&check(&[])).advice.remove(0);
    assert_eq!(advice.action, AdviceAction::FixManually);
    assert_eq!(advice.found.len(), MAX_FOUND);
    assert_eq!(advice.found[0].chars().count(), MAX_FOUND_CHARS + 1);
}

#[test]
fn a_zone_that_does_not_contain_the_domain_is_ignored() {
    let results: LookupResults = [(
        Question::new("example.org", RecordType::Soa),
        Ok(Answer { zone: Some("ample.org".into()), ..Answer::default() }),
    )]
    .into();
    let check = DomainCheck { domain: "example.org", records: &[], records_since: None, now: NOW };
    assert_eq!(check.evaluate(&results).zone, None);
}

#[test]
fn a_check_has_at_most_25_questions() {
    let records: Vec<RequiredRecord> = (0..3).map(|_| cname()).collect();
    let check = DomainCheck { domain: "a.b.c.d.e.f.example.com", ..check(&records) };
    let none = |question: Question| (question, Ok(Answer::default()));
    let results: LookupResults = check.questions().into_iter().map(none).collect();
    assert!(check.questions().len() + check.follow_up_questions(&results).len() <= 25);
}
