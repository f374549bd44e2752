//! What goes wrong between the Worker and AWS, by chance that can be repeated.

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

/// What may go wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// It takes its time.
    Delay,
    /// AWS does it, and the connection is cut before the answer.
    Cut,
    /// The connection is cut before AWS has the request.
    Reset,
    /// AWS answers with a fault of its own; half of the time it has done it.
    ServerError,
    /// AWS asks for a lower rate.
    Throttle,
    /// The answer ends in its middle.
    Truncate,
    /// What SNS posts comes twice.
    Duplicate,
}

impl FaultKind {
    /// Every kind.
    pub(super) const ALL: [Self; 7] = [
        Self::Delay,
        Self::Cut,
        Self::Reset,
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
            Self::Cut => "cut after",
            Self::Reset => "cut before",
            Self::ServerError => "5xx",
            Self::Throttle => "429",
            Self::Truncate => "truncated",
            Self::Duplicate => "posted twice",
        })
    }
}

/// One call in this many goes wrong.
const FAULT_RATIO: u32 = 5;

/// Lets sends of a role go wrong in these ways until the guard is dropped.
#[must_use]
pub(super) fn inject_faults(
    aws_proxy: &AwsProxy,
    role_arn: &str,
    kinds: &[FaultKind],
    seed: u64,
) -> FaultGuard {
    let (kinds, random) = (kinds.to_vec(), Mutex::new(Rng::with_seed(seed)));
    aws_proxy.inject_fault_for_role(role_arn, SEND_EMAIL, move |_| {
        let (kind, chance, milliseconds) = {
            let mut random = random.lock().unwrap_or_else(PoisonError::into_inner);
            if random.u32(..FAULT_RATIO) != 0 {
                return None;
            }
            (kinds[random.usize(..kinds.len())], random.bool(), random.u64(100..1500))
        };
        match kind {
            FaultKind::Delay => {
                thread::sleep(Duration::from_millis(milliseconds));
                None
            }
            FaultKind::Cut => Some(ProxyAction::ForwardThenDisconnect),
            FaultKind::Reset => Some(ProxyAction::Disconnect),
            FaultKind::ServerError if chance => {
                Some(ProxyAction::ForwardThenRespond(json_error_response(500, "InternalFailure", "Oops")))
            }
            FaultKind::ServerError => Some(json_error(503, "ServiceUnavailable", "Oops")),
            FaultKind::Throttle => Some(fault::throttle()),
            FaultKind::Truncate => Some(ProxyAction::ForwardThenTruncate),
            FaultKind::Duplicate => None,
        }
    })
}

/// Lets the account of a role have this quota until the guard is dropped.
#[must_use]
pub(super) fn override_quota(
    aws_proxy: &AwsProxy,
    role_arn: &str,
    per_second: u32,
    per_day: u32,
) -> FaultGuard {
    let response = json!({
        "ProductionAccessEnabled": true,
        "SendingEnabled": true,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": { "Max24HourSend": per_day, "MaxSendRate": per_second, "SentLast24Hours": 0 },
    });
    aws_proxy.inject_fault_for_role(role_arn, GET_ACCOUNT, move |_| {
        Some(ProxyAction::Respond(Message::response(
            200,
            &[("content-type", "application/json")],
            response.to_string(),
        )))
    })
}

/// Stands in for SES: takes as many mails a second as it may, with as many more in a short burst, and asks for a lower rate where there
/// are more. It publishes no events.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html>
#[must_use]
pub(super) fn limit_ses_rate(
    aws_proxy: &AwsProxy,
    connected: &ConnectedOrganisation,
    per_second: u32,
) -> FaultGuard {
    let bucket = Mutex::new((Instant::now(), f64::from(per_second)));
    let number = AtomicU32::new(0);
    aws_proxy.inject_fault_for_role(&connected.role_arn, SEND_EMAIL, move |_: &Call| {
        {
            let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let (since, left) = *bucket;
            let limit = f64::from(per_second);
            let left = (left + now.duration_since(since).as_secs_f64() * limit).min(limit);
            *bucket = (now, if left >= 1.0 { left - 1.0 } else { left });
            if left < 1.0 {
                return Some(fault::throttle());
            }
        }
        let id = format!("0102-{:06}", number.fetch_add(1, Ordering::SeqCst));
        let body = json!({ "MessageId": id }).to_string();
        Some(ProxyAction::Respond(Message::response(200, &[("content-type", "application/json")], body)))
    })
}
