//! What is known about an address, and what follows from it.

use std::collections::HashSet;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{AddressKey, MAX_SOFT_BOUNCES, SOFT_BOUNCE_WINDOW, Suppression, SuppressionReason};
use crate::EmailId;

/// The kind of a fact. The number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactKind {
    /// The address is suppressed.
    Suppressed(SuppressionReason),
    /// An email to the address bounced temporarily. A single one does not suppress it.
    SoftBounce,
}

impl FactKind {
    /// The number of [`Self::SoftBounce`], for conditions of partial indexes.
    pub const SOFT_BOUNCE_NUMBER: u8 = 6;

    /// A number above that of every kind.
    pub const NUMBER_LIMIT: u8 = 255;

    /// Returns the number in storage.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Suppressed(reason) => reason.number(),
            Self::SoftBounce => Self::SOFT_BOUNCE_NUMBER,
        }
    }

    /// Returns the kind with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            Self::SOFT_BOUNCE_NUMBER => Some(Self::SoftBounce),
            number => SuppressionReason::from_number(number).map(Self::Suppressed),
        }
    }
}

/// Returns the source of the facts that an [event](crate::delivery::event_source) reports: 128 bits of the digest of what identifies it. An
/// event that is reported again reports the same facts.
#[must_use]
pub fn message_source(source: &str) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(source.as_bytes()).into();
    std::array::from_fn(|index| digest[index])
}

/// A fact about an address. It is stored once, and never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    pub kind: FactKind,
    /// The email that caused it; `None` if the address was added by hand or imported.
    pub email_id: Option<EmailId>,
    /// The start of the suppression.
    pub since: OffsetDateTime,
    /// When it was observed. Facts from before the address was removed from the list are not stored.
    pub observed_at: OffsetDateTime,
}

/// The facts about an address, and the time of the last delivery to it. That time is only needed if there are soft bounces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressFacts {
    pub facts: Vec<Fact>,
    pub delivered_at: Option<OffsetDateTime>,
}

impl AddressFacts {
    /// Returns the suppression that follows from the facts. If there are several reasons, the first counts.
    #[must_use]
    pub fn suppression(&self, address: AddressKey) -> Option<Suppression> {
        let counting = self.facts.iter().filter_map(|fact| match fact.kind {
            FactKind::Suppressed(reason) => Some((reason, fact)),
            FactKind::SoftBounce if self.completes_soft_bounces(fact) => {
                Some((SuppressionReason::SoftBounces, fact))
            }
            FactKind::SoftBounce => None,
        });
        let (reason, first) = counting.min_by_key(|(_, fact)| fact.since)?;
        Some(Suppression { address, reason, since: first.since, email_id: first.email_id })
    }

    /// Returns whether enough different emails bounced softly in the time before this soft bounce, without a delivery since.
    fn completes_soft_bounces(&self, last: &Fact) -> bool {
        let window = last.observed_at - SOFT_BOUNCE_WINDOW..=last.observed_at;
        let emails: HashSet<_> = self
            .soft_bounces()
            .filter(|fact| window.contains(&fact.observed_at))
            .filter(|fact| self.delivered_at.is_none_or(|delivered_at| fact.observed_at > delivered_at))
            .filter_map(|fact| fact.email_id)
            .collect();
        emails.len() >= MAX_SOFT_BOUNCES as usize
    }

