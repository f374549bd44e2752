use proptest::{collection::vec, prelude::*};
use time::macros::datetime;

use super::*;
use crate::connection::Quota;

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

fn seen(per_day: f64, per_second: f64, sent: f64, at: OffsetDateTime) -> Seen {
    let quota = Quota { max_24_hour_send: per_day, max_send_rate: per_second, sent_last_24_hours: sent };
    Seen { quota, at }
}

fn pacer(per_day: f64, per_second: f64) -> Pacer {
    let mut pacer = Pacer::default();
    let ask = Ask { seen: Some(seen(per_day, per_second, 0.0, NOW)), ..Ask::default() };
    pacer.ask(&ask, NOW);
    pacer
}

fn ask(who: &str, mails: usize) -> Ask {
    Ask { who: who.into(), mails: vec![1; mails], ..Ask::default() }
}

/// Sends `mails` the way the outbox does; answers when each went.
fn drain(
    pacer: &mut Pacer,
    who: &str,
    mut mails: Vec<u32>,
    mut now: OffsetDateTime,
) -> Vec<(OffsetDateTime, u32)> {
    let mut went = Vec::new();
    while !mails.is_empty() {
        let asked = Ask { who: who.into(), mails: mails.clone(), ..Ask::default() };
        let granted = pacer.ask(&asked, now);
        for (moment, recipients) in granted.moments.iter().zip(mails.drain(..granted.moments.len())) {
            went.push((now + Duration::milliseconds(i64::try_from(*moment).unwrap()), recipients));
        }
        if let Some(wait) = granted.wait {
            assert!(wait.until > now || wait.why == Why::Unknown, "{wait:?} at {now}");
            now = wait.until;
        }
    }
    went
}

/// The most recipients in any second.
fn most_a_second(went: &[(OffsetDateTime, u32)]) -> u32 {
    let within = |from: OffsetDateTime| {
        went.iter().filter(|(at, _)| *at >= from && *at - from < Duration::SECOND).map(|(_, n)| n).sum()
    };
    went.iter().map(|(at, _)| within(*at)).max().unwrap_or(0)
}

#[test]
fn nothing_goes_before_the_limits_are_known() {
    let mut pacer = Pacer::default();
    let granted = pacer.ask(&ask("a", 1), NOW);
    assert!(granted.moments.is_empty() && granted.look);
    assert_eq!(granted.wait.map(|wait| wait.why), Some(Why::Unknown));
}

#[test]
fn a_mail_alone_goes_at_once() {
    assert_eq!(pacer(200.0, 1.0).ask(&ask("a", 1), NOW).moments, [0]);
}

#[test]
fn two_thousand_mails_leave_at_more_than_nine_tenths_of_the_limit_and_never_above_it() {
    let went = drain(&mut pacer(50_000.0, 50.0), "a", vec![1; 2000], NOW);
    let took = (went[1999].0 - NOW).as_seconds_f64();
    assert!(2000.0 / took >= 0.9 * 50.0, "{took} s");
    assert!(most_a_second(&went) <= 50);
}

#[test]
fn a_throttled_account_goes_slower_and_comes_back_to_its_limit() {
    let mut pacer = pacer(-1.0, 50.0);
    let slowed = Report { throttled: true, ..Report::default() };
    let granted = pacer.ask(&Ask { report: slowed, ..ask("a", 1) }, NOW);
    assert!(granted.moments.iter().all(|moment| *moment >= 1000), "{granted:?}");
    assert_eq!(granted.per_second, Some(24.0));
    // A second answer of the same moment's calls isn't a second sign.
    assert_eq!(pacer.ask(&Ask { report: slowed, ..ask("a", 0) }, NOW).per_second, Some(24.0));
    let taken = Report { taken: 9, ..Report::default() };
    let speeds: Vec<f64> = (1..=5)
        .map(|second| {
            let asked = Ask { report: taken, ..ask("a", 0) };
            pacer.ask(&asked, NOW + Duration::seconds(second)).per_second.unwrap()
        })
        .collect();
    assert_eq!(speeds, [30.0, 36.0, 42.0, 48.0, 48.0]);
    for second in 10..30 {
        pacer.ask(&Ask { report: slowed, ..ask("a", 0) }, NOW + Duration::seconds(second));
    }
    assert!(pacer.rate.allowed(50.0) >= 3.0, "it never stands still");
}

#[test]
fn a_limit_that_was_raised_counts_from_the_next_question() {
    let mut pacer = pacer(200.0, 1.0);
    let later = NOW + Duration::seconds(90);
    let granted = pacer.ask(&ask("a", 5), later);
    assert!(granted.look, "somebody waits, and the last look is old");
    assert!(granted.moments.len() <= 2);
    let raised = Ask { seen: Some(seen(50_000.0, 50.0, 0.0, later)), ..ask("a", 40) };
    assert_eq!(pacer.ask(&raised, later + Duration::seconds(2)).moments.len(), 40);
    // What was seen earlier doesn't take it back.
    let old = Ask { seen: Some(seen(200.0, 1.0, 0.0, NOW)), ..ask("a", 1) };
    assert_eq!(pacer.ask(&old, later + Duration::seconds(3)).per_second, Some(48.0));
}

#[test]
fn recipients_count_and_not_mails() {
    let went = drain(&mut pacer(-1.0, 10.0), "a", vec![5; 20], NOW);
    let took = (went[19].0 - NOW).as_seconds_f64();
    assert!((9.8..=10.5).contains(&took), "100 recipients took {took} s");
}

