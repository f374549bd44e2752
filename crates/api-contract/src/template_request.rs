//! Validation and rendering of templates in requests.

use email_message::template::{Budget, ErrorLocation, Rendered, Template, TemplateError, Variables};

use super::{
    FieldError, TemplateDraft, TemplatePreview, TemplatePreviewDraft, TemplateUpdate, TemplateUse, name,
};

/// A validated template and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTemplate {
    /// The name: 1 to 100 characters.
    pub name: String,
    /// The template.
    pub template: Template,
}

impl TemplateDraft {
    /// Validates the request.
    ///
    /// # Errors
    /// Fails with the first field that is missing or invalid.
    pub fn parse(self) -> Result<NamedTemplate, FieldError> {
        let name = name::parse(&self.name)?;
        Ok(NamedTemplate { name, template: template(self.subject, self.html, self.text)? })
    }
}

impl TemplateUpdate {
    /// Validates the request.
    ///
    /// # Errors
    /// Fails with the first field that is missing or invalid.
    pub fn parse(self) -> Result<NamedTemplate, FieldError> {
        let name = name::parse(&self.name)?;
        Ok(NamedTemplate { name, template: template(self.subject, self.html, self.text)? })
    }
}

impl TemplatePreviewDraft {
    /// Renders the template.
    ///
    /// # Errors
    /// Fails with the first field or variable that is missing or invalid.
    pub fn render(self) -> Result<TemplatePreview, FieldError> {
        TemplatePreview::render(&template(self.subject, self.html, self.text)?, &self.variables)
    }
}

fn template(subject: String, html: Option<String>, text: Option<String>) -> Result<Template, FieldError> {
    if subject.is_empty() {
        return Err(FieldError::missing("subject"));
    }
    let draft = email_message::template::TemplateSource { subject, html, text };
    Template::try_from(draft).map_err(|error| field(&error, "variables", None))
}

impl TemplatePreview {
    /// Renders a template.
    ///
    /// # Errors
    /// Fails with the variable that is invalid, or with the part of the template that can't be rendered.
    pub fn render(template: &Template, variables: &Variables) -> Result<Self, FieldError> {
        let rendered = template.render(variables).map_err(|error| field(&error, "variables", None))?;
        let Rendered { subject, html, text } = rendered;
        Ok(Self { subject, html, text, variables: template.variables().to_vec() })
    }
}

impl TemplateUse {
    /// Renders the template of an email.
    ///
    /// # Errors
    /// Fails with a variable that is invalid, or with `template` if it can't be rendered.
    pub fn render(&self, template: &Template, budget: &mut Budget) -> Result<Rendered, FieldError> {
        template
            .render_within(budget, &self.variables)
            .map_err(|error| field(&error, "template.variables", Some("template")))
    }

    /// Creates the error for an email of a batch that has used up its budget.
    #[must_use]
    pub fn batch_budget_exceeded() -> FieldError {
        field(&TemplateError::BatchBudgetExceeded, "template.variables", Some("template"))
    }

    /// Creates the error for a template that the organisation doesn't have.
    #[must_use]
    pub fn unknown() -> FieldError {
        FieldError {
            help: "Choose one of the organisation's templates.",
            ..FieldError::new("template.id", "unknown_template", "the template does not exist")
        }
    }

    /// Creates the error for a version that the template doesn't have.
    #[must_use]
    pub fn unknown_version() -> FieldError {
        FieldError {
            help: "Omit the version to use the newest one. Only the newest 50 versions are stored.",
            ..FieldError::new(
                "template.version",
                "unknown_version",
                "the template does not have this version",
            )
        }
    }
}

/// Converts an error of a template. `variables` is the path of the variables in the request. `template` is the path of the template, or
/// `None` if each part of the template is a field of its own.
fn field(error: &TemplateError, variables: &str, template: Option<&str>) -> FieldError {
    let field = match error.location() {
        ErrorLocation::Part(part) => template.unwrap_or(part.name()).to_owned(),
        ErrorLocation::Variable(path) => format!("{variables}.{path}"),
        ErrorLocation::Variables => variables.to_owned(),
    };
    FieldError { field, code: error.code(), message: error.to_string(), help: error.help() }
}

