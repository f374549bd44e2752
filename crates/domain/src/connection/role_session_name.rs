//! Names of role sessions.

use aws_sans_io::sts::RoleSessionName;

/// Returns the name of an organisation's sessions, which the customer sees in the `CloudTrail` log: `kraiter-` and the ID.
///
/// ```
/// let name = domain::connection::role_session_name("01JD3Y9ZV8Q6W3K7F2M5X4T1RB");
/// assert_eq!(name.as_str(), "kraiter-01JD3Y9ZV8Q6W3K7F2M5X4T1RB");
/// ```
#[must_use]
pub fn role_session_name(organisation_id: &str) -> RoleSessionName {
    RoleSessionName::sanitise(&format!("kraiter-{organisation_id}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn two_organisations_have_different_names(a in "[0-9A-HJKMNP-TV-Z]{26}", b in "[0-9A-HJKMNP-TV-Z]{26}") {
            prop_assert_eq!(role_session_name(&a) == role_session_name(&b), a == b);
        }
    }
}
