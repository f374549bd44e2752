//! DNS messages and zone files, compared with dnspython: it reads our zone files and questions and writes answers for us.

use aws_sans_io::dkim::PublicKey;
use base64::{Engine, engine::general_purpose::STANDARD};
use email_dns::{
    AdviceAction, AdvicePurpose, DnsAdvice, LookupError, Question, RecordType, RecordValue, RequiredRecord,
    ZoneFile,
};
use serde_json::{Value, json};
use time::macros::datetime;

use crate::oracle;

const PUBLIC: &str = include_str!("../../../../tests/vectors/dkim/rsa-2048.public");
const ODD: &str = "v=spf1 \"quoted\" back\\slash semi;colon \u{e9} \t tab";

fn published(name: &str, value: RecordValue) -> RequiredRecord {
    RequiredRecord { name: name.into(), value }
}

fn advice(purpose: AdvicePurpose, action: AdviceAction, name: &str, value: &str) -> DnsAdvice {
    DnsAdvice {
        purpose,
        action,
        kind: "TXT".into(),
        name: name.into(),
        host: None,
        value: Some(value.into()),
        found: vec!["v=spf1 -all\nevil.example.com. IN A 192.0.2.1".into()],
        message: "Because.".into(),
    }
}

#[test]
fn dnspython_parses_a_zone_file_to_the_same_records() {
    let key = PUBLIC.parse::<PublicKey>().unwrap();
    let records = [
        published("abc._domainkey.mail.example.com", RecordValue::Cname("abc.dkim.amazonses.com".into())),
        published("sel._domainkey.mail.example.com", RecordValue::Key(Some(key))),
        published("other._domainkey.mail.example.com", RecordValue::Key(None)),
    ];
    let advice = [
        advice(AdvicePurpose::Spf, AdviceAction::Publish, "mail.example.com", ODD),
        advice(AdvicePurpose::Dmarc, AdviceAction::Change, "_dmarc.mail.example.com", "v=DMARC1; p=none"),
    ];
    let file = ZoneFile {
        domain: "mail.example.com",
        region: "eu-west-1".parse().unwrap(),
        records: &records,
        advice: &advice,
        generator: "Kraiter",
        now: datetime!(2026-11-24 12:00 UTC),
    };
    let read: Vec<Vec<[String; 3]>> = oracle::dnspython().ask(&[json!({ "zone": file.render() })]);
    let mut read = read.into_iter().next().unwrap();
    read.sort_unstable();
    let bytes = |text: &str| text.bytes().map(char::from).collect::<String>();
    let expected = [
        ["abc._domainkey.mail.example.com", "CNAME", "abc.dkim.amazonses.com"].map(str::to_owned),
        ["mail.example.com".into(), "TXT".into(), bytes(ODD)],
        ["sel._domainkey.mail.example.com".into(), "TXT".into(), format!("p={PUBLIC}")],
    ];
    assert_eq!(read, expected);
}

#[test]
fn dnspython_parses_a_question_to_the_same_name_and_type() {
    let kinds = [RecordType::A, RecordType::Cname, RecordType::Soa, RecordType::Txt];
    let questions = kinds.map(|kind| Question::new("Abc._domainkey.xn--bcher-kva.example", kind));
    let requests: Vec<Value> = questions
        .iter()
        .map(|question| json!({ "question": STANDARD.encode(question.encode().unwrap()) }))
        .collect();
    let read: Vec<(String, String, bool)> = oracle::dnspython().ask(&requests);
    for (question, read) in questions.iter().zip(read) {
        let expected =
            ("abc._domainkey.xn--bcher-kva.example".to_owned(), question.kind.name().to_owned(), true);
        assert_eq!(read, expected);
    }
}

#[test]
fn an_answer_of_dnspython_is_parsed_to_the_same_values() {
    let name = "abc._domainkey.example.com";
    let soa =
        json!(["authority", "example.com", 900, "SOA", "ns.example.com. root.example.com. 1 2 3 4 300"]);
    let long = format!("\"{}\" \"{}\"", "a".repeat(255), "b".repeat(9));
    let cases = [
        (RecordType::Cname, "NOERROR", json!([["answer", name, 60, "CNAME", "x.dkim.amazonses.com."]])),
        (RecordType::Txt, "NOERROR", json!([["answer", name, 60, "TXT", long]])),
        (
            RecordType::Txt,
            "NOERROR",
            json!([
                ["answer", name, 60, "CNAME", "y.example.net."],
                ["answer", "y.example.net", 60, "TXT", "\"p=\\\"q\""]
            ]),
        ),
        (RecordType::A, "NOERROR", json!([["answer", name, 60, "A", "192.0.2.7"]])),
        (RecordType::Cname, "NXDOMAIN", json!([soa])),
        (RecordType::Txt, "NOERROR", json!([soa])),
        (RecordType::Txt, "SERVFAIL", json!([])),
        (RecordType::Txt, "REFUSED", json!([])),
    ];
    let requests: Vec<Value> = cases
        .iter()
        .map(|(kind, rcode, records)| {
            let message = Question::new(name, *kind).encode().unwrap();
            json!({ "answer": STANDARD.encode(message), "rcode": rcode, "records": records })
        })
        .collect();
    let answers: Vec<String> = oracle::dnspython().ask(&requests);
    let read: Vec<_> = cases
        .iter()
        .zip(answers)
        .map(|((kind, ..), answer)| {
            Question::new(name, *kind).parse_response(&STANDARD.decode(answer).unwrap())
        })
        .collect();
    let values = |at: usize| read[at].clone().unwrap().values;
    assert_eq!(values(0), ["x.dkim.amazonses.com"]);
    assert_eq!(values(1), ["a".repeat(255) + &"b".repeat(9)]);
    assert_eq!(values(2), ["p=\"q"]);
    assert_eq!(values(3), ["192.0.2.7"]);
    for at in [4, 5] {
        let none = read[at].clone().unwrap();
        assert_eq!(
            (none.values.len(), none.zone.as_deref(), none.negative_ttl),
            (0, Some("example.com"), Some(300))
        );
    }
    assert_eq!(read[6], Err(LookupError::ServerFailure));
    assert_eq!(read[7], Err(LookupError::InvalidMessage));
}
