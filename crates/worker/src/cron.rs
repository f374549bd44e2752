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

/// Deletions per run. Each takes at most four calls, so a run stays below the limit of 1,000 per invocation.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#subrequests>
const MAX_DELETIONS: u32 = 200;

/// Continues deletions, and deletes the administrator's idempotency keys that have expired at `now`. A deletion that fails is logged, stops
/// no other, and is tried again after the others.
///
/// # Errors
/// Fails if D1 fails.
pub(crate) async fn run(env: &Env, now: OffsetDateTime) -> Result<(), Error> {
    let database = directory::open(env)?;
    let expired = administrator_keys::delete_expired(&database, now).await;
    let (mut deleted, mut failed) = (0, 0);
    for id in organisations::list_deleting(&database, MAX_DELETIONS).await? {
        let finished = match id.parse() {
            Ok(id) => finish_deletion(env, &database, id, "scheduled").await,
            Err(_) => Err(Error::internal("the directory holds an unreadable organisation ID")),
        };
        let Err(error) = finished else {
            deleted += 1;
            continue;
        };
        failed += 1;
        let fields = json!({ "organisationId": id, "error": format!("{error:?}") });
        log::error("organisation_not_deleted", fields);
        organisations::set_deletion_attempt(&database, &id, now).await?;
    }
    log::info("cron_completed", json!({ "deleted": deleted, "failed": failed }));
    expired
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
