//! The check of a domain's DNS records: the questions, in two rounds, and the evaluation of their answers.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};

use crate::{
    advice::Advice,
    dkim_record, dmarc,
    message::{Answer, LookupError, Question, RecordType},
    report::{AdviceAction, AdvicePurpose, DnsAdvice, DomainReport, RecordCheck, RecordStatus},
    required_record::{RecordValue, RequiredRecord},
    spf,
};

/// The result of each question.
pub type LookupResults = HashMap<Question, Result<Answer, LookupError>>;

/// The time for which a missing record counts as pending. Resolvers that were queried before the record was published cache that it
/// doesn't exist, commonly for up to 15 minutes.
const PROPAGATION_TIME: Duration = Duration::minutes(15);

/// The minimum and maximum of [`DomainReport::retry_after`], in seconds.
const RETRY_AFTER: std::ops::RangeInclusive<u32> = 30..=900;

/// Limits on the third-party texts in a report: their number, and the characters of each.
const MAX_FOUND: usize = 10;
const MAX_FOUND_CHARS: usize = 600;

/// A check of the DNS records of a domain.
///
/// 1. Look up [`questions`](Self::questions).
/// 2. Look up [`follow_up_questions`](Self::follow_up_questions) and add the results.
/// 3. [`evaluate`](Self::evaluate) all results.
#[derive(Clone, Debug)]
pub struct DomainCheck<'a> {
    /// The domain to check.
    pub domain: &'a str,
    /// The records that SES requires.
    pub records: &'a [RequiredRecord],
    /// The time at which SES generated `records`, if known. For the next 15 minutes a missing record is reported as pending.
    pub records_since: Option<OffsetDateTime>,
    /// The current time.
    pub now: OffsetDateTime,
}

