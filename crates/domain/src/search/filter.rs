//! What is searched for.

use std::str::FromStr;

use aws_sans_io::Region;
use email_message::ValidationError;

use super::token::{Token, address, domain, recipients};
use crate::{
    TemplateId,
    delivery::{EmailHead, EmailStatus},
    suppression::AddressKey,
};

/// The conditions of a search. An email matches if it meets all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailFilter {
    pub status: Option<EmailStatus>,
    /// In To, Cc or Bcc.
    pub to: Option<AddressFilter>,
    pub from: Option<AddressFilter>,
    /// Part of the subject, in lower case.
    pub subject: Option<String>,
    pub tag: Option<TagFilter>,
    pub template: Option<TemplateId>,
    pub region: Option<Region>,
}

impl EmailFilter {
    /// The statuses that have an index, apart from `scheduled`. An ordinary email never has them, so it is never in that index.
    pub const INDEXED: [EmailStatus; 8] = [
        EmailStatus::Unconfirmed,
        EmailStatus::Failed,
        EmailStatus::Cancelled,
        EmailStatus::DeliveryDelayed,
        EmailStatus::Rejected,
        EmailStatus::SoftBounced,
        EmailStatus::Bounced,
        EmailStatus::Complained,
    ];

    /// Returns whether the emails of a status are found by an index.
    #[must_use]
    pub fn is_indexed(status: EmailStatus) -> bool {
        status == EmailStatus::Scheduled || Self::INDEXED.contains(&status)
    }

    /// Returns the tokens that the summary of a block with a match contains.
    #[must_use]
    pub fn tokens(&self) -> Vec<Token> {
        let to = self.to.as_ref().map(|to| match to {
            AddressFilter::Address(address) => Token::to(address),
            AddressFilter::Domain(domain) => Token::to_domain(domain),
        });
        let from = self.from.as_ref().map(|from| match from {
            AddressFilter::Address(address) => Token::from(address),
            AddressFilter::Domain(domain) => Token::from_domain(domain),
        });
        let tag = self.tag.as_ref().map(|TagFilter { name, value }| match value {
            Some(value) => Token::tag(name, value),
            None => Token::tag_name(name),
        });
        let (template, region) = (self.template.map(Token::template), self.region.map(Token::region));
        [to, from, tag, template, region].into_iter().flatten().collect()
    }

    /// Returns whether an email matches.
    #[must_use]
    pub fn matches(&self, head: &EmailHead, region: Region, status: EmailStatus) -> bool {
        self.status.is_none_or(|wanted| wanted == status)
            && self.region.is_none_or(|wanted| wanted == region)
            && self.template.is_none_or(|wanted| head.template == Some(wanted))
            && self.from.as_ref().is_none_or(|from| from.matches(&head.from))
            && self.to.as_ref().is_none_or(|to| recipients(head).any(|mailbox| to.matches(mailbox)))
            && self.tag.as_ref().is_none_or(|tag| tag.matches(head))
            && self.subject.as_ref().is_none_or(|part| head.subject.to_lowercase().contains(part))
    }
}

/// An address, or every address of a domain.
///
/// ```
/// use domain::search::AddressFilter;
///
/// assert_eq!("Ada@Example.com".parse(), Ok(AddressFilter::Address("ada@example.com".into())));
/// assert_eq!("example.com".parse(), Ok(AddressFilter::Domain("example.com".into())));
/// assert_eq!("@example.com".parse(), Ok(AddressFilter::Domain("example.com".into())));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressFilter {
    Address(String),
    Domain(String),
}

impl AddressFilter {
    fn matches(&self, mailbox: &str) -> bool {
        let found = address(mailbox);
        match self {
            Self::Address(wanted) => found == wanted.as_str(),
            Self::Domain(wanted) => domain(&found) == wanted,
        }
    }
}

impl FromStr for AddressFilter {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let text = text.trim();
        let name = text.strip_prefix('@').unwrap_or(text);
        if name.contains('@') {
            return Ok(Self::Address(text.parse::<AddressKey>()?.as_str().to_owned()));
        }
        // Converts international domains.
        let key: AddressKey = format!("x@{name}").parse()?;
        Ok(Self::Domain(domain(key.as_str()).to_owned()))
    }
}

/// A tag, with any value or a certain one.
///
/// ```
/// use domain::search::TagFilter;
///
/// let tag: TagFilter = "campaign=spring".parse().unwrap();
/// assert_eq!((&*tag.name, tag.value.as_deref()), ("campaign", Some("spring")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFilter {
    pub name: String,
    pub value: Option<String>,
}

