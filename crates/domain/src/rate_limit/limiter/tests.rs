use proptest::{collection::vec, prelude::*};
use time::macros::datetime;

use super::*;
use crate::connection::Quota;

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

fn snapshot(per_day: f64, per_second: f64, sent: f64, taken_at: OffsetDateTime) -> QuotaSnapshot {
    let quota = Quota { max_24_hour_send: per_day, max_send_rate: per_second, sent_last_24_hours: sent };
    QuotaSnapshot { quota, taken_at }
}

fn limiter(per_day: f64, per_second: f64) -> RateLimiter {
    let mut limiter = RateLimiter::default();
    let quota = Some(snapshot(per_day, per_second, 0.0, NOW));
    limiter.grant(&RateRequest { quota, ..RateRequest::default() }, NOW);
    limiter
}

fn request(client: &str, emails: usize) -> RateRequest {
    RateRequest { client: client.into(), emails: vec![1; emails], ..RateRequest::default() }
}

/// An email that was sent: when, and to how many recipients.
type Sent = (OffsetDateTime, u32);

/// Sends emails with these recipient counts as the outbox does.
fn send_all(limiter: &mut RateLimiter, mut emails: Vec<u32>, mut now: OffsetDateTime) -> Vec<Sent> {
    let mut sent = Vec::new();
    while !emails.is_empty() {
        let request = RateRequest { emails: emails.clone(), ..request("a", 0) };
        let grant = limiter.grant(&request, now);
        for (after, recipients) in grant.send_after.iter().zip(emails.drain(..grant.send_after.len())) {
            sent.push((now + Duration::milliseconds(i64::try_from(*after).unwrap()), recipients));
        }
        if let Some(hold) = grant.hold {
            assert!(hold.retry_at > now || hold.reason == ThrottleReason::LimitsUnknown, "{hold:?} at {now}");
            now = hold.retry_at;
        }
    }
    sent
}

/// Returns the most recipients in any second.
fn max_per_second(sent: &[Sent]) -> u32 {
    let within = |from: OffsetDateTime| {
        sent.iter().filter(|(at, _)| *at >= from && *at - from < Duration::SECOND).map(|(_, n)| n).sum()
    };
    sent.iter().map(|(at, _)| within(*at)).max().unwrap_or(0)
}

#[test]
fn nothing_is_granted_until_the_limits_are_known() {
    let mut limiter = RateLimiter::default();
    let grant = limiter.grant(&request("a", 1), NOW);
    assert!(grant.send_after.is_empty() && grant.refresh_quota);
    assert_eq!(grant.hold.map(|hold| hold.reason), Some(ThrottleReason::LimitsUnknown));
}

#[test]
fn a_single_email_is_sent_immediately() {
    assert_eq!(limiter(200.0, 1.0).grant(&request("a", 1), NOW).send_after, [0]);
}

#[test]
fn two_thousand_emails_use_over_nine_tenths_of_the_rate_and_never_exceed_it() {
    let sent = send_all(&mut limiter(50_000.0, 50.0), vec![1; 2000], NOW);
    let took = (sent[1999].0 - NOW).as_seconds_f64();
    assert!(2000.0 / took >= 0.9 * 50.0, "{took} s");
    assert!(max_per_second(&sent) <= 50);
}

