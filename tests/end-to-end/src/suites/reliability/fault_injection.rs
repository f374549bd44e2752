//! Random but reproducible faults between the Worker and AWS.

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use fastrand::Rng;
use serde_json::json;

use crate::{
    aws_proxy::{
        AwsProxy, Call, FaultGuard, GET_ACCOUNT, SEND_EMAIL,
        fault::{self, json_error, json_error_response},
    },
    connected_organisation::ConnectedOrganisation,
    http_proxy::ProxyAction,
    wire::Message,
};

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// The call is delayed.
    Delay,
    /// AWS processes the call, but the connection is closed before the response.
    LostResponse,
    /// The connection is closed before AWS receives the request.
    LostRequest,
    /// AWS responds with a server error, having processed the call in half of the cases.
    ServerError,
    /// AWS throttles the call.
    Throttle,
    /// The response is truncated.
    Truncate,
    /// SNS delivers each notification twice.
    Duplicate,
}

impl FaultKind {
    pub(super) const ALL: [Self; 7] = [
        Self::Delay,
        Self::LostResponse,
        Self::LostRequest,
        Self::ServerError,
        Self::Throttle,
        Self::Truncate,
        Self::Duplicate,
    ];
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Delay => "delay",
            Self::LostResponse => "lost response",
            Self::LostRequest => "lost request",
            Self::ServerError => "5xx",
            Self::Throttle => "429",
            Self::Truncate => "truncated",
            Self::Duplicate => "duplicate post",
        })
    }
}

/// One in this many calls fails.
const CALLS_PER_FAULT: u32 = 5;

/// Injects random faults of these kinds into the SendEmail calls of a role until the guard is dropped.
#[must_use]
pub(super) fn inject_faults(
    aws_proxy: &AwsProxy,
    role_arn: &str,
    kinds: &[FaultKind],
    seed: u64,
) -> FaultGuard {
    let (kinds, random) = (kinds.to_vec(), Mutex::new(Rng::with_seed(seed)));
    aws_proxy.inject_fault_for_role(role_arn, SEND_EMAIL, move |_| {
        let (kind, is_processed, delay) = {
            let mut random = random.lock().unwrap_or_else(PoisonError::into_inner);
            if random.u32(..CALLS_PER_FAULT) != 0 {
                return None;
            }
            (kinds[random.usize(..kinds.len())], random.bool(), Duration::from_millis(random.u64(100..1500)))
        };
        match kind {
            FaultKind::Delay => {
                thread::sleep(delay);
                None
            }
            FaultKind::LostResponse => Some(ProxyAction::ForwardThenDisconnect),
            FaultKind::LostRequest => Some(ProxyAction::Disconnect),
            FaultKind::ServerError if is_processed => {
                Some(ProxyAction::ForwardThenRespond(json_error_response(500, "InternalFailure", "Oops")))
            }
            FaultKind::ServerError => Some(json_error(503, "ServiceUnavailable", "Oops")),
            FaultKind::Throttle => Some(fault::throttle()),
            FaultKind::Truncate => Some(ProxyAction::ForwardThenTruncate),
            FaultKind::Duplicate => None,
        }
    })
}

/// Overrides the sending quota of a role's account until the guard is dropped.
#[must_use]
pub(in crate::suites) fn override_quota(
    aws_proxy: &AwsProxy,
    role_arn: &str,
    per_second: u32,
    per_day: u32,
) -> FaultGuard {
    let account = json!({
        "ProductionAccessEnabled": true,
        "SendingEnabled": true,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": { "Max24HourSend": per_day, "MaxSendRate": per_second, "SentLast24Hours": 0 },
    });
    aws_proxy.inject_fault_for_role(role_arn, GET_ACCOUNT, move |_| {
        Some(ProxyAction::Respond(Message::response(
            200,
            &[("content-type", "application/json")],
            account.to_string(),
        )))
    })
}

/// Simulates the rate limit of SES until the guard is dropped: a token bucket with a burst of one second. Calls above
/// the limit are throttled. Accepted emails have no events. Every response takes `latency`.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html>
#[must_use]
pub(super) fn limit_ses_rate(
    aws_proxy: &AwsProxy,
    connected: &ConnectedOrganisation,
    per_second: u32,
    latency: Duration,
) -> FaultGuard {
    let bucket = Mutex::new((Instant::now(), f64::from(per_second)));
    let number = AtomicU32::new(0);
    aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_: &Call| {
        thread::sleep(latency);
        {
            let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let (refilled_at, tokens) = *bucket;
            let limit = f64::from(per_second);
            let tokens = (tokens + now.duration_since(refilled_at).as_secs_f64() * limit).min(limit);
            *bucket = (now, if tokens >= 1.0 { tokens - 1.0 } else { tokens });
            if tokens < 1.0 {
                return Some(fault::throttle());
            }
        }
        let id = format!("0102-{:06}", number.fetch_add(1, Ordering::SeqCst));
        let body = json!({ "MessageId": id }).to_string();
        Some(ProxyAction::Respond(Message::response(200, &[("content-type", "application/json")], body)))
    })
}
