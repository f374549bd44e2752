//! The clock. Only this module reads the time or sleeps.

use time::{Duration, OffsetDateTime};
use worker::{Date, Delay};

/// Returns the current time, in milliseconds. In workerd the clock advances only with I/O.
pub(crate) fn now() -> OffsetDateTime {
    from_milliseconds(i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX))
}

/// Converts from milliseconds since the Unix epoch.
pub(crate) fn from_milliseconds(milliseconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Converts to milliseconds since the Unix epoch.
pub(crate) fn to_milliseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// Sleeps for `duration`. Returns immediately if it isn't positive. The timer ends when the future is dropped.
pub(crate) async fn sleep(duration: Duration) {
    if duration.is_positive() {
        Delay::from(duration.unsigned_abs()).await;
    }
}
