//! Versions of the CloudFormation template.

use std::{fmt, str::FromStr};

use serde_with::{DeserializeFromStr, SerializeDisplay};
use sha2::{Digest, Sha256};

use crate::ValidationError;

/// The version of a template: the first 16 hexadecimal digits of its SHA-256 digest. So two templates have the same version only if they
/// are the same.
#[derive(Clone, Debug, PartialEq, Eq, SerializeDisplay, DeserializeFromStr)]
pub struct TemplateVersion(String);

impl TemplateVersion {
    /// Returns the version of a template. The template contains its version, so `document` is the template with another text in its place.
    #[must_use]
    pub(super) fn of(document: &str) -> Self {
        Self(format!("{:.16}", base16ct::lower::encode_string(&Sha256::digest(document.as_bytes()))))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the object's key in S3. A published template never changes.
    #[must_use]
    pub(super) fn object_key(&self) -> String {
        format!("{KEY_PREFIX}{self}{KEY_SUFFIX}")
    }
}

pub(super) const KEY_PREFIX: &str = "kraiter-aws-setup-";
const KEY_SUFFIX: &str = ".json";

impl FromStr for TemplateVersion {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let is_valid = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_valid.then(|| Self(text.to_owned())).ok_or(ValidationError::TemplateVersion)
    }
}

impl fmt::Display for TemplateVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The URL of a published template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateUrl {
    text: String,
    version: TemplateVersion,
}

impl TemplateUrl {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the version of the template at the URL.
    #[must_use]
    pub const fn version(&self) -> &TemplateVersion {
        &self.version
    }
}

impl FromStr for TemplateUrl {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let (_, key) = text.rsplit_once('/').unwrap_or_default();
        let version = key.strip_prefix(KEY_PREFIX).and_then(|key| key.strip_suffix(KEY_SUFFIX));
        Ok(Self { text: text.to_owned(), version: version.unwrap_or_default().parse()? })
    }
}

#[cfg(feature = "schemars")]
crate::text_schema!(
    TemplateVersion,
    "TemplateVersion",
    "^[0-9a-f]{16}$",
    "0123456789abcdef",
    "The version of a CloudFormation template: 16 hexadecimal digits of its SHA-256 digest."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_published_template_names_its_version() {
        let version = TemplateVersion::of("{}");
        let url: TemplateUrl =
            format!("https://s3.eu-west-1.amazonaws.com/b/{}", version.object_key()).parse().unwrap();
        assert_eq!(*url.version(), version);
        for invalid in [
            "",
            "https://s3.eu-west-1.amazonaws.com/b/template.json",
            "https://s3.eu-west-1.amazonaws.com/b/kraiter-aws-setup-.json",
        ] {
            assert_eq!(invalid.parse::<TemplateUrl>(), Err(ValidationError::TemplateVersion), "{invalid}");
        }
    }
}
