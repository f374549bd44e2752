//! The CloudFormation template that connects an account.

use aws_sans_io::{AccountId, RoleArn};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{ExternalId, Protocol, WebhookUrl, events, permissions_policy, trust_policy};

/// The values that one organisation's stack is made with. All of them show on the console's page and can be edited there, so
/// nothing about a stack is believed until it is proven.
#[derive(Clone, Debug)]
pub struct Parameters<'a> {
    /// The account that may assume the role.
    pub kraiter_account_id: &'a AccountId,
    /// The organisation's external ID.
    pub external_id: &'a ExternalId,
    /// Where the topic posts to.
    pub webhook_url: &'a WebhookUrl,
    /// The role that is there already: the stack makes none, only what brings events back from its region.
    pub existing_role: Option<&'a RoleArn>,
}

impl Parameters<'_> {
    /// The values by their names in the template.
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

/// The template: one document for all customers.
///
/// It makes a role, a configuration set whose events go to a topic, and last of all the subscription whose confirmation tells
/// Kraiter that everything is there. Nothing has a fixed name, so that stacks of several organisations or regions don't
/// collide; what Kraiter must know of the names travels in the subscription's endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(Value);

impl Template {
    /// The template for a Worker that is reached by `protocol`.
    #[must_use]
    pub fn new(protocol: Protocol) -> Self {
        Self(json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": "Lets Kraiter send email through Amazon SES in this account: an IAM role that only Kraiter can assume, \
                            and only with this external ID, and the events (deliveries, bounces, complaints) that come back.",
            "Metadata": interface(),
            "Parameters": parameters(protocol),
            // IAM is global: a stack in a further region must not make the role again.
            "Conditions": { "MakesRole": { "Fn::Equals": [{ "Ref": "ExistingRoleArn" }, ""] } },
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
                    output("The configuration set that emails are sent with.", &json!({ "Ref": "ConfigurationSet" })),
                "TopicArn": output("The topic that events are published to.", &json!({ "Ref": "Topic" })),
            },
        }))
    }

    /// The document.
    #[must_use]
    pub const fn as_value(&self) -> &Value {
        &self.0
    }

    /// The document as it is uploaded: JSON, indented for people.
    #[must_use]
    pub fn to_json(&self) -> String {
        format!("{:#}\n", self.0)
    }

    /// The object's name in S3. It holds the document's hash, so that a published template never changes under a customer.
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
                "Label": { "default": "Filled in by Kraiter: leave these as they are" },
                "Parameters": ["KraiterAccountId", "ExternalId", "WebhookUrl", "ExistingRoleArn"],
            }],
            "ParameterLabels": {
                "KraiterAccountId": { "default": "Kraiter's AWS account" },
                "ExternalId": { "default": "External ID of your organisation" },
                "WebhookUrl": { "default": "Where events are posted to" },
                "ExistingRoleArn": { "default": "Role that is there already (empty: the stack makes one)" },
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
            "Description": "The account that may assume the role.",
            "AllowedPattern": "^[0-9]{12}$",
            "ConstraintDescription": "Twelve digits, as the link gave them.",
        },
        "ExternalId": {
            "Type": "String",
            "Description": "The role can be assumed with this value only. It keeps other customers of Kraiter away from your role.",
            "AllowedPattern": "^[a-z0-9]{4}-[a-z2-7]{26}$",
            "ConstraintDescription": "The value that the link gave.",
        },
        "WebhookUrl": {
            "Type": "String",
            "Description": "Deliveries, bounces and complaints are posted here, signed by Amazon SNS.",
            "AllowedPattern": format!("^{host}/webhooks/sns/[a-z2-7]{{52}}$"),
            "ConstraintDescription": "The address that the link gave.",
        },
        "ExistingRoleArn": {
            "Type": "String",
            "Default": "",
            "Description": "For a further region: the role that Kraiter assumes already.",
            "AllowedPattern": "^(arn:aws:iam::[0-9]{12}:role/[!-~]+)?$",
            "ConstraintDescription": "The ARN of the role, as the link gave it, or nothing.",
        },
    })
}

fn role() -> Value {
    let principal = json!({ "Fn::Sub": "arn:${AWS::Partition}:iam::${KraiterAccountId}:root" });
    json!({
        "Type": "AWS::IAM::Role",
        "Condition": "MakesRole",
        "Properties": {
            "Description": "Assumed by Kraiter to send email through Amazon SES.",
            "AssumeRolePolicyDocument": trust_policy::with(&principal, &json!({ "Ref": "ExternalId" })).to_value(),
            "Policies": [{ "PolicyName": "KraiterSES", "PolicyDocument": permissions_policy().to_value() }],
        },
    })
}

/// SES may publish to the topic, for this account's configuration set only.
fn topic_policy() -> Value {
    let configuration_set =
        "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${ConfigurationSet}";
    json!({
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [{ "Ref": "Topic" }],
            "PolicyDocument": events::policy(
                &json!({ "Ref": "Topic" }),
                &json!({ "Ref": "AWS::AccountId" }),
                &json!({ "Fn::Sub": configuration_set }),
            ),
        },
    })
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ses-configurationseteventdestination-eventdestination.html>
fn event_destination() -> Value {
    json!({
        "Type": "AWS::SES::ConfigurationSetEventDestination",
        // SES tries to publish when the destination is made.
        "DependsOn": "TopicPolicy",
        "Properties": {
            "ConfigurationSetName": { "Ref": "ConfigurationSet" },
            "EventDestination": {
                "Name": "kraiter",
                "Enabled": true,
                "MatchingEventTypes": [
                    "send", "reject", "bounce", "complaint", "delivery", "open", "click", "renderingFailure",
                    "deliveryDelay", "subscription",
                ],
                "SnsDestination": { "TopicARN": { "Ref": "Topic" } },
            },
        },
    })
}

/// The last resource: its confirmation is the sign that all others are there.
fn subscription(protocol: Protocol) -> Value {
    json!({
        "Type": "AWS::SNS::Subscription",
        // The others are awaited by being referred to.
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

/// The role that the stack makes, or the one that is there already.
fn role_arn() -> Value {
    json!({ "Fn::If": ["MakesRole", { "Fn::GetAtt": ["Role", "Arn"] }, { "Ref": "ExistingRoleArn" }] })
}

fn output(description: &str, value: &Value) -> Value {
    json!({ "Description": description, "Value": value })
}
