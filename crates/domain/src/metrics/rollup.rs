//! All counts of an hour.

use serde::{Deserialize, Serialize};

use super::{CountedEmail, EmailCounts, Groups};

/// What metrics are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MetricsGroup {
    /// The sender's domain.
    Domain,
    /// The template that the content was rendered from.
    Template,
    /// The region that the email was sent from.
    Region,
    /// A tag with its value.
    Tag,
}

impl MetricsGroup {
    pub const ALL: [Self; 4] = [Self::Domain, Self::Template, Self::Region, Self::Tag];

    /// Returns the name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Template => "template",
            Self::Region => "region",
            Self::Tag => "tag",
        }
    }

    /// Returns the position in [`Self::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// All counts of an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    totals: EmailCounts,
    /// In the order of [`MetricsGroup::ALL`].
    groups: [Groups; 4],
}

impl Rollup {
    /// Adds an email.
    pub fn add(&mut self, email: &CountedEmail) {
        let counts = email.counts();
        self.totals += counts;
        let [domains, templates, regions, tags] = &mut self.groups;
        domains.add(&email.domain(), counts);
        if let Some(template) = email.head.template {
            templates.add(&template.to_string(), counts);
        }
        regions.add(email.region.name(), counts);
        for (name, value) in &email.head.tags {
            tags.add(&format!("{name}={value}"), counts);
        }
    }

    /// Adds the counts of other emails.
    pub fn merge(&mut self, added: &Self) {
        self.totals += added.totals;
        for (groups, added) in self.groups.iter_mut().zip(&added.groups) {
            groups.merge(added);
        }
    }

    #[must_use]
    pub const fn totals(&self) -> EmailCounts {
        self.totals
    }

    /// Returns the stored form: the totals, and the groups in the order of [`MetricsGroup::ALL`].
    #[must_use]
    pub fn into_texts(self) -> (String, [String; 4]) {
        (self.totals.to_text(), self.groups.map(Groups::into_text))
    }

    /// Parses the stored form.
    #[must_use]
    pub fn from_texts(totals: &str, groups: [&str; 4]) -> Option<Self> {
        let [domains, templates, regions, tags] = groups.map(Groups::from_text);
        Some(Self {
            totals: EmailCounts::from_text(totals)?,
            groups: [domains?, templates?, regions?, tags?],
        })
    }
}
