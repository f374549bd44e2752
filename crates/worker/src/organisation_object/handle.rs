//! Handles requests and commands.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use api_contract::{
    ApiError, BodyKind, BodyOwner, Fingerprint, KeyDigest, Matched, OrganisationRoute, RequestSeed, RouteId,
    Router,
};
use aws_sans_io::json;
use domain::{EmailId, RequestEffect};
use http::Method;
use serde_json::json;
use worker::Request;

use super::{
    CallHead, Command, OrganisationObject, RequestHead,
    access::DeleteResult,
    idempotency::{ClaimResult, IdSource},
    request_log::RequestEntry,
    run_while::run_while,
};
use crate::{
    clock,
    http::{
        ApiResponse, Error,
        request::{read_command_body, read_forwarded_body},
        request_limits,
    },
    log::{self, RequestLog},
    random,
    routes::{self, RequestContext},
};

thread_local! {
    static ROUTER: Router = Router::default();
}

impl OrganisationObject {
    /// Handles a customer's request: authenticates it, and runs it once per idempotency key. If its key or session is revoked meanwhile, it
    /// has no effect from then on.
    pub(super) async fn handle(
        &self,
        head: &CallHead,
        call: &RequestHead,
        request: Request,
        request_log: &mut RequestLog,
        entry: &mut RequestEntry,
    ) -> Result<ApiResponse, Error> {
        let method =
            Method::from_bytes(call.method.as_bytes()).map_err(|_| ApiError::NotFound { what: "route" })?;
        let Matched { route, parameter } = ROUTER.with(|router| router.find(&method, &call.path))?;
        let RouteId::Organisation(id) = route.id else {
            return Err(Error::internal("the route isn't an organisation's"));
        };
        request_log.set_route(route.path);
        entry.route = Some((route.path, id));
        let is_large = matches!(route.body, BodyKind::Large(_));
        let rights = self.access.authenticate(&call.credential, clock::now())?;
        if id.is_management() {
            // The request may delete its own key.
            entry.key = self.access.logged_key(&call.credential, clock::now())?;
        }
        let organisation = self.context.organisation()?;
        request_log.set_organisation(&organisation.id.to_string());
        let (required, scope) = (route.scope, rights.scope);
        if !required.permits(scope) {
            return Err(ApiError::InsufficientScope { required, scope }.into());
        }
        let effect = if method.is_safe() || id == OrganisationRoute::EndSession {
            RequestEffect::None
        } else {
            RequestEffect::Some
        };
        self.context.check_standing(effect)?;
        // After authentication: a revoked key must not use up the organisation's limits.
        request_limits::count(&self.context.env, route.rate_class, organisation.id).await?;
        let owner = BodyOwner::Organisation(organisation.id);
        let (access, credential) = (Rc::clone(&self.access), call.credential);
        let has_accepted = Cell::new(false);
        let permission = || {
            // What a request has accepted belongs to the organisation, whatever becomes of the key.
            if has_accepted.get() {
                self.context.organisation().map(drop)
            } else {
                access.check(&credential)?;
                self.context.check_standing(effect)
            }
        };
        let work = async {
            self.delivery.recover().await?;
            let body = read_forwarded_body(&request, route.body, head.body_length, owner).await?;
            // A test must not get the response to a request that sent an email, nor the other way around.
            let query = if rights.is_test { format!("{}#test", call.query) } else { call.query.clone() };
            let fingerprint =
                call.key.as_ref().map(|_| Fingerprint::of(&call.method, &call.path, &query, &body.bytes));
            let (body, large_body) = if is_large { (None, Some(body)) } else { (Some(body), None) };
            let context = RequestContext {
                object: self,
                organisation: &organisation,
                settings: &*self.context.settings()?,
                request_id: &head.request_id,
                credential: &call.credential,
                rights: &rights,
                parameter,
                query: &call.query,
                body: body.as_ref().map(|body| &body.bytes[..]).unwrap_or_default(),
                large_body: Cell::new(large_body),
                has_accepted: &has_accepted,
                log_fields: RefCell::default(),
            };
            let result = match call.key.as_ref().zip(fingerprint) {
                None => routes::dispatch_organisation(id, &context, &IdSource::new(head.seed)).await,
                Some((key, fingerprint)) => self.run_once(key, &fingerprint, head.seed, id, &context).await,
            };
            for (name, value) in context.log_fields.take() {
                request_log.set(name, value);
            }
            result
        };
        let result = run_while(permission, work).await;
        if is_large {
            request_log.set_memory();
        }
        Ok(result?.while_permitted(move || access.check(&credential).map(drop)))
    }

