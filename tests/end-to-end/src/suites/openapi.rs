//! The OpenAPI document: served as it is committed, and, after all the others, held against everything that the Worker has answered.

use std::sync::Weak;

use http::StatusCode;
use libtest_mimic::Trial;

use super::{Outcome, equal, hold, trial};
use crate::{contract, world::World};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    vec![
        trial("openapi::the document is served as it is committed, to anybody", world, is_served),
        trial("openapi::every example is what its schema says", world, examples),
    ]
}

/// `is_whole` is whether every case was run.
pub(crate) fn last(world: &Weak<World>, is_whole: bool) -> Vec<Trial> {
    vec![trial("openapi::every answer was one that the document has", world, move |world| {
        answers(world)?;
        // A run of few cases asks for few routes.
        if is_whole {
            equal("routes without a success", world.contract.unseen(), Vec::<String>::new())
        } else {
            Ok(())
        }
    })]
}

fn is_served(world: &World) -> Outcome {
    let answer = world.api().get("/openapi.json")?;
    equal("content-type", &answer.headers["content-type"], "application/json")?;
    let served = answer.expect_status(StatusCode::OK)?;
    let committed: serde_json::Value = serde_json::from_str(contract::TEXT)?;
    hold(served == committed, "the Worker serves another document than docs/openapi.json")
}

fn examples(world: &World) -> Outcome {
    let checked = world.contract.check_examples()?;
    hold(checked > 30, format!("only {checked} examples were found"))
}

fn answers(world: &World) -> Outcome {
    let mut wrong = Vec::new();
    for exchange in world.post_office.exchanges() {
        let Some(answer) = &exchange.behind else { continue };
        let request = &exchange.request;
        wrong.extend(world.contract.check(request.method(), request.target(), &request.body, answer).err());
    }
    wrong.dedup();
    hold(wrong.is_empty(), wrong.join("\n"))
}
