//! The query parameters of `GET /v1/emails`.

use aws_sans_io::Region;
use domain::{
    EmailId, TemplateId,
    delivery::EmailStatus,
    search::{EmailFilter, ParseTagFilterError, Range},
};
use time::OffsetDateTime;

use super::{FieldError, PageQuery, TimeRange};

/// The longest part of a subject that can be searched for, in characters.
pub(crate) const MAX_SUBJECT: u32 = 200;

/// A query for emails: `?to=ada@example.com&status=bounced&limit=20&cursor=<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailQuery {
    /// The maximum number of emails, 1 to 100. Defaults to 20.
    pub limit: u32,
    /// Where the previous page ended.
    pub after: Option<EmailId>,
    /// What the emails have in common.
    pub filter: EmailFilter,
    /// When the emails were accepted.
    pub accepted: TimeRange,
}

impl EmailQuery {
    /// The names of the statuses.
    pub const STATUSES: [&'static str; EmailStatus::ALL.len()] = {
        let mut names = [""; EmailStatus::ALL.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = EmailStatus::ALL[index].name();
            index += 1;
        }
        names
    };

    /// Parses a query string.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = PageQuery { limit: 20, cursor: None };
        let mut filter = EmailFilter::default();
        let mut accepted = TimeRange::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "status" => filter.status = Some(EmailStatus::from_name(&value).ok_or_else(invalid_status)?),
                "to" => filter.to = Some(value.parse().map_err(invalid_address("to"))?),
                "from" => filter.from = Some(value.parse().map_err(invalid_address("from"))?),
                "subject" => filter.subject = subject(&value)?,
                "tag" => filter.tag = Some(value.parse().map_err(invalid_tag)?),
                "template" => filter.template = Some(template(&value)?),
                "region" => {
                    filter.region = Some(value.parse::<Region>().map_err(FieldError::invalid("region"))?);
                }
                name if accepted.parse_parameter(name, &value)? => {}
                name => page.parse_parameter(name, &value)?,
            }
        }
        Ok(Self { limit: page.limit, after: page.after()?, filter, accepted })
    }

    /// Returns the ids of the emails on this page and the following ones.
    #[must_use]
    pub fn range(&self) -> Range {
        let first = |time: OffsetDateTime| EmailId::new(time, 0);
        let until = self.accepted.until.map(first);
        // The lower of both, if there are two.
        let before = self.after.into_iter().chain(until).min();
        Range { from: self.accepted.since.map(first), before }
    }

    /// Returns whether emails may have to be read that don't match.
    #[must_use]
    pub fn is_search(&self) -> bool {
        let by_status = EmailFilter { status: self.filter.status, ..EmailFilter::default() };
        self.filter != by_status || self.filter.status.is_some_and(|status| !EmailFilter::is_indexed(status))
    }
}

fn invalid_status() -> FieldError {
    let message = format!("\"status\" must be one of {}", EmailQuery::STATUSES.join(", "));
    FieldError::new("status", "invalid_status", message)
}

fn invalid_address(field: &'static str) -> impl Fn(email_message::ValidationError) -> FieldError {
    move |error| FieldError {
        help: "Use an address without a name, or a domain such as example.com.",
        ..FieldError::invalid(field)(domain::ValidationError::from(error))
    }
}

fn invalid_tag(error: ParseTagFilterError) -> FieldError {
    FieldError::new("tag", "invalid_tag", error.to_string())
}

fn subject(text: &str) -> Result<Option<String>, FieldError> {
    if text.chars().count() > MAX_SUBJECT as usize {
        let message = format!("\"subject\" must not have more than {MAX_SUBJECT} characters");
        return Err(FieldError::new("subject", "invalid_search", message));
    }
    Ok((!text.is_empty()).then(|| text.to_lowercase()))
}

