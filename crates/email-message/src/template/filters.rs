//! Filters with work that the engine doesn't count, or counts for less than it costs.

use std::borrow::Cow;

use minijinja::{
    Environment, Error, ErrorKind, State, Value, filters,
    value::{Kwargs, Rest, StringInput, ValueKind},
};

use super::fuel;

/// Fuel for all digits of a number of `HUGE` or more, or for rounding to many digits: up to a thousand are computed.
const DIGITS_FUEL: u64 = 200;

/// From here on, the digits of a number take long to compute.
const HUGE: f64 = 1e17;

/// Digits that are computed for one unit of fuel.
const DIGITS: usize = 2;

/// Adds all filters except `default`, which the engine's module adds.
pub(super) fn add_to(environment: &mut Environment<'_>) {
    environment.add_filter("abs", filters::abs);
    environment.add_filter("capitalize", capitalize);
    environment.add_filter("first", filters::first);
    environment.add_filter("format", format);
    environment.add_filter("join", join);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", lower);
    environment.add_filter("replace", replace);
    environment.add_filter("round", round);
    environment.add_filter("title", title);
    environment.add_filter("trim", trim);
    environment.add_filter("upper", upper);
    environment.add_filter("urlencode", urlencode);
}

fn capitalize(state: &State<'_, '_>, text: StringInput<'_>) -> Result<Value, Error> {
    fuel::charge_characters(state, text.as_str().len())?;
    Ok(filters::capitalize(text))
}

fn lower(state: &State<'_, '_>, text: StringInput<'_>) -> Result<Value, Error> {
    fuel::charge_characters(state, text.as_str().len())?;
    Ok(filters::lower(text))
}

fn title(state: &State<'_, '_>, text: Cow<'_, str>) -> Result<String, Error> {
    fuel::charge_characters(state, text.len())?;
    Ok(filters::title(text))
}

fn upper(state: &State<'_, '_>, text: StringInput<'_>) -> Result<Value, Error> {
    fuel::charge_characters(state, text.as_str().len())?;
    Ok(filters::upper(text))
}

fn urlencode(state: &State<'_, '_>, value: &Value) -> Result<String, Error> {
    if matches!(value.kind(), ValueKind::Map | ValueKind::Seq) {
        return Err(invalid("urlencode requires a text or a number"));
    }
    fuel::charge_characters(state, value.as_str().map_or(0, str::len))?;
    filters::urlencode(value)
}

/// Each end is compared with all `characters`.
fn trim(
    state: &State<'_, '_>,
    text: StringInput<'_>,
    characters: Option<Cow<'_, str>>,
) -> Result<Value, Error> {
    fuel::charge_each(state, text.as_str().len(), characters.as_deref().map_or(1, str::len))?;
    Ok(filters::trim(text, characters))
}

fn replace(
    state: &mut State<'_, '_>,
    text: StringInput<'_>,
    part: StringInput<'_>,
    replacement: StringInput<'_>,
) -> Result<Value, Error> {
    fuel::charge_search(state, text.as_str().len(), part.as_str().len())?;
    filters::replace(state, text, part, replacement)
}

/// The attribute is looked up in each item.
fn join(
    state: &mut State<'_, '_>,
    list: &Value,
    separator: Option<StringInput<'_>>,
    attribute: Option<&str>,
    options: Kwargs,
) -> Result<Value, Error> {
    let looked_up = match attribute {
        Some(attribute) => Some(attribute),
        None => options.peek::<Option<&str>>("attribute")?,
    };
    if let Some(looked_up) = looked_up {
        let lookups = list.len().unwrap_or_default().saturating_mul(looked_up.len());
        state.consume_fuel(u64::try_from(lookups).unwrap_or(u64::MAX))?;
    }
    filters::join(state, list, separator, attribute, options)
}

/// Formats each value once: `%(name)s` could repeat one.
fn format(state: &mut State<'_, '_>, format: &Value, values: Rest<Value>) -> Result<Value, Error> {
    if values.iter().any(|value| value.kind() == ValueKind::Map) {
        return Err(invalid("format requires its values one by one"));
    }
    let text = format.as_str().unwrap_or_default();
    let lengths = values.iter().filter_map(Value::as_str).map(str::len).sum::<usize>();
    fuel::charge_characters(state, lengths)?;
    let huge = values.iter().filter(|value| is_huge(value)).count() as u64;
    state.consume_fuel(huge * DIGITS_FUEL + (specified_digits(text) / DIGITS) as u64)?;
    filters::format(state, format, Rest(values.0.into_iter().map(Into::into).collect()))
}

/// Returns the sum of the widths and precisions in a format: in `%8.2f`, they are 8 and 2.
fn specified_digits(format: &str) -> usize {
    let mut sum = 0_usize;
    for specifier in format.split('%').skip(1) {
        let options = specifier.split(|c: char| !matches!(c, '#' | '0'..='9' | '-' | ' ' | '+' | '.'));
        let digits = options.take(1).flat_map(|options| options.split(|c: char| !c.is_ascii_digit()));
        for number in digits.filter(|number| !number.is_empty()) {
            sum = sum.saturating_add(number.parse().unwrap_or(usize::MAX));
        }
    }
    sum
}

fn round(
    state: &State<'_, '_>,
    number: Value,
    precision: Option<i32>,
    method: Option<&str>,
    options: Kwargs,
) -> Result<Value, Error> {
    let precision = match precision {
        Some(precision) => Some(precision),
        None => options.get::<Option<i32>>("precision")?,
    };
    if is_huge(&number) || precision.is_some_and(|precision| !(0..=20).contains(&precision)) {
        state.consume_fuel(DIGITS_FUEL)?;
    }
    filters::round(number, precision, method, options)
}

/// Returns whether this is a fraction with many digits.
fn is_huge(number: &Value) -> bool {
    !number.is_integer()
        && number.kind() == ValueKind::Number
        && f64::try_from(number.clone()).is_ok_and(|number| number.abs() >= HUGE)
}

fn invalid(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}
