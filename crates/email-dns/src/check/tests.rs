use aws_sans_io::dkim::PublicKey;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
const DOMAIN: &str = "mail.example.com";
const PUBLIC: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/dkim/rsa-2048.public"));
const OTHER: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/dkim/rsa-1024.public"));

/// A table of DNS: everything that isn't in it isn't there.
#[derive(Default)]
struct Dns(Vec<Row>);

type Row = (&'static str, RecordType, Result<Vec<String>, Unseen>);

impl Dns {
    fn with(mut self, name: &'static str, kind: RecordType, values: &[&str]) -> Self {
        self.0.push((name, kind, Ok(values.iter().map(|value| (*value).to_owned()).collect())));
        self
    }

    fn failing(mut self, name: &'static str, kind: RecordType, unseen: Unseen) -> Self {
        self.0.push((name, kind, Err(unseen)));
        self
    }

    fn answer(&self, question: &Question) -> Result<Answer, Unseen> {
        let row = self.0.iter().find(|(name, kind, _)| *name == question.name && *kind == question.kind);
        let values = row.map_or(Ok(Vec::new()), |(.., values)| values.clone())?;
        let none_for = values.is_empty().then_some(300);
        Ok(Answer { values, zone: Some("example.com".into()), none_for })
    }

    /// Both rounds, as the Worker makes them.
    fn conclude(&self, check: &Check<'_>) -> Conclusion {
        let mut answers: Answers = check
            .questions()
            .into_iter()
            .map(|question| (question.clone(), self.answer(&question)))
            .collect();
        for question in check.follow_ups(&answers) {
            let answer = self.answer(&question);
            answers.insert(question, answer);
        }
        check.conclude(&answers)
    }
}

fn cname() -> Published {
    Published {
        name: format!("abc._domainkey.{DOMAIN}"),
        value: PublishedValue::Cname("abc.dkim.amazonses.com".into()),
    }
}

fn key(key: Option<&str>) -> Published {
    let key = key.map(|key| PublicKey::try_from(key.to_owned()).unwrap());
    Published { name: format!("sel._domainkey.{DOMAIN}"), value: PublishedValue::Key(key) }
}

fn check(published: &[Published]) -> Check<'_> {
    Check { domain: DOMAIN, published, since: None, now: NOW }
}

fn only(dns: &Dns, record: Published) -> RecordCheck {
    dns.conclude(&check(&[record])).records.remove(0)
}

#[test]
fn a_cname_is_found_missing_or_wrong() {
    let name = "abc._domainkey.mail.example.com";
    let at = |kind, values: &[&str]| only(&Dns::default().with(name, kind, values), cname());
    let found = at(RecordType::Cname, &["abc.dkim.amazonses.com"]);
    assert_eq!((found.status, found.found, found.help), (RecordStatus::Found, vec![], None));
    assert_eq!(found.host.as_deref(), Some("abc._domainkey.mail"));
    assert_eq!(found.value.as_deref(), Some("abc.dkim.amazonses.com"));
    assert_eq!(only(&Dns::default(), cname()).status, RecordStatus::Missing);
    for (kind, values) in [
        (RecordType::Cname, &["abc.dkim.amazonses.com.example.com"][..]),
        (RecordType::Cname, &["abc.dkim.amazonses.com", "other.example"]),
        (RecordType::Txt, &["abc.dkim.amazonses.com"]),
        (RecordType::A, &["192.0.2.1"]),
    ] {
        let wrong = at(kind, values);
        assert_eq!(
            (wrong.status, wrong.found),
            (RecordStatus::Mismatch, values.iter().map(ToString::to_string).collect()),
            "{kind:?}"
        );
        assert!(wrong.help.is_some());
    }
}

#[test]
fn a_name_in_which_the_domain_stands_twice_is_told() {
    let doubled = "abc._domainkey.mail.example.com.example.com";
    let wrong = only(&Dns::default().with(doubled, RecordType::Cname, &["abc.dkim.amazonses.com"]), cname());
    assert_eq!((wrong.status, &wrong.found[..]), (RecordStatus::Mismatch, &[doubled.to_owned()][..]));
}

