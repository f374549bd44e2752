//! What is kept no longer, and what belonged to an organisation that was deleted: both go in pieces, at set times.

use kraiter_core::settings::Settings;
use serde_json::json;
use time::OffsetDateTime;
use worker::{D1Database, Env};

use crate::{
    aws_connection::{Client, Command},
    database::{self, organisations::Organisation},
    failure::Failure,
    log,
};

/// How many rows of a table one step looks at.
const STEP: usize = 200;

/// How many steps are taken at once: with two questions each, well below the 1,000 that an invocation may ask.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#subrequests>
const STEPS: usize = 50;

/// How many addresses one step deletes of an organisation.
const ADDRESSES: u32 = 2_000;

/// How many deletions go on at once.
const DELETIONS: u32 = 5;

/// Lets go of what is kept no longer at `now`, and goes on with deletions that were cut off.
pub(crate) async fn run(env: &Env, settings: &Settings, now: OffsetDateTime) -> Result<(), Failure> {
    let database = database::of(env)?;
    let mut emails = 0;
    for _ in 0..STEPS {
        let (went, is_end) =
            database::emails::forget_next(&database, settings.retention.emails_before(now), STEP).await?;
        emails += went;
        if is_end {
            break;
        }
    }
    for _ in 0..STEPS {
        if database::suppressions::forget_next(&database, settings.retention.recipients_before(now), STEP)
            .await?
        {
            break;
        }
    }
    database::sending_days::forget(&database, settings.retention.recipients_before(now)).await?;
    database::sessions::forget_ended(&database, now).await?;
    let deletions = database::organisations::being_deleted(&database, DELETIONS).await?;
    for organisation in &deletions {
        delete_rest(env, &database, organisation, "scheduled").await?;
    }
    log::note("retention", json!({ "emails": emails, "deletions": deletions.len() }));
    Ok(())
}

/// Deletes what an organisation has, as far as that goes at once; [`run`] goes on with it. Its row goes last.
pub(crate) async fn delete_rest(
    env: &Env,
    database: &D1Database,
    organisation: &Organisation,
    request_id: &str,
) -> Result<(), Failure> {
    let erase = async || Client::new(env, organisation, request_id)?.ask::<()>(Command::Erase).await;
    erase().await?;
    for _ in 0..STEPS {
        let no_email = database::emails::delete_some(database, &organisation.id, STEP).await?;
        let no_address = database::suppressions::delete_some(database, &organisation.id, ADDRESSES).await?;
        if no_email && no_address {
            database::organisations::delete(database, &organisation.id).await?;
            // A request that was let in before may have been under way.
            return erase().await;
        }
    }
    Ok(())
}
