//! Whether a request that failed is made again by itself, and after how long.

use crate::{
    failure::Failure,
    route::{Repeats, Route},
};

/// The pause before the first repetition, in milliseconds, before chance shortens it; it doubles each time.
const FIRST: u32 = 500;

/// The longest of these pauses.
const LONGEST: u32 = 8_000;

/// What an answer may ask for at most, in seconds; a caller who has to wait longer is told.
const MOST_ASKED: u32 = 60;

/// How many milliseconds later `route` is asked again after `failure`; `None` where it isn't. `done` is how often it was asked again
/// already, `most` how often it may be, `chance` any number, each as likely as the others: so that those who failed together don't come
/// back together.
#[must_use]
pub fn pause(route: Route, failure: &Failure, done: u32, most: u32, chance: u32) -> Option<u32> {
    if done >= most || route.repeats() == Repeats::Never || !may_pass(failure) {
        return None;
    }
    let up_to = |span: u32| u32::try_from((u64::from(span) * u64::from(chance)) >> 32).unwrap_or(span);
    match failure.retry_after {
        Some(seconds) if seconds > MOST_ASKED => None,
        // Never earlier than asked.
        Some(seconds) => Some(seconds * 1_000 + up_to(FIRST)),
        None => {
            let span = FIRST.saturating_mul(1 << done.min(16)).min(LONGEST);
            Some(span / 2 + up_to(span / 2))
        }
    }
}

/// A time that is over isn't among it: whoever waited for it has waited long.
fn may_pass(failure: &Failure) -> bool {
    let is_fault = matches!(failure.status, Some(429 | 500..=599));
    failure.is_network()
        || failure.code == "idempotency_in_progress"
        || (is_fault && failure.code != "misconfigured")
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answered(status: u16, code: &str) -> Failure {
        let text = |name: &str| matches!(name, "code" | "detail").then(|| code.to_owned());
        Failure::answered(status, None, &text)
    }

    fn first(route: Route, failure: &Failure) -> Option<u32> {
        pause(route, failure, 0, 3, 0)
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for failure in [
            Failure::network(),
            answered(429, "aws_throttled"),
            answered(500, "internal_error"),
            answered(502, "aws_unreachable"),
            Failure::unexpected(503, None),
            answered(409, "idempotency_in_progress"),
        ] {
            for route in [Route::SendEmail, Route::GetEmail, Route::VerifyAwsBinding] {
                assert_eq!(first(route, &failure), Some(250), "{failure:?}");
            }
            for route in [Route::CreateSession, Route::SetIdentityDkim, Route::DeleteIdentity] {
                assert_eq!(first(route, &failure), None, "{failure:?}");
            }
        }
    }

    #[test]
    fn what_would_fail_again_is_not() {
        for failure in [
            Failure::timeout(30),
            Failure::aborted(),
            Failure::unexpected(200, None),
            answered(500, "misconfigured"),
            answered(400, "aws_refused"),
            answered(409, "idempotency_key_reused"),
            answered(409, "not_connected"),
            answered(422, "invalid_region"),
        ] {
            assert_eq!(first(Route::SendEmail, &failure), None, "{failure:?}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let pauses = |chance| {
            (0..7).map_while(move |done| pause(Route::SendEmail, &Failure::network(), done, 6, chance))
        };
        assert_eq!(pauses(0).collect::<Vec<_>>(), [250, 500, 1_000, 2_000, 4_000, 4_000]);
        assert_eq!(pauses(u32::MAX).collect::<Vec<_>>(), [499, 999, 1_999, 3_999, 7_999, 7_999]);
        assert_eq!(pause(Route::SendEmail, &Failure::network(), 0, 0, 0), None);
    }

    #[test]
    fn a_server_that_says_when_is_believed() {
        let asked = |seconds| {
            let failure = Failure { retry_after: Some(seconds), ..answered(429, "aws_throttled") };
            first(Route::SendEmail, &failure)
        };
        assert_eq!((asked(0), asked(2), asked(60), asked(61)), (Some(0), Some(2_000), Some(60_000), None));
    }

    proptest! {
        #[test]
        fn no_pause_is_longer_than_is_told(done: u32, most: u32, chance: u32, retry_after in proptest::option::of(0_u32..100)) {
            let failure = Failure { retry_after, ..Failure::network() };
            if let Some(pause) = pause(Route::SendEmail, &failure, done, most, chance) {
                prop_assert!(done < most && pause <= 60_500);
                prop_assert!(retry_after.is_none_or(|seconds| pause >= seconds * 1_000));
            }
        }
    }
}
