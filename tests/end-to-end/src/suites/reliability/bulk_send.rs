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
    harness::string_at,
    test_email::{SENDER, SUCCESS},
};

/// How many mails a batch has.
const BATCH: usize = 100;

/// Mails whose subjects begin with a word of their own.
pub(super) struct BulkSend<'a> {
    organisation: &'a Organisation,
    subject_prefix: String,
    /// The ids of those that were accepted.
    pub(super) ids: Vec<String>,
}

/// What has become of them.
#[derive(Debug, Default)]
pub(super) struct DeliveryCounts {
    /// How many were accepted.
    pub(super) accepted: usize,
    /// How many the mailbox doesn't have.
    pub(super) lost: usize,
    /// How many it has more than once.
    pub(super) duplicated: usize,
    /// How many have come to an end that isn't having been sent.
    pub(super) not_sent: usize,
    /// How many have a history that doesn't end with having been sent.
    pub(super) incomplete_history: usize,
    /// How many were sent again.
    pub(super) retried: usize,
}

impl<'a> BulkSend<'a> {
    /// None yet.
    pub(super) fn new(organisation: &'a Organisation, subject_prefix: &str) -> Self {
        Self {
            organisation,
            subject_prefix: format!("{subject_prefix}-{}", organisation.id),
            ids: Vec::new(),
        }
    }

    /// Sends so many in batches.
    pub(super) fn send(&mut self, email_count: usize) -> Result<()> {
        let mut left = email_count;
        while left > 0 {
            let count = left.min(BATCH);
            let emails: Vec<Value> = (0..count).map(|offset| self.email(self.ids.len() + offset)).collect();
            let body = json!({ "emails": emails });
            let response =
                self.organisation.api.post("/v1/emails/batch", &body)?.expect_status(StatusCode::ACCEPTED)?;
            for item in response["data"].as_array().into_iter().flatten() {
                self.ids.push(string_at(item, "/id")?);
            }
            left -= count;
        }
        Ok(())
    }

    /// The mail of this number.
    pub(super) fn email(&self, number: usize) -> Value {
        json!({ "from": SENDER, "to": SUCCESS, "subject": format!("{} {number}", self.subject_prefix), "text": "Hello!" })
    }

    /// Waits until none is on its way any more.
    pub(super) fn wait_until_finished(&self, deadline: Duration) -> Result<()> {
        let what = format!("the emails of {} to be sent", self.subject_prefix);
        wait::until(&what, deadline, Duration::from_millis(250), || {
            let sending = self.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
            let sum = |field: &str| -> u64 {
                let regions = sending["regions"].as_array().into_iter().flatten();
                regions.filter_map(|region| region[field].as_u64()).sum()
            };
            let left = sum("queued") + sum("queuedInBatches") + sum("unconfirmed");
            Ok(if left == 0 && self.statuses()?.values().all(|status| is_final(status)) {
                Poll::Ready(())
            } else {
                Poll::Pending(sending.to_string())
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
                statuses.insert(string_at(email, "/id")?, string_at(email, "/status")?);
            }
            match page["nextCursor"].as_str() {
                Some(cursor) => query = format!("?limit=100&cursor={cursor}"),
                None => return Ok(statuses),
            }
        }
    }

    /// Counts them, in the mailbox and by what is shown of them.
    pub(super) fn count(&self, emulator: &dyn Emulator) -> Result<DeliveryCounts> {
        let mut by_subject = HashMap::<String, usize>::new();
        for mail in emulator.mailbox()? {
            *by_subject.entry(mail.subject.unwrap_or_default()).or_default() += 1;
        }
        let statuses = self.statuses()?;
        let mut count = DeliveryCounts { accepted: self.ids.len(), ..DeliveryCounts::default() };
        for (number, id) in self.ids.iter().enumerate() {
            match by_subject.get(&format!("{} {number}", self.subject_prefix)) {
                None => count.lost += 1,
                Some(1) => {}
                Some(_) => count.duplicated += 1,
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
            count.incomplete_history += usize::from(!matches!(steps.last(), Some(&("sent" | "confirmed"))));
            count.retried += usize::from(steps.contains(&"retried"));
        }
        Ok(count)
    }
}

fn is_final(status: &str) -> bool {
    !matches!(status, "queued" | "sending" | "unconfirmed")
}
