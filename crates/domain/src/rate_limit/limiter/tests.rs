use proptest::{collection::vec, prelude::*};
use time::macros::datetime;

use super::*;
use crate::{connection::Quota, rate_limit::SendReport};

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

/// A demand that no rate satisfies.
const FULL: u32 = 100_000;

fn after(milliseconds: i64) -> OffsetDateTime {
    NOW + Duration::milliseconds(milliseconds)
}

fn snapshot(per_day: f64, per_second: f64, sent: f64, taken_at: OffsetDateTime) -> QuotaSnapshot {
    let quota = Quota { max_24_hour_send: per_day, max_send_rate: per_second, sent_last_24_hours: sent };
    QuotaSnapshot { quota, taken_at }
}

/// Returns a limiter that knows these limits.
fn limiter(per_day: f64, per_second: f64) -> RateLimiter {
    let mut limiter = RateLimiter::default();
    let quota = Some(snapshot(per_day, per_second, 0.0, NOW));
    limiter.ask(&LeaseRequest { quota, ..request("observer", 0) }, NOW);
    limiter
}

fn request(client: &str, demand: u32) -> LeaseRequest {
    LeaseRequest { client: client.into(), demand, next: demand.min(1), ..LeaseRequest::default() }
}

fn report(report: SendReport) -> LeaseRequest {
    LeaseRequest { report, ..request("a", FULL) }
}

fn is_close(rate: f64, expected: f64) -> bool {
    (rate - expected).abs() < 1e-6
}

/// Asks, and returns the rate and the length of the lease in milliseconds; `None` for a hold.
fn ask(limiter: &mut RateLimiter, client: &str, demand: u32, at: i64) -> Option<(f64, i128)> {
    let lease = limiter.ask(&request(client, demand), after(at)).lease?;
    Some((lease.rate, (lease.until - after(at)).whole_milliseconds()))
}

#[test]
fn nothing_is_leased_until_the_limits_are_known() {
    let grant = RateLimiter::default().ask(&request("a", 1), NOW);
    assert!(grant.lease.is_none() && grant.refresh_quota && grant.limits.is_none());
    assert_eq!(grant.hold.map(|hold| hold.reason), Some(ThrottleReason::LimitsUnknown));
}

#[test]
fn a_single_client_gets_all_of_the_rate_if_it_uses_it_and_half_otherwise() {
    assert_eq!(ask(&mut limiter(-1.0, 200.0), "a", FULL, 0), Some((192.0, 2000)));
    assert_eq!(ask(&mut limiter(-1.0, 200.0), "a", 1, 0), Some((96.0, 5000)));
    let lease = limiter(-1.0, 200.0).ask(&request("a", FULL), NOW).lease.unwrap();
    assert!(lease.alone && lease.day.is_none());
    assert!(is_close(lease.burst, 192.0 / 25.0));
    assert!(is_close(limiter(-1.0, 1.0).ask(&request("a", 1), NOW).lease.unwrap().burst, 1.0));
}

/// Lets the clients renew their leases for some seconds, and returns the rate of each.
fn converge<const N: usize>(limiter: &mut RateLimiter, demands: [(&str, u32); N]) -> [f64; N] {
    let mut rates = [0.0; N];
    for round in 0..6 {
        for ((client, demand), rate) in demands.iter().zip(&mut rates) {
            *rate = ask(limiter, client, *demand, round * 700).map_or(0.0, |(rate, _)| rate);
        }
    }
    rates
}

#[test]
fn clients_get_an_equal_share_up_to_their_demand_and_the_rest_by_demand() {
    let mut limiter = limiter(-1.0, 100.0);
    let rates = converge(&mut limiter, [("a", FULL), ("b", 5), ("c", FULL), ("d", 40)]);
    // The equal share is 24. b leaves 19, which are divided by the unmet demand: 72, 72 and 16.
    for (rate, expected) in rates.into_iter().zip([32.55, 5.0, 32.55, 25.9]) {
        assert!(is_close(rate, expected), "{rates:?}");
    }
    assert!(!limiter.ask(&request("a", FULL), after(4200)).lease.unwrap().alone);
}

