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

/// An answer to `question` as a resolver sends it, names compressed.
fn message(
    question: &Question,
    rcode: RCODE,
    answers: Vec<ResourceRecord<'_>>,
    authority: Vec<ResourceRecord<'_>>,
) -> Vec<u8> {
    let asked = question.message().unwrap();
    let mut packet = Packet::parse(&asked).unwrap().into_reply();
    *packet.rcode_mut() = rcode;
    packet.set_flags(PacketFlag::RECURSION_DESIRED | PacketFlag::RECURSION_AVAILABLE);
    packet.answers = answers;
    packet.name_servers = authority;
    packet.build_bytes_vec_compressed().unwrap()
}

#[test]
fn a_name_is_read_as_it_is_compared() {
    let question = Question::new("ABC._domainkey.Example.com", RecordType::Cname);
    let answers = vec![cname("Abc._DomainKey.EXAMPLE.com", "ABC.dkim.AmazonSES.com.")];
    let answer = question.read(&message(&question, RCODE::NoError, answers, vec![])).unwrap();
    assert_eq!(answer.values, ["abc.dkim.amazonses.com"]);
    assert_eq!((answer.zone, answer.none_for), (None, None));
}

#[test]
fn the_parts_of_a_text_are_one_text_whatever_bytes_they_hold() {
    let question = Question::new(NAME, RecordType::Txt);
    let answers = vec![txt(NAME, &[b"v=DKIM1; p=", b"MIIB"]), txt(NAME, &[b"\xff\xfe"]), txt(NAME, &[b""])];
    let answer = question.read(&message(&question, RCODE::NoError, answers, vec![])).unwrap();
    assert_eq!(answer.values, ["v=DKIM1; p=MIIB", "\u{fffd}\u{fffd}", ""]);
}

#[test]
fn another_name_is_followed_and_a_loop_ends() {
    let question = Question::new(NAME, RecordType::Txt);
    let read = |answers| question.read(&message(&question, RCODE::NoError, answers, vec![])).unwrap().values;
    let target = "abc.dkim.amazonses.com";
    assert_eq!(read(vec![txt(target, &[b"p=x"]), cname(NAME, target)]), ["p=x"]);
    assert_eq!(read(vec![txt("other.example", &[b"p=x"])]), [""; 0]);
    assert_eq!(read(vec![cname(NAME, target), cname(target, NAME)]), [""; 0]);
}

#[test]
fn another_name_is_seen_even_where_what_it_names_is_not_there() {
    let question = Question::new(NAME, RecordType::Cname);
    let answers = vec![cname(NAME, "typo.amazonses.com")];
    let answer = question.read(&message(&question, RCODE::NameError, answers, vec![])).unwrap();
    assert_eq!(answer.values, ["typo.amazonses.com"]);
}

#[test]
fn none_says_in_which_zone_and_for_how_long() {
    let question = Question::new(NAME, RecordType::Cname);
    for rcode in [RCODE::NameError, RCODE::NoError] {
        let answer =
            question.read(&message(&question, rcode, vec![], vec![soa("Example.com", 900, 300)])).unwrap();
        assert_eq!((answer.zone.as_deref(), answer.none_for), (Some("example.com"), Some(300)));
        assert!(answer.values.is_empty());
    }
    let unregistered = message(&question, RCODE::NameError, vec![], vec![soa("com", 900, 86_400)]);
    let answer = question.read(&unregistered).unwrap();
    assert_eq!((answer.zone, answer.none_for), (None, Some(900)));
}

#[test]
fn a_zones_head_and_an_address_are_read() {
    let question = Question::new("example.com", RecordType::Soa);
    let answer =
        question.read(&message(&question, RCODE::NoError, vec![soa("example.com", 9, 9)], vec![])).unwrap();
    assert_eq!((answer.zone.as_deref(), answer.none_for), (Some("example.com"), None));
    let question = Question::new("example.com", RecordType::A);
    let address = record("example.com", RData::A(A { address: 0x7f00_0001 }));
    let answer = question.read(&message(&question, RCODE::NoError, vec![address], vec![])).unwrap();
    assert_eq!(answer.values, ["127.0.0.1"]);
}

#[test]
fn what_says_nothing_for_sure_is_told_apart() {
    let question = Question::new(NAME, RecordType::Cname);
    let read = |message: &[u8]| question.read(message).unwrap_err();
    for (rcode, unseen) in [
        (RCODE::ServerFailure, Unseen::ServerFailure),
        (RCODE::Refused, Unseen::Unreadable),
        (RCODE::NotImplemented, Unseen::Unreadable),
        (RCODE::FormatError, Unseen::Unreadable),
    ] {
        assert_eq!(read(&message(&question, rcode, vec![], vec![])), unseen, "{rcode:?}");
    }
    let other = Question::new("other.example.com", RecordType::Cname);
    assert_eq!(
        read(&message(&other, RCODE::NoError, vec![], vec![])),
        Unseen::Unreadable,
        "another's answer"
    );
    let other = Question::new(NAME, RecordType::Txt);
    assert_eq!(read(&message(&other, RCODE::NoError, vec![], vec![])), Unseen::Unreadable, "another kind");
    assert_eq!(read(&question.message().unwrap()), Unseen::Unreadable, "our own question");
    let mut truncated = message(&question, RCODE::NoError, vec![], vec![]);
    truncated[2] |= 0x02;
    assert_eq!(read(&truncated), Unseen::Unreadable, "truncated");
}

#[test]
fn a_name_that_cannot_be_is_not_asked_for() {
    for wrong in ["a".repeat(64), format!("{}com", "abcdefg.".repeat(32))] {
        assert_eq!(Question::new(wrong, RecordType::Txt).message(), Err(Unseen::Unreadable));
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Question::new(NAME, RecordType::Txt).read(&bytes);
    }

    #[test]
    fn no_change_of_an_answer_panics(at in 0..200_usize, byte: u8, cut in 0..200_usize) {
        let question = Question::new(NAME, RecordType::Txt);
        let records = vec![cname(NAME, "a.dkim.amazonses.com"), txt("a.dkim.amazonses.com", &[b"p=x", b"y"])];
        let mut bytes = message(&question, RCODE::NoError, records, vec![soa("example.com", 900, 300)]);
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        bytes.truncate(cut.max(12));
        let _ = question.read(&bytes);
    }
}
