//! The CloudFormation template that connects an AWS account.

use aws_sans_io::{AccountId, RoleArn};
use serde_json::{Value, json};

use super::{
    ExternalId, Protocol, TemplateVersion, WebhookUrl, events, permissions_policy, retries, template_version,
    trust_policy,
};

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
pub struct StackTemplate {
    document: Value,
    version: TemplateVersion,
}

impl StackTemplate {
    /// What the keys of all templates in S3 begin with.
    pub const KEY_PREFIX: &str = template_version::KEY_PREFIX;

    /// Creates the template for a webhook that is reached over `protocol`.
    #[must_use]
    pub fn new(protocol: Protocol) -> Self {
        let version = TemplateVersion::of(&document(protocol, "").to_string());
        Self { document: document(protocol, version.as_str()), version }
    }

    #[must_use]
    pub const fn as_value(&self) -> &Value {
        &self.document
    }

    #[must_use]
    pub const fn version(&self) -> &TemplateVersion {
        &self.version
    }

    /// Returns the document as indented JSON, as it is uploaded.
    #[must_use]
    pub fn to_json(&self) -> String {
        format!("{:#}\n", self.document)
    }

    /// Returns the object key in S3. It contains the version, so a published template never changes.
    #[must_use]
    pub fn object_key(&self) -> String {
        self.version.object_key()
    }
}

fn document(protocol: Protocol, version: &str) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Connects this AWS account to Kraiter. Creates an IAM role that only Kraiter can assume, and only with your \
                        external ID, and publishes deliveries, bounces and complaints of Amazon SES to Kraiter.",
        "Metadata": interface(),
        "Parameters": parameters(protocol),
        // IAM is global: a stack in a second region must not create the role again.
        "Conditions": {
            "CreateRole": { "Fn::Equals": [{ "Ref": "ExistingRoleArn" }, ""] },
            "HasPermissionsBoundary": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "PermissionsBoundaryArn" }, ""] }] },
        },
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
            "Subscription": subscription(protocol, version),
        },
        "Outputs": {
            "RoleArn": output("The role that Kraiter assumes.", &role_arn()),
            "ConfigurationSetName":
                output("The configuration set that Kraiter sends emails with.", &json!({ "Ref": "ConfigurationSet" })),
            "TopicArn": output("The SNS topic that Amazon SES publishes events to.", &json!({ "Ref": "Topic" })),
            "TemplateVersion": output("The version of the template.", &json!(version)),
        },
    })
}

fn interface() -> Value {
    json!({
        "AWS::CloudFormation::Interface": {
            "ParameterGroups": [
                {
                    "Label": { "default": "Filled in by Kraiter (do not change)" },
                    "Parameters": ["KraiterAccountId", "ExternalId", "WebhookUrl", "ExistingRoleArn"],
                },
                {
                    "Label": { "default": "Only if your company requires it" },
                    "Parameters": ["PermissionsBoundaryArn"],
                },
            ],
            "ParameterLabels": {
                "KraiterAccountId": { "default": "Kraiter's AWS account ID" },
                "ExternalId": { "default": "External ID of your organisation" },
                "WebhookUrl": { "default": "Webhook URL for events" },
                "ExistingRoleArn": { "default": "Existing role ARN (leave empty to create a new role)" },
                "PermissionsBoundaryArn": { "default": "Permissions boundary of the new role (leave empty for none)" },
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
            // The ARN becomes part of a URL, so its path can't have all characters that IAM allows.
            "AllowedPattern": "^(arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+)?$",
            "ConstraintDescription":
                "Must be the ARN of an IAM role, with only letters, digits and +=,.@_-/ in its path, or empty.",
        },
        "PermissionsBoundaryArn": {
            "Type": "String",
            "Default": "",
            "Description": "The managed policy that limits the new role, if your account requires one. It must allow the actions of \
                            the role.",
            "AllowedPattern": "^(arn:aws:iam::([0-9]{12}|aws):policy/[!-~]+)?$",
            "ConstraintDescription": "Must be the ARN of an IAM policy, or empty.",
        },
    })
}

fn role() -> Value {
    let principal = json!({ "Fn::Sub": "arn:${AWS::Partition}:iam::${KraiterAccountId}:root" });
    json!({
        "Type": "AWS::IAM::Role",
        "Condition": "CreateRole",
        "Properties": {
            "Description": "Assumed by Kraiter to send email and manage identities and configuration sets in Amazon SES.",
            "PermissionsBoundary": {
                "Fn::If": ["HasPermissionsBoundary", { "Ref": "PermissionsBoundaryArn" }, { "Ref": "AWS::NoValue" }],
            },
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

/// The last resource: its confirmation shows that all others exist. An updated stack has another endpoint, so CloudFormation creates a new
/// subscription, whose confirmation reports the new version.
fn subscription(protocol: Protocol, version: &str) -> Value {
    let endpoint = format!(
        "${{WebhookUrl}}?configuration_set=${{ConfigurationSet}}&template_version={version}&stack_id=${{AWS::StackId}}\
         &role_arn=${{RoleArn}}"
    );
    json!({
        "Type": "AWS::SNS::Subscription",
        // It depends on the other resources through its references.
        "DependsOn": ["TopicPolicy", "EventDestination"],
        "Properties": {
            "TopicArn": { "Ref": "Topic" },
            "Protocol": protocol.name(),
            "Endpoint": { "Fn::Sub": [endpoint, { "RoleArn": role_arn() }] },
            "RawMessageDelivery": false,
            "DeliveryPolicy": retries::delivery_policy(),
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
