//! What a request asks for, by its method and path.

use http::Method;
use matchit::Router;

use super::{ApiError, MAX_BODY_BYTES, MAX_PAGE_BYTES};

/// What can be asked of the API, one route and method each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// `GET /healthz`.
    Health,
    /// `GET /openapi.json`.
    OpenApi,
    /// `POST /webhooks/sns/{token}`.
    ReceiveSns,
    /// `POST /v1/organisations`.
    CreateOrganisation,
    /// `DELETE /v1/organisations/{id}`.
    DeleteOrganisation,
    /// `GET /v1/organisations/{id}/backup`.
    BackUpOrganisation,
    /// `POST /v1/organisations/{id}/restore`.
    RestoreOrganisation,
    /// `GET /metrics`.
    GetMetrics,
    /// `POST /v1/session`.
    CreateSession,
    /// `GET /v1/session`.
    GetSession,
    /// `DELETE /v1/session`.
    EndSession,
    /// `GET /v1/api-keys`.
    ListApiKeys,
    /// `POST /v1/api-keys`.
    CreateApiKey,
    /// `DELETE /v1/api-keys/{id}`.
    DeleteApiKey,
    /// `GET /v1/aws-binding`.
    GetAwsBinding,
    /// `POST /v1/aws-binding`.
    CreateAwsBinding,
    /// `DELETE /v1/aws-binding`.
    DeleteAwsBinding,
    /// `POST /v1/aws-binding/connect`.
    ConnectAws,
    /// `POST /v1/aws-binding/verify`.
    VerifyAwsBinding,
    /// `POST /v1/aws-binding/audit`.
    AuditAwsBinding,
    /// `POST /v1/aws-binding/events`.
    SetUpEvents,
    /// `GET /v1/identities`.
    ListIdentities,
    /// `POST /v1/identities`.
    CreateIdentity,
    /// `GET /v1/identities/{id}`.
    GetIdentity,
    /// `DELETE /v1/identities/{id}`.
    DeleteIdentity,
    /// `PUT /v1/identities/{id}/dkim`.
    SetIdentityDkim,
    /// `POST /v1/identities/{id}/check-dns`.
    CheckIdentityDns,
    /// `GET /v1/identities/{id}/zone`.
    GetIdentityZone,
    /// `GET /v1/templates`.
    ListTemplates,
    /// `POST /v1/templates`.
    CreateTemplate,
    /// `POST /v1/templates/preview`.
    PreviewDraft,
    /// `GET /v1/templates/{id}`.
    GetTemplate,
    /// `PUT /v1/templates/{id}`.
    UpdateTemplate,
    /// `DELETE /v1/templates/{id}`.
    DeleteTemplate,
    /// `POST /v1/templates/{id}/preview`.
    PreviewTemplate,
    /// `GET /v1/sending`.
    GetSending,
    /// `GET /v1/reputation`.
    GetReputation,
    /// `GET /v1/emails`.
    ListEmails,
    /// `POST /v1/emails`.
    SendEmail,
    /// `POST /v1/emails/batch`.
    SendBatch,
    /// `GET /v1/emails/{id}`.
    GetEmail,
    /// `POST /v1/emails/{id}/cancel`.
    CancelEmail,
    /// `GET /v1/suppressions`.
    ListSuppressions,
    /// `POST /v1/suppressions`.
    CreateSuppression,
    /// `POST /v1/suppressions/import`.
    ImportSuppressions,
    /// `GET /v1/suppressions/export`.
    ExportSuppressions,
    /// `GET /v1/suppressions/{address}`.
    GetSuppression,
    /// `DELETE /v1/suppressions/{address}`.
    DeleteSuppression,
    /// `GET /unsubscribe/{token}`.
    ShowUnsubscribe,
    /// `POST /unsubscribe/{token}`.
    Unsubscribe,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody; what comes is proven otherwise, or says nothing.
    Open,
    /// Who shows `ADMIN_TOKEN`.
    Administrator,
    /// Who shows an organisation's key.
    Organisation,
}

