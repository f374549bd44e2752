//! Templates and rendering.

use super::{
    analysis::{TemplateVariable, UsedVariables},
    budget::Budget,
    engine,
    error::TemplateError,
    parser::parse_part,
    part::{MAX_SOURCE_BYTES, Part},
    sample::Uses,
    variables::{MAX_VARIABLE_BYTES, Variable, Variables},
};
use crate::{
    html::html_to_text_within,
    subject::{contains_line_break, is_valid_subject},
};

/// The source of a template, before validation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateSource {
    /// The subject line.
    pub subject: String,
    /// The HTML body.
    pub html: Option<String>,
    /// The plain-text body. Defaults to the text of the rendered HTML.
    pub text: Option<String>,
}

/// A valid template.
///
/// ```
/// use email_message::template::{Template, TemplateSource};
///
/// let template = Template::try_from(TemplateSource {
///     subject: "Your order {{ number }}".into(),
///     html: Some("<p>Thank you, {{ name }}!</p>".into()),
///     text: None,
/// })?;
/// let rendered = template.render(&serde_json::from_str(r#"{"name":"<Ada>","number":7}"#)?)?;
/// assert_eq!(rendered.subject, "Your order 7");
/// assert_eq!(rendered.html.as_deref(), Some("<p>Thank you, &lt;Ada&gt;!</p>"));
/// assert_eq!(rendered.text, "Thank you, <Ada>!");
///
/// let missing = template.render(&serde_json::from_str(r#"{"number":7}"#)?).unwrap_err();
/// assert_eq!(missing.code(), "missing_variable");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    source: TemplateSource,
    used: UsedVariables,
    /// The fuel for parsing and compiling all parts.
    parsing_fuel: u64,
}

/// A rendered template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject: one line.
    pub subject: String,
    /// The HTML body.
    pub html: Option<String>,
    /// The plain-text body. Empty if it was derived from HTML without text.
    pub text: String,
}

impl TryFrom<TemplateSource> for Template {
    type Error = TemplateError;

    fn try_from(source: TemplateSource) -> Result<Self, TemplateError> {
        // As in an email, an empty body counts as missing.
        let non_empty = |body: Option<String>| body.filter(|body| !body.is_empty());
        let TemplateSource { subject, html, text } = source;
        let source = TemplateSource { subject, html: non_empty(html), text: non_empty(text) };
        if !is_valid_subject(&source.subject) {
            return Err(TemplateError::Subject);
        }
        if source.html.is_none() && source.text.is_none() {
            return Err(TemplateError::NoContent);
        }
        let (mut used, mut parsing_fuel) = (UsedVariables::default(), 0);
        for (part, text) in source.parts() {
            if text.len() > MAX_SOURCE_BYTES {
                return Err(TemplateError::TooLong { part });
            }
            parsing_fuel += parse_part(part, text, |tree| used.add_part(part, text, tree))?.1;
        }
        Ok(Self { source, used, parsing_fuel })
    }
}

impl TemplateSource {
    fn parts(&self) -> impl Iterator<Item = (Part, &str)> {
        [
            (Part::Subject, Some(self.subject.as_str())),
            (Part::Html, self.html.as_deref()),
            (Part::Text, self.text.as_deref()),
        ]
        .into_iter()
        .filter_map(|(part, text)| Some((part, text?)))
    }
}

