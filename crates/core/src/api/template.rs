//! `/v1/templates` and below.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{FieldError, TemplateId};
use crate::mail::template::{Rendered, Template, TemplateProblem};

/// How many versions of a template are kept: those before can't be sent any more.
pub const KEPT_VERSIONS: u32 = 50;

/// `POST /v1/templates`, and with `version` `PUT /v1/templates/{id}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SaveTemplateRequest {
    /// Its name, 1 to 100 characters, one in the organisation.
    pub name: String,
    /// The subject's source.
    pub subject: String,
    /// The HTML part's source; it or `text` is needed.
    pub html: Option<String>,
    /// The text part's source; made of the HTML where there is none.
    pub text: Option<String>,
    /// The version that was edited; needed for a change, and only there.
    pub version: Option<u32>,
}

/// A template that can be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTemplate {
    /// Its name.
    pub name: String,
    /// The sources.
    pub source: TemplateSource,
    /// Its variables.
    pub variables: Vec<String>,
}

/// The sources of a template's parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateSource {
    /// The subject's.
    pub subject: String,
    /// The HTML part's.
    pub html: Option<String>,
    /// The text part's.
    pub text: Option<String>,
}

impl TemplateSource {
    /// The template.
    ///
    /// # Errors
    /// [`TemplateProblem`].
    pub fn parse(&self) -> Result<Template, TemplateProblem> {
        Template::parse(&self.subject, self.html.as_deref(), self.text.as_deref())
    }
}

impl SaveTemplateRequest {
    /// The template, checked; `for_change` is whether it changes one that is there.
    ///
    /// # Errors
    /// [`FieldError`] for the part that is wrong, for `name` or for `version`.
    pub fn parse(self, for_change: bool) -> Result<(NewTemplate, u32), FieldError> {
        let name = self.name.trim();
        match name.chars().count() {
            0 => return Err(FieldError::missing("name")),
            1..=100 if !name.chars().any(char::is_control) => {}
            _ => {
                let message = "a name has 1 to 100 characters and no control characters";
                return Err(FieldError::new("name", "invalid_name", message));
            }
        }
        let version = match (self.version, for_change) {
            (Some(version), true) => version,
            (None, false) => 0,
            (None, true) => return Err(FieldError::missing("version")),
            (Some(_), false) => {
                let message = "`version` isn't a field of this request";
                return Err(FieldError::new("version", "unknown_field", message));
            }
        };
        let name = name.to_owned();
        let source = TemplateSource { subject: self.subject, html: self.html, text: self.text };
        let variables = source.parse()?.variables().to_vec();
        Ok((NewTemplate { name, source, variables }, version))
    }
}

impl From<TemplateProblem> for FieldError {
    fn from(problem: TemplateProblem) -> Self {
        Self {
            field: problem.field(),
            code: problem.code(),
            message: problem.to_string(),
            help: problem.help(),
        }
    }
}

/// `POST /v1/templates/{id}/preview`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PreviewRequest {
    /// The variables' values.
    #[serde(default)]
    pub variables: Map<String, Value>,
}

/// `POST /v1/templates/preview`: of what isn't saved yet.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PreviewDraftRequest {
    /// The subject's source.
    pub subject: String,
    /// The HTML part's source.
    pub html: Option<String>,
    /// The text part's source.
    pub text: Option<String>,
    /// The variables' values.
    #[serde(default)]
    pub variables: Map<String, Value>,
}

impl PreviewDraftRequest {
    /// What comes out.
    ///
    /// # Errors
    /// [`FieldError`] for the part or variable that is wrong.
    pub fn render(self) -> Result<PreviewView, FieldError> {
        let source = TemplateSource { subject: self.subject, html: self.html, text: self.text };
        Ok(source.parse()?.render(&self.variables)?.into())
    }
}

/// What comes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewView {
    /// The subject.
    pub subject: String,
    /// The HTML part.
    pub html: Option<String>,
    /// The text part, made of the HTML where the template has none.
    pub text: Option<String>,
}

impl From<Rendered> for PreviewView {
    fn from(rendered: Rendered) -> Self {
        Self { subject: rendered.subject, html: rendered.html, text: rendered.text }
    }
}

/// A template in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateSummary {
    /// Its id.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
    /// Its newest version, from 1.
    pub version: u32,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When its newest version was.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// A template, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateView {
    /// What a list shows of it; `version` is the one shown here.
    #[serde(flatten)]
    pub summary: TemplateSummary,
    /// The sources.
    #[serde(flatten)]
    pub source: TemplateSource,
    /// The variables that it names, sorted; parts of one after a dot.
    pub variables: Vec<String>,
}

/// A page of `GET /v1/templates`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplatePage {
    /// The templates.
    pub data: Vec<TemplateSummary>,
    /// The `cursor` of the next page; `null` on the last.
    pub next_cursor: Option<String>,
}

/// Which version is asked for: `?version=3`; the newest unless told.
///
/// # Errors
/// [`FieldError`] for `version`, or for a parameter that isn't one.
pub fn version_in(query: &str) -> Result<Option<u32>, FieldError> {
    let mut version = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != "version" {
            return Err(FieldError::new(
                &*name,
                "unknown_field",
                format!("`{name}` isn't a parameter of this route"),
            ));
        }
        let number = value.parse().ok().filter(|number| *number > 0);
        let wrong = || FieldError::new("version", "invalid_version", "`version` is a number from 1");
        version = Some(number.ok_or_else(wrong)?);
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::parse_json;

    fn save(body: &str, for_change: bool) -> Result<(NewTemplate, u32), FieldError> {
        parse_json::<SaveTemplateRequest>(body.as_bytes()).unwrap().parse(for_change)
    }

    #[test]
    fn each_wrong_field_is_named() {
        let (template, _) =
            save(r#"{"name":" Welcome ","subject":"Hi {{ name }}","html":"<p>"}"#, false).unwrap();
        assert_eq!((&*template.name, template.variables), ("Welcome", vec!["name".to_owned()]));
        for (body, for_change, code, field) in [
            (r#"{"name":"","subject":"s","text":"t"}"#, false, "missing_field", "name"),
            (r#"{"name":"n","subject":"","text":"t"}"#, false, "missing_field", "subject"),
            (r#"{"name":"n","subject":"s"}"#, false, "missing_field", "html"),
            (r#"{"name":"n","subject":"s","html":"{{ a"}"#, false, "template_syntax", "html"),
            (r#"{"name":"n","subject":"s","text":"t","version":1}"#, false, "unknown_field", "version"),
            (r#"{"name":"n","subject":"s","text":"t"}"#, true, "missing_field", "version"),
        ] {
            let error = save(body, for_change).unwrap_err();
            assert_eq!((error.code, &*error.field), (code, field), "{body}");
        }
    }

    #[test]
    fn a_version_is_a_number_from_one() {
        assert_eq!(version_in(""), Ok(None));
        assert_eq!(version_in("version=3"), Ok(Some(3)));
        for wrong in ["version=0", "version=x", "version=", "version=-1"] {
            assert_eq!(version_in(wrong).unwrap_err().code, "invalid_version");
        }
        assert_eq!(version_in("v=1").unwrap_err().field, "v");
    }
}
