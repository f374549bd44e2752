//! What becomes of a mail whose answer was lost where no event can tell.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use super::{Outcome, equal};
use crate::{
    connected::{SUCCESS, email_to},
    relay::Reaction,
    wiretap::SEND_EMAIL,
    world::{World, text},
};

pub(super) fn without_events(world: &World) -> Outcome {
    for (delivery, status, calls, last) in
        [("at_most_once", "unconfirmed", 1, "gave_up"), ("at_least_once", "sent", 2, "sent")]
    {
        let connected = world.connected()?;
        let asked = AtomicU32::new(0);
        let _cut = world.wiretap.fault_of_role(&connected.role_arn, SEND_EMAIL, move |_| {
            (asked.fetch_add(1, Ordering::SeqCst) == 0).then_some(Reaction::PassThenCut)
        });
        let mut email = email_to(SUCCESS);
        email["region"] = json!("us-east-1");
        email["delivery"] = json!(delivery);
        let id = text(&connected.post(&email)?.body, "/id")?;
        connected.wait_for_email(&id, status)?;
        let steps = || {
            let email = connected.email(&id)?;
            let steps =
                email["history"].as_array().and_then(|steps| steps.last()).cloned().unwrap_or_default();
            Ok::<_, test_support::Error>(steps["step"] == last)
        };
        crate::connected::until(&format!("{delivery} to end with {last}"), steps)?;
        let made = world.wiretap.calls_by_role(&connected.role_arn, SEND_EMAIL).len();
        equal(&format!("{delivery}: calls"), made, calls)?;
    }
    Ok(())
}