#[test]
fn a_newcomer_gets_what_the_running_leases_leave_but_at_least_one_per_second() {
    let mut limiter = limiter(-1.0, 200.0);
    assert_eq!(ask(&mut limiter, "a", FULL, 0), Some((192.0, 2000)));
    assert_eq!(ask(&mut limiter, "b", FULL, 100), Some((1.0, 1000)));
    assert_eq!(ask(&mut limiter, "a", FULL, 1400), Some((96.0, 1000)));
    assert_eq!(ask(&mut limiter, "b", FULL, 1401), Some((96.0, 1000)));
}

#[test]
fn the_leases_of_many_newcomers_never_exceed_ses_s_rate_in_sum() {
    let mut limiter = limiter(-1.0, 50.0);
    ask(&mut limiter, "a", FULL, 0);
    let newcomers: Vec<_> = (0..5).map(|n| ask(&mut limiter, &format!("n{n}"), FULL, 1)).collect();
    let rates: f64 = newcomers.iter().flatten().map(|(rate, _)| rate).sum();
    assert!(is_close(rates, 2.0), "{newcomers:?}");
    let hold = limiter.ask(&request("n4", 1), after(2)).hold.unwrap();
    assert_eq!((hold.reason, hold.retry_at), (ThrottleReason::Rate, after(1001)));
}

#[test]
fn a_client_with_a_long_lease_keeps_its_share_however_long_ago_it_asked() {
    let mut limiter = limiter(-1.0, 200.0);
    assert_eq!(ask(&mut limiter, "a", 1, 0), Some((96.0, 5000)));
    assert_eq!(ask(&mut limiter, "b", FULL, 4900), Some((96.0, 1000)), "a's lease still runs");
    let grant = limiter.ask(&request("b", FULL), after(5900)).lease.unwrap();
    assert!(is_close(grant.rate, 191.0) && !grant.alone, "a's lease ended less than a second ago: {grant:?}");
    assert_eq!(ask(&mut limiter, "b", FULL, 6000), Some((192.0, 2000)));
}

#[test]
fn more_clients_than_recipients_per_second_take_turns() {
    let mut limiter = limiter(-1.0, 1.0);
    let mut next = [("a", 0), ("b", 10), ("c", 20)];
    let mut turns: Vec<(&str, i64)> = Vec::new();
    while turns.len() < 9 {
        next.sort_by_key(|(_, at)| *at);
        let (client, at) = next[0];
        let grant = limiter.ask(&request(client, FULL), after(at));
        let again = match grant.lease {
            Some(lease) => {
                assert!(lease.alone || lease.rate < 0.96, "one email per turn");
                turns.push((client, at));
                lease.until
            }
            None => grant.hold.unwrap().retry_at,
        };
        assert!(again > after(at));
        next[0].1 = i64::try_from((again - NOW).whole_milliseconds()).unwrap() + 1;
    }
    for pair in turns.windows(2) {
        assert!(pair[1].1 - pair[0].1 > 1000, "{turns:?}");
    }
    for client in ["a", "b", "c"] {
        assert_eq!(turns.iter().filter(|(turn, _)| *turn == client).count(), 3, "{turns:?}");
    }
}

#[test]
fn a_running_lease_is_not_renewed_while_another_client_waits_for_its_turn() {
    let mut limiter = limiter(-1.0, 1.0);
    let first = limiter.ask(&request("a", FULL), NOW).lease.unwrap();
    assert_eq!(limiter.ask(&request("b", 1), after(500)).hold.unwrap().retry_at, first.until);
    assert_eq!(limiter.ask(&request("a", FULL), after(1400)).lease, Some(first));
    assert_eq!(ask(&mut limiter, "a", FULL, 2084), None);
    assert!(ask(&mut limiter, "b", 1, 2085).is_some());
}