/// The error for a text that names no tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"tag\" must be the name of a tag, or name=value")]
pub struct ParseTagFilterError;

impl TagFilter {
    fn matches(&self, head: &EmailHead) -> bool {
        let found = head.tags.get(&self.name);
        found.is_some_and(|found| self.value.as_ref().is_none_or(|wanted| wanted == found))
    }
}

impl FromStr for TagFilter {
    type Err = ParseTagFilterError;

    fn from_str(text: &str) -> Result<Self, ParseTagFilterError> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        if name.is_empty() || value.as_ref().is_some_and(String::is_empty) {
            return Err(ParseTagFilterError);
        }
        Ok(Self { name: name.to_owned(), value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> EmailHead {
        serde_json::from_str(
            r#"{"f":"Shop <Info@shop.example>","t":["Ada <ada@example.com>"],"b":["bob@example.org"],"s":"Your ÖRDER",
                "g":{"campaign":"spring"},"p":"tpl_019ab0c5d0007000800000000000000a"}"#,
        )
        .unwrap()
    }

    fn matches(filter: &EmailFilter) -> bool {
        let region = "eu-west-1".parse().unwrap();
        let mut tokens = Vec::new();
        super::super::tokens(&head(), region, |token| tokens.push(token));
        let matches = filter.matches(&head(), region, EmailStatus::Sent);
        if matches {
            let wanted = filter.tokens();
            assert!(
                wanted.iter().all(|token| tokens.contains(token)),
                "{filter:?} has a token that the email lacks"
            );
        }
        matches
    }

    #[test]
    fn each_condition_finds_what_it_names_and_nothing_else() {
        let to = |text: &str| EmailFilter { to: Some(text.parse().unwrap()), ..EmailFilter::default() };
        let from = |text: &str| EmailFilter { from: Some(text.parse().unwrap()), ..EmailFilter::default() };
        let tag = |text: &str| EmailFilter { tag: Some(text.parse().unwrap()), ..EmailFilter::default() };
        let subject = |text: &str| EmailFilter { subject: Some(text.into()), ..EmailFilter::default() };
        let template = |text: &str| EmailFilter { template: text.parse().ok(), ..EmailFilter::default() };
        let region = |text: &str| EmailFilter { region: text.parse().ok(), ..EmailFilter::default() };
        let status = |status| EmailFilter { status: Some(status), ..EmailFilter::default() };
        for (filter, expected) in [
            (EmailFilter::default(), true),
            (to("ADA@example.com"), true),
            (to("bob@example.org"), true),
            (to("example.org"), true),
            (to("@Example.com"), true),
            (to("info@shop.example"), false),
            (to("da@example.com"), false),
            (to("ple.com"), false),
            (from("info@Shop.example"), true),
            (from("shop.example"), true),
            (from("ada@example.com"), false),
            (tag("campaign"), true),
            (tag("campaign=spring"), true),
            (tag("campaign=summer"), false),
            (tag("spring"), false),
            (subject("r örd"), true),
            (subject("orders"), false),
            (template("tpl_019ab0c5d0007000800000000000000a"), true),
            (template("tpl_019ab0c5d0007000800000000000000b"), false),
            (region("eu-west-1"), true),
            (region("us-east-1"), false),
            (status(EmailStatus::Sent), true),
            (status(EmailStatus::Delivered), false),
        ] {
            assert_eq!(matches(&filter), expected, "{filter:?}");
        }
    }

    #[test]
    fn every_condition_has_to_be_met() {
        let both = |to: &str, from: &str| EmailFilter {
            to: Some(to.parse().unwrap()),
            from: Some(from.parse().unwrap()),
            ..EmailFilter::default()
        };
        assert!(matches(&both("example.com", "shop.example")));
        assert!(!matches(&both("example.com", "example.com")));
        assert!(!matches(&both("shop.example", "shop.example")));
    }

    #[test]
    fn what_is_neither_an_address_nor_a_domain_is_refused() {
        for text in ["", "@", "ada@", "Ada <ada@example.com>", "exa mple.com", "a@b@c.example", "localhost"] {
            assert!(text.parse::<AddressFilter>().is_err(), "{text}");
        }
        for text in ["", "=", "=spring", "campaign="] {
            assert_eq!(text.parse::<TagFilter>(), Err(ParseTagFilterError), "{text}");
        }
    }
}
