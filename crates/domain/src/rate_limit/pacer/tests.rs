use time::macros::datetime;

use super::*;
use crate::{
    connection::Quota,
    rate_limit::{RateLimiter, ThrottleReason},
};

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

fn after(milliseconds: i64) -> OffsetDateTime {
    NOW + Duration::milliseconds(milliseconds)
}

/// An organisation and its account's limiter.
struct Sender {
    pacer: Pacer,
    limiter: RateLimiter,
}

impl Sender {
    /// Returns a sender in production that has not asked yet.
    fn new(per_day: f64, per_second: f64) -> Self {
        let quota = Quota { max_24_hour_send: per_day, max_send_rate: per_second, sent_last_24_hours: 0.0 };
        let mut pacer = Pacer::default();
        pacer.record_account(QuotaSnapshot { quota, taken_at: NOW }, true);
        Self { pacer, limiter: RateLimiter::default() }
    }

    fn ask(&mut self, queued: u32, next: u32, at: i64) -> LeaseGrant {
        let request = self.pacer.request("a", queued, next, 0, after(at));
        let grant = self.limiter.ask(&request, after(at));
        self.pacer.apply(&grant, after(at));
        grant
    }

    fn take(&mut self, recipients: u32, at: i64) -> Take {
        self.pacer.try_take(recipients, Duration::ZERO, after(at))
    }

    /// Returns a sender after the end of a lease of half the rate.
    fn after_a_lone_email(per_day: f64, per_second: f64) -> Self {
        let mut sender = Self::new(per_day, per_second);
        sender.ask(1, 1, 0);
        assert_eq!(sender.take(1, 0), Take::At(NOW));
        sender
    }
}

const THROTTLED: SendReport =
    SendReport { accepted: 0, unused: 1, throttled: true, daily_quota_exceeded: false };

#[test]
fn the_first_email_of_an_instance_asks() {
    let mut sender = Sender::new(-1.0, 200.0);
    assert_eq!(sender.take(1, 0), Take::AskFirst);
    sender.ask(1, 1, 0);
    assert_eq!(sender.take(1, 0), Take::At(NOW));
}

#[test]
fn emails_are_spread_over_the_lease_by_their_recipients() {
    let mut sender = Sender::new(-1.0, 10.0);
    sender.ask(100, 1, 0);
    assert_eq!(sender.take(1, 0), Take::At(NOW));
    assert_eq!(sender.take(1, 0), Take::Later(NOW + Duration::seconds_f64(1.0 / 9.6)));
    assert_eq!(sender.take(4, 200), Take::At(after(200)));
    let Take::Later(next) = sender.take(1, 200) else { panic!("the four recipients left a debt") };
    assert!((next - after(200) - Duration::seconds_f64(4.0 / 9.6)).abs() < Duration::MILLISECOND);
}

#[test]
fn a_slot_ahead_is_taken_if_it_is_near_enough_and_within_the_lease() {
    let mut sender = Sender::new(-1.0, 10.0);
    sender.ask(100, 1, 0);
    let mut slots = Vec::new();
    let last = loop {
        match sender.pacer.try_take(1, Duration::seconds(5), NOW) {
            Take::At(at) => slots.push((at - NOW).whole_milliseconds()),
            other => break other,
        }
    };
    // The lease is 2 s long, at 9.6 per second.
    assert_eq!(slots.len(), 20);
    assert_eq!(slots[..3], [0, 104, 208]);
    assert_eq!(last, Take::Later(after(1400)), "the lease is renewed then");
}

#[test]
fn a_lease_is_renewed_in_the_background_only_while_emails_flow() {
    let mut sender = Sender::new(-1.0, 200.0);
    sender.ask(1000, 1, 0);
    assert!(!sender.pacer.should_ask(1000, after(1399)));
    assert!(sender.pacer.should_ask(1000, after(1400)));
    assert!(!sender.pacer.should_ask(0, after(1400)), "nothing is queued or sent");
    sender.take(1, 0);
    assert!(!sender.pacer.should_ask(0, after(1400)), "a lone email");
    sender.take(1, 10);
    assert!(sender.pacer.should_ask(0, after(1400)));
    assert!(!sender.pacer.should_ask(0, after(2000)), "the lease is over, and the next email asks");
    assert!(sender.pacer.should_ask(1, after(2000)));
}

#[test]
fn a_lease_for_few_emails_is_renewed_when_many_are_queued() {
    let mut sender = Sender::after_a_lone_email(-1.0, 200.0);
    assert!(!sender.pacer.should_ask(100, after(150)), "they can be sent within the lease");
    assert!(!sender.pacer.should_ask(5000, after(99)), "the limiter was just asked");
    assert!(sender.pacer.should_ask(5000, after(100)));
    let lease = sender.ask(5000, 1, 100).lease.unwrap();
    assert_eq!(lease.until, after(2100));
    assert!(!sender.pacer.should_ask(9000, after(300)));
}

