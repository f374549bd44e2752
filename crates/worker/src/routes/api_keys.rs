//! `/v1/api-keys`.

use api_contract::{ApiError, ApiKey, ApiKeyList, CreateApiKey, NewApiKey, parse_json};
use domain::{ApiKeyId, token::ApiKeyToken};

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
    let name = parse_json::<CreateApiKey>(context.body)?.parse()?;
    let now = ids.created_at();
    let (settings, organisation) = (context.settings, context.organisation.id);
    let token = ApiKeyToken::issue(&settings.token_tag_keys, organisation, &ids.secret(settings));
    let (id, hint) = (ApiKeyId::new(now, ids.bits(0)), token.hint().to_owned());
    let key = NewKey { id, digest: token.digest(), name, hint };
    if !context.object.access.insert_key(&key, now)? {
        return Err(ApiError::TooManyApiKeys.into());
    }
    let NewKey { id, name, hint, .. } = key;
    let key = ApiKey { id, name, hint, created_at: now, last_used_at: None, current: false };
    ApiResponse::json(201, &NewApiKey { key, api_key: token.reveal().to_owned() })
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
