//! Bringing back what a backup holds. What is there already stays as it is, so a page can be brought back twice, and one that was cut off again.
//! What becomes of a mail is core's.

use std::collections::HashMap;

use api_contract::{Backup, BackupConnection, BackupEmail, FieldError, RestoreResult};
use domain::{
    EmailId,
    connection::ConnectionEvent,
    delivery::{
        DeliveryResult, EmailStatus, EmailStepKind, History, Phase, RestoreAction, UncertainEmailPolicy,
    },
};

use super::{AwsConnection, steps::Made};
use crate::{
    clock,
    database::{self, emails::Accepted, organisations::Organisation},
    http::Error,
};

impl AwsConnection {
    /// Brings back what a page holds.
    ///
    /// # Errors
    /// Where a mail's message isn't whole: then none of the page's mails is brought back.
    pub(super) async fn restore(
        &self,
        organisation: &Organisation,
        page: Backup,
        wanted: UncertainEmailPolicy,
    ) -> Result<RestoreResult, Error> {
        let now = clock::now();
        let mut view = RestoreResult { taken_at: Some(page.taken_at), ..RestoreResult::default() };
        for key in page.keys.iter().filter(|key| key.expires_at > clock::to_milliseconds(now)) {
            view.keys += u32::from(self.keys()?.bring_back(key)?);
        }
        if view.keys > 0 {
            self.purge_later(now).await?;
        }
        let outbox = self.outbox()?;
        for piece in page.chunks {
            if !outbox.has(piece.email)? {
                outbox.put_piece(piece.email, piece.number, piece.bytes.0.unwrap_or_default())?;
            }
        }
        self.bring_back_mails(organisation, page.emails, wanted, &mut view).await?;
        // Last: what has come back is there before it could go.
        if let Some(connection) = page.connection {
            view.connection = self.bring_back_connection(organisation, connection).await?;
        }
        self.schedule().await?;
        Ok(view)
    }

    async fn bring_back_connection(
        &self,
        organisation: &Organisation,
        kept: BackupConnection,
    ) -> Result<bool, Error> {
        let storage = self.storage()?;
        if storage.kept_state()?.is_some() {
            return Ok(false);
        }
        storage.set_state(&kept.state.restored(clock::now()))?;
        storage.set_claim(kept.claim.as_ref())?;
        storage.set_region_facts(&kept.regions)?;
        self.happen(organisation, ConnectionEvent::CheckRequested).await?;
        Ok(true)
    }

    async fn bring_back_mails(
        &self,
        organisation: &Organisation,
        mails: Vec<BackupEmail>,
        wanted: UncertainEmailPolicy,
        view: &mut RestoreResult,
    ) -> Result<(), Error> {
        let outbox = self.outbox()?;
        for (index, mail) in mails.iter().enumerate() {
            let is_whole = outbox.has(mail.id)? || outbox.piece_count(mail.id)? == mail.chunks;
            if !is_whole && mail.phase != Phase::Finished {
                let message =
                    "the message is incomplete: restore the pages in order, starting with the first";
                return Err(
                    FieldError::new(format!("emails[{index}].chunks"), "invalid_backup", message).into()
                );
            }
        }
        let database = self.database()?;
        let shown = mails.iter().filter_map(|mail| {
            let created_at = clock::from_milliseconds(mail.accepted_at);
            Some(Accepted { id: mail.id, email: mail.email.as_ref()?, region: mail.region, created_at })
        });
        // D1 may be older than the mail.
        database::emails::insert_all(&database, &organisation.id, shown, None).await?;
        let ids: Vec<_> = mails.iter().map(|mail| mail.id).collect();
        let mut known = database::emails::known(&database, &organisation.id, &ids).await?;
        for mail in mails {
            self.bring_back(organisation, mail, &mut known, wanted, view)?;
        }
        Ok(())
    }

    fn bring_back(
        &self,
        organisation: &Organisation,
        mail: BackupEmail,
        known: &mut HashMap<EmailId, (EmailStatus, History)>,
        wanted: UncertainEmailPolicy,
        view: &mut RestoreResult,
    ) -> Result<(), Error> {
        let (outbox, now) = (self.outbox()?, clock::now());
        let at = clock::to_milliseconds(now);
        let (id, region) = (mail.id, mail.region);
        if outbox.has(id)? {
            view.already_finished += 1;
            return Ok(());
        }
        let due_at = clock::from_milliseconds(mail.due_at);
        match RestoreAction::new(mail.phase, due_at, mail.history.clone(), known.remove(&id), wanted, now) {
            RestoreAction::AlreadyFinished => {
                view.already_finished += 1;
                outbox.delete_pieces(id)
            }
            RestoreAction::WriteResult => {
                view.already_finished += 1;
                outbox.delete_pieces(id)?;
                outbox.bring_back(&mail)
            }
            RestoreAction::Schedule => {
                view.scheduled += 1;
                outbox.bring_back(&mail)
            }
            RestoreAction::Retry(history) => {
                view.retried += 1;
                self.made(organisation, &Made::new(id, region, EmailStepKind::Unconfirmed, None));
                let ses_calls = mail.ses_calls.max(1);
                let first_attempt_at = Some(mail.first_attempt_at.unwrap_or(at));
                let phase = Phase::Unconfirmed;
                outbox.bring_back(&BackupEmail {
                    phase,
                    history,
                    ses_calls,
                    first_attempt_at,
                    last_call_at: Some(at),
                    due_at: at,
                    ..mail
                })
            }
            RestoreAction::GiveUp(history) => {
                view.gave_up += 1;
                self.made(organisation, &Made::new(id, region, EmailStepKind::GaveUp, None));
                outbox.delete_pieces(id)?;
                let result = Some(DeliveryResult::new(EmailStatus::Unconfirmed, history));
                let phase = Phase::Finished;
                outbox.bring_back(&BackupEmail { phase, result, email: None, due_at: at, ..mail })
            }
        }
    }
}
