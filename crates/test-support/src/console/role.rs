//! The IAM console: creating a role by hand.

use aws_sans_io::AccountId;
use serde::Deserialize;

use crate::{Error, Result, customer::Customer};

/// The name of the role's inline policy.
const POLICY: &str = "KraiterSES";

/// A role as entered on the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Role {
    pub(super) account: AccountId,
    name: String,
    trust_policy: String,
    permissions_policy: String,
}

impl Role {
    /// Creates the role, or replaces the policies of an existing role, and returns its ARN.
    pub(super) fn put(&self, customer: &Customer) -> Result<String> {
        let arn = match customer.create_role(&self.name, &self.trust_policy) {
            Err(Error::Aws { error, .. }) if error.to_string().contains("EntityAlreadyExists") => {
                customer.update_assume_role_policy(&self.name, &self.trust_policy)?;
                format!("arn:aws:iam::{}:role/{}", self.account, self.name)
            }
            created => created?,
        };
        customer.put_role_policy(&self.name, POLICY, &self.permissions_policy)?;
        Ok(arn)
    }
}
