//! A person's browser, let in by a cookie.

use std::sync::Weak;

use http::{Method, StatusCode, header};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{
    api::{Api, ApiResponse},
    test_env::Organisation,
};

use super::{Outcome, equal, hold, trial};
use crate::world::{IRELAND, World, binding};

/// What a page of ours sends with a change.
const OURS: (&str, &str) = ("x-kraiter-csrf", "1");

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("sessions::{name}"), world, case);
    vec![
        case("a key is exchanged for a cookie that no script can read", signs_in),
        case("the cookie does what the key does, for its organisation only", does_what_the_key_does),
        case("a change by cookie that no page of ours makes is refused", refuses_other_sites),
        case("a session that was ended lets nobody in", ends),
    ]
}

/// Calls the API with a cookie and these headers.
fn call(
    world: &World,
    cookie: &str,
    (method, path): (Method, &str),
    body: Option<&Value>,
    headers: &[(&str, &str)],
) -> test_support::Result<ApiResponse> {
    let headers = [&[("cookie", cookie)], headers].concat();
    let body = body.map(|body| ("application/json", body.to_string().into()));
    world.api().send(method, path, body, &headers)
}

/// Shows the key; answers the cookie's name and value.
fn sign_in(world: &World, organisation: &Organisation) -> test_support::Result<String> {
    let body = json!({ "apiKey": organisation.api_key });
    let answer = call(world, "", (Method::POST, "/v1/session"), Some(&body), &[OURS])?;
    Ok(set_cookie(&answer).split(';').next().unwrap_or_default().to_owned())
}

fn set_cookie(answer: &ApiResponse) -> &str {
    answer.headers.get(header::SET_COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn signs_in(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let origin = world.post_office.origin();
    let body = json!({ "apiKey": organisation.api_key });
    let headers = [OURS, ("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
    let answer = call(world, "", (Method::POST, "/v1/session"), Some(&body), &headers)?;
    let view = json!({ "organisation": { "id": organisation.id, "name": "End to end" } });
    equal("the answer", (answer.status, &answer.body), (StatusCode::OK, &view))?;

    let mut parts = set_cookie(&answer).split("; ");
    let cookie = parts.next().unwrap_or_default();
    hold(cookie.strip_prefix("kraiter=").is_some_and(|token| token.len() == 52), cookie)?;
    let attributes: Vec<_> = parts.collect();
    // Without `Secure` and `__Host-`, which plain HTTP on loopback can't have.
    equal("attributes", attributes, ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict"])?;
    let seen = call(world, cookie, (Method::GET, "/v1/session"), None, &[])?;
    equal("the session", (seen.status, &seen.body), (StatusCode::OK, &view))
}

fn does_what_the_key_does(world: &World) -> Outcome {
    let (organisation, other) = (world.organisation()?, world.organisation()?);
    let cookie = sign_in(world, &organisation)?;
    let body = json!({ "region": IRELAND });
    let asked = call(world, &cookie, (Method::POST, "/v1/aws-binding/connect"), Some(&body), &[OURS])?;
    equal("a change", asked.status, StatusCode::OK)?;
    let seen = call(world, &cookie, (Method::GET, "/v1/aws-binding"), None, &[])?;
    equal("what the cookie shows", seen.body, binding(&organisation)?)?;
    equal("the other's connection", &binding(&other)?["status"], "not_connected")?;

    // Where both are shown, the key counts, also one that isn't known.
    let with_key = |api: &Api| api.send(Method::GET, "/v1/session", None, &[("cookie", &cookie)]);
    equal("with the other's key", with_key(&other.api)?.text("/organisation/id"), other.id)?;
    equal(
        "with an unknown key",
        with_key(&world.api().with_key("kr_unknown"))?.status,
        StatusCode::UNAUTHORIZED,
    )?;
    let admin =
        call(world, &cookie, (Method::POST, "/v1/organisations"), Some(&json!({ "name": "x" })), &[OURS])?;
    equal("the administrator's route", admin.status, StatusCode::UNAUTHORIZED)
}

fn refuses_other_sites(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let cookie = sign_in(world, &organisation)?;
    let before = binding(&organisation)?;
    let origin = world.post_office.origin();
    let refused: [&[(&str, &str)]; 6] = [
        &[],
        &[("origin", &origin), ("sec-fetch-site", "same-origin")],
        &[OURS, ("origin", "https://evil.example")],
        &[OURS, ("origin", "null")],
        &[OURS, ("sec-fetch-site", "cross-site")],
        &[OURS, ("sec-fetch-site", "same-site"), ("origin", &origin)],
    ];
    for headers in refused {
        for (method, path, body) in [
            (Method::POST, "/v1/aws-binding/connect", Some(json!({ "region": IRELAND }))),
            (Method::POST, "/v1/aws-binding/verify", None),
            (Method::DELETE, "/v1/aws-binding", None),
            (Method::DELETE, "/v1/session", None),
        ] {
            let answer = call(world, &cookie, (method, path), body.as_ref(), headers)?;
            equal(path, (answer.status.as_u16(), answer.code()), (403, Some("csrf")))?;
        }
    }
    equal("the connection", binding(&organisation)?, before)?;
    let seen = call(world, &cookie, (Method::GET, "/v1/session"), None, &[("sec-fetch-site", "same-site")])?;
    equal("the session, which reading doesn't change", seen.status, StatusCode::OK)
}

fn ends(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let (cookie, other) = (sign_in(world, &organisation)?, sign_in(world, &organisation)?);
    hold(cookie != other, "two sessions have one cookie")?;
    let ended = call(world, &cookie, (Method::DELETE, "/v1/session"), None, &[OURS])?;
    equal("the answer", (ended.status, &ended.body), (StatusCode::NO_CONTENT, &Value::Null))?;
    let cleared = "kraiter=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict";
    equal("the cookie", set_cookie(&ended), cleared)?;
    for path in ["/v1/session", "/v1/aws-binding"] {
        equal(path, call(world, &cookie, (Method::GET, path), None, &[])?.status, StatusCode::UNAUTHORIZED)?;
        equal(path, call(world, &other, (Method::GET, path), None, &[])?.status, StatusCode::OK)?;
    }
    Ok(())
}
