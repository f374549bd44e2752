//! Names of CloudFormation stacks.

use std::fmt;

use serde::Serialize;

use super::ExternalId;

/// The name of an organisation's stack: `kraiter-ses-` and enough of the external ID to be unique in an account that several
/// organisations use.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct StackName(String);

impl StackName {
    #[must_use]
    pub fn new(external_id: &ExternalId) -> Self {
        // An external ID is ASCII and longer than this.
        Self(format!("kraiter-ses-{:.12}", external_id.as_str()))
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
    fn a_name_is_valid_in_cloudformation() {
        let name = StackName::new(&ExternalId::from_random(&[200; 20]));
        assert!(name.as_str().len() <= 128);
        assert!(name.as_str().starts_with(|first: char| first.is_ascii_alphabetic()));
        assert!(name.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    }
}
