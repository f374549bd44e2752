//! AWS Identity and Access Management: roles, and users with access keys.

use aws_sans_io::{Credentials, Service};

use super::Customer;
use crate::{Error, Result};

const VERSION: &str = "2010-05-08";

/// IAM is global. Its requests are signed for this region.
const GLOBAL: &str = "us-east-1";

impl Customer {
    /// Creates a role and returns its ARN. `trust_policy` is JSON.
    pub fn create_role(&self, name: &str, trust_policy: &str) -> Result<String> {
        self.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", trust_policy)])?.text("Arn")
    }

    /// Replaces a role's trust policy.
    pub fn update_assume_role_policy(&self, name: &str, trust_policy: &str) -> Result<()> {
        self.iam("UpdateAssumeRolePolicy", &[("RoleName", name), ("PolicyDocument", trust_policy)]).map(drop)
    }

    /// Creates or replaces an inline policy of a role.
    pub fn put_role_policy(&self, name: &str, policy_name: &str, policy: &str) -> Result<()> {
        let parameters = [("RoleName", name), ("PolicyName", policy_name), ("PolicyDocument", policy)];
        self.iam("PutRolePolicy", &parameters).map(drop)
    }

    pub fn delete_role_policy(&self, name: &str, policy_name: &str) -> Result<()> {
        self.iam("DeleteRolePolicy", &[("RoleName", name), ("PolicyName", policy_name)]).map(drop)
    }

    /// Returns the names of a role's inline policies.
    pub fn role_policies(&self, name: &str) -> Result<Vec<String>> {
        self.iam("ListRolePolicies", &[("RoleName", name)])?.xml(|document| {
            let members = document.descendants().filter(|node| node.has_tag_name("member"));
            members.filter_map(|node| node.text().map(str::to_owned)).collect()
        })
    }

    /// Deletes a role and its inline policies.
    pub fn delete_role(&self, name: &str) -> Result<()> {
        for policy in self.role_policies(name)? {
            self.delete_role_policy(name, &policy)?;
        }
        self.iam("DeleteRole", &[("RoleName", name)]).map(drop)
    }

    /// Creates a user with full access and returns an access key of the user.
    pub fn create_user(&self, name: &str) -> Result<Credentials> {
        const EVERYTHING: &str =
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        self.iam("CreateUser", &[("UserName", name)])?;
        let policy = [("UserName", name), ("PolicyName", "Everything"), ("PolicyDocument", EVERYTHING)];
        self.iam("PutUserPolicy", &policy)?;
        self.create_access_key(name)
    }

    /// Creates an access key of a user.
    pub fn create_access_key(&self, user: &str) -> Result<Credentials> {
        let key = self.iam("CreateAccessKey", &[("UserName", user)])?;
        Ok(Credentials::long_term(key.text("AccessKeyId")?, key.text("SecretAccessKey")?))
    }

    fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<super::AwsResponse> {
        let region = GLOBAL.parse().map_err(|error| Error::Unexpected(format!("{GLOBAL}: {error}")))?;
        self.query(Service::Iam, region, action, VERSION, parameters)
    }
}
