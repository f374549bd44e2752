//! The stack in Kraiter's own AWS account: the IAM user whose access key the Worker has, and the bucket of the customers' template.

use domain::onboarding::StackTemplate;
use serde_json::{Value, json};
use test_support::{template::bucket_policy, tools::sha256_hex};

/// The stack's name.
pub(super) const STACK: &str = "kraiter";

/// Names of the stack's outputs.
pub(super) const USER: &str = "UserName";
pub(super) const BUCKET: &str = "BucketName";
pub(super) const DIGEST: &str = "TemplateDigest";

/// Returns the CloudFormation template, and the digest of it that it outputs.
pub(super) fn template() -> (Value, String) {
    let digest = sha256_hex(document("").to_string().as_bytes())[..16].to_owned();
    (document(&digest), digest)
}

fn document(digest: &str) -> Value {
    let statement = |sid: &str, effect: &str, resource: Value| json!({ "Sid": sid, "Effect": effect, "Action": "sts:AssumeRole", "Resource": resource });
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Kraiter's own account: the user that assumes customers' roles, and the bucket of the customers' template.",
        "Parameters": {
            "RoleNames": {
                "Type": "String",
                "Default": "*",
                "AllowedPattern": "[\\w+=,.@*?-]+",
                "Description": "Names of the customers' roles that the user may assume. Stacks name theirs kraiter-ses-*; roles that customers create themselves may have any name.",
            },
        },
        "Resources": {
            "User": {
                "Type": "AWS::IAM::User",
                "Properties": {
                    "Policies": [{
                        "PolicyName": "AssumeCustomerRoles",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                statement("CustomerRoles", "Allow", json!({ "Fn::Sub": "arn:${AWS::Partition}:iam::*:role/${RoleNames}" })),
                                statement("NotOurOwnRoles", "Deny", json!({ "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*" })),
                            ],
                        },
                    }],
                },
            },
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                // Links to the template are in customers' hands.
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": {
                    "OwnershipControls": { "Rules": [{ "ObjectOwnership": "BucketOwnerEnforced" }] },
                    "PublicAccessBlockConfiguration": {
                        "BlockPublicAcls": true,
                        "IgnorePublicAcls": true,
                        "BlockPublicPolicy": false,
                        "RestrictPublicBuckets": false,
                    },
                },
            },
            "BucketPolicy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {
                    "Bucket": { "Ref": "Bucket" },
                    "PolicyDocument": bucket_policy(&json!({ "Fn::Sub": format!("${{Bucket.Arn}}/{}*", StackTemplate::KEY_PREFIX) })),
                },
            },
        },
        "Outputs": {
            USER: { "Value": { "Ref": "User" } },
            BUCKET: { "Value": { "Ref": "Bucket" } },
            DIGEST: { "Value": digest },
        },
    })
}

/// Returns the command that creates or updates the stack by hand.
pub(super) fn command(file: &str, region: &str) -> String {
    format!(
        "aws cloudformation deploy --region {region} --stack-name {STACK} --template-file {file} --capabilities CAPABILITY_IAM"
    )
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path, process::Command};

    use super::*;

    fn statements() -> Value {
        template().0["Resources"]["User"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].clone()
    }

    #[test]
    fn the_user_may_only_assume_roles_and_none_of_its_own_account() {
        let statements = statements();
        for statement in statements.as_array().unwrap() {
            assert_eq!(statement["Action"], "sts:AssumeRole");
        }
        let effects: Vec<_> = statements.as_array().unwrap().iter().map(|one| &one["Effect"]).collect();
        assert_eq!(effects, ["Allow", "Deny"]);
        assert_eq!(
            statements[1]["Resource"]["Fn::Sub"],
            "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*"
        );
    }

    #[test]
    fn only_templates_in_the_bucket_are_public() {
        let template = template().0;
        let policy = &template["Resources"]["BucketPolicy"]["Properties"]["PolicyDocument"];
        assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);
        assert_eq!(policy["Statement"][0]["Action"], "s3:GetObject");
        assert_eq!(policy["Statement"][0]["Resource"]["Fn::Sub"], "${Bucket.Arn}/kraiter-aws-setup-*");
    }

    #[test]
    fn the_access_key_is_no_output_of_the_stack() {
        assert!(!template().0.to_string().contains("AccessKey"));
    }

    #[test]
    fn cfn_lint_finds_nothing() {
        let python = std::env::var_os("KRAITER_PYTHON").expect("run it with `cargo xtask test`");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("own-account.json");
        fs::write(&file, format!("{:#}", template().0)).unwrap();
        let output = Command::new(Path::new(&python).with_file_name("cfn-lint"))
            .args(["--include-checks", "I", "--format", "parseable", "--regions", "eu-west-1", "--template"])
            .arg(&file)
            .output()
            .unwrap();
        let found = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert_eq!(found.trim(), "");
    }
}
