//! The calls to AWS: `GET /v1/aws-calls`.

mod merge;
mod query;

use domain::{
    AwsCallId, EmailId, OrganisationId,
    aws_calls::{AwsCallRecord, AwsCallResult, CloudTrailQueries, SEND_EMAIL},
    connection::role_session_name,
    delivery::{EmailStep, EmailStepKind},
};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

pub(crate) use self::query::MAX_ACTION;
pub use self::{
    merge::{AwsCallRows, merge_calls},
    query::AwsCallQuery,
};
use super::RegionCode as Region;

/// The operation that confirms a subscription. It isn't signed, so it has no session.
const CONFIRM_SUBSCRIPTION: &str = "ConfirmSubscription";

/// A call that Kraiter made in the customer's AWS account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AwsCall {
    /// Time of the call. For `SendEmail`, the time of the response.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "domain::schema::Timestamp"))]
    pub at: OffsetDateTime,
    /// The operation: `eventName` in `CloudTrail`.
    pub action: String,
    /// The region that the request was sent to.
    pub region: Region,
    /// The name of the role's session; `null` for `ConfirmSubscription`, which is not signed.
    pub session_name: Option<String>,
    /// AWS's ID of the request: `requestID` in `CloudTrail`. `null` if no response arrived.
    pub aws_request_id: Option<String>,
    /// The result.
    pub result: AwsCallResult,
    /// AWS's error code.
    pub code: Option<String>,
    /// The email that the call sent, or tried to send.
    pub email_id: Option<EmailId>,
    /// The number of calls. More than one for calls of an email that failed in a row with the same error: then time and request ID are
    /// those of the first one.
    pub count: u32,
}

impl AwsCall {
    /// The columns of a CSV file.
    pub const CSV_HEADER: &str =
        "time,action,region,session_name,aws_request_id,result,error_code,email_id,count\n";

    /// Creates the call from its record.
    #[must_use]
    pub fn from_record(organisation: OrganisationId, record: AwsCallRecord) -> Self {
        let AwsCallRecord { at, action, region, result, code, aws_request_id } = record;
        let session_name = (action != CONFIRM_SUBSCRIPTION).then(|| session_name(organisation));
        Self { at, action, region, session_name, aws_request_id, result, code, email_id: None, count: 1 }
    }

    /// Returns the call that a step of an email reports.
    #[must_use]
    pub fn from_step(
        organisation: OrganisationId,
        email: EmailId,
        region: Region,
        step: EmailStep,
    ) -> Option<Self> {
        let call = step.ses_call?;
        let result = match step.step {
            EmailStepKind::Sent => AwsCallResult::Succeeded,
            _ if call.aws_request_id.is_none() => AwsCallResult::Lost,
            _ => AwsCallResult::Failed,
        };
        Some(Self {
            at: step.at,
            action: SEND_EMAIL.to_owned(),
            region,
            session_name: Some(session_name(organisation)),
            aws_request_id: call.aws_request_id,
            result,
            code: step.code.filter(|_| result == AwsCallResult::Failed),
            email_id: Some(email),
            count: call.count,
        })
    }

    /// Appends a row of a CSV file.
    pub fn write_csv(&self, csv: &mut String) {
        let email = self.email_id.map(|id| id.to_string());
        let cells = [
            self.at.format(&Rfc3339).unwrap_or_default(),
            plain(&self.action),
            self.region.name().to_owned(),
            self.session_name.clone().unwrap_or_default(),
            plain(self.aws_request_id.as_deref().unwrap_or_default()),
            self.result.name().to_owned(),
            plain(self.code.as_deref().unwrap_or_default()),
            email.unwrap_or_default(),
            self.count.to_string(),
        ];
        csv.push_str(&cells.join(","));
        csv.push('\n');
    }
}

/// Returns the name of the organisation's sessions.
fn session_name(organisation: OrganisationId) -> String {
    role_session_name(&organisation.to_string()).as_str().to_owned()
}

