//! Verifying a role.
//!
//! A check makes these steps, and each returns what the next one needs, so none can be left out or made too early: only if the role works
//! with the external ID does a refusal prove anything, and only a proven role may be claimed.
//!
//! | step | passes if |
//! |---|---|
//! | [`RoleCheck::with_external_id`] | AssumeRole with the external ID works |
//! | [`Assumable::without_external_id`] | AssumeRole without one is refused |
//! | [`Enforcing::with_other_external_id`] | AssumeRole with a [decoy](crate::onboarding::ExternalId::decoy) is refused |
//! | [`Protected::account`] | GetAccount works |
//! | [`Readable::claim`] | no other organisation holds the role |
//! | [`Readable::with_holders_external_id`] | AssumeRole with the external ID of the organisation that holds it is refused |
//! | [`Successor::claim`] | that organisation still holds it |
//!
//! A step that doesn't pass returns the result of the whole check as its error. The last two steps are only made if another organisation
//! holds the role. If the role no longer demands the holder's external ID, the claim passes to the organisation that has proven it.

use aws_sans_io::{
    Error, Region,
    ses::{EnforcementStatus, get_account::Account},
};
use time::OffsetDateTime;

use super::{AccountDetails, AccountFacts, CheckResult, ConnectionError, Exposure, Reason, RegionFacts};

/// The check of a role before its first step.
#[derive(Debug)]
pub struct RoleCheck {
    region: Region,
}

/// A role that can be assumed with the external ID.
#[derive(Debug)]
pub struct Assumable {
    region: Region,
}

/// A role that can't be assumed without an external ID.
#[derive(Debug)]
pub struct Enforcing {
    region: Region,
}

/// A role that can only be assumed with the organisation's external ID.
#[derive(Debug)]
pub struct Protected {
    region: Region,
}

/// A protected role that can read the account.
#[derive(Debug)]
pub struct Readable {
    account: AccountFacts,
}

/// A readable role that no longer demands the external ID of the organisation that holds it.
#[derive(Debug)]
pub struct Successor {
    account: AccountFacts,
}

impl RoleCheck {
    /// Starts the check of a role. Its stack is in `region`.
    #[must_use]
    pub const fn new(region: Region) -> Self {
        Self { region }
    }

    /// Interprets the response to AssumeRole with the external ID. Returns its output for the later steps.
    ///
    /// # Errors
    /// The result of the check.
    pub fn with_external_id<T>(self, response: Result<T, Error>) -> Result<(Assumable, T), CheckResult> {
        match response {
            Ok(output) => Ok((Assumable { region: self.region }, output)),
            Err(error) => Err(CheckResult::Failed(reason_of_refusal(&error, self.region))),
        }
    }
}

impl Assumable {
    /// Interprets the response to AssumeRole without an external ID, which must be a refusal.
    ///
    /// # Errors
    /// The result of the check.
    pub fn without_external_id<T>(self, response: Result<T, Error>) -> Result<Enforcing, CheckResult> {
        require_refusal(response, CheckResult::NotProtected(Exposure::WithoutExternalId))?;
        Ok(Enforcing { region: self.region })
    }
}

impl Enforcing {
    /// Interprets the response to AssumeRole with another external ID, which must be a refusal.
    ///
    /// # Errors
    /// The result of the check.
    pub fn with_other_external_id<T>(self, response: Result<T, Error>) -> Result<Protected, CheckResult> {
        require_refusal(response, CheckResult::NotProtected(Exposure::WithOtherExternalId))?;
        Ok(Protected { region: self.region })
    }
}

impl Protected {
    /// Interprets the response to GetAccount in the stack's region.
    ///
    /// # Errors
    /// The result of the check.
    pub fn account(self, response: Result<Account, Error>) -> Result<Readable, CheckResult> {
        let account = account_facts(response, self.region).map_err(CheckResult::Failed)?;
        Ok(Readable { account })
    }
}

impl Readable {
    /// Returns the result of the check.
    ///
    /// Only real emails show whether the role may send: its policy may allow it for some identities.
    #[must_use]
    pub fn claim(self) -> CheckResult {
        CheckResult::Working(self.account)
    }

    /// Interprets the response to AssumeRole with the external ID of the organisation that holds the role, which must be a refusal.
    ///
    /// # Errors
    /// The result of the check.
    pub fn with_holders_external_id<T>(self, response: Result<T, Error>) -> Result<Successor, CheckResult> {
        require_refusal(response, CheckResult::Failed(Reason::RoleBoundElsewhere))?;
        Ok(Successor { account: self.account })
    }
}

impl Successor {
    /// Returns the result of the check. `is_claimed` is false if another organisation was faster.
    #[must_use]
    pub fn claim(self, is_claimed: bool) -> CheckResult {
        if is_claimed {
            CheckResult::Working(self.account)
        } else {
            CheckResult::Failed(Reason::RoleBoundElsewhere)
        }
    }
}

