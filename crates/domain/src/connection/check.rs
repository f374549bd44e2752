//! Proving a role: assumed with the external ID, refused without it, and the account read.
//!
//! The steps are made in this order. Each function reads one answer and says whether to go on (`Ok`) or how the check ended.
//! Only a role that has just worked is tried without the external ID: before that a refusal proves nothing.

use aws_sans_io::{
    Error, Region,
    ses::{EnforcementStatus, get_account::Account},
};

use super::{AccountFacts, Conclusion, Reason};

/// Reads the answer to AssumeRole with the external ID.
///
/// # Errors
/// How the check ended.
pub fn with_external_id<T>(answer: Result<T, Error>, region: Region) -> Result<T, Conclusion> {
    answer.map_err(|error| {
        Conclusion::Failed(match error.code() {
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
            // AWS answers AccessDenied for a role that isn't there; an emulator may name it.
            Some("NoSuchEntity" | "ValidationError") => Reason::RoleRefused,
            _ if error.is_access_denied() => Reason::RoleRefused,
            _ => passing_or_named(&error),
        })
    })
}

/// Reads the answer to AssumeRole without the external ID: only a refusal lets the check go on.
///
/// # Errors
/// How the check ended.
pub fn without_external_id<T>(answer: Result<T, Error>) -> Result<(), Conclusion> {
    match answer {
        Ok(_) => Err(Conclusion::NotProtected),
        Err(error) if error.is_access_denied() => Ok(()),
        Err(error) => Err(Conclusion::Failed(passing_or_named(&error))),
    }
}

/// Reads the answer to GetAccount, the last step.
#[must_use]
pub fn account(answer: Result<Account, Error>, region: Region) -> Conclusion {
    match answer {
        Ok(account) => Conclusion::Working(AccountFacts {
            production_access: account.production_access_enabled,
            sending_enabled: account.sending_enabled,
            under_review: account.enforcement_status == EnforcementStatus::Probation,
            quota: account.send_quota.into(),
        }),
        Err(error) => Conclusion::Failed(match error.code() {
            // A region that the account hasn't enabled doesn't know its keys.
            Some("UnrecognizedClientException" | "InvalidClientTokenId" | "OptInRequired") => {
                Reason::RegionNotEnabled { region }
            }
            _ if error.is_access_denied() => Reason::PermissionMissing { action: "ses:GetAccount".into() },
            _ => passing_or_named(&error),
        }),
    }
}

fn passing_or_named(error: &Error) -> Reason {
    match error {
        Error::Service { status, code, .. }
            if !status.is_server_error() && error.retry() == aws_sans_io::Retry::Never =>
        {
            Reason::AwsError { aws_code: code.clone() }
        }
        Error::Unreadable(_) => Reason::AwsError { aws_code: "unreadable_answer".into() },
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
    fn a_refusal_with_the_external_id_names_its_reason() {
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
                Err(Conclusion::Failed(reason)),
                "{error}"
            );
        }
    }

    #[test]
    fn only_a_refusal_for_lack_of_permission_shows_that_the_external_id_is_enforced() {
        assert_eq!(without_external_id::<()>(Err(refused(403, "AccessDenied"))), Ok(()));
        assert_eq!(without_external_id(Ok(())), Err(Conclusion::NotProtected));
        assert_eq!(
            without_external_id::<()>(Err(refused(503, "ServiceUnavailable"))),
            Err(Conclusion::Failed(Reason::AwsUnreachable))
        );
    }

    #[test]
    fn an_account_that_cannot_be_read_names_the_missing_permission() {
        assert_eq!(
            account(Err(refused(403, "AccessDeniedException")), region()),
            Conclusion::Failed(Reason::PermissionMissing { action: "ses:GetAccount".into() })
        );
        assert_eq!(
            account(Err(refused(403, "UnrecognizedClientException")), region()),
            Conclusion::Failed(Reason::RegionNotEnabled { region: region() })
        );
    }
}
