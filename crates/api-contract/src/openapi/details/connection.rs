//! `/v1/aws-binding` and below.

use serde_json::{Value, json};

use super::Details;
use crate::{
    ConnectRegion,
    OrganisationRoute::{
        AuditAwsBinding, ConnectAws, CreateAwsBinding, DeleteAwsBinding, GetAwsBinding, GetSettings,
        SetUpEvents, UpdateSettings, VerifyAwsBinding,
    },
    RegisterRole,
    RouteId::{self, Organisation},
};

const ROLE: &str = "arn:aws:iam::123456789012:role/KraiterSESRole";
const EXTERNAL_ID: &str = "mxk7-ae5x4z6kq2m7w3nbtv5jc2hdpi";
const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:kraiter-events";

fn connected() -> Value {
    let quota = json!({ "max24HourSend": 50_000.0, "maxSendRate": 14.0, "sentLast24Hours": 120.0 });
    json!({
        "status": "connected",
        "awsAccountId": "123456789012",
        "roleArn": ROLE,
        "stackRegion": "eu-west-1",
        "externalId": EXTERNAL_ID,
        "configurationSet": "KraiterConfigurationSet",
        "eventsActive": true,
        "sandbox": false,
        "quota": quota,
        "reason": null,
        "missingPermissions": [],
        "refusedRole": null,
        "regions": [{
            "region": "eu-west-1",
            "location": "Europe (Ireland)",
            "optIn": false,
            "supportsStack": true,
            "events": "active",
            "configurationSet": "KraiterConfigurationSet",
            "stack": {
                "id": "arn:aws:cloudformation:eu-west-1:123456789012:stack/kraiter-ses-mxk7/1f2c4d5e-0000-0000-0000-000000000000",
                "templateVersion": "0123456789abcdef",
                "updateUrl": null,
            },
            "sandbox": false,
            "quota": quota,
            "productionAccess": { "status": "granted", "caseId": "170000000000001" },
            "suppressedReasons": ["bounce", "complaint"],
            "pricingPlan": "essentials",
            "nextPricingPlan": null,
            "reason": null,
            "sesConsoleUrl": "https://eu-west-1.console.aws.amazon.com/ses/home?region=eu-west-1#/account",
        }],
        "checkedAt": "2026-11-24T12:00:00Z",
    })
}

fn settings() -> Value {
    json!({
        "tracking": true,
        "trackingConfigurationSets": [
            { "region": "eu-west-1", "configurationSet": "kraiter-tracking-mxk7-ae5x4z6-0011aabbccdd" },
        ],
        "feed": true,
        "retentionDays": 30,
    })
}

fn disconnected() -> Value {
    let mut ended = connected();
    ended["status"] = "disconnected".into();
    for field in
        ["awsAccountId", "roleArn", "stackRegion", "configurationSet", "sandbox", "quota", "checkedAt"]
    {
        ended[field] = Value::Null;
    }
    ended["eventsActive"] = false.into();
    ended["regions"] = json!([]);
    ended
}

fn verified() -> Value {
    let mut verified = json!({ "verified": true });
    if let (Value::Object(verified), Value::Object(binding)) = (&mut verified, connected()) {
        verified.extend(binding);
    }
    verified
}

pub(super) fn details(id: RouteId) -> Option<Details> {
    let Organisation(route) = id else { return None };
    Some(match route {
        GetAwsBinding => Details::new("").response("The connection as last checked.", connected()),
        CreateAwsBinding => Details::new(
            "Kraiter then checks the role: AssumeRole must succeed with the external ID and be refused without it.",
        )
        .request(
            "a role",
            json!({
                "awsAccountId": "123456789012",
                "roleArn": ROLE,
                "externalId": EXTERNAL_ID,
                "stackRegion": "eu-west-1",
            }),
        )
        .accepts::<RegisterRole>(|request| Ok(request.check().map(drop)?))
        .response("The connection, which is being verified.", connected()),
        DeleteAwsBinding => Details::new("Deletes nothing in the customer's AWS account.")
            .response("The disconnected connection.", disconnected()),
        ConnectAws => Details::new(
            "The connection becomes active when the stack is complete. A connection that works keeps working in the meantime.",
        )
        .request("a region", json!({ "region": "eu-west-1" }))
        .accepts::<ConnectRegion>(|request| Ok(request.parse().map(drop)?))
        .response(
            "The link, and the policies for a role created by hand.",
            json!({
                "quickCreateUrl": "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/create/review",
                "stackName": "kraiter-ses-mxk7-ae5x4z6-0f1e2d3c",
                "externalId": EXTERNAL_ID,
                "kraiterAccountId": "999999999999",
                "trustPolicy": { "Version": "2012-10-17", "Statement": [] },
                "permissionsPolicy": { "Version": "2012-10-17", "Statement": [] },
                "status": "awaiting_stack",
            }),
        ),
        VerifyAwsBinding => {
            Details::new("AssumeRole must succeed with the external ID and be refused without it.")
                .response("The connection after the check.", verified())
        }
        AuditAwsBinding => Details::new(
            "Uses calls that change nothing: each only reads, names something that does not exist, or names something that already \
             exists. A permission is `unknown` if no such call is possible.",
        )
        .response(
            "Every action of the permissions policy.",
            json!({
                "permissions": [
                    { "action": "ses:SendEmail", "verdict": "allowed" },
                    { "action": "ses:DeleteEmailIdentity", "verdict": "missing" },
                    { "action": "ses:CreateEmailIdentity", "verdict": "unknown" },
                ],
                "checkedAt": "2026-11-24T12:00:00Z",
            }),
        ),
        SetUpEvents => Details::new(
            "For a role created by hand, or for a region without a stack. Creates the configuration set and, for a topic of yours, its \
             event destination. Calling it again changes nothing except the webhook URL, which is new each time.",
        )
        .request("your own topic", json!({ "region": "eu-west-1", "topicArn": TOPIC }))
        .accepts::<crate::SetUpEvents>(|request| Ok(request.parse().map(drop)?))
        .response(
            "What was created, and what remains to be done by hand.",
            json!({
                "region": "eu-west-1",
                "configurationSet": "kraiter-mxk7",
                "topicArn": TOPIC,
                "topicPolicy": { "Version": "2012-10-17", "Statement": [] },
                "deliveryPolicy": { "healthyRetryPolicy": {} },
                "webhookUrl": "https://kraiter.example.com/webhooks/sns/ae5x4z6kq2m7w3nbtv5jc2hdpiae5x4z6kq2m7w3nbtv5jc2hdpi",
                "events": "awaited",
            }),
        ),
        GetSettings => Details::new("").response("The settings.", settings()),
        UpdateSettings => Details::new(
            "Switching tracking on creates a second configuration set in each region with active events. It changes no email that \
             doesn't ask for tracking. If AWS refuses to create one, the setting stays off. The feed contains events from the moment it \
             is switched on.",
        )
        .request("tracking on", json!({ "tracking": true }))
        .request("event feed on", json!({ "feed": true }))
        .response("The new settings.", settings()),
        _ => return None,
    })
}