/// What a request's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// Nothing is read.
    None,
    /// JSON of at most so many bytes.
    Json(usize),
    /// JSON of at most so many bytes, which is taken away by who reads it so that it doesn't stay in memory.
    Large(usize),
    /// CSV of at most so many bytes.
    Csv(usize),
    /// JSON, whatever the content type says, of at most so many bytes: SNS posts it as `text/plain`.
    Sns(usize),
}

/// SNS's messages have at most 256 KiB; JSON's escapes can double it.
/// <https://docs.aws.amazon.com/general/latest/gr/sns.html>
const MAX_SNS_BYTES: usize = 512 * 1024;

/// The largest message, as its JSON: base64 without line breaks is shorter than with them, and HTML as JSON is no longer than 4 MiB
/// can get.
const MAX_EMAIL_BODY_BYTES: usize = domain::email::MAX_MESSAGE_BYTES + 2_000_000;

/// A batch: 40 KB for each of a hundred emails.
const MAX_BATCH_BODY_BYTES: usize = 4 * 1024 * 1024;

/// The most bytes of large bodies that an instance of the Worker holds at once: one of the largest. Each costs up to twice its length, and
/// there are 128 MB.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#memory>
pub const MAX_HELD_BYTES: usize = MAX_EMAIL_BODY_BYTES;

type Row = (&'static str, &'static [(Method, Action)]);

/// Every route, with its methods in the order in which `Allow` names them.
static ROUTES: [Row; 36] = [
    ("/healthz", &[(Method::GET, Action::Health)]),
    ("/openapi.json", &[(Method::GET, Action::OpenApi)]),
    ("/metrics", &[(Method::GET, Action::GetMetrics)]),
    ("/webhooks/sns/{token}", &[(Method::POST, Action::ReceiveSns)]),
    ("/v1/organisations", &[(Method::POST, Action::CreateOrganisation)]),
    ("/v1/organisations/{id}", &[(Method::DELETE, Action::DeleteOrganisation)]),
    ("/v1/organisations/{id}/backup", &[(Method::GET, Action::BackUpOrganisation)]),
    ("/v1/organisations/{id}/restore", &[(Method::POST, Action::RestoreOrganisation)]),
    (
        "/v1/session",
        &[
            (Method::GET, Action::GetSession),
            (Method::POST, Action::CreateSession),
            (Method::DELETE, Action::EndSession),
        ],
    ),
    ("/v1/api-keys", &[(Method::GET, Action::ListApiKeys), (Method::POST, Action::CreateApiKey)]),
    ("/v1/api-keys/{id}", &[(Method::DELETE, Action::DeleteApiKey)]),
    (
        "/v1/aws-binding",
        &[
            (Method::GET, Action::GetAwsBinding),
            (Method::POST, Action::CreateAwsBinding),
            (Method::DELETE, Action::DeleteAwsBinding),
        ],
    ),
    ("/v1/aws-binding/connect", &[(Method::POST, Action::ConnectAws)]),
    ("/v1/aws-binding/verify", &[(Method::POST, Action::VerifyAwsBinding)]),
    ("/v1/aws-binding/audit", &[(Method::POST, Action::AuditAwsBinding)]),
    ("/v1/aws-binding/events", &[(Method::POST, Action::SetUpEvents)]),
    ("/v1/identities", &[(Method::GET, Action::ListIdentities), (Method::POST, Action::CreateIdentity)]),
    ("/v1/identities/{id}", &[(Method::GET, Action::GetIdentity), (Method::DELETE, Action::DeleteIdentity)]),
    ("/v1/identities/{id}/dkim", &[(Method::PUT, Action::SetIdentityDkim)]),
    ("/v1/identities/{id}/check-dns", &[(Method::POST, Action::CheckIdentityDns)]),
    ("/v1/identities/{id}/zone", &[(Method::GET, Action::GetIdentityZone)]),
    ("/v1/templates", &[(Method::GET, Action::ListTemplates), (Method::POST, Action::CreateTemplate)]),
    ("/v1/templates/preview", &[(Method::POST, Action::PreviewDraft)]),
    (
        "/v1/templates/{id}",
        &[
            (Method::GET, Action::GetTemplate),
            (Method::PUT, Action::UpdateTemplate),
            (Method::DELETE, Action::DeleteTemplate),
        ],
    ),
    ("/v1/templates/{id}/preview", &[(Method::POST, Action::PreviewTemplate)]),
    ("/v1/sending", &[(Method::GET, Action::GetSending)]),
    ("/v1/reputation", &[(Method::GET, Action::GetReputation)]),
    ("/v1/emails", &[(Method::GET, Action::ListEmails), (Method::POST, Action::SendEmail)]),
    ("/v1/emails/batch", &[(Method::POST, Action::SendBatch)]),
    ("/v1/emails/{id}", &[(Method::GET, Action::GetEmail)]),
    ("/v1/emails/{id}/cancel", &[(Method::POST, Action::CancelEmail)]),
    (
        "/v1/suppressions",
        &[(Method::GET, Action::ListSuppressions), (Method::POST, Action::CreateSuppression)],
    ),
    ("/v1/suppressions/import", &[(Method::POST, Action::ImportSuppressions)]),
    ("/v1/suppressions/export", &[(Method::GET, Action::ExportSuppressions)]),
    (
        "/v1/suppressions/{address}",
        &[(Method::GET, Action::GetSuppression), (Method::DELETE, Action::DeleteSuppression)],
    ),
    ("/unsubscribe/{token}", &[(Method::GET, Action::ShowUnsubscribe), (Method::POST, Action::Unsubscribe)]),
];

