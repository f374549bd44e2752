//! Templates: a subject, HTML and text with places for variables, in the words of Jinja.
//!
//! The engine is minijinja. A template comes from a customer and its variables from anywhere, so a template may
//! do less than the engine can: [`grammar`] names what. What is left can't loop for ever, can't grow in memory, and writes no more than
//! [`MAX_RENDERED_BYTES`] a part.

mod grammar;
mod limited;
mod problem;
mod variables;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
use serde_json::{Map, Value as Json};

use limited::Limited;
pub use problem::{TemplatePart, TemplateProblem};

/// The most bytes of a part's source.
pub const MAX_SOURCE_BYTES: usize = 256 * 1024;

/// The most bytes of a part once the variables are in.
pub const MAX_RENDERED_BYTES: usize = 1024 * 1024;

/// The most bytes of all variables together, as JSON.
pub const MAX_VARIABLES_BYTES: usize = 64 * 1024;

/// The most steps of the engine for a part. A row of a table takes about ten.
const FUEL: u64 = 50_000;

/// A template whose parts are right by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    subject: String,
    html: Option<String>,
    text: Option<String>,
    variables: Vec<String>,
}

/// What a template makes of its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, one line.
    pub subject: String,
    /// The HTML part.
    pub html: Option<String>,
    /// The text part; made of the HTML where the template has none.
    pub text: Option<String>,
}

impl Template {
    /// Reads the parts.
    ///
    /// ```
    /// use kraiter_core::mail::template::Template;
    ///
    /// let template = Template::parse("Hello {{ name }}", Some("<p>{% for item in items %}{{ item }}{% endfor %}</p>"), None)?;
    /// assert_eq!(template.variables(), ["items", "name"]);
    /// let variables = serde_json::json!({ "name": "Zoë", "items": ["<a>", "b"] });
    /// let rendered = template.render(variables.as_object().unwrap())?;
    /// assert_eq!(rendered.html.as_deref(), Some("<p>&lt;a&gt;b</p>"));
    /// # Ok::<(), kraiter_core::mail::template::TemplateProblem>(())
    /// ```
    ///
    /// # Errors
    /// [`TemplateProblem`] with the part and the line.
    pub fn parse(subject: &str, html: Option<&str>, text: Option<&str>) -> Result<Self, TemplateProblem> {
        let (html, text) = (html.filter(|html| !html.is_empty()), text.filter(|text| !text.is_empty()));
        if subject.trim().is_empty() {
            return Err(TemplateProblem::Missing { part: TemplatePart::Subject });
        }
        if html.is_none() && text.is_none() {
            return Err(TemplateProblem::Missing { part: TemplatePart::Html });
        }
        let mut variables = Vec::new();
        for (part, source) in parts(subject, html, text) {
            variables.extend(grammar::check(part, source)?);
        }
        variables.sort();
        variables.dedup();
        let owned = |text: &str| text.to_owned();
        Ok(Self { subject: owned(subject), html: html.map(owned), text: text.map(owned), variables })
    }

    /// The variables that the template names, sorted; parts of one after a dot.
    #[must_use]
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// Puts the variables in. Each that the template names must be there, and no other may.
    ///
    /// # Errors
    /// [`TemplateProblem`] with the variable or the part.
    pub fn render(&self, variables: &Map<String, Json>) -> Result<Rendered, TemplateProblem> {
        variables::check(&self.variables, variables)?;
        let values = variables::to_engine(variables);
        let render = |part, source: &str| render_part(part, source, &values);
        let html = self.html.as_deref().map(|source| render(TemplatePart::Html, source)).transpose()?;
        let text = match &self.text {
            Some(source) => Some(render(TemplatePart::Text, source)?),
            None => html.as_deref().map(plain_text),
        };
        Ok(Rendered { subject: one_line(&render(TemplatePart::Subject, &self.subject)?), html, text })
    }
}

fn parts<'a>(
    subject: &'a str,
    html: Option<&'a str>,
    text: Option<&'a str>,
) -> impl Iterator<Item = (TemplatePart, &'a str)> {
    let html = html.map(|html| (TemplatePart::Html, html));
    let text = text.map(|text| (TemplatePart::Text, text));
    std::iter::once((TemplatePart::Subject, subject)).chain(html).chain(text)
}

fn render_part(part: TemplatePart, source: &str, values: &Value) -> Result<String, TemplateProblem> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(move |_| {
        if part == TemplatePart::Html { AutoEscape::Html } else { AutoEscape::None }
    });
    engine.set_fuel(Some(FUEL));
    grammar::add_filters(&mut engine);
    let template = engine.template_from_str(source).map_err(|error| problem::syntax(part, &error))?;
    let mut output = Limited::new(MAX_RENDERED_BYTES);
    template.render_captured_to(values, &mut output).map_err(|error| match error.kind() {
        ErrorKind::OutOfFuel => TemplateProblem::TooMuchWork { part },
        ErrorKind::WriteFailure => TemplateProblem::RenderedTooLong { part },
        ErrorKind::UndefinedError => TemplateProblem::Undefined { part, line: error.line() },
        _ => problem::syntax(part, &error),
    })?;
    output.into_text().ok_or(TemplateProblem::RenderedTooLong { part })
}

/// A subject is one line: a variable's line break becomes a space.
fn one_line(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    line.trim().to_owned()
}

/// The HTML's words, with the addresses of its links.
#[must_use]
pub fn plain_text(html: &str) -> String {
    nanohtml2text::html2text(html).replace("\r\n", "\n").trim().to_owned()
}

#[cfg(test)]
mod tests;
