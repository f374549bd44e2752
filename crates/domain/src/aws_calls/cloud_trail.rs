//! Queries that find the same calls in the customer's `CloudTrail`.

use aws_sans_io::{Region, RoleArn};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Queries for the calls of a time range, to be run in the customer's account.
///
/// `CloudTrail` records `AssumeRole` and most operations of SES as management events, `SendEmail` as a data event, and an unsigned
/// `ConfirmSubscription` not at all. A refused `AssumeRole` of another account's caller is only recorded in the caller's account.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html>
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>
/// <https://docs.aws.amazon.com/sns/latest/dg/logging-using-cloudtrail.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CloudTrailQueries {
    /// SQL for Athena, with a table `cloudtrail_logs` of your trail.
    pub athena: String,
    /// SQL for `CloudTrail` Lake. Replace `EVENT_DATA_STORE_ID`.
    pub lake: String,
    /// Commands of the AWS CLI that search the event history, which has the management events of the last 90 days.
    pub lookup_events: String,
}

impl CloudTrailQueries {
    /// Creates the queries for calls with a role in `regions`, from `since` until before `until`.
    #[must_use]
    pub fn new(
        session_name: &str,
        role: &RoleArn,
        regions: &[Region],
        since: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Self {
        let rfc3339 = |at: OffsetDateTime| {
            at.replace_millisecond(0).ok().and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
        };
        let (since, until) = (rfc3339(since), rfc3339(until));
        let sql = |table: &str, session: &str, from: &str, to: &str| {
            format!(
                "SELECT eventTime, eventName, awsRegion, requestID, errorCode\nFROM {table}\n\
                 WHERE eventTime >= '{from}' AND eventTime < '{to}'\n  AND (userIdentity.arn LIKE '%:assumed-role/%/{session_name}'\n    \
                 OR (eventName = 'AssumeRole' AND {session}))\nORDER BY eventTime"
            )
        };
        let athena = format!("requestParameters LIKE '%\"{session_name}\"%'");
        let lake = format!("element_at(requestParameters, 'roleSessionName') = '{session_name}'");
        // CloudTrail Lake compares timestamps.
        let timestamp = |at: &str| at.replace('T', " ").replace('Z', "");
        let regions: Vec<_> = regions.iter().map(|region| region.name()).collect();
        let lookup = |attribute: &str| {
            format!(
                "  aws cloudtrail lookup-events --region $region --start-time {since} --end-time {until} \\\n    \
                 --lookup-attributes {attribute}\n"
            )
        };
        let by_session = lookup(&format!("AttributeKey=Username,AttributeValue={session_name}"));
        let by_role = lookup(&format!("AttributeKey=ResourceName,AttributeValue={role}"));
        Self {
            athena: sql("cloudtrail_logs", &athena, &since, &until),
            lake: sql("EVENT_DATA_STORE_ID", &lake, &timestamp(&since), &timestamp(&until)),
            lookup_events: format!("for region in {}; do\n{by_session}{by_role}done", regions.join(" ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn queries() -> CloudTrailQueries {
        let role = "arn:aws:iam::111122223333:role/Kraiter".parse().unwrap();
        let regions = ["eu-west-1", "us-east-1"].map(|region| region.parse().unwrap());
        let (since, until) = (datetime!(2026-11-01 0:00 UTC), datetime!(2026-11-28 12:00:00.5 UTC));
        CloudTrailQueries::new("kraiter-org_1", &role, &regions, since, until)
    }

    #[test]
    fn sql_finds_the_calls_of_the_session_and_those_that_open_it() {
        let CloudTrailQueries { athena, lake, .. } = queries();
        assert_eq!(
            athena,
            "SELECT eventTime, eventName, awsRegion, requestID, errorCode\nFROM cloudtrail_logs\n\
             WHERE eventTime >= '2026-11-01T00:00:00Z' AND eventTime < '2026-11-28T12:00:00Z'\n  \
             AND (userIdentity.arn LIKE '%:assumed-role/%/kraiter-org_1'\n    \
             OR (eventName = 'AssumeRole' AND requestParameters LIKE '%\"kraiter-org_1\"%'))\nORDER BY eventTime"
        );
        assert!(
            lake.contains("eventTime >= '2026-11-01 00:00:00' AND eventTime < '2026-11-28 12:00:00'"),
            "{lake}"
        );
        assert!(
            lake.contains("element_at(requestParameters, 'roleSessionName') = 'kraiter-org_1'"),
            "{lake}"
        );
    }

    #[test]
    fn the_commands_search_the_event_history_of_every_region() {
        assert_eq!(
            queries().lookup_events,
            "for region in eu-west-1 us-east-1; do\n  \
             aws cloudtrail lookup-events --region $region --start-time 2026-11-01T00:00:00Z --end-time 2026-11-28T12:00:00Z \\\n    \
             --lookup-attributes AttributeKey=Username,AttributeValue=kraiter-org_1\n  \
             aws cloudtrail lookup-events --region $region --start-time 2026-11-01T00:00:00Z --end-time 2026-11-28T12:00:00Z \\\n    \
             --lookup-attributes AttributeKey=ResourceName,AttributeValue=arn:aws:iam::111122223333:role/Kraiter\ndone"
        );
    }
}
