//! What is posted to a webhook: what SNS signed is believed, and nothing else.

mod certificates;
mod confirmations;
mod fixture;
mod rejected;

use std::sync::{Arc, Weak};

use libtest_mimic::{Failed, Trial};

use self::fixture::{Fixture, Shared};
use super::{TestResult, assert_equal, assert_that, trial};
use crate::harness::Harness;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("webhooks::{name}"), harness, case);
    let mut trials = vec![
        case("signature versions 1 and 2 are believed", certificates::signature_versions),
        case("a certificate is fetched once for many messages", certificates::fetched_once),
        case("a certificate that can't be had makes SNS try again", certificates::certificate_unavailable),
        case(
            "a subscription is confirmed by its topic and token, its URL is never fetched",
            confirmations::confirmed_by_token,
        ),
        case(
            "a confirmation that fails is tried again, and then connects",
            confirmations::retried_confirmation,
        ),
        case(
            "an unsubscribed topic degrades the connection and is not subscribed again",
            confirmations::topic_unsubscribed,
        ),
        case("a stack in another account can't take a connection over", confirmations::other_account),
        case("a stack that reports another account's role is refused", confirmations::role_in_other_account),
    ];
    let shared = Shared::default();
    trials.extend(rejected::all().into_iter().map(|(name, post)| {
        let shared = Arc::clone(&shared);
        trial(format!("webhooks::refused::{name}"), harness, move |harness| {
            let fixture = shared.get_or_init(|| Fixture::create(harness).map_err(|error| error.to_string()));
            let fixture = fixture
                .as_ref()
                .map_err(|error| Failed::from(format!("failed to set up the fixture: {error}")))?;
            fixture.assert_rejected(harness, &post)
        })
    }));
    trials
}
