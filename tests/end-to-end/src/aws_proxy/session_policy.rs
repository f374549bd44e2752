//! Session policies. AWS evaluates the policy of a session for every call; the emulator doesn't. The proxy evaluates it for SendEmail.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>

use serde_json::Value;

use super::{Call, SEND_EMAIL, fault::json_error};
use crate::http_proxy::ProxyAction;

/// Returns AWS's response if the policy doesn't allow the call.
pub(super) fn denial(call: &Call, policy: &str) -> Option<ProxyAction> {
    if call.action != SEND_EMAIL {
        return None;
    }
    let body = call.json();
    let action = if body["Content"]["Raw"].is_null() { "ses:SendEmail" } else { "ses:SendRawEmail" };
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let is_allowed = strings(&policy["Statement"]).into_iter().any(|statement| {
        statement["Effect"] == "Allow"
            && strings(&statement["Action"]).into_iter().any(|allowed| allowed == action)
            && is_met(&statement["Condition"], &body)
    });
    let message =
        format!("User is not authorized to perform `{action}' because no session policy allows the action");
    (!is_allowed).then(|| json_error(403, "AccessDeniedException", &message))
}

/// Returns whether all conditions are met. An operator or key that the proxy doesn't know isn't met.
fn is_met(condition: &Value, email: &Value) -> bool {
    let Some(operators) = condition.as_object() else { return condition.is_null() };
    operators.iter().all(|(operator, keys)| {
        keys.as_object().is_some_and(|keys| {
            keys.iter().all(|(key, expected)| {
                let Some(actual) = context(key, email) else { return false };
                let matches =
                    |text: &String| strings(expected).into_iter().any(|pattern| is_like(text, pattern));
                match operator.as_str() {
                    "StringLike" => actual.len() == 1 && actual.iter().all(matches),
                    // True if there are no values.
                    "ForAllValues:StringLike" => actual.iter().all(matches),
                    "Null" => actual.is_empty() == (expected == "true"),
                    _ => false,
                }
            })
        })
    })
}

/// Returns the values of a condition key: addresses without names.
fn context(key: &str, email: &Value) -> Option<Vec<String>> {
    let addresses = |value: &Value| {
        let address = |mailbox: &Value| {
            let mailbox = mailbox.as_str().unwrap_or_default();
            mailbox.rsplit('<').next().unwrap_or_default().trim_end_matches('>').to_owned()
        };
        strings(value).into_iter().filter(|value| value.is_string()).map(address).collect::<Vec<_>>()
    };
    match key {
        "ses:FromAddress" => Some(addresses(&email["FromEmailAddress"])),
        "ses:Recipients" => {
            let lists = ["ToAddresses", "CcAddresses", "BccAddresses"];
            Some(lists.into_iter().flat_map(|list| addresses(&email["Destination"][list])).collect())
        }
        _ => None,
    }
}

/// Returns whether a text matches a pattern, case-sensitively. A `*` is only known at the start.
fn is_like(text: &str, pattern: &Value) -> bool {
    match pattern.as_str().map(|pattern| (pattern, pattern.strip_prefix('*'))) {
        Some((_, Some(end))) => text.ends_with(end),
        Some((pattern, None)) => text == pattern,
        None => false,
    }
}

/// Returns the items of a list, or the value itself: policies may leave out the list of a single value.
fn strings(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}
