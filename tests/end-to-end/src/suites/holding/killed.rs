//! Mails under mixed faults, with the Worker killed again and again.

use std::{thread, time::Duration};

use super::{
    Outcome,
    crowd::{Count, Crowd},
    hold,
    tampering::{Kind, quota, tamper},
};
use crate::world::World;

/// How many mails there are.
const MAILS: usize = 2000;

/// How often workerd is killed.
const KILLS: usize = 20;

/// How many recipients a second the account may write to.
const RATE: u32 = 15;

/// How long an event is waited for: the Worker is gone for seconds at a time, and what SNS posts meanwhile comes again after it is back. Where
/// an event comes later than that, its mail is sent twice; in earnest it is a quarter of an hour.
const GRACE_SECONDS: &str = "60";

/// What faults happen, and when, is told by this number.
const SEED: u64 = 20_261_126;

/// How long everything may take.
const DEADLINE: Duration = Duration::from_mins(30);

pub(super) fn twenty_times(world: &World) -> Outcome {
    let mut site = world.site("killed-again")?;
    site.settings.push(("UNCONFIRMED_GRACE_SECONDS", GRACE_SECONDS.to_owned()));
    let start = || site.start(&world.tools);
    let mut worker = start()?;
    let connected = site.connected(world.shown_customer()?)?;
    let _quota = quota(&site.wiretap, &connected.role_arn, RATE, 1_000_000);
    connected.verify()?;
    let _faults = tamper(&site.wiretap, &connected.role_arn, &Kind::ALL, SEED);
    site.post_office.double(&connected.topic);
    let mut crowd = Crowd::new(&connected.organisation, "killed");
    for kill in 0..KILLS {
        // What was accepted is counted, so nothing is posted while there is nobody to accept it.
        crowd.send(MAILS / KILLS)?;
        // Each kill comes a little later than the last one: there is no moment that is better known than another.
        thread::sleep(Duration::from_millis(300 + 137 * u64::try_from(kill).unwrap_or(0)));
        worker.kill()?;
        worker = start()?;
    }
    crowd.wait(DEADLINE)?;
    let Count { accepted, lost, doubled, not_sent, untold, retried } = crowd.count(world.emulator())?;
    println!(
        "\n{accepted} accepted, {KILLS} kills: {lost} lost, {doubled} doubled, {not_sent} not sent, {retried} sent again"
    );
    hold(
        accepted == MAILS && lost + doubled + not_sent + untold == 0,
        format!("it doesn't hold; seed {SEED}"),
    )
}
