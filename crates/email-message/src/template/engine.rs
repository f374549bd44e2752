//! The template engine: filters, tests, escaping and limits.

use std::{
    io::{self, Write},
    sync::Arc,
};

use minijinja::{
    Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, filters, tests,
    value::{Rest, ValueKind},
};

use super::{
    budget::Budget, error::TemplateError, parser::syntax_config, part::Part,
    undefined_tracker::UndefinedTracker, value_path::PathValue, variables::Variables,
};

/// The engine's recursion limit, well above the maximum nesting of blocks.
const RECURSION_LIMIT: usize = 100;

/// Renders a part. `source` must have passed the analysis.
pub(super) fn render(
    part: Part,
    source: &str,
    variables: &Variables,
    budget: &mut Budget,
) -> Result<String, TemplateError> {
    let undefined = Arc::new(UndefinedTracker::default());
    let (fuel, max_bytes) = budget.part();
    let mut output = BoundedBuffer { bytes: Vec::new(), max_bytes, is_full: false };
    let result = render_to(part, source, variables, &undefined, fuel, &mut output);
    let is_short = budget.is_short();
    // The engine does not report the fuel that a failed part has used, so all of it counts.
    budget.spend(*result.as_ref().unwrap_or(&fuel), output.bytes.len());
    if let Some(path) = undefined.take_first() {
        return Err(TemplateError::MissingVariable { path });
    }
    if output.is_full {
        return Err(if is_short {
            TemplateError::BatchBudgetExceeded
        } else {
            TemplateError::TooLarge { part }
        });
    }
    result.map_err(|error| match error.kind() {
        ErrorKind::OutOfFuel if is_short => TemplateError::BatchBudgetExceeded,
        ErrorKind::OutOfFuel => TemplateError::TooCostly { part },
        ErrorKind::SyntaxError => TemplateError::syntax(part, &error),
        _ => TemplateError::failed(part, &error),
    })?;
    // The engine writes whole strings, so the output is UTF-8.
    Ok(String::from_utf8_lossy(&output.bytes).into_owned())
}

/// Returns the fuel used.
fn render_to(
    part: Part,
    source: &str,
    variables: &Variables,
    undefined: &Arc<UndefinedTracker>,
    fuel: u64,
    output: &mut BoundedBuffer,
) -> Result<u64, Error> {
    let environment = environment(part, undefined, fuel)?;
    let template = environment.template_from_named_str(part.name(), source)?;
    let root = Value::from_object(PathValue::root(&variables.0, undefined));
    let captured = template.render_captured_to(root, output)?;
    Ok(captured.state().fuel_levels().map_or(fuel, |(consumed, _)| consumed))
}

fn environment(
    part: Part,
    undefined: &Arc<UndefinedTracker>,
    fuel: u64,
) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::empty();
    environment.set_syntax(syntax_config()?);
    environment.set_fuel(Some(fuel));
    environment.set_recursion_limit(RECURSION_LIMIT);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(if part == Part::Html { write_html } else { write_plain });
    add_filters(&mut environment, undefined);
    add_tests(&mut environment, undefined);
    Ok(environment)
}

fn add_filters(environment: &mut Environment<'_>, undefined: &Arc<UndefinedTracker>) {
    let undefined = Arc::clone(undefined);
    // In JSON, null stands for a missing value.
    environment.add_filter("default", move |value: &Value, other: Rest<Value>| {
        if value.is_undefined() {
            undefined.remove_last();
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

fn add_tests(environment: &mut Environment<'_>, undefined: &Arc<UndefinedTracker>) {
    let is_defined = |undefined: &Arc<UndefinedTracker>| {
        let undefined = Arc::clone(undefined);
        move |value: &Value| {
            if value.is_undefined() {
                undefined.remove_last();
            }
            !value.is_undefined()
        }
    };
    environment.add_test("defined", is_defined(undefined));
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

/// Writes a value that is not a text. Null renders as nothing; lists and objects are errors.
fn write_other(output: &mut Output<'_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::None => Ok(()),
        ValueKind::Bool => Ok(output.write_str(if value.is_true() { "true" } else { "false" })?),
        ValueKind::Number => Ok(write!(output, "{value}")?),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        kind => Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("a {kind} cannot be rendered; use one of its values"),
        )),
    }
}

/// Escapes a text for HTML elements and quoted attributes. The engine's own function also escapes `/`, which would keep SES from
/// recognising links.
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

/// A buffer with a maximum length.
struct BoundedBuffer {
    bytes: Vec<u8>,
    max_bytes: usize,
    is_full: bool,
}

impl Write for &mut BoundedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.max_bytes {
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