#[test]
fn a_full_day_waits_for_the_window_and_says_until_when() {
    let mut pacer = pacer(3.0, 10.0);
    let granted = pacer.ask(&ask("a", 5), NOW);
    assert_eq!(granted.moments.len(), 3);
    let wait = granted.wait.unwrap();
    assert_eq!((wait.why, wait.room_at), (Why::DailyQuota, NOW + Duration::hours(24) + Duration::minutes(5)));
    assert!(wait.until <= NOW + Duration::minutes(15), "the limit may be raised before");
    assert_eq!(pacer.ask(&ask("a", 5), wait.room_at).moments.len(), 3);
}

#[test]
fn what_others_send_through_the_account_counts_too() {
    let mut pacer = Pacer::default();
    let asked = Ask { seen: Some(seen(200.0, 10.0, 199.0, NOW)), ..ask("a", 2) };
    let granted = pacer.ask(&asked, NOW);
    assert_eq!(granted.moments.len(), 1);
    assert_eq!(granted.wait.map(|wait| wait.room_at), Some(NOW + Duration::hours(24)));
}

#[test]
fn a_day_that_ses_calls_full_is_full_until_the_next_look() {
    let mut pacer = pacer(200.0, 10.0);
    let full = Report { day_is_full: true, ..Report::default() };
    assert_eq!(pacer.ask(&Ask { report: full, ..ask("a", 1) }, NOW).moments.len(), 0);
    let looked = NOW + Duration::minutes(15);
    let asked = Ask { seen: Some(seen(200.0, 10.0, 0.0, looked)), ..ask("a", 1) };
    assert_eq!(pacer.ask(&asked, looked).moments.len(), 1);
}

#[test]
fn what_was_not_sent_is_given_back_to_the_day() {
    let mut pacer = pacer(2.0, 10.0);
    assert_eq!(pacer.ask(&ask("a", 2), NOW).moments.len(), 2);
    let returned = Report { returned: 1, ..Report::default() };
    assert_eq!(pacer.ask(&Ask { report: returned, ..ask("a", 2) }, NOW + Duration::SECOND).moments.len(), 1);
}

#[test]
fn a_mail_that_no_day_has_room_for_is_not_kept_for_ever() {
    let asked = Ask { mails: vec![50], ..ask("a", 0) };
    assert_eq!(pacer(20.0, 1.0).ask(&asked, NOW).moments.len(), 1);
}

#[test]
fn two_who_wait_share_what_there_is() {
    let mut pacer = pacer(-1.0, 50.0);
    let mut due = [("a", NOW), ("b", NOW + Duration::milliseconds(300))];
    let mut sent = [0, 0];
    let end = NOW + Duration::seconds(20);
    while due.iter().any(|(_, at)| *at < end) {
        let next = usize::from(due[1].1 < due[0].1);
        let granted = pacer.ask(&ask(due[next].0, 500), due[next].1);
        sent[next] += granted.moments.len();
        due[next].1 = granted.wait.unwrap().until;
    }
    let (a, b) = (sent[0], sent[1]);
    assert!(a + b > 900, "{a} + {b}");
    assert!(a.abs_diff(b) * 5 < a + b, "{a} and {b}");
}

#[test]
fn a_mail_alone_does_not_wait_behind_anothers_thousand() {
    let mut pacer = pacer(-1.0, 50.0);
    assert_eq!(pacer.ask(&ask("a", 1000), NOW).wait.map(|wait| wait.why), Some(Why::Rate));
    let granted = pacer.ask(&ask("b", 1), NOW + Duration::milliseconds(400));
    assert!(
        granted.moments.iter().all(|moment| *moment <= 1000) && granted.moments.len() == 1,
        "{granted:?}"
    );
}

#[test]
fn it_is_kept_as_json_and_goes_on_where_it_was() {
    let mut pacer = pacer(200.0, 10.0);
    pacer.ask(&ask("a", 50), NOW);
    let kept: Pacer = serde_json::from_str(&serde_json::to_string(&pacer).unwrap()).unwrap();
    assert_eq!(kept, pacer);
    assert_eq!(serde_json::from_str::<Pacer>("{}").unwrap(), Pacer::default());
}

proptest! {
    #[test]
    fn neither_limit_is_ever_passed(
        rate in 1_u32..80,
        day in 50_u32..400,
        mails in vec(1_u32..=50, 1..60),
        pauses in vec(0_i64..20_000, 1..8),
    ) {
        let mut pacer = pacer(f64::from(day), f64::from(rate));
        let mut went: Vec<(OffsetDateTime, u32)> = Vec::new();
        let mut now = NOW;
        for (part, pause) in mails.chunks(8).zip(pauses.iter().cycle()) {
            now = drain_from(&mut pacer, part, now, &mut went) + Duration::milliseconds(*pause);
        }
        for (place, (at, _)) in went.iter().enumerate() {
            let day_from: u32 = went[place..].iter().take_while(|(later, _)| *later - *at < Duration::DAY).map(|(_, n)| n).sum();
            prop_assert!(day_from <= day, "{day_from} of {day} in a day");
            // The last mail of a second may have more recipients than the rate: what follows then waits for it.
            let second: Vec<u32> = went[place..].iter().take_while(|(later, _)| *later - *at < Duration::SECOND).map(|(_, n)| *n).collect();
            let before_last: u32 = second[..second.len() - 1].iter().sum();
            prop_assert!(before_last <= rate, "{second:?} at {rate} a second");
        }
    }
}

fn drain_from(
    pacer: &mut Pacer,
    mails: &[u32],
    now: OffsetDateTime,
    went: &mut Vec<(OffsetDateTime, u32)>,
) -> OffsetDateTime {
    let more = drain(pacer, "a", mails.to_vec(), now);
    let last = more.last().map_or(now, |(at, _)| *at);
    went.extend(more);
    last
}
