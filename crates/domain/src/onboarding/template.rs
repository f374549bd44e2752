//! The CloudFormation template that connects an AWS account.

use aws_sans_io::{AccountId, RoleArn};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{ExternalId, Protocol, WebhookUrl, events, permissions_policy, trust_policy};

/// The parameters of an organisation's stack. Anyone can edit them in the AWS console, so nothing about a stack is trusted until it is
/// verified.
#[derive(Clone, Debug)]
pub struct StackParameters<'a> {
    pub kraiter_account_id: &'a AccountId,
    pub external_id: &'a ExternalId,
    pub webhook_url: &'a WebhookUrl,
    /// An existing role. The stack then creates no role and only sets up event publishing in its region.
    pub existing_role: Option<&'a RoleArn>,
}

impl StackParameters<'_> {
    /// Returns the parameters' names and values.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        let mut pairs = vec![
            ("KraiterAccountId", self.kraiter_account_id.as_str()),
            ("ExternalId", self.external_id.as_str()),
            ("WebhookUrl", self.webhook_url.reveal()),
        ];
        pairs.extend(self.existing_role.map(|role| ("ExistingRoleArn", role.as_str())));
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// The template, the same for all customers.
///
/// It creates a role, a configuration set that publishes events to a topic, and finally a subscription. The confirmation of the
/// subscription shows Kraiter that all resources exist. No resource has a fixed name, so that stacks of several organisations or regions
/// don't collide. The subscription's endpoint contains the names that Kraiter needs.
#[derive(Clone, Debug, PartialEq)]
pub struct StackTemplate(Value);

impl StackTemplate {
    /// Creates the template for a webhook that is reached over `protocol`.
    #[must_use]
    pub fn new(protocol: Protocol) -> Self {
        Self(json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": "Connects this AWS account to Kraiter. Creates an IAM role that only Kraiter can assume, and only with your \
                            external ID, and publishes deliveries, bounces and complaints of Amazon SES to Kraiter.",
            "Metadata": interface(),
            "Parameters": parameters(protocol),
            // IAM is global: a stack in a second region must not create the role again.
            "Conditions": { "CreateRole": { "Fn::Equals": [{ "Ref": "ExistingRoleArn" }, ""] } },
            "Resources": {
                "Role": role(),
                "ConfigurationSet": {
                    "Type": "AWS::SES::ConfigurationSet",
                    "Properties": { "ReputationOptions": { "ReputationMetricsEnabled": true } },
                },
                "Topic": {
                    "Type": "AWS::SNS::Topic",
                    "Properties": { "DisplayName": "Kraiter email events", "SignatureVersion": "2" },
                },
                "TopicPolicy": topic_policy(),
                "EventDestination": event_destination(),
                "Subscription": subscription(protocol),
            },
            "Outputs": {
                "RoleArn": output("The role that Kraiter assumes.", &role_arn()),
                "ConfigurationSetName":
                    output("The configuration set that Kraiter sends emails with.", &json!({ "Ref": "ConfigurationSet" })),
                "TopicArn": output("The SNS topic that Amazon SES publishes events to.", &json!({ "Ref": "Topic" })),
            },
        }))
    }

    #[must_use]
    pub const fn as_value(&self) -> &Value {
        &self.0
    }

    /// Returns the document as indented JSON, as it is uploaded.
    #[must_use]
    pub fn to_json(&self) -> String {
        format!("{:#}\n", self.0)
    }

    /// Returns the object key in S3. It contains the document's hash, so a published template never changes.
    #[must_use]
    pub fn object_key(&self) -> String {
        let digest = HEXLOWER.encode(&Sha256::digest(self.to_json().as_bytes()));
        format!("kraiter-aws-setup-{digest:.16}.json")
    }
}

fn interface() -> Value {
    json!({
        "AWS::CloudFormation::Interface": {
            "ParameterGroups": [{
                "Label": { "default": "Filled in by Kraiter (do not change)" },
                "Parameters": ["KraiterAccountId", "ExternalId", "WebhookUrl", "ExistingRoleArn"],
            }],
            "ParameterLabels": {
                "KraiterAccountId": { "default": "Kraiter's AWS account ID" },
                "ExternalId": { "default": "External ID of your organisation" },
                "WebhookUrl": { "default": "Webhook URL for events" },
                "ExistingRoleArn": { "default": "Existing role ARN (leave empty to create a new role)" },
            },
        },
    })
}

