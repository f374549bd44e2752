//! Many events in a short time, as after a large campaign: twice, late and out of order.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use fastrand::Rng;
use http::StatusCode;
use serde_json::json;
use test_support::{Error, Result};
use time::OffsetDateTime;

use super::{
    Outcome,
    crowd::Crowd,
    equal, hold,
    tampering::{quota, take_at_most},
};
use crate::{
    connected::{Connected, SUCCESS},
    forger::{Forgery, ses_event},
    world::World,
};

/// How many emails the events are about.
const EMAILS: usize = 250;

/// What happens to each of them.
const KINDS: [&str; 4] = ["Send", "Delivery", "Open", "Click"];

/// One post in this many comes a second time.
const TWICE: usize = 5;

/// How many posts SNS has under way at once.
const SIDE_BY_SIDE: usize = 16;

/// How long SNS waits for an answer.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
const PATIENCE: Duration = Duration::from_secs(15);

/// So many posts a minute an organisation have to be taken.
const A_MINUTE: f64 = 1000.0;

/// In which order they come is told by this number.
const SEED: u64 = 1000;

pub(super) fn of_events(world: &World) -> Outcome {
    let connected = world.connected()?;
    let _quota = quota(&world.wiretap, &connected.role_arn, 500, 1_000_000);
    let _ses = take_at_most(&world.wiretap, &connected, 500);
    connected.verify()?;
    let mut crowd = Crowd::new(&connected.organisation, "burst");
    crowd.send(EMAILS)?;
    crowd.wait(Duration::from_mins(2))?;

    let posts = posts(world, &connected, &crowd.ids)?;
    let target = connected.target()?;
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    let slowest = thread::scope(|scope| {
        let running: Vec<_> =
            (0..SIDE_BY_SIDE).map(|_| scope.spawn(|| post_all(world, &target, &posts, &next))).collect();
        running.into_iter().try_fold(Duration::ZERO, |slowest, thread| {
            let took = thread.join().map_err(|_| Error::Unexpected("a thread has panicked".into()))??;
            Ok::<_, Error>(slowest.max(took))
        })
    })?;
    let a_minute = f64::from(u32::try_from(posts.len())?) / began.elapsed().as_secs_f64() * 60.0;
    println!(
        "\n{} posts, {SIDE_BY_SIDE} at once: {a_minute:.0} a minute, the slowest answered after {:.2} s",
        posts.len(),
        slowest.as_secs_f64(),
    );
    hold(slowest < PATIENCE, "SNS would not have waited for the slowest")?;
    hold(a_minute >= A_MINUTE, format!("{a_minute:.0} posts a minute were taken"))?;
    for id in &crowd.ids {
        let email = connected.email(id)?;
        equal("status", &email["status"], "clicked")?;
        let mut kinds: Vec<_> = email["events"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|event| event["type"].as_str())
            .collect();
        kinds.sort_unstable();
        equal("events", kinds, ["click", "delivery", "open", "send"])?;
    }
    Ok(())
}

/// Every event as SNS would post it, some twice, in any order.
fn posts(world: &World, connected: &Connected, ids: &[String]) -> Result<Vec<String>> {
    let mut posts = Vec::new();
    for id in ids {
        for kind in KINDS {
            let post = event(world, connected, id, kind)?;
            if posts.len() % TWICE == 0 {
                posts.push(post.clone());
            }
            posts.push(post);
        }
    }
    Rng::with_seed(SEED).shuffle(&mut posts);
    Ok(posts)
}

fn event(world: &World, connected: &Connected, id: &str, kind: &str) -> Result<String> {
    let details = json!({ "recipients": [SUCCESS], "link": "https://example.com/" });
    let event = ses_event(id, kind, &[SUCCESS], &details, OffsetDateTime::now_utc());
    let forgery = Forgery::new("Notification", &connected.topic, &world.wiretap.origin());
    Ok(forgery.with("Message", event).sign()?.to_string())
}

/// Posts what nobody else has posted yet until there is no more; answers how long the slowest took.
fn post_all(world: &World, target: &str, posts: &[String], next: &AtomicUsize) -> Result<Duration> {
    let mut slowest = Duration::ZERO;
    while let Some(post) = posts.get(next.fetch_add(1, Ordering::SeqCst)) {
        let began = Instant::now();
        let answer = world.post_to_webhook(target, post.clone())?;
        slowest = slowest.max(began.elapsed());
        if answer.status != StatusCode::OK {
            return Err(Error::Unexpected(format!("the webhook answered {} {}", answer.status, answer.body)));
        }
    }
    Ok(slowest)
}