/// Every route with each of its methods.
#[cfg(feature = "openapi")]
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static Method, Action)> {
    ROUTES.iter().flat_map(|(pattern, actions)| {
        actions.iter().map(move |(method, action)| (*pattern, method, *action))
    })
}

impl Action {
    /// Who may ask for it.
    #[must_use]
    pub const fn access(self) -> Access {
        match self {
            Self::Health
            | Self::OpenApi
            | Self::ReceiveSns
            | Self::CreateSession
            | Self::ShowUnsubscribe
            | Self::Unsubscribe => Access::Open,
            Self::CreateOrganisation
            | Self::DeleteOrganisation
            | Self::BackUpOrganisation
            | Self::RestoreOrganisation
            | Self::GetMetrics => Access::Administrator,
            _ => Access::Organisation,
        }
    }

    /// Whether it takes an idempotency key: what creates or sends does. A session is left out: its answer is a cookie, and a second one
    /// does no harm.
    #[must_use]
    pub const fn takes_idempotency_key(self) -> bool {
        matches!(
            self,
            Self::CreateOrganisation
                | Self::CreateApiKey
                | Self::CreateAwsBinding
                | Self::ConnectAws
                | Self::SetUpEvents
                | Self::CreateIdentity
                | Self::CreateTemplate
                | Self::SendEmail
                | Self::SendBatch
                | Self::CreateSuppression
                | Self::ImportSuppressions
        )
    }

