//! The template engine: filters, tests, escaping and limits.

use std::sync::Arc;

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, filters,
    machinery::{CodeGenerator, eval, make_string_output, parse},
    tests,
    value::{Rest, ValueKind},
};

use super::{
    budget::Budget, error::TemplateError, multiply, parser::syntax_config, part::Part, position::Position,
    token_lines::TokenLines, undefined_tracker::UndefinedTracker, value_path::PathValue,
    variables::Variables,
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
    let mut output = String::new();
    let result = render_to(part, source, variables, &undefined, fuel, &mut output);
    let is_short = budget.is_short();
    // The engine does not report the fuel that a failed part has used, so all of it counts.
    budget.spend(*result.as_ref().unwrap_or(&fuel), output.len());
    if let Some(path) = undefined.take_first() {
        return Err(TemplateError::MissingVariable { path });
    }
    // The fuel limits how much more than that is written.
    if output.len() > max_bytes {
        return Err(if is_short {
            TemplateError::BatchBudgetExceeded
        } else {
            TemplateError::TooLarge { part }
        });
    }
    result.map_err(|error| match error.kind() {
        ErrorKind::OutOfFuel if is_short => TemplateError::BatchBudgetExceeded,
        ErrorKind::OutOfFuel => TemplateError::TooCostly { part },
        _ => TemplateError::failed(part, position(part, source, variables, fuel), &error),
    })?;
    Ok(output)
}

/// Returns the position at which rendering fails, which fails again.
fn position(part: Part, source: &str, variables: &Variables, fuel: u64) -> Position {
    let lines = TokenLines::new(part, source, syntax_config());
    let undefined = Arc::new(UndefinedTracker::default());
    match render_to(part, lines.copy(), variables, &undefined, fuel, &mut String::new()) {
        Ok(_) => Position::of(source, 0),
        Err(error) => Position::of(source, lines.token(&error).start),
    }
}

/// Returns the fuel used.
fn render_to(
    part: Part,
    source: &str,
    variables: &Variables,
    undefined: &Arc<UndefinedTracker>,
    fuel: u64,
    output: &mut String,
) -> Result<u64, Error> {
    let environment = environment(part, undefined, fuel);
    let mut generator = CodeGenerator::new(part.name(), source);
    generator.compile_stmt(&parse(source, part.name(), syntax_config())?);
    let (mut instructions, blocks) = generator.finish();
    multiply::replace_in(&mut instructions);
    let root = Value::from_object(PathValue::root(&variables.0, undefined));
    let mut output = make_string_output(output);
    let (_, state) = eval(&environment, &instructions, root, &blocks, &mut output, AutoEscape::None)?;
    Ok(state.fuel_levels().map_or(fuel, |(consumed, _)| consumed))
}

fn environment(part: Part, undefined: &Arc<UndefinedTracker>, fuel: u64) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(fuel));
    environment.set_recursion_limit(RECURSION_LIMIT);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(if part == Part::Html { write_html } else { write_plain });
    add_filters(&mut environment, undefined);
    add_tests(&mut environment, undefined);
    environment
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
    multiply::add_filter(environment);
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
