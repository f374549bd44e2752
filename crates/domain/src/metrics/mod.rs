//! Metrics of an organisation: its emails by the hour in which they were accepted.
//!
//! The counts of an hour are computed from its emails, so they can always be computed again. What an email adds is moved to the counts of
//! deleted emails when it is deleted.
//!
//! | file | contents |
//! |---|---|
//! | `hour` | hours, and ranges of them |
//! | `counts` | the numbers |
//! | `email` | what an email adds to them |
//! | `groups` | the numbers by domain, template, region or tag, and their stored form |
//! | `rollup` | all numbers of an hour |
//! | `changes` | which hours have to be counted, and the hour that is being counted |
//! | `series` | the numbers of several hours, by hour or day |

mod changes;
mod counts;
mod email;
mod groups;
mod hour;
mod rollup;
mod series;

pub use changes::{CountedHour, HourChanges, HourToCount, HoursToCount, StoredHour};
pub use counts::EmailCounts;
pub use email::{CountedEmail, EVENTS_FROM};
pub use groups::Groups;
pub use hour::{Hour, HourRange};
pub use rollup::{MetricsGroup, Rollup};
pub use series::{GroupSeries, MetricsInterval, Series};

/// How long the counts of an hour are stored: 13 months, so that a month can be compared with the one a year before.
pub const METRICS_RETENTION: time::Duration = time::Duration::days(396);