impl DomainCheck<'_> {
    /// Returns the questions of the first round: the required records and [`advice_questions`](Self::advice_questions).
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        let records = self.records.iter().map(RequiredRecord::question);
        records.chain(self.advice_questions()).collect()
    }

    /// Returns the questions about SPF, DMARC and the zone.
    #[must_use]
    pub fn advice_questions(&self) -> Vec<Question> {
        let dmarc = dmarc::record_names(self.domain).into_iter().map(txt_question);
        let zone = Question::new(self.domain, RecordType::Soa);
        [zone, txt_question(self.domain)].into_iter().chain(dmarc).collect()
    }

    /// Returns the questions of the second round, which find common mistakes for each missing record.
    #[must_use]
    pub fn follow_up_questions(&self, results: &LookupResults) -> Vec<Question> {
        let is_missing = |record: &&RequiredRecord| matches!(results.get(&record.question()), Some(Ok(answer)) if answer.values.is_empty());
        let missing = self.records.iter().filter(is_missing);
        missing.flat_map(|record| self.misplaced_questions(record, results)).collect()
    }

    /// Returns the questions for records that may have been published instead of `record`.
    fn misplaced_questions(&self, record: &RequiredRecord, results: &LookupResults) -> Vec<Question> {
        let mut questions = vec![Question::new(self.doubled_name(record, results), record.kind())];
        if record.kind() == RecordType::Cname {
            questions.push(txt_question(&record.name));
            questions.push(Question::new(&record.name, RecordType::A));
        }
        questions
    }

    /// Returns the name that a record gets if the DNS provider appends the zone to a full name.
    fn doubled_name(&self, record: &RequiredRecord, results: &LookupResults) -> String {
        format!("{}.{}", record.name, self.zone(results).unwrap_or_else(|| self.domain.to_owned()))
    }

    /// Returns the zone of the domain.
    fn zone(&self, results: &LookupResults) -> Option<String> {
        let answer = results.get(&Question::new(self.domain, RecordType::Soa))?.as_ref().ok()?;
        let contains_domain = |zone: &String| {
            let (domain, zone) = (self.domain, zone.as_str());
            domain == zone || domain.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'))
        };
        answer.zone.clone().filter(contains_domain)
    }

    /// Evaluates the results of all questions.
    #[must_use]
    pub fn evaluate(&self, results: &LookupResults) -> DomainReport {
        let zone = self.zone(results);
        let host = |name: &str| zone.as_deref().map(|zone| relative_name(name, zone));
        let records: Vec<RecordCheck> = self
            .records
            .iter()
            .map(|record| RecordCheck { host: host(&record.name), ..self.check_record(record, results) })
            .collect();
        let advice = self.advice(results, zone.as_deref());
        let retry_after = self.retry_after(&records, results);
        DomainReport { zone, records, advice, retry_after }
    }

    fn advice(&self, results: &LookupResults, zone: Option<&str>) -> Vec<DnsAdvice> {
        let texts = |name: &str| match results.get(&txt_question(name)) {
            Some(Ok(answer)) => Some(answer.values.clone()),
            _ => None,
        };
        let spf = texts(self.domain).map(|texts| spf::advise(&texts));
        let names = dmarc::record_names(self.domain);
        let dmarc_texts: Option<Vec<(String, Vec<String>)>> =
            names.iter().map(|name| texts(name).map(|texts| (name.clone(), texts))).collect();
        let dmarc = dmarc_texts.map(|texts| dmarc::advise(&texts));
        let dmarc_name = names.into_iter().next().unwrap_or_default();
        [(AdvicePurpose::Spf, self.domain.to_owned(), spf), (AdvicePurpose::Dmarc, dmarc_name, dmarc)]
            .into_iter()
            .map(|(purpose, name, advice)| {
                let advice = advice.unwrap_or_else(|| Advice {
                    action: AdviceAction::Wait,
                    value: None,
                    found: Vec::new(),
                    message: "The DNS lookup failed, so there is no advice. Check again in a minute."
                        .to_owned(),
                });
                DnsAdvice {
                    purpose,
                    action: advice.action,
                    kind: RecordType::Txt.name().to_owned(),
                    host: zone.map(|zone| relative_name(&name, zone)),
                    name,
                    value: advice.value,
                    found: truncate_found(advice.found),
                    message: advice.message,
                }
            })
            .collect()
    }

    fn check_record(&self, record: &RequiredRecord, results: &LookupResults) -> RecordCheck {
        let finding = match results.get(&record.question()) {
            Some(Ok(answer)) if answer.values.is_empty() => self.check_missing(record, results),
            Some(Ok(answer)) => compare(record, &answer.values),
            Some(Err(error)) => failed_lookup(*error),
            None => failed_lookup(LookupError::Unreachable),
        };
        RecordCheck {
            kind: record.kind().name().to_owned(),
            name: record.name.clone(),
            host: None,
            value: record.text(),
            status: finding.status,
            found: truncate_found(finding.found),
            message: finding.message.to_owned(),
            help: finding.help.map(str::to_owned),
        }
    }

    /// Finds out why a record is missing: it was published in another form, or has not propagated yet.
    fn check_missing(&self, record: &RequiredRecord, results: &LookupResults) -> Finding {
        let values = |question: &Question| match results.get(question) {
            Some(Ok(answer)) => answer.values.clone(),
            _ => Vec::new(),
        };
        let doubled_name = self.doubled_name(record, results);
        if !values(&Question::new(&doubled_name, record.kind())).is_empty() {
            return Finding {
                status: RecordStatus::Mismatch,
                found: vec![doubled_name],
                message: "The record's name contains the domain twice.",
                help: Some("Your DNS provider appends the domain. Enter the name without it."),
            };
        }
        if record.kind() == RecordType::Cname {
            let texts = values(&txt_question(&record.name));
            if !texts.is_empty() {
                return Finding {
                    status: RecordStatus::Mismatch,
                    found: texts,
                    message: "A TXT record exists instead of the CNAME record.",
                    help: Some("Delete it and add the CNAME record."),
                };
            }
            let addresses = values(&Question::new(&record.name, RecordType::A));
            if !addresses.is_empty() {
                return Finding {
                    status: RecordStatus::Mismatch,
                    found: addresses,
                    message: "An address record exists instead of the CNAME record.",
                    help: Some(
                        "Turn off your DNS provider's proxy for this record (\"DNS only\" at Cloudflare), or delete the wildcard record that matches it.",
                    ),
                };
            }
        }
        if self.is_propagating() {
            return Finding {
                status: RecordStatus::Pending,
                found: Vec::new(),
                message: "The record is not visible yet.",
                help: Some("If you've just added it, wait: DNS changes can take up to 15 minutes."),
            };
        }
        Finding {
            status: RecordStatus::Missing,
            found: Vec::new(),
            message: "The record is missing.",
            help: Some("Add it at the domain's DNS provider, then check again."),
        }
    }

    fn is_propagating(&self) -> bool {
        self.records_since.is_some_and(|since| self.now - since < PROPAGATION_TIME)
    }

    /// Returns when resolvers stop caching that the missing records don't exist.
    fn retry_after(&self, records: &[RecordCheck], results: &LookupResults) -> Option<u32> {
        if records.iter().all(|record| record.status == RecordStatus::Found) {
            return None;
        }
        let ttls = self
            .records
            .iter()
            .filter_map(|record| results.get(&record.question())?.as_ref().ok()?.negative_ttl);
        Some(ttls.max().unwrap_or_default().clamp(*RETRY_AFTER.start(), *RETRY_AFTER.end()))
    }
}

