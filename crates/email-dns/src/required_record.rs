//! DNS records that SES requires.

use aws_sans_io::{
    Region,
    dkim::{PublicKey, Selector},
    ses::DkimAttributes,
};
use serde::{Deserialize, Serialize};

use crate::message::{Question, RecordType};

/// A record that SES requires to verify a domain and sign its email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequiredRecord {
    /// The full name.
    pub name: String,
    /// The value to publish.
    pub value: RecordValue,
}

/// The value of a required record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordValue {
    /// A CNAME record that points to a key published by SES.
    Cname(String),
    /// A TXT record with the domain owner's own public key; `None` if the key is unknown.
    Key(Option<PublicKey>),
}

impl RequiredRecord {
    /// Returns the records of `domain` in `region`. `known_key` is the owner's own key with its selector, if known.
    #[must_use]
    pub fn for_domain(
        dkim: &DkimAttributes,
        domain: &str,
        region: Region,
        known_key: Option<(&Selector, &PublicKey)>,
    ) -> Vec<Self> {
        if let Some(selector) = dkim.selector() {
            // SES reports only the selector. A key with another selector isn't the one that it signs with.
            let key = known_key.filter(|(known, _)| **known == selector).map(|(_, key)| key.clone());
            return vec![Self { name: selector.record_name(domain), value: RecordValue::Key(key) }];
        }
        let records = dkim.cname_records(domain, region).into_iter();
        records.map(|record| Self { name: record.name, value: RecordValue::Cname(record.value) }).collect()
    }

    /// Returns the record type.
    #[must_use]
    pub const fn kind(&self) -> RecordType {
        match self.value {
            RecordValue::Cname(_) => RecordType::Cname,
            RecordValue::Key(_) => RecordType::Txt,
        }
    }

    /// Returns the value as text; `None` if the key is unknown.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match &self.value {
            RecordValue::Cname(target) => Some(target.clone()),
            RecordValue::Key(key) => key.as_ref().map(PublicKey::record_value),
        }
    }

    /// Returns the DNS question for the record.
    #[must_use]
    pub fn question(&self) -> Question {
        Question::new(&self.name, self.kind())
    }
}