#[test]
fn a_request_for_the_limits_leaves_the_lease_as_it_is() {
    let mut sender = Sender::new(-1.0, 50.0);
    sender.ask(1000, 1, 0);
    let before = sender.pacer.rate(after(500));
    assert_eq!(before, Some(48.0));
    sender.take(1, 500);
    let request = sender.pacer.limits_request("a", 0);
    assert_eq!((request.demand, request.spent), (0, 0));
    let grant = sender.limiter.ask(&request, after(600));
    sender.pacer.apply(&grant, after(600));
    assert_eq!(sender.pacer.rate(after(700)), before);
    assert_eq!(sender.pacer.request("a", 1000, 1, 0, after(800)).spent, 1);
}

#[test]
fn a_lone_email_is_sent_without_asking_once_a_second() {
    let mut sender = Sender::after_a_lone_email(50_000.0, 14.0);
    assert_eq!(sender.take(1, 60_000), Take::At(after(60_000)));
    assert_eq!(sender.take(1, 60_999), Take::AskFirst);
    assert_eq!(sender.take(1, 61_000), Take::At(after(61_000)));
    assert_eq!(sender.pacer.request("a", 1, 1, 0, after(62_000)).spent, 3);
}

#[test]
fn a_single_email_asks_if_the_account_is_slow_or_new_or_shared_or_nearly_exhausted() {
    // (rate, daily quota, recipients)
    for (per_second, per_day, recipients) in [(10.0, -1.0, 1), (14.0, -1.0, 2), (14.0, 40.0, 38)] {
        let mut sender = Sender::after_a_lone_email(per_day, per_second);
        assert_eq!(sender.take(recipients, 60_000), Take::AskFirst, "{recipients} at {per_second}");
    }
    let mut sender = Sender::after_a_lone_email(-1.0, 200.0);
    assert_eq!(sender.take(1, 3_600_000), Take::AskFirst, "the limits are an hour old");
    let quota = sender.pacer.quota.unwrap();
    sender.pacer.record_account(quota, false);
    assert_eq!(sender.take(1, 60_000), Take::AskFirst, "the sandbox");

    let mut sender = Sender::after_a_lone_email(-1.0, 200.0);
    sender.pacer.record(THROTTLED, after(6_000));
    assert_eq!(sender.take(1, 65_999), Take::AskFirst);
    assert_eq!(sender.take(1, 66_000), Take::At(after(66_000)));

    let mut sender = Sender::after_a_lone_email(-1.0, 200.0);
    sender
        .limiter
        .ask(&LeaseRequest { client: "b".into(), demand: 5, ..LeaseRequest::default() }, after(7_000));
    assert!(!sender.ask(1, 1, 7_001).lease.unwrap().alone);
    assert_eq!(sender.take(1, 20_000), Take::AskFirst, "another organisation sends");
}

#[test]
fn throttling_halves_the_lease_once_a_second_and_is_reported() {
    let mut sender = Sender::new(-1.0, 10.0);
    sender.ask(100, 1, 0);
    sender.take(1, 0);
    for at in [100, 150, 200] {
        sender.pacer.record(THROTTLED, after(at));
    }
    assert!(sender.pacer.should_ask(0, after(200)));
    assert_eq!(sender.take(1, 200), Take::Later(after(200) + Duration::seconds_f64(1.0 / 4.8 - 0.1)));
    let grant = sender.ask(100, 1, 200);
    assert_eq!(grant.per_second, Some(4.8));
    assert!(!sender.pacer.should_ask(0, after(300)), "it was reported");
}

#[test]
fn without_the_limiter_half_of_the_last_rate_is_used_for_five_seconds() {
    let mut sender = Sender::new(50_000.0, 100.0);
    let first = sender.pacer.request("a", 1000, 1, 0, NOW);
    sender.pacer.fail(&first, NOW);
    assert_eq!(sender.take(1, 500), Take::Later(after(1000)), "no rate is known");
    assert_eq!(sender.take(1, 1000), Take::AskFirst);
    sender.ask(1000, 1, 1000);
    assert_eq!(sender.take(3, 1100), Take::At(after(1100)));
    let lost = sender.pacer.request("a", 1000, 1, 0, after(2400));
    assert_eq!(lost.spent, 3);
    sender.pacer.fail(&lost, after(2400));
    let slots = (2400..7400).filter(|at| matches!(sender.take(1, *at), Take::At(_))).count();
    assert!((239..=243).contains(&slots), "{slots} emails at 48 per second");
    assert_eq!(sender.take(1, 7400), Take::At(after(7400)), "a lone email needs no limiter");
    assert_eq!(sender.take(1, 7401), Take::AskFirst);
    let again = sender.pacer.request("a", 1000, 1, 0, after(7400));
    assert_eq!(usize::try_from(again.spent), Ok(slots + 4), "everything is reported");
}

