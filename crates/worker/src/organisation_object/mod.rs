//! The Durable Object of one organisation, which owns all of its data.
//!
//! There is one instance per organisation at a time, and nothing else runs between two of its statements unless there is an `await`. State that
//! must survive the instance is in SQLite; credentials are in memory only.
//!
//! | module | contents |
//! |---|---|
//! | `call`, `command`, `client` | calls from the Worker |
//! | `context`, `sql`, `stored`, `schema`, `alarm` | what the components share |
//! | `access` | API keys, sessions and webhook tokens |
//! | `connection` | the connection to AWS: state, checks, credentials, events, regions |
//! | `emails` | the table of emails |
//! | `delivery` | accepting and sending emails, events, retries, cancellation |
//! | `metrics` | the organisation's emails by hour |
//! | `aws_calls`, `request_log` | the ledger of calls to AWS, the request log |
//! | `feed` | the event feed |
//! | `idempotency` | requests with an idempotency key |
//! | `suppression`, `reputation` | the suppression list; bounces and complaints by day |
//! | `templates`, `identities` | templates and sender identities |
//! | `webhooks` | events delivered to customers' servers |
//! | `totals` | counts for operators' metrics |
//! | `backup` | backup and restore |
//! | `handle`, `sns`, `ring` | requests and commands, SNS messages, the alarm |
//! | `run_while` | work that ends when its key is revoked or the organisation is deleted |
//! | `retention` | deletion of expired data |

pub(crate) mod access;
mod alarm;
pub(crate) mod aws_calls;
pub(crate) mod backup;
mod call;
mod client;
mod command;
pub(crate) mod connection;
pub(crate) mod context;
pub(crate) mod delivery;
pub(crate) mod emails;
pub(crate) mod feed;
mod handle;
pub(crate) mod idempotency;
pub(crate) mod identities;
pub(crate) mod metrics;
pub(crate) mod reputation;
pub(crate) mod request_log;
mod retention;
mod ring;
mod run_while;
mod schema;
mod sns;
pub(crate) mod sql;
mod stored;
pub(crate) mod suppression;
pub(crate) mod templates;
pub(crate) mod totals;
pub(crate) mod webhooks;

use aws_sans_io::json;
use std::rc::Rc;

use futures_util::FutureExt;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use self::{
    access::Access,
    aws_calls::AwsCalls,
    call::CALL_HEADER,
    connection::ConnectionManager,
    delivery::Delivery,
    emails::Emails,
    feed::Feed,
    idempotency::IdempotencyStore,
    identities::Identities,
    metrics::Metrics,
    reputation::Reputation,
    request_log::{RequestEntry, Requests},
    retention::RetentionState,
    stored::Stored,
    suppression::SuppressionList,
    templates::TemplateStore,
    totals::TotalsReporter,
    webhooks::Webhooks,
};
pub(crate) use self::{
    call::{Action, CallHead, RequestHead},
    client::OrganisationClient,
    command::{Command, SnsMessage, SnsMessageKind, SubscriptionDecision},
    context::{Context, Organisation},
    delivery::{LaneEmail, LaneReport, LaneResult, LaneWork},
    webhooks::{CALLS as WEBHOOK_CALLS, WebhookReport, WebhookRequest, WebhookResult, WebhookWork},
};
use crate::{
    clock,
    http::Error,
    log::{self, RequestLog},
};

/// One organisation's data, and everything that is done with it.
#[durable_object]
pub struct OrganisationObject {
    pub(crate) context: Rc<Context>,
    pub(crate) access: Rc<Access>,
    pub(crate) aws_calls: Rc<AwsCalls>,
    pub(crate) requests: Requests,
    pub(crate) connection: Rc<ConnectionManager>,
    pub(crate) emails: Rc<Emails>,
    pub(crate) metrics: Rc<Metrics>,
    pub(crate) feed: Rc<Feed>,
    pub(crate) webhooks: Rc<Webhooks>,
    pub(crate) suppression: Rc<SuppressionList>,
    pub(crate) reputation: Rc<Reputation>,
    pub(crate) totals: Rc<TotalsReporter>,
    pub(crate) delivery: Rc<Delivery>,
    pub(crate) idempotency: IdempotencyStore,
    pub(crate) templates: TemplateStore,
    pub(crate) identities: Rc<Identities>,
    retention: Stored<RetentionState>,
}

