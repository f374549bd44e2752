//! Reading what was sent.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Outcome, equal, hold};
use crate::{
    connected::{Connected, SUCCESS, email_to},
    world::{World, text},
};

pub(crate) fn pages(world: &World) -> Outcome {
    let connected = world.connected()?;
    let mut sent = Vec::new();
    for number in 0..5 {
        let mut email = email_to(SUCCESS);
        email["subject"] = json!(format!("Number {number}"));
        sent.push(connected.send(&email, "sent")?);
    }
    sent.reverse();

    let whole = page(&connected, "")?;
    equal("one page", ids(&whole), sent.iter().map(String::as_str).collect::<Vec<_>>())?;
    equal("its cursor", &whole["nextCursor"], &Value::Null)?;
    equal("a subject", &whole["data"][0]["subject"], "Number 4")?;

    let first = page(&connected, "?limit=2")?;
    equal("first page", ids(&first), [&*sent[0], &*sent[1]])?;
    // What comes in between moves nothing.
    let newest = connected.send(&email_to(SUCCESS), "sent")?;
    let second = page(&connected, &format!("?limit=2&cursor={}", text(&first, "/nextCursor")?))?;
    equal("second page", ids(&second), [&*sent[2], &*sent[3]])?;
    let third = page(&connected, &format!("?limit=2&cursor={}", text(&second, "/nextCursor")?))?;
    equal("third page", ids(&third), [&*sent[4]])?;
    equal("its cursor", &third["nextCursor"], &Value::Null)?;

    let exact = page(&connected, "?limit=6")?;
    equal("a page of all", ids(&exact).first().copied(), Some(&*newest))?;
    equal("its cursor", &exact["nextCursor"], &Value::Null)
}

pub(crate) fn of_another(world: &World) -> Outcome {
    let (owner, other) = (world.connected()?, world.connected()?);
    let (mine, theirs) = (owner.send(&email_to(SUCCESS), "sent")?, other.send(&email_to(SUCCESS), "sent")?);
    let answer = other.organisation.api.get(&format!("/v1/emails/{mine}"))?;
    equal("another's email", (answer.status.as_u16(), answer.code()), (404, Some("not_found")))?;
    equal("the list", ids(&page(&other, "")?), [&*theirs])?;

    // A cursor only says where to go on.
    let after = page(&other, &format!("?cursor={mine}"))?;
    hold(!ids(&after).contains(&&*mine), after.to_string())
}

fn page(connected: &Connected, query: &str) -> test_support::Result<Value> {
    connected.organisation.api.get(&format!("/v1/emails{query}"))?.expect_status(StatusCode::OK)
}

fn ids(page: &Value) -> Vec<&str> {
    page["data"].as_array().into_iter().flatten().filter_map(|email| email["id"].as_str()).collect()
}
