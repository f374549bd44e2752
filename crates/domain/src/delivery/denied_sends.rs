//! Emails that AWS denies because of the role's policies.

use aws_sans_io::Error;

use super::AccountRefusal;

/// The emails in a row after which a connection is degraded. A role may be limited to some identities, so a single refusal says nothing
/// about other emails.
const MAX_IN_A_ROW: u32 = 3;

/// The emails from a region that AWS denied, since it last accepted one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeniedSends(u32);

impl DeniedSends {
    /// Records a refusal. Returns whether it concerns more than single emails.
    pub fn record(&mut self, error: &Error) -> bool {
        self.0 = self.0.saturating_add(1);
        self.0 >= MAX_IN_A_ROW
            || AccountRefusal::from_error(error) == Some(AccountRefusal::ConfigurationSetDenied)
    }

    /// Returns whether this is the first refusal since AWS last accepted an email.
    #[must_use]
    pub const fn is_first(self) -> bool {
        self.0 == 1
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn denied(resource: &str) -> Error {
        let message =
            format!("User `a' is not authorized to perform `ses:SendEmail' on resource `{resource}'");
        Error::service(StatusCode::FORBIDDEN, Some("AccessDeniedException".into()), Some(message), None)
    }

    #[test]
    fn only_the_third_refusal_of_an_identity_in_a_row_concerns_the_connection() {
        let identity = denied("arn:aws:ses:eu-west-1:1:identity/example.com");
        let mut sends = DeniedSends::default();
        assert_eq!([(); 4].map(|()| sends.record(&identity)), [false, false, true, true]);
    }

    #[test]
    fn a_refusal_of_the_configuration_set_concerns_every_email() {
        assert!(DeniedSends::default().record(&denied("arn:aws:ses:eu-west-1:1:configuration-set/b")));
    }
}
