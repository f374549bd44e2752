//! Messages from SNS: signatures, confirmations and outages. `sns_attacks` posts forged ones.

mod certificates;
mod confirmations;
mod outage;
mod unproven;

use std::sync::Weak;

use libtest_mimic::Trial;

use super::{TestResult, assert_equal, assert_that, trial};
use crate::harness::Harness;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("webhooks::{name}"), harness, case);
    vec![
        case("signature versions 1 and 2 are accepted", certificates::signature_versions),
        case("a certificate is fetched once for several messages", certificates::fetched_once),
        case("an unavailable certificate makes SNS retry", certificates::certificate_unavailable),
        case(
            "made-up certificate names cause few requests and don't displace the right one",
            certificates::made_up_names,
        ),
        case(
            "no event is lost and no email sent twice if the webhook is unavailable for ten minutes",
            outage::ten_minutes,
        ),
        case(
            "a subscription is confirmed with its topic and token, and its URL is never fetched",
            confirmations::confirmed_by_token,
        ),
        case("a failed confirmation is retried and then connects", confirmations::retried_confirmation),
        case(
            "an unsubscribed topic degrades the connection and is not confirmed again",
            confirmations::topic_unsubscribed,
        ),
        case("a stack in another account can't take over a connection", confirmations::other_account),
        case("a stack that reports another account's role is rejected", confirmations::role_in_other_account),
        case("a topic of a role that isn't proven reports no events", unproven::topic_of_unproven_role),
        case(
            "a confirmation that is posted again with another role changes nothing",
            unproven::replayed_with_another_role,
        ),
    ]
}
