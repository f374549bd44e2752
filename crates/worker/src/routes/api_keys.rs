//! `/v1/api-keys`.

use api_contract::{ApiError, ApiKey, ApiKeyList, ApiKeySecret, CreateApiKey, NewApiKey, parse_json};
use domain::ApiKeyId;

use super::{HandlerResult, RequestContext};
use crate::{
    database::{self, api_keys::DeleteResult, organisations::Organisation},
    http::ApiResponse,
};

pub(super) async fn list(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let database = database::open(context.env)?;
    let current = context.credentials.key_digest(&database, context.settings).await?;
    let data = database::api_keys::list(&database, &organisation.id, current.as_deref()).await?;
    ApiResponse::json(200, &ApiKeyList { data })
}

/// Creates a key. A retry under the same idempotency key creates the same one.
pub(super) async fn create(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let name = parse_json::<CreateApiKey>(context.body)?.parse()?;
    let now = context.ids.created_at();
    let id = ApiKeyId::new(now, context.ids.bits(0));
    let key = ApiKeySecret::from_random(&context.ids.secret(context.settings)?);
    let database = database::open(context.env)?;
    if !database::api_keys::insert(&database, &organisation.id, id, &key, &name, now).await? {
        return Err(ApiError::TooManyApiKeys.into());
    }
    let view =
        ApiKey { id, name, hint: key.hint().to_owned(), created_at: now, last_used_at: None, current: false };
    ApiResponse::json(201, &NewApiKey { key: view, api_key: key.reveal().to_owned() })
}

/// Revokes a key and ends the sessions created with it.
pub(super) async fn delete(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let not_found = ApiError::NotFound { what: "API key" };
    let id = context.parameter.parse().map_err(|_| not_found.clone())?;
    match database::api_keys::delete(&database::open(context.env)?, &organisation.id, id).await? {
        DeleteResult::Deleted => Ok(ApiResponse::empty(204)),
        DeleteResult::NotFound => Err(not_found.into()),
        DeleteResult::LastKey => Err(ApiError::LastApiKey.into()),
    }
}
