//! Many events in a short time, as after a large campaign: duplicated and out of order.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use fastrand::Rng;
use http::StatusCode;
use serde_json::json;
use test_support::{Error, Result, api::Api};
use time::OffsetDateTime;

use super::{
    TestResult, assert_equal, assert_that,
    bulk_send::BulkSend,
    fault_injection::{limit_ses_rate, override_quota},
};
use crate::{
    aws_proxy::AwsProxy,
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, post_to_webhook},
    sns_signer::{ses_event, signed_notification},
    test_email::SUCCESS,
};

const EMAIL_COUNT: usize = 250;

/// Events of each email.
const EVENT_TYPES: [&str; 4] = ["Send", "Delivery", "Open", "Click"];

/// One in this many posts is duplicated.
const DUPLICATE_EVERY: usize = 5;

/// Number of concurrent posts.
const CONCURRENCY: usize = 16;

/// Time after which SNS gives up waiting for a response.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
const SNS_TIMEOUT: Duration = Duration::from_secs(15);

/// Minimum rate per organisation.
const MIN_POSTS_PER_MINUTE: f64 = 1000.0;

/// Seed of the order of the posts.
const SEED: u64 = 1000;

pub(super) fn event_burst(harness: &Harness) -> TestResult {
    post_events(&harness.aws_proxy, &harness.api(), &harness.connect_organisation()?)
}

/// Posts the events of many emails to the webhook at the origin of `api`.
pub(in crate::suites) fn post_events(
    aws_proxy: &AwsProxy,
    api: &Api,
    connected: &ConnectedOrganisation,
) -> TestResult {
    let _quota = override_quota(aws_proxy, &connected.role_arn, 500, 1_000_000);
    let _ses = limit_ses_rate(aws_proxy, connected, 500, Duration::ZERO);
    connected.verify()?;
    let mut bulk = BulkSend::new(&connected.organisation, "burst");
    bulk.send(EMAIL_COUNT)?;
    bulk.wait_until_finished(Duration::from_mins(2))?;

    let posts = posts(aws_proxy, connected, &bulk.ids)?;
    let target = connected.webhook_target()?;
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let slowest = thread::scope(|scope| {
        let running: Vec<_> =
            (0..CONCURRENCY).map(|_| scope.spawn(|| post_remaining(api, &target, &posts, &next))).collect();
        running.into_iter().try_fold(Duration::ZERO, |slowest, thread| {
            let duration = thread.join().map_err(|_| Error::Unexpected("a thread has panicked".into()))??;
            Ok::<_, Error>(slowest.max(duration))
        })
    })?;
    let posts_per_minute = f64::from(u32::try_from(posts.len())?) / started.elapsed().as_secs_f64() * 60.0;
    println!(
        "\n{} posts, {CONCURRENCY} concurrent: {posts_per_minute:.0} per minute, slowest response {:.2} s",
        posts.len(),
        slowest.as_secs_f64(),
    );
    assert_that(slowest < SNS_TIMEOUT, "the slowest response exceeds the timeout of SNS")?;
    assert_that(
        posts_per_minute >= MIN_POSTS_PER_MINUTE,
        format!("only {posts_per_minute:.0} posts per minute were accepted"),
    )?;
    for id in &bulk.ids {
        let email = connected.email(id)?;
        assert_equal("status", &email["status"], "clicked")?;
        let mut types: Vec<_> = email["events"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|event| event["type"].as_str())
            .collect();
        types.sort_unstable();
        assert_equal("events", types, ["click", "delivery", "open", "send"])?;
    }
    Ok(())
}

/// Returns all events as signed posts, some duplicated, in random order.
fn posts(aws_proxy: &AwsProxy, connected: &ConnectedOrganisation, ids: &[String]) -> Result<Vec<String>> {
    let mut posts = Vec::new();
    for id in ids {
        for event_type in EVENT_TYPES {
            let post = event(aws_proxy, connected, id, event_type)?;
            if posts.len() % DUPLICATE_EVERY == 0 {
                posts.push(post.clone());
            }
            posts.push(post);
        }
    }
    Rng::with_seed(SEED).shuffle(&mut posts);
    Ok(posts)
}

fn event(
    aws_proxy: &AwsProxy,
    connected: &ConnectedOrganisation,
    id: &str,
    event_type: &str,
) -> Result<String> {
    let details = json!({ "recipients": [SUCCESS], "link": "https://example.com/" });
    let event = ses_event(id, event_type, &[SUCCESS], &details, OffsetDateTime::now_utc());
    signed_notification(&connected.topic_arn, &aws_proxy.origin(), &event)
}

/// Posts the events that no other thread has posted, and returns the slowest response time.
fn post_remaining(api: &Api, target: &str, posts: &[String], next: &AtomicUsize) -> Result<Duration> {
    let mut slowest = Duration::ZERO;
    while let Some(post) = posts.get(next.fetch_add(1, Ordering::SeqCst)) {
        let started = Instant::now();
        let response = post_to_webhook(api, target, post.clone())?;
        slowest = slowest.max(started.elapsed());
        if response.status != StatusCode::OK {
            return Err(Error::Unexpected(format!(
                "the webhook responded with {} {}",
                response.status, response.body
            )));
        }
    }
    Ok(slowest)
}
