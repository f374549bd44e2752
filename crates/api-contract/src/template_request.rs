//! From what is asked of templates to what is done: which field is wrong, and what is made of the right ones.

use email_message::template::{Budget, ErrorLocation, Rendered, Template, TemplateError, Variables};

use super::{
    FieldError, TemplateDraft, TemplatePreview, TemplatePreviewDraft, TemplateUpdate, TemplateUse, name,
};

/// A template with its name, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTemplate {
    /// The name: 1 to 100 characters.
    pub name: String,
    /// The template.
    pub template: Template,
}

impl TemplateDraft {
    /// The template, checked.
    ///
    /// # Errors
    /// [`FieldError`] with the field that is wrong.
    pub fn parse(self) -> Result<NamedTemplate, FieldError> {
        let name = name::parse(&self.name)?;
        Ok(NamedTemplate { name, template: template(self.subject, self.html, self.text)? })
    }
}

impl TemplateUpdate {
    /// The template, checked.
    ///
    /// # Errors
    /// [`FieldError`] with the field that is wrong.
    pub fn parse(self) -> Result<NamedTemplate, FieldError> {
        let name = name::parse(&self.name)?;
        Ok(NamedTemplate { name, template: template(self.subject, self.html, self.text)? })
    }
}

impl TemplatePreviewDraft {
    /// What is shown.
    ///
    /// # Errors
    /// [`FieldError`] with the field that is wrong.
    pub fn show(self) -> Result<TemplatePreview, FieldError> {
        TemplatePreview::of(&template(self.subject, self.html, self.text)?, &self.variables)
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
    /// What a template makes of variables.
    ///
    /// # Errors
    /// [`FieldError`] for a variable, or for the part of the template that can't be filled in with them.
    pub fn of(template: &Template, variables: &Variables) -> Result<Self, FieldError> {
        let rendered = template.render(variables).map_err(|error| field(&error, "variables", None))?;
        let Rendered { subject, html, text } = rendered;
        Ok(Self { subject, html, text, variables: template.variables().to_vec() })
    }
}

impl TemplateUse {
    /// What its template makes of its variables.
    ///
    /// # Errors
    /// [`FieldError`] for a variable, or for `template` where it can't be filled in with them.
    pub fn render(&self, template: &Template, budget: &mut Budget) -> Result<Rendered, FieldError> {
        template
            .render_within(budget, &self.variables)
            .map_err(|error| field(&error, "template.variables", Some("template")))
    }

    /// What is answered where the organisation has no such template.
    #[must_use]
    pub fn unknown() -> FieldError {
        FieldError {
            help: "GET /v1/templates lists those that there are.",
            ..FieldError::new("template.id", "unknown_template", "there is no such template")
        }
    }

    /// What is answered where the template has no such version.
    #[must_use]
    pub fn unknown_version() -> FieldError {
        FieldError {
            help: "Leave it out for the newest; the newest 50 are kept.",
            ..FieldError::new("template.version", "unknown_version", "the template has no such version")
        }
    }
}

/// An error of a template as a field of a request, which has the variables in the field `variables`, and each part of the template in a field
/// of its name or all of them in `whole`.
fn field(error: &TemplateError, variables: &str, whole: Option<&str>) -> FieldError {
    let field = match error.location() {
        ErrorLocation::Part(part) => whole.unwrap_or(part.name()).to_owned(),
        ErrorLocation::Variable(path) => format!("{variables}.{path}"),
        ErrorLocation::Variables => variables.to_owned(),
    };
    FieldError { field, code: error.code(), message: error.to_string(), help: error.help() }
}

/// Which version of a template is asked for: `?version=3`.
///
/// # Errors
/// [`FieldError`] for `version`, or for a parameter that isn't one.
pub fn version_query(query: &str) -> Result<Option<u32>, FieldError> {
    let mut version = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != "version" {
            return Err(FieldError::new(
                &*name,
                "unknown_field",
                format!("`{name}` isn't a parameter of this route"),
            ));
        }
        let number = value.parse().ok().filter(|version| *version > 0);
        let number = number
            .ok_or_else(|| FieldError::new("version", "invalid_version", "`version` is a number from 1"))?;
        version = Some(number);
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
        Ok(parse_json::<TemplatePreviewDraft>(body.to_string().as_bytes())?.show()?)
    }

    fn created(body: &Value) -> Result<NamedTemplate, ApiError> {
        Ok(parse_json::<TemplateDraft>(body.to_string().as_bytes())?.parse()?)
    }

    /// What an email by this template comes to.
    fn sent(template: &Value, variables: &Value) -> Result<Rendered, ApiError> {
        let NamedTemplate { template, .. } = created(template)?;
        let mut body = json!({ "from": "a@example.com", "to": "b@example.com" });
        body["template"] = json!({ "id": "tpl_1", "variables": variables });
        let request: SendEmail = parse_json(body.to_string().as_bytes())?;
        Ok(request.template()?.unwrap().render(&template, &mut Budget::for_email())?)
    }

    #[test]
    fn a_problem_says_what_is_wrong_and_where_for_each_way_to_be_wrong() {
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
    fn each_wrong_field_is_named() {
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
    fn variables_are_an_object_whose_names_are_all_different() {
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
    fn a_version_is_a_number_from_one() {
        assert_eq!(version_query(""), Ok(None));
        assert_eq!(version_query("version=7"), Ok(Some(7)));
        for wrong in ["version=0", "version=-1", "version=x", "version=", "version=99999999999"] {
            assert_eq!(version_query(wrong).unwrap_err().code, "invalid_version", "{wrong}");
        }
        assert_eq!(version_query("limit=1").unwrap_err().field, "limit");
    }
}
