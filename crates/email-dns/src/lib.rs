//! DNS records of domains that send email with Amazon SES: which records are required, and whether they are published.
//!
//! Queries are DNS over HTTPS (RFC 8484). The crate does no I/O: [`ResolverUrl::request`] builds the HTTP request of a question,
//! [`doh::parse_response`] parses the response, and [`DomainCheck`] lists the questions and evaluates the answers.
//!
//! | module | contents |
//! |---|---|
//! | [`message`] | DNS questions and answers in wire format |
//! | [`doh`] | DNS over HTTPS |
//! | [`check`] | the check of a domain's records |
//! | [`zone_file`] | the records as a zone file |
//!
//! # Example
//!
//! ```
//! use email_dns::{AdviceAction, Answer, DomainCheck, LookupResults, RecordStatus, RecordValue, RequiredRecord};
//! use time::macros::datetime;
//!
//! let records = [RequiredRecord {
//!     name: "token._domainkey.example.com".into(),
//!     value: RecordValue::Cname("token.dkim.amazonses.com".into()),
//! }];
//! let check = DomainCheck {
//!     domain: "example.com",
//!     records: &records,
//!     records_since: None,
//!     now: datetime!(2026-11-24 12:00 UTC),
//! };
//!
//! // Send these as DNS-over-HTTPS requests. Here, no record exists.
//! let mut results: LookupResults =
//!     check.questions().into_iter().map(|question| (question, Ok(Answer::default()))).collect();
//! results.extend(check.follow_up_questions(&results).into_iter().map(|question| (question, Ok(Answer::default()))));
//!
//! let report = check.evaluate(&results);
//! assert_eq!(report.records[0].status, RecordStatus::Missing);
//! assert_eq!(report.advice[0].action, AdviceAction::Publish);
//! assert_eq!(report.advice[0].value.as_deref(), Some("v=spf1 include:amazonses.com ~all"));
//! ```

mod advice;
pub mod check;
mod dkim_record;
mod dmarc;
pub mod doh;
pub mod message;
mod report;
mod required_record;
mod spf;
mod validation_error;
pub mod zone_file;

pub use check::{DomainCheck, LookupResults};
pub use doh::ResolverUrl;
pub use message::{Answer, LookupError, Question, RecordType};
pub use report::{AdviceAction, AdvicePurpose, DnsAdvice, DomainReport, RecordCheck, RecordStatus};
pub use required_record::{RecordValue, RequiredRecord};
pub use validation_error::ValidationError;
pub use zone_file::ZoneFile;
