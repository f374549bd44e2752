//! Reconciliation of unconfirmed emails. After a lost response, SES may or may not have accepted the email, and SES has no idempotency
//! token that would make a second call safe.

use time::{Duration, OffsetDateTime};

use super::{EmailStatus, outcome::RETRY_WINDOW};
use crate::{email::DeliveryPolicy, onboarding::SNS_RETRY_TIME};

/// The default of `UNCONFIRMED_GRACE_SECONDS`: the time to wait for an event before an email is retried. SES publishes within seconds. If
/// Kraiter refused a message meanwhile, SNS's retries come on top. A longer time causes fewer duplicates and more delay.
pub const UNCONFIRMED_GRACE: Duration = Duration::minutes(15);

/// The time before a call in which an event of another email proves that events arrive.
pub const EVENT_FLOW_WINDOW: Duration = Duration::hours(1);

/// The maximum number of SES calls for an email while nothing proves that events arrive: the subscription may have been deleted unnoticed.
const MAX_CALLS_WITHOUT_EVENTS: u32 = 2;

/// The maximum number of SES calls for an email that may arrive twice. With the delays in between, they take somewhat over an hour.
const MAX_CALLS_AT_LEAST_ONCE: u32 = 12;

/// An email for which SES's response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnconfirmedSend {
    pub first_call_at: OffsetDateTime,
    pub last_call_at: OffsetDateTime,
    /// The number of SES calls, including the last one.
    pub calls: u32,
    pub status: EmailStatus,
    /// True if event publishing is active in the region.
    pub has_events: bool,
    /// True if events of other emails arrived from the region, at the earliest [`EVENT_FLOW_WINDOW`] before the last call. The email's
    /// own event would have arrived, too.
    pub other_events_received: bool,
    /// When Kraiter's webhook last responded to the region's topic with an error after which SNS retries.
    pub webhook_failed_at: Option<OffsetDateTime>,
    pub policy: DeliveryPolicy,
}

/// The decision about an unconfirmed email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// An event confirmed that SES accepted the email.
    Confirmed,
    /// Check again at this time, since an event may still arrive.
    CheckAt(OffsetDateTime),
    /// Send the email again at this time.
    RetryAt(OffsetDateTime),
    /// Leave the email unconfirmed.
    GiveUp,
}

