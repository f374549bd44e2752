//! What time it is, and waiting for it: the one place that asks.

use time::{Duration, OffsetDateTime};
use worker::{Date, Delay};

/// Now, to the millisecond. In workerd it stands still between two calls to the outside.
pub(crate) fn now() -> OffsetDateTime {
    from_milliseconds(i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX))
}

/// The time so many milliseconds after 1970 began.
pub(crate) fn from_milliseconds(milliseconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// How many milliseconds after 1970 began a time is.
pub(crate) fn to_milliseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// Waits so long; not at all where that has passed.
pub(crate) async fn rest(pause: Duration) {
    if pause.is_positive() {
        Delay::from(pause.unsigned_abs()).await;
    }
}
