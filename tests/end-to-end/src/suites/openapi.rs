//! The OpenAPI document, and all responses of the run validated against it.

use std::sync::Weak;

use http::StatusCode;
use libtest_mimic::Trial;

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{contract, harness::Harness};

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    vec![
        trial("openapi::the Worker serves the committed document without a key", harness, document_is_served),
        trial("openapi::every example matches its schema", harness, examples_match_schemas),
    ]
}

/// `is_complete_run` is false if only some of the cases run.
pub(crate) fn final_trials(harness: &Weak<Harness>, is_complete_run: bool) -> Vec<Trial> {
    vec![trial("openapi::every response of the run matches the document", harness, move |harness| {
        check_responses(harness)?;
        // A partial run doesn't call every route.
        if is_complete_run {
            assert_equal(
                "operations without a successful response",
                harness.contract.operations_without_success(),
                Vec::<String>::new(),
            )
        } else {
            Ok(())
        }
    })]
}

fn document_is_served(harness: &Harness) -> TestResult {
    let response = harness.api().get("/openapi.json")?;
    assert_equal("content-type", &response.headers["content-type"], "application/json")?;
    let served = response.expect_status(StatusCode::OK)?;
    let committed: serde_json::Value = serde_json::from_str(contract::CUSTOMERS)?;
    assert_that(served == committed, "the Worker's document differs from docs/openapi.json")
}

fn examples_match_schemas(harness: &Harness) -> TestResult {
    let count = harness.contract.check_examples()?;
    assert_that(count > 30, format!("only {count} examples were found"))
}

fn check_responses(harness: &Harness) -> TestResult {
    let mut mismatches = Vec::new();
    for exchange in harness.webhook_proxy.exchanges() {
        let Some(response) = &exchange.upstream_response else { continue };
        let request = &exchange.request;
        mismatches.extend(
            harness.contract.check(request.method(), request.target(), &request.body, response).err(),
        );
    }
    mismatches.dedup();
    assert_that(mismatches.is_empty(), mismatches.join("\n"))
}
