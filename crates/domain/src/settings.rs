//! The Worker's settings.

mod error;
mod operator_token;
mod own_credentials;

use std::{fmt, ops::RangeInclusive};

use aws_sans_io::{AccountId, Endpoint, HttpUrl, Region};
use email_dns::ResolverUrl;
use time::Duration;

use crate::{
    SigningSecret,
    delivery::{RETENTION_DAYS, Retention, UNCONFIRMED_GRACE},
    onboarding::{PublicUrl, Stack, TemplateUrl, console_origin},
    token::TokenTagKeys,
    totals::REPORT_INTERVAL,
};

pub use error::SettingError;
pub use operator_token::OperatorToken;
pub use own_credentials::OwnCredentials;

/// The Worker's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, and both with `_NEXT` during a rotation.
    pub own_credentials: OwnCredentials,
    /// `ADMIN_TOKEN`, which authorises every operators' route.
    pub admin_token: OperatorToken,
    /// `METRICS_TOKEN`, which authorises only `/metrics`. Optional.
    pub metrics_token: Option<OperatorToken>,
    /// `SIGNING_SECRET`, which signs unsubscribe links and other values that come back, and `SIGNING_SECRET_PREVIOUS`.
    pub signing_secret: SigningSecret,
    /// `TOKEN_TAG_KEYS`: the keys of the tags in API keys, webhook tokens and sessions.
    pub token_tag_keys: TokenTagKeys,
    /// `KRAITER_AWS_ACCOUNT_ID`: the account of the access keys, which customers' roles trust.
    pub kraiter_account_id: AccountId,
    /// `PUBLIC_URL`: the Worker's origin.
    pub public_url: PublicUrl,
    /// `TEMPLATE_URL`: the CloudFormation template in S3.
    pub template_url: TemplateUrl,
    /// `AWS_ENDPOINT_URL`: a mock of AWS, on loopback only. Defaults to AWS.
    pub endpoint: Endpoint,
    /// `DNS_RESOLVER_URL`: the DNS-over-HTTPS resolver.
    pub resolver: ResolverUrl,
    /// `UNCONFIRMED_GRACE_SECONDS`: how long to wait for an event before an unconfirmed email is retried.
    pub unconfirmed_grace: Duration,
    /// `METRICS_INTERVAL_SECONDS`: how often an organisation reports its totals.
    pub metrics_interval: Duration,
    /// `RETENTION_DAYS`: how long emails and their events are stored.
    pub retention: Retention,
    console_url: Option<PublicUrl>,
}

impl Settings {
    /// Parses all settings. `get` returns a setting by its name; an empty string counts as unset.
    ///
    /// # Errors
    /// Fails with the first missing or invalid setting. `AWS_ENDPOINT_URL` is checked first: with an endpoint that isn't on loopback,
    /// another host would receive every request and decide which SNS certificates to trust.
    pub fn parse(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let optional = |setting| get(setting).filter(|value| !value.is_empty());
        let required = |setting| optional(setting).ok_or_else(|| SettingError::missing(setting));
        let endpoint = match optional("AWS_ENDPOINT_URL") {
            None => Endpoint::aws(),
            Some(url) => url.parse().map_err(invalid("AWS_ENDPOINT_URL"))?,
        };
        let admin_token = OperatorToken::new("ADMIN_TOKEN", &required("ADMIN_TOKEN")?)?;
        Ok(Self {
            own_credentials: OwnCredentials::parse(optional)?,
            metrics_token: optional("METRICS_TOKEN")
                .map(|token| metrics_token(&token, &admin_token))
                .transpose()?,
            admin_token,
            signing_secret: signing_secret(
                &required("SIGNING_SECRET")?,
                optional("SIGNING_SECRET_PREVIOUS").as_deref(),
            )?,
            token_tag_keys: required("TOKEN_TAG_KEYS")?.parse().map_err(invalid("TOKEN_TAG_KEYS"))?,
            kraiter_account_id: required("KRAITER_AWS_ACCOUNT_ID")?
                .parse()
                .map_err(invalid("KRAITER_AWS_ACCOUNT_ID"))?,
            public_url: required("PUBLIC_URL")?.parse().map_err(invalid("PUBLIC_URL"))?,
            template_url: template_url(&required("TEMPLATE_URL")?, &endpoint)?,
            console_url: optional("AWS_CONSOLE_URL")
                .map(|url| url.parse().map_err(invalid("AWS_CONSOLE_URL")))
                .transpose()?,
            resolver: match optional("DNS_RESOLVER_URL") {
                None => ResolverUrl::default(),
                Some(url) => url.parse().map_err(invalid("DNS_RESOLVER_URL"))?,
            },
            unconfirmed_grace: match optional("UNCONFIRMED_GRACE_SECONDS") {
                None => UNCONFIRMED_GRACE,
                Some(text) => seconds("UNCONFIRMED_GRACE_SECONDS", &text, 1..=86_400)?,
            },
            metrics_interval: match optional("METRICS_INTERVAL_SECONDS") {
                None => REPORT_INTERVAL,
                Some(text) => seconds("METRICS_INTERVAL_SECONDS", &text, 1..=3_600)?,
            },
            retention: match optional("RETENTION_DAYS") {
                None => Retention::default(),
                Some(text) => days("RETENTION_DAYS", &text)?,
            },
            endpoint,
        })
    }

