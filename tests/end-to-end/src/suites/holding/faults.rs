//! Mails under each kind of fault.

use std::{thread, time::Duration};

use test_support::{Error, Result};

use super::{
    Outcome,
    crowd::{Count, Crowd},
    hold,
    tampering::{Kind, quota, tamper},
};
use crate::{site::Site, world::World};

/// How many mails there are under each kind.
const MAILS: usize = 300;

/// What faults happen, and when, is told by this number; a failure names it.
const SEED: u64 = 0x004b_5241_4954_4552;

/// How many recipients a second the one account may write to, that of all organisations here: as many as the local AWS keeps up with, which
/// signs two events a mail. What it answers too late would be a fault of another kind.
const RATE: u32 = 25;

/// How long an event is waited for: well above what SNS takes here, and well below what a test may take.
const GRACE_SECONDS: &str = "20";

/// How long everything may take.
const DEADLINE: Duration = Duration::from_mins(20);

pub(super) fn every_kind(world: &World) -> Outcome {
    let mut site = world.site("faults")?;
    site.settings.push(("UNCONFIRMED_GRACE_SECONDS", GRACE_SECONDS.to_owned()));
    let _worker = site.start(&world.tools)?;
    let counts = side_by_side(world, &site)?;
    println!(
        "\n{:<14}{:>9}{:>7}{:>9}{:>10}{:>12}",
        "fault", "accepted", "lost", "doubled", "not sent", "sent again"
    );
    let mut all_held = true;
    for (kind, count) in counts {
        let Count { accepted, lost, doubled, not_sent, untold, retried } = count?;
        println!("{kind:<14}{accepted:>9}{lost:>7}{doubled:>9}{not_sent:>10}{retried:>12}");
        all_held &= accepted == MAILS && lost + doubled + not_sent + untold == 0;
    }
    hold(all_held, format!("mails were lost or doubled, or have no end; seed {SEED}"))
}

fn side_by_side(world: &World, site: &Site) -> Result<Vec<(Kind, Result<Count>)>> {
    thread::scope(|scope| {
        let running: Vec<_> =
            Kind::ALL.map(|kind| scope.spawn(move || (kind, under(world, site, kind)))).into();
        running
            .into_iter()
            .map(|thread| thread.join().map_err(|_| Error::Unexpected("a thread has panicked".into())))
            .collect()
    })
}

fn under(world: &World, site: &Site, kind: Kind) -> Result<Count> {
    let connected = site.connected(world.shown_customer()?)?;
    let _quota = quota(&site.wiretap, &connected.role_arn, RATE, 1_000_000);
    connected.verify()?;
    let _faults = tamper(&site.wiretap, &connected.role_arn, &[kind], SEED);
    if kind == Kind::Duplicate {
        site.post_office.double(&connected.topic);
    }
    let mut crowd = Crowd::new(&connected.organisation, "fault");
    crowd.send(MAILS)?;
    crowd.wait(DEADLINE)?;
    crowd.count(world.emulator())
}
