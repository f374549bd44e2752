//! Leases of an account's send rate: the request and the response.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    hold::Hold,
    limits::{Limits, QuotaSnapshot},
    report::SendReport,
};

/// The part of the rate that may be sent at once. With the 4 % of SES's rate that are never leased, a full burst and a second at the
/// leased rate stay within the rate.
const BURST_FRACTION: f64 = 1.0 / 25.0;

/// A request for a lease, with the results since the last one. [`Pacer::request`](super::Pacer::request) builds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseRequest {
    /// The ID of the organisation.
    pub client: String,
    /// Recipients that the client could send to within the next second: those of queued emails, and those of emails that are likely to
    /// arrive. 0 requests no lease, and the response contains the one that is running.
    pub demand: u32,
    /// Recipients of the next email, for the daily quota; 0 if none is queued.
    pub next: u32,
    /// Recipients sent to since the last request, with or without a lease.
    pub spent: u32,
    /// The results since the last request.
    pub report: SendReport,
    /// The newest quota that the client knows.
    pub quota: Option<QuotaSnapshot>,
    /// The epoch of the client's storage, which only rises. A lower one than before means that the storage was put back.
    pub epoch: u64,
}

/// A part of an account's send rate for some seconds. Rate that is not used lapses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// Recipients per second; above 0.
    pub rate: f64,
    /// Recipients that may be sent to at once; at least 1.
    pub burst: f64,
    /// The end of the lease.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub until: OffsetDateTime,
    /// Recipients reserved of the daily quota; `None` if the account has none.
    pub day: Option<u32>,
    /// True if no other organisation sends through the account.
    pub alone: bool,
}

impl Lease {
    /// Returns the burst of a lease with this rate.
    pub(super) fn burst_of(rate: f64) -> f64 {
        (rate * BURST_FRACTION).max(1.0)
    }
}

/// The response to a [`LeaseRequest`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseGrant {
    /// The lease, which replaces the client's earlier one. `None` if there is a hold, if the client requested none, or if its storage was
    /// put back.
    pub lease: Option<Lease>,
    /// Why there is no lease.
    pub hold: Option<Hold>,
    /// True if the client should read the account and pass the quota with its next request.
    pub refresh_quota: bool,
    /// The account's limits; `None` until they are known.
    pub limits: Option<Limits>,
    /// The time at which the limits were read.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub limits_taken_at: Option<OffsetDateTime>,
    /// The current rate of all leases in recipients per second; `None` until the limits are known.
    pub per_second: Option<f64>,
    /// Recipients of the last 24 hours, as far as they are known.
    pub used: u64,
    /// The highest epoch that the client has passed, if the request's is lower: its storage was put back. The client gets no lease until
    /// it passes an epoch that is not lower.
    pub rolled_back: Option<u64>,
}
