//! When SNS retries a message that an HTTPS endpoint didn't accept.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::{Error, Result};

/// The longest time that SNS allows for all delays of a policy.
const MAX_TOTAL: Duration = Duration::from_hours(1);

/// A subscription's retry policy. The defaults are those of SNS.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
#[derive(Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RetryPolicy {
    min_delay_target: u32,
    max_delay_target: u32,
    num_retries: u32,
    num_no_delay_retries: u32,
    num_min_delay_retries: u32,
    num_max_delay_retries: u32,
    backoff_function: String,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            min_delay_target: 20,
            max_delay_target: 20,
            num_retries: 3,
            num_no_delay_retries: 0,
            num_min_delay_retries: 0,
            num_max_delay_retries: 0,
            backoff_function: "linear".into(),
        }
    }
}

/// Returns the delay before each retry. `delivery_policy` is the attribute of the subscription, if it has one. Fails if SNS would reject
/// the policy.
pub fn retry_delays(delivery_policy: Option<&str>) -> Result<Vec<Duration>> {
    let invalid = |why: &str| Error::Unexpected(format!("the delivery policy {why}: {delivery_policy:?}"));
    let mut document: Value =
        serde_json::from_str(delivery_policy.unwrap_or("{}")).map_err(|error| invalid(&error.to_string()))?;
    let policy: RetryPolicy = match document["healthyRetryPolicy"].take() {
        Value::Null => RetryPolicy::default(),
        policy => serde_json::from_value(policy).map_err(|error| invalid(&error.to_string()))?,
    };
    let fixed = policy.num_no_delay_retries + policy.num_min_delay_retries + policy.num_max_delay_retries;
    let backoff = policy.num_retries.checked_sub(fixed).ok_or_else(|| invalid("has too few retries"))?;
    let (min, max) = (f64::from(policy.min_delay_target), f64::from(policy.max_delay_target));
    if policy.num_retries > 100 || min < 1.0 || max < min {
        return Err(invalid("is outside the limits"));
    }
    let growing = |retry: u32| {
        let part = f64::from(retry) / f64::from(backoff + 1);
        match policy.backoff_function.as_str() {
            "exponential" => Ok(min * (max / min).powf(part)),
            "linear" => Ok((max - min).mul_add(part, min)),
            _ => Err(invalid("has a backoff function that these tests don't know")),
        }
    };
    let mut seconds = vec![0.0; policy.num_no_delay_retries as usize];
    seconds.extend((0..policy.num_min_delay_retries).map(|_| min));
    for retry in 1..=backoff {
        seconds.push(growing(retry)?);
    }
    seconds.extend((0..policy.num_max_delay_retries).map(|_| max));
    let delays: Vec<_> = seconds.into_iter().map(Duration::from_secs_f64).collect();
    if delays.iter().sum::<Duration>() > MAX_TOTAL {
        return Err(invalid("takes more than an hour"));
    }
    Ok(delays)
}

#[cfg(test)]
mod tests {
    use domain::onboarding::delivery_policy;

    use super::*;

    #[test]
    fn sns_retries_three_times_within_a_minute_by_default() {
        let default = [Duration::from_secs(20); 3];
        assert_eq!(retry_delays(None).unwrap(), default);
        assert_eq!(retry_delays(Some(r#"{"requestPolicy":{}}"#)).unwrap(), default);
    }

    #[test]
    fn the_stacks_policy_retries_for_most_of_an_hour() {
        let delays = retry_delays(Some(&delivery_policy().to_string())).unwrap();
        assert_eq!(delays[..3], [Duration::from_secs(5); 3]);
        assert!(delays.is_sorted());
        assert!(delays.iter().sum::<Duration>() > Duration::from_mins(50));
    }

    #[test]
    fn a_policy_that_sns_rejects_is_an_error() {
        for retries in [
            r#"{"numRetries":50,"minDelayTarget":90,"maxDelayTarget":90}"#,
            r#"{"numRetries":2,"numMaxDelayRetries":3}"#,
            r#"{"numRetries":101,"minDelayTarget":1,"maxDelayTarget":1}"#,
            r#"{"minDelayTarget":30,"maxDelayTarget":20}"#,
        ] {
            assert!(
                retry_delays(Some(&format!(r#"{{"healthyRetryPolicy":{retries}}}"#))).is_err(),
                "{retries}"
            );
        }
    }
}
