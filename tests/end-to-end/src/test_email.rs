//! Emails to and from the Amazon SES mailbox simulator.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::sns_signer::sns_timestamp;

/// A sender that the local SES accepts in every account without verification.
pub(crate) const SENDER: &str = "sender@simulator.amazonses.com";

/// Simulator address that accepts every email.
pub(crate) const SUCCESS: &str = "success@simulator.amazonses.com";

/// Simulator address that bounces every email.
pub(crate) const BOUNCE: &str = "bounce@simulator.amazonses.com";

/// Simulator address that accepts every email and then complains.
pub(crate) const COMPLAINT: &str = "complaint@simulator.amazonses.com";

/// Returns the request body of a plain-text email to one address.
pub(crate) fn email_to(to: &str) -> Value {
    json!({ "from": SENDER, "to": to, "subject": "Hello", "text": "Hello!" })
}

/// Schedules an email for the next day, which is later than any case runs.
pub(crate) fn scheduled_tomorrow(mut email: Value) -> Value {
    email["scheduledAt"] = json!(sns_timestamp(OffsetDateTime::now_utc() + Duration::DAY));
    email
}