/// Removes what has a meaning in a CSV file or starts a formula. AWS's names, codes and request IDs have no such characters.
fn plain(text: &str) -> String {
    let is_plain = |character: &char| character.is_ascii_alphanumeric() || "._:/-".contains(*character);
    text.chars().filter(is_plain).collect::<String>().trim_start_matches('-').to_owned()
}

/// A page of calls, newest first. Calls that send an email are listed at the time the email was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AwsCallPage {
    /// The calls. A page may have fewer than `limit` although more follow, and a few more, because the calls of one email stay together.
    pub data: Vec<AwsCall>,
    /// The `cursor` of the next page; `null` on the last page.
    pub next_cursor: Option<AwsCallId>,
    /// The time from which on all calls are listed that don't send emails: 30 days ago, or later if there were more than 20,000.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "domain::schema::Timestamp"))]
    pub complete_since: OffsetDateTime,
    /// Queries for the same time range in `CloudTrail`; `null` if no account is connected.
    pub cloud_trail: Option<CloudTrailQueries>,
}

#[cfg(test)]
mod tests {
    use domain::delivery::SesCall;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    fn step(step: EmailStepKind, code: Option<&str>, ses_call: Option<SesCall>) -> Option<AwsCall> {
        let step = EmailStep { at: NOW, step, code: code.map(str::to_owned), ses_call };
        let region = "eu-west-1".parse().unwrap();
        AwsCall::from_step(OrganisationId::new(NOW, 1), EmailId::new(NOW, 1), region, step)
    }

    #[test]
    fn only_steps_that_report_a_call_are_listed() {
        let answered = || Some(SesCall { aws_request_id: Some("0f1e".into()), count: 3 });
        assert_eq!(step(EmailStepKind::Queued, Some("rate"), None), None);
        let sent = step(EmailStepKind::Sent, None, answered()).unwrap();
        assert_eq!((sent.result, sent.count, sent.code), (AwsCallResult::Succeeded, 3, None));
        let throttled = step(EmailStepKind::Queued, Some("Throttling"), answered()).unwrap();
        assert_eq!(
            (throttled.result, throttled.code.as_deref()),
            (AwsCallResult::Failed, Some("Throttling"))
        );
        let failed = step(EmailStepKind::Unconfirmed, Some("500"), answered()).unwrap();
        assert_eq!(failed.result, AwsCallResult::Failed);
        let lost = step(EmailStepKind::Unconfirmed, Some("aws_unreachable"), Some(SesCall::LOST)).unwrap();
        assert_eq!((lost.result, lost.code, lost.aws_request_id), (AwsCallResult::Lost, None, None));
    }

    #[test]
    fn a_csv_row_has_plain_cells() {
        let mut call = step(EmailStepKind::Sent, None, Some(SesCall::LOST)).unwrap();
        call.aws_request_id = Some("=1,\"2\"\n".into());
        call.code = Some("-Access\u{202e}Denied".into());
        let mut csv = String::new();
        call.write_csv(&mut csv);
        let organisation = OrganisationId::new(NOW, 1);
        let email = EmailId::new(NOW, 1);
        assert_eq!(
            csv,
            format!(
                "2026-11-28T12:00:00Z,SendEmail,eu-west-1,kraiter-{organisation},12,succeeded,AccessDenied,{email},1\n"
            )
        );
        assert_eq!(AwsCall::CSV_HEADER.matches(',').count(), csv.matches(',').count());
    }

    #[test]
    fn an_unsigned_call_has_no_session() {
        let record = |action| AwsCallRecord::lost(NOW, action, "eu-west-1".parse().unwrap());
        let call = |action| AwsCall::from_record(OrganisationId::new(NOW, 1), record(action));
        assert_eq!(call(CONFIRM_SUBSCRIPTION).session_name, None);
        assert!(call("AssumeRole").session_name.unwrap().starts_with("kraiter-org_"));
    }
}