impl RegionFacts {
    /// Interprets the response to GetAccount in a region other than the stack's.
    #[must_use]
    pub fn new(region: Region, response: Result<Account, Error>, now: OffsetDateTime) -> Self {
        let (account, reason) = match account_facts(response, region) {
            Ok(account) => (Some(account), None),
            Err(reason) => (None, Some(reason)),
        };
        Self { region, account, reason, checked_at: now }
    }
}

impl ConnectionError {
    /// Interprets the error of AssumeRole with the external ID.
    #[must_use]
    pub fn from_refusal(error: &Error, region: Region) -> Self {
        Self::Unusable(reason_of_refusal(error, region))
    }
}

/// Returns what a response to `GetConfigurationSet` says about the set; `None` if AWS didn't say, for example because the role may not read it.
#[must_use]
pub fn configuration_set_exists(response: &Result<(), Error>) -> Option<bool> {
    match response {
        Ok(()) => Some(true),
        Err(error) if error.code() == Some("NotFoundException") => Some(false),
        Err(_) => None,
    }
}

/// Fails with `result` if AssumeRole worked. Any other error than AccessDenied proves nothing.
fn require_refusal<T>(response: Result<T, Error>, result: CheckResult) -> Result<(), CheckResult> {
    match response {
        Ok(_) => Err(result),
        Err(error) if error.is_access_denied() => Ok(()),
        Err(error) => Err(CheckResult::Failed(other_reason(&error))),
    }
}

fn reason_of_refusal(error: &Error, region: Region) -> Reason {
    match error.code() {
        Some("RegionDisabledException") => Reason::StsNotActivated { region: region.sts_region() },
        Some(
            "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "MissingAuthenticationToken"
            | "IncompleteSignature",
        ) => Reason::KraiterCredentials,
        // AWS returns AccessDenied for a missing role; emulators may return these codes.
        Some("NoSuchEntity" | "ValidationError") => Reason::RoleRefused,
        _ if error.is_access_denied() => match Reason::of_denial(error, "sts:AssumeRole") {
            Reason::PermissionMissing { .. } => Reason::RoleRefused,
            by_organisation => by_organisation,
        },
        _ => other_reason(error),
    }
}

fn account_facts(response: Result<Account, Error>, region: Region) -> Result<AccountFacts, Reason> {
    match response {
        Ok(account) => Ok(AccountFacts {
            production_access: account.production_access_enabled,
            sending_enabled: account.sending_enabled
                && account.enforcement_status != EnforcementStatus::Shutdown,
            under_review: account.enforcement_status == EnforcementStatus::Probation,
            quota: account.send_quota.into(),
            details: AccountDetails::new(account),
        }),
        Err(error) => Err(match error.code() {
            // A region that isn't enabled doesn't know the account's keys.
            Some("UnrecognizedClientException" | "InvalidClientTokenId" | "OptInRequired") => {
                Reason::RegionNotEnabled { region }
            }
            _ if error.is_access_denied() => Reason::of_denial(&error, "ses:GetAccount"),
            _ => other_reason(&error),
        }),
    }
}

