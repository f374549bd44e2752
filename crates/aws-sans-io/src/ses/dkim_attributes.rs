//! How an identity's mail is signed, as SES says and as it is told.

use serde::Deserialize;
use serde_json::{Value, json};

use super::VerificationStatus;
use crate::{
    Region,
    dkim::{KeyLength, Selector, Signing},
};

/// How far DKIM set-up is; the words are those of [`VerificationStatus`].
pub type DkimStatus = VerificationStatus;

/// DKIM of an identity.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimAttributes.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DkimAttributes {
    /// Whether mail of the identity is signed.
    pub signing_enabled: bool,
    /// How far the set-up is.
    pub status: DkimStatus,
    /// What the CNAME records are made of, or the selector of the customer's own key; none for a single address.
    pub tokens: Vec<String>,
    /// Where the CNAME records point to.
    pub signing_hosted_zone: Option<String>,
    /// Whose key it is, in SES's word.
    pub signing_attributes_origin: Option<String>,
    /// The length of SES's key, in SES's word.
    pub current_signing_key_length: Option<String>,
    /// The length of SES's next key, in SES's word.
    pub next_signing_key_length: Option<String>,
}

/// Whose key signs.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DkimOrigin {
    /// SES's own (Easy DKIM).
    EasyDkim,
    /// The customer's (BYODKIM).
    OwnKey,
    /// SES's own, of the same domain in another region (Deterministic Easy DKIM).
    Replica,
}

/// A CNAME record that the owner of a domain publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CnameRecord {
    /// `<token>._domainkey.<domain>`
    pub name: String,
    /// `<token>.<hosted zone>`
    pub value: String,
}

impl DkimAttributes {
    /// Whose key signs.
    #[must_use]
    pub fn origin(&self) -> DkimOrigin {
        match self.signing_attributes_origin.as_deref() {
            Some("EXTERNAL") => DkimOrigin::OwnKey,
            Some(word) if word.starts_with("AWS_SES_") => DkimOrigin::Replica,
            _ => DkimOrigin::EasyDkim,
        }
    }

    /// Where the customer's own key is published.
    #[must_use]
    pub fn selector(&self) -> Option<Selector> {
        if self.origin() == DkimOrigin::OwnKey { self.tokens.first()?.parse().ok() } else { None }
    }

    /// The lengths of SES's key, now and next.
    #[must_use]
    pub fn key_lengths(&self) -> (Option<KeyLength>, Option<KeyLength>) {
        let read = |word: &Option<String>| word.as_deref().and_then(KeyLength::from_name);
        match self.origin() {
            DkimOrigin::OwnKey => (None, None),
            _ => (read(&self.current_signing_key_length), read(&self.next_signing_key_length)),
        }
    }

    /// Where SES publishes the key that the CNAME records of `region` point to.
    #[must_use]
    pub fn hosted_zone(&self, region: Region) -> String {
        match self.signing_hosted_zone.as_deref() {
            Some(zone) if !zone.is_empty() => zone.trim_end_matches('.').to_owned(),
            _ => region.dkim_zone(),
        }
    }

    /// The records that prove `domain` and let SES sign its mail by a key of SES's; none where the key is the customer's.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html>
    #[must_use]
    pub fn cname_records(&self, domain: &str, region: Region) -> Vec<CnameRecord> {
        if self.origin() == DkimOrigin::OwnKey {
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

/// What SES is told of the signing: `DkimSigningAttributes`, and the origin that goes with it.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimSigningAttributes.html>
pub(super) fn written(signing: &Signing) -> (&'static str, Option<Value>) {
    match signing {
        Signing::EasyDkim { key_length } => {
            let attributes = |length: KeyLength| json!({ "NextSigningKeyLength": length.name() });
            ("AWS_SES", key_length.map(attributes))
        }
        Signing::OwnKey { selector, private_key } => {
            let attributes = json!({
                "DomainSigningSelector": selector,
                "DomainSigningPrivateKey": private_key.reveal(),
            });
            ("EXTERNAL", Some(attributes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> DkimAttributes {
        serde_json::from_str(text).unwrap()
    }

    fn first_value(dkim: &DkimAttributes, region: &str) -> String {
        dkim.cname_records("example.com", region.parse().unwrap()).remove(0).value
    }

    #[test]
    fn the_records_point_to_the_zone_that_aws_names_or_to_the_regions_documented_one() {
        let silent = read(r#"{"Tokens":["abc"]}"#);
        let named = read(r#"{"Tokens":["abc"],"SigningHostedZone":"dkim.eu-west-1.amazonses.com."}"#);
        let records = silent.cname_records("example.com", "eu-west-1".parse().unwrap());
        assert_eq!(records[0].name, "abc._domainkey.example.com");
        assert_eq!(records[0].value, "abc.dkim.amazonses.com");
        assert_eq!(first_value(&silent, "eu-south-1"), "abc.dkim.eu-south-1.amazonses.com");
        assert_eq!(first_value(&named, "eu-south-1"), "abc.dkim.eu-west-1.amazonses.com");
    }

    #[test]
    fn the_customers_own_key_has_a_selector_and_no_cname() {
        let dkim = read(
            r#"{"SigningAttributesOrigin":"EXTERNAL","Tokens":["Sel1"],"CurrentSigningKeyLength":"RSA_2048_BIT"}"#,
        );
        assert_eq!(dkim.origin(), DkimOrigin::OwnKey);
        assert_eq!(dkim.selector().unwrap().as_str(), "sel1");
        assert!(dkim.cname_records("example.com", "eu-west-1".parse().unwrap()).is_empty());
        assert_eq!(dkim.key_lengths(), (None, None));
    }

    #[test]
    fn sess_own_key_has_lengths_and_no_selector() {
        let dkim = read(
            r#"{"SigningAttributesOrigin":"AWS_SES","Tokens":["a","b","c"],
                "CurrentSigningKeyLength":"RSA_1024_BIT","NextSigningKeyLength":"RSA_2048_BIT"}"#,
        );
        assert_eq!(dkim.key_lengths(), (Some(KeyLength::Rsa1024), Some(KeyLength::Rsa2048)));
        assert_eq!((dkim.origin(), dkim.selector()), (DkimOrigin::EasyDkim, None));
        let replica = read(r#"{"SigningAttributesOrigin":"AWS_SES_EU_WEST_1"}"#);
        assert_eq!(replica.origin(), DkimOrigin::Replica);
    }
}
