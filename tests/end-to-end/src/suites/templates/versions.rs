//! Changing templates, and finding them again.

use std::{sync::Mutex, thread};

use http::StatusCode;
use serde_json::{Value, json};
use test_support::test_env::Organisation;

use super::{Outcome, create, equal, get, hold, id_of, is_problem, put, template};
use crate::world::{World, text};

fn with_version(mut template: Value, version: u32) -> Value {
    template["version"] = json!(version);
    template
}

pub(crate) fn each_change(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let first = create(&organisation, &template("Hello", "one"))?;
    let id = id_of(&first)?;
    let second = put(&organisation, &id, &with_version(template("Hello", "two {{ a }}"), 1))?
        .expect_status(StatusCode::OK)?;
    equal("version", &second["version"], 2)?;
    equal("text", &second["text"], "two {{ a }}")?;
    equal("variables", &second["variables"], &json!([{ "name": "a", "required": true }]))?;
    equal("when the template was made", &second["createdAt"], &first["createdAt"])?;
    hold(text(&second, "/updatedAt")? >= text(&first, "/updatedAt")?, second.to_string())?;

    // What was said before is still there.
    let before = get(&organisation, &id, "?version=1")?;
    equal("the first version", (&before["version"], &before["text"]), (&json!(1), &json!("one")))?;
    equal("its neighbours", &before["versions"], &json!({ "oldest": 1, "newest": 2 }))?;
    let path = format!("/v1/templates/{id}/preview");
    let shown = organisation.api.post(&path, &json!({ "version": 1 }))?.expect_status(StatusCode::OK)?;
    equal("the first version's text", &shown["text"], "one")?;
    is_problem(&organisation.api.post(&path, &json!({ "version": 3 }))?, 404, "not_found", "")?;
    is_problem(&organisation.api.get(&format!("/v1/templates/{id}?version=3"))?, 404, "not_found", "")?;

    // Nothing is changed by what is the same, nor by who didn't see the newest.
    let same = put(&organisation, &id, &template("Hello", "two {{ a }}"))?.expect_status(StatusCode::OK)?;
    equal("the same again", &same, &second)?;
    for seen in [1, 3] {
        let answer = put(&organisation, &id, &with_version(template("Hello", "three"), seen))?;
        is_problem(&answer, 409, "version_conflict", "version")?;
    }
    equal("the newest", get(&organisation, &id, "")?, second)?;

    let third =
        put(&organisation, &id, &template("Goodbye", "two {{ a }}"))?.expect_status(StatusCode::OK)?;
    equal("a new name", (&third["name"], &third["version"]), (&json!("Goodbye"), &json!(3)))?;
    equal("the name of an older version", &get(&organisation, &id, "?version=1")?["name"], "Goodbye")
}