fn parameters(protocol: Protocol) -> Value {
    let host = match protocol {
        Protocol::Https => r"https://[a-z0-9.-]+(:[0-9]+)?",
        Protocol::Http => r"http://(127\.[0-9.]+|localhost|\[::1\])(:[0-9]+)?",
    };
    json!({
        "KraiterAccountId": {
            "Type": "String",
            "Description": "The AWS account that can assume the role.",
            "AllowedPattern": "^[0-9]{12}$",
            "ConstraintDescription": "Must be the 12-digit account ID from Kraiter's link.",
        },
        "ExternalId": {
            "Type": "String",
            "Description": "The role can only be assumed with this value. It prevents other customers of Kraiter from using your role.",
            "AllowedPattern": "^[a-z0-9]{4}-[a-z2-7]{26}$",
            "ConstraintDescription": "Must be the external ID from Kraiter's link.",
        },
        "WebhookUrl": {
            "Type": "String",
            "Description": "Amazon SNS sends deliveries, bounces and complaints to this URL.",
            "AllowedPattern": format!("^{host}/webhooks/sns/[a-z2-7]{{52}}$"),
            "ConstraintDescription": "Must be the webhook URL from Kraiter's link.",
        },
        "ExistingRoleArn": {
            "Type": "String",
            "Default": "",
            "Description": "Only for an additional region: the role that Kraiter already uses.",
            "AllowedPattern": "^(arn:aws:iam::[0-9]{12}:role/[!-~]+)?$",
            "ConstraintDescription": "Must be the ARN of an IAM role, or empty.",
        },
    })
}

fn role() -> Value {
    let principal = json!({ "Fn::Sub": "arn:${AWS::Partition}:iam::${KraiterAccountId}:root" });
    json!({
        "Type": "AWS::IAM::Role",
        "Condition": "CreateRole",
        "Properties": {
            "Description": "Assumed by Kraiter to send email through Amazon SES.",
            "AssumeRolePolicyDocument": trust_policy::with(&principal, &json!({ "Ref": "ExternalId" })).to_value(),
            "Policies": [{ "PolicyName": "KraiterSES", "PolicyDocument": permissions_policy().to_value() }],
        },
    })
}

/// Allows SES to publish to the topic, for any configuration set of the account: further ones may report to it later.
fn topic_policy() -> Value {
    let configuration_sets = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/*";
    json!({
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [{ "Ref": "Topic" }],
            "PolicyDocument": events::policy(
                &json!({ "Ref": "Topic" }),
                &json!({ "Ref": "AWS::AccountId" }),
                &json!({ "Fn::Sub": configuration_sets }),
            ),
        },
    })
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ses-configurationseteventdestination-eventdestination.html>
fn event_destination() -> Value {
    json!({
        "Type": "AWS::SES::ConfigurationSetEventDestination",
        // SES publishes a test message when the destination is created.
        "DependsOn": "TopicPolicy",
        "Properties": {
            "ConfigurationSetName": { "Ref": "ConfigurationSet" },
            "EventDestination": {
                "Name": "kraiter",
                "Enabled": true,
                // Without opens and clicks: to report those, SES would change every HTML email.
                "MatchingEventTypes": [
                    "send", "reject", "bounce", "complaint", "delivery", "renderingFailure", "deliveryDelay",
                    "subscription",
                ],
                "SnsDestination": { "TopicARN": { "Ref": "Topic" } },
            },
        },
    })
}

/// The last resource: its confirmation shows that all others exist.
fn subscription(protocol: Protocol) -> Value {
    json!({
        "Type": "AWS::SNS::Subscription",
        // It depends on the other resources through its references.
        "DependsOn": ["TopicPolicy", "EventDestination"],
        "Properties": {
            "TopicArn": { "Ref": "Topic" },
            "Protocol": protocol.name(),
            "Endpoint": { "Fn::Sub": [
                "${WebhookUrl}?role_arn=${RoleArn}&configuration_set=${ConfigurationSet}",
                { "RoleArn": role_arn() },
            ] },
            "RawMessageDelivery": false,
        },
    })
}

/// The role that the stack creates, or the existing one.
fn role_arn() -> Value {
    json!({ "Fn::If": ["CreateRole", { "Fn::GetAtt": ["Role", "Arn"] }, { "Ref": "ExistingRoleArn" }] })
}

fn output(description: &str, value: &Value) -> Value {
    json!({ "Description": description, "Value": value })
}
