//! What to do with a mail whose answer was lost: SES may have taken it or not, and has no word by which a second call could be
//! known as the same mail.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::EmailStatus;

/// What a customer wants of a mail whose answer was lost where no event can tell what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It isn't sent again: it may be lost, and ends `unconfirmed`.
    #[default]
    AtMostOnce,
    /// It is sent again: it may come twice.
    AtLeastOnce,
}

impl Delivery {
    /// Every policy.
    pub const ALL: [Self; 2] = [Self::AtMostOnce, Self::AtLeastOnce];

    /// The name, as it stands in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtMostOnce => "at_most_once",
            Self::AtLeastOnce => "at_least_once",
        }
    }

    /// The policy of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// How long an event is waited for, unless the setting `UNCONFIRMED_GRACE_SECONDS` says otherwise. SES publishes within seconds, and SNS
/// goes on posting for an hour where we don't answer; whoever waits longer doubles less and delays more.
pub const GRACE: Duration = Duration::minutes(15);

/// How often a mail is sent again before it is left as it is.
const MOST_CALLS: u32 = 5;

/// A mail whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// When SES was asked.
    pub asked_at: OffsetDateTime,
    /// How often it was, this time too.
    pub calls: u32,
    /// What its events and we know of it.
    pub status: EmailStatus,
    /// Whether events come back from where it was sent.
    pub events_come_back: bool,
    /// What its sender wants where none do.
    pub delivery: Delivery,
}

/// What to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// An event has told: SES took it.
    Settled,
    /// Look again at this time: an event may still come.
    Wait(OffsetDateTime),
    /// Send it again.
    SendAgain,
    /// Leave it: it ends unconfirmed.
    Leave,
}

impl Doubt {
    /// What to do at `now`, if an event is waited for as long as `grace`.
    #[must_use]
    pub fn resolve(&self, grace: Duration, now: OffsetDateTime) -> Resolution {
        // Each status from here on is proven by an event of the mail.
        if self.status >= EmailStatus::Sent {
            return Resolution::Settled;
        }
        let until = self.asked_at + grace;
        match (self.events_come_back, self.delivery) {
            (true, _) if now < until => Resolution::Wait(until),
            (false, Delivery::AtMostOnce) => Resolution::Leave,
            _ if self.calls >= MOST_CALLS => Resolution::Leave,
            _ => Resolution::SendAgain,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn doubt(events_come_back: bool, delivery: Delivery) -> Doubt {
        Doubt { asked_at: NOW, calls: 1, status: EmailStatus::Unconfirmed, events_come_back, delivery }
    }

    fn after(doubt: Doubt, waited: Duration) -> Resolution {
        doubt.resolve(GRACE, NOW + waited)
    }

    #[test]
    fn where_events_come_back_it_is_sent_again_only_after_they_had_time_to() {
        for delivery in Delivery::ALL {
            let doubt = doubt(true, delivery);
            assert_eq!(after(doubt, Duration::ZERO), Resolution::Wait(NOW + GRACE));
            assert_eq!(after(doubt, GRACE - Duration::SECOND), Resolution::Wait(NOW + GRACE));
            assert_eq!(after(doubt, GRACE), Resolution::SendAgain);
        }
    }

    #[test]
    fn where_none_can_come_its_sender_has_said_what_is_worse() {
        assert_eq!(after(doubt(false, Delivery::AtMostOnce), Duration::ZERO), Resolution::Leave);
        assert_eq!(after(doubt(false, Delivery::AtLeastOnce), Duration::ZERO), Resolution::SendAgain);
    }

    #[test]
    fn what_an_event_has_told_settles_it_at_any_time() {
        for status in EmailStatus::ALL.into_iter().filter(|status| *status >= EmailStatus::Sent) {
            for events_come_back in [false, true] {
                let doubt = Doubt { status, ..doubt(events_come_back, Delivery::AtLeastOnce) };
                assert_eq!(after(doubt, Duration::hours(2)), Resolution::Settled, "{status}");
            }
        }
    }

    #[test]
    fn it_is_not_sent_for_ever() {
        for events_come_back in [false, true] {
            let doubt = Doubt { calls: MOST_CALLS, ..doubt(events_come_back, Delivery::AtLeastOnce) };
            assert_eq!(after(doubt, GRACE), Resolution::Leave);
        }
    }

    #[test]
    fn policies_are_named_as_in_json() {
        for policy in Delivery::ALL {
            assert_eq!(serde_json::to_value(policy).unwrap(), policy.name());
            assert_eq!(Delivery::from_name(policy.name()), Some(policy));
        }
        assert_eq!(Delivery::from_name("exactly_once"), None);
    }
}
