//! What there is in DNS.

use std::collections::{BTreeMap, BTreeSet};

use simple_dns::{
    CLASS, CharacterString, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE,
    rdata::{A, CNAME, RData, SOA, TXT},
};

/// For how many seconds a record may be kept.
const TTL: u32 = 300;

/// The longest part of a text, in bytes.
const MAX_PART: usize = 255;

/// No chain of other names is longer.
const MOST_NAMES: usize = 8;

/// The records, the zones and what is broken.
#[derive(Default)]
pub(super) struct Table {
    records: BTreeMap<(String, String), Vec<String>>,
    zones: BTreeSet<String>,
    failing: BTreeSet<String>,
}

impl Table {
    pub(super) fn set(&mut self, name: &str, kind: &str, values: Vec<String>) {
        let key = (plain(name), kind.to_ascii_uppercase());
        if values.is_empty() {
            self.records.remove(&key);
        } else {
            self.records.insert(key, values);
        }
    }

    pub(super) fn set_zone(&mut self, domain: &str) {
        self.zones.insert(plain(domain));
    }

    pub(super) fn fail(&mut self, name: &str) {
        self.failing.insert(plain(name));
    }

    /// The answer to a message, and what it asked; nothing where it isn't one question.
    pub(super) fn answer(&self, message: &[u8]) -> Option<((String, String), Vec<u8>)> {
        let packet = Packet::parse(message).ok()?;
        let [question] = &packet.questions[..] else { return None };
        let QTYPE::TYPE(kind) = question.qtype else { return None };
        let (name, word) = (plain(&question.qname.to_string()), word(kind)?);
        let mut reply = packet.clone().into_reply();
        reply.set_flags(PacketFlag::RECURSION_DESIRED | PacketFlag::RECURSION_AVAILABLE);
        if self.failing.contains(&name) {
            *reply.rcode_mut() = RCODE::ServerFailure;
        } else {
            self.fill(&mut reply, &name, word)?;
        }
        let message = reply.build_bytes_vec_compressed().ok()?;
        Some(((name, word.to_owned()), message))
    }

    fn fill(&self, reply: &mut Packet<'_>, name: &str, word: &str) -> Option<()> {
        let mut here = name.to_owned();
        for _ in 0..MOST_NAMES {
            if word == "SOA" && self.zone(&here) == here {
                reply.answers.push(head(&here)?);
                return Some(());
            }
            let of = |kind: &str| self.records.get(&(here.clone(), kind.to_owned()));
            if let Some(values) = of(word) {
                for value in values {
                    reply.answers.push(record(&here, word, value)?);
                }
                return Some(());
            }
            match of("CNAME").and_then(|targets| targets.first()) {
                Some(target) => {
                    reply.answers.push(record(&here, "CNAME", target)?);
                    here = plain(target);
                }
                None => break,
            }
        }
        let is_there =
            |known: &str| known == here || known.strip_suffix(&here).is_some_and(|rest| rest.ends_with('.'));
        if !self.records.keys().any(|(known, _)| is_there(known)) {
            *reply.rcode_mut() = RCODE::NameError;
        }
        reply.name_servers.push(head(&self.zone(&here))?);
        Some(())
    }

    /// The zone that a name lies in.
    fn zone(&self, name: &str) -> String {
        let above: Vec<&str> = name.match_indices('.').map(|(at, _)| &name[at + 1..]).collect();
        let mut names = [name].into_iter().chain(above.iter().copied());
        let own = names.clone().find(|name| self.zones.contains(*name));
        own.or_else(|| names.rfind(|name| name.contains('.'))).unwrap_or(name).to_owned()
    }
}

/// A name as it is compared.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn word(kind: TYPE) -> Option<&'static str> {
    match kind {
        TYPE::A => Some("A"),
        TYPE::CNAME => Some("CNAME"),
        TYPE::SOA => Some("SOA"),
        TYPE::TXT => Some("TXT"),
        _ => None,
    }
}

fn name(text: &str) -> Option<Name<'static>> {
    Name::new(text).ok().map(Name::into_owned)
}

fn record(owner: &str, kind: &str, value: &str) -> Option<ResourceRecord<'static>> {
    let data = match kind {
        "A" => RData::A(A { address: value.parse::<std::net::Ipv4Addr>().ok()?.into() }),
        "CNAME" => RData::CNAME(CNAME(name(value)?)),
        "TXT" => {
            let mut text = TXT::new();
            for part in value.as_bytes().chunks(MAX_PART) {
                text.add_char_string(CharacterString::new(part).ok()?.into_owned());
            }
            RData::TXT(text)
        }
        _ => return None,
    };
    Some(ResourceRecord::new(name(owner)?, CLASS::IN, TTL, data))
}

/// A zone's head.
fn head(zone: &str) -> Option<ResourceRecord<'static>> {
    let soa = SOA {
        mname: name(&format!("ns1.{zone}"))?,
        rname: name(&format!("hostmaster.{zone}"))?,
        serial: 1,
        refresh: 3600,
        retry: 600,
        expire: 86_400,
        minimum: TTL,
    };
    Some(ResourceRecord::new(name(zone)?, CLASS::IN, TTL, RData::SOA(soa)))
}
