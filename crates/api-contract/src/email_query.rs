//! Which emails are listed.

use domain::{EmailId, delivery::EmailStatus};

use super::{FieldError, PageQuery};

/// Which emails are listed: `?status=scheduled&limit=20&cursor=<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailQuery {
    /// At most so many.
    pub limit: u32,
    /// The id that the page comes after.
    pub after: Option<EmailId>,
    /// Only those that are still to be sent at a time of their own.
    pub scheduled: bool,
}

impl EmailQuery {
    /// The statuses that can be asked for. Others come and go with every event, so an index over them would be written with every event.
    pub const STATUSES: [EmailStatus; 1] = [EmailStatus::Scheduled];

    /// Reads a query string.
    ///
    /// # Errors
    /// [`FieldError`] with the parameter that is wrong.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = PageQuery { limit: 20, cursor: None };
        let mut scheduled = false;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "status" if Self::STATUSES.iter().any(|status| status.name() == value) => scheduled = true,
                "status" => {
                    return Err(FieldError {
                        help: "Leave it out to list all.",
                        ..FieldError::new("status", "invalid_status", "`status` can be `scheduled`")
                    });
                }
                name => page.take(name, &value)?,
            }
        }
        Ok(Self { limit: page.limit, after: page.after()?, scheduled })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_scheduled_is_listed_by_itself_and_other_statuses_are_not() {
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
