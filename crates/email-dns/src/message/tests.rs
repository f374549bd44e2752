use proptest::prelude::*;
use simple_dns::{
    CharacterString,
    rdata::{A, CNAME, SOA, TXT},
};

use super::*;

const NAME: &str = "abc._domainkey.example.com";

fn name(text: &str) -> Name<'_> {
    Name::new(text).unwrap()
}

fn record<'a>(owner: &'a str, data: RData<'a>) -> ResourceRecord<'a> {
    ResourceRecord::new(name(owner), CLASS::IN, 300, data)
}

fn cname<'a>(owner: &'a str, target: &'a str) -> ResourceRecord<'a> {
    record(owner, RData::CNAME(CNAME(name(target))))
}

fn txt<'a>(owner: &'a str, parts: &[&'a [u8]]) -> ResourceRecord<'a> {
    let add = |text: TXT<'a>, part: &&'a [u8]| text.with_char_string(CharacterString::new(part).unwrap());
    record(owner, RData::TXT(parts.iter().fold(TXT::new(), add)))
}

fn soa(zone: &str, ttl: u32, minimum: u32) -> ResourceRecord<'_> {
    let soa = SOA {
        mname: name("ns1.example.net"),
        rname: name("root.example.net"),
        serial: 1,
        refresh: 1,
        retry: 1,
        expire: 1,
        minimum,
    };
    ResourceRecord::new(name(zone), CLASS::IN, ttl, RData::SOA(soa))
}

/// Builds a resolver's response to `question`, with compressed names.
fn message(
    question: &Question,
    rcode: RCODE,
    answers: Vec<ResourceRecord<'_>>,
    authority: Vec<ResourceRecord<'_>>,
) -> Vec<u8> {
    let query = question.encode().unwrap();
    let mut packet = Packet::parse(&query).unwrap().into_reply();
    *packet.rcode_mut() = rcode;
    packet.set_flags(PacketFlag::RECURSION_DESIRED | PacketFlag::RECURSION_AVAILABLE);
    packet.answers = answers;
    packet.name_servers = authority;
    packet.build_bytes_vec_compressed().unwrap()
}

#[test]
fn names_are_compared_in_lower_case() {
    let question = Question::new("ABC._domainkey.Example.com", RecordType::Cname);
    let answers = vec![cname("Abc._DomainKey.EXAMPLE.com", "ABC.dkim.AmazonSES.com.")];
    let answer = question.parse_response(&message(&question, RCODE::NoError, answers, vec![])).unwrap();
    assert_eq!(answer.values, ["abc.dkim.amazonses.com"]);
    assert_eq!((answer.zone, answer.negative_ttl), (None, None));
}

#[test]
fn the_strings_of_a_txt_record_are_joined_even_if_they_are_not_utf8() {
    let question = Question::new(NAME, RecordType::Txt);
    let answers = vec![txt(NAME, &[b"v=DKIM1; p=", b"MIIB"]), txt(NAME, &[b"\xff\xfe"]), txt(NAME, &[b""])];
    let answer = question.parse_response(&message(&question, RCODE::NoError, answers, vec![])).unwrap();
    assert_eq!(answer.values, ["v=DKIM1; p=MIIB", "\u{fffd}\u{fffd}", ""]);
}

#[test]
fn cname_records_are_followed_and_loops_end() {
    let question = Question::new(NAME, RecordType::Txt);
    let read = |answers| {
        question.parse_response(&message(&question, RCODE::NoError, answers, vec![])).unwrap().values
    };
    let target = "abc.dkim.amazonses.com";
    assert_eq!(read(vec![txt(target, &[b"p=x"]), cname(NAME, target)]), ["p=x"]);
    assert_eq!(read(vec![txt("other.example", &[b"p=x"])]), [""; 0]);
    assert_eq!(read(vec![cname(NAME, target), cname(target, NAME)]), [""; 0]);
}

#[test]
fn sixteen_aliases_are_followed_and_no_more() {
    let question = Question::new(NAME, RecordType::Txt);
    let names: Vec<_> =
        (0..=17).map(|n| if n == 0 { NAME.to_owned() } else { format!("a{n}.example") }).collect();
    for (aliases, expected) in [(16, &["p=x"][..]), (17, &[])] {
        let mut answers: Vec<_> =
            names[..=aliases].windows(2).map(|pair| cname(&pair[0], &pair[1])).collect();
        answers.push(txt(&names[aliases], &[b"p=x"]));
        let response = message(&question, RCODE::NoError, answers, vec![]);
        assert_eq!(question.parse_response(&response).unwrap().values, expected, "{aliases}");
    }
}

