//! The template engine: filters, tests, escaping and limits.

use std::sync::Arc;

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
    machinery::{CodeGenerator, eval, make_string_output, parse},
    tests,
    value::{Rest, ValueKind},
};

use super::{
    budget::Budget, error::TemplateError, filters, fuel, operators, parser::syntax_config, part::Part,
    position::Position, token_lines::TokenLines, undefined_tracker::UndefinedTracker, value_path::PathValue,
    variables::Variables,
};

/// The engine's recursion limit, well above the maximum nesting of blocks.
const RECURSION_LIMIT: usize = 100;

/// Fuel of the first attempt to repeat a failure.
const REPETITION_FUEL: u64 = 500;

/// Renders a part. `source` must have passed the analysis.
pub(super) fn render(
    part: Part,
    source: &str,
    variables: &Variables,
    budget: &mut Budget,
) -> Result<String, TemplateError> {
    let undefined = Arc::new(UndefinedTracker::default());
    let (fuel, max_bytes) = (budget.fuel(), budget.part_bytes());
    if fuel == 0 {
        return Err(TemplateError::TooCostly { part });
    }
    let mut output = String::new();
    let failure = match render_to(part, source, variables, &undefined, fuel, &mut output) {
        Ok(used) => {
            budget.spend(used, output.len());
            None
        }
        Err(error) if error.kind() == ErrorKind::OutOfFuel => {
            budget.spend(fuel, output.len());
            Some(TemplateError::TooCostly { part })
        }
        Err(error) => {
            let (position, used) = repeat_failure(part, source, variables, fuel);
            budget.spend(used, output.len());
            Some(TemplateError::failed(part, position, &error))
        }
    };
    if let Some(path) = undefined.take_first() {
        return Err(TemplateError::MissingVariable { path });
    }
    // The fuel limits how much more than that is written.
    if output.len() > max_bytes {
        return Err(TemplateError::TooLarge { part });
    }
    failure.map_or(Ok(output), Err)
}

/// Fails again, to find out where and how much fuel that takes: the engine reports neither. Returns the fuel for both.
fn repeat_failure(part: Part, source: &str, variables: &Variables, limit: u64) -> (Position, u64) {
    let lines = TokenLines::new(part, source, syntax_config());
    let (mut spent, mut fuel) = (0, REPETITION_FUEL.min(limit));
    loop {
        spent += fuel;
        let undefined = Arc::new(UndefinedTracker::default());
        let offset = match render_to(part, lines.copy(), variables, &undefined, fuel, &mut String::new()) {
            Err(error) if error.kind() == ErrorKind::OutOfFuel && fuel < limit => {
                fuel = limit.min(4 * fuel);
                continue;
            }
            Err(error) => lines.token(&error).start,
            Ok(_) => 0,
        };
        return (Position::of(source, offset), spent + fuel);
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
    operators::replace_in(&mut instructions);
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
    filters::add_to(environment);
    operators::add_to(environment);
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

fn write_html(output: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) => {
            let escaped = escape(output, text)?;
            fuel::charge_bytes(state, escaped * ESCAPE_BYTES)
        }
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

/// The bytes that are written in the time that escaping a character takes.
const ESCAPE_BYTES: usize = 8;

/// Escapes a text for HTML elements and quoted attributes. Returns the number of characters that were escaped. The engine's own function
/// also escapes `/`, which would keep SES from recognising links.
fn escape(output: &mut Output<'_>, text: &str) -> Result<usize, std::fmt::Error> {
    let (mut written, mut escaped) = (0, 0);
    for (at, byte) in text.bytes().enumerate() {
        let reference = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        output.write_str(&text[written..at])?;
        output.write_str(reference)?;
        written = at + 1;
        escaped += 1;
    }
    output.write_str(&text[written..])?;
    Ok(escaped)
}
