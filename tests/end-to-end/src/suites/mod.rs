//! The cases, a file a subject.

mod api_keys;
mod bad_input;
mod connect;
mod emails;
mod health;
mod holding;
mod idempotency;
mod identities;
mod messages;
mod openapi;
mod operations;
mod regions;
mod retention;
mod secrets;
mod sessions;
mod settings;
mod suppressions;
mod templates;
mod webhooks;

use std::sync::{Arc, Weak};

use libtest_mimic::{Failed, Trial};

use crate::world::World;

/// How a case ends.
type Outcome = Result<(), Failed>;

/// Every case but those of [`last`].
pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    [
        connect::trials(world),
        api_keys::trials(world),
        operations::trials(world),
        emails::trials(world),
        health::trials(world),
        holding::trials(world),
        messages::trials(world),
        webhooks::trials(world),
        idempotency::trials(world),
        identities::trials(world),
        regions::trials(world),
        retention::trials(world),
        templates::trials(world),
        sessions::trials(world),
        settings::trials(world),
        suppressions::trials(world),
        openapi::trials(world),
        bad_input::trials(world),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The cases that measure, and so run one by one when no other does.
pub(crate) fn measured(world: &Weak<World>) -> Vec<Trial> {
    holding::measured(world)
}

/// The cases that look at what all the others have left behind; `is_whole` is whether all of them were run.
pub(crate) fn last(world: &Weak<World>, is_whole: bool) -> Vec<Trial> {
    [secrets::trials(world), openapi::last(world, is_whole)].into_iter().flatten().collect()
}

/// Names a case and gives it the world.
fn trial(
    name: impl Into<String>,
    world: &Weak<World>,
    case: impl FnOnce(&World) -> Outcome + Send + 'static,
) -> Trial {
    let world = Weak::clone(world);
    Trial::test(name, move || {
        let world: Arc<World> = world.upgrade().ok_or("the world has ended")?;
        case(&world)
    })
}

/// Fails with both values where they differ.
#[expect(clippy::needless_pass_by_value, reason = "what is compared is mostly made for it")]
fn equal<T: PartialEq<U> + std::fmt::Debug, U: std::fmt::Debug>(what: &str, is: T, should: U) -> Outcome {
    if is == should { Ok(()) } else { Err(format!("{what}\n    is {is:?}\nshould {should:?}").into()) }
}

/// Fails with the sentence where it isn't so.
fn hold(so: bool, sentence: impl Into<String>) -> Outcome {
    if so { Ok(()) } else { Err(sentence.into().into()) }
}