    /// Compares `KRAITER_AWS_ACCOUNT_ID` with the account of an access key. `keys` is the key's name.
    ///
    /// # Errors
    /// Fails if they differ.
    pub fn check_own_account(&self, keys: &str, account: &AccountId) -> Result<(), SettingError> {
        if *account == self.kraiter_account_id {
            return Ok(());
        }
        let message = format!(
            "it must be the AWS account of Kraiter's own access keys, but the {keys} key is of another account"
        );
        Err(SettingError { setting: "KRAITER_AWS_ACCOUNT_ID", message })
    }

    /// Returns the origin of the AWS console for a region, or of a mock of it (`AWS_CONSOLE_URL`).
    #[must_use]
    pub fn console_origin(&self, region: Region) -> String {
        self.console_url.as_ref().map_or_else(|| console_origin(region), |url| url.origin().to_owned())
    }

    /// Returns the page of the AWS console that updates a stack, or `None` if the stack has the published template.
    #[must_use]
    pub fn stack_update_url(&self, stack: &Stack) -> Option<String> {
        stack.update_url(&self.template_url, &self.console_origin(stack.id.region()))
    }
}

fn invalid<E: fmt::Display>(setting: &'static str) -> impl FnOnce(E) -> SettingError {
    move |error| SettingError { setting, message: error.to_string() }
}

/// The token is stored by a monitoring system, which must not get the administrator's.
fn metrics_token(token: &str, admin_token: &OperatorToken) -> Result<OperatorToken, SettingError> {
    let setting = "METRICS_TOKEN";
    let token = OperatorToken::new(setting, token)?;
    if token == *admin_token {
        let message = "it must be different from ADMIN_TOKEN".to_owned();
        return Err(SettingError { setting, message });
    }
    Ok(token)
}

fn signing_secret(current: &str, previous: Option<&str>) -> Result<SigningSecret, SettingError> {
    let current: SigningSecret = current.parse().map_err(invalid("SIGNING_SECRET"))?;
    let previous = previous.map(str::parse).transpose().map_err(invalid("SIGNING_SECRET_PREVIOUS"))?;
    Ok(current.with_previous(previous))
}

fn seconds(
    setting: &'static str,
    text: &str,
    allowed: RangeInclusive<i64>,
) -> Result<Duration, SettingError> {
    match text.parse() {
        Ok(number) if allowed.contains(&number) => Ok(Duration::seconds(number)),
        _ => {
            let message =
                format!("it must be a number of seconds from {} to {}", allowed.start(), allowed.end());
            Err(SettingError { setting, message })
        }
    }
}

