//! All questions about one domain, in two rounds, and what their answers mean.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};

use super::{Answer, Published, PublishedValue, Question, RecordType, Unseen, dkim_record, dmarc, spf};
use crate::{AdviceAction, AdvicePurpose, DnsAdvice, RecordCheck, RecordStatus};

/// What was answered to each question that was asked.
pub type Answers = HashMap<Question, Result<Answer, Unseen>>;

/// For so long after the records have become known "there is none" is no news: a resolver that was asked before they were published
/// goes on saying so, commonly for up to a quarter of an hour.
const SPREADING: Duration = Duration::minutes(15);

/// The least and the most seconds after which asking again is advised.
const AGAIN: std::ops::RangeInclusive<u32> = 30..=900;

/// The most texts of strangers that are shown, and the most characters of each.
const MOST_FOUND: usize = 10;
const MOST_CHARS: usize = 600;

/// A check of one domain.
#[derive(Clone, Debug)]
pub struct Check<'a> {
    /// The domain.
    pub domain: &'a str,
    /// The records that SES needs.
    pub published: &'a [Published],
    /// When they became known, where they became known by us.
    pub since: Option<OffsetDateTime>,
    /// Now.
    pub now: OffsetDateTime,
}

/// What a check has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// The zone that the domain lies in.
    pub zone: Option<String>,
    /// The records that SES needs.
    pub records: Vec<RecordCheck>,
    /// SPF and DMARC.
    pub advice: Vec<DnsAdvice>,
    /// In how many seconds asking again can show something new.
    pub again_after: Option<u32>,
}

/// What to do about the texts of one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Advised {
    pub(super) action: AdviceAction,
    pub(super) value: Option<String>,
    pub(super) found: Vec<String>,
    pub(super) message: String,
}

impl Check<'_> {
    /// What is asked first: the records, and what [`Check::advice_questions`] asks.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        let records = self.published.iter().map(Published::question);
        records.chain(self.advice_questions()).collect()
    }

    /// What is asked for SPF and DMARC, and for the zone.
    #[must_use]
    pub fn advice_questions(&self) -> Vec<Question> {
        let dmarc = dmarc::names(self.domain).into_iter().map(text);
        [Question::new(self.domain, RecordType::Soa), text(self.domain)].into_iter().chain(dmarc).collect()
    }

    /// What is asked afterwards: of each record that isn't there, what stands in its place.
    #[must_use]
    pub fn follow_ups(&self, answers: &Answers) -> Vec<Question> {
        let is_missing = |record: &&Published| matches!(answers.get(&record.question()), Some(Ok(answer)) if answer.values.is_empty());
        let missing = self.published.iter().filter(is_missing);
        missing.flat_map(|record| self.instead_of(record, answers)).collect()
    }

    /// Where something else than a record may stand.
    fn instead_of(&self, record: &Published, answers: &Answers) -> Vec<Question> {
        let mut questions = vec![Question::new(self.doubled(record, answers), record.kind())];
        if record.kind() == RecordType::Cname {
            questions.push(text(&record.name));
            questions.push(Question::new(&record.name, RecordType::A));
        }
        questions
    }

    /// The name that a record gets at a host that adds the zone to what was typed in.
    fn doubled(&self, record: &Published, answers: &Answers) -> String {
        format!("{}.{}", record.name, self.zone(answers).unwrap_or_else(|| self.domain.to_owned()))
    }

    /// The zone that the domain lies in.
    fn zone(&self, answers: &Answers) -> Option<String> {
        let answer = answers.get(&Question::new(self.domain, RecordType::Soa))?.as_ref().ok()?;
        let is_above = |zone: &String| {
            let (domain, zone) = (self.domain, zone.as_str());
            domain == zone || domain.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
        };
        answer.zone.clone().filter(is_above)
    }

    /// What the answers mean.
    #[must_use]
    pub fn conclude(&self, answers: &Answers) -> Conclusion {
        let zone = self.zone(answers);
        let host = |name: &str| zone.as_deref().map(|zone| inside(name, zone));
        let records: Vec<RecordCheck> = self
            .published
            .iter()
            .map(|record| RecordCheck { host: host(&record.name), ..self.record(record, answers) })
            .collect();
        let advice = self.advice(answers, zone.as_deref());
        let again_after = self.again_after(&records, answers);
        Conclusion { zone, records, advice, again_after }
    }

    /// SPF and DMARC by the answers.
    fn advice(&self, answers: &Answers, zone: Option<&str>) -> Vec<DnsAdvice> {
        let texts = |name: &str| match answers.get(&text(name)) {
            Some(Ok(answer)) => Some(answer.values.clone()),
            _ => None,
        };
        let spf = texts(self.domain).map(|texts| spf::advise(&texts));
        let names = dmarc::names(self.domain);
        let at: Option<Vec<(String, Vec<String>)>> =
            names.iter().map(|name| texts(name).map(|texts| (name.clone(), texts))).collect();
        let dmarc = at.map(|at| dmarc::advise(&at));
        let dmarc_name = names.into_iter().next().unwrap_or_default();
        [(AdvicePurpose::Spf, self.domain.to_owned(), spf), (AdvicePurpose::Dmarc, dmarc_name, dmarc)]
            .into_iter()
            .map(|(purpose, name, advised)| {
                let advised = advised.unwrap_or_else(|| Advised {
                    action: AdviceAction::Wait,
                    value: None,
                    found: Vec::new(),
                    message: "DNS could not be asked, so nothing is advised: ask again in a minute."
                        .to_owned(),
                });
                DnsAdvice {
                    purpose,
                    action: advised.action,
                    kind: RecordType::Txt.name().to_owned(),
                    host: zone.map(|zone| inside(&name, zone)),
                    name,
                    value: advised.value,
                    found: shown(advised.found),
                    message: advised.message,
                }
            })
            .collect()
    }

    fn record(&self, record: &Published, answers: &Answers) -> RecordCheck {
        let (status, found, message, help) = match answers.get(&record.question()) {
            Some(Ok(answer)) if answer.values.is_empty() => self.not_there(record, answers),
            Some(Ok(answer)) => there(record, &answer.values),
            Some(Err(unseen)) => unseen_record(*unseen),
            None => unseen_record(Unseen::Unreachable),
        };
        RecordCheck {
            kind: record.kind().name().to_owned(),
            name: record.name.clone(),
            host: None,
            value: record.text(),
            status,
            found: shown(found),
            message: message.to_owned(),
            help: help.map(str::to_owned),
        }
    }

    /// A record that isn't there: something else may be, or it hasn't spread yet.
    fn not_there(&self, record: &Published, answers: &Answers) -> Seen {
        let values = |question: &Question| match answers.get(question) {
            Some(Ok(answer)) => answer.values.clone(),
            _ => Vec::new(),
        };
        let doubled = self.doubled(record, answers);
        if !values(&Question::new(&doubled, record.kind())).is_empty() {
            return (
                RecordStatus::Mismatch,
                vec![doubled],
                "The record has a name in which the domain stands twice.",
                Some("Your DNS host adds the domain by itself: type in the name without it."),
            );
        }
        if record.kind() == RecordType::Cname {
            let texts = values(&text(&record.name));
            if !texts.is_empty() {
                return (
                    RecordStatus::Mismatch,
                    texts,
                    "There is a TXT record in the place of the CNAME.",
                    Some("Delete it and add the CNAME."),
                );
            }
            let addresses = values(&Question::new(&record.name, RecordType::A));
            if !addresses.is_empty() {
                return (
                    RecordStatus::Mismatch,
                    addresses,
                    "There is an address in the place of the CNAME.",
                    Some(
                        "Switch your DNS host's proxy off for this record (\"DNS only\" at Cloudflare), or delete what a wildcard answers.",
                    ),
                );
            }
        }
        if self.is_spreading() {
            return (
                RecordStatus::Pending,
                Vec::new(),
                "The record isn't seen yet.",
                Some(
                    "Publish it if you haven't; if you have, nothing has to be done: DNS can take a quarter of an hour to show it.",
                ),
            );
        }
        (
            RecordStatus::Missing,
            Vec::new(),
            "The record isn't there.",
            Some("Publish it at the DNS host of the domain, then check again."),
        )
    }

    fn is_spreading(&self) -> bool {
        self.since.is_some_and(|since| self.now - since < SPREADING)
    }

    /// As long as resolvers remember that there is none, asking again shows nothing new.
    fn again_after(&self, records: &[RecordCheck], answers: &Answers) -> Option<u32> {
        if records.iter().all(|record| record.status == RecordStatus::Found) {
            return None;
        }
        let remembered = self
            .published
            .iter()
            .filter_map(|record| answers.get(&record.question())?.as_ref().ok()?.none_for);
        Some(remembered.max().unwrap_or_default().clamp(*AGAIN.start(), *AGAIN.end()))
    }
}

