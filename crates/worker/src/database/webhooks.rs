//! The table `webhooks`: the addresses that stacks post to.

use aws_sans_io::{Region, TopicArn};
use domain::onboarding::{ExternalId, WebhookToken};
use serde::Deserialize;
use time::OffsetDateTime;
use worker::D1Database;

use super::{organisations::Organisation, run, statement, written};
use crate::http::Error;

/// How many links without a stack an organisation has at most: older ones stop working.
const UNUSED: i32 = 20;

/// An address that was given out.
#[derive(Debug)]
pub(crate) struct Webhook {
    /// Whose it is.
    pub(crate) organisation: Organisation,
    /// The region of the link that it was given out with.
    pub(crate) region: Region,
    /// The topic whose messages it takes, once a stack has been confirmed.
    pub(crate) topic: Option<TopicArn>,
}

/// Stores a new address; one that is there already stays as it is.
pub(crate) async fn insert(
    database: &D1Database,
    token: &WebhookToken,
    organisation_id: &str,
    region: Region,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let new = statement(
        database,
        "INSERT INTO webhooks (token_digest, organisation_id, region, created_at) VALUES (?, ?, ?, ?) \
         ON CONFLICT (token_digest) DO NOTHING",
        &[(&token.digest()).into(), organisation_id.into(), region.name().into(), (&written(now)?).into()],
    )?;
    let unused = statement(
        database,
        "DELETE FROM webhooks WHERE token_digest IN (SELECT token_digest FROM webhooks \
         WHERE organisation_id = ? AND topic_arn IS NULL ORDER BY created_at DESC LIMIT -1 OFFSET ?)",
        &[organisation_id.into(), UNUSED.into()],
    )?;
    database.batch(vec![new, unused]).await?;
    Ok(())
}

/// Stores a new address that takes the messages of a topic which is known already.
pub(crate) async fn insert_for_topic(
    database: &D1Database,
    token: &WebhookToken,
    organisation_id: &str,
    topic: &TopicArn,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "INSERT INTO webhooks (token_digest, organisation_id, region, topic_arn, created_at) VALUES (?, ?, ?, ?, ?) \
               ON CONFLICT (token_digest) DO NOTHING";
    let region = topic.region().name();
    let values = [
        token.digest().into(),
        organisation_id.into(),
        region.into(),
        topic.as_str().into(),
        written(now)?.into(),
    ];
    run(database, sql, &values).await.map(drop)
}

/// The address that has this token.
pub(crate) async fn find_by_token(
    database: &D1Database,
    token: &WebhookToken,
) -> Result<Option<Webhook>, Error> {
    #[derive(Deserialize)]
    struct Row {
        organisation_id: String,
        external_id: ExternalId,
        region: Region,
        topic_arn: Option<TopicArn>,
    }
    let sql = "SELECT w.organisation_id, o.external_id, w.region, w.topic_arn \
               FROM webhooks w JOIN organisations o ON o.id = w.organisation_id WHERE w.token_digest = ?";
    let row: Option<Row> = statement(database, sql, &[(&token.digest()).into()])?.first(None).await?;
    Ok(row.map(|row| Webhook {
        organisation: Organisation { id: row.organisation_id, external_id: row.external_id },
        region: row.region,
        topic: row.topic_arn,
    }))
}

/// From now on the address takes this topic's messages.
pub(crate) async fn set_topic(
    database: &D1Database,
    token: &WebhookToken,
    topic: &TopicArn,
) -> Result<(), Error> {
    let sql = "UPDATE webhooks SET topic_arn = ? WHERE token_digest = ?";
    run(database, sql, &[topic.as_str().into(), (&token.digest()).into()]).await.map(drop)
}

/// Lets no address of an organisation work any more.
pub(crate) async fn delete_all(database: &D1Database, organisation_id: &str) -> Result<(), Error> {
    let sql = "DELETE FROM webhooks WHERE organisation_id = ?";
    run(database, sql, &[organisation_id.into()]).await.map(drop)
}
