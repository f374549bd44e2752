//! How long it is kept what became of a mail. Its content is gone by then: that is deleted when the mail has come to its end.

use std::ops::RangeInclusive;

use time::{Duration, OffsetDateTime};

use super::{EmailStatus, History};
use crate::suppression::SOFT_BOUNCE_WINDOW;

/// How many days may be chosen by the setting `RETENTION_DAYS`.
pub const RETENTION_DAYS: RangeInclusive<i64> = 1..=365;

/// How long it is kept what became of mails: addresses, subjects, events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention(Duration);

impl Default for Retention {
    /// 30 days.
    fn default() -> Self {
        Self(Duration::days(30))
    }
}

impl Retention {
    /// So many days; `None` where that isn't one of [`RETENTION_DAYS`].
    #[must_use]
    pub fn of_days(days: i64) -> Option<Self> {
        RETENTION_DAYS.contains(&days).then(|| Self(Duration::days(days)))
    }

    /// Mails that have rested since before this time go.
    #[must_use]
    pub fn emails_before(self, now: OffsetDateTime) -> OffsetDateTime {
        now - self.0
    }

    /// What was noted of a recipient before this time goes, where it suppresses nobody: a soft bounce counts for some days by itself.
    #[must_use]
    pub fn recipients_before(self, now: OffsetDateTime) -> OffsetDateTime {
        now - self.0 - SOFT_BOUNCE_WINDOW
    }
}

/// What tells whether a mail may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What has become of it.
    pub status: EmailStatus,
    /// When it was accepted.
    pub created_at: OffsetDateTime,
    /// When it was to be sent.
    pub scheduled_at: Option<OffsetDateTime>,
    /// What was done with it.
    pub history: History,
}

impl Kept {
    /// Whether it is over, and was so before this time. SES's events don't keep it: somebody may open a mail for years.
    #[must_use]
    pub fn may_go(&self, before: OffsetDateTime) -> bool {
        let last = self.history.0.last();
        let times = [Some(self.created_at), self.scheduled_at, last.map(|step| step.at)];
        self.status.is_end(&self.history) && times.into_iter().flatten().all(|at| at < before)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::delivery::EmailStepKind;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn kept(status: EmailStatus) -> Kept {
        Kept { status, created_at: NOW, scheduled_at: None, history: History::default() }
    }

    fn goes_after(kept: &Kept, days: i64) -> bool {
        kept.may_go(Retention::default().emails_before(NOW + Duration::days(days)))
    }

    #[test]
    fn days_are_bounded() {
        assert_eq!(Retention::of_days(30), Some(Retention::default()));
        assert!(Retention::of_days(1).is_some() && Retention::of_days(365).is_some());
        assert_eq!([0, 366, -1, i64::MAX].map(Retention::of_days), [None; 4]);
    }

    #[test]
    fn what_is_over_goes_after_its_time_and_not_before() {
        for status in EmailStatus::ALL.into_iter().filter(|status| *status >= EmailStatus::Failed) {
            assert!(!goes_after(&kept(status), 30), "{status}");
            assert!(goes_after(&kept(status), 31), "{status}");
        }
    }

    #[test]
    fn what_is_not_over_stays_however_old_it_is() {
        for status in
            [EmailStatus::Scheduled, EmailStatus::Queued, EmailStatus::Sending, EmailStatus::Unconfirmed]
        {
            assert!(!goes_after(&kept(status), 1000), "{status}");
        }
        let mut left = kept(EmailStatus::Unconfirmed);
        left.history.add(NOW, EmailStepKind::Unconfirmed, None);
        assert!(!goes_after(&left, 1000));
        left.history.add(NOW, EmailStepKind::GaveUp, None);
        assert!(goes_after(&left, 31));
    }

    #[test]
    fn the_days_are_counted_from_the_last_thing_that_we_did() {
        let scheduled = Kept { scheduled_at: Some(NOW + Duration::days(20)), ..kept(EmailStatus::Delivered) };
        assert!(!goes_after(&scheduled, 50) && goes_after(&scheduled, 51));
        let mut waited = kept(EmailStatus::Sent);
        waited.history.add(NOW + Duration::days(2), EmailStepKind::Sent, None);
        assert!(!goes_after(&waited, 32) && goes_after(&waited, 33));
    }

    #[test]
    fn a_recipient_is_remembered_for_as_long_as_a_soft_bounce_counts() {
        let retention = Retention::of_days(1).unwrap();
        assert_eq!(retention.emails_before(NOW) - retention.recipients_before(NOW), SOFT_BOUNCE_WINDOW);
    }
}
