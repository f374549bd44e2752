//! Templates: `/v1/templates`, and the template of an email.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use crate::schema::Timestamp;
use domain::TemplateId;
use email_message::template::{TemplateVariable, Variables};

/// Maximum number of stored versions of a template. The oldest are deleted first.
pub const MAX_VERSIONS: u32 = 50;

/// A template to create. `html` or `text` is required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TemplateDraft {
    /// The name, unique within the organisation, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub name: String,
    /// The subject, with variables.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1)))]
    pub subject: String,
    /// The HTML, with variables.
    pub html: Option<String>,
    /// The plain text, with variables. Defaults to a text that is made from the HTML.
    pub text: Option<String>,
}

/// The new content of a template, which replaces the old. `html` or `text` is required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TemplateUpdate {
    /// The name, unique within the organisation, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub name: String,
    /// The subject, with variables.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1)))]
    pub subject: String,
    /// The HTML, with variables.
    pub html: Option<String>,
    /// The plain text, with variables. Defaults to a text that is made from the HTML.
    pub text: Option<String>,
    /// The version that was edited. If it isn't the newest version any more, the update fails with
    /// `version_conflict`.
    pub version: Option<u32>,
}

/// A template to preview without storing it. `html` or `text` is required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TemplatePreviewDraft {
    /// The subject, with variables.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1)))]
    pub subject: String,
    /// The HTML, with variables.
    pub html: Option<String>,
    /// The plain text, with variables. Defaults to a text that is made from the HTML.
    pub text: Option<String>,
    /// The values of the variables.
    #[serde(default)]
    pub variables: Variables,
}

/// The version and the variables to render a template with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TemplateFilling {
    /// The version. Defaults to the newest.
    pub version: Option<u32>,
    /// The values of the variables.
    #[serde(default)]
    pub variables: Variables,
}

/// The template of an email and the values of its variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TemplateUse {
    /// The template's id.
    #[cfg_attr(feature = "openapi", schemars(with = "TemplateId"))]
    pub id: String,
    /// The version. Defaults to the newest.
    pub version: Option<u32>,
    /// The values of the variables.
    #[serde(default)]
    pub variables: Variables,
}

/// One version of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// The template's id.
    pub id: TemplateId,
    /// The name, which all versions share.
    pub name: String,
    /// The version.
    pub version: u32,
    /// The subject, with variables.
    pub subject: String,
    /// The HTML, with variables.
    pub html: Option<String>,
    /// The plain text, with variables.
    pub text: Option<String>,
    /// The variables, in the order of their first use.
    pub variables: Vec<TemplateVariable>,
    /// Sample values for the variables, built from how the template uses them.
    #[serde(default)]
    pub sample: Variables,
    /// The versions that are stored. The newest 50 are.
    pub versions: TemplateVersionRange,
    /// Creation time of the template.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
    /// Creation time of the version.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub updated_at: OffsetDateTime,
}

/// The stored versions of a template: every number from the oldest to the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateVersionRange {
    /// The oldest version.
    pub oldest: u32,
    /// The newest version.
    pub newest: u32,
}

impl TemplateVersionRange {
    /// Returns the stored versions of a template whose newest version is `newest`.
    #[must_use]
    pub const fn up_to(newest: u32) -> Self {
        let oldest = newest.saturating_sub(MAX_VERSIONS - 1);
        Self { oldest: if oldest == 0 { 1 } else { oldest }, newest }
    }
}

/// A template in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateSummary {
    /// The template's id.
    pub id: TemplateId,
    /// The name.
    pub name: String,
    /// The newest version.
    pub version: u32,
    /// The newest version's subject.
    pub subject: String,
    /// Creation time of the template.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
    /// Creation time of the newest version.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub updated_at: OffsetDateTime,
}

/// A page of templates, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplatePage {
    /// The templates.
    pub data: Vec<TemplateSummary>,
    /// The `cursor` of the next page; `null` on the last page.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<TemplateId>"))]
    pub next_cursor: Option<String>,
}

/// A rendered template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplatePreview {
    /// The subject.
    pub subject: String,
    /// The HTML; `null` if the template has none.
    pub html: Option<String>,
    /// The plain text. If the template has none, it is made from the HTML.
    pub text: String,
    /// The template's variables, in the order of their first use.
    pub variables: Vec<TemplateVariable>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_versions_are_stored() {
        for (newest, oldest) in [(1, 1), (50, 1), (51, 2), (u32::MAX, u32::MAX - 49)] {
            assert_eq!(TemplateVersionRange::up_to(newest), TemplateVersionRange { oldest, newest });
        }
    }
}
