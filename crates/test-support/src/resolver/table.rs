//! The resolver's records.

use std::collections::{BTreeMap, BTreeSet};

use simple_dns::{
    CLASS, CharacterString, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE,
    rdata::{A, AAAA, CNAME, RData, SOA, TXT},
};

/// Time to live of every record, in seconds.
const TTL: u32 = 300;

/// Maximum length of a character string in a TXT record, in bytes.
const MAX_STRING: usize = 255;

/// Maximum length of a CNAME chain.
const MAX_CNAMES: usize = 8;

#[derive(Default)]
pub(super) struct Table {
    records: BTreeMap<(String, String), Vec<String>>,
    zones: BTreeSet<String>,
    failing: BTreeSet<String>,
}

impl Table {
    pub(super) fn set(&mut self, name: &str, kind: &str, values: Vec<String>) {
        let key = (normalise(name), kind.to_ascii_uppercase());
        if values.is_empty() {
            self.records.remove(&key);
        } else {
            self.records.insert(key, values);
        }
    }

    pub(super) fn set_zone(&mut self, domain: &str) {
        self.zones.insert(normalise(domain));
    }

    pub(super) fn fail(&mut self, name: &str) {
        self.failing.insert(normalise(name));
    }

    /// Responds to a message. Returns the query as `(name, type)` and the response, or `None` if the message isn't a single query
    /// of a supported type.
    pub(super) fn respond(&self, message: &[u8]) -> Option<((String, String), Vec<u8>)> {
        let packet = Packet::parse(message).ok()?;
        let [question] = &packet.questions[..] else { return None };
        let QTYPE::TYPE(kind) = question.qtype else { return None };
        let (name, record_type) = (normalise(&question.qname.to_string()), type_name(kind)?);
        let mut reply = packet.clone().into_reply();
        reply.set_flags(PacketFlag::RECURSION_DESIRED | PacketFlag::RECURSION_AVAILABLE);
        if self.failing.contains(&name) {
            *reply.rcode_mut() = RCODE::ServerFailure;
        } else {
            self.add_records(&mut reply, &name, record_type)?;
        }
        let message = reply.build_bytes_vec_compressed().ok()?;
        Some(((name, record_type.to_owned()), message))
    }

    fn add_records(&self, reply: &mut Packet<'_>, name: &str, record_type: &str) -> Option<()> {
        let mut current = name.to_owned();
        for _ in 0..MAX_CNAMES {
            if record_type == "SOA" && self.zone(&current) == current {
                reply.answers.push(soa_record(&current)?);
                return Some(());
            }
            let values_of = |kind: &str| self.records.get(&(current.clone(), kind.to_owned()));
            if let Some(values) = values_of(record_type) {
                for value in values {
                    reply.answers.push(record(&current, record_type, value)?);
                }
                return Some(());
            }
            match values_of("CNAME").and_then(|targets| targets.first()) {
                Some(target) => {
                    reply.answers.push(record(&current, "CNAME", target)?);
                    current = normalise(target);
                }
                None => break,
            }
        }
        let exists = |known: &str| {
            known == current || known.strip_suffix(&current).is_some_and(|rest| rest.ends_with('.'))
        };
        if !self.records.keys().any(|(known, _)| exists(known)) {
            *reply.rcode_mut() = RCODE::NameError;
        }
        reply.name_servers.push(soa_record(&self.zone(&current))?);
        Some(())
    }

    /// Returns the zone that contains a name.
    fn zone(&self, name: &str) -> String {
        let parents: Vec<&str> = name.match_indices('.').map(|(dot, _)| &name[dot + 1..]).collect();
        let mut names = [name].into_iter().chain(parents.iter().copied());
        let own = names.clone().find(|name| self.zones.contains(*name));
        own.or_else(|| names.rfind(|name| name.contains('.'))).unwrap_or(name).to_owned()
    }
}

/// Converts a name to lower case, without a trailing dot.
fn normalise(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn type_name(kind: TYPE) -> Option<&'static str> {
    match kind {
        TYPE::A => Some("A"),
        TYPE::AAAA => Some("AAAA"),
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
        "AAAA" => RData::AAAA(AAAA { address: value.parse::<std::net::Ipv6Addr>().ok()?.into() }),
        "CNAME" => RData::CNAME(CNAME(name(value)?)),
        "TXT" => {
            let mut text = TXT::new();
            for part in value.as_bytes().chunks(MAX_STRING) {
                text.add_char_string(CharacterString::new(part).ok()?.into_owned());
            }
            RData::TXT(text)
        }
        _ => return None,
    };
    Some(ResourceRecord::new(name(owner)?, CLASS::IN, TTL, data))
}

fn soa_record(zone: &str) -> Option<ResourceRecord<'static>> {
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
