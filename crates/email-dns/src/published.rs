//! The records that SES needs.

use aws_sans_io::{
    Region,
    dkim::{PublicKey, Selector},
    ses::DkimAttributes,
};
use serde::{Deserialize, Serialize};

use super::{Question, RecordType};

/// A record that lets SES prove a domain and sign its mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The whole name.
    pub name: String,
    /// What it holds.
    pub value: PublishedValue,
}

/// What a record holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedValue {
    /// A CNAME to a key that SES publishes.
    Cname(String),
    /// A TXT with the customer's own public key; `None` where only the customer knows it.
    Key(Option<PublicKey>),
}

impl Published {
    /// The records of `domain` in `region`. `known` is the key that the customer has given us, with its selector.
    #[must_use]
    pub fn of(
        dkim: &DkimAttributes,
        domain: &str,
        region: Region,
        known: Option<(&Selector, &PublicKey)>,
    ) -> Vec<Self> {
        if let Some(selector) = dkim.selector() {
            // SES tells the selector only: a key of another selector isn't the one it signs with.
            let key = known.filter(|(known, _)| **known == selector).map(|(_, key)| key.clone());
            return vec![Self { name: selector.record_name(domain), value: PublishedValue::Key(key) }];
        }
        let records = dkim.cname_records(domain, region).into_iter();
        records.map(|record| Self { name: record.name, value: PublishedValue::Cname(record.value) }).collect()
    }

    /// The kind of record.
    #[must_use]
    pub const fn kind(&self) -> RecordType {
        match self.value {
            PublishedValue::Cname(_) => RecordType::Cname,
            PublishedValue::Key(_) => RecordType::Txt,
        }
    }

    /// The value as it is typed in; `None` where only the customer knows it.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match &self.value {
            PublishedValue::Cname(target) => Some(target.clone()),
            PublishedValue::Key(key) => key.as_ref().map(PublicKey::record_value),
        }
    }

    /// The question that finds it.
    #[must_use]
    pub fn question(&self) -> Question {
        Question::new(&self.name, self.kind())
    }
}
