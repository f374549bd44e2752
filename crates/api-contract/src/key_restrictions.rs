//! Restrictions of the emails that an API key sends.

use domain::{
    TemplateId,
    api_key::{KeyRights, KeyScope, MAX_RESTRICTION_ENTRIES, RestrictionError, SendRestriction},
    onboarding::SessionLimits,
};
use email_message::SenderIdentity;
use serde::{Deserialize, Serialize};

use super::FieldError;

const FIELD: &str = "restrictions";

/// What emails of an API key are limited to. An empty list limits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeyRestrictions {
    /// The domains and addresses that the key may send from, at most 10. Subdomains are domains of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schemars(length(max = 10)))]
    pub senders: Vec<String>,
    /// The domains that the key may send to, at most 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schemars(length(max = 10)))]
    pub recipient_domains: Vec<String>,
    /// The templates that the key's emails must use, at most 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schemars(length(max = 10), with = "Vec<TemplateId>"))]
    pub templates: Vec<String>,
}

impl KeyRestrictions {
    /// Returns the restrictions of a key, or `None` if it has none.
    #[must_use]
    pub fn of(rights: &KeyRights) -> Option<Self> {
        let texts = |entries: &[SenderIdentity]| entries.iter().map(SenderIdentity::to_string).collect();
        rights.is_restricted().then(|| Self {
            senders: texts(rights.restriction.senders()),
            recipient_domains: texts(rights.restriction.recipient_domains()),
            templates: rights.templates.iter().map(TemplateId::to_string).collect(),
        })
    }

    /// Adds the restrictions to the rights of a key.
    ///
    /// # Errors
    /// Fails with the first entry that is invalid, or if the scope isn't `sending`.
    pub fn add_to(self, mut rights: KeyRights) -> Result<KeyRights, FieldError> {
        let senders = parse_list(&self.senders, "senders")?;
        let domains = parse_list(&self.recipient_domains, "recipientDomains")?;
        let restriction = SendRestriction::new(senders, domains).map_err(|(list, index, error)| {
            let field = match error {
                RestrictionError::TooMany => format!("{FIELD}.{list}"),
                RestrictionError::Wildcard | RestrictionError::NotADomain => {
                    format!("{FIELD}.{list}[{index}]")
                }
            };
            FieldError::new(field, "invalid_restriction", error.to_string())
        })?;
        let templates = self.templates.iter().enumerate().map(|(index, id)| {
            let field = || format!("{FIELD}.templates[{index}]");
            let invalid = |_| FieldError::new(field(), "invalid_restriction", "this is not a template's ID");
            id.parse().map_err(invalid)
        });
        let templates = templates.collect::<Result<Vec<TemplateId>, FieldError>>()?;
        if templates.len() > MAX_RESTRICTION_ENTRIES {
            let message = RestrictionError::TooMany.to_string();
            return Err(FieldError::new(format!("{FIELD}.templates"), "invalid_restriction", message));
        }
        if !SessionLimits::sending(&restriction).fits() {
            return Err(FieldError {
                help: "Use fewer or shorter domains and addresses, or several keys.",
                ..FieldError::new(
                    FIELD,
                    "invalid_restriction",
                    "the restrictions are too long for a policy in AWS",
                )
            });
        }
        rights.restriction = restriction;
        rights.templates = templates;
        if rights.is_restricted() && rights.scope != KeyScope::Sending {
            return Err(FieldError {
                help: "Set the scope to sending.",
                ..FieldError::new(
                    FIELD,
                    "invalid_restriction",
                    "only a key with the scope \"sending\" has restrictions",
                )
            });
        }
        Ok(rights)
    }
}

fn parse_list(texts: &[String], list: &str) -> Result<Vec<SenderIdentity>, FieldError> {
    let parse = |(index, text): (usize, &String)| {
        text.parse().map_err(FieldError::invalid(format!("{FIELD}.{list}[{index}]")))
    };
    texts.iter().enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(restrictions: serde_json::Value) -> Result<KeyRights, FieldError> {
        let restrictions: KeyRestrictions = serde_json::from_value(restrictions).unwrap();
        restrictions.add_to(KeyRights { scope: KeyScope::Sending, ..KeyRights::default() })
    }

    #[test]
    fn restrictions_are_normalised_and_restored() {
        let template = "tpl_019ab0c5d0007000800000000000000a";
        let rights = parse(serde_json::json!({
            "senders": ["Bücher.example", "Shop@Example.com"],
            "recipientDomains": ["example.org"],
            "templates": [template],
        }));
        let restrictions = KeyRestrictions::of(&rights.clone().unwrap()).unwrap();
        assert_eq!(restrictions.senders, ["xn--bcher-kva.example", "Shop@example.com"]);
        assert_eq!(restrictions.recipient_domains, ["example.org"]);
        assert_eq!(restrictions.templates, [template]);
        let sending = KeyRights { scope: KeyScope::Sending, ..KeyRights::default() };
        assert_eq!(restrictions.add_to(sending), rights);
        assert_eq!(KeyRestrictions::of(&parse(serde_json::json!({})).unwrap()), None);
    }

    #[test]
    fn an_error_names_the_entry() {
        let long: Vec<String> = (0..10).map(|n| format!("{n}.{0}.{0}.{0}.example", "a".repeat(63))).collect();
        let many: Vec<String> = (0..11).map(|n| format!("a{n}.example")).collect();
        for (restrictions, field, code) in [
            (
                serde_json::json!({ "senders": ["a.example", "b"] }),
                "restrictions.senders[1]",
                "invalid_domain",
            ),
            (serde_json::json!({ "senders": ["b@"] }), "restrictions.senders[0]", "invalid_email_address"),
            (
                serde_json::json!({ "senders": ["*@a.example"] }),
                "restrictions.senders[0]",
                "invalid_restriction",
            ),
            (
                serde_json::json!({ "recipientDomains": ["a@b.example"] }),
                "restrictions.recipientDomains[0]",
                "invalid_restriction",
            ),
            (
                serde_json::json!({ "recipientDomains": many }),
                "restrictions.recipientDomains",
                "invalid_restriction",
            ),
            (
                serde_json::json!({ "templates": ["tpl_1"] }),
                "restrictions.templates[0]",
                "invalid_restriction",
            ),
            (serde_json::json!({ "senders": long }), "restrictions", "invalid_restriction"),
        ] {
            let error = parse(restrictions).unwrap_err();
            assert_eq!((error.field.as_str(), error.code), (field, code), "{error:?}");
        }
    }

    #[test]
    fn only_a_key_that_sends_has_restrictions() {
        let restrictions =
            KeyRestrictions { senders: vec!["a.example".into()], ..KeyRestrictions::default() };
        for scope in [KeyScope::Full, KeyScope::Read] {
            let rights = KeyRights { scope, ..KeyRights::default() };
            let error = restrictions.clone().add_to(rights.clone()).unwrap_err();
            assert_eq!((error.field.as_str(), error.code), ("restrictions", "invalid_restriction"));
            assert!(KeyRestrictions::default().add_to(rights).is_ok());
        }
    }
}