#[test]
fn a_client_that_stops_sending_is_not_waited_for() {
    let mut limiter = limiter(-1.0, 1.0);
    ask(&mut limiter, "a", FULL, 0);
    assert_eq!(ask(&mut limiter, "b", 1, 500), None);
    // b doesn't come back when a's lease ends.
    assert_eq!(ask(&mut limiter, "a", FULL, 2084), None);
    assert!(ask(&mut limiter, "a", FULL, 3100).is_some());
}

#[test]
fn throttling_halves_the_leases_and_makes_them_short_for_ten_seconds() {
    let mut limiter = limiter(-1.0, 200.0);
    let throttled = report(SendReport { throttled: true, unused: 1, ..SendReport::default() });
    let grant = limiter.ask(&throttled, NOW);
    assert_eq!(grant.per_second, Some(96.0));
    assert_eq!(grant.lease.unwrap().until, after(1000));
    let accepted = report(SendReport { accepted: 50, ..SendReport::default() });
    let rates: Vec<_> =
        (1..=5).map(|second| limiter.ask(&accepted, after(second * 1000)).per_second.unwrap()).collect();
    assert_eq!(rates, [120.0, 144.0, 168.0, 192.0, 192.0]);
    assert_eq!(limiter.ask(&accepted, after(9_999)).lease.unwrap().until, after(10_999));
    assert_eq!(limiter.ask(&accepted, after(10_000)).lease.unwrap().until, after(12_000));
}

#[test]
fn a_raised_limit_applies_from_the_next_request() {
    let mut limiter = limiter(-1.0, 1.0);
    assert!(!limiter.ask(&request("a", FULL), after(299_999)).refresh_quota);
    assert!(limiter.ask(&request("a", FULL), after(300_000)).refresh_quota, "the snapshot is old");
    let quota = Some(snapshot(50_000.0, 50.0, 0.0, after(300_000)));
    let grant = limiter.ask(&LeaseRequest { quota, ..request("a", FULL) }, after(300_100));
    assert_eq!(grant.per_second, Some(48.0));
    assert_eq!(grant.limits_taken_at, Some(after(300_000)));
    // An older snapshot does not lower the limit again.
    let old = LeaseRequest { quota: Some(snapshot(-1.0, 1.0, 0.0, NOW)), ..request("a", 1) };
    assert_eq!(limiter.ask(&old, after(301_000)).per_second, Some(48.0));
}

#[test]
fn the_daily_quota_is_reserved_at_the_grant_and_freed_by_the_report() {
    let mut limiter = limiter(100.0, 50.0);
    assert_eq!(limiter.ask(&request("a", FULL), NOW).lease.unwrap().day, Some(98));
    assert_eq!(limiter.ask(&request("b", 1), NOW).lease.unwrap().day, Some(1));
    let spent = LeaseRequest { spent: 10, ..request("a", 0) };
    let grant = limiter.ask(&spent, after(1000));
    assert_eq!((grant.used, grant.lease.unwrap().day), (10, Some(88)));
    // b's reservation of one recipient stands until b reports or SES has counted.
    assert_eq!(
        limiter.ask(&LeaseRequest { spent: 88, ..request("a", 1) }, after(1900)).lease.unwrap().day,
        Some(1)
    );
    let grant = limiter.ask(&LeaseRequest { spent: 1, ..request("a", 1) }, after(2000));
    let hold = grant.hold.unwrap();
    assert_eq!((hold.reason, hold.retry_at), (ThrottleReason::DailyQuota, after(3000)));
    let quota = Some(snapshot(100.0, 50.0, 99.0, after(5000)));
    assert!(limiter.ask(&LeaseRequest { quota, ..request("a", 1) }, after(5000)).lease.is_some());
}

#[test]
fn an_exhausted_daily_quota_holds_emails_and_says_until_when() {
    let mut limiter = limiter(3.0, 10.0);
    let hold = limiter.ask(&LeaseRequest { spent: 3, ..request("a", 5) }, NOW).hold.unwrap();
    let until = NOW + Duration::hours(24) + Duration::minutes(5);
    assert_eq!((hold.reason, hold.until), (ThrottleReason::DailyQuota, until));
    assert!(hold.retry_at <= NOW + Duration::minutes(15), "the limit may be raised before");
    assert_eq!(limiter.ask(&request("a", 5), hold.until).lease.unwrap().day, Some(3));
}