#[test]
fn a_cname_record_is_found_even_if_its_target_does_not_exist() {
    let question = Question::new(NAME, RecordType::Cname);
    let answers = vec![cname(NAME, "typo.amazonses.com")];
    let answer = question.parse_response(&message(&question, RCODE::NameError, answers, vec![])).unwrap();
    assert_eq!(answer.values, ["typo.amazonses.com"]);
}

#[test]
fn a_negative_answer_has_the_zone_and_the_ttl() {
    let question = Question::new(NAME, RecordType::Cname);
    for rcode in [RCODE::NameError, RCODE::NoError] {
        let answer = question
            .parse_response(&message(&question, rcode, vec![], vec![soa("Example.com", 900, 300)]))
            .unwrap();
        assert_eq!((answer.zone.as_deref(), answer.negative_ttl), (Some("example.com"), Some(300)));
        assert!(answer.values.is_empty());
    }
    let unregistered = message(&question, RCODE::NameError, vec![], vec![soa("com", 900, 86_400)]);
    let answer = question.parse_response(&unregistered).unwrap();
    assert_eq!((answer.zone, answer.negative_ttl), (None, Some(900)));
}

#[test]
fn soa_and_address_records_are_parsed() {
    let question = Question::new("example.com", RecordType::Soa);
    let answer = question
        .parse_response(&message(&question, RCODE::NoError, vec![soa("example.com", 9, 9)], vec![]))
        .unwrap();
    assert_eq!((answer.zone.as_deref(), answer.negative_ttl), (Some("example.com"), None));
    let question = Question::new("example.com", RecordType::A);
    let address = record("example.com", RData::A(A { address: 0x7f00_0001 }));
    let answer = question.parse_response(&message(&question, RCODE::NoError, vec![address], vec![])).unwrap();
    assert_eq!(answer.values, ["127.0.0.1"]);
}

#[test]
fn inconclusive_responses_are_distinguished() {
    let question = Question::new(NAME, RecordType::Cname);
    let error = |message: &[u8]| question.parse_response(message).unwrap_err();
    for (rcode, expected) in [
        (RCODE::ServerFailure, LookupError::ServerFailure),
        (RCODE::Refused, LookupError::InvalidMessage),
        (RCODE::NotImplemented, LookupError::InvalidMessage),
        (RCODE::FormatError, LookupError::InvalidMessage),
    ] {
        assert_eq!(error(&message(&question, rcode, vec![], vec![])), expected, "{rcode:?}");
    }
    let other = Question::new("other.example.com", RecordType::Cname);
    assert_eq!(
        error(&message(&other, RCODE::NoError, vec![], vec![])),
        LookupError::InvalidMessage,
        "another name"
    );
    let other = Question::new(NAME, RecordType::Txt);
    assert_eq!(
        error(&message(&other, RCODE::NoError, vec![], vec![])),
        LookupError::InvalidMessage,
        "another type"
    );
    assert_eq!(error(&question.encode().unwrap()), LookupError::InvalidMessage, "the question itself");
    let mut truncated = message(&question, RCODE::NoError, vec![], vec![]);
    truncated[2] |= 0x02;
    assert_eq!(error(&truncated), LookupError::InvalidMessage, "truncated");
}

#[test]
fn an_invalid_name_cannot_be_queried() {
    for wrong in ["a".repeat(64), format!("{}com", "abcdefg.".repeat(32))] {
        assert_eq!(Question::new(wrong, RecordType::Txt).encode(), Err(LookupError::InvalidMessage));
    }
}

proptest! {
    #[test]
    fn no_bytes_cause_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Question::new(NAME, RecordType::Txt).parse_response(&bytes);
    }

    #[test]
    fn no_corrupted_response_causes_a_panic(at in 0..200_usize, byte: u8, cut in 0..200_usize) {
        let question = Question::new(NAME, RecordType::Txt);
        let records = vec![cname(NAME, "a.dkim.amazonses.com"), txt("a.dkim.amazonses.com", &[b"p=x", b"y"])];
        let mut bytes = message(&question, RCODE::NoError, records, vec![soa("example.com", 900, 300)]);
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        bytes.truncate(cut.max(12));
        let _ = question.parse_response(&bytes);
    }
}
