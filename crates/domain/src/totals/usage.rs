//! How close organisations are to the limits of a Durable Object.

use serde::{Deserialize, Serialize};

use crate::OrganisationId;

/// 7 GB in MiB, rounded up: 70 % of the
/// [size limit of a database](https://developers.cloudflare.com/durable-objects/platform/limits/), 10 GB.
pub const LARGE_DATABASE_MIB: u32 = 6_676;

/// A request rate at which an organisation is likely to become limited by the writes of its object, in requests per second.
pub const BUSY_REQUESTS_PER_SECOND: u32 = 150;

/// What an organisation uses of its object. Both values are rounded, so that they seldom change from report to report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The size of the database in MiB, rounded up.
    pub database_mib: u32,
    /// The highest request rate of a minute since the previous report.
    pub requests_per_second: u32,
}

impl Usage {
    /// Rounds the size of a database, in bytes.
    #[must_use]
    pub fn new(database_bytes: u64, requests_per_second: u32) -> Self {
        let database_mib = database_bytes.div_ceil(1024 * 1024);
        Self { database_mib: u32::try_from(database_mib).unwrap_or(u32::MAX), requests_per_second }
    }
}

/// A value of one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peak {
    pub organisation: OrganisationId,
    pub value: u32,
}

/// The highest usage of all organisations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsagePeaks {
    /// The largest database, in MiB. `None` if no organisation has reported.
    pub largest_database: Option<Peak>,
    /// The number of databases of at least [`LARGE_DATABASE_MIB`].
    pub large_databases: u64,
    /// The highest request rate, in requests per second. `None` if all are below 1.
    pub highest_request_rate: Option<Peak>,
    /// The number of organisations with at least [`BUSY_REQUESTS_PER_SECOND`].
    pub busy_organisations: u64,
}

impl UsagePeaks {
    /// Adds the peaks of other organisations.
    pub fn add(&mut self, other: &Self) {
        self.largest_database = higher(self.largest_database, other.largest_database);
        self.large_databases += other.large_databases;
        self.highest_request_rate = higher(self.highest_request_rate, other.highest_request_rate);
        self.busy_organisations += other.busy_organisations;
    }
}

fn higher(one: Option<Peak>, other: Option<Peak>) -> Option<Peak> {
    [one, other].into_iter().flatten().max_by_key(|peak| peak.value)
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(Usage::new(1, 0).database_mib, 1);
        assert_eq!(Usage::new(1024 * 1024, 0).database_mib, 1);
        assert_eq!(Usage::new(7_000_000_000, 0).database_mib, LARGE_DATABASE_MIB);
        assert_eq!(Usage::new(u64::MAX, 0).database_mib, u32::MAX);
    }

    #[test]
    fn peaks_of_several_objects_are_the_highest_values_and_the_sums_of_the_numbers() {
        let organisation = |random| OrganisationId::new(OffsetDateTime::UNIX_EPOCH, random);
        let mut peaks = UsagePeaks::default();
        peaks.add(&UsagePeaks {
            largest_database: Some(Peak { organisation: organisation(1), value: 7_000 }),
            large_databases: 2,
            highest_request_rate: None,
            busy_organisations: 0,
        });
        peaks.add(&UsagePeaks {
            largest_database: Some(Peak { organisation: organisation(2), value: 6_700 }),
            large_databases: 1,
            highest_request_rate: Some(Peak { organisation: organisation(2), value: 160 }),
            busy_organisations: 1,
        });
        assert_eq!(peaks.largest_database, Some(Peak { organisation: organisation(1), value: 7_000 }));
        assert_eq!(peaks.highest_request_rate, Some(Peak { organisation: organisation(2), value: 160 }));
        assert_eq!((peaks.large_databases, peaks.busy_organisations), (3, 1));
    }
}