fn days(setting: &'static str, text: &str) -> Result<Retention, SettingError> {
    text.parse().ok().and_then(Retention::from_days).ok_or_else(|| {
        let (min, max) = (RETENTION_DAYS.start(), RETENTION_DAYS.end());
        SettingError { setting, message: format!("it must be a number of days from {min} to {max}") }
    })
}

/// CloudFormation only loads templates from S3; the mock of AWS has its own S3.
fn template_url(text: &str, endpoint: &Endpoint) -> Result<TemplateUrl, SettingError> {
    let is_on_s3 = |url: &HttpUrl| url.is_https() && url.host().ends_with(".amazonaws.com");
    let is_on_endpoint =
        |url: &HttpUrl| endpoint.loopback_origin().is_some_and(|origin| url.origin() == origin);
    match (text.parse(), text.parse()) {
        (Ok(url), Ok(template_url)) if is_on_s3(&url) || is_on_endpoint(&url) => Ok(template_url),
        _ => Err(SettingError {
            setting: "TEMPLATE_URL",
            message: "it must be the https:// URL of an object in S3, as \"cargo xtask publish-template\" prints it"
                .to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: [(&str, &str); 8] = [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("ADMIN_TOKEN", "0123456789abcdef"),
        ("SIGNING_SECRET", "fedcba9876543210fedcba9876543210"),
        ("TOKEN_TAG_KEYS", "89abcdef0123456789abcdef01234567"),
        ("KRAITER_AWS_ACCOUNT_ID", "999999999999"),
        ("PUBLIC_URL", "https://kraiter.example.com"),
        (
            "TEMPLATE_URL",
            "https://kraiter-templates.s3.eu-west-1.amazonaws.com/kraiter-aws-setup-00112233445566aa.json",
        ),
    ];

    /// Parses the complete settings with some changed. `None` unsets a setting.
    fn parse_with(changes: &[(&str, Option<&str>)]) -> Result<Settings, SettingError> {
        Settings::parse(|name| {
            let value = changes.iter().find(|(setting, _)| *setting == name).map(|(_, value)| *value);
            let complete = || COMPLETE.iter().find(|(setting, _)| *setting == name).map(|(_, value)| *value);
            value.unwrap_or_else(complete).map(str::to_owned)
        })
    }

    #[test]
    fn complete_settings_are_parsed_and_their_secrets_not_printed() {
        let settings = parse_with(&[]).unwrap();
        assert_eq!(settings.endpoint, Endpoint::aws());
        assert_eq!(settings.resolver, ResolverUrl::default());
        assert_eq!(settings.unconfirmed_grace, UNCONFIRMED_GRACE);
        assert_eq!(settings.metrics_interval, REPORT_INTERVAL);
        assert_eq!(settings.retention, Retention::default());
        assert_eq!(settings.metrics_token, None);
        let ireland = "eu-west-1".parse().unwrap();
        assert_eq!(settings.console_origin(ireland), "https://eu-west-1.console.aws.amazon.com");
        let printed = format!("{settings:?}");
        for secret in ["wJalrXUtnFEMI", "0123456789abcdef", "fedcba9876543210", "89abcdef"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }

    #[test]
    fn the_error_names_the_missing_setting() {
        for (setting, _) in COMPLETE {
            assert_eq!(parse_with(&[(setting, None)]).unwrap_err().setting, setting);
            assert_eq!(parse_with(&[(setting, Some(""))]).unwrap_err().setting, setting);
        }
    }

    #[test]
    fn the_error_names_the_invalid_setting_without_its_value() {
        for (setting, value) in [
            ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
            ("AWS_ACCESS_KEY_ID", "AKIA IOSFODNN7EXAMPL"),
            ("ADMIN_TOKEN", "short-value"),
            ("SIGNING_SECRET", "0123456789abcdef0123456789abcde"),
            ("SIGNING_SECRET_PREVIOUS", "0123456789abcdef0123456789abcde"),
            ("TOKEN_TAG_KEYS", "0123456789abcdef0123456789abcdef,0123456789abcdef"),
            ("ADMIN_TOKEN", "a token with spaces"),
            ("KRAITER_AWS_ACCOUNT_ID", "99999999999"),
            ("PUBLIC_URL", "http://kraiter.example.com"),
            ("PUBLIC_URL", "https://kraiter.example.com/api"),
            ("TEMPLATE_URL", "https://kraiter.example.com/kraiter-aws-setup-00112233445566aa.json"),
            ("TEMPLATE_URL", "https://amazonaws.com.example.com/kraiter-aws-setup-00112233445566aa.json"),
            ("TEMPLATE_URL", "http://b.s3.eu-west-1.amazonaws.com/kraiter-aws-setup-00112233445566aa.json"),
            ("TEMPLATE_URL", "http://127.0.0.1:4566/b/kraiter-aws-setup-00112233445566aa.json"),
            ("TEMPLATE_URL", "https://b.s3.eu-west-1.amazonaws.com/template.json"),
            ("AWS_CONSOLE_URL", "http://console.example.com"),
            ("DNS_RESOLVER_URL", "http://dns.example.com/dns-query"),
            ("DNS_RESOLVER_URL", "dns.example.com"),
            ("UNCONFIRMED_GRACE_SECONDS", "-5"),
            ("UNCONFIRMED_GRACE_SECONDS", "15m"),
            ("METRICS_INTERVAL_SECONDS", "3601"),
            ("RETENTION_DAYS", "366"),
            ("RETENTION_DAYS", "a month"),
            ("METRICS_TOKEN", "short"),
            ("METRICS_TOKEN", "0123456789abcdef"),
            ("AWS_ENDPOINT_URL", "https://aws.example.com"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1.example.com:4566"),
        ] {
            let error = parse_with(&[(setting, Some(value))]).unwrap_err();
            assert_eq!(error.setting, setting, "{value}");
            assert!(!error.message.contains(value), "{error}");
        }
    }

    #[test]
    fn a_signature_of_the_previous_signing_secret_is_valid() {
        let previous = "0123456789abcdef0123456789abcdef";
        let settings = parse_with(&[("SIGNING_SECRET_PREVIOUS", Some(previous))]).unwrap();
        let signature = previous.parse::<SigningSecret>().unwrap().sign("purpose", b"message");
        assert!(settings.signing_secret.verify("purpose", b"message", &signature));
    }

    #[test]
    fn the_account_must_be_that_of_the_access_keys() {
        let settings = parse_with(&[]).unwrap();
        assert_eq!(settings.check_own_account("first", &"999999999999".parse().unwrap()), Ok(()));
        let error = settings.check_own_account("next", &"999999999998".parse().unwrap()).unwrap_err();
        assert_eq!(error.setting, "KRAITER_AWS_ACCOUNT_ID");
        assert!(error.message.contains("next") && !error.message.contains("99999"), "{error}");
    }

    #[test]
    fn an_endpoint_outside_loopback_is_rejected_before_all_other_settings() {
        let changes = [("AWS_ENDPOINT_URL", Some("https://aws.example.com")), ("ADMIN_TOKEN", None)];
        assert_eq!(parse_with(&changes).unwrap_err().setting, "AWS_ENDPOINT_URL");
    }

    #[test]
    fn a_mock_of_aws_can_host_the_template_and_the_console() {
        let settings = parse_with(&[
            ("AWS_ENDPOINT_URL", Some("http://127.0.0.1:4566")),
            ("TEMPLATE_URL", Some("http://127.0.0.1:4566/b/kraiter-aws-setup-00112233445566aa.json")),
            ("AWS_CONSOLE_URL", Some("http://127.0.0.1:4567")),
        ])
        .unwrap();
        assert_eq!(settings.console_origin("eu-west-1".parse().unwrap()), "http://127.0.0.1:4567");
    }
}
