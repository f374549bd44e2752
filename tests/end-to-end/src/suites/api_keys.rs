//! Several keys an organisation.

use std::sync::Weak;

use http::{Method, StatusCode};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use test_support::{Result, api::Api};

use super::{Outcome, equal, hold, trial};
use crate::world::{World, text};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("api keys::{name}"), world, case);
    vec![
        case("a key is shown once, is let in, and is let in no more once it is deleted", whole_way),
        case("a session ends with the key that it was made with", sessions),
        case("the last key can't be deleted, however many try", last),
        case("no more than twenty, and a repetition makes no second", many),
    ]
}

const KEYS: &str = "/v1/api-keys";

fn make(api: &Api, name: &str) -> Result<Value> {
    api.post(KEYS, &json!({ "name": name }))?.expect_status(StatusCode::CREATED)
}

fn all(api: &Api) -> Result<Vec<Value>> {
    let list = api.get(KEYS)?.expect_status(StatusCode::OK)?;
    Ok(list["data"].as_array().cloned().unwrap_or_default())
}

fn whole_way(world: &World) -> Outcome {
    let (organisation, other) = (world.organisation()?, world.organisation()?);
    let made = make(&organisation.api, " Shop ")?;
    let key = text(&made, "/apiKey")?;
    equal("name", (&made["name"], &made["lastUsedAt"]), (&json!("Shop"), &Value::Null))?;
    hold(key.ends_with(made["hint"].as_str().unwrap_or("?")), "the hint isn't the key's end")?;
    let shop = world.api().with_key(&key);
    let seen = all(&shop)?;
    let names: Vec<_> = seen.iter().map(|key| (key["name"].as_str(), key["current"].as_bool())).collect();
    equal("keys", names, vec![(Some("First key"), Some(false)), (Some("Shop"), Some(true))])?;
    hold(seen.iter().all(|key| key["lastUsedAt"].is_string()), format!("a use isn't noted: {seen:?}"))?;
    hold(!json!(seen).to_string().contains(&key), "a list shows a key")?;

    let path = format!("{KEYS}/{}", text(&made, "/id")?);
    equal("another's key", other.api.delete(&path)?.status, StatusCode::NOT_FOUND)?;
    equal("the deletion", organisation.api.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    equal("the key", shop.get(KEYS)?.status, StatusCode::UNAUTHORIZED)?;
    equal("a second deletion", organisation.api.delete(&path)?.status, StatusCode::NOT_FOUND)?;
    equal("keys", all(&organisation.api)?.len(), 1)
}

fn sessions(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let made = make(&organisation.api, "A person")?;
    let origin = world.api().origin().to_owned();
    let page = [("origin", origin.as_str()), ("x-kraiter-csrf", "1")];
    let body = ("application/json", json!({ "apiKey": made["apiKey"] }).to_string().into());
    let signed_in = world.api().send(Method::POST, "/v1/session", Some(body), &page)?;
    let cookie =
        signed_in.headers.get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let ask = |method: Method, path: &str| {
        world.api().send(method, path, None, &[page[0], page[1], ("cookie", cookie.as_str())])
    };
    let list = ask(Method::GET, KEYS)?.expect_status(StatusCode::OK)?;
    equal("the session's key", &list["data"][1]["current"], true)?;
    let path = format!("{KEYS}/{}", text(&made, "/id")?);
    equal("the deletion", ask(Method::DELETE, &path)?.status, StatusCode::NO_CONTENT)?;
    equal("the session", ask(Method::GET, "/v1/session")?.status, StatusCode::UNAUTHORIZED)
}

fn last(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    make(&organisation.api, "Another")?;
    let ids: Vec<_> = all(&organisation.api)?.iter().map(|key| text(key, "/id")).collect::<Result<_>>()?;
    let delete = |id: &str| {
        Ok::<_, test_support::Error>(
            organisation.api.delete(&format!("{KEYS}/{id}"))?.code().map(str::to_owned),
        )
    };
    // The other one first: this organisation's own lets in all of these.
    equal("the other one", delete(&ids[1])?, None)?;
    equal("the last one", delete(&ids[0])?.as_deref(), Some("last_api_key"))?;
    equal("keys", all(&organisation.api)?.len(), 1)
}

fn many(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let body = || Some(("application/json", json!({ "name": "Once" }).to_string().into()));
    let once = || organisation.api.send(Method::POST, KEYS, body(), &[("idempotency-key", "once")]);
    let first = once()?.expect_status(StatusCode::CREATED)?;
    equal("a repetition", once()?.expect_status(StatusCode::CREATED)?, first)?;
    for number in 2..20 {
        make(&organisation.api, &format!("Number {number}"))?;
    }
    let refused = organisation.api.post(KEYS, &json!({ "name": "One more" }))?;
    equal("one more", (refused.status.as_u16(), refused.code()), (409, Some("too_many_api_keys")))?;
    equal("keys", all(&organisation.api)?.len(), 20)
}
