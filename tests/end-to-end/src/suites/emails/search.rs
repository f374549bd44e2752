//! Searching emails.

use http::StatusCode;
use serde_json::{Value, json};
use test_support::{Result, wait::Poll};
use time::{Duration, OffsetDateTime};

use super::{TestResult, assert_equal, assert_that};
use crate::{
    connected_organisation::ConnectedOrganisation,
    harness::Harness,
    polling::wait_for,
    sns_signer::sns_timestamp,
    test_email::{BOUNCE, SENDER, SUCCESS, email_to},
};

/// Emails of one batch.
const BATCH: usize = 100;

/// Emails that are more than a block.
const EMAILS: usize = 600;

pub(crate) fn filters(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let template = json!({ "name": "Welcome", "subject": "Welcome, {{ name }}", "text": "Hello" });
    let template = api.post("/v1/templates", &template)?.expect_status(StatusCode::CREATED)?;
    let template = template["id"].as_str().unwrap_or_default();

    let mut tagged = email_to(SUCCESS);
    tagged["tags"] = json!({ "campaign": "spring" });
    tagged["subject"] = json!("Your ORDER");
    let tagged = connected.send(&tagged, "sent")?;
    let mut filled = json!({ "from": SENDER, "to": SUCCESS, "template": { "id": template, "variables": { "name": "Ada" } } });
    filled["cc"] = json!(format!("Ada <{BOUNCE}>"));
    let filled = connected.send(&filled, "sent")?;
    let bounced = connected.send(&email_to(BOUNCE), "sent")?;
    wait_for("the bounces", || {
        let found = search(&connected, "status=bounced")?;
        Ok(if found.len() == 2 { Poll::Ready(()) } else { Poll::Pending(format!("{found:?}")) })
    })?;

    let (tagged, filled, bounced) = (&*tagged, &*filled, &*bounced);
    let soon = sns_timestamp(OffsetDateTime::now_utc() + Duration::HOUR);
    for (query, expected) in [
        ("status=bounced".to_owned(), vec![bounced, filled]),
        (format!("to={SUCCESS}"), vec![filled, tagged]),
        (format!("to={}", BOUNCE.to_uppercase()), vec![bounced, filled]),
        ("to=simulator.amazonses.com".to_owned(), vec![bounced, filled, tagged]),
        ("to=amazonses.com".to_owned(), vec![]),
        (format!("from={SENDER}"), vec![bounced, filled, tagged]),
        (format!("from={SUCCESS}"), vec![]),
        ("subject=order".to_owned(), vec![tagged]),
        ("subject=welcome,+ada".to_owned(), vec![filled]),
        ("tag=campaign".to_owned(), vec![tagged]),
        ("tag=campaign=spring".to_owned(), vec![tagged]),
        ("tag=campaign=summer".to_owned(), vec![]),
        (format!("template={template}"), vec![filled]),
        ("region=eu-west-1".to_owned(), vec![bounced, filled, tagged]),
        ("region=us-east-1".to_owned(), vec![]),
        ("since=2020-01-01T00:00:00Z".to_owned(), vec![bounced, filled, tagged]),
        (format!("since={soon}"), vec![]),
        (format!("until={soon}"), vec![bounced, filled, tagged]),
        (format!("to={SUCCESS}&status=bounced&template={template}&region=eu-west-1"), vec![filled]),
        (format!("to={SUCCESS}&status=bounced&tag=campaign"), vec![]),
    ] {
        assert_equal(&query, search(&connected, &query)?, expected)?;
    }
    Ok(())
}

pub(crate) fn summaries(harness: &Harness) -> TestResult {
    let (environment, customer) = harness.create_environment_with_clock("search")?;
    let worker = environment.start_worker(&harness.tools)?;
    let connected = environment.connect_organisation(customer)?;
    let (api, organisation) = (&connected.organisation.api, &connected.organisation.id);
    let scheduled_at = sns_timestamp(OffsetDateTime::now_utc() + Duration::DAY);
    let schedule = |to: &str| json!({ "from": SENDER, "to": to, "subject": "Hello", "text": "x", "scheduledAt": scheduled_at });
    let mut ids = Vec::new();
    for first in (0..EMAILS).step_by(BATCH) {
        // The first batch is an hour older than the others.
        worker.set_clock(if first == 0 { Duration::ZERO } else { Duration::HOUR })?;
        let emails: Vec<_> =
            (first..first + BATCH).map(|n| schedule(&format!("user-{n}@example.net"))).collect();
        let sent = api
            .post("/v1/emails/batch", &json!({ "emails": emails }))?
            .expect_status(StatusCode::ACCEPTED)?;
        ids.extend(
            sent["data"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|item| item["id"].as_str())
                .map(str::to_owned),
        );
    }
    assert_equal("accepted emails", ids.len(), EMAILS)?;
    worker.set_clock(Duration::hours(2))?;
    worker.record()?;
    worker.ring(organisation)?;
    let summarised = worker.stop_recording()?;
    let blocks = summarised.iter().filter(|done| done.detail.starts_with("INSERT INTO email_blocks"));
    assert_equal("rows of summaries", blocks.map(|done| done.rows_written).sum::<u64>(), 1)?;

    worker.record()?;
    assert_equal("a recipient of the block", search(&connected, "to=user-7@example.net")?, [&*ids[7]])?;
    assert_equal(
        "a recipient of nobody",
        search(&connected, "to=nobody@example.org")?,
        Vec::<String>::new(),
    )?;
    let reads = worker.stop_recording()?;
    let reads =
        |table: &str| reads.iter().filter(|done| done.detail.contains(&format!(" FROM {table} "))).count();
    assert_that(reads("email_blocks") > 0, "no search has read summaries".to_owned())?;

    // Among the emails of the block, and not sent when they were summarised.
    worker.set_clock(Duration::minutes(30))?;
    let late = connected.send(&schedule("late@example.org"), "scheduled")?;
    assert_that(
        late > ids[99] && late < ids[100],
        format!("{late} is not between {} and {}", ids[99], ids[100]),
    )?;
    assert_equal("an email that was inserted later", search(&connected, "to=late@example.org")?, [late])?;
    let newest = search(&connected, &format!("to=user-{}@example.net", EMAILS - 1))?;
    assert_equal("an email that isn't summarised yet", newest, [&*ids[EMAILS - 1]])
}

/// Returns the ids of all pages.
fn search(connected: &ConnectedOrganisation, query: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = connected.organisation.api.get(&format!("/v1/emails?{query}&limit=2{cursor}"))?;
        let page: Value = page.expect_status(StatusCode::OK)?;
        let emails = page["data"].as_array().into_iter().flatten();
        found.extend(emails.filter_map(|email| email["id"].as_str()).map(str::to_owned));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(found),
        }
    }
}