/// The outcome of the check of one record.
struct Finding {
    status: RecordStatus,
    found: Vec<String>,
    message: &'static str,
    help: Option<&'static str>,
}

/// Compares the published values with the required one.
fn compare(record: &RequiredRecord, values: &[String]) -> Finding {
    let (is_match, message, help) = match &record.value {
        RecordValue::Cname(target) => (
            // Several CNAME records with one name are invalid, and resolvers use any of them.
            values.iter().all(|value| value.eq_ignore_ascii_case(target)),
            "The record points to a different target.",
            "Replace its value with the one shown here.",
        ),
        RecordValue::Key(key) => (
            // If there are several keys, receivers may use the wrong one.
            values.len() == 1 && dkim_record::contains_key(&values[0], key.as_ref()),
            "The record contains a different key, or there are several TXT records with this name.",
            "Keep one TXT record with this name and the value shown here.",
        ),
    };
    match &record.value {
        _ if !is_match => {
            Finding { status: RecordStatus::Mismatch, found: values.to_vec(), message, help: Some(help) }
        }
        RecordValue::Key(None) => Finding {
            status: RecordStatus::Found,
            found: values.to_vec(),
            message: "A key is published. It can't be verified, because your public key is unknown here.",
            help: None,
        },
        _ => Finding {
            status: RecordStatus::Found,
            found: Vec::new(),
            message: "The record is published.",
            help: None,
        },
    }
}

fn failed_lookup(error: LookupError) -> Finding {
    let (message, help) = match error {
        LookupError::ServerFailure => (
            "The domain's name servers do not respond.",
            "Check at your registrar that the domain is registered and has name servers. A new domain can take a day.",
        ),
        LookupError::Unreachable | LookupError::InvalidMessage => {
            ("The DNS lookup failed.", "No action is needed. Check again in a minute.")
        }
    };
    Finding { status: RecordStatus::Pending, found: Vec::new(), message, help: Some(help) }
}

fn txt_question(name: impl Into<String>) -> Question {
    Question::new(name, RecordType::Txt)
}

/// Returns a name relative to `zone`, as DNS providers expect it: `@` for the zone itself.
fn relative_name(name: &str, zone: &str) -> String {
    match name.strip_suffix(zone) {
        Some("") => "@".to_owned(),
        Some(rest) if rest.ends_with('.') => rest.trim_end_matches('.').to_owned(),
        _ => name.to_owned(),
    }
}

/// Limits the number and length of third-party texts.
fn truncate_found(found: Vec<String>) -> Vec<String> {
    let truncate = |text: String| match text.char_indices().nth(MAX_FOUND_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    found.into_iter().take(MAX_FOUND).map(truncate).collect()
}

#[cfg(test)]
mod tests;
