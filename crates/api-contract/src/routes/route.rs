//! A row of the route table.

pub(crate) mod builder;
mod types;

use domain::api_key::RequiredScope;
use http::Method;

pub(crate) use self::builder::RouteSpec;
use self::types::ContractType;
use self::types::{RequestType, ResponseType, SchemaOf};
use crate::{RateClass, RouteId};

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

impl Verb {
    /// Returns the name, such as `GET`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl PartialEq<Method> for Verb {
    fn eq(&self, other: &Method) -> bool {
        self.name() == other.as_str()
    }
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Open,
    /// Callers that present `ADMIN_TOKEN`.
    Administrator,
    /// Callers that present `METRICS_TOKEN` or `ADMIN_TOKEN`.
    Monitoring,
    /// Callers that present an API key or a session cookie of an organisation.
    Organisation,
}

/// The body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// No body is read.
    None,
    /// JSON of at most this many bytes.
    Json(usize),
    /// JSON of at most this many bytes that the handler takes over and frees early.
    Large(usize),
    /// CSV of at most this many bytes.
    Csv(usize),
    /// JSON of at most this many bytes, with any content type: SNS posts it as `text/plain`.
    Sns(usize),
}

impl BodyKind {
    /// Returns the most bytes of the body.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::None => 0,
            Self::Json(limit) | Self::Large(limit) | Self::Csv(limit) | Self::Sns(limit) => limit,
        }
    }

    /// Returns the media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Sns(_) => "text/plain",
            Self::Csv(_) => "text/csv",
            Self::None | Self::Json(_) | Self::Large(_) => "application/json",
        }
    }
}

/// Whether a client may repeat a request whose response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The second request has no further effect.
    Safe,
    /// Only with the idempotency key of the first request.
    WithIdempotencyKey,
    /// Never automatically.
    Never,
}

/// A group of routes in the OpenAPI document and in the API reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The AWS account.
    Connection,
    /// Sender identities.
    Identities,
    /// Templates.
    Templates,
    /// Emails.
    Emails,
    /// The suppression list.
    Suppressions,
    /// The event feed and webhooks.
    Events,
    /// API keys and sessions.
    Access,
    /// Organisations.
    Organisations,
    /// The Worker itself.
    Worker,
    /// This document.
    Description,
}

impl Tag {
    /// Returns the name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connection => "Connection",
            Self::Identities => "Identities",
            Self::Templates => "Templates",
            Self::Emails => "Emails",
            Self::Suppressions => "Suppressions",
            Self::Events => "Events",
            Self::Access => "Access",
            Self::Organisations => "Organisations",
            Self::Worker => "Worker",
            Self::Description => "Description",
        }
    }

    /// Returns a sentence about the group.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Connection => "The organisation's AWS account.",
            Self::Identities => "Domains and addresses that email is sent from, and their DNS records.",
            Self::Templates => "Reusable emails with variables, by version.",
            Self::Emails => "Sending emails, and their delivery status.",
            Self::Suppressions => "Addresses that must not be emailed.",
            Self::Events => "What happened to emails and to the connection, as a feed and by webhooks.",
            Self::Access => "API keys and browser sessions.",
            Self::Organisations => "The organisations that use Kraiter.",
            Self::Worker => "Health, metrics and the SNS webhook.",
            Self::Description => "The OpenAPI document.",
        }
    }
}

/// The method of the npm package that calls a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SdkMethod {
    /// The resource, such as `emails`.
    pub resource: &'static str,
    /// The method, such as `send`.
    pub method: &'static str,
    /// The TypeScript interface of the query parameters.
    pub query: Option<&'static str>,
    /// The only field of the request, if callers pass its value instead of an object.
    pub unwrapped: Option<&'static str>,
}

/// A query parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueryParameter {
    /// The name.
    pub(crate) name: &'static str,
    /// Description for the API's documentation.
    pub(crate) description: &'static str,
    /// The accepted values.
    pub(crate) values: QueryValues,
}