/// Parses the query string of a template: `?version=3`.
///
/// # Errors
/// Fails with a [`FieldError`] for `version` or an unknown parameter.
pub fn version_query(query: &str) -> Result<Option<u32>, FieldError> {
    let mut version = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != "version" {
            return Err(FieldError::unknown_parameter(&name));
        }
        let invalid = || FieldError::new("version", "invalid_version", "\"version\" must be a number from 1");
        version = Some(value.parse().ok().filter(|version| *version > 0).ok_or_else(invalid)?);
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::{Value, json};

    use super::*;
    use crate::{ApiError, SendEmail, parse_json};

    fn problem(error: impl Into<ApiError>) -> String {
        serde_json::to_string_pretty(&error.into().problem("req_1")).unwrap()
    }

    fn preview(body: &Value) -> Result<TemplatePreview, ApiError> {
        Ok(parse_json::<TemplatePreviewDraft>(body.to_string().as_bytes())?.render()?)
    }

    fn created(body: &Value) -> Result<NamedTemplate, ApiError> {
        Ok(parse_json::<TemplateDraft>(body.to_string().as_bytes())?.parse()?)
    }

    /// Renders an email with this template.
    fn sent(template: &Value, variables: &Value) -> Result<Rendered, ApiError> {
        let NamedTemplate { template, .. } = created(template)?;
        let mut body = json!({ "from": "a@example.com", "to": "b@example.com" });
        body["template"] = json!({ "id": "tpl_1", "variables": variables });
        let request: SendEmail = parse_json(body.to_string().as_bytes())?;
        Ok(request.template()?.unwrap().render(&template, &mut Budget::for_email())?)
    }

    #[test]
    fn every_kind_of_template_error_has_a_problem_document() {
        let list: Vec<u32> = (0..2_000).collect();
        let problems = [
            preview(&json!({ "subject": "s", "html": "<p>\n{{ name }</p>" })).unwrap_err(),
            preview(&json!({ "subject": "s", "html": "{% include 'a' %}" })).unwrap_err(),
            preview(&json!({ "subject": "s", "text": "{{ a | safe }}" })).unwrap_err(),
            preview(&json!({ "subject": "{{ a }}", "text": "t" })).unwrap_err(),
            preview(&json!({ "subject": "s", "text": "{{ a.b }}", "variables": { "a": {} } })).unwrap_err(),
            preview(&json!({ "subject": "s", "text": "{{ a }}", "variables": { "a": 1, "A": 2 } }))
                .unwrap_err(),
            preview(&json!({ "subject": "{{ a }}", "text": "t", "variables": { "a": "x\r\nBcc: y" } }))
                .unwrap_err(),
            preview(&json!({ "subject": "s", "text": "\n\n{{ a | abs }}", "variables": { "a": "b" } }))
                .unwrap_err(),
            preview(&json!({ "subject": "s", "text": "{{ a }}", "variables": { "a": "x".repeat(300_000) } }))
                .unwrap_err(),
            preview(&json!({
                "subject": "s",
                "html": "{% for b in a %}{% for c in a %}{{ b * c }}{% endfor %}{% endfor %}",
                "variables": { "a": list },
            }))
            .unwrap_err(),
            sent(&json!({ "name": "n", "subject": "{{ a }}", "text": "t" }), &json!({})).unwrap_err(),
            sent(&json!({ "name": "n", "subject": "s", "text": "{{ a / 0 }}" }), &json!({ "a": 1 }))
                .unwrap_err(),
            TemplateUse::unknown().into(),
            TemplateUse::unknown_version().into(),
        ];
        assert_snapshot!(problems.map(problem).join("\n"));
    }

    #[test]
    fn an_error_names_the_field_that_is_missing_or_invalid() {
        let long = "x".repeat(256 * 1024 + 1);
        for (body, code, field) in [
            (json!({ "subject": "s", "text": "t" }), "missing_field", "name"),
            (json!({ "name": " ", "subject": "s", "text": "t" }), "missing_field", "name"),
            (json!({ "name": "a\nb", "subject": "s", "text": "t" }), "invalid_name", "name"),
            (json!({ "name": "n", "text": "t" }), "missing_field", "subject"),
            (json!({ "name": "n", "subject": "", "text": "t" }), "missing_field", "subject"),
            (json!({ "name": "n", "subject": " ", "text": "t" }), "invalid_subject", "subject"),
            (json!({ "name": "n", "subject": "a\nb", "text": "t" }), "invalid_subject", "subject"),
            (json!({ "name": "n", "subject": "{{", "text": "t" }), "template_syntax", "subject"),
            (json!({ "name": "n", "subject": "s" }), "missing_content", "text"),
            (json!({ "name": "n", "subject": "s", "html": "" }), "missing_content", "text"),
            (json!({ "name": "n", "subject": "s", "html": long }), "template_too_long", "html"),
            (json!({ "name": "n", "subject": "s", "text": "t", "version": 1 }), "unknown_field", "version"),
        ] {
            let error = created(&body).unwrap_err();
            assert_eq!((error.code(), error.field()), (code, Some(field)));
        }
    }

    #[test]
    fn variables_are_an_object_without_repeated_names() {
        for (variables, code, field) in [
            ("[]", "invalid_type", "variables"),
            ("null", "invalid_type", "variables"),
            (r#"{"a":1,"a":2}"#, "duplicate_field", "variables.a"),
            (r#"{"s":1,"s":2}"#, "duplicate_field", "variables.s"),
            (r#"{"b":{"c":[{"a":1,"a":2}]}}"#, "duplicate_field", "variables.b.c[0].a"),
        ] {
            let body = format!(r#"{{"subject":"s","text":"t","variables":{variables}}}"#);
            let error = parse_json::<TemplatePreviewDraft>(body.as_bytes()).unwrap_err();
            assert_eq!((error.code(), error.field()), (code, Some(field)), "{variables}");
        }
    }

    #[test]
    fn a_version_is_a_positive_number() {
        assert_eq!(version_query(""), Ok(None));
        assert_eq!(version_query("version=7"), Ok(Some(7)));
        for wrong in ["version=0", "version=-1", "version=x", "version=", "version=99999999999"] {
            assert_eq!(version_query(wrong).unwrap_err().code, "invalid_version", "{wrong}");
        }
        assert_eq!(version_query("limit=1").unwrap_err().field, "limit");
    }
}
