//! DKIM attributes of identities.

use serde::Deserialize;
use serde_json::{Value, json};

use super::VerificationStatus;
use crate::{
    Region,
    dkim::{KeyLength, Selector, Signing},
};

/// The status of DKIM. SES uses the values of [`VerificationStatus`].
pub type DkimStatus = VerificationStatus;

/// The DKIM status and settings of an identity.
///
/// ```
/// use aws_sans_io::ses::DkimAttributes;
///
/// let dkim: DkimAttributes = serde_json::from_str(r#"{"Tokens":["abc"],"SigningHostedZone":"dkim.amazonses.com"}"#)?;
/// let records = dkim.cname_records("example.com", "eu-west-1".parse()?);
/// assert_eq!(records[0].name, "abc._domainkey.example.com");
/// assert_eq!(records[0].value, "abc.dkim.amazonses.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimAttributes.html)
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DkimAttributes {
    /// Whether SES signs the identity's email.
    pub signing_enabled: bool,
    /// The status of the DNS records.
    pub status: DkimStatus,
    /// The tokens of the CNAME records (Easy DKIM) or the selector (BYODKIM). Empty for an email address.
    pub tokens: Vec<String>,
    /// The DNS zone that the CNAME records point to.
    pub signing_hosted_zone: Option<String>,
    /// The origin of the key, such as `AWS_SES` or `EXTERNAL`. See [`origin`](Self::origin).
    pub signing_attributes_origin: Option<String>,
    /// The length of the Easy DKIM key, such as `RSA_2048_BIT`. See [`key_lengths`](Self::key_lengths).
    pub current_signing_key_length: Option<String>,
    /// The length of the next Easy DKIM key, such as `RSA_2048_BIT`.
    pub next_signing_key_length: Option<String>,
}

/// The origin of a DKIM key.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim.html)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DkimOrigin {
    /// A key that SES creates (Easy DKIM).
    EasyDkim,
    /// A key that the domain's owner provides (BYODKIM).
    Byodkim,
    /// The Easy DKIM key of the same domain in another region (Deterministic Easy DKIM).
    DeterministicEasyDkim,
}

/// A CNAME record that publishes a DKIM key of SES.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CnameRecord {
    /// The name: `<token>._domainkey.<domain>`.
    pub name: String,
    /// The target: `<token>.<hosted zone>`.
    pub value: String,
}

impl DkimAttributes {
    /// Returns the origin of the key.
    #[must_use]
    pub fn origin(&self) -> DkimOrigin {
        match self.signing_attributes_origin.as_deref() {
            Some("EXTERNAL") => DkimOrigin::Byodkim,
            Some(origin) if origin.starts_with("AWS_SES_") => DkimOrigin::DeterministicEasyDkim,
            _ => DkimOrigin::EasyDkim,
        }
    }

    /// Returns the selector of a BYODKIM key.
    #[must_use]
    pub fn selector(&self) -> Option<Selector> {
        if self.origin() == DkimOrigin::Byodkim { self.tokens.first()?.parse().ok() } else { None }
    }

    /// Returns the lengths of the current and the next Easy DKIM key.
    #[must_use]
    pub fn key_lengths(&self) -> (Option<KeyLength>, Option<KeyLength>) {
        let parse = |name: &Option<String>| name.as_deref().and_then(KeyLength::from_name);
        match self.origin() {
            DkimOrigin::Byodkim => (None, None),
            _ => (parse(&self.current_signing_key_length), parse(&self.next_signing_key_length)),
        }
    }

    /// Returns the DNS zone that the CNAME records point to. If SES didn't return one, it is the documented zone of `region`.
    #[must_use]
    pub fn hosted_zone(&self, region: Region) -> String {
        match self.signing_hosted_zone.as_deref() {
            Some(zone) if !zone.is_empty() => zone.trim_end_matches('.').to_owned(),
            _ => region.dkim_zone(),
        }
    }

    /// Returns the CNAME records that verify `domain` and publish the key. Empty for BYODKIM.
    ///
    /// [AWS documentation](https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html)
    #[must_use]
    pub fn cname_records(&self, domain: &str, region: Region) -> Vec<CnameRecord> {
        if self.origin() == DkimOrigin::Byodkim {
            return Vec::new();
        }
        let zone = self.hosted_zone(region);
        let record = |token: &String| CnameRecord {
            name: format!("{token}._domainkey.{domain}"),
            value: format!("{token}.{zone}"),
        };
        self.tokens.iter().map(record).collect()
    }
}

/// Returns the `SigningAttributesOrigin` and the `DkimSigningAttributes` of a request.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimSigningAttributes.html>
pub(super) fn signing_attributes(signing: &Signing) -> (&'static str, Option<Value>) {
    match signing {
        Signing::EasyDkim { key_length } => {
            let attributes = |length: KeyLength| json!({ "NextSigningKeyLength": length.name() });
            ("AWS_SES", key_length.map(attributes))
        }
        Signing::Byodkim { selector, private_key } => {
            let attributes = json!({
                "DomainSigningSelector": selector,
                "DomainSigningPrivateKey": private_key.expose_secret(),
            });
            ("EXTERNAL", Some(attributes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> DkimAttributes {
        serde_json::from_str(text).unwrap()
    }

    fn first_value(dkim: &DkimAttributes, region: &str) -> String {
        dkim.cname_records("example.com", region.parse().unwrap()).remove(0).value
    }

    #[test]
    fn cname_records_point_to_the_returned_zone_or_the_documented_one() {
        let without_zone = parse(r#"{"Tokens":["abc"]}"#);
        let with_zone = parse(r#"{"Tokens":["abc"],"SigningHostedZone":"dkim.eu-west-1.amazonses.com."}"#);
        let records = without_zone.cname_records("example.com", "eu-west-1".parse().unwrap());
        assert_eq!(records[0].name, "abc._domainkey.example.com");
        assert_eq!(records[0].value, "abc.dkim.amazonses.com");
        assert_eq!(first_value(&without_zone, "eu-south-1"), "abc.dkim.eu-south-1.amazonses.com");
        assert_eq!(first_value(&with_zone, "eu-south-1"), "abc.dkim.eu-west-1.amazonses.com");
    }

    #[test]
    fn a_byodkim_key_has_a_selector_and_no_cname_records() {
        let dkim = parse(
            r#"{"SigningAttributesOrigin":"EXTERNAL","Tokens":["Sel1"],"CurrentSigningKeyLength":"RSA_2048_BIT"}"#,
        );
        assert_eq!(dkim.origin(), DkimOrigin::Byodkim);
        assert_eq!(dkim.selector().unwrap().as_str(), "sel1");
        assert!(dkim.cname_records("example.com", "eu-west-1".parse().unwrap()).is_empty());
        assert_eq!(dkim.key_lengths(), (None, None));
    }

    #[test]
    fn an_easy_dkim_key_has_lengths_and_no_selector() {
        let dkim = parse(
            r#"{"SigningAttributesOrigin":"AWS_SES","Tokens":["a","b","c"],
                "CurrentSigningKeyLength":"RSA_1024_BIT","NextSigningKeyLength":"RSA_2048_BIT"}"#,
        );
        assert_eq!(dkim.key_lengths(), (Some(KeyLength::Rsa1024), Some(KeyLength::Rsa2048)));
        assert_eq!((dkim.origin(), dkim.selector()), (DkimOrigin::EasyDkim, None));
        let replica = parse(r#"{"SigningAttributesOrigin":"AWS_SES_EU_WEST_1"}"#);
        assert_eq!(replica.origin(), DkimOrigin::DeterministicEasyDkim);
    }
}
