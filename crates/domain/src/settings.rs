//! The Worker's settings, read as a whole or refused by name.

mod own_keys;
mod signing_secret;

use std::{fmt, ops::RangeInclusive};

use aws_sans_io::{AccountId, Endpoint, Region};
use email_dns::ResolverUrl;
use sha2::{Digest, Sha256};
use thiserror::Error;
use time::Duration;
use url::Url;

use crate::{
    delivery::{GRACE, RETENTION_DAYS, Retention},
    onboarding::{PublicUrl, console_origin},
};

pub use own_keys::OwnKeys;
pub use signing_secret::SigningSecret;

/// The shortest `ADMIN_TOKEN`, in bytes: whoever guesses it can make organisations.
const MIN_ADMIN_TOKEN: usize = 16;

/// Everything that the Worker is told by its surroundings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Kraiter's own keys: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, and both with `_NEXT` while they are changed.
    pub own_keys: OwnKeys,
    /// What makes organisations: `ADMIN_TOKEN`.
    pub admin_token: AdminToken,
    /// What proves that something was given out by us: `SIGNING_SECRET`.
    pub signing_secret: SigningSecret,
    /// The account that the keys belong to and that customers' roles trust: `KRAITER_AWS_ACCOUNT_ID`.
    pub kraiter_account_id: AccountId,
    /// Where the Worker is reached: `PUBLIC_URL`.
    pub public_url: PublicUrl,
    /// Where the template lies, in S3: `TEMPLATE_URL`.
    pub template_url: String,
    /// Where AWS is: `AWS_ENDPOINT_URL`, on loopback only.
    pub endpoint: Endpoint,
    /// Where DNS is asked: `DNS_RESOLVER_URL`.
    pub resolver: ResolverUrl,
    /// How long an event is waited for before a mail whose answer was lost is sent again: `UNCONFIRMED_GRACE_SECONDS`.
    pub unconfirmed_grace: Duration,
    /// How long it is kept what became of emails: `RETENTION_DAYS`.
    pub retention: Retention,
    console_url: Option<PublicUrl>,
}

/// A setting that is missing or wrong. The message never repeats the value: it may be a secret in the wrong place.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{setting}: {message}")]
pub struct SettingError {
    /// Its name.
    pub setting: &'static str,
    /// What it should be.
    pub message: String,
}

impl Settings {
    /// Reads every setting; `get` looks one up by its name. An empty text counts as none.
    ///
    /// # Errors
    /// [`SettingError`] with the first that is missing or wrong. `AWS_ENDPOINT_URL` is looked at before all others: one that isn't
    /// on loopback would hand every request, and the trust in SNS's certificates, to somebody else.
    pub fn parse(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let optional = |setting| get(setting).filter(|value| !value.is_empty());
        let needed =
            |setting| optional(setting).ok_or(SettingError { setting, message: "it isn't set".to_owned() });
        let endpoint = match optional("AWS_ENDPOINT_URL") {
            None => Endpoint::aws(),
            Some(url) => url.parse().map_err(wrong("AWS_ENDPOINT_URL"))?,
        };
        Ok(Self {
            own_keys: OwnKeys::parse(optional)?,
            admin_token: AdminToken::new(&needed("ADMIN_TOKEN")?)?,
            signing_secret: SigningSecret::new(&needed("SIGNING_SECRET")?)?,
            kraiter_account_id: needed("KRAITER_AWS_ACCOUNT_ID")?
                .parse()
                .map_err(wrong("KRAITER_AWS_ACCOUNT_ID"))?,
            public_url: needed("PUBLIC_URL")?.parse().map_err(wrong("PUBLIC_URL"))?,
            template_url: template_url(needed("TEMPLATE_URL")?, &endpoint)?,
            console_url: optional("AWS_CONSOLE_URL")
                .map(|url| url.parse().map_err(wrong("AWS_CONSOLE_URL")))
                .transpose()?,
            resolver: match optional("DNS_RESOLVER_URL") {
                None => ResolverUrl::default(),
                Some(url) => url.parse().map_err(wrong("DNS_RESOLVER_URL"))?,
            },
            unconfirmed_grace: match optional("UNCONFIRMED_GRACE_SECONDS") {
                None => GRACE,
                Some(text) => seconds("UNCONFIRMED_GRACE_SECONDS", &text, 1..=86_400)?,
            },
            retention: match optional("RETENTION_DAYS") {
                None => Retention::default(),
                Some(text) => days("RETENTION_DAYS", &text)?,
            },
            endpoint,
        })
    }

