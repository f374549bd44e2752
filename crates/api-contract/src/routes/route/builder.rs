//! The columns of a row, built in a constant.

use domain::api_key::RequiredScope;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    BodyKind, ContractType, Pages, QueryParameter, QueryValues, RequestType, ResponseContent, ResponseType,
    Route, RouteResponse, SchemaOf, SdkMethod, Tag, Verb,
};
use crate::{MAX_BODY_BYTES, MAX_JSON_BYTES, RateClass, RouteId};

/// A row without its name.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "openapi"), allow(dead_code, reason = "some columns are for the OpenAPI documents"))]
pub(crate) struct RouteSpec {
    pub(crate) method: Verb,
    pub(crate) path: &'static str,
    pub(crate) tag: Tag,
    pub(crate) body: BodyKind,
    pub(crate) request: Option<RequestType>,
    pub(crate) idempotent: bool,
    pub(crate) repeatable: bool,
    pub(crate) path_parameter: Option<(&'static str, SchemaOf)>,
    pub(crate) pages: Option<Pages>,
    pub(crate) query: &'static [QueryParameter],
    pub(crate) responses: [Option<RouteResponse>; 2],
    pub(crate) calls_aws: bool,
    pub(crate) rate_class: RateClass,
    pub(crate) scope: Option<RequiredScope>,
    pub(crate) problems: &'static [&'static [&'static str]],
    pub(crate) field_problems: &'static [&'static str],
    pub(crate) sdk: Option<SdkMethod>,
}

const fn spec(method: Verb, tag: Tag, path: &'static str) -> RouteSpec {
    RouteSpec {
        method,
        path,
        tag,
        body: BodyKind::None,
        request: None,
        idempotent: false,
        repeatable: false,
        path_parameter: None,
        pages: None,
        query: &[],
        responses: [None, None],
        calls_aws: false,
        rate_class: RateClass::Unlimited,
        scope: None,
        problems: &[],
        field_problems: &[],
        sdk: None,
    }
}

pub(crate) const fn get(tag: Tag, path: &'static str) -> RouteSpec {
    spec(Verb::Get, tag, path)
}

pub(crate) const fn post(tag: Tag, path: &'static str) -> RouteSpec {
    spec(Verb::Post, tag, path)
}

pub(crate) const fn put(tag: Tag, path: &'static str) -> RouteSpec {
    spec(Verb::Put, tag, path)
}

pub(crate) const fn patch(tag: Tag, path: &'static str) -> RouteSpec {
    spec(Verb::Patch, tag, path)
}

pub(crate) const fn delete(tag: Tag, path: &'static str) -> RouteSpec {
    spec(Verb::Delete, tag, path)
}

impl RouteSpec {
    /// The scope that an organisation's API key needs. A row without it doesn't compile.
    pub(crate) const fn scope(mut self, scope: RequiredScope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// A JSON body of at most 64 KiB.
    pub(crate) const fn json<T: ContractType + DeserializeOwned>(self) -> Self {
        self.body_of::<T>(BodyKind::Json(MAX_JSON_BYTES))
    }

    /// A JSON body of at most 1 MiB.
    pub(crate) const fn long_json<T: ContractType + DeserializeOwned>(self) -> Self {
        self.body_of::<T>(BodyKind::Json(MAX_BODY_BYTES))
    }

    /// A JSON body of another kind.
    pub(crate) const fn body_of<T: ContractType + DeserializeOwned>(mut self, body: BodyKind) -> Self {
        self.body = body;
        self.request = Some(RequestType::json::<T>());
        self
    }

    /// A CSV body of at most 1 MiB.
    pub(crate) const fn csv(mut self) -> Self {
        self.body = BodyKind::Csv(MAX_BODY_BYTES);
        self.request = Some(RequestType::text());
        self
    }

    /// The route accepts an `Idempotency-Key`.
    pub(crate) const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Repeating the request has no further effect.
    pub(crate) const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// The variable part of the path. The route responds with `not_found` if there is no such thing.
    pub(crate) const fn item<T: ContractType>(mut self, description: &'static str) -> Self {
        self.path_parameter = Some((description, SchemaOf::new::<T>()));
        self
    }

    /// A list that is returned in pages; `Id` is the type of a cursor.
    pub(crate) const fn pages<Id: ContractType>(mut self, default_limit: u32) -> Self {
        self.pages = Some(Pages { default_limit, cursor: SchemaOf::new::<Id>() });
        self
    }

    pub(crate) const fn query(mut self, query: &'static [QueryParameter]) -> Self {
        self.query = query;
        self
    }

    /// A JSON response.
    pub(crate) const fn returns<T: ContractType + DeserializeOwned + Serialize>(self, status: u16) -> Self {
        self.response(status, ResponseContent::Json(ResponseType::json::<T>()))
    }

    /// A text response with status 200.
    pub(crate) const fn returns_text(self, media_type: &'static str) -> Self {
        self.response(200, ResponseContent::Text(media_type))
    }

    /// A response without a body.
    pub(crate) const fn returns_nothing(self, status: u16) -> Self {
        self.response(status, ResponseContent::None)
    }

    const fn response(mut self, status: u16, content: ResponseContent) -> Self {
        let free = if self.responses[0].is_none() { 0 } else { 1 };
        self.responses[free] = Some(RouteResponse { status, content });
        self
    }

    /// The route calls AWS with the organisation's role, so it can fail with every reason why a connection does not work.
    pub(crate) const fn calls_aws(mut self) -> Self {
        self.calls_aws = true;
        self
    }

    /// How often the route may be called. Not limited by default.
    pub(crate) const fn limited(mut self, rate_class: RateClass) -> Self {
        self.rate_class = rate_class;
        self
    }

    /// Codes of further problems, in groups.
    pub(crate) const fn problems(mut self, problems: &'static [&'static [&'static str]]) -> Self {
        self.problems = problems;
        self
    }

    /// Codes that are otherwise problems of a whole request, and here of a field (422).
    pub(crate) const fn field_problems(mut self, codes: &'static [&'static str]) -> Self {
        self.field_problems = codes;
        self
    }

    /// The method of the npm package.
    pub(crate) const fn sdk(mut self, resource: &'static str, method: &'static str) -> Self {
        self.sdk = Some(SdkMethod { resource, method, query: None, unwrapped: None });
        self
    }

    /// The TypeScript interface of the query parameters. Needs [`Self::sdk`] first.
    pub(crate) const fn sdk_query(mut self, interface: &'static str) -> Self {
        if let Some(sdk) = &mut self.sdk {
            sdk.query = Some(interface);
        }
        self
    }

    /// The only field of the request, if callers of the npm package pass its value. Needs [`Self::sdk`] first.
    pub(crate) const fn sdk_unwrapped(mut self, field: &'static str) -> Self {
        if let Some(sdk) = &mut self.sdk {
            sdk.unwrapped = Some(field);
        }
        self
    }

    pub(crate) const fn named(self, id: RouteId, name: &'static str, summary: &'static str) -> Route {
        let is_organisations = matches!(id, RouteId::Organisation(_));
        assert!(
            is_organisations == self.scope.is_some(),
            "a route of an organisation, and no other, states its scope: .scope(…)"
        );
        Route { id, name, summary, spec: self }
    }
}

impl QueryParameter {
    const fn new(name: &'static str, description: &'static str, values: QueryValues) -> Self {
        Self { name, description, values }
    }

    pub(crate) const fn text(name: &'static str, description: &'static str, max_length: Option<u32>) -> Self {
        Self::new(name, description, QueryValues::Text(max_length))
    }

    pub(crate) const fn time(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, QueryValues::Time)
    }

    pub(crate) const fn integer(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, QueryValues::Integer)
    }

    pub(crate) const fn positive_integer(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, QueryValues::PositiveInteger)
    }

    pub(crate) const fn one_of(
        name: &'static str,
        description: &'static str,
        values: &'static [&'static str],
    ) -> Self {
        Self::new(name, description, QueryValues::OneOf { values, has_default: false })
    }

    /// The first value is the default.
    pub(crate) const fn one_of_or_first(
        name: &'static str,
        description: &'static str,
        values: &'static [&'static str],
    ) -> Self {
        Self::new(name, description, QueryValues::OneOf { values, has_default: true })
    }

    pub(crate) const fn regions(name: &'static str, description: &'static str) -> Self {
        Self::new(name, description, QueryValues::Regions)
    }
}
