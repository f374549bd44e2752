//! The webhook URL that a customer's SNS topic sends events to.

use std::fmt;

use aws_sans_io::RoleArn;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::{PublicUrl, Stack};
use crate::{ValidationError, token::WebhookToken};

/// A webhook URL without the query that a stack adds to it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Zeroizing<String>);

impl WebhookUrl {
    #[must_use]
    pub fn new(public_url: &PublicUrl, token: &WebhookToken) -> Self {
        Self(Zeroizing::new(format!("{}/webhooks/sns/{}", public_url.origin(), token.reveal())))
    }

    /// Returns the URL, which contains the secret token.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl([redacted])")
    }
}

/// The values that a stack adds to the query of its webhook URL: `configuration_set`, `template_version`, `stack_id` and `role_arn`.
///
/// SNS does not sign them, so they are claims until the role has been assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackOutputs {
    pub role_arn: RoleArn,
    pub configuration_set: String,
    /// The stack, which only the update link needs; `None` if it isn't named, or isn't of the role's account.
    pub stack: Option<Stack>,
}

impl StackOutputs {
    /// Parses the query of a webhook request.
    ///
    /// # Errors
    /// Fails if one of the values is missing, repeated or invalid.
    pub fn parse(query: &str) -> Result<Self, ValidationError> {
        let one = |wanted: &str, error: ValidationError| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let mut values = pairs.filter(|(name, _)| *name == wanted);
            match (values.next(), values.next()) {
                // CloudFormation doesn't encode the values, so a plus sign is part of a role's name and not a space.
                (Some((_, value)), None) => percent_decode_str(value).decode_utf8().map_err(|_| error),
                _ => Err(error),
            }
        };
        let role_arn = one("role_arn", aws_sans_io::ValidationError::RoleArn.into())?.parse::<RoleArn>()?;
        let configuration_set = one("configuration_set", ValidationError::ConfigurationSetName)?.into_owned();
        let is_valid_name = (1..=64).contains(&configuration_set.len())
            && configuration_set.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let stack = || {
            let id = one("stack_id", ValidationError::StackId)?.parse()?;
            let template_version = one("template_version", ValidationError::TemplateVersion)?.parse()?;
            Ok::<_, ValidationError>(Stack { id, template_version })
        };
        if is_valid_name {
            let stack = stack().ok().filter(|stack| stack.id.account() == role_arn.account());
            Ok(Self { role_arn, configuration_set, stack })
        } else {
            Err(ValidationError::ConfigurationSetName)
        }
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::OrganisationId;

    #[test]
    fn the_url_ends_with_the_token_and_is_not_printed() {
        let keys = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let organisation = OrganisationId::new(OffsetDateTime::UNIX_EPOCH, 1);
        let token = WebhookToken::issue(&keys, organisation, "eu-west-1".parse().unwrap(), &[3; 20]);
        let url = WebhookUrl::new(&"https://a.example".parse().unwrap(), &token);
        assert_eq!(url.reveal(), format!("https://a.example/webhooks/sns/{}", token.reveal()));
        assert_eq!(format!("{url:?}"), "WebhookUrl([redacted])");
    }

    #[test]
    fn each_output_is_required_exactly_once() {
        let role = "role_arn=arn:aws:iam::123456789012:role/a";
        assert!(StackOutputs::parse(&format!("{role}&configuration_set=b")).is_ok());
        for invalid in [
            String::new(),
            role.to_owned(),
            "configuration_set=b".to_owned(),
            format!("{role}&{role}&configuration_set=b"),
            format!("{role}&configuration_set="),
            format!("{role}&configuration_set=a%20b"),
            "role_arn=nope&configuration_set=b".to_owned(),
        ] {
            assert!(StackOutputs::parse(&invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn every_character_of_a_role_name_survives_the_query() {
        for role in ["team/Kraiter+SES=a,b.c@d_e-f", "Kraiter%2BSES"] {
            let query = format!("configuration_set=b&role_arn=arn:aws:iam::123456789012:role/{role}");
            let parsed = StackOutputs::parse(&query).unwrap();
            assert_eq!(
                parsed.role_arn.as_str(),
                format!("arn:aws:iam::123456789012:role/{}", role.replace("%2B", "+"))
            );
        }
    }

    #[test]
    fn a_stack_belongs_to_the_account_of_its_role() {
        let stack = |account: &str| {
            let query = format!(
                "configuration_set=b&template_version=0123456789abcdef\
                 &stack_id=arn:aws:cloudformation:eu-west-1:{account}:stack/a/b\
                 &role_arn=arn:aws:iam::123456789012:role/a"
            );
            StackOutputs::parse(&query).unwrap().stack
        };
        assert_eq!(stack("123456789012").unwrap().template_version.as_str(), "0123456789abcdef");
        assert_eq!(stack("999999999999"), None);
    }
}
