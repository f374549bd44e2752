use super::*;

fn full_queues<const N: usize>(ses: Ses, names: [&str; N]) -> Simulation {
    Simulation::new(ses, names.map(|name| Organisation::full(name, 0)).into())
}

/// Asserts that no second, wherever it starts, had more emails than the rate.
fn assert_every_second_within_the_rate(simulation: &Simulation) {
    let most = simulation.ses.most_in_a_second;
    assert!(most <= usize::try_from(simulation.ses.per_second).unwrap(), "{most} in a second");
}

fn assert_never_throttled(simulation: &Simulation) {
    assert_eq!(simulation.ses.throttled, 0);
}

#[test]
fn one_full_queue_uses_over_95_percent_of_the_rate_with_less_than_one_request_per_second() {
    let mut simulation = full_queues(Ses::new(200, None), ["a"]);
    simulation.run_until(31_000);
    assert_never_throttled(&simulation);
    assert_every_second_within_the_rate(&simulation);
    let sent = simulation.organisations[0].sent_between(1_000, 31_000);
    assert!(sent >= 190 * 30, "{sent} in 30 seconds");
    assert!(simulation.organisations[0].asked < 30, "{} requests", simulation.organisations[0].asked);
}

#[test]
fn full_queues_share_the_rate_fairly() {
    for (count, rate) in [(2, 200), (5, 200), (2, 14), (5, 14), (3, 2)] {
        let names = &["a", "b", "c", "d", "e"][..count];
        let organisations = names.iter().map(|name| Organisation::full(name, 0)).collect();
        let mut simulation = Simulation::new(Ses::new(rate, None), organisations);
        simulation.run_until(35_000);
        assert_never_throttled(&simulation);
        let sent: Vec<_> = simulation
            .organisations
            .iter()
            .map(|organisation| organisation.sent_between(5_000, 35_000))
            .collect();
        if rate == 200 {
            assert_every_second_within_the_rate(&simulation);
        }
        let total: usize = sent.iter().sum();
        assert!(total >= usize::try_from(rate * 30 * 9 / 10).unwrap(), "{sent:?} at {rate} per second");
        let fair = total / count;
        assert!(
            sent.iter().all(|sent| sent.abs_diff(fair) * 20 <= fair.max(40)),
            "{sent:?} at {rate} per second"
        );
    }
}

#[test]
fn full_queues_in_the_sandbox_take_turns_and_are_not_throttled() {
    let mut simulation = full_queues(Ses::new(1, None), ["a", "b", "c"]);
    simulation.run_until(120_000);
    assert_never_throttled(&simulation);
    let sent: Vec<_> = simulation.organisations.iter().map(|organisation| organisation.sent.len()).collect();
    assert!(sent.iter().all(|sent| (36..=40).contains(sent)), "{sent:?}");
}

#[test]
fn a_newcomer_gets_half_of_the_rate_within_three_seconds() {
    for joins_at in (3_000..5_000).step_by(410) {
        let queues = vec![Organisation::full("a", 0), Organisation::full("b", joins_at)];
        let mut simulation = Simulation::new(Ses::new(200, None), queues);
        simulation.run_until(joins_at + 4_000);
        assert_every_second_within_the_rate(&simulation);
        let sent = simulation.organisations[1].sent_between(joins_at + 3_000, joins_at + 4_000);
        assert!((90..=100).contains(&sent), "{sent} in the fourth second after {joins_at}");
    }
}

#[test]
fn a_newcomer_beside_an_idle_organisation_gets_half_of_the_rate_immediately() {
    let queues = vec![Organisation::new("a", [10_000]), Organisation::full("b", 10_500)];
    let mut simulation = Simulation::new(Ses::new(200, None), queues);
    simulation.run_until(11_600);
    assert!(simulation.organisations[1].sent_between(10_600, 11_600) >= 90);
}

