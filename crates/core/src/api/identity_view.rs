//! From what SES says of an identity to what the API shows of it.

use time::OffsetDateTime;

use super::{DnsRecord, IdentityId, IdentityType, IdentityView};
use crate::{
    aws::Region,
    mail::SenderIdentity,
    ses::{EmailIdentity, VerificationStatus},
};

impl IdentityView {
    /// The identity `name` that was made at `created_at`, as `seen` by SES.
    #[must_use]
    pub fn new(
        id: IdentityId,
        name: &SenderIdentity,
        region: Region,
        created_at: OffsetDateTime,
        seen: &EmailIdentity,
    ) -> Self {
        let kind = IdentityType::from(name);
        let dkim = &seen.dkim_attributes;
        let dns_records = match kind {
            IdentityType::Domain => dkim.cname_records(name.as_str()),
            IdentityType::EmailAddress => Vec::new(),
        };
        Self {
            id,
            identity: name.as_str().to_owned(),
            kind,
            region,
            verified: seen.verified_for_sending_status,
            verification_status: word(seen.verification_status, seen.verified_for_sending_status).to_owned(),
            dkim_status: (kind == IdentityType::Domain).then(|| word(dkim.status, false).to_owned()),
            dns_records: dns_records
                .into_iter()
                .map(|record| DnsRecord { kind: "CNAME".into(), name: record.name, value: record.value })
                .collect(),
            created_at,
        }
    }
}

/// SES's word in small letters. Where SES gave none, whether the identity may send says enough.
const fn word(status: VerificationStatus, verified: bool) -> &'static str {
    match status {
        VerificationStatus::Success => "success",
        VerificationStatus::Failed => "failed",
        VerificationStatus::TemporaryFailure => "temporary_failure",
        VerificationStatus::NotStarted => "not_started",
        VerificationStatus::Unknown if verified => "success",
        VerificationStatus::Pending | VerificationStatus::Unknown => "pending",
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::{aws::Operation, ses::GetEmailIdentity};

    fn view(name: &str, answer: &str) -> IdentityView {
        let name: SenderIdentity = name.parse().unwrap();
        let seen = GetEmailIdentity { email_identity: name.clone() }.output(answer.as_bytes()).unwrap();
        let now = datetime!(2026-11-24 12:00 UTC);
        IdentityView::new(IdentityId::new(now, 1), &name, "eu-west-1".parse().unwrap(), now, &seen)
    }

    #[test]
    fn a_domain_shows_the_records_to_publish() {
        let view = view(
            "example.com",
            r#"{"IdentityType":"DOMAIN","VerifiedForSendingStatus":false,"VerificationStatus":"PENDING",
                "DkimAttributes":{"SigningEnabled":true,"Status":"NOT_STARTED","Tokens":["a1","b2","c3"]}}"#,
        );
        assert_eq!((view.verified, &*view.verification_status), (false, "pending"));
        assert_eq!(view.dkim_status.as_deref(), Some("not_started"));
        assert_eq!(view.dns_records.len(), 3);
        assert_eq!(view.dns_records[0].name, "a1._domainkey.example.com");
    }

    #[test]
    fn an_address_has_no_records_and_no_dkim_of_its_own() {
        let view =
            view("a@example.com", r#"{"IdentityType":"EMAIL_ADDRESS","VerifiedForSendingStatus":true}"#);
        assert_eq!((view.verified, &*view.verification_status), (true, "success"));
        assert_eq!((view.dkim_status, view.dns_records), (None, vec![]));
    }
}
