//! How long SNS retries a message that Kraiter didn't accept.

use serde_json::{Value, json};
use time::Duration;

/// Delays of the first retries, and the shortest delay, in seconds.
const MIN_DELAY: i64 = 5;
const FIRST_RETRIES: i64 = 3;

/// Retries with growing delays.
const BACKOFF_RETRIES: i64 = 5;

/// The longest delay, in seconds, and the retries with it.
const MAX_DELAY: i64 = 120;
const LAST_RETRIES: i64 = 24;

/// How long SNS waits for a response.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
const RESPONSE_TIMEOUT: i64 = 15;

/// The longest time after which SNS still retries a message with [`delivery_policy`]: the sum of all delays and of the time that each
/// attempt may take.
pub const SNS_RETRY_TIME: Duration = Duration::seconds(
    FIRST_RETRIES * MIN_DELAY
        + (BACKOFF_RETRIES + LAST_RETRIES) * MAX_DELAY
        + (1 + FIRST_RETRIES + BACKOFF_RETRIES + LAST_RETRIES) * RESPONSE_TIMEOUT,
);

/// Returns the delivery policy of a subscription. By default, SNS retries three times within a minute, then discards the message. A
/// policy may take an hour.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/creating-delivery-policy.html>
#[must_use]
pub fn delivery_policy() -> Value {
    json!({
        "healthyRetryPolicy": {
            "minDelayTarget": MIN_DELAY,
            "maxDelayTarget": MAX_DELAY,
            "numRetries": FIRST_RETRIES + BACKOFF_RETRIES + LAST_RETRIES,
            "numMinDelayRetries": FIRST_RETRIES,
            "numMaxDelayRetries": LAST_RETRIES,
            "backoffFunction": "exponential",
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS doesn't document how the delays grow, so no backoff delay counts as less than the shortest or more than the longest.
    #[test]
    fn retries_take_most_of_the_hour_that_sns_allows_and_never_more() {
        let sum = |backoff| FIRST_RETRIES * MIN_DELAY + BACKOFF_RETRIES * backoff + LAST_RETRIES * MAX_DELAY;
        assert!(sum(MAX_DELAY) <= 3_600);
        assert!(sum(MIN_DELAY) >= 48 * 60);
    }

    #[test]
    fn the_policy_has_the_members_that_sns_accepts() {
        let policy = delivery_policy();
        let retries = &policy["healthyRetryPolicy"];
        let number = |name: &str| retries[name].as_i64().unwrap();
        assert!(number("minDelayTarget") >= 1 && number("minDelayTarget") <= number("maxDelayTarget"));
        assert!((0..=100).contains(&number("numRetries")));
        assert!(number("numMinDelayRetries") + number("numMaxDelayRetries") <= number("numRetries"));
        assert!(SNS_RETRY_TIME > Duration::HOUR);
    }
}