    /// The AWS console's origin for a region, or that of what stands in for it (`AWS_CONSOLE_URL`).
    #[must_use]
    pub fn console_origin(&self, region: Region) -> String {
        self.console_url.as_ref().map_or_else(|| console_origin(region), |url| url.origin().to_owned())
    }
}

fn wrong<E: fmt::Display>(setting: &'static str) -> impl FnOnce(E) -> SettingError {
    move |error| SettingError { setting, message: error.to_string() }
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
    text.parse().ok().and_then(Retention::of_days).ok_or_else(|| {
        let (least, most) = (RETENTION_DAYS.start(), RETENTION_DAYS.end());
        SettingError { setting, message: format!("it must be a number of days from {least} to {most}") }
    })
}

/// Temporary keys (`ASIA…`) would need a session token and end within hours.
fn access_key_id(setting: &'static str, text: String) -> Result<String, SettingError> {
    let is_plain = (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_plain && !text.starts_with("ASIA") {
        Ok(text)
    } else {
        let message = "it must be the access key ID of an IAM user, 16 to 128 letters and digits".to_owned();
        Err(SettingError { setting, message })
    }
}

/// CloudFormation takes a template from S3 only; where AWS is stood in for, from there.
fn template_url(text: String, endpoint: &Endpoint) -> Result<String, SettingError> {
    let is_on_s3 = |url: &Url| {
        url.scheme() == "https" && url.host_str().is_some_and(|host| host.ends_with(".amazonaws.com"))
    };
    let is_on_endpoint = |url: &Url| {
        endpoint.loopback_origin().is_some_and(|origin| url.origin().ascii_serialization() == origin)
    };
    match Url::parse(&text) {
        Ok(url) if url.path().len() > 1 && (is_on_s3(&url) || is_on_endpoint(&url)) => Ok(text),
        _ => Err(SettingError {
            setting: "TEMPLATE_URL",
            message:
                "it must be the https:// URL of an object in S3, as `cargo xtask publish-template` prints it"
                    .to_owned(),
        }),
    }
}

/// The administrator's token, of which only the digest is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct AdminToken([u8; 32]);

impl AdminToken {
    fn new(token: &str) -> Result<Self, SettingError> {
        if token.len() >= MIN_ADMIN_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Sha256::digest(token.as_bytes()).into()))
        } else {
            let message =
                format!("it must have at least {MIN_ADMIN_TOKEN} printable ASCII characters without spaces");
            Err(SettingError { setting: "ADMIN_TOKEN", message })
        }
    }

    /// Whether an `Authorization` header shows this token. Digests are compared, so the time it takes tells nothing of the token.
    #[must_use]
    pub fn is_shown_by(&self, authorization: &str) -> bool {
        authorization.split_once(' ').is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer") && self.0 == *Sha256::digest(token.as_bytes())
        })
    }
}

