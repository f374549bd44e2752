//! The IAM console's part: a role made by hand.

use kraiter_core::aws::AccountId;
use serde::Deserialize;

use crate::{Error, Result, customer::Customer};

/// The name of the inline policy that a role gets.
const POLICY: &str = "KraiterSES";

/// A role as a person writes it into the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Role {
    /// Whose it is.
    pub(super) account: AccountId,
    name: String,
    trust_policy: String,
    permissions_policy: String,
}

impl Role {
    /// Makes the role, or gives the role of this name these policies; answers its ARN.
    ///
    /// # Errors
    /// Where IAM refuses.
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
