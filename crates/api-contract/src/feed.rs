//! The event feed: `GET /v1/events`.

use domain::{
    EmailId, FeedEventId, OrganisationId,
    delivery::EmailHead,
    feed::{FeedEventType, StoredFeedData},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::FieldError;

/// The largest number in JSON that every parser reads exactly.
const MAX_NUMBER: u64 = (1 << 53) - 1;

/// An event of the feed, as in `GET /v1/events` and in the body of a webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedEvent {
    /// The event's id.
    pub id: FeedEventId,
    /// The number in the organisation's feed.
    pub number: u64,
    /// The type of the event.
    #[serde(rename = "type")]
    pub kind: FeedEventType,
    /// Time of the event.
    #[serde(with = "time::serde::rfc3339")]
    pub timestamp: OffsetDateTime,
    /// What happened, by type.
    pub data: Value,
}

impl FeedEvent {
    /// Creates the event from its stored form. `email` is the email that it is about, with its head unless the email has been deleted.
    #[must_use]
    pub fn new(
        organisation: OrganisationId,
        number: u64,
        kind: FeedEventType,
        recorded_at: OffsetDateTime,
        data: StoredFeedData,
        email: Option<(EmailId, Option<&EmailHead>)>,
    ) -> Self {
        let timestamp = data.happened_at(recorded_at);
        let StoredFeedData { recipients, detail, .. } = data;
        let detail = if detail.is_null() { json!({}) } else { detail };
        let data = match email {
            None => detail,
            Some((id, head)) => json!({
                "emailId": id,
                "from": head.map(|head| &head.from),
                "to": head.map(|head| &head.to),
                "subject": head.map(|head| &head.subject),
                "tags": head.map(|head| &head.tags),
                "test": head.is_some_and(|head| head.is_test),
                "recipients": recipients.or_else(|| head.map(EmailHead::recipients)).unwrap_or_default(),
                "detail": detail,
            }),
        };
        Self { id: FeedEventId::of(organisation, number, recorded_at), number, kind, timestamp, data }
    }
}

/// A query for events: `?after=41&limit=100`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedQuery {
    /// The number of the last event that the caller knows.
    pub after: u64,
    /// The maximum number of events, 1 to 100. Defaults to 100.
    pub limit: u32,
}

impl FeedQuery {
    /// Parses a query string.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut parsed = Self { after: 0, limit: 100 };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "after" => {
                    let after = value.parse().ok().filter(|after| *after <= MAX_NUMBER);
                    parsed.after = after.ok_or_else(|| {
                        FieldError::new(
                            "after",
                            "invalid_after",
                            "\"after\" must be the number of an event, or 0",
                        )
                    })?;
                }
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=100).contains(limit));
                    parsed.limit = limit.ok_or_else(|| {
                        FieldError::new("limit", "invalid_limit", "\"limit\" must be a number from 1 to 100")
                    })?;
                }
                other => return Err(FieldError::unknown_parameter(other)),
            }
        }
        Ok(parsed)
    }

    /// Checks that the feed has come as far as the caller says. `last` is the number of the newest event.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `after` if the caller knows events that the feed has lost: it was restored from a backup.
    pub fn check(self, last: u64) -> Result<(), FieldError> {
        if self.after <= last {
            return Ok(());
        }
        let message = format!("the newest event has the number {last}");
        Err(FieldError {
            help: "The data was restored from a backup. Continue with the newest number, and compare the emails since with your records.",
            ..FieldError::new("after", "invalid_after", message)
        })
    }
}

/// A page of the feed, oldest event first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeedPage {
    /// The events. Their numbers have no gaps.
    pub data: Vec<FeedEvent>,
    /// The number of the oldest event that is still stored; `null` if there is none. If it is above `after` + 1, the events between have
    /// expired.
    pub oldest_number: Option<u64>,
    /// The number of the newest event, or 0.
    pub newest_number: u64,
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_query_has_the_number_of_an_event_and_a_limit() {
        assert_eq!(FeedQuery::parse(""), Ok(FeedQuery { after: 0, limit: 100 }));
        assert_eq!(FeedQuery::parse("after=41&limit=5"), Ok(FeedQuery { after: 41, limit: 5 }));
        for (query, field) in [
            ("after=-1", "after"),
            ("after=x", "after"),
            ("after=9007199254740992", "after"),
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("cursor=1", "cursor"),
        ] {
            assert_eq!(FeedQuery::parse(query).unwrap_err().field, field, "{query}");
        }
    }

    #[test]
    fn a_caller_that_knows_later_events_than_the_feed_learns_that_it_was_restored() {
        let query = FeedQuery { after: 7, limit: 1 };
        assert_eq!(query.check(7), Ok(()));
        assert_eq!(query.check(6).unwrap_err().code, "invalid_after");
    }

    #[test]
    fn an_event_of_a_deleted_email_has_only_what_the_feed_stores() {
        let now = datetime!(2026-11-28 12:00 UTC);
        let (organisation, email) = (OrganisationId::new(now, 1), EmailId::new(now, 1));
        let head: EmailHead =
            serde_json::from_str(r#"{"f":"a@b.example","t":["c@d.example"],"s":"Hi"}"#).unwrap();
        let event = |head| {
            let data = StoredFeedData::default();
            FeedEvent::new(organisation, 3, FeedEventType::EmailSent, now, data, Some((email, head)))
        };
        assert_eq!(event(Some(&head)).data["recipients"], json!(["c@d.example"]));
        assert_eq!(event(Some(&head)).data["subject"], "Hi");
        assert_eq!(event(None).data["subject"], Value::Null);
        assert_eq!(event(None).data["emailId"], email.to_string());
        assert_eq!(event(None).id, event(Some(&head)).id);
    }
}