impl DurableObject for OrganisationObject {
    fn new(state: State, env: Env) -> Self {
        let context = Rc::new(Context::new(state, env));
        let access = Rc::new(Access::new(Rc::clone(&context)));
        let feed = Rc::new(Feed::new(Rc::clone(&context)));
        let webhooks = Webhooks::new(Rc::clone(&context), &feed);
        let requests = Requests::new(Rc::clone(&context));
        let aws_calls = Rc::new(AwsCalls::new(Rc::clone(&context)));
        let connection = Rc::new(ConnectionManager::new(
            Rc::clone(&context),
            Rc::clone(&access),
            Rc::clone(&feed),
            Rc::clone(&aws_calls),
        ));
        let changes = Rc::new(metrics::Changes::new(Rc::clone(&context)));
        let emails = Rc::new(Emails::new(Rc::clone(&context), Rc::clone(&changes)));
        let metrics = Rc::new(Metrics::new(Rc::clone(&context), Rc::clone(&emails), changes));
        let suppression = Rc::new(SuppressionList::new(Rc::clone(&context), Rc::clone(&feed)));
        let reputation = Rc::new(Reputation::new(Rc::clone(&context), Rc::clone(&feed)));
        let totals = Rc::new(TotalsReporter::new(Rc::clone(&context)));
        let idempotency = IdempotencyStore::new(Rc::clone(&context));
        let templates = TemplateStore::new(Rc::clone(&context));
        let identities =
            Rc::new(Identities::new(Rc::clone(&context), Rc::clone(&connection), Rc::clone(&feed)));
        let delivery = Delivery::new(
            Rc::clone(&context),
            Rc::clone(&emails),
            Rc::clone(&feed),
            Rc::clone(&connection),
            Rc::clone(&suppression),
            Rc::clone(&reputation),
            Rc::clone(&totals),
        );
        Self {
            context,
            access,
            aws_calls,
            requests,
            connection,
            emails,
            metrics,
            feed,
            webhooks,
            suppression,
            reputation,
            totals,
            delivery,
            idempotency,
            templates,
            identities,
            retention: Stored::new("retention"),
        }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let started_at = clock::now();
        let head = request.headers().get(CALL_HEADER)?.unwrap_or_default();
        let head: CallHead =
            json::parse(head.as_bytes()).map_err(|error| worker::Error::from(error.to_string()))?;
        let request_id = head.request_id.clone();
        self.totals.count_request();
        let response = match head.action {
            Action::Request(ref call) => {
                let mut request_log = RequestLog::new(&request_id, &call.method);
                let mut entry = RequestEntry::new(call);
                let response = self.handle(&head, call, request, &mut request_log, &mut entry).await;
                let response = response.unwrap_or_else(|error| {
                    request_log.set_error(&error);
                    entry.set_error(&error);
                    error.to_response(&request_id)
                });
                let duration = clock::now() - started_at;
                self.log_request(&request_id, entry, response.status, duration);
                request_log.finish(response.status, duration);
                response
            }
            Action::Command(command) => {
                let response = self.handle_command(*command, request, &request_id).await;
                response.unwrap_or_else(|error| {
                    if let Error::Internal(text) = &error {
                        log::error(
                            "command_failed",
                            serde_json::json!({ "requestId": request_id, "error": text }),
                        );
                    }
                    error.to_response(&request_id)
                })
            }
        };
        self.totals.finish_request().await;
        response.into_response(&request_id)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        // An error says that the organisation was deleted, or never existed: it has nothing to do.
        let _ = self.context.while_organisation_exists(Box::pin(self.ring()).map(Ok)).await;
        Response::empty()
    }
}
