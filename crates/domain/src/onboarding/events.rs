//! Names and policies for event publishing that is set up without a stack.

use aws_sans_io::{AccountId, Region, TopicArn};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::ExternalId;

/// Returns the name of the configuration set that Kraiter creates for an organisation. It contains enough of the external ID to be
/// unique in the account.
#[must_use]
pub fn configuration_set_name(external_id: &ExternalId) -> String {
    format!("kraiter-{:.12}", external_id.as_str())
}

/// Returns the name of the configuration set that reports opens and clicks to a topic. Another topic gets another one, so that no events
/// are reported to an earlier topic, too.
#[must_use]
pub fn tracking_set_name(external_id: &ExternalId, topic: &TopicArn) -> String {
    format!("kraiter-tracking-{:.12}-{}", external_id.as_str(), topic_digest(topic))
}

/// Returns the name of the event destination for a topic. The name depends on the topic only, so an existing destination with this name
/// belongs to it.
#[must_use]
pub fn event_destination_name(topic: &TopicArn) -> String {
    format!("kraiter-{}", topic_digest(topic))
}

fn topic_digest(topic: &TopicArn) -> String {
    format!("{:.12}", base16ct::lower::encode_string(&Sha256::digest(topic.as_str().as_bytes())))
}

/// Returns the access policy that allows SES to publish to a topic for the account's configuration sets: an organisation may have several
/// that report to one topic.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html>
#[must_use]
pub fn topic_policy(topic: &str, account: &AccountId, region: Region) -> Value {
    let configuration_sets = format!("arn:aws:ses:{region}:{account}:configuration-set/*");
    policy(&json!(topic), &json!(account), &json!(configuration_sets))
}

/// Returns the policy with these values, which may be CloudFormation references.
pub(super) fn policy(topic: &Value, account: &Value, configuration_set_arns: &Value) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AllowSESPublish",
            "Effect": "Allow",
            "Principal": { "Service": "ses.amazonaws.com" },
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {
                "StringEquals": { "AWS:SourceAccount": account },
                "ArnLike": { "AWS:SourceArn": configuration_set_arns },
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_in_ses_and_unique_per_organisation_and_topic() {
        let set = |byte| configuration_set_name(&ExternalId::from_random(&[byte; 20]));
        assert_ne!(set(1), set(2));
        let topic = |name: &str| {
            event_destination_name(&format!("arn:aws:sns:eu-west-1:123456789012:{name}").parse().unwrap())
        };
        assert_ne!(topic("a"), topic("b"));
        let tracking = |byte, name: &str| {
            let topic = format!("arn:aws:sns:eu-west-1:123456789012:{name}").parse().unwrap();
            tracking_set_name(&ExternalId::from_random(&[byte; 20]), &topic)
        };
        assert_ne!(tracking(1, "a"), tracking(2, "a"));
        assert_ne!(tracking(1, "a"), tracking(1, "b"));
        for name in [set(1), topic("a"), tracking(1, "a")] {
            assert!(
                name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
                "{name}"
            );
        }
    }

    #[test]
    fn the_topic_policy_allows_every_configuration_set_of_this_account_only() {
        let topic = "arn:aws:sns:eu-west-1:123456789012:t";
        let policy = topic_policy(topic, &"123456789012".parse().unwrap(), "eu-west-1".parse().unwrap());
        assert_eq!(
            policy["Statement"][0]["Condition"],
            json!({
                "StringEquals": { "AWS:SourceAccount": "123456789012" },
                "ArnLike": { "AWS:SourceArn": "arn:aws:ses:eu-west-1:123456789012:configuration-set/*" },
            })
        );
    }
}
