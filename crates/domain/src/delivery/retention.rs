//! Deletion of the data of emails. The content is deleted earlier, as soon as the email is finished.

use std::ops::RangeInclusive;

use time::{Duration, OffsetDateTime};

use super::{EmailStatus, History};
use crate::suppression::SOFT_BOUNCE_WINDOW;

/// The allowed values of the setting `RETENTION_DAYS`.
pub const RETENTION_DAYS: RangeInclusive<i64> = 1..=365;

/// The time for which addresses, subjects and events of emails are stored. Defaults to 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention(Duration);

impl Default for Retention {
    fn default() -> Self {
        Self(Duration::days(30))
    }
}

impl Retention {
    /// Returns `None` if `days` is not one of [`RETENTION_DAYS`].
    #[must_use]
    pub fn from_days(days: i64) -> Option<Self> {
        RETENTION_DAYS.contains(&days).then(|| Self(Duration::days(days)))
    }

    /// Returns the time in days.
    #[must_use]
    pub const fn days(self) -> i64 {
        self.0.whole_days()
    }

    /// Returns the time before which emails must have finished to be deleted.
    #[must_use]
    pub fn email_cutoff(self, now: OffsetDateTime) -> OffsetDateTime {
        now - self.0
    }

    /// Returns the time before which facts about recipients are deleted if they suppress no address. Soft bounces count for some days.
    #[must_use]
    pub fn recipient_cutoff(self, now: OffsetDateTime) -> OffsetDateTime {
        now - self.0 - SOFT_BOUNCE_WINDOW
    }
}

/// The columns of an email that decide whether it is expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionRow {
    pub status: EmailStatus,
    pub created_at: OffsetDateTime,
    pub scheduled_at: Option<OffsetDateTime>,
    pub history: History,
}

impl RetentionRow {
    /// Returns whether the email finished before `cutoff`. SES's events don't count: an email may be opened years later.
    #[must_use]
    pub fn is_expired(&self, cutoff: OffsetDateTime) -> bool {
        let last = self.history.0.last();
        let times = [Some(self.created_at), self.scheduled_at, last.map(|step| step.at)];
        self.status.is_final(&self.history) && times.into_iter().flatten().all(|at| at < cutoff)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::delivery::EmailStepKind;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn row(status: EmailStatus) -> RetentionRow {
        RetentionRow { status, created_at: NOW, scheduled_at: None, history: History::default() }
    }

    fn is_expired_after(row: &RetentionRow, days: i64) -> bool {
        row.is_expired(Retention::default().email_cutoff(NOW + Duration::days(days)))
    }

    #[test]
    fn the_retention_is_between_1_and_365_days() {
        assert_eq!(Retention::from_days(30), Some(Retention::default()));
        assert_eq!(
            [1, 30, 365].map(|days| Retention::from_days(days).map(Retention::days)),
            [Some(1), Some(30), Some(365)]
        );
        assert_eq!([0, 366, -1, i64::MAX].map(Retention::from_days), [None; 4]);
    }

    #[test]
    fn a_finished_email_expires_after_the_retention() {
        for status in EmailStatus::ALL.into_iter().filter(|status| *status >= EmailStatus::Failed) {
            assert!(!is_expired_after(&row(status), 30), "{status}");
            assert!(is_expired_after(&row(status), 31), "{status}");
        }
    }

    #[test]
    fn an_unfinished_email_never_expires() {
        for status in
            [EmailStatus::Scheduled, EmailStatus::Queued, EmailStatus::Sending, EmailStatus::Unconfirmed]
        {
            assert!(!is_expired_after(&row(status), 1000), "{status}");
        }
        let mut unconfirmed = row(EmailStatus::Unconfirmed);
        unconfirmed.history.add(NOW, EmailStepKind::Unconfirmed, None);
        assert!(!is_expired_after(&unconfirmed, 1000));
        unconfirmed.history.add(NOW, EmailStepKind::GaveUp, None);
        assert!(is_expired_after(&unconfirmed, 31));
    }

    #[test]
    fn the_retention_starts_with_the_last_step() {
        let scheduled_at = Some(NOW + Duration::days(20));
        let scheduled = RetentionRow { scheduled_at, ..row(EmailStatus::Delivered) };
        assert!(!is_expired_after(&scheduled, 50) && is_expired_after(&scheduled, 51));
        let mut queued = row(EmailStatus::Sent);
        queued.history.add(NOW + Duration::days(2), EmailStepKind::Sent, None);
        assert!(!is_expired_after(&queued, 32) && is_expired_after(&queued, 33));
    }

    #[test]
    fn facts_about_recipients_are_stored_longer_than_emails_by_the_soft_bounce_window() {
        let retention = Retention::from_days(1).unwrap();
        assert_eq!(retention.email_cutoff(NOW) - retention.recipient_cutoff(NOW), SOFT_BOUNCE_WINDOW);
    }
}
