//! Questions and answers in DNS's wire format.
//!
//! <https://www.rfc-editor.org/rfc/rfc1035#section-4>

use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, RCODE, ResourceRecord, TYPE, rdata::RData};

/// The kinds of record that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordType {
    /// An IPv4 address.
    A,
    /// Another name for the same.
    Cname,
    /// The head of a zone.
    Soa,
    /// Text.
    Txt,
}

impl RecordType {
    /// DNS's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Cname => "CNAME",
            Self::Soa => "SOA",
            Self::Txt => "TXT",
        }
    }

    const fn wire(self) -> TYPE {
        match self {
            Self::A => TYPE::A,
            Self::Cname => TYPE::CNAME,
            Self::Soa => TYPE::SOA,
            Self::Txt => TYPE::TXT,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Question {
    /// The whole name, in small letters and without a dot at its end.
    pub name: String,
    /// The kind of record.
    pub kind: RecordType,
}

/// What a resolver says, for sure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The values of the records of the asked kind. A name in small letters without a dot at its end; a text with its parts joined.
    pub values: Vec<String>,
    /// The zone that the name lies in, where the answer tells.
    pub zone: Option<String>,
    /// For how many seconds a resolver goes on saying that there is none.
    pub none_for: Option<u32>,
}

/// Why nothing can be said for sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The resolver can't be reached.
    Unreachable,
    /// The resolver says that it could not find out: the domain's own name servers are broken or not there yet.
    ServerFailure,
    /// The resolver doesn't answer such questions, or not in DNS's words.
    Unreadable,
}

impl Question {
    /// A question.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: RecordType) -> Self {
        Self { name: name.into().to_ascii_lowercase(), kind }
    }

    /// The question as a message. Its id is 0, so that equal questions are equal messages.
    ///
    /// # Errors
    /// [`Unseen::Unreadable`] where no such name can be.
    pub fn message(&self) -> Result<Vec<u8>, Unseen> {
        let mut packet = Packet::new_query(0);
        packet.set_flags(PacketFlag::RECURSION_DESIRED);
        let name = Name::new(&self.name).map_err(|_| Unseen::Unreadable)?;
        let kind = QTYPE::TYPE(self.kind.wire());
        packet.questions.push(simple_dns::Question::new(name, kind, QCLASS::CLASS(CLASS::IN), false));
        packet.build_bytes_vec().map_err(|_| Unseen::Unreadable)
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// [`Unseen`] where it says nothing for sure.
    pub fn read(&self, message: &[u8]) -> Result<Answer, Unseen> {
        let packet = Packet::parse(message).map_err(|_| Unseen::Unreadable)?;
        let is_answer = packet.has_flags(PacketFlag::RESPONSE) && !packet.has_flags(PacketFlag::TRUNCATION);
        let is_ours = packet.questions.first().is_some_and(|asked| {
            plain(&asked.qname) == self.name && asked.qtype == QTYPE::TYPE(self.kind.wire())
        });
        if !is_answer || !is_ours {
            return Err(Unseen::Unreadable);
        }
        match packet.rcode() {
            RCODE::NoError | RCODE::NameError => {}
            RCODE::ServerFailure => return Err(Unseen::ServerFailure),
            _ => return Err(Unseen::Unreadable),
        }
        let values = self.values(&packet.answers);
        let heads = packet.answers.iter().chain(&packet.name_servers);
        let head = heads.rev().find_map(|record| match &record.rdata {
            RData::SOA(soa) => Some((plain(&record.name), record.ttl.min(soa.minimum))),
            _ => None,
        });
        let (zone, none_for) = head.unzip();
        // The last label alone is nobody's zone of ours: the domain isn't registered.
        let zone = zone.filter(|zone| zone.contains('.'));
        let none_for = none_for.filter(|_| values.is_empty());
        Ok(Answer { values, zone, none_for })
    }

    /// The values of the asked kind, followed through the other names of the asked one.
    fn values(&self, records: &[ResourceRecord<'_>]) -> Vec<String> {
        let mut name = self.name.clone();
        // There are no more names to follow than records.
        for _ in 0..=records.len() {
            let here = || records.iter().filter(|record| plain(&record.name) == name);
            let found: Vec<String> = here().filter_map(|record| value(&record.rdata, self.kind)).collect();
            if !found.is_empty() {
                return found;
            }
            match here().find_map(|record| value(&record.rdata, RecordType::Cname)) {
                Some(other) => name = other,
                None => break,
            }
        }
        Vec::new()
    }
}

/// A record's value, where it is of this kind.
fn value(data: &RData<'_>, kind: RecordType) -> Option<String> {
    match (data, kind) {
        (RData::CNAME(target), RecordType::Cname) => Some(plain(&target.0)),
        (RData::TXT(text), RecordType::Txt) => Some(match String::try_from(text.clone()) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
        (RData::A(address), RecordType::A) => Some(std::net::Ipv4Addr::from(address.address).to_string()),
        (RData::SOA(soa), RecordType::Soa) => Some(plain(&soa.mname)),
        _ => None,
    }
}

/// A name as it is compared: letters small, no dot at its end.
fn plain(name: &Name<'_>) -> String {
    name.to_string().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
