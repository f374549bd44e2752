//! What SES tells of addresses.

use http::StatusCode;
use serde_json::json;
use time::Duration;

use super::{Outcome, bounce, email_to_all, equal, event, look_up, path_of, post, reason};
use crate::{connected::SUCCESS, world::World};

const DAY: Duration = Duration::DAY;

pub(crate) fn against(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = connected.send(&email_to_all(&[SUCCESS]), "sent")?;
    for (address, kind, details, expected) in [
        ("hard@example.org", "Bounce", bounce("Permanent", "General", "Hard@Example.org"), "bounce"),
        ("soft@example.org", "Bounce", bounce("Transient", "MailboxFull", "soft@example.org"), ""),
        (
            "angry@example.org",
            "Complaint",
            json!({ "complainedRecipients": [{ "emailAddress": "angry@example.org" }] }),
            "complaint",
        ),
        (
            "sorry@example.org",
            "Complaint",
            json!({ "complaintFeedbackType": "not-spam", "complainedRecipients": [{ "emailAddress": "sorry@example.org" }] }),
            "",
        ),
        // The simulator is there to be tried again and again.
        (
            "bounce@simulator.amazonses.com",
            "Bounce",
            bounce("Permanent", "General", "bounce@simulator.amazonses.com"),
            "",
        ),
    ] {
        let event = event(world, &connected, &id, kind, &details, DAY)?;
        post(world, &connected, &event)?;
        let found = look_up(&connected, address)?;
        equal(address, found.text("/reason"), expected)?;
        if !expected.is_empty() {
            equal("the email that it comes from", found.text("/emailId"), id.as_str())?;
        }
    }
    Ok(())
}

pub(crate) fn soft_bounces(world: &World) -> Outcome {
    let connected = world.connected()?;
    let ids: Vec<_> = (0..3)
        .map(|_| connected.send(&email_to_all(&[SUCCESS]), "sent"))
        .collect::<test_support::Result<_>>()?;
    let told = |address: &str, kind: &str, mail: usize, ago: Duration| {
        let details = match kind {
            "Bounce" => bounce("Transient", "MailboxFull", address),
            _ => json!({ "recipients": [address] }),
        };
        post(world, &connected, &event(world, &connected, &ids[mail], kind, &details, ago)?)
    };
    // In time: the third within seven days.
    told("full@example.org", "Bounce", 0, DAY * 3)?;
    told("full@example.org", "Bounce", 1, DAY * 2)?;
    equal("after two", reason(&connected, "full@example.org")?, "")?;
    told("full@example.org", "Bounce", 2, DAY)?;
    equal("after three", reason(&connected, "full@example.org")?, "soft_bounces")?;

    // Over more than seven days, about one mail, and with a delivery after the second: none of them counts three.
    for (mail, ago) in [(0, DAY * 9), (1, DAY * 4), (2, DAY)] {
        told("seldom@example.org", "Bounce", mail, ago)?;
        told("one@example.org", "Bounce", 0, ago)?;
        told("well@example.org", "Bounce", mail, ago / 3)?;
    }
    equal("full now", reason(&connected, "well@example.org")?, "soft_bounces")?;
    told("well@example.org", "Delivery", 1, DAY)?;
    for address in ["seldom@example.org", "one@example.org", "well@example.org"] {
        equal(address, reason(&connected, address)?, "")?;
    }
    Ok(())
}

pub(crate) fn any_order(world: &World) -> Outcome {
    let connected = world.connected()?;
    let ids: Vec<_> = (0..4)
        .map(|_| connected.send(&email_to_all(&[SUCCESS]), "sent"))
        .collect::<test_support::Result<_>>()?;
    // A delivery between; three soft bounces after it; a hard bounce at last.
    let script =
        [("soft", 0, 6), ("delivered", 1, 5), ("soft", 1, 4), ("soft", 2, 3), ("soft", 3, 2), ("hard", 3, 1)];
    let orders: [[usize; 6]; 6] = [
        [0, 1, 2, 3, 4, 5],
        [5, 4, 3, 2, 1, 0],
        [4, 3, 2, 0, 5, 1],
        [5, 0, 4, 1, 3, 2],
        [1, 5, 2, 0, 4, 3],
        [3, 1, 0, 5, 4, 2],
    ];
    let mut ends = Vec::new();
    for (number, order) in orders.iter().enumerate() {
        let address = format!("order{number}@example.org");
        let events = script.iter().map(|(kind, mail, days)| {
            let (kind, details) = match *kind {
                "delivered" => ("Delivery", json!({ "recipients": [address] })),
                "soft" => ("Bounce", bounce("Transient", "General", &address)),
                _ => ("Bounce", bounce("Permanent", "General", &address)),
            };
            event(world, &connected, &ids[*mail], kind, &details, DAY * *days)
        });
        let events = events.collect::<test_support::Result<Vec<_>>>()?;
        for (place, &index) in order.iter().enumerate() {
            // Each comes twice at once, and what came before comes again.
            for &index in [index, index].iter().chain(&order[..place]) {
                post(world, &connected, &events[index])?;
            }
        }
        let found = look_up(&connected, &address)?.expect_status(StatusCode::OK)?;
        ends.push((found["reason"].clone(), found["emailId"].clone()));
    }
    equal("the ends", ends, vec![(json!("soft_bounces"), json!(ids[3])); orders.len()])
}

pub(crate) fn removed(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = connected.send(&email_to_all(&[SUCCESS]), "sent")?;
    let address = "ada@example.org";
    let hard = |ago| event(world, &connected, &id, "Bounce", &bounce("Permanent", "General", address), ago);
    let (first, late, after) = (hard(DAY)?, hard(DAY / 2)?, hard(-Duration::MINUTE)?);
    post(world, &connected, &first)?;
    let delete = || connected.organisation.api.delete(&path_of(address));
    equal("taken off", delete()?.status, StatusCode::NO_CONTENT)?;
    equal("taken off again", delete()?.status, StatusCode::NOT_FOUND)?;
    post(world, &connected, &first)?;
    post(world, &connected, &late)?;
    equal("after events from before", reason(&connected, address)?, "")?;
    connected.send(&email_to_all(&[address]), "sent")?;
    post(world, &connected, &after)?;
    equal("after a new event", reason(&connected, address)?, "bounce")?;
    // That event's time lies ahead of our clock: it is void all the same.
    equal("taken off at last", delete()?.status, StatusCode::NO_CONTENT)?;
    post(world, &connected, &after)?;
    equal("after the event again", reason(&connected, address)?, "")
}

pub(crate) fn of_another(world: &World) -> Outcome {
    let (owner, liar) = (world.connected()?, world.connected()?);
    let id = owner.send(&email_to_all(&[SUCCESS]), "sent")?;
    let details = bounce("Permanent", "General", "ada@example.org");
    post(world, &liar, &event(world, &liar, &id, "Bounce", &details, DAY)?)?;
    equal("the owner's list", reason(&owner, "ada@example.org")?, "")?;
    equal("the liar's list", reason(&liar, "ada@example.org")?, "")
}
