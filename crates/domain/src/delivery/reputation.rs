//! How much of an account's mail comes back or is called spam, against the rates at which SES steps in.

use aws_sans_io::ses::{
    EventType,
    event::{Detail, Event},
};
use email_message::Mailbox;
use serde::{Deserialize, Serialize};

use crate::delivery::sandbox::SIMULATOR;

/// Over how many days mail is counted. SES looks at what it calls a representative volume, which it doesn't tell.
pub const REPUTATION_DAYS: u32 = 7;

/// So few mails that came back or were called spam say nothing of a rate.
const TOO_FEW: u32 = 3;

/// What an event adds to the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Recipients whom SES took mail for.
    pub sent: u32,
    /// Recipients whose mail came back for good.
    pub bounced: u32,
    /// Mails that were called spam.
    pub complained: u32,
}

impl Counted {
    /// What an event adds; `None` where that is nothing. Left out is what SES leaves out, too: mail to its simulator, and bounces of addresses
    /// on the account's own suppression list.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html>
    #[must_use]
    pub fn by(event: &Event) -> Option<Self> {
        let counted = match (&event.event_type, &event.detail) {
            (EventType::Send, _) => {
                Self { sent: real(event.recipients.iter().map(String::as_str)), ..Self::default() }
            }
            (EventType::Bounce, Detail::Bounce { bounce_type, bounce_sub_type, bounced_recipients }) => {
                let is_hard = bounce_type.as_deref() == Some("Permanent")
                    && bounce_sub_type.as_deref() != Some("OnAccountSuppressionList");
                let bounced = real(bounced_recipients.iter().map(|one| one.email_address.as_str()));
                Self { bounced: if is_hard { bounced } else { 0 }, ..Self::default() }
            }
            (EventType::Complaint, Detail::Complaint { complaint_feedback_type, .. }) => {
                let is_spam = complaint_feedback_type.as_deref() != Some("not-spam");
                let is_real = real(event.recipients.iter().map(String::as_str)) > 0;
                Self { complained: u32::from(is_spam && is_real), ..Self::default() }
            }
            _ => return None,
        };
        (counted != Self::default()).then_some(counted)
    }
}

/// How many of these addresses aren't the simulator's.
fn real<'a>(addresses: impl Iterator<Item = &'a str>) -> u32 {
    let mailboxes = addresses.filter_map(|text| text.parse::<Mailbox>().ok());
    u32::try_from(mailboxes.filter(|mailbox| mailbox.domain() != SIMULATOR).count()).unwrap_or(u32::MAX)
}

/// The rates at which SES steps in, as parts of the mail that was sent.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html>
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// AWS reviews the account.
    pub review: f64,
    /// AWS may stop the account.
    pub pause: f64,
}

/// Of bounces.
pub const BOUNCE_THRESHOLDS: Thresholds = Thresholds { review: 0.05, pause: 0.1 };

/// Of complaints.
pub const COMPLAINT_THRESHOLDS: Thresholds = Thresholds { review: 0.001, pause: 0.005 };

/// How close a rate is to the limits at which AWS acts.
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

impl RateLevel {
    /// Every level, from saying nothing to the worst.
    pub const ALL: [Self; 5] = [Self::TooFew, Self::Good, Self::Watch, Self::Review, Self::Pause];
}

impl Thresholds {
    /// How near `bad` of `sent` is to them.
    #[must_use]
    pub fn level(self, bad: u32, sent: u32) -> RateLevel {
        let rate = rate(bad, sent);
        if sent == 0 || bad < TOO_FEW && rate >= self.review / 2.0 {
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

/// `bad` of `sent`, from 0 to 1: a bounce may come after its mail has left the days that are counted.
#[must_use]
pub fn rate(bad: u32, sent: u32) -> f64 {
    if sent == 0 { 0.0 } else { (f64::from(bad) / f64::from(sent)).min(1.0) }
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::event::Published;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::email::MESSAGE_ID_TAG;

    fn counted(kind: &str, recipients: &[&str], details: &Value) -> Option<Counted> {
        let mut event = json!({
            "eventType": kind,
            "mail": { "timestamp": "2026-11-24T11:59:00.000Z", "messageId": "m", "destination": recipients },
        });
        event[kind.to_lowercase()] = details.clone();
        match Published::parse(&event.to_string(), MESSAGE_ID_TAG) {
            Ok(Published::Event(event)) => Counted::by(&event),
            other => panic!("{other:?}"),
        }
    }

    fn bounce(kind: &str, sub_type: &str, recipients: &[&str]) -> Option<Counted> {
        let bounced: Vec<_> = recipients.iter().map(|text| json!({ "emailAddress": text })).collect();
        let details = json!({ "bounceType": kind, "bounceSubType": sub_type, "bouncedRecipients": bounced });
        counted("Bounce", recipients, &details)
    }

    #[test]
    fn what_ses_counts_is_counted_and_its_simulator_is_not() {
        let two = ["ada@example.com", "Bob <bob@example.com>"];
        let simulator = ["success@simulator.amazonses.com"];
        assert_eq!(counted("Send", &two, &json!({})), Some(Counted { sent: 2, ..Counted::default() }));
        assert_eq!(counted("Send", &simulator, &json!({})), None);
        let hard = Some(Counted { bounced: 1, ..Counted::default() });
        assert_eq!(bounce("Permanent", "General", &two[..1]), hard);
        assert_eq!(bounce("Permanent", "Suppressed", &two[..1]), hard);
        assert_eq!(bounce("Permanent", "OnAccountSuppressionList", &two), None);
        assert_eq!(bounce("Transient", "MailboxFull", &two), None);
        assert_eq!(bounce("Permanent", "General", &simulator), None);
        let complaint =
            |kind: &str, to: &[&str]| counted("Complaint", to, &json!({ "complaintFeedbackType": kind }));
        assert_eq!(complaint("abuse", &two), Some(Counted { complained: 1, ..Counted::default() }));
        assert_eq!(complaint("not-spam", &two), None);
        assert_eq!(complaint("abuse", &simulator), None);
        assert_eq!(counted("Delivery", &two, &json!({})), None);
    }

    #[test]
    fn a_rate_is_warned_of_before_aws_steps_in() {
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
    fn one_of_few_is_no_rate() {
        assert_eq!(COMPLAINT_THRESHOLDS.level(1, 50), RateLevel::TooFew);
        assert_eq!(COMPLAINT_THRESHOLDS.level(3, 50), RateLevel::Pause);
        assert_eq!(BOUNCE_THRESHOLDS.level(2, 10), RateLevel::TooFew);
        assert_eq!(BOUNCE_THRESHOLDS.level(0, 10), RateLevel::Good);
        assert_eq!(BOUNCE_THRESHOLDS.level(0, 0), RateLevel::TooFew);
    }

    proptest! {
        #[test]
        fn more_that_comes_back_is_never_told_as_better(sent in 1_u32..1_000_000, bad in 3_u32..1_000_000) {
            prop_assert!(BOUNCE_THRESHOLDS.level(bad, sent) <= BOUNCE_THRESHOLDS.level(bad + 1, sent));
            prop_assert!((0.0..=1.0).contains(&rate(bad, sent)));
        }
    }
}
