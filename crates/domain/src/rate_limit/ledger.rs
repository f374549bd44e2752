//! So many recipients in any 24 hours.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// The window, as SES moves it.
const DAY: Duration = Duration::hours(24);

/// How exactly a send's time is kept: the window is believed to open that much later than it does.
const GRAIN: Duration = Duration::minutes(5);

/// What was sent in the last 24 hours: by us, by time, and by others through the same account, as far as SES has told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ledger {
    ours: VecDeque<Grain>,
    elsewhere: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Grain {
    #[serde(with = "time::serde::timestamp::milliseconds")]
    began: OffsetDateTime,
    recipients: u64,
}

impl Ledger {
    /// How many recipients there were in the last 24 hours.
    pub(super) fn used(&self) -> u64 {
        self.ours().saturating_add(self.elsewhere)
    }

    fn ours(&self) -> u64 {
        self.ours.iter().map(|grain| grain.recipients).sum()
    }

    /// Forgets what the window has left behind.
    pub(super) fn move_to(&mut self, now: OffsetDateTime) {
        while self.ours.front().is_some_and(|grain| leaves(grain) <= now) {
            self.ours.pop_front();
        }
    }

    /// Notes a send.
    pub(super) fn take(&mut self, at: OffsetDateTime, recipients: u32) {
        match self.ours.back_mut().filter(|grain| at - grain.began < GRAIN) {
            Some(grain) => grain.recipients += u64::from(recipients),
            None => self.ours.push_back(Grain { began: at, recipients: recipients.into() }),
        }
    }

    /// Takes back what was noted last and wasn't sent.
    pub(super) fn give_back(&mut self, recipients: u32) {
        let mut left = u64::from(recipients);
        for grain in self.ours.iter_mut().rev() {
            let back = grain.recipients.min(left);
            grain.recipients -= back;
            left -= back;
        }
    }

    /// Notes how many recipients SES counted: what isn't ours was sent by others.
    pub(super) fn counted(&mut self, by_ses: u64) {
        self.elsewhere = by_ses.saturating_sub(self.ours());
    }

    /// Notes that SES says the day's limit is reached, whatever was counted.
    pub(super) fn reached(&mut self, limit: u64) {
        self.elsewhere = self.elsewhere.max(limit.saturating_sub(self.ours()));
    }

    /// When `recipients` more fit into `limit`; what others have sent leaves the window by `elsewhere_gone`. `None` where they fit now.
    pub(super) fn room_at(
        &self,
        recipients: u32,
        limit: u64,
        elsewhere_gone: OffsetDateTime,
    ) -> Option<OffsetDateTime> {
        let mut over = (self.used() + u64::from(recipients)).checked_sub(limit).filter(|over| *over > 0)?;
        let others = (self.elsewhere >= over).then_some(elsewhere_gone);
        for grain in &self.ours {
            if grain.recipients >= over {
                return Some(others.map_or(leaves(grain), |others| others.min(leaves(grain))));
            }
            over -= grain.recipients;
        }
        Some(elsewhere_gone)
    }
}

fn leaves(grain: &Grain) -> OffsetDateTime {
    grain.began + DAY + GRAIN
}
