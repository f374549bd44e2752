//! Verifying a role.
//!
//! The role is assumed with the external ID, then without it (which must fail), and the account is read. Each function interprets one
//! response: `Ok` continues with the next step, and an error is the final result. The order matters: only if the role works with the
//! external ID does a refusal without it prove that it is required.

use aws_sans_io::{
    Error, Region,
    ses::{EnforcementStatus, get_account::Account},
};

use super::{AccountFacts, CheckResult, Reason};

/// Interprets the response to AssumeRole with the external ID.
///
/// # Errors
/// The result of the check.
pub fn with_external_id<T>(response: Result<T, Error>, region: Region) -> Result<T, CheckResult> {
    response.map_err(|error| {
        CheckResult::Failed(match error.code() {
            Some("RegionDisabledException") => Reason::RegionNotEnabled { region },
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
            _ if error.is_access_denied() => Reason::RoleRefused,
            _ => other_reason(&error),
        })
    })
}

/// Interprets the response to AssumeRole without the external ID, which must be a refusal.
///
/// # Errors
/// The result of the check.
pub fn without_external_id<T>(response: Result<T, Error>) -> Result<(), CheckResult> {
    match response {
        Ok(_) => Err(CheckResult::NotProtected),
        Err(error) if error.is_access_denied() => Ok(()),
        Err(error) => Err(CheckResult::Failed(other_reason(&error))),
    }
}

/// Interprets the response to GetAccount, the last step.
#[must_use]
pub fn account(response: Result<Account, Error>, region: Region) -> CheckResult {
    match response {
        Ok(account) => CheckResult::Working(AccountFacts {
            production_access: account.production_access_enabled,
            sending_enabled: account.sending_enabled,
            under_review: account.enforcement_status == EnforcementStatus::Probation,
            quota: account.send_quota.into(),
        }),
        Err(error) => CheckResult::Failed(match error.code() {
            // A region that isn't enabled doesn't know the account's keys.
            Some("UnrecognizedClientException" | "InvalidClientTokenId" | "OptInRequired") => {
                Reason::RegionNotEnabled { region }
            }
            _ if error.is_access_denied() => Reason::PermissionMissing { action: "ses:GetAccount".into() },
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

    use super::*;

    fn refused(status: u16, code: &str) -> Error {
        Error::service(StatusCode::from_u16(status).unwrap(), Some(code.into()), None, None)
    }

    fn region() -> Region {
        "af-south-1".parse().unwrap()
    }

    #[test]
    fn a_refusal_with_the_external_id_has_a_reason() {
        let cases = [
            (refused(403, "AccessDenied"), Reason::RoleRefused),
            (refused(403, "RegionDisabledException"), Reason::RegionNotEnabled { region: region() }),
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
            assert_eq!(
                with_external_id::<()>(Err(error.clone()), region()),
                Err(CheckResult::Failed(reason)),
                "{error}"
            );
        }
    }

    #[test]
    fn only_access_denied_proves_that_the_external_id_is_required() {
        assert_eq!(without_external_id::<()>(Err(refused(403, "AccessDenied"))), Ok(()));
        assert_eq!(without_external_id(Ok(())), Err(CheckResult::NotProtected));
        assert_eq!(
            without_external_id::<()>(Err(refused(503, "ServiceUnavailable"))),
            Err(CheckResult::Failed(Reason::AwsUnreachable))
        );
    }

    #[test]
    fn an_account_that_cannot_be_read_has_a_reason() {
        assert_eq!(
            account(Err(refused(403, "AccessDeniedException")), region()),
            CheckResult::Failed(Reason::PermissionMissing { action: "ses:GetAccount".into() })
        );
        assert_eq!(
            account(Err(refused(403, "UnrecognizedClientException")), region()),
            CheckResult::Failed(Reason::RegionNotEnabled { region: region() })
        );
    }
}
