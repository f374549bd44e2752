//! REST-JSON protocol of SES v2.

use bytes::Bytes;
use http::{Method, Request, header};
use serde::{Serialize, de::DeserializeOwned};

use crate::{BuildError, Error};

pub(super) fn get(path: &str) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder().method(Method::GET).uri(path).body(Bytes::new())?)
}

pub(super) fn delete(path: &str) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder().method(Method::DELETE).uri(path).body(Bytes::new())?)
}

pub(super) fn post(path: &str, body: &impl Serialize) -> Result<Request<Bytes>, BuildError> {
    with_body(Method::POST, path, body)
}

pub(super) fn put(path: &str, body: &impl Serialize) -> Result<Request<Bytes>, BuildError> {
    with_body(Method::PUT, path, body)
}

fn with_body(method: Method, path: &str, body: &impl Serialize) -> Result<Request<Bytes>, BuildError> {
    Ok(Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(serde_json::to_vec(body)?.into())?)
}

/// Parses a response body. A null counts as absent, as in AWS's SDKs. Errors name the path of the invalid value.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    crate::json::parse_without_nulls(body).map_err(|error| Error::invalid_response(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use proptest::{collection::vec, prelude::*, sample::Index};
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::ses::{
        Account, ConfigurationSetPage, CreatedEmailIdentity, EmailIdentity, IdentityPage, SentEmail,
    };

    /// A response with every member of AWS's model that is parsed, and some that are not.
    fn responses() -> [Value; 6] {
        let dkim = json!({
            "SigningEnabled": true, "Status": "SUCCESS", "Tokens": ["one", "two"], "SigningHostedZone": "dkim.amazonses.com",
            "SigningAttributesOrigin": "AWS_SES", "CurrentSigningKeyLength": "RSA_2048_BIT",
            "NextSigningKeyLength": "RSA_2048_BIT", "LastKeyGenerationTimestamp": 1.7e9,
        });
        [
            json!({
                "DedicatedIpAutoWarmupEnabled": true, "EnforcementStatus": "HEALTHY", "ProductionAccessEnabled": true,
                "SendQuota": { "Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 1.0 },
                "SendingEnabled": true, "Details": { "MailType": "TRANSACTIONAL" },
            }),
            json!({
                "IdentityType": "DOMAIN", "FeedbackForwardingStatus": true, "VerifiedForSendingStatus": true,
                "DkimAttributes": dkim, "ConfigurationSetName": "example", "VerificationStatus": "SUCCESS", "Tags": [],
            }),
            json!({ "IdentityType": "DOMAIN", "VerifiedForSendingStatus": false, "DkimAttributes": dkim }),
            json!({
                "EmailIdentities": [
                    { "IdentityType": "DOMAIN", "IdentityName": "example.com", "SendingEnabled": true, "VerificationStatus": "SUCCESS" },
                ],
                "NextToken": "next",
            }),
            json!({ "ConfigurationSets": ["one"], "NextToken": "next" }),
            json!({ "MessageId": "0102019ab" }),
        ]
    }

    /// Members without which a response is useless: an absent quota must not look like a quota of 0, nor an unknown status like a pause.
    const REQUIRED: [&str; 8] = [
        "ProductionAccessEnabled",
        "SendingEnabled",
        "SendQuota",
        "Max24HourSend",
        "MaxSendRate",
        "SentLast24Hours",
        "IdentityName",
        "MessageId",
    ];

    /// What becomes of a member.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Change {
        Keep,
        Drop,
    }

    /// Applies changes to the members of a value at any depth, in their order. Dropped members become `replacement`, or absent.
    fn change(
        value: &Value,
        changes: &mut impl Iterator<Item = Change>,
        replacement: Option<&Value>,
    ) -> Value {
        match value {
            Value::Object(members) => {
                let mut kept = Map::new();
                for (name, member) in members {
                    let is_kept = changes.next() == Some(Change::Keep);
                    let member = change(member, changes, replacement);
                    match replacement {
                        _ if is_kept => drop(kept.insert(name.clone(), member)),
                        Some(replacement) => drop(kept.insert(name.clone(), replacement.clone())),
                        None => {}
                    }
                }
                Value::Object(kept)
            }
            Value::Array(items) => {
                items.iter().map(|item| change(item, changes, replacement)).collect::<Vec<_>>().into()
            }
            other => other.clone(),
        }
    }

    fn parse_as(index: usize, text: &str) -> Result<String, Error> {
        fn debug<T: DeserializeOwned + Debug>(text: &str) -> Result<String, Error> {
            parse::<T>(text.as_bytes()).map(|value| format!("{value:?}"))
        }
        [
            debug::<Account>,
            debug::<EmailIdentity>,
            debug::<CreatedEmailIdentity>,
            debug::<IdentityPage>,
            debug::<ConfigurationSetPage>,
            debug::<SentEmail>,
        ][index](text)
    }

    #[test]
    fn every_member_that_is_not_required_may_be_absent() {
        for (index, response) in responses().into_iter().enumerate() {
            let text = response.to_string();
            assert!(parse_as(index, &text).is_ok(), "{text}");
            let Value::Object(members) = &response else { panic!() };
            for name in members.keys() {
                let mut without = members.clone();
                without.remove(name);
                let parsed = parse_as(index, &Value::Object(without).to_string());
                assert_eq!(parsed.is_err(), REQUIRED.contains(&name.as_str()), "{name}: {parsed:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_null_member_counts_as_absent_and_an_unknown_one_is_ignored(
            index in any::<Index>(),
            changes in vec(prop_oneof![3 => Just(Change::Keep), 1 => Just(Change::Drop)], 24),
            extra in "[A-Z][a-z]{3,9}x",
        ) {
            let responses = responses();
            let index = index.index(responses.len());
            let changed = |replacement| change(&responses[index], &mut changes.iter().copied(), replacement);
            let absent = parse_as(index, &changed(None).to_string());
            let null = changed(Some(&Value::Null)).to_string();
            prop_assert_eq!(&parse_as(index, &null), &absent, "{}", null);
            let mut extended = changed(Some(&Value::Null));
            extended[&extra] = json!({ "Member": [null, 1] });
            prop_assert_eq!(parse_as(index, &extended.to_string()), absent);
        }
    }
}
