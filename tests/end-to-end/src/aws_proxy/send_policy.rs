//! A role with a policy that limits the resources it may send with. AWS authorises SendEmail on the identity and on the configuration set;
//! the emulator doesn't.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html>

use serde_json::Value;

use super::{AwsProxy, Call, FaultGuard, SEND_EMAIL, fault::json_error};
use crate::http_proxy::ProxyAction;

/// The statement of a policy that allows to send.
#[derive(Clone, Debug)]
pub(crate) struct SendPolicy {
    resources: Vec<String>,
    from_address: Option<String>,
}

impl SendPolicy {
    /// Creates a policy for these resources, such as `identity/example.com`. A `*` at the end matches everything.
    pub(crate) fn new(resources: &[&str]) -> Self {
        Self {
            resources: resources.iter().map(|&resource| resource.to_owned()).collect(),
            from_address: None,
        }
    }

    /// Adds the condition that `ses:FromAddress` equals `address`.
    pub(crate) fn only_from(self, address: &str) -> Self {
        Self { from_address: Some(address.to_owned()), ..self }
    }

    /// Enforces the policy for a role until the guard is dropped.
    #[must_use]
    pub(crate) fn apply(self, proxy: &AwsProxy, role_arn: &str) -> FaultGuard {
        let account = role_arn.split(':').nth(4).unwrap_or_default().to_owned();
        proxy.inject_fault_for_role(role_arn, SEND_EMAIL, move |call| self.denial(call, &account))
    }

    fn denial(&self, call: &Call, account: &str) -> Option<ProxyAction> {
        let body = call.json();
        let from = body["FromEmailAddress"].as_str().unwrap_or_default();
        let from = from.rsplit('<').next().unwrap_or_default().trim_end_matches('>');
        let identity = format!("identity/{}", from.rsplit('@').next().unwrap_or_default());
        let set = body.get("ConfigurationSetName").and_then(Value::as_str);
        let set = set.map(|set| format!("configuration-set/{set}"));
        let is_condition_met = self.from_address.as_deref().is_none_or(|address| address == from);
        let denied = [Some(identity), set]
            .into_iter()
            .flatten()
            .find(|resource| !is_condition_met || !self.allows(resource))?;
        let message = format!(
            "User `arn:aws:sts::{account}:assumed-role/KraiterSESRole/kraiter' is not authorized to perform `ses:SendEmail' on resource \
             `arn:aws:ses:{}:{account}:{denied}'",
            call.region
        );
        Some(json_error(403, "AccessDeniedException", &message))
    }

    fn allows(&self, resource: &str) -> bool {
        self.resources.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => resource.starts_with(prefix),
            None => resource == pattern,
        })
    }
}
