//! Bounce and complaint rates, and the rates at which AWS acts.

use std::ops::AddAssign;

use aws_sans_io::ses::{
    EventType,
    event::{Detail, Event},
};
use serde::{Deserialize, Serialize};

use crate::simulator::is_simulator;

/// The number of days over which rates are calculated. SES uses a "representative volume" that it doesn't publish.
pub const REPUTATION_DAYS: u32 = 7;

/// The minimum number of bounces or complaints for a meaningful rate above the review threshold.
const MIN_COUNT: u32 = 3;

/// The emails, bounces and complaints of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReputationCounts {
    /// Recipients for which SES accepted emails.
    pub sent: u32,
    /// Recipients for which an email permanently bounced.
    pub bounced: u32,
    /// Emails that were marked as spam.
    pub complained: u32,
}

impl ReputationCounts {
    /// Returns what an event adds to the counts; `None` if nothing. Like SES, it ignores emails to the mailbox simulator and bounces of
    /// addresses on the account's suppression list.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html>
    #[must_use]
    pub fn from_event(event: &Event) -> Option<Self> {
        let counts = match (&event.event_type, &event.detail) {
            (EventType::Send, _) => Self { sent: count(&event.destination), ..Self::default() },
            (EventType::Bounce, Detail::Bounce { bounce_type, bounce_sub_type, .. }) => {
                let is_hard = bounce_type.as_deref() == Some("Permanent")
                    && bounce_sub_type.as_deref() != Some("OnAccountSuppressionList");
                // At least one recipient bounced, even if SES names none.
                let bounced = match event.recipients.as_slice() {
                    [] => count(&event.destination).min(1),
                    named => count(named),
                };
                Self { bounced: if is_hard { bounced } else { 0 }, ..Self::default() }
            }
            (EventType::Complaint, Detail::Complaint { complaint_feedback_type, .. }) => {
                let is_spam = complaint_feedback_type.as_deref() != Some("not-spam");
                let named = if event.recipients.is_empty() { &event.destination } else { &event.recipients };
                let is_real = count(named) > 0;
                Self { complained: u32::from(is_spam && is_real), ..Self::default() }
            }
            _ => return None,
        };
        (counts != Self::default()).then_some(counts)
    }
}

impl AddAssign for ReputationCounts {
    fn add_assign(&mut self, other: Self) {
        self.sent = self.sent.saturating_add(other.sent);
        self.bounced = self.bounced.saturating_add(other.bounced);
        self.complained = self.complained.saturating_add(other.complained);
    }
}

/// Returns the number of addresses that are not the simulator's.
fn count(addresses: &[String]) -> u32 {
    let real = addresses.iter().filter(|address| !is_simulator(address));
    u32::try_from(real.count()).unwrap_or(u32::MAX)
}

/// The rates at which AWS acts, from 0 to 1.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html>
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// AWS reviews the account.
    pub review: f64,
    /// AWS may pause the account.
    pub pause: f64,
}

pub const BOUNCE_THRESHOLDS: Thresholds = Thresholds { review: 0.05, pause: 0.1 };

pub const COMPLAINT_THRESHOLDS: Thresholds = Thresholds { review: 0.001, pause: 0.005 };

/// A rate compared with the limits at which AWS acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RateLevel {
    /// Too few emails were sent, or too few bounced, for a meaningful rate.
    TooFew,
    /// Below half of the rate at which AWS reviews an account.
    Good,
    /// At least half of the rate at which AWS reviews an account.
    Watch,
    /// AWS reviews accounts at this rate.
    Review,
    /// AWS may pause accounts at this rate.
    Pause,
}

/// What a rate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReputationMetric {
    /// Hard bounces.
    Bounces,
    /// Complaints.
    Complaints,
}

/// The level up to which the organisation was warned of a rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Warned(Option<RateLevel>);

impl Warned {
    /// Notes the current level. Returns whether it is to be warned of: it is above every level since the rate was last good, so that a rate
    /// around a threshold leads to one warning.
    pub fn note(&mut self, level: RateLevel) -> bool {
        if level < RateLevel::Watch {
            self.0 = None;
            return false;
        }
        let is_news = self.0.is_none_or(|warned| level > warned);
        if is_news {
            self.0 = Some(level);
        }
        is_news
    }
}

impl RateLevel {
    pub const ALL: [Self; 5] = [Self::TooFew, Self::Good, Self::Watch, Self::Review, Self::Pause];
}

impl Thresholds {
    /// Returns the level of `bad` bounces or complaints of `sent` emails.
    #[must_use]
    pub fn level(self, bad: u32, sent: u32) -> RateLevel {
        let rate = rate(bad, sent);
        if sent == 0 || bad < MIN_COUNT && rate >= self.review / 2.0 {
            RateLevel::TooFew
        } else if rate >= self.pause {
            RateLevel::Pause
        } else if rate >= self.review {
            RateLevel::Review
        } else if rate >= self.review / 2.0 {
            RateLevel::Watch
        } else {
            RateLevel::Good
        }
    }
}

