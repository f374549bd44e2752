//! `/v1/settings`.

use api_contract::{FieldError, UpdateSettings, parse_json};

use super::{HandlerResult, RequestContext};
use crate::http::ApiResponse;

pub(super) fn get(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &context.object.connection.settings()?)
}

pub(super) async fn update(context: &RequestContext<'_>) -> HandlerResult {
    let UpdateSettings { tracking, feed } = parse_json(context.body)?;
    let connection = &context.object.connection;
    if let Some(tracking) = tracking {
        connection.set_tracking(tracking).await?;
    }
    if let Some(feed) = feed {
        if !feed && context.object.webhooks.needs_feed()? {
            return Err(FieldError {
                help: "Delete the webhook endpoints first.",
                ..FieldError::new("feed", "feed_in_use", "webhook endpoints need the feed")
            }
            .into());
        }
        context.object.feed.switch(feed)?;
    }
    ApiResponse::json(200, &connection.settings()?)
}
