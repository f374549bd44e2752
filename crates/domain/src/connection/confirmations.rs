//! Confirmations of subscriptions that had an effect.
//!
//! SNS signs the topic of a confirmation, but not the query of the webhook URL, which names the role. Anyone who has recorded one could
//! post it again with another role. A confirmation therefore has an effect once: the same one again, which SNS posts if the first response
//! was lost, only confirms the subscription again.

use aws_sans_io::TopicArn;
use serde::{Deserialize, Serialize};
use sns_verify::age::{MAX_AGE, MAX_CLOCK_SKEW};
use time::OffsetDateTime;

use super::Binding;
use crate::Sha256Digest;

/// How many are remembered. Older messages than [`MAX_AGE`] are refused anyway.
const MAX: usize = 200;

/// Confirmations that had an effect, as far as they could be posted again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confirmations(Vec<Used>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Used {
    message: Sha256Digest,
    claims: Sha256Digest,
    #[serde(with = "time::serde::timestamp::milliseconds")]
    at: OffsetDateTime,
}

/// A confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmation {
    message: Sha256Digest,
    claims: Sha256Digest,
}

impl Confirmation {
    /// Creates a confirmation. `binding` is what the query of the webhook URL claims.
    #[must_use]
    pub fn new(
        message_id: &str,
        webhook: &Sha256Digest,
        topic: &TopicArn,
        binding: Option<&Binding>,
    ) -> Self {
        let sources = binding.map(|binding| &binding.events);
        let role = binding.map(|binding| (&binding.role_arn, binding.stack_region));
        // A debug representation is unambiguous, and never compared with one of another version: it is stored for hours only.
        let claims = format!("{webhook} {topic:?} {role:?} {sources:?}");
        Self { message: Sha256Digest::of(message_id.as_bytes()), claims: Sha256Digest::of(claims.as_bytes()) }
    }
}

/// Whether a confirmation may have an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmationUse {
    /// It hasn't had one.
    First,
    /// It had one. Only its subscription may be confirmed again.
    Repeated,
    /// It had one with other claims, or there were too many.
    Refused,
}

impl Confirmations {
    #[must_use]
    pub fn find(&self, confirmation: &Confirmation, now: OffsetDateTime) -> ConfirmationUse {
        let used = self.0.iter().find(|used| used.message == confirmation.message);
        let is_full = || self.0.iter().filter(|used| used.is_postable(now)).count() >= MAX;
        match used {
            Some(used) if used.claims == confirmation.claims => ConfirmationUse::Repeated,
            None if !is_full() => ConfirmationUse::First,
            Some(_) | None => ConfirmationUse::Refused,
        }
    }

    /// Records that a confirmation had an effect.
    pub fn record(&mut self, Confirmation { message, claims }: Confirmation, now: OffsetDateTime) {
        self.0.retain(|used| used.is_postable(now));
        self.0.push(Used { message, claims, at: now });
    }
}

impl Used {
    /// Returns whether the message isn't too old to be accepted again.
    fn is_postable(&self, now: OffsetDateTime) -> bool {
        now - self.at <= MAX_AGE + MAX_CLOCK_SKEW
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn binding(role: &str) -> Binding {
        Binding {
            role_arn: format!("arn:aws:iam::111111111111:role/{role}").parse().unwrap(),
            stack_region: "eu-west-1".parse().unwrap(),
            events: vec![],
        }
    }

    fn confirmation(message_id: &str, webhook: &str, role: Option<&str>) -> Confirmation {
        let topic = "arn:aws:sns:eu-west-1:111111111111:events".parse().unwrap();
        let binding = role.map(binding);
        Confirmation::new(message_id, &Sha256Digest::of(webhook.as_bytes()), &topic, binding.as_ref())
    }

    #[test]
    fn a_confirmation_is_used_once_and_never_with_other_claims() {
        let mut used = Confirmations::default();
        let first = confirmation("1", "w", Some("a"));
        assert_eq!(used.find(&first, NOW), ConfirmationUse::First);
        used.record(first, NOW);
        assert_eq!(used.find(&first, NOW), ConfirmationUse::Repeated);
        for other in [
            confirmation("1", "w", Some("b")),
            confirmation("1", "other", Some("a")),
            confirmation("1", "w", None),
        ] {
            assert_eq!(used.find(&other, NOW), ConfirmationUse::Refused);
        }
        assert_eq!(used.find(&confirmation("2", "w", Some("b")), NOW), ConfirmationUse::First);
    }

    #[test]
    fn a_used_confirmation_is_remembered_for_as_long_as_it_could_be_posted_again() {
        let mut used = Confirmations::default();
        let from_the_future = confirmation("1", "w", Some("a"));
        used.record(from_the_future, NOW);
        let last = NOW + MAX_CLOCK_SKEW + MAX_AGE;
        used.record(confirmation("2", "w", Some("a")), last);
        assert_eq!(used.find(&from_the_future, last), ConfirmationUse::Repeated);
        used.record(confirmation("3", "w", Some("a")), last + Duration::SECOND);
        assert_eq!(used.find(&from_the_future, last + Duration::SECOND), ConfirmationUse::First);
    }

    #[test]
    fn many_confirmations_do_not_make_room_for_a_used_one() {
        let mut used = Confirmations::default();
        let id = |number: usize| confirmation(&number.to_string(), "w", Some("a"));
        for number in 0..MAX {
            assert_eq!(used.find(&id(number), NOW), ConfirmationUse::First);
            used.record(id(number), NOW);
        }
        assert_eq!(used.find(&id(MAX), NOW), ConfirmationUse::Refused);
        assert_eq!(used.find(&id(0), NOW), ConfirmationUse::Repeated);
        assert_eq!(used.find(&id(MAX), NOW + MAX_AGE * 2), ConfirmationUse::First);
    }
}
