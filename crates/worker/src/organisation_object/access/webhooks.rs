//! The table `webhooks`: the tokens of webhook URLs.

use aws_sans_io::TopicArn;
use domain::{Sha256Digest, token::WebhookToken};
use time::OffsetDateTime;

use super::Access;
use crate::{
    http::Error,
    organisation_object::sql::{blob, optional, time},
};

/// How many tokens without a topic are valid: those of the newest quick-create links.
const MAX_UNUSED: i32 = 20;

/// A webhook URL.
#[derive(Clone)]
pub(crate) struct Webhook {
    /// The topic that posts to it, once it has asked to confirm its subscription.
    pub(crate) topic: Option<TopicArn>,
    /// Whether the topic has counted: it was that of a verified role, or the customer named it.
    pub(crate) is_proven: bool,
}

impl Access {
    /// Stores a token, unless it is already stored, with the topic that the customer named. Deletes the oldest tokens without a topic if there are too many.
    ///
    /// # Errors
    /// Fails if the storage fails; then nothing is stored.
    pub(crate) fn insert_webhook(
        &self,
        token: &WebhookToken,
        topic: Option<&TopicArn>,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let sql = &self.context.sql;
        sql.transaction(|| {
            let is_proven = i32::from(topic.is_some()).into();
            let topic = optional(topic.map(TopicArn::as_str));
            sql.run(
                "INSERT INTO webhooks (digest, topic_arn, is_proven, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [blob(token.digest().as_bytes()), topic, is_proven, time(now)],
            )?;
            sql.run(
                "DELETE FROM webhooks WHERE digest IN (SELECT digest FROM webhooks WHERE topic_arn IS NULL \
                 ORDER BY created_at DESC LIMIT -1 OFFSET ?)",
                [MAX_UNUSED.into()],
            )
        })?;
        self.webhooks.borrow_mut().clear();
        Ok(())
    }

    /// Returns the webhook of a token.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn find_webhook(&self, digest: &Sha256Digest) -> Result<Option<Webhook>, Error> {
        if let Some(webhook) = self.webhooks.borrow().get(digest) {
            return Ok(Some(webhook.clone()));
        }
        let sql = "SELECT topic_arn, is_proven FROM webhooks WHERE digest = ?";
        let Some(row) = self.context.sql.row(sql, [blob(digest.as_bytes())])? else { return Ok(None) };
        let unreadable = |_| Error::internal("the storage holds an unreadable topic");
        let topic: Option<TopicArn> =
            row.optional_text(0).map(|topic| topic.parse()).transpose().map_err(unreadable)?;
        let webhook = Webhook { topic, is_proven: row.integer::<i64>(1)? != 0 };
        self.webhooks.borrow_mut().insert(*digest, webhook.clone());
        Ok(Some(webhook))
    }

    /// Sets the topic that posts to the webhook.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn set_webhook_topic(
        &self,
        digest: &Sha256Digest,
        topic: &TopicArn,
        is_proven: bool,
    ) -> Result<(), Error> {
        let sql = "UPDATE webhooks SET topic_arn = ?, is_proven = ? WHERE digest = ?";
        self.context
            .sql
            .run(sql, [topic.as_str().into(), i32::from(is_proven).into(), blob(digest.as_bytes())])?;
        self.webhooks.borrow_mut().remove(digest);
        Ok(())
    }

    /// Deletes all tokens: no webhook URL of the organisation works any more.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn delete_all_webhooks(&self) -> Result<(), Error> {
        self.context.sql.run("DELETE FROM webhooks", [])?;
        self.webhooks.borrow_mut().clear();
        Ok(())
    }
}
