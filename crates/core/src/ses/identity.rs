//! What SES says of a sender identity.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>

use serde::Deserialize;

/// What kind of identity it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdentityType {
    /// One address: SES mails it a link to click.
    EmailAddress,
    /// A domain with all its addresses: SES looks for DKIM records.
    Domain,
    /// A domain that AWS manages.
    ManagedDomain,
    /// Something newer than this.
    #[serde(other)]
    Unknown,
}

/// How far the proof is that the identity is the account's.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html#API_GetEmailIdentity_ResponseSyntax>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerificationStatus {
    /// SES is looking, or waits for the click.
    Pending,
    /// Proven.
    Success,
    /// Not found within 72 hours; SES has stopped looking.
    Failed,
    /// A passing fault; SES looks again.
    TemporaryFailure,
    /// Not begun.
    NotStarted,
    /// AWS didn't say, or said something newer than this.
    #[default]
    #[serde(other)]
    Unknown,
}

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
    /// What the CNAME records are made of; none for a single address.
    pub tokens: Vec<String>,
    /// Where the CNAME records point to; AWS names it since its newer regions have their own.
    pub signing_hosted_zone: Option<String>,
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
    /// The records that prove `domain` and let SES sign its mail.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html>
    #[must_use]
    pub fn cname_records(&self, domain: &str) -> Vec<CnameRecord> {
        let zone = self.signing_hosted_zone.as_deref().unwrap_or("dkim.amazonses.com");
        let record = |token: &String| CnameRecord {
            name: format!("{token}._domainkey.{domain}"),
            value: format!("{token}.{zone}"),
        };
        self.tokens.iter().map(record).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_records_point_to_the_zone_that_aws_names_or_to_its_oldest() {
        let old = DkimAttributes { tokens: vec!["abc".into()], ..DkimAttributes::default() };
        let new = DkimAttributes {
            signing_hosted_zone: Some("dkim.eu-west-1.amazonses.com".into()),
            ..old.clone()
        };
        let records = |dkim: &DkimAttributes| dkim.cname_records("example.com").remove(0);
        assert_eq!(records(&old).name, "abc._domainkey.example.com");
        assert_eq!(records(&old).value, "abc.dkim.amazonses.com");
        assert_eq!(records(&new).value, "abc.dkim.eu-west-1.amazonses.com");
    }
}
