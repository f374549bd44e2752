//! The list, by hand.

use http::StatusCode;
use serde_json::{Value, json};

use super::{LIST, Outcome, enter, equal, look_up, path_of, reason};
use crate::world::World;

pub(crate) fn whole_way(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    let entered = enter(&connected, "Ada+News@Bücher.example")?;
    let address = "ada+news@xn--bcher-kva.example";
    equal("as it is compared", &entered["address"], address)?;
    equal("reason", &entered["reason"], "manual")?;
    let again = api.post(LIST, &json!({ "address": address, "reason": "complaint" }))?;
    equal("entered again", &again.expect_status(StatusCode::OK)?, &entered)?;
    equal(
        "looked up",
        &look_up(&connected, "ADA+news@bücher.example".replace('ü', "%C3%BC").as_str())?.body,
        &entered,
    )?;
    equal("taken off", api.delete(&path_of(address))?.status, StatusCode::NO_CONTENT)?;
    equal("gone", look_up(&connected, address)?.code(), Some("not_found"))?;
    // What a person does counts at once, whatever was before.
    enter(&connected, address)?;
    equal("entered anew", reason(&connected, address)?, "manual")
}

pub(crate) fn pages(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    for name in ["eve", "dan", "ada", "carol", "bob"] {
        let reason = if name == "dan" { "complaint" } else { "manual" };
        let entry = json!({ "address": format!("{name}@example.org"), "reason": reason });
        api.post(LIST, &entry)?.expect_status(StatusCode::CREATED)?;
    }
    let names = |query: &str| -> test_support::Result<(Vec<String>, Value)> {
        let page = api.get(&format!("{LIST}?{query}"))?.expect_status(StatusCode::OK)?;
        let data = page["data"].as_array().cloned().unwrap_or_default();
        let names =
            data.iter().filter_map(|one| one["address"].as_str()?.split('@').next().map(str::to_owned));
        Ok((names.collect(), page["nextCursor"].clone()))
    };
    let (mut all, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let (page, cursor) = names(&query)?;
        all.extend(page);
        let Some(cursor) = cursor.as_str() else { break };
        query = format!("limit=2&cursor={cursor}");
    }
    equal("all pages", all, ["ada", "bob", "carol", "dan", "eve"])?;
    equal("searched", names("search=A%40EX")?.0, ["ada"])?;
    equal("by reason", names("reason=complaint")?.0, ["dan"])?;
    // What is looked for is no pattern.
    equal("searched for a sign", names("search=%25")?.0, Vec::<String>::new())
}

pub(crate) fn of_another(world: &World) -> Outcome {
    let (one, other) = (world.connected()?, world.connected()?);
    enter(&one, "ada@example.org")?;
    equal("looked up", look_up(&other, "ada@example.org")?.status, StatusCode::NOT_FOUND)?;
    let removed = other.organisation.api.delete(&path_of("ada@example.org"))?;
    equal("taken off", removed.status, StatusCode::NOT_FOUND)?;
    equal("still there", reason(&one, "ada@example.org")?, "manual")?;
    let list = other.organisation.api.get(LIST)?.expect_status(StatusCode::OK)?;
    equal("the other's list", &list["data"], &json!([]))
}
