//! `/v1/organisations`.

use api_contract::{
    ApiError, ApiKeyList, Backup, BackupCursor, BodyOwner, CreateApiKey, CreateOrganisation, FIRST_KEY_NAME,
    Fingerprint, IdempotencyKey, NewApiKey, NewOrganisation, Organisation, OrganisationPage, PageQuery,
    RequestSeed, RestoreResult, UpdateOrganisation, api_key_query, parse_json, restore_query,
};
use domain::{ApiKeyId, OrganisationId, api_key::KeyRights, onboarding::ExternalId, settings::Settings};
use serde_json::json;

use super::{EdgeContext, HandlerResult};
use crate::{
    clock, cron,
    directory::{
        self,
        administrator_keys::{self, ClaimResult},
        organisations,
    },
    http::{ApiResponse, Error, request::OutgoingBody},
    log,
    organisation_object::{Command, OrganisationClient, access::NewKey},
    random,
};

/// Creates an organisation with its external ID and first API key, once per idempotency key.
pub(super) async fn create(context: EdgeContext<'_>) -> HandlerResult {
    let body = context.read_body(BodyOwner::Administrator).await?;
    let Some(key) = context.key else {
        let seed = random::seed()?;
        let result = create_with(&context, &body.bytes, seed).await;
        if matches!(result, Err(Error::Internal(_) | Error::Problem(_))) {
            // No retry finds the organisation, so what was created of it is deleted.
            let database = directory::open(context.env)?;
            organisations::mark_deleted(&database, organisation_id(seed), clock::now()).await?;
        }
        return result;
    };
    let create = async |seed| create_with(&context, &body.bytes, seed).await;
    run_once(&context, key, "/v1/organisations", &body.bytes, create).await
}

/// Handles a POST request of the administrator once per idempotency key.
async fn run_once(
    context: &EdgeContext<'_>,
    key: &IdempotencyKey,
    path: &str,
    body: &[u8],
    handle: impl AsyncFnOnce(RequestSeed) -> HandlerResult,
) -> HandlerResult {
    let (database, digest) = (directory::open(context.env)?, key.digest());
    let (signing_secret, tag_keys) = (&context.settings.signing_secret, &context.settings.token_tag_keys);
    let fingerprint = Fingerprint::of("POST", path, context.query, body);
    let seed = match administrator_keys::claim(&database, &digest, &fingerprint, random::seed()?).await? {
        ClaimResult::Acquired(seed) => seed,
        ClaimResult::Completed(seed, response) => {
            let response = response.restore(seed, signing_secret, tag_keys);
            let changed = || Error::internal("SIGNING_SECRET has changed since the response was stored");
            return Ok(ApiResponse::replayed(response.ok_or_else(changed)?));
        }
    };
    let result = handle(seed).await;
    let stored = match &result {
        Ok(response) => response.to_stored(),
        Err(error) => error.to_response(context.request_id).to_stored(),
    };
    let stored = stored.redact(seed, signing_secret);
    if let Err(error) = administrator_keys::complete(&database, &digest, seed, &stored).await {
        // The request itself is done. A retry finds what it created.
        log::error(
            "idempotent_response_not_stored",
            json!({ "requestId": context.request_id, "error": format!("{error:?}") }),
        );
    }
    result
}

/// Returns the id of the organisation that is created from a seed.
fn organisation_id(seed: RequestSeed) -> OrganisationId {
    OrganisationId::new(seed.at(), seed.bits(0))
}

/// Creates the organisation in the directory, then its object. Repeating it with the same seed completes what was begun.
async fn create_with(context: &EdgeContext<'_>, body: &[u8], seed: RequestSeed) -> HandlerResult {
    let (name, region) = parse_json::<CreateOrganisation>(body)?.parse()?;
    let (id, created_at) = (organisation_id(seed), seed.at());
    let name = name.as_str().to_owned();
    let database = directory::open(context.env)?;
    let external_id = ExternalId::from_random(&random::bytes()?);
    let external_id = organisations::insert(&database, id, &name, &external_id, created_at).await?;
    let deleted = || ApiError::NotFound { what: "organisation" };
    let external_id = external_id.ok_or_else(deleted)?;

    let (first_key, api_key) =
        issue_key(context.settings, id, seed, FIRST_KEY_NAME.to_owned(), KeyRights::default());
    let client = OrganisationClient::near(context.env, id, region)?;
    let command = Command::Create { id, name: name.clone(), external_id, created_at, first_key };
    if !client.command::<bool>(context.request_id, command, &OutgoingBody::None).await? {
        // It was deleted since the first attempt.
        organisations::delete(&database, id).await?;
        return Err(deleted().into());
    }
    ApiResponse::json(201, &NewOrganisation { id, name, api_key, created_at })
}

/// Returns a page of organisations.
pub(super) async fn list(context: &EdgeContext<'_>) -> HandlerResult {
    let page = PageQuery::parse(context.query)?;
    let after = page.after::<OrganisationId>()?;
    let database = directory::open(context.env)?;
    let mut data = organisations::list(&database, after, page.limit + 1).await?;
    let has_more = data.len() > page.limit as usize;
    data.truncate(page.limit as usize);
    let next_cursor = data.last().filter(|_| has_more).map(|last| last.id.to_string());
    ApiResponse::json(200, &OrganisationPage { data, next_cursor })
}