fn template(text: &str) -> Result<TemplateId, FieldError> {
    let message = "\"template\" must be the id of a template";
    text.parse().map_err(|_| FieldError::new("template", "invalid_search", message))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn everything() -> EmailQuery {
        EmailQuery { limit: 20, after: None, filter: EmailFilter::default(), accepted: TimeRange::default() }
    }

    #[test]
    fn filters_can_be_combined() {
        assert_eq!(EmailQuery::parse(""), Ok(everything()));
        let query = "to=Ada%40example.com&from=shop.example&subject=Your+ORDER&tag=campaign%3Dspring&status=bounced\
            &template=tpl_019ab0c5d0007000800000000000000a&region=eu-west-1&since=2026-11-24T12:00:00Z\
            &until=2026-11-25T01:00:00%2B01:00&limit=3";
        let expected = EmailQuery {
            limit: 3,
            filter: EmailFilter {
                status: Some(EmailStatus::Bounced),
                to: Some("ada@example.com".parse().unwrap()),
                from: Some("shop.example".parse().unwrap()),
                subject: Some("your order".into()),
                tag: Some("campaign=spring".parse().unwrap()),
                template: "tpl_019ab0c5d0007000800000000000000a".parse().ok(),
                region: "eu-west-1".parse().ok(),
            },
            accepted: TimeRange {
                since: Some(datetime!(2026-11-24 12:00 UTC)),
                until: Some(datetime!(2026-11-25 00:00 UTC)),
            },
            ..everything()
        };
        assert_eq!(EmailQuery::parse(query), Ok(expected));
        assert_eq!(EmailQuery::parse("subject="), Ok(everything()));
    }

    #[test]
    fn a_value_that_nothing_can_match_is_refused() {
        for (query, field, code) in [
            ("status=Sent", "status", "invalid_status"),
            ("status=", "status", "invalid_status"),
            ("to=ada", "to", "invalid_email_address"),
            ("to=Ada+%3Cada@example.com%3E", "to", "invalid_email_address"),
            ("from=", "from", "invalid_email_address"),
            ("to=%C3%BC@example.com", "to", "unsupported_email_address"),
            ("tag==x", "tag", "invalid_tag"),
            ("template=welcome", "template", "invalid_search"),
            ("region=mars", "region", "invalid_region"),
            ("since=yesterday", "since", "invalid_since"),
            ("until=2026-11-24", "until", "invalid_until"),
            ("limit=0", "limit", "invalid_limit"),
            ("cursor=x", "cursor", "invalid_cursor"),
            ("q=a", "q", "unknown_field"),
        ] {
            let error = EmailQuery::parse(query).unwrap_err();
            assert_eq!((&*error.field, error.code), (field, code), "{query}");
        }
        let long = format!("subject={}", "x".repeat(201));
        assert_eq!(EmailQuery::parse(&long).unwrap_err().field, "subject");
    }

    #[test]
    fn a_page_continues_after_the_cursor_and_stays_within_the_times() {
        let (since, until) = (datetime!(2026-11-24 12:00 UTC), datetime!(2026-11-25 12:00 UTC));
        let range = |after: Option<OffsetDateTime>| {
            let after = after.map(|time| EmailId::new(time, 7));
            EmailQuery {
                after,
                accepted: TimeRange { since: Some(since), until: Some(until) },
                ..everything()
            }
            .range()
        };
        let first = |time| Some(EmailId::new(time, 0));
        assert_eq!(range(None), Range { from: first(since), before: first(until) });
        assert_eq!(range(Some(since)).before, Some(EmailId::new(since, 7)));
        assert_eq!(range(Some(until)).before, first(until));
    }

    #[test]
    fn only_what_reads_emails_that_do_not_match_is_a_search() {
        for (query, expected) in
            [("", false), ("status=bounced", false), ("status=sent", true), ("to=example.com", true)]
        {
            assert_eq!(EmailQuery::parse(query).unwrap().is_search(), expected, "{query}");
        }
    }
}
