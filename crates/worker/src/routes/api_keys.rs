//! `/v1/api-keys`.

use api_contract::{ApiError, ApiKeyList, CreateApiKey, NewApiKey, parse_json};
use domain::ApiKeyId;

use super::{HandlerResult, RequestContext};
use crate::{
    clock,
    http::ApiResponse,
    organisation_object::{
        access::{DeleteResult, NewKey},
        idempotency::IdSource,
    },
};

pub(super) fn list(context: &RequestContext<'_>) -> HandlerResult {
    let access = &context.object.access;
    let current = access.key_of(context.credential, clock::now())?;
    ApiResponse::json(200, &ApiKeyList { data: access.list_keys(current.as_ref())? })
}

/// Creates a key. A retry under the same idempotency key creates the same one.
pub(super) fn create(context: &RequestContext<'_>, ids: &IdSource<'_>) -> HandlerResult {
    let now = ids.created_at();
    let (name, rights) = parse_json::<CreateApiKey>(context.body)?.parse(now)?;
    let (tag_keys, secret) = (&context.settings.token_tag_keys, ids.secret(context.settings));
    let id = ApiKeyId::new(now, ids.bits(0));
    let (key, api_key) = NewKey::issue(tag_keys, context.organisation.id, id, &secret, name, rights);
    if !context.object.access.insert_key(&key, now)? {
        return Err(ApiError::TooManyApiKeys.into());
    }
    ApiResponse::json(201, &NewApiKey { key: key.shown(now), api_key })
}

/// Revokes a key and ends the sessions created with it.
pub(super) fn delete(context: &RequestContext<'_>) -> HandlerResult {
    let not_found = ApiError::NotFound { what: "API key" };
    let id = context.parameter.parse().map_err(|_| not_found.clone())?;
    match context.object.access.delete_key(id)? {
        DeleteResult::Deleted => Ok(ApiResponse::empty(204)),
        DeleteResult::NotFound => Err(not_found.into()),
        DeleteResult::LastKey => Err(ApiError::LastApiKey.into()),
    }
}