#[test]
fn a_throttled_account_slows_down_and_recovers() {
    let mut limiter = limiter(-1.0, 50.0);
    let throttled = SendReport { throttled: true, ..SendReport::default() };
    let grant = limiter.grant(&RateRequest { report: throttled, ..request("a", 1) }, NOW);
    assert!(grant.send_after.iter().all(|after| *after >= 1000), "{grant:?}");
    assert_eq!(grant.per_second, Some(24.0));
    // A second report in the same second does not halve the rate again.
    let again = limiter.grant(&RateRequest { report: throttled, ..request("a", 0) }, NOW);
    assert_eq!(again.per_second, Some(24.0));
    let accepted = SendReport { accepted: 9, ..SendReport::default() };
    let rates: Vec<f64> = (1..=5)
        .map(|second| {
            let request = RateRequest { report: accepted, ..request("a", 0) };
            limiter.grant(&request, NOW + Duration::seconds(second)).per_second.unwrap()
        })
        .collect();
    assert_eq!(rates, [30.0, 36.0, 42.0, 48.0, 48.0]);
    for second in 10..30 {
        let request = RateRequest { report: throttled, ..request("a", 0) };
        limiter.grant(&request, NOW + Duration::seconds(second));
    }
    assert!(limiter.rate.per_second(50.0) >= 3.0, "the rate never drops to zero");
}

#[test]
fn a_raised_limit_applies_from_the_next_request() {
    let mut limiter = limiter(200.0, 1.0);
    let later = NOW + Duration::seconds(90);
    let grant = limiter.grant(&request("a", 5), later);
    assert!(grant.refresh_quota, "emails are on hold, and the snapshot is old");
    assert!(grant.send_after.len() <= 2);
    let raised = RateRequest { quota: Some(snapshot(50_000.0, 50.0, 0.0, later)), ..request("a", 40) };
    assert_eq!(limiter.grant(&raised, later + Duration::seconds(2)).send_after.len(), 40);
    // An older snapshot does not lower the limit again.
    let old = RateRequest { quota: Some(snapshot(200.0, 1.0, 0.0, NOW)), ..request("a", 1) };
    assert_eq!(limiter.grant(&old, later + Duration::seconds(3)).per_second, Some(48.0));
}

#[test]
fn the_rate_counts_recipients_and_not_emails() {
    let sent = send_all(&mut limiter(-1.0, 10.0), vec![5; 20], NOW);
    let took = (sent[19].0 - NOW).as_seconds_f64();
    assert!((9.8..=10.5).contains(&took), "100 recipients took {took} s");
}

#[test]
fn an_exhausted_daily_quota_holds_emails_and_says_until_when() {
    let mut limiter = limiter(3.0, 10.0);
    let grant = limiter.grant(&request("a", 5), NOW);
    assert_eq!(grant.send_after.len(), 3);
    let hold = grant.hold.unwrap();
    let until = NOW + Duration::hours(24) + Duration::minutes(5);
    assert_eq!((hold.reason, hold.until), (ThrottleReason::DailyQuota, until));
    assert!(hold.retry_at <= NOW + Duration::minutes(15), "the limit may be raised before");
    assert_eq!(limiter.grant(&request("a", 5), hold.until).send_after.len(), 3);
}

#[test]
fn emails_of_other_senders_count_towards_the_daily_quota() {
    let mut limiter = RateLimiter::default();
    let request = RateRequest { quota: Some(snapshot(200.0, 10.0, 199.0, NOW)), ..request("a", 2) };
    let grant = limiter.grant(&request, NOW);
    assert_eq!(grant.send_after.len(), 1);
    assert_eq!(grant.hold.map(|hold| hold.until), Some(NOW + Duration::hours(24)));
}

#[test]
fn a_quota_that_ses_reports_as_exceeded_is_exhausted_until_the_next_snapshot() {
    let mut limiter = limiter(200.0, 10.0);
    let exceeded = SendReport { daily_quota_exceeded: true, ..SendReport::default() };
    let grant = limiter.grant(&RateRequest { report: exceeded, ..request("a", 1) }, NOW);
    assert_eq!(grant.send_after.len(), 0);
    let later = NOW + Duration::minutes(15);
    let request = RateRequest { quota: Some(snapshot(200.0, 10.0, 0.0, later)), ..request("a", 1) };
    assert_eq!(limiter.grant(&request, later).send_after.len(), 1);
}

