//! What AWS says about a missing permission.

use crate::Error;

/// The reason for an access-denied error, as far as its message contains it.
///
/// [AWS documentation](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessDenial<'a> {
    /// The action, such as `ses:SendEmail`.
    pub action: Option<&'a str>,
    /// The ARN of the resource, or `*`.
    pub resource: Option<&'a str>,
    /// The policy of the account's organisation that denies the action.
    pub organisation_policy: Option<OrganisationPolicy>,
}

/// A policy of AWS Organizations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationPolicy {
    /// A service control policy (SCP).
    ServiceControl,
    /// A resource control policy (RCP).
    ResourceControl,
}

impl Error {
    /// Returns what the message says, if a permission is missing.
    ///
    /// ```
    /// use aws_sans_io::Error;
    /// use http::StatusCode;
    ///
    /// let message = "User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: ses:SendEmail on resource: *";
    /// let error = Error::service(StatusCode::FORBIDDEN, Some("AccessDenied".into()), Some(message.into()), None);
    /// assert_eq!(error.access_denial().and_then(|denial| denial.action), Some("ses:SendEmail"));
    /// ```
    #[must_use]
    pub fn access_denial(&self) -> Option<AccessDenial<'_>> {
        match self {
            Self::Service { message, .. } if self.is_access_denied() => Some(AccessDenial::parse(message)),
            _ => None,
        }
    }
}

impl<'a> AccessDenial<'a> {
    fn parse(message: &'a str) -> Self {
        let organisation_policy = if message.contains("service control policy") {
            Some(OrganisationPolicy::ServiceControl)
        } else if message.contains("resource control policy") {
            Some(OrganisationPolicy::ResourceControl)
        } else {
            None
        };
        Self {
            action: word_after(message, "authorized to perform"),
            resource: word_after(message, "on resource"),
            organisation_policy,
        }
    }
}

/// Returns the word after `label`. Some services write a colon, others quotation marks.
fn word_after<'a>(message: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = message.split_once(label)?;
    let is_mark = |character: char| character.is_whitespace() || "`'\"".contains(character);
    let rest = rest.trim_start_matches(|character| is_mark(character) || character == ':');
    let word = rest.split(is_mark).next().unwrap_or_default().trim_end_matches(['.', ',']);
    (!word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    const SET: &str = "arn:aws:ses:eu-west-1:123456789012:configuration-set/kraiter";

    fn denial(message: &str) -> (Option<String>, Option<String>, Option<OrganisationPolicy>) {
        let code = Some("AccessDeniedException".to_owned());
        let error = Error::service(StatusCode::FORBIDDEN, code, Some(message.into()), None);
        let denial = error.access_denial().unwrap();
        (denial.action.map(str::to_owned), denial.resource.map(str::to_owned), denial.organisation_policy)
    }

    #[test]
    fn the_action_and_the_resource_are_found_in_every_form_of_the_sentence() {
        let user = "arn:aws:sts::123456789012:assumed-role/KraiterSESRole/kraiter";
        for message in [
            format!("User: {user} is not authorized to perform: ses:SendEmail on resource: {SET}"),
            format!("User `{user}' is not authorized to perform `ses:SendEmail' on resource `{SET}'"),
            format!(
                "User: {user} is not authorized to perform: ses:SendEmail on resource: {SET} because no identity-based policy \
                 allows the ses:SendEmail action"
            ),
        ] {
            assert_eq!(denial(&message), (Some("ses:SendEmail".into()), Some(SET.into()), None), "{message}");
        }
        assert_eq!(denial("Access denied."), (None, None, None));
    }

    #[test]
    fn a_policy_of_the_organisation_is_recognised() {
        let sentence =
            "User: a is not authorized to perform: sts:AssumeRole on resource: b with an explicit deny in a";
        assert_eq!(
            denial(&format!("{sentence} service control policy")).2,
            Some(OrganisationPolicy::ServiceControl)
        );
        assert_eq!(
            denial(&format!("{sentence} resource control policy")).2,
            Some(OrganisationPolicy::ResourceControl)
        );
        assert_eq!(denial(&format!("{sentence} permissions boundary")).2, None);
    }

    #[test]
    fn other_errors_deny_nothing() {
        assert_eq!(Error::Unreachable("time-out".into()).access_denial(), None);
        let rejected = Error::service(StatusCode::BAD_REQUEST, Some("MessageRejected".into()), None, None);
        assert_eq!(rejected.access_denial(), None);
    }
}
