//! What is posted to a webhook: what SNS signed is believed, and nothing else.

mod certificates;
mod confirmations;
mod fixture;
mod refused;

use std::sync::{Arc, Weak};

use libtest_mimic::{Failed, Trial};

use self::fixture::{Fixture, Shared};
use super::{Outcome, equal, hold, trial};
use crate::world::World;

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("webhooks::{name}"), world, case);
    let mut trials = vec![
        case("signature versions 1 and 2 are believed", certificates::both_versions),
        case("a certificate is fetched once for many messages", certificates::fetched_once),
        case("a certificate that can't be had makes SNS try again", certificates::unavailable),
        case(
            "a subscription is confirmed by its topic and token, its URL is never fetched",
            confirmations::by_token,
        ),
        case("a confirmation that fails is tried again, and then connects", confirmations::tried_again),
        case(
            "an unsubscribed topic degrades the connection and is not subscribed again",
            confirmations::unsubscribed,
        ),
        case("a stack in another account can't take a connection over", confirmations::another_account),
        case("a stack that reports another account's role is refused", confirmations::another_accounts_role),
    ];
    let shared = Shared::default();
    trials.extend(refused::all().into_iter().map(|(name, post)| {
        let shared = Arc::clone(&shared);
        trial(format!("webhooks::refused::{name}"), world, move |world| {
            let fixture = shared.get_or_init(|| Fixture::make(world).map_err(|error| error.to_string()));
            let fixture = fixture.as_ref().map_err(|error| Failed::from(format!("the fixture: {error}")))?;
            fixture.refuses(world, &post)
        })
    }));
    trials
}