#[test]
fn the_customers_own_key_is_compared_where_it_is_known() {
    let name = "sel._domainkey.mail.example.com";
    let status =
        |known, texts: &[&str]| only(&Dns::default().with(name, RecordType::Txt, texts), key(known)).status;
    for text in [format!("p={PUBLIC}"), format!("v=DKIM1; k=rsa; p={PUBLIC}")] {
        assert_eq!(status(Some(PUBLIC), &[&text]), RecordStatus::Found);
        assert_eq!(status(None, &[&text]), RecordStatus::Found);
        assert_eq!(status(Some(OTHER), &[&text]), RecordStatus::Mismatch);
        assert_eq!(status(Some(PUBLIC), &[&text, "p=other"]), RecordStatus::Mismatch);
    }
    assert_eq!(status(None, &["p="]), RecordStatus::Mismatch);
    assert_eq!(status(None, &[]), RecordStatus::Missing);
    let unknown = only(&Dns::default().with(name, RecordType::Txt, &["p=abc"]), key(None));
    assert_eq!((unknown.value, &unknown.found[..]), (None, &["p=abc".to_owned()][..]));
}

#[test]
fn what_cannot_be_seen_is_not_called_missing() {
    let name = "abc._domainkey.mail.example.com";
    for unseen in [Unseen::ServerFailure, Unseen::Unreachable, Unseen::Unreadable] {
        let record = only(&Dns::default().failing(name, RecordType::Cname, unseen), cname());
        assert_eq!(record.status, RecordStatus::Pending, "{unseen:?}");
    }
}

#[test]
fn what_was_to_be_published_a_moment_ago_may_not_have_spread() {
    let records = [cname()];
    let at = |since| {
        let check = Check { since, ..check(&records) };
        Dns::default().conclude(&check).records.remove(0).status
    };
    assert_eq!(at(Some(NOW - Duration::minutes(14))), RecordStatus::Pending);
    assert_eq!(at(Some(NOW - Duration::minutes(15))), RecordStatus::Missing);
    assert_eq!(at(None), RecordStatus::Missing);
}

#[test]
fn asking_again_is_advised_when_resolvers_have_forgotten() {
    let name = "abc._domainkey.mail.example.com";
    let again = |dns: &Dns| dns.conclude(&check(&[cname()])).again_after;
    assert_eq!(again(&Dns::default()), Some(300));
    assert_eq!(again(&Dns::default().failing(name, RecordType::Cname, Unseen::Unreachable)), Some(30));
    assert_eq!(again(&Dns::default().with(name, RecordType::Cname, &["abc.dkim.amazonses.com"])), None);
}

#[test]
fn spf_and_dmarc_follow_what_is_there() {
    let advice = |dns: &Dns| dns.conclude(&check(&[])).advice;
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

    let failing = advice(&Dns::default().failing(DOMAIN, RecordType::Txt, Unseen::ServerFailure).failing(
        "_dmarc.example.com",
        RecordType::Txt,
        Unseen::Unreachable,
    ));
    for advice in failing {
        assert_eq!((advice.action, advice.value), (AdviceAction::Wait, None));
    }
}

#[test]
fn texts_of_strangers_are_bounded() {
    let long = format!("v=spf1 {}", "é".repeat(5000));
    let texts: Vec<&str> = std::iter::repeat_n(long.as_str(), 50).collect();
    let dns = Dns::default().with(DOMAIN, RecordType::Txt, &texts);
    let advice = dns.conclude(&check(&[])).advice.remove(0);
    assert_eq!(advice.action, AdviceAction::FixManually);
    assert_eq!(advice.found.len(), MOST_FOUND);
    assert_eq!(advice.found[0].chars().count(), MOST_CHARS + 1);
}

#[test]
fn a_zone_that_does_not_hold_the_domain_is_none_of_it() {
    let answers: Answers = [(
        Question::new("example.org", RecordType::Soa),
        Ok(Answer { zone: Some("ample.org".into()), ..Answer::default() }),
    )]
    .into();
    let check = Check { domain: "example.org", published: &[], since: None, now: NOW };
    assert_eq!(check.conclude(&answers).zone, None);
}

#[test]
fn a_check_asks_no_more_than_a_request_of_the_worker_may() {
    let records: Vec<Published> = (0..3).map(|_| cname()).collect();
    let check = Check { domain: "a.b.c.d.e.f.example.com", ..check(&records) };
    let none = |question: Question| (question, Ok(Answer::default()));
    let answers: Answers = check.questions().into_iter().map(none).collect();
    assert!(check.questions().len() + check.follow_ups(&answers).len() <= 25);
}