#[test]
fn recipients_that_were_not_sent_to_are_returned_to_the_quota() {
    let mut limiter = limiter(2.0, 10.0);
    assert_eq!(limiter.grant(&request("a", 2), NOW).send_after.len(), 2);
    let unused = SendReport { unused: 1, ..SendReport::default() };
    let request = RateRequest { report: unused, ..request("a", 2) };
    assert_eq!(limiter.grant(&request, NOW + Duration::SECOND).send_after.len(), 1);
}

#[test]
fn an_email_larger_than_the_daily_quota_is_not_held_forever() {
    let request = RateRequest { emails: vec![50], ..request("a", 0) };
    assert_eq!(limiter(20.0, 1.0).grant(&request, NOW).send_after.len(), 1);
}

#[test]
fn two_clients_with_queued_emails_share_the_rate() {
    let mut limiter = limiter(-1.0, 50.0);
    let mut due = [("a", NOW), ("b", NOW + Duration::milliseconds(300))];
    let mut sent = [0, 0];
    let end = NOW + Duration::seconds(20);
    while due.iter().any(|(_, at)| *at < end) {
        let next = usize::from(due[1].1 < due[0].1);
        let grant = limiter.grant(&request(due[next].0, 500), due[next].1);
        sent[next] += grant.send_after.len();
        due[next].1 = grant.hold.unwrap().retry_at;
    }
    let (a, b) = (sent[0], sent[1]);
    assert!(a + b > 900, "{a} + {b}");
    assert!(a.abs_diff(b) * 5 < a + b, "{a} and {b}");
}

#[test]
fn a_single_email_is_not_delayed_by_a_thousand_of_another_client() {
    let mut limiter = limiter(-1.0, 50.0);
    let hold = limiter.grant(&request("a", 1000), NOW).hold;
    assert_eq!(hold.map(|hold| hold.reason), Some(ThrottleReason::Rate));
    let grant = limiter.grant(&request("b", 1), NOW + Duration::milliseconds(400));
    assert_eq!(grant.send_after.len(), 1);
    assert!(grant.send_after.iter().all(|after| *after <= 1000), "{grant:?}");
}

#[test]
fn a_limiter_survives_being_stored_as_json() {
    let mut limiter = limiter(200.0, 10.0);
    limiter.grant(&request("a", 50), NOW);
    let stored: RateLimiter = serde_json::from_str(&serde_json::to_string(&limiter).unwrap()).unwrap();
    assert_eq!(stored, limiter);
    assert_eq!(serde_json::from_str::<RateLimiter>("{}").unwrap(), RateLimiter::default());
}

proptest! {
    #[test]
    fn neither_limit_is_ever_exceeded(
        rate in 1_u32..80,
        per_day in 50_u32..400,
        emails in vec(1_u32..=50, 1..60),
        pauses in vec(0_i64..20_000, 1..8),
    ) {
        let mut limiter = limiter(f64::from(per_day), f64::from(rate));
        let mut sent: Vec<Sent> = Vec::new();
        let mut now = NOW;
        for (part, pause) in emails.chunks(8).zip(pauses.iter().cycle()) {
            let more = send_all(&mut limiter, part.to_vec(), now);
            now = more.last().map_or(now, |(at, _)| *at) + Duration::milliseconds(*pause);
            sent.extend(more);
        }
        for (index, (at, _)) in sent.iter().enumerate() {
            let within = |window| sent[index..].iter().take_while(move |(later, _)| *later - *at < window);
            let day: u32 = within(Duration::DAY).map(|(_, n)| n).sum();
            prop_assert!(day <= per_day, "{day} of {per_day} in a day");
            // The last email of a second may have more recipients than the rate; the next one then waits longer.
            let second: Vec<u32> = within(Duration::SECOND).map(|(_, n)| *n).collect();
            let before_last: u32 = second[..second.len() - 1].iter().sum();
            prop_assert!(before_last <= rate, "{second:?} at {rate} per second");
        }
    }
}
