//! Messages and responses of AWS.

use aws_sans_io::{
    Endpoint, Operation, RoleArn, TopicArn, json, parse_error,
    ses::{GetAccount, ListEmailIdentities, ListRoute, event::Notification},
    split_regional_arn, xml,
};
use bytes::Bytes;
use http::Response;
use sns_verify::{Expected, Message};
use time::{OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2026-11-24 14:44:40 UTC);

/// A message leads to no certificate but those of SNS in the topic's region.
pub fn sns_envelope(input: &[u8]) -> bool {
    let rejection = match Message::parse(input) {
        Ok(message) => {
            let topic = message.claimed_topic().clone();
            match message.check(Expected::Topic(&topic), &Endpoint::aws(), NOW) {
                Ok(checked) => {
                    let url = checked.certificate_url().as_str();
                    let rest =
                        url.strip_prefix(&format!("https://sns.{}.amazonaws.com", topic.region())).unwrap();
                    let path = rest.strip_prefix(".cn").unwrap_or(rest);
                    let name = path.strip_prefix("/SimpleNotificationService-").unwrap();
                    assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.'), "{url}");
                    return true;
                }
                Err(rejection) => rejection,
            }
        }
        Err(rejection) => rejection,
    };
    assert!(rejection.status().is_client_error() && !rejection.code().is_empty(), "{rejection}");
    false
}

/// Texts of an event are truncated, and parsing gives the same result again.
pub fn ses_events(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    let parsed = Notification::parse(&text, "message-id", NOW);
    assert_eq!(parsed, Notification::parse(&text, "message-id", NOW));
    let is_event = matches!(parsed, Ok(Notification::Event(_)));
    if let Ok(Notification::Event(event)) = parsed {
        let json = serde_json::to_string(&event).unwrap();
        assert!(json.len() <= 10 * text.len() + 1_000, "{} bytes of {}", json.len(), text.len());
        assert!(serde_json::from_str::<serde_json::Value>(&json).unwrap().is_object());
    }
    is_event
}

/// Texts in XML don't grow, so no entity expands, and errors of AWS are read from any response.
pub fn sts_xml(input: &[u8]) -> bool {
    let texts = xml::texts(input, &["Code", "Message", "AccessKeyId", "SecretAccessKey"]);
    if let Ok(texts) = &texts {
        let length: usize = texts.iter().flatten().map(String::len).sum();
        assert!(length <= input.len(), "{texts:?}");
    }
    for status in [400, 403, 503] {
        let response = Response::builder().status(status).body(Bytes::copy_from_slice(input)).unwrap();
        let error = parse_error(&response);
        assert!(error.to_string().len() <= 4 * input.len() + 1_000);
    }
    texts.is_ok_and(|texts| texts.iter().any(Option::is_some))
}

/// JSON means the same as for `serde_json`, and the responses of SES are read or refused.
pub fn ses_json(input: &[u8]) -> bool {
    if let Ok(value) = json::parse::<serde_json::Value>(input) {
        assert_eq!(Some(value), serde_json::from_slice(input).ok());
    }
    let account = GetAccount.parse_body(input);
    let list = ListEmailIdentities { next_token: None, route: ListRoute::default() };
    let page = list.parse_body(input);
    assert!(page.as_ref().is_ok_and(|page| page.email_identities.len() <= input.len()) || page.is_err());
    account.is_ok() || page.is_ok()
}

/// A valid ARN is written as it was, and a prefix decides what it is.
pub fn arn(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    let (role, topic) = (text.parse::<RoleArn>(), text.parse::<TopicArn>());
    if let Ok(arn) = &role {
        assert_eq!(arn.as_str(), text.trim());
        assert_eq!(arn.to_string().parse().as_ref(), Ok(arn));
        assert!(arn.as_str().contains(&format!(":iam::{}:role/", arn.account())));
    }
    if let Ok(arn) = &topic {
        assert_eq!(arn.as_str(), text.trim());
        assert_eq!(arn.to_string().parse().as_ref(), Ok(arn));
        let (region, account, name) = split_regional_arn(arn.as_str(), "sns").unwrap();
        assert!(region == arn.region() && account == *arn.account() && !name.contains(':'));
    }
    role.is_ok() || topic.is_ok()
}