impl UnconfirmedSend {
    /// Returns what to do at `now`. Events are awaited for `grace` after the last call, and if the webhook failed since then, for `grace`
    /// after SNS's last retry: the event may be among those that Kraiter refused.
    #[must_use]
    pub fn resolve(&self, grace: Duration, now: OffsetDateTime) -> Resolution {
        // Every status from here on is proven by an event of the email.
        if self.status >= EmailStatus::Sent {
            return Resolution::Confirmed;
        }
        if self.has_events {
            let webhook_failed = self.webhook_failed_at.is_some_and(|at| at >= self.last_call_at);
            let retries = if webhook_failed { SNS_RETRY_TIME } else { Duration::ZERO };
            let until = self.last_call_at + retries + grace;
            return match self.other_events_received {
                _ if now < until => Resolution::CheckAt(until),
                true if now - self.first_call_at < RETRY_WINDOW => Resolution::RetryAt(now),
                false if self.calls < MAX_CALLS_WITHOUT_EVENTS => Resolution::RetryAt(now),
                _ => Resolution::GiveUp,
            };
        }
        match self.policy {
            DeliveryPolicy::AtLeastOnce if self.calls < MAX_CALLS_AT_LEAST_ONCE => {
                let exponent = self.calls.clamp(1, MAX_CALLS_AT_LEAST_ONCE) - 1;
                let delay = Duration::seconds(2_i64.pow(exponent));
                Resolution::RetryAt((self.last_call_at + delay).max(now))
            }
            DeliveryPolicy::AtLeastOnce | DeliveryPolicy::AtMostOnce => Resolution::GiveUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn unconfirmed(has_events: bool, policy: DeliveryPolicy) -> UnconfirmedSend {
        UnconfirmedSend {
            first_call_at: NOW,
            last_call_at: NOW,
            calls: 1,
            status: EmailStatus::Unconfirmed,
            has_events,
            other_events_received: false,
            webhook_failed_at: None,
            policy,
        }
    }

    fn resolve_after(send: UnconfirmedSend, elapsed: Duration) -> Resolution {
        send.resolve(UNCONFIRMED_GRACE, NOW + elapsed)
    }

    #[test]
    fn with_events_an_email_is_retried_only_after_the_grace_period() {
        let grace = UNCONFIRMED_GRACE;
        for policy in DeliveryPolicy::ALL {
            let send = unconfirmed(true, policy);
            assert_eq!(resolve_after(send, Duration::ZERO), Resolution::CheckAt(NOW + grace));
            assert_eq!(resolve_after(send, grace - Duration::SECOND), Resolution::CheckAt(NOW + grace));
            assert_eq!(resolve_after(send, grace), Resolution::RetryAt(NOW + grace));
        }
    }

    #[test]
    fn silence_proves_nothing_until_sns_has_retried_what_the_webhook_refused() {
        let (grace, failed_at) = (UNCONFIRMED_GRACE, NOW + Duration::MINUTE);
        let send = UnconfirmedSend {
            other_events_received: true,
            webhook_failed_at: Some(failed_at),
            ..unconfirmed(true, DeliveryPolicy::AtLeastOnce)
        };
        let until = NOW + SNS_RETRY_TIME + grace;
        for elapsed in [grace, SNS_RETRY_TIME, SNS_RETRY_TIME + grace - Duration::SECOND] {
            assert_eq!(resolve_after(send, elapsed), Resolution::CheckAt(until));
        }
        assert_eq!(resolve_after(send, SNS_RETRY_TIME + grace), Resolution::RetryAt(until));
        let before_the_call = UnconfirmedSend { webhook_failed_at: Some(NOW - Duration::SECOND), ..send };
        assert_eq!(resolve_after(before_the_call, grace), Resolution::RetryAt(NOW + grace));
    }

    #[test]
    fn without_events_the_delivery_policy_decides() {
        let once = unconfirmed(false, DeliveryPolicy::AtMostOnce);
        assert_eq!(resolve_after(once, Duration::ZERO), Resolution::GiveUp);
        let first = unconfirmed(false, DeliveryPolicy::AtLeastOnce);
        assert_eq!(resolve_after(first, Duration::ZERO), Resolution::RetryAt(NOW + Duration::SECOND));
        let fifth = UnconfirmedSend { calls: 5, ..first };
        let retry = Resolution::RetryAt(NOW + Duration::seconds(16));
        assert_eq!(resolve_after(fifth, Duration::SECOND), retry);
        let last = UnconfirmedSend { calls: MAX_CALLS_AT_LEAST_ONCE, ..first };
        assert_eq!(resolve_after(last, Duration::ZERO), Resolution::GiveUp);
    }

    #[test]
    fn an_event_confirms_an_email_at_any_time() {
        for status in EmailStatus::ALL.into_iter().filter(|status| *status >= EmailStatus::Sent) {
            for has_events in [false, true] {
                let send = UnconfirmedSend { status, ..unconfirmed(has_events, DeliveryPolicy::AtLeastOnce) };
                assert_eq!(resolve_after(send, Duration::hours(2)), Resolution::Confirmed, "{status}");
            }
        }
    }

    #[test]
    fn an_email_is_retried_only_once_while_no_event_arrives_at_all() {
        let without_events = UnconfirmedSend { calls: 2, ..unconfirmed(true, DeliveryPolicy::AtLeastOnce) };
        assert_eq!(resolve_after(without_events, UNCONFIRMED_GRACE), Resolution::GiveUp);
        let with_events = UnconfirmedSend { other_events_received: true, calls: 9, ..without_events };
        let retry = Resolution::RetryAt(NOW + UNCONFIRMED_GRACE);
        assert_eq!(resolve_after(with_events, UNCONFIRMED_GRACE), retry);
        assert_eq!(resolve_after(with_events, RETRY_WINDOW), Resolution::GiveUp);
    }
}
