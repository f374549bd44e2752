//! The delivery status of an email.
//!
//! SES's events arrive late, repeatedly and out of order, so the last event doesn't determine the status. It is the highest one of all
//! events in a fixed order, which doesn't depend on the order or number of events.

use std::fmt;

use aws_sans_io::ses::EventType;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{EmailStepKind, History};

/// The delivery status of an email, in ascending order of precedence: an event never lowers the status.
///
/// If an email has several recipients, the status is the highest of any of them. The events name the recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
// Some positions aren't AWS's:
// - A soft bounce is below a delivery. SES publishes one when it stops trying, so without a delivery it is final. But SES
//   also publishes an automatic reply ("out of office") as a transient bounce, after the delivery of the same email.
// - A hard bounce is above delivery, open and click: servers may accept an email and return it later.
// - A rejection is above what SES reported before it scanned the email (sent, delayed) and below every sign of arrival.
// - `failed` and `cancelled` are below `sent`: SES refused the call or was never called, so no event follows. If one does,
//   the event is right.
pub enum EmailStatus {
    /// Accepted, to be sent at a set time.
    Scheduled = 5,
    /// Accepted, not sent to SES yet.
    Queued = 10,
    /// Being sent to SES.
    Sending = 20,
    /// The response of SES was lost. An event may confirm the email.
    Unconfirmed = 30,
    /// SES refused the email, or it could not be sent.
    Failed = 40,
    /// Cancelled before it was sent.
    Cancelled = 45,
    /// Accepted by SES.
    Sent = 50,
    /// Not delivered yet; SES keeps trying.
    DeliveryDelayed = 60,
    /// Accepted by SES, but not sent: it contains malware, or its SES template could not be rendered.
    Rejected = 70,
    /// Temporarily bounced.
    SoftBounced = 80,
    /// Accepted by a recipient's mail server.
    Delivered = 90,
    /// Opened by a recipient.
    Opened = 100,
    /// A recipient clicked a link.
    Clicked = 110,
    /// Permanently bounced.
    Bounced = 120,
    /// Marked as spam by a recipient.
    Complained = 130,
}

impl EmailStatus {
    /// Every status, lowest first.
    pub const ALL: [Self; 15] = [
        Self::Scheduled,
        Self::Queued,
        Self::Sending,
        Self::Unconfirmed,
        Self::Failed,
        Self::Cancelled,
        Self::Sent,
        Self::DeliveryDelayed,
        Self::Rejected,
        Self::SoftBounced,
        Self::Delivered,
        Self::Opened,
        Self::Clicked,
        Self::Bounced,
        Self::Complained,
    ];

    /// Returns the name in the API and in storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unconfirmed => "unconfirmed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Sent => "sent",
            Self::DeliveryDelayed => "delivery_delayed",
            Self::Rejected => "rejected",
            Self::SoftBounced => "soft_bounced",
            Self::Delivered => "delivered",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// Returns the rank in the order of precedence, which is stored and must not change. There are gaps for new statuses.
    #[must_use]
    pub const fn rank(self) -> i32 {
        self as i32
    }