/// Returns the rate of `bad` bounces or complaints of `sent` emails, from 0 to 1. A bounce may be counted on a later day than its email.
#[must_use]
pub fn rate(bad: u32, sent: u32) -> f64 {
    if sent == 0 { 0.0 } else { (f64::from(bad) / f64::from(sent)).min(1.0) }
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::event::Notification;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn each_level_is_warned_of_once_until_the_rate_is_good_again() {
        use RateLevel::{Good, Pause, Review, TooFew, Watch};
        let mut warned = Warned::default();
        for (level, expected) in [
            (TooFew, false),
            (Watch, true),
            (Watch, false),
            (Review, true),
            (Watch, false),
            (Review, false),
            (Pause, true),
            (Good, false),
            (Watch, true),
        ] {
            assert_eq!(warned.note(level), expected, "{level:?}");
        }
    }

    fn counts(kind: &str, recipients: &[&str], details: &Value) -> Option<ReputationCounts> {
        let mut event = json!({
            "eventType": kind,
            "mail": { "timestamp": "2026-11-24T11:59:00.000Z", "messageId": "m", "destination": recipients },
        });
        event[kind.to_lowercase()] = details.clone();
        match Notification::parse(&event.to_string(), "id", OffsetDateTime::UNIX_EPOCH) {
            Ok(Notification::Event(event)) => ReputationCounts::from_event(&event),
            other => panic!("{other:?}"),
        }
    }

    fn bounce(kind: &str, sub_type: &str, recipients: &[&str]) -> Option<ReputationCounts> {
        let bounced: Vec<_> = recipients.iter().map(|text| json!({ "emailAddress": text })).collect();
        let details = json!({ "bounceType": kind, "bounceSubType": sub_type, "bouncedRecipients": bounced });
        counts("Bounce", recipients, &details)
    }

    #[test]
    fn counts_include_what_ses_counts_and_not_the_simulator() {
        let two = ["ada@example.com", "Bob <bob@example.com>"];
        let simulator = ["success@simulator.amazonses.com"];
        assert_eq!(
            counts("Send", &two, &json!({})),
            Some(ReputationCounts { sent: 2, ..ReputationCounts::default() })
        );
        assert_eq!(counts("Send", &simulator, &json!({})), None);
        let hard = Some(ReputationCounts { bounced: 1, ..ReputationCounts::default() });
        assert_eq!(bounce("Permanent", "General", &two[..1]), hard);
        assert_eq!(bounce("Permanent", "Suppressed", &two[..1]), hard);
        assert_eq!(bounce("Permanent", "OnAccountSuppressionList", &two), None);
        assert_eq!(bounce("Transient", "MailboxFull", &two), None);
        assert_eq!(bounce("Permanent", "General", &simulator), None);
        assert_eq!(bounce("Permanent", "General", &["Doe, Ada <ada@example.com>"]), hard);
        let unnamed = json!({ "bounceType": "Permanent", "bouncedRecipients": [] });
        assert_eq!(counts("Bounce", &two, &unnamed), hard);
        assert_eq!(counts("Bounce", &simulator, &unnamed), None);
        let complaint =
            |kind: &str, to: &[&str]| counts("Complaint", to, &json!({ "complaintFeedbackType": kind }));
        assert_eq!(
            complaint("abuse", &two),
            Some(ReputationCounts { complained: 1, ..ReputationCounts::default() })
        );
        assert_eq!(complaint("not-spam", &two), None);
        assert_eq!(complaint("abuse", &simulator), None);
        assert_eq!(counts("Delivery", &two, &json!({})), None);
    }

    #[test]
    fn a_level_warns_before_aws_acts() {
        let bounces = |bad| BOUNCE_THRESHOLDS.level(bad, 1000);
        assert_eq!([0, 24, 25, 49, 50, 99, 100, 1000].map(bounces), {
            use RateLevel::{Good, Pause, Review, Watch};
            [Good, Good, Watch, Watch, Review, Review, Pause, Pause]
        });
        let complaints = |bad| COMPLAINT_THRESHOLDS.level(bad, 10_000);
        assert_eq!([4, 5, 10, 50].map(complaints), {
            use RateLevel::{Good, Pause, Review, Watch};
            [Good, Watch, Review, Pause]
        });
    }

    #[test]
    fn a_small_number_of_bounces_has_no_rate() {
        assert_eq!(COMPLAINT_THRESHOLDS.level(1, 50), RateLevel::TooFew);
        assert_eq!(COMPLAINT_THRESHOLDS.level(3, 50), RateLevel::Pause);
        assert_eq!(BOUNCE_THRESHOLDS.level(2, 10), RateLevel::TooFew);
        assert_eq!(BOUNCE_THRESHOLDS.level(0, 10), RateLevel::Good);
        assert_eq!(BOUNCE_THRESHOLDS.level(0, 0), RateLevel::TooFew);
    }

    proptest! {
        #[test]
        fn more_bounces_never_lead_to_a_better_level(sent in 1_u32..1_000_000, bad in 3_u32..1_000_000) {
            prop_assert!(BOUNCE_THRESHOLDS.level(bad, sent) <= BOUNCE_THRESHOLDS.level(bad + 1, sent));
            prop_assert!((0.0..=1.0).contains(&rate(bad, sent)));
        }
    }
}