    fn soft_bounces(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| fact.kind == FactKind::SoftBounce)
    }

    /// Returns whether there are facts that expire: soft bounces, unless the address is suppressed because of them.
    #[must_use]
    pub fn expire(&self) -> bool {
        self.soft_bounces().count() > 0 && !self.soft_bounces().any(|fact| self.completes_soft_bounces(fact))
    }

    /// Returns the indexes of the facts that [expire](Self::expire) and were observed before `cutoff`.
    #[must_use]
    pub fn expired(&self, cutoff: OffsetDateTime) -> Vec<usize> {
        if !self.expire() {
            return Vec::new();
        }
        let is_expired = |fact: &Fact| fact.kind == FactKind::SoftBounce && fact.observed_at < cutoff;
        (0..self.facts.len()).filter(|index| is_expired(&self.facts[*index])).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn days_ago(days: i64) -> OffsetDateTime {
        NOW - Duration::days(days)
    }

    fn email(number: u128) -> EmailId {
        EmailId::new(NOW, number)
    }

    fn fact(kind: FactKind, number: u128, days: i64) -> Fact {
        Fact { kind, email_id: Some(email(number)), since: days_ago(days), observed_at: days_ago(days) }
    }

    fn soft(number: u128, days: i64) -> Fact {
        fact(FactKind::SoftBounce, number, days)
    }

    fn hard(number: u128, days: i64) -> Fact {
        fact(FactKind::Suppressed(SuppressionReason::Bounce), number, days)
    }

    /// Returns the reason and the email of the suppression.
    fn suppression(facts: &[Fact], delivered: Option<i64>) -> Option<(SuppressionReason, Option<EmailId>)> {
        let facts = AddressFacts { facts: facts.to_vec(), delivered_at: delivered.map(days_ago) };
        let found = facts.suppression("ada@example.com".parse().unwrap())?;
        Some((found.reason, found.email_id))
    }

    #[test]
    fn a_number_stands_for_one_kind() {
        for number in 0..=u8::MAX {
            assert!(FactKind::from_number(number).is_none_or(|kind| kind.number() == number));
        }
        for reason in SuppressionReason::ALL {
            let kind = FactKind::Suppressed(reason);
            assert_eq!(FactKind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(FactKind::from_number(6), Some(FactKind::SoftBounce));
    }

    #[test]
    fn three_emails_that_bounce_softly_within_seven_days_suppress() {
        let third = Some((SuppressionReason::SoftBounces, Some(email(3))));
        assert_eq!(suppression(&[soft(1, 3), soft(2, 2)], None), None);
        assert_eq!(suppression(&[soft(1, 3), soft(2, 2), soft(3, 1)], None), third);
        assert_eq!(suppression(&[soft(1, 8), soft(2, 2), soft(3, 1)], None), third);
        assert_eq!(suppression(&[soft(1, 9), soft(2, 2), soft(3, 1)], None), None);
        assert_eq!(suppression(&[soft(1, 3), soft(1, 2), soft(1, 1)], None), None);
    }

    #[test]
    fn only_soft_bounces_after_the_last_delivery_count() {
        let facts = [soft(1, 4), soft(2, 3), soft(3, 2)];
        let reason = |delivered| suppression(&facts, Some(delivered)).map(|(reason, _)| reason);
        assert_eq!(reason(5), Some(SuppressionReason::SoftBounces));
        assert_eq!([4, 3, 1].map(reason), [None; 3]);
        assert_eq!(suppression(&[hard(1, 4)], Some(1)), Some((SuppressionReason::Bounce, Some(email(1)))));
    }

    #[test]
    fn the_first_reason_is_shown() {
        let facts = [hard(9, 1), soft(1, 4), soft(2, 3), soft(3, 2)];
        assert_eq!(suppression(&facts, None), Some((SuppressionReason::SoftBounces, Some(email(3)))));
        let facts = [hard(9, 5), soft(1, 4), soft(2, 3), soft(3, 2)];
        assert_eq!(suppression(&facts, None), Some((SuppressionReason::Bounce, Some(email(9)))));
        assert_eq!(suppression(&[], None), None);
    }

    #[test]
    fn soft_bounces_expire_unless_they_suppress() {
        let expired = |facts: &[Fact], delivered: Option<i64>| {
            let facts = AddressFacts { facts: facts.to_vec(), delivered_at: delivered.map(days_ago) };
            facts.expired(days_ago(20))
        };
        assert_eq!(expired(&[hard(1, 40), soft(2, 30), soft(3, 10)], None), [1]);
        assert_eq!(expired(&[soft(1, 32), soft(2, 31), soft(3, 30)], None), Vec::<usize>::new());
        assert_eq!(expired(&[soft(1, 32), soft(2, 31), soft(3, 30)], Some(31)), [0, 1, 2]);
        let expire = |facts: &[Fact]| AddressFacts { facts: facts.to_vec(), delivered_at: None }.expire();
        assert_eq!([&[][..], &[hard(1, 40)], &[soft(1, 1), hard(2, 1)]].map(expire), [false, false, true]);
    }

    proptest! {
        #[test]
        fn the_order_of_facts_does_not_matter(
            facts in proptest::collection::vec((any::<bool>(), 0_u128..4, 0_i64..12), 0..8),
            delivered in proptest::option::of(0_i64..12),
        ) {
            let mut facts: Vec<_> = facts
                .into_iter()
                .map(|(is_soft, number, days)| if is_soft { soft(number, days) } else { hard(number, days) })
                .collect();
            let since = |facts: &[Fact]| {
                let facts = AddressFacts { facts: facts.to_vec(), delivered_at: delivered.map(days_ago) };
                facts.suppression("ada@example.com".parse().unwrap()).map(|found| found.since)
            };
            let before = since(&facts);
            facts.reverse();
            prop_assert_eq!(since(&facts), before);
        }
    }
}
