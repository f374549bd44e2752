//! `/v1/templates` and below, and what an email says of its template.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

#[cfg(feature = "openapi")]
use crate::openapi::Timestamp;
use domain::TemplateId;
use email_message::template::{TemplateVariable, Variables};

/// The most versions that are kept of a template: the newest.
pub const MAX_VERSIONS: u32 = 50;

/// `POST /v1/templates`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CreateTemplateRequest {
    /// The name, one of its own in the organisation.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub name: String,
    /// The subject.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1)))]
    pub subject: String,
    /// The HTML; it or `text` is needed.
    pub html: Option<String>,
    /// The text; made from the HTML where there is none.
    pub text: Option<String>,
}

/// `PUT /v1/templates/{id}`: the whole template anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateTemplateRequest {
    /// The name.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub name: String,
    /// The subject.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1)))]
    pub subject: String,
    /// The HTML; it or `text` is needed.
    pub html: Option<String>,
    /// The text; made from the HTML where there is none.
    pub text: Option<String>,
    /// The version that was edited; where it isn't the newest any more, nothing is changed.
    pub version: Option<u32>,
}

/// `POST /v1/templates/preview`: a template that isn't stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PreviewDraftRequest {
    /// The subject.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1)))]
    pub subject: String,
    /// The HTML; it or `text` is needed.
    pub html: Option<String>,
    /// The text; made from the HTML where there is none.
    pub text: Option<String>,
    /// What it is filled with.
    #[serde(default)]
    pub variables: Variables,
}

/// `POST /v1/templates/{id}/preview`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PreviewTemplateRequest {
    /// The version; the newest unless told.
    pub version: Option<u32>,
    /// What it is filled with.
    #[serde(default)]
    pub variables: Variables,
}

/// The template of an email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TemplateUse {
    /// The template's id.
    #[cfg_attr(feature = "openapi", schemars(with = "TemplateId"))]
    pub id: String,
    /// The version; the newest unless told.
    pub version: Option<u32>,
    /// What it is filled with.
    #[serde(default)]
    pub variables: Variables,
}

/// A template in one of its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplateView {
    /// Its id.
    pub id: TemplateId,
    /// Its name, whatever the version.
    pub name: String,
    /// The version that is shown.
    pub version: u32,
    /// The subject.
    pub subject: String,
    /// The HTML.
    pub html: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// The variables that it uses, in the order in which they stand there.
    pub variables: Vec<TemplateVariable>,
    /// The versions that there are: each from the oldest to the newest.
    pub versions: VersionRange,
    /// When the template was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
    /// When the version was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub updated_at: OffsetDateTime,
}

/// The versions of a template that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VersionRange {
    /// The first.
    pub oldest: u32,
    /// The last.
    pub newest: u32,
}

impl VersionRange {
    /// The versions that are kept of a template whose newest is this.
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
    /// Its id.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
    /// Its newest version.
    pub version: u32,
    /// That version's subject.
    pub subject: String,
    /// When the template was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
    /// When the version was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub updated_at: OffsetDateTime,
}

/// A page of `GET /v1/templates`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TemplatePage {
    /// The templates.
    pub data: Vec<TemplateSummary>,
    /// The `cursor` of the next page; `null` on the last.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<TemplateId>"))]
    pub next_cursor: Option<String>,
}

/// What a template makes of variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PreviewView {
    /// The subject.
    pub subject: String,
    /// The HTML.
    pub html: Option<String>,
    /// The text; what was made from the HTML where the template has none.
    pub text: String,
    /// The variables that the template uses, in the order in which they stand there.
    pub variables: Vec<TemplateVariable>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_versions_are_kept() {
        for (newest, oldest) in [(1, 1), (50, 1), (51, 2), (u32::MAX, u32::MAX - 49)] {
            assert_eq!(VersionRange::up_to(newest), VersionRange { oldest, newest });
        }
    }
}
