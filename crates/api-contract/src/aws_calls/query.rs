//! The query parameters.

use domain::{
    AwsCallId,
    aws_calls::{AwsCallResult, SEND_EMAIL},
};

use crate::{FieldError, PageQuery, TimeRange};

/// The longest name of an operation.
pub(crate) const MAX_ACTION: u32 = 64;

/// A query for calls: `?action=AssumeRole&result=failed&since=2026-11-01T00:00:00Z&limit=20&cursor=<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsCallQuery {
    /// The number of calls after which a page ends, 1 to 100. Defaults to 20.
    pub limit: u32,
    /// The end of the previous page.
    pub after: Option<AwsCallId>,
    /// The time range.
    pub range: TimeRange,
    /// The operation.
    pub action: Option<String>,
    /// The result.
    pub result: Option<AwsCallResult>,
}

impl AwsCallQuery {
    /// Parses a query string.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = PageQuery { limit: 20, cursor: None };
        let (mut range, mut action, mut result) = (TimeRange::default(), None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "action" => {
                    let is_name = (1..=MAX_ACTION as usize).contains(&value.len())
                        && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
                    if !is_name {
                        let message = "\"action\" must be the name of an operation such as AssumeRole";
                        return Err(FieldError::new("action", "invalid_action", message));
                    }
                    action = Some(value.into_owned());
                }
                "result" => {
                    let found = AwsCallResult::ALL.into_iter().find(|result| result.name() == value);
                    let message = "\"result\" must be succeeded, failed or lost";
                    result = Some(found.ok_or_else(|| FieldError::new("result", "invalid_result", message))?);
                }
                name if range.parse_parameter(name, &value)? => {}
                name => page.parse_parameter(name, &value)?,
            }
        }
        Ok(Self { limit: page.limit, after: page.after()?, range, action, result })
    }

    /// Parses the query string of an export, which has no pages.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_filter(query: &str) -> Result<Self, FieldError> {
        let paging =
            form_urlencoded::parse(query.as_bytes()).find(|(name, _)| matches!(&**name, "limit" | "cursor"));
        match paging {
            Some((name, _)) => Err(FieldError::unknown_parameter(&name)),
            None => Self::parse(query),
        }
    }

    /// Returns whether calls that send emails are wanted.
    #[must_use]
    pub fn wants_sends(&self) -> bool {
        self.action.as_deref().is_none_or(|action| action == SEND_EMAIL)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_query_has_an_action_a_result_a_range_and_a_page() {
        let query = AwsCallQuery::parse("action=AssumeRole&result=failed&since=2026-11-01T00:00:00Z&limit=5");
        let query = query.unwrap();
        assert_eq!((query.limit, query.action.as_deref()), (5, Some("AssumeRole")));
        assert_eq!(query.result, Some(AwsCallResult::Failed));
        assert_eq!(query.range.since, Some(datetime!(2026-11-01 0:00 UTC)));
        assert!(!query.wants_sends());
        assert!(AwsCallQuery::parse("").unwrap().wants_sends());
        assert!(AwsCallQuery::parse("action=SendEmail").unwrap().wants_sends());
        assert_eq!(AwsCallQuery::parse_filter("limit=5").unwrap_err().field, "limit");
        assert_eq!(AwsCallQuery::parse_filter("cursor=x").unwrap_err().code, "unknown_field");
        assert!(AwsCallQuery::parse_filter("result=lost").is_ok());
        for (query, field) in [
            ("action=", "action"),
            ("action=Assume%20Role", "action"),
            ("result=ok", "result"),
            ("since=today", "since"),
            ("until=1", "until"),
            ("cursor=eml_019ab0c5d0007000800000000000000a", "cursor"),
            ("limit=0", "limit"),
            ("region=eu-west-1", "region"),
        ] {
            assert_eq!(AwsCallQuery::parse(query).unwrap_err().field, field, "{query}");
        }
    }
}