impl fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminToken([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: [(&str, &str); 7] = [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("ADMIN_TOKEN", "0123456789abcdef"),
        ("SIGNING_SECRET", "fedcba9876543210fedcba9876543210"),
        ("KRAITER_AWS_ACCOUNT_ID", "999999999999"),
        ("PUBLIC_URL", "https://kraiter.example.com"),
        ("TEMPLATE_URL", "https://kraiter-templates.s3.eu-west-1.amazonaws.com/kraiter-aws-setup-00.json"),
    ];

    /// The settings with some changed; `None` takes one away.
    fn parse_with(changes: &[(&str, Option<&str>)]) -> Result<Settings, SettingError> {
        Settings::parse(|name| {
            let other = changes.iter().find(|(setting, _)| *setting == name).map(|(_, value)| *value);
            let whole = || WHOLE.iter().find(|(setting, _)| *setting == name).map(|(_, value)| *value);
            other.unwrap_or_else(whole).map(str::to_owned)
        })
    }

    #[test]
    fn whole_settings_are_read_and_print_no_secret() {
        let settings = parse_with(&[]).unwrap();
        assert_eq!(settings.endpoint, Endpoint::aws());
        assert_eq!(settings.resolver, ResolverUrl::default());
        assert_eq!(settings.unconfirmed_grace, GRACE);
        assert_eq!(settings.retention, Retention::default());
        let ireland = "eu-west-1".parse().unwrap();
        assert_eq!(settings.console_origin(ireland), "https://eu-west-1.console.aws.amazon.com");
        let printed = format!("{settings:?}");
        for secret in ["wJalrXUtnFEMI", "0123456789abcdef", "fedcba9876543210"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }

    #[test]
    fn each_missing_setting_is_named() {
        for (setting, _) in WHOLE {
            assert_eq!(parse_with(&[(setting, None)]).unwrap_err().setting, setting);
            assert_eq!(parse_with(&[(setting, Some(""))]).unwrap_err().setting, setting);
        }
    }

    #[test]
    fn each_wrong_setting_is_named_and_not_repeated() {
        for (setting, value) in [
            ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
            ("AWS_ACCESS_KEY_ID", "AKIA IOSFODNN7EXAMPL"),
            ("ADMIN_TOKEN", "short-value"),
            ("SIGNING_SECRET", "0123456789abcdef0123456789abcde"),
            ("ADMIN_TOKEN", "a token with spaces"),
            ("KRAITER_AWS_ACCOUNT_ID", "99999999999"),
            ("PUBLIC_URL", "http://kraiter.example.com"),
            ("PUBLIC_URL", "https://kraiter.example.com/api"),
            ("TEMPLATE_URL", "https://kraiter.example.com/template.json"),
            ("TEMPLATE_URL", "https://amazonaws.com.example.com/template.json"),
            ("TEMPLATE_URL", "http://kraiter-templates.s3.eu-west-1.amazonaws.com/template.json"),
            ("TEMPLATE_URL", "http://127.0.0.1:4566/kraiter-templates/template.json"),
            ("AWS_CONSOLE_URL", "http://console.example.com"),
            ("DNS_RESOLVER_URL", "http://dns.example.com/dns-query"),
            ("DNS_RESOLVER_URL", "dns.example.com"),
            ("UNCONFIRMED_GRACE_SECONDS", "-5"),
            ("UNCONFIRMED_GRACE_SECONDS", "15m"),
            ("RETENTION_DAYS", "366"),
            ("RETENTION_DAYS", "a month"),
            ("AWS_ENDPOINT_URL", "https://aws.example.com"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1.example.com:4566"),
        ] {
            let error = parse_with(&[(setting, Some(value))]).unwrap_err();
            assert_eq!(error.setting, setting, "{value}");
            assert!(!error.message.contains(value), "{error}");
        }
    }

    #[test]
    fn an_endpoint_that_is_not_on_loopback_refuses_everything_before_anything_else() {
        let changes = [("AWS_ENDPOINT_URL", Some("https://aws.example.com")), ("ADMIN_TOKEN", None)];
        assert_eq!(parse_with(&changes).unwrap_err().setting, "AWS_ENDPOINT_URL");
    }

    #[test]
    fn a_stand_in_for_aws_has_the_template_too() {
        let settings = parse_with(&[
            ("AWS_ENDPOINT_URL", Some("http://127.0.0.1:4566")),
            ("TEMPLATE_URL", Some("http://127.0.0.1:4566/kraiter-templates/template.json")),
            ("AWS_CONSOLE_URL", Some("http://127.0.0.1:4567")),
        ])
        .unwrap();
        assert_eq!(settings.console_origin("eu-west-1".parse().unwrap()), "http://127.0.0.1:4567");
    }

    #[test]
    fn only_the_whole_token_is_the_administrators() {
        let token = parse_with(&[]).unwrap().admin_token;
        assert!(token.is_shown_by("Bearer 0123456789abcdef"));
        assert!(token.is_shown_by("bearer 0123456789abcdef"));
        for wrong in [
            "0123456789abcdef",
            "Bearer 0123456789abcde",
            "Bearer  0123456789abcdef",
            "Basic 0123456789abcdef",
            "",
        ] {
            assert!(!token.is_shown_by(wrong), "{wrong:?}");
        }
    }
}
