//! Cron job: deletes expired rows and the data of deleted organisations, in batches.

use domain::settings::Settings;
use serde_json::json;
use time::OffsetDateTime;
use worker::{D1Database, Env};

use crate::{
    aws_connection::{Command, ConnectionClient},
    database::{self, organisations::Organisation},
    http::Error,
    log,
};

/// Rows of a table per batch.
const BATCH_ROWS: usize = 200;

/// Batches per run. A batch makes two D1 queries, so a run stays well below the limit of 1,000 per invocation.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#subrequests>
const MAX_BATCHES: usize = 50;

/// Suppressed addresses of a deleted organisation per batch.
const BATCH_ADDRESSES: u32 = 2_000;

/// Deleted organisations per run.
const MAX_ORGANISATIONS: u32 = 5;

/// Deletes rows that have expired at `now` and continues deleting organisations.
pub(crate) async fn run(env: &Env, settings: &Settings, now: OffsetDateTime) -> Result<(), Error> {
    let database = database::open(env)?;
    let mut emails = 0;
    for _ in 0..MAX_BATCHES {
        let before = settings.retention.email_cutoff(now);
        let (deleted, is_end) = database::emails::delete_expired_batch(&database, before, BATCH_ROWS).await?;
        emails += deleted;
        if is_end {
            break;
        }
    }
    let before = settings.retention.recipient_cutoff(now);
    for _ in 0..MAX_BATCHES {
        if database::suppressions::delete_expired_batch(&database, before, BATCH_ROWS).await? {
            break;
        }
    }
    database::sending_days::delete_before(&database, before).await?;
    database::sessions::delete_expired(&database, now).await?;
    let deleting = database::organisations::list_deleting(&database, MAX_ORGANISATIONS).await?;
    for organisation in &deleting {
        delete_organisation_data(env, &database, organisation, "scheduled").await?;
    }
    log::info("retention_completed", json!({ "emails": emails, "deletions": deleting.len() }));
    Ok(())
}

/// Deletes as much of an organisation's data as one run may, and its row once nothing else is left. [`run`] continues with
/// the rest.
pub(crate) async fn delete_organisation_data(
    env: &Env,
    database: &D1Database,
    organisation: &Organisation,
    request_id: &str,
) -> Result<(), Error> {
    let erase =
        async || ConnectionClient::new(env, organisation, request_id)?.call::<()>(Command::Erase).await;
    erase().await?;
    for _ in 0..MAX_BATCHES {
        let no_email = database::emails::delete_batch(database, &organisation.id, BATCH_ROWS).await?;
        let no_address =
            database::suppressions::delete_batch(database, &organisation.id, BATCH_ADDRESSES).await?;
        if no_email && no_address {
            database::organisations::delete(database, &organisation.id).await?;
            // A request authenticated before the deletion may have stored something since the first call.
            return erase().await;
        }
    }
    Ok(())
}
