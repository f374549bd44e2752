//! What became of a message.
//!
//! SES's events come late, twice and out of order, so the last one says nothing by itself. A status is therefore the highest of
//! all that was seen, in one fixed order; "the highest" doesn't depend on order or repetition, so neither does the status.

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
// Where the order isn't AWS's own:
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

    /// The name, as it stands in the API and in storage.
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

    /// Its place in the order of precedence, as it stands in storage: a number that never changes, with room between two.
    #[must_use]
    pub const fn rank(self) -> i32 {
        self as i32
    }

    /// The status of that rank.
    #[must_use]
    pub fn from_rank(rank: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.rank() == rank)
    }

    /// The status of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The status that an event proves; `None` where it says nothing of delivery. `transient` is whether SES calls a bounce so.
    #[must_use]
    pub const fn proven_by(event: &EventType, transient: bool) -> Option<Self> {
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

    /// The status as it is shown: what was to be sent by now and hasn't been yet waits for its turn.
    #[must_use]
    pub fn shown(self, scheduled_at: Option<OffsetDateTime>, now: OffsetDateTime) -> Self {
        match self {
            Self::Scheduled if scheduled_at.is_none_or(|at| at <= now) => Self::Queued,
            status => status,
        }
    }

    /// Whether we have nothing left to do with a mail of this status, after these steps; events may still tell more of it.
    #[must_use]
    pub fn is_end(self, history: &History) -> bool {
        match self {
            Self::Scheduled | Self::Queued | Self::Sending => false,
            // The outbox has it until it is left as it is.
            Self::Unconfirmed => history.0.last().is_some_and(|step| step.step == EmailStepKind::GaveUp),
            _ => true,
        }
    }

    /// The status after our own side learned `news`: a fact that events have overtaken changes nothing.
    ///
    /// ```
    /// use domain::delivery::EmailStatus;
    ///
    /// assert_eq!(EmailStatus::Sending.after(EmailStatus::Sent), EmailStatus::Sent);
    /// assert_eq!(EmailStatus::Delivered.after(EmailStatus::Sent), EmailStatus::Delivered);
    /// ```
    #[must_use]
    pub fn after(self, news: Self) -> Self {
        self.max(news)
    }
}

impl fmt::Display for EmailStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The status after an event. `transient` is whether SES calls a bounce so; it says nothing of other events.
///
/// ```
/// use domain::delivery::{EmailStatus, apply};
/// use aws_sans_io::ses::EventType;
///
/// assert_eq!(apply(EmailStatus::Unconfirmed, &EventType::Send, false), EmailStatus::Sent);
/// assert_eq!(apply(EmailStatus::Complained, &EventType::Delivery, false), EmailStatus::Complained);
/// ```
#[must_use]
pub fn apply(current: EmailStatus, event: &EventType, transient: bool) -> EmailStatus {
    EmailStatus::proven_by(event, transient).map_or(current, |news| current.after(news))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};
    use time::{Duration, macros::datetime};

    use super::*;

    type Event = (EventType, bool);

    const OURS: [EmailStatus; 7] = [
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

    fn end<'a>(events: impl IntoIterator<Item = &'a Event>) -> EmailStatus {
        let start = EmailStatus::Sending;
        events.into_iter().fold(start, |current, (kind, transient)| apply(current, kind, *transient))
    }

    #[test]
    fn stories_end_as_they_should() {
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
            assert_eq!(end(&events), status, "{events:?}");
        }
    }

    #[test]
    fn every_event_about_delivery_outranks_what_we_knew_ourselves() {
        for ours in OURS {
            for (kind, transient) in every_event() {
                let expected = EmailStatus::proven_by(&kind, transient).unwrap_or(ours);
                assert_eq!(apply(ours, &kind, transient), expected, "{ours} {kind}");
            }
        }
    }

    #[test]
    fn a_time_that_has_come_makes_a_scheduled_mail_a_queued_one() {
        let at = datetime!(2026-11-24 12:00 UTC);
        let shown = |status: EmailStatus, now| status.shown(Some(at), now);
        assert_eq!(shown(EmailStatus::Scheduled, at - Duration::SECOND), EmailStatus::Scheduled);
        assert_eq!(shown(EmailStatus::Scheduled, at), EmailStatus::Queued);
        assert_eq!(shown(EmailStatus::Sent, at - Duration::SECOND), EmailStatus::Sent);
    }

    #[test]
    fn names_are_the_same_in_json_and_in_storage() {
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
        fn any_order_and_any_repetition_end_the_same((events, again) in shuffled_with_repetitions()) {
            prop_assert_eq!(end(&events), end(&again));
        }

        #[test]
        fn our_own_news_may_come_at_any_time(
            events in vec(select(every_event()), 0..8),
            news in vec(select(&OURS), 0..4),
            places in vec(any::<prop::sample::Index>(), 4),
        ) {
            let late = news.iter().copied().fold(end(&events), EmailStatus::after);
            let mut facts: Vec<Result<Event, EmailStatus>> = events.into_iter().map(Ok).collect();
            for (status, place) in news.into_iter().zip(places) {
                facts.insert(place.index(facts.len() + 1), Err(status));
            }
            let mixed = facts.into_iter().fold(EmailStatus::Sending, |current, fact| match fact {
                Ok((kind, transient)) => apply(current, &kind, transient),
                Err(status) => current.after(status),
            });
            prop_assert_eq!(mixed, late);
        }
    }
}