/// Renames, suspends or resumes an organisation, in its object and in the directory.
pub(super) async fn update(context: &EdgeContext<'_>) -> HandlerResult {
    let body = context.read_body(BodyOwner::Administrator).await?;
    let change = parse_json::<UpdateOrganisation>(&body.bytes)?.parse()?;
    let (organisation, client) = find_organisation(context).await?;
    let changed = change.apply(organisation, clock::now());
    client.command::<()>(context.request_id, Command::Update(changed.clone()), &OutgoingBody::None).await?;
    organisations::update(&directory::open(context.env)?, &changed).await?;
    ApiResponse::json(200, &changed)
}

/// Returns the API keys of an organisation.
pub(super) async fn list_keys(context: &EdgeContext<'_>) -> HandlerResult {
    let (_, client) = find_organisation(context).await?;
    let data = client.command(context.request_id, Command::ListApiKeys, &OutgoingBody::None).await?;
    ApiResponse::json(200, &ApiKeyList { data })
}

/// Revokes an API key of an organisation.
pub(super) async fn delete_key(context: &EdgeContext<'_>) -> HandlerResult {
    let key = api_key_query(context.query)?;
    let (_, client) = find_organisation(context).await?;
    let command = Command::DeleteApiKey(key);
    if client.command::<bool>(context.request_id, command, &OutgoingBody::None).await? {
        Ok(ApiResponse::empty(204))
    } else {
        Err(ApiError::NotFound { what: "API key" }.into())
    }
}

/// Creates an API key of an organisation that has lost its own.
pub(super) async fn create_key(context: &EdgeContext<'_>) -> HandlerResult {
    let body = context.read_body(BodyOwner::Administrator).await?;
    let (name, rights) = parse_json::<CreateApiKey>(&body.bytes)?.parse(clock::now())?;
    let (Organisation { id, .. }, client) = find_organisation(context).await?;
    let create = async |seed: RequestSeed| {
        let (key, api_key) = issue_key(context.settings, id, seed, name, rights);
        let shown = key.shown(seed.at());
        let command = Command::CreateApiKey { key, created_at: seed.at() };
        if !client.command::<bool>(context.request_id, command, &OutgoingBody::None).await? {
            return Err(ApiError::TooManyApiKeys.into());
        }
        ApiResponse::json(201, &NewApiKey { key: shown, api_key })
    };
    match context.key {
        None => create(random::seed()?).await,
        Some(key) => {
            let path = format!("/v1/organisations/{id}/api-keys");
            run_once(context, key, &path, &body.bytes, create).await
        }
    }
}

/// Makes the API key that a request creates. Returns its token in plain text, too.
fn issue_key(
    settings: &Settings,
    organisation: OrganisationId,
    seed: RequestSeed,
    name: String,
    rights: KeyRights,
) -> (NewKey, String) {
    let (id, secret) = (ApiKeyId::new(seed.at(), seed.bits(1)), seed.secret(&settings.signing_secret));
    NewKey::issue(&settings.token_tag_keys, organisation, id, &secret, name, rights)
}

/// Deletes an organisation. If its object can't be reached now, the cron job continues.
pub(super) async fn delete(context: &EdgeContext<'_>) -> HandlerResult {
    let not_found = ApiError::NotFound { what: "organisation" };
    let id: OrganisationId = context.parameter.parse().map_err(|_| not_found.clone())?;
    let database = directory::open(context.env)?;
    if !organisations::mark_deleted(&database, id, clock::now()).await? {
        return Err(not_found.into());
    }
    cron::finish_deletion(context.env, &database, id, context.request_id).await?;
    Ok(ApiResponse::empty(204))
}

/// Returns a page of a backup of the organisation's object.
pub(super) async fn back_up(context: &EdgeContext<'_>) -> HandlerResult {
    let (_, client) = find_organisation(context).await?;
    let command = Command::BackUp { cursor: BackupCursor::parse_query(context.query)? };
    let page: Backup = client.command(context.request_id, command, &OutgoingBody::None).await?;
    ApiResponse::json(200, &page)
}

/// Restores a page of a backup.
pub(super) async fn restore(context: &EdgeContext<'_>) -> HandlerResult {
    let (Organisation { id, suspended_at, .. }, client) = find_organisation(context).await?;
    let command = Command::Restore { organisation: id, suspended_at, policy: restore_query(context.query)? };
    let page = context.read_body(BodyOwner::Administrator).await?;
    let body = OutgoingBody::bytes(&page.bytes);
    let result: RestoreResult = client.command(context.request_id, command, &body).await?;
    ApiResponse::json(200, &result)
}

/// Returns the organisation in the path, and a client for it.
async fn find_organisation(context: &EdgeContext<'_>) -> Result<(Organisation, OrganisationClient), Error> {
    let not_found = || ApiError::NotFound { what: "organisation" };
    let id: OrganisationId = context.parameter.parse().map_err(|_| not_found())?;
    let found = organisations::find(&directory::open(context.env)?, id).await?.ok_or_else(not_found)?;
    Ok((found, OrganisationClient::new(context.env, id)?))
}
