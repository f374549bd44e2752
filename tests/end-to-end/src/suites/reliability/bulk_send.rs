//! Sends many emails of one organisation and counts their results.

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

const BATCH_SIZE: usize = 100;

/// Emails with a common subject prefix.
pub(super) struct BulkSend<'a> {
    organisation: &'a Organisation,
    subject_prefix: String,
    /// Ids of the accepted emails.
    pub(super) ids: Vec<String>,
}

/// Number of emails by result.
#[derive(Debug, Default)]
pub(super) struct DeliveryCounts {
    pub(super) accepted: usize,
    /// Not in the mailbox.
    pub(super) lost: usize,
    /// More than once in the mailbox.
    pub(super) duplicated: usize,
    /// With another status than sent or delivered.
    pub(super) not_sent: usize,
    /// With a history that doesn't end in "sent" or "confirmed".
    pub(super) incomplete_history: usize,
    /// With a "retried" step in the history.
    pub(super) retried: usize,
}

impl<'a> BulkSend<'a> {
    pub(super) fn new(organisation: &'a Organisation, subject_prefix: &str) -> Self {
        Self {
            organisation,
            subject_prefix: format!("{subject_prefix}-{}", organisation.id),
            ids: Vec::new(),
        }
    }

    /// Sends emails in batches.
    pub(super) fn send(&mut self, email_count: usize) -> Result<()> {
        let mut remaining = email_count;
        while remaining > 0 {
            let count = remaining.min(BATCH_SIZE);
            let emails: Vec<Value> = (0..count).map(|offset| self.email(self.ids.len() + offset)).collect();
            let body = json!({ "emails": emails });
            let response =
                self.organisation.api.post("/v1/emails/batch", &body)?.expect_status(StatusCode::ACCEPTED)?;
            for item in response["data"].as_array().into_iter().flatten() {
                self.ids.push(string_at(item, "/id")?);
            }
            remaining -= count;
        }
        Ok(())
    }

    /// Returns the email with this number.
    pub(super) fn email(&self, number: usize) -> Value {
        json!({ "from": SENDER, "to": SUCCESS, "subject": format!("{} {number}", self.subject_prefix), "text": "Hello!" })
    }

    /// Waits until no email is queued or unconfirmed.
    pub(super) fn wait_until_finished(&self, timeout: Duration) -> Result<()> {
        let description = format!("the emails of {} to be sent", self.subject_prefix);
        wait::until(&description, timeout, Duration::from_millis(250), || {
            let sending = self.organisation.api.get("/v1/sending")?.expect_status(StatusCode::OK)?;
            let sum = |field: &str| -> u64 {
                let regions = sending["regions"].as_array().into_iter().flatten();
                regions.filter_map(|region| region[field].as_u64()).sum()
            };
            let pending = sum("queued") + sum("queuedInBatches") + sum("unconfirmed");
            Ok(if pending == 0 && self.statuses()?.values().all(|status| is_final(status)) {
                Poll::Ready(())
            } else {
                Poll::Pending(sending.to_string())
            })
        })
    }

    /// Returns the status of each email by id.
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

    /// Counts the emails by their copies in the mailbox, their status and their history.
    pub(super) fn count(&self, emulator: &dyn Emulator) -> Result<DeliveryCounts> {
        let mut by_subject = HashMap::<String, usize>::new();
        for email in emulator.mailbox()? {
            *by_subject.entry(email.subject.unwrap_or_default()).or_default() += 1;
        }
        let statuses = self.statuses()?;
        let mut counts = DeliveryCounts { accepted: self.ids.len(), ..DeliveryCounts::default() };
        for (number, id) in self.ids.iter().enumerate() {
            match by_subject.get(&format!("{} {number}", self.subject_prefix)) {
                None => counts.lost += 1,
                Some(1) => {}
                Some(_) => counts.duplicated += 1,
            }
            let status = statuses.get(id).ok_or_else(|| Error::Unexpected(format!("{id} is not listed")))?;
            counts.not_sent += usize::from(!matches!(status.as_str(), "sent" | "delivered"));
            let email =
                self.organisation.api.get(&format!("/v1/emails/{id}"))?.expect_status(StatusCode::OK)?;
            let steps: Vec<&str> = email["history"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|step| step["step"].as_str())
                .collect();
            counts.incomplete_history += usize::from(!matches!(steps.last(), Some(&("sent" | "confirmed"))));
            counts.retried += usize::from(steps.contains(&"retried"));
        }
        Ok(counts)
    }
}

fn is_final(status: &str) -> bool {
    !matches!(status, "queued" | "sending" | "unconfirmed")
}
