//! The engine: what of Jinja there is, how values are written, and where it ends.

use std::{
    io::{self, Write},
    sync::Arc,
};

use minijinja::{
    Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, filters,
    machinery::{ast::Stmt, parse},
    syntax::SyntaxConfig,
    tests,
    value::{Rest, ValueKind},
};

use super::{Budget, Part, TemplateError, shape};
use crate::template::{
    place::{Misses, Place},
    variables::Variables,
};

/// What the engine may do for one part: about one for each step, and one for each 64 bytes that it writes or makes.
pub(super) const FUEL: u64 = 50_000;

/// How deep the engine may go while it fills a part in; blocks nest no deeper than that by far.
const RECURSION: usize = 100;

/// The filters that there are. None of them marks a text as safe, and each pays for what it makes.
pub(super) const FILTERS: [&str; 14] = [
    "abs",
    "capitalize",
    "default",
    "first",
    "format",
    "join",
    "length",
    "lower",
    "replace",
    "round",
    "title",
    "trim",
    "upper",
    "urlencode",
];

/// The tests that there are, as in `{% if name is defined %}`. None of them takes longer for a longer value.
pub(super) const TESTS: [&str; 10] =
    ["boolean", "defined", "divisibleby", "even", "mapping", "none", "number", "odd", "sequence", "string"];

/// Jinja's signs. A block on a line of its own leaves no empty line behind.
fn signs() -> Result<SyntaxConfig, Error> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()
}

/// Parses a part and hands the tree to `look`.
pub(super) fn parsed<T>(
    part: Part,
    source: &str,
    look: impl FnOnce(&Stmt<'_>) -> Result<T, TemplateError>,
) -> Result<T, TemplateError> {
    let signs = signs().map_err(|error| syntax(part, &error))?;
    shape::check(part, source, &signs)?;
    let tree = parse(source, part.name(), signs).map_err(|error| syntax(part, &error))?;
    look(&tree)
}

/// What is said of a text that isn't a template.
pub(super) fn syntax(part: Part, error: &Error) -> TemplateError {
    TemplateError::Syntax { part, line: error.line().unwrap_or(1), message: message(error) }
}

fn message(error: &Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

/// Fills a part in. Its text has been parsed before, and uses nothing that isn't there.
pub(super) fn render(
    part: Part,
    source: &str,
    variables: &Variables,
    budget: &mut Budget,
) -> Result<String, TemplateError> {
    let misses = Arc::new(Misses::default());
    let (fuel, most) = budget.part();
    let mut output = Bounded { bytes: Vec::new(), most, is_full: false };
    let ended = fill(part, source, variables, &misses, fuel, &mut output);
    let is_short = budget.is_short();
    // What a part that fails has taken isn't told: it may have been all.
    budget.spend(*ended.as_ref().unwrap_or(&fuel), output.bytes.len());
    if let Some(place) = misses.take() {
        return Err(TemplateError::MissingVariable { place });
    }
    if output.is_full {
        return Err(if is_short { TemplateError::BatchSpent } else { TemplateError::TooLarge { part } });
    }
    ended.map_err(|error| match error.kind() {
        ErrorKind::OutOfFuel if is_short => TemplateError::BatchSpent,
        ErrorKind::OutOfFuel => TemplateError::TooCostly { part },
        ErrorKind::SyntaxError => syntax(part, &error),
        ErrorKind::UndefinedError => {
            let message = "a value is used that isn't there".to_owned();
            TemplateError::Failed { part, line: error.line().unwrap_or(1), message }
        }
        _ => TemplateError::Failed { part, line: error.line().unwrap_or(1), message: message(&error) },
    })?;
    // The engine writes whole texts, each of them UTF-8.
    Ok(String::from_utf8_lossy(&output.bytes).into_owned())
}

/// Answers how much fuel it took.
fn fill(
    part: Part,
    source: &str,
    variables: &Variables,
    misses: &Arc<Misses>,
    fuel: u64,
    output: &mut Bounded,
) -> Result<u64, Error> {
    let environment = environment(part, misses, fuel)?;
    let template = environment.template_from_named_str(part.name(), source)?;
    let root = Value::from_object(Place::root(&variables.0, misses));
    let captured = template.render_captured_to(root, output)?;
    Ok(captured.state().fuel_levels().map_or(fuel, |(consumed, _)| consumed))
}

fn environment(part: Part, misses: &Arc<Misses>, fuel: u64) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::empty();
    environment.set_syntax(signs()?);
    environment.set_fuel(Some(fuel));
    environment.set_recursion_limit(RECURSION);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(if part == Part::Html { write_html } else { write_plain });
    add_filters(&mut environment, misses);
    add_tests(&mut environment, misses);
    Ok(environment)
}

fn add_filters(environment: &mut Environment<'_>, misses: &Arc<Misses>) {
    let misses = Arc::clone(misses);
    // JSON says `null` where Jinja says that nothing is there.
    environment.add_filter("default", move |value: &Value, other: Rest<Value>| {
        if value.is_undefined() {
            misses.forgive();
        }
        if value.is_undefined() || value.is_none() {
            other.first().cloned().unwrap_or_else(|| Value::from(""))
        } else {
            value.clone()
        }
    });
    environment.add_filter("abs", filters::abs);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("first", filters::first);
    environment.add_filter("format", filters::format);
    environment.add_filter("join", filters::join);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("replace", filters::replace);
    environment.add_filter("round", filters::round);
    environment.add_filter("title", filters::title);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("urlencode", filters::urlencode);
}

fn add_tests(environment: &mut Environment<'_>, misses: &Arc<Misses>) {
    let is_defined = |misses: &Arc<Misses>| {
        let misses = Arc::clone(misses);
        move |value: &Value| {
            if value.is_undefined() {
                misses.forgive();
            }
            !value.is_undefined()
        }
    };
    environment.add_test("defined", is_defined(misses));
    environment.add_test("boolean", tests::is_boolean);
    environment.add_test("divisibleby", tests::is_divisibleby);
    environment.add_test("even", tests::is_even);
    environment.add_test("mapping", tests::is_mapping);
    environment.add_test("none", tests::is_none);
    environment.add_test("number", tests::is_number);
    environment.add_test("odd", tests::is_odd);
    environment.add_test("sequence", tests::is_sequence);
    environment.add_test("string", tests::is_string);
}

fn write_plain(output: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) => Ok(output.write_str(text)?),
        None => write_other(output, value),
    }
}

fn write_html(output: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) => Ok(escape(output, text)?),
        None => write_other(output, value),
    }
}

/// Writes what is no text: nothing for null, and no list or object, since nobody wants to read one.
fn write_other(output: &mut Output<'_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::None => Ok(()),
        ValueKind::Bool => Ok(output.write_str(if value.is_true() { "true" } else { "false" })?),
        ValueKind::Number => Ok(write!(output, "{value}")?),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        kind => Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("a {kind} can't be written as it is: take it apart"),
        )),
    }
}

/// Writes a text so that it is a text inside an element, and inside an attribute's quotes. The engine's own way would write each `/` as
/// a reference, and SES looks for links as they are.
fn escape(output: &mut Output<'_>, text: &str) -> std::fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        output.write_str(&rest[..at])?;
        output.write_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[at + 1..];
    }
    output.write_str(rest)
}

/// Takes so much and no more.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
    is_full: bool,
}

impl Write for &mut Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.most {
            self.is_full = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
