//! Listing emails.

use http::StatusCode;
use serde_json::{Value, json};

use super::{TestResult, assert_equal, assert_error, assert_that};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    test_email::{SUCCESS, email_to},
};

pub(crate) fn pages(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let mut sent = Vec::new();
    for number in 0..5 {
        let mut email = email_to(SUCCESS);
        email["subject"] = json!(format!("Number {number}"));
        sent.push(connected.send(&email, "sent")?);
    }
    sent.reverse();

    let full_page = page(&connected, "")?;
    assert_equal("single page", ids(&full_page), sent.iter().map(String::as_str).collect::<Vec<_>>())?;
    assert_equal("next cursor", &full_page["nextCursor"], &Value::Null)?;
    assert_equal("subject", &full_page["data"][0]["subject"], "Number 4")?;

    let first = page(&connected, "?limit=2")?;
    assert_equal("first page", ids(&first), [&*sent[0], &*sent[1]])?;
    // An email sent meanwhile doesn't move the pages.
    let newest = connected.send(&email_to(SUCCESS), "sent")?;
    let second = page(&connected, &format!("?limit=2&cursor={}", string_at(&first, "/nextCursor")?))?;
    assert_equal("second page", ids(&second), [&*sent[2], &*sent[3]])?;
    let third = page(&connected, &format!("?limit=2&cursor={}", string_at(&second, "/nextCursor")?))?;
    assert_equal("third page", ids(&third), [&*sent[4]])?;
    assert_equal("next cursor", &third["nextCursor"], &Value::Null)?;

    let exact = page(&connected, "?limit=6")?;
    assert_equal("page with all emails", ids(&exact).first().copied(), Some(&*newest))?;
    assert_equal("next cursor", &exact["nextCursor"], &Value::Null)
}

pub(crate) fn other_organisation(harness: &Harness) -> TestResult {
    let (owner, other) = (harness.connect_organisation()?, harness.connect_organisation()?);
    let (owners, others) = (owner.send(&email_to(SUCCESS), "sent")?, other.send(&email_to(SUCCESS), "sent")?);
    let response = other.organisation.api.get(&format!("/v1/emails/{owners}"))?;
    assert_error("reading another organisation's email", &response, 404, "not_found")?;
    assert_equal("list", ids(&page(&other, "")?), [&*others])?;

    // A cursor gives no access to another organisation's emails.
    let after = page(&other, &format!("?cursor={owners}"))?;
    assert_that(!ids(&after).contains(&&*owners), after.to_string())
}

fn page(connected: &ConnectedOrganisation, query: &str) -> test_support::Result<Value> {
    connected.organisation.api.get(&format!("/v1/emails{query}"))?.expect_status(StatusCode::OK)
}

fn ids(page: &Value) -> Vec<&str> {
    page["data"].as_array().into_iter().flatten().filter_map(|email| email["id"].as_str()).collect()
}