/// The values of a query parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryValues {
    /// Text of at most this many characters, if limited.
    Text(Option<u32>),
    /// A time (RFC 3339).
    Time,
    /// A whole number of at least 0.
    Integer,
    /// A whole number of at least 1.
    PositiveInteger,
    /// One of these texts. The first is the default if `has_default`.
    OneOf {
        /// The texts.
        values: &'static [&'static str],
        /// Whether the first is the default.
        has_default: bool,
    },
    /// Region codes, each in a parameter of its own, or `all`.
    Regions,
}

/// The pages of a list.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "openapi"), expect(dead_code, reason = "columns for the OpenAPI documents"))]
pub(crate) struct Pages {
    /// Rows of a page if the request does not say.
    pub(crate) default_limit: u32,
    /// The schema of a cursor.
    pub(crate) cursor: SchemaOf,
}

/// A successful response.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "openapi"), expect(dead_code, reason = "columns for the OpenAPI documents"))]
pub(crate) struct RouteResponse {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) content: ResponseContent,
}

/// The body of a response.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ResponseContent {
    /// No body.
    None,
    /// Text of this media type.
    Text(&'static str),
    /// JSON.
    Json(ResponseType),
}

/// A route: a method on a path.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Identifies the route in matches.
    pub id: RouteId,
    /// The name, such as `SendEmail`.
    pub name: &'static str,
    /// The summary, such as "Send an email".
    pub summary: &'static str,
    /// Everything else.
    pub(crate) spec: RouteSpec,
}

impl Route {
    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> Verb {
        self.spec.method
    }

    /// Returns the path's pattern, such as `/v1/emails/{id}`. It has at most one variable part.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.spec.path
    }

    /// Returns who may call the route.
    #[must_use]
    pub const fn access(&self) -> Access {
        match self.id {
            RouteId::Open(_) => Access::Open,
            RouteId::Administrator(_) => Access::Administrator,
            RouteId::Monitoring(_) => Access::Monitoring,
            RouteId::Organisation(_) => Access::Organisation,
        }
    }

    /// Returns the group in the documentation.
    #[must_use]
    pub const fn tag(&self) -> Tag {
        self.spec.tag
    }

    /// Returns the kind and limit of the request's body.
    #[must_use]
    pub const fn body(&self) -> BodyKind {
        self.spec.body
    }

    /// Returns how often the route may be called.
    #[must_use]
    pub const fn rate_class(&self) -> RateClass {
        self.spec.rate_class
    }

    /// Returns the scope that an API key needs.
    #[must_use]
    pub const fn scope(&self) -> RequiredScope {
        match self.spec.scope {
            Some(scope) => scope,
            None => RequiredScope::Full,
        }
    }

    /// Returns whether the route can respond with `rate_limited`: because it has a limit, or because it refuses credentials.
    #[cfg(feature = "openapi")]
    pub(crate) fn can_be_rate_limited(&self) -> bool {
        let takes_token = self.access() != Access::Open || matches!(self.body(), BodyKind::Sns(_));
        takes_token || self.rate_class() != RateClass::Unlimited
    }

    /// Returns whether the route accepts an `Idempotency-Key`.
    #[must_use]
    pub const fn is_idempotent(&self) -> bool {
        self.spec.idempotent
    }

    /// Returns whether a client may repeat a request whose response was lost.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self.spec.method {
            Verb::Get => Retry::Safe,
            _ if self.spec.repeatable => Retry::Safe,
            _ if self.spec.idempotent => Retry::WithIdempotencyKey,
            _ => Retry::Never,
        }
    }

    /// Returns the media type of the first successful response if it is text and not JSON.
    #[must_use]
    pub const fn text_response(&self) -> Option<&'static str> {
        match self.spec.responses[0] {
            Some(RouteResponse { content: ResponseContent::Text(media_type), .. }) => Some(media_type),
            _ => None,
        }
    }

    /// Returns whether the route has query parameters.
    #[must_use]
    pub const fn has_query(&self) -> bool {
        self.spec.pages.is_some() || !self.spec.query.is_empty()
    }

    /// Returns the method of the npm package.
    #[must_use]
    pub const fn sdk(&self) -> Option<SdkMethod> {
        self.spec.sdk
    }

    /// Returns the name of the operation in the OpenAPI document, such as `sendEmail`.
    #[must_use]
    pub fn operation_id(&self) -> String {
        let (first, rest) = self.name.split_at(1);
        first.to_ascii_lowercase() + rest
    }
}