#[test]
fn a_single_email_beside_a_full_queue_waits_less_than_two_seconds() {
    let lone = (0..100).map(|n| 5_000 + n * 1_300);
    let queues = vec![Organisation::full("a", 0), Organisation::new("b", lone)];
    let mut simulation = Simulation::new(Ses::new(200, None), queues);
    simulation.run_until(140_000);
    assert_never_throttled(&simulation);
    let mut waits: Vec<_> = simulation.organisations[1].sent.iter().map(|(_, wait)| *wait).collect();
    waits.sort_unstable();
    assert_eq!(waits.len(), 100);
    assert!(waits[50] <= 40 && waits[98] < 2_000, "{} ms and {} ms", waits[50], waits[98]);
}

#[test]
fn lone_emails_of_one_organisation_need_one_request_in_all() {
    let mut simulation =
        Simulation::new(Ses::new(14, Some(50_000)), vec![Organisation::new("a", (0..50).map(|n| n * 7_000))]);
    simulation.run_until(400_000);
    assert_never_throttled(&simulation);
    // The first one asks twice: the limiter doesn't know the limits before.
    assert_eq!(simulation.organisations[0].asked, 2);
    let waits: Vec<_> = simulation.organisations[0].sent.iter().map(|(_, wait)| *wait).collect();
    assert_eq!(waits.len(), 50);
    assert!(waits[0] <= 120 && waits[1..].iter().all(|wait| *wait == 0), "{waits:?}");
}

#[test]
fn a_growing_number_of_emails_is_not_delayed() {
    // 1 to 100 emails per second, one after another.
    let emails =
        (1..=100).flat_map(|second: i64| (0..second).map(move |n| second * 1000 + n * 1000 / second));
    let mut simulation = Simulation::new(Ses::new(200, None), vec![Organisation::new("a", emails)]);
    simulation.run_until(110_000);
    assert_never_throttled(&simulation);
    let organisation = &simulation.organisations[0];
    assert_eq!(organisation.sent.len(), 5050);
    let longest = organisation.sent.iter().map(|(_, wait)| *wait).max();
    assert!(longest < Some(300), "{longest:?} ms");
    assert!(organisation.asked < 110, "{} requests", organisation.asked);
}

#[test]
fn several_organisations_use_the_daily_quota_and_never_exceed_it() {
    let mut ses = Ses::new(100, Some(3_000));
    ses.accepted = 500; // by other senders
    let mut simulation = full_queues(ses, ["a", "b", "c"]);
    simulation.run_until(100_000);
    assert_never_throttled(&simulation);
    assert_eq!((simulation.ses.accepted, simulation.ses.over_quota), (3_000, 0));
}

#[test]
fn a_throttled_account_recovers() {
    let mut simulation = full_queues(Ses::new(200, None), ["a", "b"]);
    simulation.run_until(10_000);
    // Another sender uses half of the rate.
    simulation.ses.per_second = 100;
    simulation.run_until(25_000);
    assert!(simulation.ses.throttled > 0);
    simulation.ses.per_second = 200;
    simulation.run_until(40_000);
    let throttled = simulation.ses.throttled;
    simulation.run_until(50_000);
    assert_eq!(simulation.ses.throttled, throttled);
    let sent: usize =
        simulation.organisations.iter().map(|organisation| organisation.sent_between(40_000, 50_000)).sum();
    assert!(sent >= 1_900, "{sent} in ten seconds");
}

#[test]
fn a_restarted_limiter_stays_within_the_rate() {
    let mut simulation = full_queues(Ses::new(200, None), ["a", "b"]);
    simulation.run_until(20_000);
    let stored = serde_json::to_string(&simulation.limiter).unwrap();
    simulation.run_until(40_000);
    simulation.limiter = serde_json::from_str(&stored).unwrap();
    simulation.limiter.resume(at(40_000));
    simulation.run_until(50_000);
    assert_never_throttled(&simulation);
    let sent = simulation.organisations.iter().map(|organisation| organisation.sent_between(43_000, 50_000));
    assert!(sent.sum::<usize>() >= 7 * 190);
}
