//! Groups of problem codes that several routes share.

use aws_sans_io::ValidationError as AwsValue;
use domain::{Quota, email::EmailProblem};
use email_message::{MessageProblem, ValidationError as Address};

/// Problems with a DKIM key.
pub(crate) const DKIM: &[&str] = &[
    AwsValue::DkimKeyLength.code(),
    AwsValue::DkimSelector.code(),
    AwsValue::DkimPrivateKey.code(),
    AwsValue::DkimPrivateKeyAlgorithm.code(),
    AwsValue::DkimPrivateKeyEncrypted.code(),
    AwsValue::DkimPrivateKeyLength.code(),
    "conflicting_field",
];

/// Problems with a template's source.
pub(crate) const TEMPLATE_SOURCE: &[&str] =
    &["template_syntax", "template_not_allowed", "template_too_long", "invalid_subject", "missing_content"];

/// Quotas of templates.
pub(crate) const TEMPLATE_QUOTAS: &[&str] =
    &[Quota::Templates.code(), Quota::TemplateBytes.code(), Quota::StoredBytes.code()];

/// Quotas of addresses suppressed by hand.
pub(crate) const SUPPRESSION_QUOTAS: &[&str] = &[Quota::Suppressions.code(), Quota::StoredBytes.code()];

/// Quotas of emails.
pub(crate) const EMAIL_QUOTAS: &[&str] = &[Quota::ScheduledEmails.code(), Quota::StoredBytes.code()];

/// Problems with a template's variables, or with the rendered result.
pub(crate) const TEMPLATE_VARIABLES: &[&str] = &[
    "missing_variable",
    "unknown_variable",
    "variables_too_long",
    "template_failed",
    "template_too_much_work",
    "template_rendered_too_long",
    "template_empty",
    "invalid_subject",
];

/// Problems with an email's own fields.
const OWN: [EmailProblem; 21] = [
    EmailProblem::NoRecipient,
    EmailProblem::TooManyRecipients,
    EmailProblem::SeveralAddresses,
    EmailProblem::UnsubscribeRecipients,
    EmailProblem::UnsubscribeHeader,
    EmailProblem::TooManyReplyTo,
    EmailProblem::Subject,
    EmailProblem::NoContent,
    EmailProblem::ContentTooLong,
    EmailProblem::DuplicateHeader,
    EmailProblem::TooManyHeaders,
    EmailProblem::Tag,
    EmailProblem::ReservedTag,
    EmailProblem::DuplicateTag,
    EmailProblem::TooManyTags,
    EmailProblem::Schedule,
    EmailProblem::SchedulePassed,
    EmailProblem::ScheduleTooFar,
    EmailProblem::TooLarge,
    EmailProblem::SenderNotPermitted,
    EmailProblem::RecipientNotPermitted,
];

const VALUES: [&str; 5] = [
    Address::EmailAddress.code(),
    Address::EmailAddressNotAscii.code(),
    Address::DisplayName.code(),
    Address::Domain.code(),
    AwsValue::Region.code(),
];

/// Problems with an email.
pub(crate) const EMAIL: [&str; OWN.len() + MessageProblem::ALL.len() + VALUES.len()] = {
    let mut codes = [""; OWN.len() + MessageProblem::ALL.len() + VALUES.len()];
    let mut n = 0;
    while n < OWN.len() {
        codes[n] = OWN[n].code();
        n += 1;
    }
    while n < OWN.len() + MessageProblem::ALL.len() {
        codes[n] = MessageProblem::ALL[n - OWN.len()].code();
        n += 1;
    }
    while n < codes.len() {
        codes[n] = VALUES[n - OWN.len() - MessageProblem::ALL.len()];
        n += 1;
    }
    codes
};
