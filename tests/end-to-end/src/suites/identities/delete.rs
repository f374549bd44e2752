//! Identities that go.

use http::StatusCode;
use kraiter_core::ses::{DeleteEmailIdentity, GetEmailIdentity};
use serde_json::json;

use super::{create, equal, hold, list, see};
use crate::{
    connected::Connected,
    suites::Outcome,
    wiretap::fault,
    world::{World, text},
};

const DELETE: &str = "DELETE /v2/email/identities/mail.example";

fn delete(connected: &Connected, id: &str) -> test_support::Result<(u16, Option<String>)> {
    let answer = connected.organisation.api.delete(&format!("/v1/identities/{id}"))?;
    Ok((answer.status.as_u16(), answer.code().map(str::to_owned)))
}

fn made(connected: &Connected) -> test_support::Result<String> {
    text(&create(connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?, "/id")
}

pub(super) fn gone(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = made(&connected)?;
    equal("the answer", delete(&connected, &id)?, (204, None))?;
    equal("the list", list(&connected)?, json!([]))?;
    let get = GetEmailIdentity { email_identity: "mail.example".parse()? };
    hold(connected.customer.perform(&get, connected.link.region).is_err(), "SES still has it")?;
    let answer = connected.organisation.api.get(&format!("/v1/identities/{id}"))?;
    equal("GET", (answer.status.as_u16(), answer.code()), (404, Some("not_found")))?;
    equal("once more", delete(&connected, &id)?, (404, Some("not_found".into())))?;
    hold(made(&connected)? != id, "what is made anew has the old id")
}

pub(super) fn gone_already(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = made(&connected)?;
    let delete_it = DeleteEmailIdentity { email_identity: "mail.example".parse()? };
    connected.customer.perform(&delete_it, connected.link.region)?;
    let answer = connected.organisation.api.get(&format!("/v1/identities/{id}"))?;
    equal("GET", (answer.status.as_u16(), answer.code()), (404, Some("not_found")))?;
    equal("the list", list(&connected)?, json!([]))?;
    equal("the answer", delete(&connected, &id)?, (204, None))?;
    equal("once more", delete(&connected, &id)?, (404, Some("not_found".into())))
}

pub(super) fn refused(world: &World) -> Outcome {
    let connected = world.connected()?;
    let id = made(&connected)?;
    for (status, code, answered) in [
        (403, "AccessDeniedException", (400, "aws_refused")),
        (503, "ServiceUnavailable", (502, "aws_unreachable")),
    ] {
        let _fault = world
            .wiretap
            .fault_of_role(&connected.role_arn, DELETE, move |_| Some(fault::json_error(status, code, "No")));
        equal(code, delete(&connected, &id)?, (answered.0, Some(answered.1.to_owned())))?;
    }
    equal("the identity", &see(&connected, &id)?["id"], id.as_str())
}