#[test]
fn the_recipients_of_the_day_are_taken_and_returned() {
    let mut sender = Sender::new(10.0, 100.0);
    sender.ask(100, 1, 0);
    assert_eq!(sender.take(9, 100), Take::At(after(100)));
    assert_eq!(sender.take(2, 500), Take::AskFirst, "one recipient is left");
    sender.pacer.return_unused(3);
    assert_eq!(sender.take(2, 500), Take::At(after(500)));
    let request = sender.pacer.request("a", 100, 9, 0, after(600));
    assert_eq!((request.spent, request.report.unused), (8, 0));
    // It was reported as sent before SES refused it.
    sender.pacer.record(SendReport { unused: 2, ..SendReport::default() }, after(700));
    let request = sender.pacer.request("a", 100, 9, 0, after(700));
    assert_eq!((request.spent, request.report.unused), (0, 2));
}

#[test]
fn emails_sent_while_a_request_is_in_progress_count_towards_the_new_lease() {
    let mut sender = Sender::new(10.0, 100.0);
    sender.ask(100, 1, 0);
    let request = sender.pacer.request("a", 100, 1, 0, after(100));
    assert_eq!(sender.take(4, 100), Take::At(after(100)));
    let grant = sender.limiter.ask(&request, after(100));
    assert_eq!(grant.lease.unwrap().day, Some(10));
    sender.pacer.apply(&grant, after(110));
    assert_eq!(sender.take(7, 500), Take::AskFirst);
    assert_eq!(sender.take(6, 500), Take::At(after(500)));
}

#[test]
fn an_exhausted_quota_holds_until_the_limiter_may_be_asked_again() {
    let mut sender = Sender::new(1.0, 100.0);
    sender.ask(1, 1, 0);
    sender.take(1, 0);
    let hold = sender.ask(1, 1, 200).hold.unwrap();
    assert_eq!(hold.reason, ThrottleReason::DailyQuota);
    assert_eq!(sender.take(1, 300), Take::Hold(hold));
    assert_eq!(sender.pacer.hold(after(300)), Some(hold));
    assert!(!sender.pacer.should_ask(1, hold.retry_at - Duration::SECOND));
    assert!(sender.pacer.should_ask(1, hold.retry_at));
    assert_eq!(sender.pacer.try_take(1, Duration::ZERO, hold.retry_at), Take::AskFirst);
}

#[test]
fn an_email_larger_than_the_daily_quota_is_left_to_ses_to_refuse() {
    let mut sender = Sender::new(20.0, 1.0);
    sender.ask(50, 50, 0);
    assert_eq!(sender.take(50, 0), Take::At(NOW));
}

#[test]
fn an_email_as_large_as_the_daily_quota_waits_until_all_of_it_is_free() {
    let mut sender = Sender::new(20.0, 1.0);
    sender.ask(20, 1, 0);
    assert!(!matches!(sender.take(20, 0), Take::At(_)), "2 % of the quota are never leased");
}

#[test]
fn a_request_for_the_limits_has_what_the_limiter_needs_to_answer() {
    let sender = Sender::new(-1.0, 10.0);
    let request = sender.pacer.limits_request("a", 7);
    assert_eq!((request.client.as_str(), request.epoch, request.demand, request.spent), ("a", 7, 0, 0));
    assert_eq!(request.quota.map(|quota| quota.taken_at), Some(NOW));
}

#[test]
fn recipients_that_were_not_sent_to_are_reported_only_if_they_were_reported_as_sent_to() {
    let refused = SendReport { unused: 2, ..SendReport::default() };
    let return_unused: [fn(&mut Pacer, SendReport); 2] =
        [|pacer, report| pacer.record(report, NOW), |pacer, report| pacer.return_unused(report.unused)];
    for return_unused in return_unused {
        let mut sender = Sender::new(-1.0, 10.0);
        sender.ask(10, 1, 0);
        sender.take(2, 0);
        return_unused(&mut sender.pacer, refused);
        let request = sender.pacer.request("a", 0, 0, 0, after(1));
        assert_eq!((request.spent, request.report.unused), (0, 0));

        sender.take(2, 1000);
        assert_eq!(sender.pacer.request("a", 0, 0, 0, after(1001)).spent, 2);
        return_unused(&mut sender.pacer, refused);
        assert_eq!(sender.pacer.request("a", 0, 0, 0, after(1002)).report.unused, 2);
    }
}

#[test]
fn a_response_without_limits_allows_the_next_request_immediately() {
    let mut pacer = Pacer::default();
    let request = pacer.request("a", 1, 1, 0, NOW);
    let grant = RateLimiter::default().ask(&request, NOW);
    pacer.apply(&grant, NOW);
    assert_eq!(pacer.try_take(1, Duration::ZERO, NOW), Take::AskFirst);
    assert!(pacer.should_ask(1, NOW));
}
