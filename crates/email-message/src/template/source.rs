//! A template: its parts, what they use, and what becomes of them with variables.

use std::fmt;

use super::{Budget, TemplateError, TemplateVariable, Variables, engine, html_to_text};
use crate::{
    subject::{breaks_line, is_subject},
    template::{uses::Uses, variables::Variable},
};

/// The most bytes of HTML, and of text, in a template.
pub const MAX_SOURCE_BYTES: usize = 256 * 1024;

/// The most bytes of HTML, and of text, that a template renders to.
pub const MAX_RENDERED_BYTES: usize = 512 * 1024;

/// The most bytes of text in variables, names included.
pub const MAX_VARIABLE_BYTES: usize = 256 * 1024;

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The subject.
    Subject,
    /// The HTML.
    Html,
    /// The text.
    Text,
}

impl Part {
    /// The part's field in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Html => "html",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A template's texts, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateDraft {
    /// The subject.
    pub subject: String,
    /// The HTML.
    pub html: Option<String>,
    /// The text; made from the rendered HTML where there is none.
    pub text: Option<String>,
}

/// A template that can be rendered.
///
/// ```
/// use email_message::template::{Template, TemplateDraft};
///
/// let template = Template::try_from(TemplateDraft {
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
    draft: TemplateDraft,
    uses: Uses,
}

/// What a template and variables make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject: one line.
    pub subject: String,
    /// The HTML.
    pub html: Option<String>,
    /// The text. It may be empty where it was made from HTML that has none.
    pub text: String,
}

impl TryFrom<TemplateDraft> for Template {
    type Error = TemplateError;

    fn try_from(draft: TemplateDraft) -> Result<Self, TemplateError> {
        // An empty text counts as none, as in an email.
        let content = |text: Option<String>| text.filter(|text| !text.is_empty());
        let draft =
            TemplateDraft { subject: draft.subject, html: content(draft.html), text: content(draft.text) };
        if !is_subject(&draft.subject) {
            return Err(TemplateError::Subject);
        }
        if draft.html.is_none() && draft.text.is_none() {
            return Err(TemplateError::NoContent);
        }
        let mut uses = Uses::default();
        for (part, source) in draft.parts() {
            if source.len() > MAX_SOURCE_BYTES {
                return Err(TemplateError::TooLong { part });
            }
            engine::parsed(part, source, |tree| uses.add(part, tree))?;
        }
        Ok(Self { draft, uses })
    }
}

impl TemplateDraft {
    fn parts(&self) -> impl Iterator<Item = (Part, &str)> {
        [
            (Part::Subject, Some(self.subject.as_str())),
            (Part::Html, self.html.as_deref()),
            (Part::Text, self.text.as_deref()),
        ]
        .into_iter()
        .filter_map(|(part, source)| Some((part, source?)))
    }
}

impl Template {
    /// The subject, as it was written.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.draft.subject
    }

    /// The HTML, as it was written.
    #[must_use]
    pub fn html(&self) -> Option<&str> {
        self.draft.html.as_deref()
    }

    /// The text, as it was written.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.draft.text.as_deref()
    }

    /// The variables that it uses, in the order in which they stand there.
    #[must_use]
    pub fn variables(&self) -> &[TemplateVariable] {
        self.uses.variables()
    }

    /// Fills it in.
    ///
    /// # Errors
    /// [`TemplateError`] where a variable is missing, unknown or of no use, or where the result would be too long or too costly.
    pub fn render(&self, variables: &Variables) -> Result<Rendered, TemplateError> {
        self.render_within(&mut Budget::of_one(), variables)
    }

    /// Fills it in with what others have left.
    ///
    /// # Errors
    /// As [`Self::render`], and [`TemplateError::BatchSpent`].
    pub fn render_within(
        &self,
        budget: &mut Budget,
        variables: &Variables,
    ) -> Result<Rendered, TemplateError> {
        self.check(variables)?;
        let mut render = |part, source: &Option<String>| {
            source.as_deref().map(|source| engine::render(part, source, variables, budget)).transpose()
        };
        let subject = render(Part::Subject, &Some(self.draft.subject.clone()))?.unwrap_or_default();
        if !is_subject(&subject) {
            return Err(self.why_no_line(&subject, variables));
        }
        let html = render(Part::Html, &self.draft.html)?;
        let text = render(Part::Text, &self.draft.text)?;
        let is_blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
        if is_blank(&html) && is_blank(&text) {
            return Err(TemplateError::Empty { part: if html.is_some() { Part::Html } else { Part::Text } });
        }
        let text = text.unwrap_or_else(|| html.as_deref().map(html_to_text).unwrap_or_default());
        Ok(Rendered { subject, html, text })
    }

    /// Whether just those variables are given that the template uses.
    fn check(&self, variables: &Variables) -> Result<(), TemplateError> {
        let given = &variables.0;
        let missing = self.variables().iter().find(|used| used.required && given.get(&used.name).is_none());
        if let Some(missing) = missing {
            return Err(TemplateError::MissingVariable { place: missing.name.clone() });
        }
        if let Some(unknown) = given.names().find(|name| self.uses.get(name).is_none()) {
            let used = self.variables().iter().map(|variable| variable.name.clone()).collect();
            return Err(TemplateError::UnknownVariable { name: unknown.to_owned(), used });
        }
        if given.text_bytes() > MAX_VARIABLE_BYTES {
            return Err(TemplateError::VariablesTooLong);
        }
        Ok(())
    }

    /// Names the variable that breaks the subject's line, where one does.
    fn why_no_line(&self, subject: &str, variables: &Variables) -> TemplateError {
        let mut uses = Uses::default();
        let parsed = engine::parsed(Part::Subject, &self.draft.subject, |tree| uses.add(Part::Subject, tree));
        if parsed.is_err() || !subject.chars().any(breaks_line) {
            return TemplateError::Subject;
        }
        let found = uses.variables().iter().find_map(|used| {
            let (name, value): &(_, Variable) = variables.0.get(&used.name)?;
            value.line_break(name)
        });
        found.map_or(TemplateError::Subject, |place| TemplateError::LineBreak { place })
    }
}