fn other_reason(error: &Error) -> Reason {
    match error {
        Error::Service { status, code, .. }
            if !status.is_server_error() && error.retry() == aws_sans_io::Retry::Never =>
        {
            Reason::AwsError { aws_code: code.clone() }
        }
        Error::InvalidResponse(_) => Reason::AwsError { aws_code: "unreadable_response".into() },
        Error::Service { .. } | Error::Unreachable(_) => Reason::AwsUnreachable,
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn refused(status: u16, code: &str) -> Error {
        Error::service(StatusCode::from_u16(status).unwrap(), Some(code.into()), None, None)
    }

    fn region() -> Region {
        "af-south-1".parse().unwrap()
    }

    fn assumable() -> Assumable {
        RoleCheck::new(region()).with_external_id(Ok(())).unwrap().0
    }

    fn enforcing() -> Enforcing {
        assumable().without_external_id::<()>(Err(refused(403, "AccessDenied"))).unwrap()
    }

    fn protected() -> Protected {
        enforcing().with_other_external_id::<()>(Err(refused(403, "AccessDenied"))).unwrap()
    }

    fn readable() -> Readable {
        protected().account(Ok(account())).unwrap()
    }

    fn account() -> Account {
        let account = serde_json::json!({
            "ProductionAccessEnabled": false,
            "SendingEnabled": true,
            "EnforcementStatus": "PROBATION",
            "SendQuota": { "Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0 },
        });
        serde_json::from_value(account).unwrap()
    }

    #[test]
    fn only_awss_answer_says_whether_a_configuration_set_exists() {
        assert_eq!(configuration_set_exists(&Ok(())), Some(true));
        for (error, exists) in [
            (refused(404, "NotFoundException"), Some(false)),
            (refused(403, "AccessDeniedException"), None),
            (refused(429, "TooManyRequestsException"), None),
            (Error::Unreachable("time-out".into()), None),
        ] {
            assert_eq!(configuration_set_exists(&Err(error)), exists);
        }
    }

    #[test]
    fn a_refusal_with_the_external_id_has_a_reason() {
        let cases = [
            (refused(403, "AccessDenied"), Reason::RoleRefused),
            (
                refused(403, "RegionDisabledException"),
                Reason::StsNotActivated { region: "eu-west-1".parse().unwrap() },
            ),
            (refused(403, "InvalidClientTokenId"), Reason::KraiterCredentials),
            (refused(403, "SignatureDoesNotMatch"), Reason::KraiterCredentials),
            (refused(503, "ServiceUnavailable"), Reason::AwsUnreachable),
            (refused(400, "Throttling"), Reason::AwsUnreachable),
            (
                refused(400, "PackedPolicyTooLarge"),
                Reason::AwsError { aws_code: "PackedPolicyTooLarge".into() },
            ),
            (Error::Unreachable("time-out".into()), Reason::AwsUnreachable),
        ];
        for (error, reason) in cases {
            let result = RoleCheck::new(region()).with_external_id::<()>(Err(error.clone()));
            assert_eq!(result.unwrap_err(), CheckResult::Failed(reason.clone()), "{error}");
            assert_eq!(ConnectionError::from_refusal(&error, region()), ConnectionError::Unusable(reason));
        }
    }

    #[test]
    fn only_access_denied_proves_that_a_role_demands_the_organisations_external_id() {
        type Step = fn(Result<(), Error>) -> Result<(), CheckResult>;
        let steps: [(Step, CheckResult); 3] = [
            (
                |response| assumable().without_external_id(response).map(drop),
                CheckResult::NotProtected(Exposure::WithoutExternalId),
            ),
            (
                |response| enforcing().with_other_external_id(response).map(drop),
                CheckResult::NotProtected(Exposure::WithOtherExternalId),
            ),
            (
                |response| readable().with_holders_external_id(response).map(drop),
                CheckResult::Failed(Reason::RoleBoundElsewhere),
            ),
        ];
        for (step, if_assumed) in steps {
            assert_eq!(step(Err(refused(403, "AccessDenied"))), Ok(()));
            assert_eq!(step(Ok(())), Err(if_assumed));
            for error in [refused(503, "ServiceUnavailable"), Error::Unreachable("time-out".into())] {
                assert_eq!(step(Err(error)), Err(CheckResult::Failed(Reason::AwsUnreachable)));
            }
        }
    }

    #[test]
    fn an_account_that_cannot_be_read_has_a_reason() {
        for (code, reason) in [
            (
                "AccessDeniedException",
                Reason::PermissionMissing { action: "ses:GetAccount".into(), resource: None },
            ),
            ("UnrecognizedClientException", Reason::RegionNotEnabled { region: region() }),
            ("OptInRequired", Reason::RegionNotEnabled { region: region() }),
        ] {
            let result = protected().account(Err(refused(403, code)));
            assert_eq!(result.unwrap_err(), CheckResult::Failed(reason.clone()), "{code}");
            let facts = RegionFacts::new(region(), Err(refused(403, code)), NOW);
            assert_eq!((facts.account, facts.reason), (None, Some(reason)), "{code}");
        }
        let facts = RegionFacts::new(region(), Ok(account()), NOW);
        assert_eq!((facts.account.is_some(), facts.reason), (true, None));
    }

    #[test]
    fn a_role_works_if_it_is_claimed() {
        let CheckResult::Working(facts) = readable().claim() else { panic!("the role works") };
        assert!(facts.under_review && !facts.production_access);
    }

    #[test]
    fn a_claim_passes_to_the_organisation_whose_external_id_the_role_demands() {
        let successor = || {
            let refused: Result<(), _> = Err(refused(403, "AccessDenied"));
            readable().with_holders_external_id(refused).unwrap()
        };
        assert!(matches!(successor().claim(true), CheckResult::Working(_)));
        assert_eq!(successor().claim(false), CheckResult::Failed(Reason::RoleBoundElsewhere));
    }

    #[test]
    fn an_account_that_is_shut_down_does_not_send() {
        let shut_down = Account { enforcement_status: EnforcementStatus::Shutdown, ..account() };
        let CheckResult::Working(facts) = protected().account(Ok(shut_down)).unwrap().claim() else {
            panic!("the role works");
        };
        assert!(!facts.sending_enabled);
    }

    #[test]
    fn a_policy_of_the_customers_organisation_has_a_reason_of_its_own() {
        let sentence =
            "User: a is not authorized to perform: sts:AssumeRole on resource: b with an explicit deny in a";
        for policy in ["service control policy", "resource control policy"] {
            let message = Some(format!("{sentence} {policy}"));
            let error = Error::service(StatusCode::FORBIDDEN, Some("AccessDenied".into()), message, None);
            let result = RoleCheck::new(region()).with_external_id::<()>(Err(error)).unwrap_err();
            let CheckResult::Failed(reason) = result else { panic!("{result:?}") };
            assert_eq!(reason.code(), policy.replace(' ', "_"));
        }
    }
}
