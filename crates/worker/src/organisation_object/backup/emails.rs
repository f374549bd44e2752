//! Restoring emails. An email that may have been sent since the backup is never sent immediately.

use api_contract::{BackupValue, FieldError, invalid_row};
use domain::{
    EmailId,
    delivery::{DeliveryResult, EmailStatus, EmailStepKind, RestoreAction},
};

use super::{restore::Restoring, tables::EMAILS};
use crate::{
    http::Error,
    organisation_object::{OrganisationObject, delivery::Step},
};

/// A row of the table of chunks.
pub(super) struct ChunkRow<'a> {
    email: EmailId,
    number: u32,
    bytes: &'a [u8],
}

impl<'a> ChunkRow<'a> {
    pub(super) fn parse(row: &'a [BackupValue]) -> Option<Self> {
        let [email, BackupValue::Integer(number), bytes] = row else { return None };
        Some(Self { email: parse_id(email)?, number: u32::try_from(*number).ok()?, bytes: bytes.as_bytes()? })
    }
}

/// A row of the table of emails, and the number of chunks of the email's message.
pub(super) struct EmailRow<'a> {
    id: EmailId,
    row: &'a [BackupValue],
    chunks: u32,
}

impl<'a> EmailRow<'a> {
    pub(super) fn parse(row: &'a [BackupValue]) -> Option<Self> {
        let (BackupValue::Integer(chunks), row) = row.split_last()? else { return None };
        Some(Self { id: parse_id(row.first()?)?, row, chunks: u32::try_from(*chunks).ok()? })
    }
}

fn parse_id(value: &BackupValue) -> Option<EmailId> {
    EmailId::from_bytes(value.as_bytes()?.try_into().ok()?)
}

impl OrganisationObject {
    /// Stores a chunk of an email that doesn't exist. The email follows.
    pub(super) fn restore_chunk(&self, chunk: &ChunkRow<'_>) -> Result<(), Error> {
        if self.emails.exists(chunk.email)? {
            return Ok(());
        }
        self.emails.insert_chunk(chunk.email, chunk.number, chunk.bytes)
    }

    /// Restores an email unless it exists. `place` is that in the page.
    ///
    /// # Errors
    /// [`FieldError`] if the email can't be read, or if its message is incomplete.
    pub(super) fn restore_email(
        &self,
        email: &EmailRow<'_>,
        place: [usize; 2],
        restoring: &mut Restoring,
    ) -> Result<(), Error> {
        let (id, [table, index]) = (email.id, place);
        if self.emails.exists(id)? {
            restoring.result.already_finished += 1;
            return Ok(());
        }
        self.emails.note_restored(id)?;
        self.restore_row(&EMAILS, email.row, place)?;
        self.emails.delete_blocks_around(id)?;
        let unreadable = |_| invalid_row(table, index, "the email can not be read");
        let Some(mut outgoing) = self.emails.find_outgoing(id).map_err(unreadable)? else {
            restoring.result.already_finished += 1;
            return Ok(());
        };
        if self.emails.count_chunks(id)? != email.chunks || outgoing.email.is_mime() != (email.chunks > 0) {
            let message = "the message is incomplete: restore the pages in order, starting with the first";
            return Err(FieldError::new(format!("emails[{index}].chunks"), "invalid_backup", message).into());
        }
        let now = restoring.now;
        let due_at = outgoing.email.scheduled_after(now).unwrap_or(now);
        let history = outgoing.history.clone();
        let mut record = |kind| restoring.steps.push(Step::new(id, outgoing.region, kind, None));
        match RestoreAction::new(outgoing.phase, due_at, history, restoring.policy, now) {
            // Only finished emails have no content.
            RestoreAction::Finished => restoring.result.already_finished += 1,
            RestoreAction::Schedule => restoring.result.scheduled += 1,
            RestoreAction::Retry(history) => {
                record(EmailStepKind::Unconfirmed);
                outgoing.history = history;
                // Only the call that may have been made since the backup counts: with earlier ones, the email might be given up.
                outgoing.attempts.calls = 1;
                outgoing.attempts.first_at.get_or_insert(now);
                outgoing.attempts.last_call_at = Some(now);
                self.emails.unconfirm(&outgoing, now, None)?;
                restoring.result.retried += 1;
            }
            RestoreAction::GiveUp(history) => {
                record(EmailStepKind::GaveUp);
                self.emails.delete_chunks(id)?;
                let result = DeliveryResult::new(EmailStatus::Unconfirmed, history);
                self.emails.finish(id, &result, None, false)?;
                restoring.result.gave_up += 1;
            }
        }
        Ok(())
    }
}
