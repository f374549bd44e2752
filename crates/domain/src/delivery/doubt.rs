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

/// How long before a call an event of another mail still shows that events come from there.
pub const PROOF: Duration = Duration::hours(1);

/// How often SES is asked for a mail while nothing shows that events come at all: the subscription may be gone without a word.
const CALLS_WITHOUT_PROOF: u32 = 2;

/// How often SES is asked for a mail that may come twice: with the pauses between, for somewhat over an hour.
const CALLS_AT_LEAST_ONCE: u32 = 12;

/// How long a mail is tried before it is left as it is.
const PATIENCE: Duration = Duration::hours(24);

/// A mail whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// When SES was asked first.
    pub tried_at: OffsetDateTime,
    /// When it was asked last.
    pub asked_at: OffsetDateTime,
    /// How often it was, this time too.
    pub calls: u32,
    /// What its events and we know of it.
    pub status: EmailStatus,
    /// Whether events come back from where it was sent.
    pub events_come_back: bool,
    /// Whether events of other mails have come from there, since then or within [`PROOF`] before: so its own would have, too.
    pub others_were_heard: bool,
    /// What its sender wants where none come back.
    pub delivery: Delivery,
}

/// What to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// An event has told: SES took it.
    Settled,
    /// Look again at this time: an event may still come.
    Wait(OffsetDateTime),
    /// Send it again, at this time.
    SendAgain(OffsetDateTime),
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
        if self.events_come_back {
            let until = self.asked_at + grace;
            return match self.others_were_heard {
                _ if now < until => Resolution::Wait(until),
                true if now - self.tried_at < PATIENCE => Resolution::SendAgain(now),
                false if self.calls < CALLS_WITHOUT_PROOF => Resolution::SendAgain(now),
                _ => Resolution::Leave,
            };
        }
        match self.delivery {
            Delivery::AtLeastOnce if self.calls < CALLS_AT_LEAST_ONCE => {
                let pause = Duration::seconds(2_i64.pow(self.calls.clamp(1, CALLS_AT_LEAST_ONCE) - 1));
                Resolution::SendAgain((self.asked_at + pause).max(now))
            }
            Delivery::AtLeastOnce | Delivery::AtMostOnce => Resolution::Leave,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn doubt(events_come_back: bool, delivery: Delivery) -> Doubt {
        Doubt {
            tried_at: NOW,
            asked_at: NOW,
            calls: 1,
            status: EmailStatus::Unconfirmed,
            events_come_back,
            others_were_heard: false,
            delivery,
        }
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
            assert_eq!(after(doubt, GRACE), Resolution::SendAgain(NOW + GRACE));
        }
    }

    #[test]
    fn where_none_can_come_its_sender_has_said_what_is_worse() {
        assert_eq!(after(doubt(false, Delivery::AtMostOnce), Duration::ZERO), Resolution::Leave);
        let twice = doubt(false, Delivery::AtLeastOnce);
        assert_eq!(after(twice, Duration::ZERO), Resolution::SendAgain(NOW + Duration::SECOND));
        let fifth = Doubt { calls: 5, ..twice };
        assert_eq!(after(fifth, Duration::SECOND), Resolution::SendAgain(NOW + Duration::seconds(16)));
        assert_eq!(after(Doubt { calls: CALLS_AT_LEAST_ONCE, ..twice }, Duration::ZERO), Resolution::Leave);
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
    fn silence_of_all_mails_proves_nothing_and_is_answered_with_one_more_call_only() {
        let silent = Doubt { calls: 2, ..doubt(true, Delivery::AtLeastOnce) };
        assert_eq!(after(silent, GRACE), Resolution::Leave);
        let heard = Doubt { others_were_heard: true, calls: 9, ..silent };
        assert_eq!(after(heard, GRACE), Resolution::SendAgain(NOW + GRACE));
        assert_eq!(after(heard, PATIENCE), Resolution::Leave);
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