    /// Calls the handler of a route once per idempotency key, or returns the response that is already stored.
    async fn run_once(
        &self,
        key: &KeyDigest,
        fingerprint: &Fingerprint,
        fresh: RequestSeed,
        route: OrganisationRoute,
        context: &RequestContext<'_>,
    ) -> Result<ApiResponse, Error> {
        let (signing_secret, tag_keys) = (&context.settings.signing_secret, &context.settings.token_tag_keys);
        let response_of = |seed: RequestSeed| match route {
            OrganisationRoute::SendEmail => {
                self.delivery.stored_response(EmailId::new(seed.at(), seed.bits(0)))
            }
            _ => Ok(None),
        };
        let claim = match self.idempotency.claim(key, fingerprint, fresh, response_of).await? {
            ClaimResult::Acquired(claim) => claim,
            ClaimResult::Completed(seed, response) => {
                let response = response.restore(seed, signing_secret, tag_keys);
                let changed = || Error::internal("SIGNING_SECRET has changed since the response was stored");
                return Ok(ApiResponse::replayed(response.ok_or_else(changed)?));
            }
            ClaimResult::Mismatch => return Err(ApiError::IdempotencyKeyReused.into()),
            ClaimResult::InProgress => return Err(ApiError::IdempotencyInProgress.into()),
        };
        // Emails write the claim in the transaction that accepts them.
        if !matches!(route, OrganisationRoute::SendEmail | OrganisationRoute::SendBatch) {
            self.idempotency.store(&claim)?;
        }
        let result = routes::dispatch_organisation(route, context, &IdSource::of_claim(&claim)).await;
        let stored = match &result {
            Ok(response) => response.to_stored(),
            Err(error) => error.to_response(context.request_id).to_stored(),
        };
        let stored = stored.redact(claim.seed, signing_secret);
        if let Err(error) = self.idempotency.complete(&claim, &stored) {
            // The request itself is done. A retry finds what it created.
            log::error(
                "idempotent_response_not_stored",
                json!({ "requestId": context.request_id, "error": format!("{error:?}") }),
            );
        }
        result
    }

    /// Handles a command of the Worker. If the organisation is deleted meanwhile, the command has no effect from then on.
    pub(super) async fn handle_command(
        &self,
        command: Command,
        request: Request,
        request_id: &str,
    ) -> Result<ApiResponse, Error> {
        let creates_or_erases =
            matches!(command, Command::Create { .. } | Command::Restore { .. } | Command::Erase);
        let permission = || if creates_or_erases { Ok(()) } else { self.context.organisation().map(drop) };
        run_while(permission, self.execute(command, request, request_id)).await
    }

    async fn execute(
        &self,
        command: Command,
        request: Request,
        request_id: &str,
    ) -> Result<ApiResponse, Error> {
        let now = clock::now();
        match command {
            Command::Create { id, name, external_id, created_at, first_key } => {
                let organisation =
                    super::Organisation { id, name, external_id, created_at, suspended_at: None };
                let can_be_used = self.context.create(&organisation)?;
                if can_be_used {
                    self.access.insert_key(&first_key, created_at)?;
                }
                ApiResponse::json(200, &can_be_used)
            }
            Command::Update(changed) => ApiResponse::json(200, &self.context.update(&changed)?),
            Command::ListApiKeys => ApiResponse::json(200, &self.access.list_keys(None)?),
            Command::DeleteApiKey(id) => match self.access.delete_key(id)? {
                DeleteResult::Deleted => ApiResponse::json(200, &true),
                DeleteResult::NotFound => ApiResponse::json(200, &false),
                DeleteResult::LastKey => Err(ApiError::LastApiKey.into()),
            },
            Command::CreateApiKey { key, created_at } => {
                ApiResponse::json(200, &self.access.insert_key(&key, created_at)?)
            }
            Command::Erase => {
                self.connection.forget_credentials();
                self.context.erase(now).await?;
                self.delivery.wait_for_lanes().await;
                ApiResponse::json(200, &())
            }
            Command::CreateSession { key_digest } => {
                ApiResponse::json(200, &self.access.create_session(&key_digest, random::bytes()?, now)?)
            }
            Command::ReceiveSns(message) => {
                let text = read_command_body(request).await?;
                self.receive_sns(message, &text, request_id).await
            }
            Command::RecordAwsCall(record) => {
                self.aws_calls.record(record);
                ApiResponse::json(200, &())
            }
            Command::NoteWebhookFailure { token_digest, region } => {
                if self.access.find_webhook(&token_digest)?.is_some() {
                    self.delivery.note_webhook_failure(region)?;
                }
                ApiResponse::json(200, &())
            }
            Command::Exchange => {
                let report = json::parse(&read_command_body(request).await?)?;
                ApiResponse::json(200, &self.delivery.exchange(report).await?)
            }
            Command::ExchangeWebhooks => {
                let report = json::parse(&read_command_body(request).await?)?;
                ApiResponse::json(200, &self.webhooks.exchange(report).await?)
            }
            Command::Unsubscribe { address, email } => {
                ApiResponse::json(200, &self.suppression.unsubscribe(&address, email, now)?)
            }
            Command::BackUp { cursor } => ApiResponse::json(200, &self.back_up(cursor)?),
            Command::Restore { organisation, suspended_at, policy } => {
                let page = read_command_body(request).await?;
                ApiResponse::json(200, &self.restore(&page, organisation, suspended_at, policy).await?)
            }
        }
    }
}