#[test]
fn emails_of_other_senders_count_towards_the_daily_quota() {
    let mut limiter = RateLimiter::default();
    let quota = Some(snapshot(200.0, 10.0, 199.0, NOW));
    assert_eq!(limiter.ask(&LeaseRequest { quota, ..request("a", 2) }, NOW).lease.unwrap().day, Some(1));
    let hold = limiter.ask(&LeaseRequest { next: 2, ..request("a", 2) }, after(1)).hold;
    assert_eq!(hold.map(|hold| hold.until), Some(NOW + Duration::hours(24)));
}

#[test]
fn a_quota_that_ses_reports_as_exceeded_is_exhausted_until_the_next_snapshot() {
    let mut limiter = limiter(200.0, 10.0);
    let exceeded = report(SendReport { daily_quota_exceeded: true, ..SendReport::default() });
    assert_eq!(limiter.ask(&exceeded, NOW).hold.map(|hold| hold.reason), Some(ThrottleReason::DailyQuota));
    let later = NOW + Duration::minutes(15);
    let quota = Some(snapshot(200.0, 10.0, 0.0, later));
    assert!(limiter.ask(&LeaseRequest { quota, ..request("a", 1) }, later).lease.is_some());
}

#[test]
fn recipients_that_were_not_sent_to_are_returned_to_the_quota() {
    let mut limiter = limiter(2.0, 10.0);
    assert!(limiter.ask(&LeaseRequest { spent: 2, ..request("a", 1) }, NOW).hold.is_some());
    let unused = report(SendReport { unused: 1, ..SendReport::default() });
    assert_eq!(limiter.ask(&LeaseRequest { next: 1, ..unused }, after(1000)).lease.unwrap().day, Some(1));
}

#[test]
fn an_email_larger_than_the_daily_quota_is_not_held_forever() {
    assert!(limiter(20.0, 1.0).ask(&LeaseRequest { next: 50, ..request("a", 50) }, NOW).lease.is_some());
}

#[test]
fn a_client_whose_storage_was_put_back_gets_no_lease() {
    let mut limiter = limiter(-1.0, 10.0);
    let at_epoch = |epoch| LeaseRequest { epoch, ..request("a", 1) };
    assert!(limiter.ask(&at_epoch(7), NOW).lease.is_some());
    let mut limiter: RateLimiter = serde_json::from_str(&serde_json::to_string(&limiter).unwrap()).unwrap();
    let grant = limiter.ask(&at_epoch(6), NOW);
    assert_eq!((grant.rolled_back, grant.lease, grant.hold), (Some(7), None, None));
    let grant = limiter.ask(&at_epoch(8), NOW);
    assert!(grant.rolled_back.is_none() && grant.lease.is_some());
}

#[test]
fn a_client_learns_what_is_used_and_of_its_older_storage_before_the_limits_are_known() {
    let mut limiter = RateLimiter::default();
    let at_epoch = |epoch| LeaseRequest { epoch, spent: 3, ..request("a", 1) };
    assert_eq!(limiter.ask(&at_epoch(7), NOW).used, 3);
    let grant = limiter.ask(&at_epoch(6), NOW);
    assert_eq!((grant.used, grant.rolled_back), (6, Some(7)));
}

#[test]
fn a_quota_that_another_client_has_reserved_is_asked_for_again_when_its_lease_ends() {
    let mut limiter = limiter(100.0, 50.0);
    limiter.ask(&request("a", FULL), NOW);
    let other = limiter.ask(&request("b", 1), NOW).lease.unwrap();
    let grant = limiter.ask(&LeaseRequest { spent: 98, ..request("a", 2) }, after(1));
    let hold =
        limiter.ask(&LeaseRequest { next: 2, ..request("a", 2) }, after(2)).hold.or(grant.hold).unwrap();
    assert_eq!(hold.retry_at, other.until + RELEASE_AFTER);
}

