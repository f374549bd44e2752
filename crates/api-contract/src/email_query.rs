//! The query parameters of `GET /v1/emails`.

use domain::{EmailId, delivery::EmailStatus};

use super::{FieldError, PageQuery};

/// A query for emails: `?status=scheduled&limit=20&cursor=<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailQuery {
    /// The maximum number of emails, 1 to 100. Defaults to 20.
    pub limit: u32,
    /// The last id of the previous page.
    pub after: Option<EmailId>,
    /// Whether to list only emails that are scheduled.
    pub scheduled: bool,
}

impl EmailQuery {
    /// The statuses that can be listed. Other statuses change with every event, and so would an index over them.
    pub const STATUSES: [EmailStatus; 1] = [EmailStatus::Scheduled];

    /// Parses a query string.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = PageQuery { limit: 20, cursor: None };
        let mut scheduled = false;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "status" if Self::STATUSES.iter().any(|status| status.name() == value) => scheduled = true,
                "status" => {
                    return Err(FieldError {
                        help: "Omit it to list all emails.",
                        ..FieldError::new("status", "invalid_status", "\"status\" must be scheduled")
                    });
                }
                name => page.parse_parameter(name, &value)?,
            }
        }
        Ok(Self { limit: page.limit, after: page.after()?, scheduled })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scheduled_emails_can_be_listed_by_status() {
        let all = EmailQuery { limit: 20, after: None, scheduled: false };
        assert_eq!(EmailQuery::parse(""), Ok(all.clone()));
        assert_eq!(
            EmailQuery::parse("status=scheduled&limit=3"),
            Ok(EmailQuery { limit: 3, scheduled: true, ..all })
        );
        for (query, field) in [
            ("status=sent", "status"),
            ("status=", "status"),
            ("limit=0", "limit"),
            ("cursor=x", "cursor"),
            ("q=a", "q"),
        ] {
            assert_eq!(EmailQuery::parse(query).unwrap_err().field, field, "{query}");
        }
    }
}