    /// What its body is.
    #[must_use]
    pub const fn body(self) -> BodyKind {
        match self {
            Self::ReceiveSns => BodyKind::Sns(MAX_SNS_BYTES),
            Self::CreateOrganisation
            | Self::CreateSession
            | Self::CreateApiKey
            | Self::CreateAwsBinding
            | Self::ConnectAws
            | Self::SetUpEvents
            | Self::CreateIdentity
            | Self::SetIdentityDkim
            | Self::CreateTemplate
            | Self::PreviewDraft
            | Self::UpdateTemplate
            | Self::PreviewTemplate
            | Self::CreateSuppression => BodyKind::Json(MAX_BODY_BYTES),
            Self::ImportSuppressions => BodyKind::Csv(MAX_BODY_BYTES),
            Self::SendEmail => BodyKind::Large(MAX_EMAIL_BODY_BYTES),
            Self::SendBatch => BodyKind::Large(MAX_BATCH_BODY_BYTES),
            Self::RestoreOrganisation => BodyKind::Large(MAX_PAGE_BYTES),
            _ => BodyKind::None,
        }
    }
}

/// A request's place in the table of routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matched<'a> {
    /// What is asked for.
    pub action: Action,
    /// The route's pattern: what logs name, since a path may hold a secret.
    pub pattern: &'static str,
    /// The path's variable part, as it came; empty where the route has none.
    pub parameter: &'a str,
}

/// The table of routes, made once.
#[derive(Debug)]
pub struct Routes(Router<&'static Row>);

impl Default for Routes {
    fn default() -> Self {
        let mut router = Router::new();
        for row in &ROUTES {
            // A pattern that can't be inserted would be missing here; a test looks up each of them.
            let _ = router.insert(row.0, row);
        }
        Self(router)
    }
}

impl Routes {
    /// Finds what `method` and `path` ask for.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] or [`ApiError::MethodNotAllowed`].
    pub fn find<'a>(&self, method: &Method, path: &'a str) -> Result<Matched<'a>, ApiError> {
        let found = self.0.at(path).map_err(|_| ApiError::NotFound { what: "route" })?;
        let (pattern, actions) = *found.value;
        let parameter = found.params.iter().next().map_or("", |(_, value)| value);
        if let Some((_, action)) = actions.iter().find(|(taken, _)| taken == method) {
            return Ok(Matched { action: *action, pattern, parameter });
        }
        let names: Vec<&str> = actions.iter().map(|(taken, _)| taken.as_str()).collect();
        Err(ApiError::MethodNotAllowed { allow: names.join(", ") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_by_each_of_its_methods() {
        let routes = Routes::default();
        for (pattern, actions) in &ROUTES {
            let path = pattern.replace("{id}", "x").replace("{token}", "x").replace("{address}", "x");
            for (method, action) in *actions {
                let found = routes.find(method, &path).unwrap();
                assert_eq!((found.action, found.pattern), (*action, *pattern));
                assert_eq!(found.parameter, if pattern.contains('{') { "x" } else { "" });
            }
            let error = routes.find(&Method::PATCH, &path).unwrap_err();
            assert!(matches!(error, ApiError::MethodNotAllowed { .. }), "{pattern}");
        }
    }

    #[test]
    fn only_posts_take_an_idempotency_key() {
        let taken = ROUTES.iter().flat_map(|(_, actions)| *actions);
        let taken: Vec<_> = taken.filter(|(_, action)| action.takes_idempotency_key()).collect();
        assert!(taken.contains(&&(Method::POST, Action::SendEmail)));
        assert!(taken.iter().all(|(method, _)| method == Method::POST), "{taken:?}");
    }

    #[test]
    fn a_refused_method_is_told_those_that_are_taken() {
        let error = Routes::default().find(&Method::PUT, "/v1/aws-binding").unwrap_err();
        assert_eq!(error, ApiError::MethodNotAllowed { allow: "GET, POST, DELETE".into() });
    }

    #[test]
    fn what_only_looks_like_a_route_is_none() {
        for path in [
            "",
            "/",
            "/v1",
            "/v1/",
            "/v1/emails/",
            "//v1/emails",
            "/v1/emails/a/b",
            "/V1/emails",
            "/webhooks/sns",
        ] {
            let error = Routes::default().find(&Method::GET, path).unwrap_err();
            assert_eq!(error, ApiError::NotFound { what: "route" }, "{path}");
        }
    }
}