#[test]
fn clients_that_no_longer_send_are_forgotten() {
    let mut limiter = limiter(-1.0, 10.0);
    limiter.ask(&request("long-ago", 1), NOW);
    limiter.ask(&request("now", 1), NOW + Duration::minutes(5));
    let stored = serde_json::to_value(&limiter).unwrap();
    let clients: Vec<_> = stored["clients"].as_object().unwrap().keys().collect();
    assert_eq!(clients, ["now"]);
}

#[test]
fn a_request_without_demand_returns_the_running_lease() {
    let mut limiter = limiter(-1.0, 10.0);
    let lease = limiter.ask(&request("a", FULL), NOW).lease;
    let grant = limiter.ask(&request("a", 0), after(500));
    assert_eq!((grant.lease, grant.hold), (lease, None));
    assert_eq!(limiter.ask(&request("a", 0), after(2000)).lease, None);
}

#[test]
fn the_state_is_stored_when_it_matters() {
    let mut limiter = limiter(50_000.0, 200.0);
    let mut ask = |request: LeaseRequest, at| {
        limiter.ask(&request, after(at));
        let stores = limiter.should_store(after(at));
        if stores {
            limiter.mark_stored(after(at));
        }
        stores
    };
    let spent = |spent| LeaseRequest { spent, ..request("a", 1) };
    assert!(ask(spent(0), 0), "a new client has an epoch");
    assert!(!ask(spent(0), 90_000), "nothing was counted");
    assert!(ask(spent(1), 90_001), "the last write is old");
    assert!(!ask(spent(499), 100_000));
    assert!(ask(spent(1), 100_001), "1 % of the daily quota");
    assert!(!ask(spent(1), 160_000));
    assert!(ask(spent(1), 160_001));
    assert!(ask(LeaseRequest { epoch: 1, ..spent(0) }, 160_002));
}

#[test]
fn a_stored_limiter_continues_and_assumes_that_its_leases_run() {
    let mut limiter = limiter(200.0, 10.0);
    converge(&mut limiter, [("a", FULL), ("b", FULL)]);
    let stored = serde_json::to_string(&limiter).unwrap();
    let mut restarted: RateLimiter = serde_json::from_str(&stored).unwrap();
    assert_eq!(serde_json::to_string(&restarted).unwrap(), stored);
    restarted.resume(after(30_000));
    assert_eq!(ask(&mut restarted, "a", FULL, 30_000), Some((4.8, 1000)));
    let mut restarted: RateLimiter = serde_json::from_str(&stored).unwrap();
    restarted.resume(after(90_000));
    assert_eq!(ask(&mut restarted, "a", FULL, 90_000), Some((9.6, 2000)));
    assert_eq!(serde_json::from_str::<RateLimiter>("{}").unwrap(), RateLimiter::default());
}

proptest! {
    #[test]
    fn running_leases_never_exceed_ses_s_rate_or_the_daily_quota_in_sum(
        rate in 1_u32..60,
        per_day in 50_u32..5_000,
        requests in vec((0_usize..8, 1_u32..200, 0_u32..20, 0_i64..700), 1..120),
    ) {
        let mut limiter = limiter(per_day.into(), rate.into());
        let mut leases: [Option<Lease>; 8] = [None; 8];
        let mut used = 0;
        let mut at = 0;
        for (client, demand, spent, pause) in requests {
            at += pause;
            let spent = leases[client].and_then(|lease| lease.day).unwrap_or(0).min(spent);
            used += spent;
            let request = LeaseRequest { spent, ..request(&client.to_string(), demand) };
            leases[client] = limiter.ask(&request, after(at)).lease;
            let running = || leases.iter().flatten().filter(|lease| lease.until > after(at));
            let leased: f64 = running().map(|lease| lease.rate).sum();
            prop_assert!(leased <= f64::from(rate) + 1e-6, "{leased} of {rate} per second: {leases:?}");
            let reserved: u32 = leases.iter().flatten().filter_map(|lease| lease.day).sum();
            prop_assert!(used + reserved <= per_day, "{used} + {reserved} of {per_day}: {leases:?}");
        }
    }
}
