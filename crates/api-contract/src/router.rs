//! Finds the route of a request.

use domain::api_key::RequiredScope;
use http::Method;

use crate::{ApiError, BodyKind, ROUTES, RateClass, Route, RouteId, Verb};

/// The columns of the route table that the Worker needs. The others, such as summaries, are not part of its module.
#[derive(Clone, Copy, Debug)]
pub struct HandledRoute {
    /// Identifies the route.
    pub id: RouteId,
    /// The method.
    pub method: Verb,
    /// The path's pattern.
    pub path: &'static str,
    /// The kind and limit of the request's body.
    pub body: BodyKind,
    /// How often the route may be called.
    pub rate_class: RateClass,
    /// The scope that an API key needs.
    pub scope: RequiredScope,
    /// Whether the route accepts an `Idempotency-Key`.
    pub is_idempotent: bool,
}

impl HandledRoute {
    const fn of(route: &Route) -> Self {
        Self {
            id: route.id,
            method: route.method(),
            path: route.path(),
            body: route.body(),
            rate_class: route.rate_class(),
            scope: route.scope(),
            is_idempotent: route.is_idempotent(),
        }
    }
}

/// The routes, in the order of [`ROUTES`].
pub(crate) static HANDLED: [HandledRoute; ROUTES.len()] = {
    let mut table = [HandledRoute::of(&ROUTES[0]); ROUTES.len()];
    let mut n = 1;
    while n < ROUTES.len() {
        table[n] = HandledRoute::of(&ROUTES[n]);
        n += 1;
    }
    table
};

/// The route of a request.
#[derive(Clone, Copy, Debug)]
pub struct Matched<'a> {
    /// The route. Logs name its pattern, since a path may hold a secret.
    pub route: &'static HandledRoute,
    /// The variable part of the path, as received. Empty if the route has none.
    pub parameter: &'a str,
}

/// The route table, indexed by path.
#[derive(Debug)]
pub struct Router(matchit::Router<Vec<&'static HandledRoute>>);

impl Default for Router {
    fn default() -> Self {
        let mut paths: Vec<(&str, Vec<&HandledRoute>)> = Vec::new();
        for route in &HANDLED {
            match paths.iter_mut().find(|(path, _)| *path == route.path) {
                Some((_, routes)) => routes.push(route),
                None => paths.push((route.path, vec![route])),
            }
        }
        let mut router = matchit::Router::new();
        for (path, mut routes) in paths {
            routes.sort_unstable_by_key(|route| route.method);
            // A pattern that cannot be inserted would be missing here; a test looks up every route.
            let _ = router.insert(path, routes);
        }
        Self(router)
    }
}

impl Router {
    /// Finds the route of `method` and `path`. HEAD has the route of GET (RFC 9110, section 9.3.2): the runtime omits the body.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] or [`ApiError::MethodNotAllowed`].
    pub fn find<'a>(&self, method: &Method, path: &'a str) -> Result<Matched<'a>, ApiError> {
        let found = self.0.at(path).map_err(|_| ApiError::NotFound { what: "route" })?;
        let parameter = found.params.iter().next().map_or("", |(_, value)| value);
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        if let Some(route) = found.value.iter().find(|route| route.method == *method) {
            return Ok(Matched { route, parameter });
        }
        let methods = found.value.iter().map(|route| match route.method {
            Verb::Get => "GET, HEAD",
            other => other.name(),
        });
        Err(ApiError::MethodNotAllowed { allow: methods.collect::<Vec<_>>().join(", ") })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn method(verb: Verb) -> Method {
        Method::from_bytes(verb.name().as_bytes()).unwrap()
    }

    #[test]
    fn every_route_is_found_by_its_method_and_path() {
        let router = Router::default();
        for route in ROUTES {
            let path = route.path().replace("{id}", "x").replace("{token}", "x").replace("{address}", "x");
            let found = router.find(&method(route.method()), &path).unwrap();
            assert_eq!(found.route.id, route.id);
            assert_eq!(found.parameter, if route.path().contains('{') { "x" } else { "" });
            let error = router.find(&Method::OPTIONS, &path).unwrap_err();
            assert!(matches!(error, ApiError::MethodNotAllowed { .. }), "{}", route.path());
        }
    }

    #[test]
    fn names_and_method_path_pairs_are_unique() {
        let names: BTreeSet<_> = ROUTES.iter().map(|route| route.name).collect();
        let pairs: BTreeSet<_> = ROUTES.iter().map(|route| (route.path(), route.method())).collect();
        assert_eq!((names.len(), pairs.len()), (ROUTES.len(), ROUTES.len()));
    }

    #[test]
    fn only_posts_accept_an_idempotency_key() {
        for route in ROUTES.iter().filter(|route| route.is_idempotent()) {
            assert_eq!(route.method(), Verb::Post, "{}", route.name);
        }
        assert!(ROUTES.iter().any(|route| route.name == "SendEmail" && route.is_idempotent()));
    }

    #[test]
    fn a_route_has_a_path_parameter_if_its_path_has_one_and_responds() {
        for route in ROUTES {
            assert_eq!(route.spec.path_parameter.is_some(), route.path().contains('{'), "{}", route.name);
            assert_eq!(route.spec.request.is_some(), route.body() != BodyKind::None, "{}", route.name);
            assert!(route.spec.responses[0].is_some(), "{}", route.name);
        }
    }

    #[test]
    fn head_works_wherever_get_does() {
        let router = Router::default();
        for route in ROUTES {
            let path = route.path().replace("{id}", "x").replace("{token}", "x").replace("{address}", "x");
            let get = router.find(&Method::GET, &path).map(|found| found.route.id);
            assert_eq!(router.find(&Method::HEAD, &path).map(|found| found.route.id), get, "{path}");
        }
    }

    #[test]
    fn an_unsupported_method_is_answered_with_the_supported_ones() {
        let error = Router::default().find(&Method::PUT, "/v1/aws-binding").unwrap_err();
        assert_eq!(error, ApiError::MethodNotAllowed { allow: "GET, HEAD, POST, DELETE".into() });
    }

    #[test]
    fn a_path_that_only_resembles_a_route_is_not_found() {
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
            let error = Router::default().find(&Method::GET, path).unwrap_err();
            assert_eq!(error, ApiError::NotFound { what: "route" }, "{path}");
        }
    }
}
