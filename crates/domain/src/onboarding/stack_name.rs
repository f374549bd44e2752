//! Names of CloudFormation stacks.

use std::fmt;

use serde::Serialize;

use super::ExternalId;
use crate::Sha256Digest;

/// The name of a stack: `kraiter-ses-`, enough of the external ID to recognise the organisation, and enough of the digest of the link's
/// webhook token to be unique. An earlier stack may still exist, perhaps in `ROLLBACK_COMPLETE`, and keeps its name.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct StackName(String);

impl StackName {
    #[must_use]
    pub fn new(external_id: &ExternalId, webhook_token: &Sha256Digest) -> Self {
        let [a, b, c, d, ..] = webhook_token.as_bytes();
        // An external ID is ASCII and longer than this.
        Self(format!("kraiter-ses-{:.12}-{a:02x}{b:02x}{c:02x}{d:02x}", external_id.as_str()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StackName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_link_of_an_organisation_has_its_own_stack_name() {
        let external_id = ExternalId::from_random(&[200; 20]);
        let name = |token: &[u8]| StackName::new(&external_id, &Sha256Digest::of(token));
        assert_eq!(name(b"a"), name(b"a"));
        assert_ne!(name(b"a"), name(b"b"));
    }

    #[test]
    fn a_name_is_valid_in_cloudformation() {
        let name = StackName::new(&ExternalId::from_random(&[200; 20]), &Sha256Digest::of(b"token"));
        assert!(name.as_str().len() <= 128);
        assert!(name.as_str().starts_with(|first: char| first.is_ascii_alphabetic()));
        assert!(name.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    }
}
