//! The records of a domain that sends mail: what is to be published, what is there, and what that means.
//!
//! Questions go by DNS over HTTPS (RFC 8484) in DNS's own wire format, which every such resolver speaks. Nothing here asks:
//! [`doh`] makes a question's request and reads its answer, [`Check`] says which questions there are and what the answers mean.
//!
//! | module | subject |
//! |---|---|
//! | [`message`] | a question, and what its answer says |
//! | [`doh`] | a question as an HTTP request; the resolver's address |
//! | `dkim_record`, `spf`, `dmarc` | the texts of TXT records, and what to do about them |
//! | [`check`] | all questions about one domain, and what their answers mean |
//! | [`zone_file`] | the records as a file for a name server |

pub mod check;
mod dkim_record;
mod dmarc;
pub mod doh;
pub mod message;
mod published;
mod report;
mod spf;
mod validation_error;
pub mod zone_file;

pub use check::{Answers, Check, Conclusion};
pub use doh::ResolverUrl;
pub use message::{Answer, Question, RecordType, Unseen};
pub use published::{Published, PublishedValue};
pub use report::{AdviceAction, AdvicePurpose, DnsAdvice, RecordCheck, RecordStatus};
pub use validation_error::ValidationError;
pub use zone_file::ZoneFile;
