//! `/v1/aws-binding` and below.

use aws_sans_io::Region;
use domain::connection::audit::PermissionAudit;
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    ApiError, AwsBinding, ConnectDetails, ConnectRegion, EventsSetUp, RegisterRole, SetUpEvents,
    Verification,
    openapi::operation::{Operation, Tag},
};

const ROLE: &str = "arn:aws:iam::123456789012:role/KraiterSESRole";
const EXTERNAL_ID: &str = "mxk7-ae5x4z6kq2m7w3nbtv5jc2hdpi";

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
        "regions": [{
            "region": "eu-west-1",
            "location": "Europe (Ireland)",
            "optIn": false,
            "supportsStack": true,
            "events": "active",
            "configurationSet": "KraiterConfigurationSet",
            "sandbox": false,
            "quota": quota,
            "reason": null,
            "sesConsoleUrl": "https://eu-west-1.console.aws.amazon.com/ses/home?region=eu-west-1#/account",
        }],
        "checkedAt": "2026-11-24T12:00:00Z",
    })
}

pub(super) fn get() -> Operation {
    Operation::new(Tag::Connection, "The connection", "").answers::<AwsBinding>(
        StatusCode::OK,
        "The connection, as it was last looked at.",
        connected(),
    )
}

pub(super) fn create() -> Operation {
    let description =
        "The role is then checked: it has to let Kraiter in with the external ID, and only with it.";
    Operation::new(Tag::Connection, "Register a role that was made by hand", description)
        .takes::<RegisterRole>(|request| request.check().map(drop))
        .example(
            "a role",
            json!({
                "awsAccountId": "123456789012",
                "roleArn": ROLE,
                "externalId": EXTERNAL_ID,
                "stackRegion": "eu-west-1",
            }),
        )
        .answers::<AwsBinding>(StatusCode::OK, "The connection, being checked.", connected())
        .refuses([ApiError::ExternalIdMismatch, ApiError::AccountMismatch, ApiError::RoleBoundElsewhere])
        .refuses_fields([
            aws_sans_io::ValidationError::AccountId.code(),
            aws_sans_io::ValidationError::RoleArn.code(),
            domain::ValidationError::ExternalId.code(),
            aws_sans_io::ValidationError::Region.code(),
        ])
}

pub(super) fn delete() -> Operation {
    let mut ended = connected();
    ended["status"] = "disconnected".into();
    for field in
        ["awsAccountId", "roleArn", "stackRegion", "configurationSet", "sandbox", "quota", "checkedAt"]
    {
        ended[field] = Value::Null;
    }
    ended["eventsActive"] = false.into();
    ended["regions"] = json!([]);
    let description = "Nothing is deleted in the customer's account.";
    Operation::new(Tag::Connection, "End the connection", description).answers::<AwsBinding>(
        StatusCode::OK,
        "The connection, ended.",
        ended,
    )
}

pub(super) fn connect() -> Operation {
    let description = "A connection that works goes on working meanwhile. The connection is made as soon as the stack is done.";
    Operation::new(Tag::Connection, "Get the link that connects an AWS account", description)
        .takes::<ConnectRegion>(|request| Ok(request.parse().map(drop)?))
        .example("a region", json!({ "region": "eu-west-1" }))
        .answers::<ConnectDetails>(
            StatusCode::OK,
            "The link, and what a role that is made by hand needs instead.",
            json!({
                "quickCreateUrl": "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/create/review",
                "stackName": "kraiter-mxk7",
                "externalId": EXTERNAL_ID,
                "kraiterAccountId": "999999999999",
                "trustPolicy": { "Version": "2012-10-17", "Statement": [] },
                "permissionsPolicy": { "Version": "2012-10-17", "Statement": [] },
                "status": "awaiting_stack",
            }),
        )
        .refuses_fields([aws_sans_io::ValidationError::Region.code(), "region_without_stack"])
}

pub(super) fn verify() -> Operation {
    let mut verified = json!({ "verified": true });
    if let (Value::Object(verified), Value::Object(binding)) = (&mut verified, connected()) {
        verified.extend(binding);
    }
    let description = "AssumeRole has to work with the external ID and to be refused without it.";
    Operation::new(Tag::Connection, "Check the role now", description)
        .answers::<Verification>(StatusCode::OK, "What was found.", verified)
        .refuses([ApiError::NotConnected])
}

pub(super) fn audit() -> Operation {
    let description = "By calls that change nothing: each reads, or is about something that isn't there, or about something that is there \
                       already. An action is `unknown` where no such call can be made.";
    Operation::new(Tag::Connection, "Find out which permissions the role lacks", description)
        .answers::<PermissionAudit>(
            StatusCode::OK,
            "Each action of the permissions policy.",
            json!({
                "permissions": [
                    { "action": "ses:SendEmail", "verdict": "allowed" },
                    { "action": "ses:DeleteEmailIdentity", "verdict": "missing" },
                    { "action": "ses:CreateEmailIdentity", "verdict": "unknown" },
                ],
                "checkedAt": "2026-11-24T12:00:00Z",
            }),
        )
        .asks_aws()
}

pub(super) fn set_up_events() -> Operation {
    let description =
        "For a role that was made by hand, and for a region without a stack. It can be asked for again.";
    let region = Region::all().next();
    Operation::new(Tag::Connection, "Make what brings events back", description)
        .takes::<SetUpEvents>(|request| Ok(request.parse().map(drop)?))
        .example(
            "a topic of one's own",
            json!({ "region": "eu-west-1", "topicArn": "arn:aws:sns:eu-west-1:123456789012:kraiter-events" }),
        )
        .answers::<EventsSetUp>(
            StatusCode::OK,
            "What was made, and what is left to do by hand.",
            json!({
                "region": "eu-west-1",
                "configurationSet": "kraiter-mxk7",
                "topicArn": "arn:aws:sns:eu-west-1:123456789012:kraiter-events",
                "topicPolicy": { "Version": "2012-10-17", "Statement": [] },
                "webhookUrl": "https://kraiter.example.com/webhooks/sns/ae5x4z6kq2m7w3nbtv5jc2hdpiae5x4z6kq2m7w3nbtv5jc2hdpi",
                "events": "awaited",
            }),
        )
        .asks_aws()
        .refuses(region.map(|region| ApiError::EventsActive { region }))
        .refuses_fields([aws_sans_io::ValidationError::Region.code(), aws_sans_io::ValidationError::TopicArn.code()])
        .refuses_fields(["topic_region_mismatch", "topic_account_mismatch"])
}