pub(crate) fn at_once(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let id = id_of(&create(&organisation, &template("Hello", "one"))?)?;
    let answers = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for number in 0..6 {
            let (organisation, id, answers) = (&organisation, &id, &answers);
            scope.spawn(move || {
                let body = with_version(template("Hello", &format!("by {number}")), 1);
                let answer = put(organisation, id, &body).map(|answer| answer.status.as_u16());
                if let Ok(mut answers) = answers.lock() {
                    answers.push(answer.unwrap_or_default());
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_default();
    answers.sort_unstable();
    equal("the answers", answers, vec![200, 409, 409, 409, 409, 409])?;
    equal("the version", &get(&organisation, &id, "")?["version"], 2)
}

pub(crate) fn kept(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let id = id_of(&create(&organisation, &template("Hello", "1"))?)?;
    for version in 2..=52 {
        put(&organisation, &id, &template("Hello", &version.to_string()))?.expect_status(StatusCode::OK)?;
    }
    let newest = get(&organisation, &id, "")?;
    equal("versions", &newest["versions"], &json!({ "oldest": 3, "newest": 52 }))?;
    equal("the oldest", &get(&organisation, &id, "?version=3")?["text"], "3")?;
    is_problem(&organisation.api.get(&format!("/v1/templates/{id}?version=2"))?, 404, "not_found", "")
}

pub(crate) fn names(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let hello = id_of(&create(&organisation, &template("Hello", "one"))?)?;
    let bye = id_of(&create(&organisation, &template("Bye", "one"))?)?;
    let answers = [
        organisation.api.post("/v1/templates", &template(" Hello ", "two"))?,
        put(&organisation, &bye, &template("Hello", "two"))?,
        put(&organisation, &bye, &with_version(template("Hello", "two"), 1))?,
    ];
    for answer in &answers {
        is_problem(answer, 409, "template_name_taken", "name")?;
    }
    let before = get(&organisation, &bye, "")?;
    equal("version and text", (&before["version"], &before["text"]), (&json!(1), &json!("one")))?;
    put(&organisation, &hello, &template("Good morning", "one"))?.expect_status(StatusCode::OK)?;
    put(&organisation, &bye, &template("Hello", "two"))?.expect_status(StatusCode::OK)?;
    Ok(())
}

fn page(organisation: &Organisation, query: &str) -> test_support::Result<Value> {
    organisation.api.get(&format!("/v1/templates{query}"))?.expect_status(StatusCode::OK)
}

fn names_of(page: &Value) -> Vec<&str> {
    page["data"].as_array().into_iter().flatten().filter_map(|template| template["name"].as_str()).collect()
}

pub(crate) fn pages(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    equal("no templates", page(&organisation, "")?, json!({ "data": [], "nextCursor": null }))?;
    for name in ["a", "b", "c", "d", "e"] {
        create(&organisation, &template(name, "one"))?;
    }
    let whole = page(&organisation, "")?;
    equal("one page", names_of(&whole), ["e", "d", "c", "b", "a"])?;
    equal("its cursor", &whole["nextCursor"], &Value::Null)?;
    let fields: Vec<_> = whole["data"][0].as_object().into_iter().flat_map(serde_json::Map::keys).collect();
    equal("what is shown of each", fields, ["id", "name", "version", "subject", "createdAt", "updatedAt"])?;

    let first = page(&organisation, "?limit=2")?;
    equal("first page", names_of(&first), ["e", "d"])?;
    // What comes in between, and what changes, moves nothing.
    create(&organisation, &template("f", "one"))?;
    put(&organisation, &text(&first, "/data/1/id")?, &template("d", "two"))?.expect_status(StatusCode::OK)?;
    let second = page(&organisation, &format!("?limit=2&cursor={}", text(&first, "/nextCursor")?))?;
    equal("second page", names_of(&second), ["c", "b"])?;
    let third = page(&organisation, &format!("?limit=2&cursor={}", text(&second, "/nextCursor")?))?;
    equal("third page", names_of(&third), ["a"])?;
    equal("its cursor", &third["nextCursor"], &Value::Null)?;
    let newest = page(&organisation, "?limit=3")?;
    let versions: Vec<_> = newest["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|template| template["version"].as_u64())
        .collect();
    equal("versions", versions, [Some(1), Some(1), Some(2)])
}

pub(crate) fn deleted(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let id = id_of(&create(&organisation, &template("Hello", "one"))?)?;
    put(&organisation, &id, &template("Hello", "two"))?.expect_status(StatusCode::OK)?;
    let path = format!("/v1/templates/{id}");
    equal("the answer", organisation.api.delete(&path)?.status, StatusCode::NO_CONTENT)?;
    let answers = [
        organisation.api.get(&path)?,
        organisation.api.get(&format!("{path}?version=1"))?,
        organisation.api.delete(&path)?,
        put(&organisation, &id, &template("Hello", "three"))?,
        organisation.api.post(&format!("{path}/preview"), &json!({}))?,
    ];
    for answer in &answers {
        is_problem(answer, 404, "not_found", "")?;
    }
    equal("the list", &page(&organisation, "")?["data"], &json!([]))?;
    // The name is free again, and begins anew.
    let again = create(&organisation, &template("Hello", "four"))?;
    equal("version", &again["version"], 1)
}