type Seen = (RecordStatus, Vec<String>, &'static str, Option<&'static str>);

/// A record of the right kind is there.
fn there(record: &Published, values: &[String]) -> Seen {
    let (is_right, wrong, help) = match &record.value {
        PublishedValue::Cname(target) => (
            // Two CNAMEs of one name are an error of the zone, of which a resolver picks any.
            values.iter().all(|value| value.eq_ignore_ascii_case(target)),
            "The record points to something else.",
            "Replace its value by the one shown here.",
        ),
        PublishedValue::Key(key) => (
            // Several keys of one selector may make a receiver take the wrong one.
            values.len() == 1 && dkim_record::publishes(&values[0], key.as_ref()),
            "The record doesn't hold this key, or not it alone.",
            "Leave one TXT record at this name, with the value shown here.",
        ),
    };
    if !is_right {
        return (RecordStatus::Mismatch, values.to_vec(), wrong, Some(help));
    }
    match &record.value {
        PublishedValue::Key(None) => (
            RecordStatus::Found,
            values.to_vec(),
            "There is a key. Kraiter wasn't given it and can't tell whether it is the one that signs.",
            None,
        ),
        _ => (RecordStatus::Found, Vec::new(), "The record is there.", None),
    }
}

fn unseen_record(unseen: Unseen) -> Seen {
    let (message, help) = match unseen {
        Unseen::ServerFailure => (
            "The name servers of the domain don't answer.",
            "See at your registrar that the domain is registered and which name servers it names; a new domain can take a day.",
        ),
        Unseen::Unreachable | Unseen::Unreadable => {
            ("DNS could not be asked.", "Nothing has to be done: check again in a minute.")
        }
    };
    (RecordStatus::Pending, Vec::new(), message, Some(help))
}

fn text(name: impl Into<String>) -> Question {
    Question::new(name, RecordType::Txt)
}

/// A name as it is typed in at the host of `zone`: without the zone, `@` for the zone itself.
fn inside(name: &str, zone: &str) -> String {
    match name.strip_suffix(zone) {
        Some("") => "@".to_owned(),
        Some(rest) if rest.ends_with('.') => rest.trim_end_matches('.').to_owned(),
        _ => name.to_owned(),
    }
}

/// Texts of strangers, within bounds.
fn shown(found: Vec<String>) -> Vec<String> {
    let cut = |text: String| match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    found.into_iter().take(MOST_FOUND).map(cut).collect()
}

#[cfg(test)]
mod tests;
