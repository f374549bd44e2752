//! DNS questions and answers in wire format.
//!
//! <https://www.rfc-editor.org/rfc/rfc1035#section-4>

use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, RCODE, ResourceRecord, TYPE, rdata::RData};
use thiserror::Error;

/// The maximum number of aliases that are followed. Resolvers follow about as many.
const MAX_ALIASES: usize = 16;

/// A DNS record type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordType {
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
    /// An alias of another name.
    Cname,
    /// The start of a zone.
    Soa,
    /// A text, such as an SPF record.
    Txt,
}

impl RecordType {
    /// Returns the name of the type, such as `CNAME`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Soa => "SOA",
            Self::Txt => "TXT",
        }
    }

    const fn wire(self) -> TYPE {
        match self {
            Self::A => TYPE::A,
            Self::Aaaa => TYPE::AAAA,
            Self::Cname => TYPE::CNAME,
            Self::Soa => TYPE::SOA,
            Self::Txt => TYPE::TXT,
        }
    }
}

/// A DNS question.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Question {
    /// The full name in lower case, without a trailing dot.
    pub name: String,
    /// The record type.
    pub kind: RecordType,
}

/// A conclusive answer to a question: the records, or that there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The values of the records. Names are in lower case without a trailing dot; the strings of a TXT record are joined.
    pub values: Vec<String>,
    /// The zone of the name, if the response contains it.
    pub zone: Option<String>,
    /// Seconds for which resolvers cache that there are no records.
    pub negative_ttl: Option<u32>,
}

/// A lookup without a conclusive answer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum LookupError {
    /// The resolver is unreachable or overloaded.
    #[error("the resolver is unreachable")]
    Unreachable,
    /// The resolver reports a server failure: the domain's name servers are broken or don't exist yet.
    #[error("the domain's name servers do not respond")]
    ServerFailure,
    /// The question has an invalid name, or the resolver did not send a valid answer to it.
    #[error("invalid DNS question or answer")]
    InvalidMessage,
}

impl Question {
    /// Creates a question.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: RecordType) -> Self {
        Self { name: name.into().to_ascii_lowercase(), kind }
    }

    /// Encodes the question as a DNS message. Its ID is 0, so that equal questions give equal messages.
    ///
    /// # Errors
    /// [`LookupError::InvalidMessage`] if the name is invalid.
    pub fn encode(&self) -> Result<Vec<u8>, LookupError> {
        let mut packet = Packet::new_query(0);
        packet.set_flags(PacketFlag::RECURSION_DESIRED);
        let name = Name::new(&self.name).map_err(|_| LookupError::InvalidMessage)?;
        let kind = QTYPE::TYPE(self.kind.wire());
        packet.questions.push(simple_dns::Question::new(name, kind, QCLASS::CLASS(CLASS::IN), false));
        packet.build_bytes_vec().map_err(|_| LookupError::InvalidMessage)
    }

    /// Parses the DNS message that responds to the question.
    ///
    /// # Errors
    /// [`LookupError`] if the message has no conclusive answer.
    pub fn parse_response(&self, message: &[u8]) -> Result<Answer, LookupError> {
        let packet = Packet::parse(message).map_err(|_| LookupError::InvalidMessage)?;
        let is_response = packet.has_flags(PacketFlag::RESPONSE) && !packet.has_flags(PacketFlag::TRUNCATION);
        let is_same_question = packet.questions.first().is_some_and(|question| {
            normalise(&question.qname) == self.name && question.qtype == QTYPE::TYPE(self.kind.wire())
        });
        if !is_response || !is_same_question {
            return Err(LookupError::InvalidMessage);
        }
        match packet.rcode() {
            RCODE::NoError | RCODE::NameError => {}
            RCODE::ServerFailure => return Err(LookupError::ServerFailure),
            _ => return Err(LookupError::InvalidMessage),
        }
        let values = self.values(&packet.answers);
        let soa_records = packet.answers.iter().chain(&packet.name_servers);
        let soa = soa_records.rev().find_map(|record| match &record.rdata {
            RData::SOA(soa) => Some((normalise(&record.name), record.ttl.min(soa.minimum))),
            _ => None,
        });
        let (zone, negative_ttl) = soa.unzip();
        // A top-level domain as the zone means that the domain isn't registered.
        let zone = zone.filter(|zone| zone.contains('.'));
        let negative_ttl = negative_ttl.filter(|_| values.is_empty());
        Ok(Answer { values, zone, negative_ttl })
    }

    /// Returns the values of the question's type, following CNAME records.
    fn values(&self, records: &[ResourceRecord<'_>]) -> Vec<String> {
        let mut name = self.name.clone();
        // Bounded, so that a CNAME loop ends and a long chain takes linear time.
        for _ in 0..=MAX_ALIASES {
            let at_name = || records.iter().filter(|record| normalise(&record.name) == name);
            let found: Vec<String> = at_name().filter_map(|record| value(&record.rdata, self.kind)).collect();
            if !found.is_empty() {
                return found;
            }
            match at_name().find_map(|record| value(&record.rdata, RecordType::Cname)) {
                Some(target) => name = target,
                None => break,
            }
        }
        Vec::new()
    }
}

/// Returns a record's value if it has this type.
fn value(data: &RData<'_>, kind: RecordType) -> Option<String> {
    match (data, kind) {
        (RData::CNAME(target), RecordType::Cname) => Some(normalise(&target.0)),
        (RData::TXT(text), RecordType::Txt) => Some(match String::try_from(text.clone()) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
        (RData::A(address), RecordType::A) => Some(std::net::Ipv4Addr::from(address.address).to_string()),
        (RData::AAAA(address), RecordType::Aaaa) => {
            Some(std::net::Ipv6Addr::from(address.address).to_string())
        }
        (RData::SOA(soa), RecordType::Soa) => Some(normalise(&soa.mname)),
        _ => None,
    }
}

/// Returns a name in lower case without a trailing dot.
fn normalise(name: &Name<'_>) -> String {
    name.to_string().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
