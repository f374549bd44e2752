//! Many mails of one organisation: sent, awaited, counted.

use std::{collections::HashMap, time::Duration};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    emulator::Emulator,
    test_env::Organisation,
    wait::{self, Poll},
};

use crate::{
    connected::{SENDER, SUCCESS},
    world::text,
};

/// How many mails a batch has.
const BATCH: usize = 100;

/// Mails whose subjects begin with a word of their own.
pub(super) struct Crowd<'a> {
    organisation: &'a Organisation,
    word: String,
    /// The ids of those that were accepted.
    pub(super) ids: Vec<String>,
}

/// What has become of them.
#[derive(Debug, Default)]
pub(super) struct Count {
    /// How many were accepted.
    pub(super) accepted: usize,
    /// How many the mailbox doesn't have.
    pub(super) lost: usize,
    /// How many it has more than once.
    pub(super) doubled: usize,
    /// How many have come to an end that isn't having been sent.
    pub(super) not_sent: usize,
    /// How many have a history that doesn't end with having been sent.
    pub(super) untold: usize,
    /// How many were sent again.
    pub(super) retried: usize,
}

impl<'a> Crowd<'a> {
    /// None yet.
    pub(super) fn new(organisation: &'a Organisation, word: &str) -> Self {
        Self { organisation, word: format!("{word}-{}", organisation.id), ids: Vec::new() }
    }

    /// Sends so many in batches.
    pub(super) fn send(&mut self, mails: usize) -> Result<()> {
        let mut left = mails;
        while left > 0 {
            let count = left.min(BATCH);
            let emails: Vec<Value> = (0..count).map(|place| self.email(self.ids.len() + place)).collect();
            let body = json!({ "emails": emails });
            let answer =
                self.organisation.api.post("/v1/emails/batch", &body)?.expect_status(StatusCode::ACCEPTED)?;
            for item in answer["data"].as_array().into_iter().flatten() {
                self.ids.push(text(item, "/id")?);
            }
            left -= count;
        }
        Ok(())
    }

    /// The mail of this number.
    pub(super) fn email(&self, number: usize) -> Value {
        json!({ "from": SENDER, "to": SUCCESS, "subject": format!("{} {number}", self.word), "text": "Hello!" })
    }

    /// Waits until none is on its way any more.
    pub(super) fn wait(&self, deadline: Duration) -> Result<()> {
        let what = format!("the mails of {} to be sent", self.word);
        wait::until(&what, deadline, Duration::from_millis(250), || {
            let view = self.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
            let sum = |field: &str| -> u64 {
                let regions = view["regions"].as_array().into_iter().flatten();
                regions.filter_map(|region| region[field].as_u64()).sum()
            };
            let left = sum("queued") + sum("queuedInBatches") + sum("unconfirmed");
            Ok(if left == 0 && self.statuses()?.values().all(|status| is_over(status)) {
                Poll::Ready(())
            } else {
                Poll::Pending(view.to_string())
            })
        })
    }

    /// The status of each.
    pub(super) fn statuses(&self) -> Result<HashMap<String, String>> {
        let mut statuses = HashMap::new();
        let mut query = "?limit=100".to_owned();
        loop {
            let page =
                self.organisation.api.get(&format!("/v1/emails{query}"))?.expect_status(StatusCode::OK)?;
            for email in page["data"].as_array().into_iter().flatten() {
                statuses.insert(text(email, "/id")?, text(email, "/status")?);
            }
            match page["nextCursor"].as_str() {
                Some(cursor) => query = format!("?limit=100&cursor={cursor}"),
                None => return Ok(statuses),
            }
        }
    }

    /// Counts them, in the mailbox and by what is shown of them.
    pub(super) fn count(&self, emulator: &dyn Emulator) -> Result<Count> {
        let mut by_subject = HashMap::<String, usize>::new();
        for mail in emulator.mailbox()? {
            *by_subject.entry(mail.subject.unwrap_or_default()).or_default() += 1;
        }
        let statuses = self.statuses()?;
        let mut count = Count { accepted: self.ids.len(), ..Count::default() };
        for (number, id) in self.ids.iter().enumerate() {
            match by_subject.get(&format!("{} {number}", self.word)) {
                None => count.lost += 1,
                Some(1) => {}
                Some(_) => count.doubled += 1,
            }
            let status = statuses.get(id).ok_or_else(|| Error::Unexpected(format!("{id} isn't listed")))?;
            count.not_sent += usize::from(!matches!(status.as_str(), "sent" | "delivered"));
            let email =
                self.organisation.api.get(&format!("/v1/emails/{id}"))?.expect_status(StatusCode::OK)?;
            let steps: Vec<&str> = email["history"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|step| step["step"].as_str())
                .collect();
            count.untold += usize::from(!matches!(steps.last(), Some(&("sent" | "confirmed"))));
            count.retried += usize::from(steps.contains(&"retried"));
        }
        Ok(count)
    }
}

fn is_over(status: &str) -> bool {
    !matches!(status, "queued" | "sending" | "unconfirmed")
}