    /// Returns the status with this rank.
    #[must_use]
    pub fn from_rank(rank: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.rank() == rank)
    }

    /// Returns the status with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Returns the status that an event proves; `None` if the event doesn't concern delivery. `transient` is whether a bounce is transient.
    #[must_use]
    pub const fn from_event(event: &EventType, transient: bool) -> Option<Self> {
        match event {
            EventType::Send => Some(Self::Sent),
            EventType::Delivery => Some(Self::Delivered),
            EventType::DeliveryDelay => Some(Self::DeliveryDelayed),
            EventType::Bounce if transient => Some(Self::SoftBounced),
            EventType::Bounce => Some(Self::Bounced),
            EventType::Complaint => Some(Self::Complained),
            EventType::Reject | EventType::RenderingFailure => Some(Self::Rejected),
            EventType::Open => Some(Self::Opened),
            EventType::Click => Some(Self::Clicked),
            EventType::Subscription | EventType::Other(_) => None,
        }
    }

    /// Returns the status at `now`: a scheduled email is queued once its time has passed.
    #[must_use]
    pub fn at(self, scheduled_at: Option<OffsetDateTime>, now: OffsetDateTime) -> Self {
        match self {
            Self::Scheduled if scheduled_at.is_none_or(|at| at <= now) => Self::Queued,
            status => status,
        }
    }

    /// Returns whether Kraiter is finished with an email of this status and history. Events may still change the status.
    #[must_use]
    pub fn is_final(self, history: &History) -> bool {
        match self {
            Self::Scheduled | Self::Queued | Self::Sending => false,
            // Kraiter retries it until it gives up.
            Self::Unconfirmed => history.0.last().is_some_and(|step| step.step == EmailStepKind::GaveUp),
            _ => true,
        }
    }

    /// Returns the status after Kraiter's own steps led to `status`. Never lowers a status that an event has already set.
    ///
    /// ```
    /// use domain::delivery::EmailStatus;
    ///
    /// assert_eq!(EmailStatus::Sending.raised_to(EmailStatus::Sent), EmailStatus::Sent);
    /// assert_eq!(EmailStatus::Delivered.raised_to(EmailStatus::Sent), EmailStatus::Delivered);
    /// ```
    #[must_use]
    pub fn raised_to(self, status: Self) -> Self {
        self.max(status)
    }

    /// Returns the status after an event. `transient` is whether a bounce is transient.
    ///
    /// ```
    /// use aws_sans_io::ses::EventType;
    /// use domain::delivery::EmailStatus;
    ///
    /// assert_eq!(EmailStatus::Unconfirmed.after_event(&EventType::Send, false), EmailStatus::Sent);
    /// assert_eq!(EmailStatus::Complained.after_event(&EventType::Delivery, false), EmailStatus::Complained);
    /// ```
    #[must_use]
    pub fn after_event(self, event: &EventType, transient: bool) -> Self {
        Self::from_event(event, transient).map_or(self, |status| self.raised_to(status))
    }
}

