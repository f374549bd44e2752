//! Whether a failed request is retried, and after which delay.

use api_contract::Retry;

use crate::{error::Error, route::Route};

/// The base of the first delay. It doubles with each retry.
const BASE_DELAY_MS: u32 = 500;

const MAX_DELAY_MS: u32 = 8_000;

/// The longest `Retry-After` that is honoured. A request that would have to wait longer fails.
const MAX_RETRY_AFTER_SECONDS: u32 = 60;

/// Returns the milliseconds until `route` is requested again after `error`, or `None` if it isn't.
///
/// `retries` counts those already made, `max_retries` is the limit. `random` is uniformly distributed: the jitter keeps clients
/// that failed together from retrying together.
#[must_use]
pub fn delay(route: Route, error: &Error, retries: u32, max_retries: u32, random: u32) -> Option<u32> {
    if retries >= max_retries || route.retry() == Retry::Never || !is_retryable(error) {
        return None;
    }
    let jitter = |span: u32| u32::try_from((u64::from(span) * u64::from(random)) >> 32).unwrap_or(span);
    match error.retry_after {
        Some(seconds) if seconds > MAX_RETRY_AFTER_SECONDS => None,
        Some(seconds) => Some(seconds * 1_000 + jitter(BASE_DELAY_MS)),
        None => {
            let span = BASE_DELAY_MS.saturating_mul(1 << retries.min(16)).min(MAX_DELAY_MS);
            Some(span / 2 + jitter(span / 2))
        }
    }
}

/// A timeout is not retried: the caller has waited long enough.
fn is_retryable(error: &Error) -> bool {
    let is_fault = matches!(error.status, Some(429 | 500..=599));
    error.is_network()
        || error.code == "idempotency_in_progress"
        || (is_fault && error.code != "misconfigured")
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(status: u16, code: &str) -> Error {
        let text = |name: &str| matches!(name, "code" | "detail").then(|| code.to_owned());
        Error::from_problem(status, None, &text)
    }

    fn first_delay(route: Route, error: &Error) -> Option<u32> {
        delay(route, error, 0, 3, 0)
    }

    #[test]
    fn a_temporary_error_is_retried_if_the_route_is_safe_to_retry() {
        for error in [
            Error::network(),
            problem(429, "aws_throttled"),
            problem(429, "rate_limited"),
            problem(500, "internal_error"),
            problem(502, "aws_unreachable"),
            Error::unexpected(503, None),
            problem(409, "idempotency_in_progress"),
        ] {
            for route in
                [Route::named("SendEmail"), Route::named("GetEmail"), Route::named("VerifyAwsBinding")]
            {
                assert_eq!(first_delay(route, &error), Some(250), "{error:?}");
            }
            for route in [
                Route::named("CreateSession"),
                Route::named("SetIdentityDkim"),
                Route::named("DeleteIdentity"),
            ] {
                assert_eq!(first_delay(route, &error), None, "{error:?}");
            }
        }
    }

    #[test]
    fn a_permanent_error_is_not_retried() {
        for error in [
            Error::timeout(30),
            Error::aborted(),
            Error::unexpected(200, None),
            problem(500, "misconfigured"),
            problem(400, "aws_refused"),
            problem(409, "idempotency_key_reused"),
            problem(409, "not_connected"),
            problem(422, "invalid_region"),
        ] {
            assert_eq!(first_delay(Route::named("SendEmail"), &error), None, "{error:?}");
        }
    }

    #[test]
    fn delays_double_up_to_a_limit_and_end_after_the_last_retry() {
        let delays = |random| {
            (0..7).map_while(move |retries| {
                delay(Route::named("SendEmail"), &Error::network(), retries, 6, random)
            })
        };
        assert_eq!(delays(0).collect::<Vec<_>>(), [250, 500, 1_000, 2_000, 4_000, 4_000]);
        assert_eq!(delays(u32::MAX).collect::<Vec<_>>(), [499, 999, 1_999, 3_999, 7_999, 7_999]);
        assert_eq!(delay(Route::named("SendEmail"), &Error::network(), 0, 0, 0), None);
    }

    #[test]
    fn retry_after_is_honoured_up_to_a_minute() {
        let after = |seconds| {
            let error = Error { retry_after: Some(seconds), ..problem(429, "aws_throttled") };
            first_delay(Route::named("SendEmail"), &error)
        };
        assert_eq!((after(0), after(2), after(60), after(61)), (Some(0), Some(2_000), Some(60_000), None));
    }

    proptest! {
        #[test]
        fn a_delay_is_never_shorter_than_retry_after_nor_longer_than_the_limit(
            retries: u32,
            max_retries: u32,
            random: u32,
            retry_after in proptest::option::of(0_u32..100),
        ) {
            let error = Error { retry_after, ..Error::network() };
            if let Some(delay) = delay(Route::named("SendEmail"), &error, retries, max_retries, random) {
                prop_assert!(retries < max_retries && delay <= 60_500);
                prop_assert!(retry_after.is_none_or(|seconds| delay >= seconds * 1_000));
            }
        }
    }
}
