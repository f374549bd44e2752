//! `/v1/api-keys` and below.

use kraiter_core::api::{
    ApiError, ApiKey, ApiKeyId, ApiKeyList, ApiKeyView, CreateApiKeyRequest, NewApiKeyView, parse_json,
};

use super::Call;
use crate::{
    database::{self, api_keys::Deleted, organisations::Organisation},
    exchange::Reply,
    failure::Failure,
};

pub(super) async fn list(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let database = database::of(call.env)?;
    let current = call.shown.key_digest(&database, call.settings).await?;
    let data = database::api_keys::all(&database, &organisation.id, current.as_deref()).await?;
    Reply::json(200, &ApiKeyList { data })
}

/// Makes a key. A repetition under the same idempotency key makes the same one.
pub(super) async fn create(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let name = parse_json::<CreateApiKeyRequest>(call.body)?.parse()?;
    let now = call.making.at();
    let id = ApiKeyId::new(now, call.making.bits(0));
    let key = ApiKey::from_random(&call.making.secret(call.settings)?);
    let database = database::of(call.env)?;
    if !database::api_keys::insert(&database, &organisation.id, id, &key, &name, now).await? {
        return Err(ApiError::TooManyApiKeys.into());
    }
    let shown = ApiKeyView {
        id,
        name,
        hint: key.hint().to_owned(),
        created_at: now,
        last_used_at: None,
        current: false,
    };
    Reply::json(201, &NewApiKeyView { key: shown, api_key: key.reveal().to_owned() })
}

/// Lets a key in no more.
pub(super) async fn delete(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let missing = ApiError::NotFound { what: "API key" };
    let id = call.parameter.parse().map_err(|_| missing.clone())?;
    match database::api_keys::delete(&database::of(call.env)?, &organisation.id, id).await? {
        Deleted::Gone => Ok(Reply::empty(204)),
        Deleted::Unknown => Err(missing.into()),
        Deleted::Last => Err(ApiError::LastApiKey.into()),
    }
}