impl fmt::Display for EmailStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};
    use time::{Duration, macros::datetime};

    use super::*;

    type Event = (EventType, bool);

    /// The statuses that Kraiter sets itself.
    const OWN: [EmailStatus; 7] = [
        EmailStatus::Scheduled,
        EmailStatus::Queued,
        EmailStatus::Sending,
        EmailStatus::Unconfirmed,
        EmailStatus::Failed,
        EmailStatus::Cancelled,
        EmailStatus::Sent,
    ];

    const SOFT: Event = (EventType::Bounce, true);

    fn every_event() -> Vec<Event> {
        let plain = EventType::all().map(|kind| (kind, false));
        plain.chain([SOFT, (EventType::Other("New".into()), false)]).collect()
    }

    fn status_after<'a>(events: impl IntoIterator<Item = &'a Event>) -> EmailStatus {
        let start = EmailStatus::Sending;
        events.into_iter().fold(start, |status, (kind, transient)| status.after_event(kind, *transient))
    }

    #[test]
    fn typical_event_sequences_lead_to_the_expected_status() {
        use EventType::{
            Bounce, Click, Complaint, Delivery, DeliveryDelay, Open, Reject, RenderingFailure, Send,
            Subscription,
        };
        let hard = |kinds: &[EventType]| kinds.iter().cloned().map(|kind| (kind, false)).collect::<Vec<_>>();
        for (events, status) in [
            (hard(&[Send, Delivery]), EmailStatus::Delivered),
            (hard(&[Send, DeliveryDelay, Delivery]), EmailStatus::Delivered),
            ([hard(&[Send, DeliveryDelay]), vec![SOFT]].concat(), EmailStatus::SoftBounced),
            ([hard(&[Send, Delivery]), vec![SOFT]].concat(), EmailStatus::Delivered),
            ([hard(&[Send]), vec![SOFT], hard(&[Delivery])].concat(), EmailStatus::Delivered),
            ([hard(&[Send]), vec![SOFT], hard(&[Bounce])].concat(), EmailStatus::Bounced),
            (hard(&[Send, Delivery, Open, Bounce]), EmailStatus::Bounced),
            (hard(&[Send, Delivery, Complaint]), EmailStatus::Complained),
            (hard(&[Complaint, Bounce, Click, Open, Delivery, Send]), EmailStatus::Complained),
            (hard(&[Click, Open, Delivery, Send]), EmailStatus::Clicked),
            (hard(&[Send, Reject]), EmailStatus::Rejected),
            (hard(&[RenderingFailure, Send]), EmailStatus::Rejected),
            (hard(&[Subscription]), EmailStatus::Sending),
        ] {
            assert_eq!(status_after(&events), status, "{events:?}");
        }
    }

    #[test]
    fn every_delivery_event_outranks_the_statuses_that_kraiter_sets() {
        for own in OWN {
            for (kind, transient) in every_event() {
                let expected = EmailStatus::from_event(&kind, transient).unwrap_or(own);
                assert_eq!(own.after_event(&kind, transient), expected, "{own} {kind}");
            }
        }
    }

    #[test]
    fn a_scheduled_email_is_queued_once_its_time_has_passed() {
        let at = datetime!(2026-11-24 12:00 UTC);
        let status_at = |status: EmailStatus, now| status.at(Some(at), now);
        assert_eq!(status_at(EmailStatus::Scheduled, at - Duration::SECOND), EmailStatus::Scheduled);
        assert_eq!(status_at(EmailStatus::Scheduled, at), EmailStatus::Queued);
        assert_eq!(status_at(EmailStatus::Sent, at - Duration::SECOND), EmailStatus::Sent);
    }

    #[test]
    fn a_status_has_the_same_name_in_json_and_in_storage() {
        assert!(EmailStatus::ALL.is_sorted());
        assert!(EmailStatus::ALL.is_sorted_by_key(|status| status.rank()));
        for status in EmailStatus::ALL {
            assert_eq!(EmailStatus::from_rank(status.rank()), Some(status));
        }
        for status in EmailStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
            assert_eq!(EmailStatus::from_name(status.name()), Some(status));
        }
        assert_eq!(EmailStatus::from_name("Sent"), None);
    }

    fn shuffled_with_repetitions() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
        vec(select(every_event()), 1..12).prop_flat_map(|events| {
            let repeated = vec(select(events.clone()), 0..12);
            let again = repeated.prop_map({
                let events = events.clone();
                move |repeated| [events.clone(), repeated].concat()
            });
            (Just(events), again.prop_shuffle())
        })
    }

    proptest! {
        #[test]
        fn order_and_repetition_of_events_do_not_change_the_status((events, repeated) in shuffled_with_repetitions()) {
            prop_assert_eq!(status_after(&events), status_after(&repeated));
        }

        #[test]
        fn own_statuses_may_be_set_at_any_time(
            events in vec(select(every_event()), 0..8),
            own in vec(select(&OWN), 0..4),
            positions in vec(any::<prop::sample::Index>(), 4),
        ) {
            let last = own.iter().copied().fold(status_after(&events), EmailStatus::raised_to);
            let mut updates: Vec<Result<Event, EmailStatus>> = events.into_iter().map(Ok).collect();
            for (status, position) in own.into_iter().zip(positions) {
                updates.insert(position.index(updates.len() + 1), Err(status));
            }
            let mixed = updates.into_iter().fold(EmailStatus::Sending, |current, update| match update {
                Ok((kind, transient)) => current.after_event(&kind, transient),
                Err(status) => current.raised_to(status),
            });
            prop_assert_eq!(mixed, last);
        }
    }
}
