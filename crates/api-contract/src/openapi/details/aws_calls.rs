//! `/v1/aws-calls` and below.

use serde_json::{Value, json};

use super::Details;
use crate::{
    AwsCall,
    OrganisationRoute::{ExportAwsCalls, ListAwsCalls},
    RouteId::{self, Organisation},
};

const SESSION: &str = "kraiter-org_019ab0c5d0007000800000000000000a";

/// A call that sent an email.
pub(super) fn sent() -> Value {
    json!({
        "at": "2026-11-24T12:00:00.123Z",
        "action": "SendEmail",
        "region": "eu-west-1",
        "sessionName": SESSION,
        "awsRequestId": "3f2b1c4d-0000-4b4b-9c1d-1a2b3c4d5e6f",
        "result": "succeeded",
        "code": null,
        "emailId": "eml_019ab0c5d0007000800000000000000a",
        "count": 1,
    })
}

pub(super) fn details(id: RouteId) -> Option<Details> {
    Some(match id {
        Organisation(ListAwsCalls) => Details::new(
            "Every call that Kraiter made in the organisation's AWS account, newest first, to compare with CloudTrail. Calls that send \
             emails are listed as long as the email is stored, at the time it was accepted; other calls for 30 days. `cloudTrail` has \
             queries for the same time range.",
        )
        .response(
            "A page of calls.",
            json!({
                "data": [sent()],
                "nextCursor": null,
                "completeSince": "2026-10-25T12:00:00Z",
                "cloudTrail": {
                    "athena": format!("SELECT eventTime, eventName, awsRegion, requestID, errorCode\nFROM cloudtrail_logs\nWHERE … '{SESSION}'"),
                    "lake": format!("SELECT eventTime, eventName, awsRegion, requestID, errorCode\nFROM EVENT_DATA_STORE_ID\nWHERE … '{SESSION}'"),
                    "lookupEvents": format!("aws cloudtrail lookup-events … AttributeKey=Username,AttributeValue={SESSION}"),
                },
            }),
        ),
        Organisation(ExportAwsCalls) => {
            let row = format!(
                "2026-11-24T12:00:00Z,GetAccount,eu-west-1,{SESSION},3f2b1c4d-0000-4b4b-9c1d-1a2b3c4d5e6f,succeeded,,,1\n"
            );
            Details::new("All calls that the list has, as a CSV file.")
                .response("The calls, newest first.", format!("{}{row}", AwsCall::CSV_HEADER).into())
        }
        _ => return None,
    })
}