impl Template {
    /// Returns the source of the subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.source.subject
    }

    /// Returns the source of the HTML body.
    #[must_use]
    pub fn html(&self) -> Option<&str> {
        self.source.html.as_deref()
    }

    /// Returns the source of the plain-text body.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.source.text.as_deref()
    }

    /// Returns the variables that the template uses, in order of first use.
    #[must_use]
    pub fn variables(&self) -> &[TemplateVariable] {
        self.used.as_slice()
    }

    /// Returns sample values for the variables, built from how the template uses them.
    #[must_use]
    pub fn sample(&self) -> Variables {
        let mut uses = Uses::default();
        for (part, text) in self.source.parts() {
            // The parts have been parsed before, so this doesn't fail.
            let _ = parse_part(part, text, |tree| {
                uses.add_part(tree);
                Ok(())
            });
        }
        uses.sample(&self.used)
    }

    /// Renders the template.
    ///
    /// # Errors
    /// [`TemplateError`] if a variable is missing, unknown or has the wrong type, or if a limit is exceeded.
    pub fn render(&self, variables: &Variables) -> Result<Rendered, TemplateError> {
        self.render_within(&mut Budget::for_email(), variables)
    }

    /// Renders the template with the rest of a shared budget, and subtracts what it uses.
    ///
    /// # Errors
    /// Like [`Self::render`], or [`TemplateError::BatchBudgetExceeded`] if the budget is used up.
    pub fn render_within(
        &self,
        budget: &mut Budget,
        variables: &Variables,
    ) -> Result<Rendered, TemplateError> {
        self.check_variables(variables)?;
        let (is_short, limit) = (budget.is_short(), budget.email());
        let mut left = limit.clone();
        let rendered = self.render_parts(&mut left, variables);
        budget.spend_difference(&limit, &left);
        rendered.map_err(|error| match error {
            TemplateError::TooCostly { .. } | TemplateError::TooLarge { .. } if is_short => {
                TemplateError::BatchBudgetExceeded
            }
            error => error,
        })
    }

    /// Renders the parts of one email.
    fn render_parts(&self, budget: &mut Budget, variables: &Variables) -> Result<Rendered, TemplateError> {
        budget.spend(self.parsing_fuel, 0);
        let subject = engine::render(Part::Subject, &self.source.subject, variables, budget)?;
        if !is_valid_subject(&subject) {
            return Err(self.subject_error(&subject, variables));
        }
        let mut render = |part, source: &Option<String>| {
            source.as_deref().map(|source| engine::render(part, source, variables, budget)).transpose()
        };
        let html = render(Part::Html, &self.source.html)?;
        let text = render(Part::Text, &self.source.text)?;
        let is_blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
        if is_blank(&html) && is_blank(&text) {
            return Err(TemplateError::Empty { part: if html.is_some() { Part::Html } else { Part::Text } });
        }
        let text = match (text, &html) {
            (Some(text), _) => text,
            (None, Some(html)) => plain_text(html, budget)?,
            (None, None) => String::new(),
        };
        Ok(Rendered { subject, html, text })
    }

    /// Returns the fuel for parsing and compiling all parts.
    pub(super) const fn parsing_fuel(&self) -> u64 {
        self.parsing_fuel
    }

    /// Checks that all required variables are present, that no other variables are, and their total length.
    fn check_variables(&self, variables: &Variables) -> Result<(), TemplateError> {
        let given = &variables.0;
        let missing = self.variables().iter().find(|used| used.required && given.get(&used.name).is_none());
        if let Some(missing) = missing {
            return Err(TemplateError::MissingVariable { path: missing.name.clone() });
        }
        if let Some(unknown) = given.names().find(|name| !self.used.contains(name)) {
            let used = self.variables().iter().map(|variable| variable.name.clone()).collect();
            return Err(TemplateError::UnknownVariable { name: unknown.to_owned(), used });
        }
        if given.text_bytes() > MAX_VARIABLE_BYTES {
            return Err(TemplateError::VariablesTooLong);
        }
        Ok(())
    }

    /// Returns why a rendered subject is invalid. Names the variable with a line break, if there is one.
    fn subject_error(&self, subject: &str, variables: &Variables) -> TemplateError {
        let mut used = UsedVariables::default();
        let subject_source = &*self.source.subject;
        let parsed = parse_part(Part::Subject, subject_source, |tree| {
            used.add_part(Part::Subject, subject_source, tree)
        });
        if parsed.is_err() || !contains_line_break(subject) {
            return TemplateError::Subject;
        }
        let path = used.as_slice().iter().find_map(|used| {
            let (name, value): &(_, Variable) = variables.0.get(&used.name)?;
            Some(format!("{name}{}", value.find_line_break()?))
        });
        path.map_or(TemplateError::Subject, |path| TemplateError::LineBreak { path })
    }
}

/// Converts rendered HTML to plain text within the budget.
fn plain_text(html: &str, budget: &mut Budget) -> Result<String, TemplateError> {
    let (text, fuel) = html_to_text_within(html, budget.fuel());
    budget.spend(fuel, 0);
    text.ok_or(TemplateError::TooCostly { part: Part::Html })
}
