//! Operating Kraiter: key rotation, metrics, backups.

mod key_rotation;
mod metrics;
mod organisations;
mod restore;

use std::sync::Weak;

use libtest_mimic::Trial;
use test_support::{api::Api, test_env::ADMIN_TOKEN};

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::harness::Harness;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("operations::{name}"), harness, case);
    vec![
        case(
            "an organisation that lost its keys gets one from the administrator, once per idempotency key",
            organisations::replacement_key,
        ),
        case("the administrator lists and revokes an organisation's keys", organisations::keys),
        case(
            "a suspended organisation sends and changes nothing, but receives events",
            organisations::suspension,
        ),
        case("organisations are listed newest first and can be renamed", organisations::list_and_rename),
        case("rotating Kraiter's own AWS keys fails no email", key_rotation::rotated_keys),
        case("the metrics count all email events and a Prometheus client can parse them", metrics::counters),
        case("every alert uses existing metrics and is described in the runbook", metrics::alerts),
        case("the Grafana dashboard uses existing metrics and any data source", metrics::grafana),
        case("restoring a backup over existing data changes nothing", restore::existing_data),
        case(
            "a lost Durable Object is restored from a backup and no email is sent twice",
            restore::lost_durable_object,
        ),
        case(
            "after restoring D1 as well, uncertain emails are left unconfirmed and reported",
            restore::lost_durable_object_and_old_d1,
        ),
        case("restoring D1 to an earlier time duplicates no email", restore::old_d1),
    ]
}

/// Returns an API client with the administrator's token.
fn administrator(harness: &Harness) -> Api {
    harness.api().with_key(ADMIN_TOKEN)
}
