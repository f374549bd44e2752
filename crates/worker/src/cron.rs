//! The cron job: finishes deletions of organisations that were interrupted.

use domain::OrganisationId;
use serde_json::json;
use time::OffsetDateTime;
use worker::{D1Database, Env};

use crate::{
    directory::{self, administrator_keys, organisations},
    http::{Error, request::OutgoingBody},
    log,
    organisation_object::{Command, OrganisationClient},
    totals_object,
};

/// Deletions per run. Each takes two calls, so a run stays well below the limit of 1,000 per invocation.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#subrequests>
const MAX_DELETIONS: u32 = 200;

/// Continues deletions, and deletes the administrator's idempotency keys that have expired at `now`. A deletion that fails is logged, and
/// doesn't stop the others.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn run(env: &Env, now: OffsetDateTime) -> Result<(), Error> {
    let database = directory::open(env)?;
    administrator_keys::delete_expired(&database, now).await?;
    let (mut deleted, mut failed) = (0, 0);
    for id in organisations::list_deleting(&database, MAX_DELETIONS).await? {
        match finish_deletion(env, &database, id, "scheduled").await {
            Ok(()) => deleted += 1,
            Err(error) => {
                failed += 1;
                let fields = json!({ "organisationId": id, "error": format!("{error:?}") });
                log::error("organisation_not_deleted", fields);
            }
        }
    }
    log::info("cron_completed", json!({ "deleted": deleted, "failed": failed }));
    Ok(())
}

/// Deletes the data of an organisation that is marked for deletion, then its row. Repeating it is safe.
///
/// # Errors
/// Fails if an object can't be reached or D1 fails. The organisation remains marked, so that [`run`] tries again.
pub(crate) async fn finish_deletion(
    env: &Env,
    database: &D1Database,
    id: OrganisationId,
    request_id: &str,
) -> Result<(), Error> {
    let client = OrganisationClient::new(env, id)?;
    client.command::<()>(request_id, Command::Erase, &OutgoingBody::None).await?;
    totals_object::remove(env, id).await?;
    organisations::delete(database, id).await
}
