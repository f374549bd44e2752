//! Fuel for work that the engine doesn't count, or counts for less than it costs.
//!
//! One unit of fuel pays for one step of a template, which takes at most half a microsecond in the Worker.

use minijinja::{Error, State, Value};

/// The bytes that are copied or compared for one unit of fuel.
const BYTES: usize = 64;

/// The bytes that are searched, or that are converted character by character, for one unit of fuel.
const SLOW_BYTES: usize = 8;

/// The most fields of an object that a lookup compares a name with.
const LOOKUP_STEPS: usize = 20;

fn charge(state: &State<'_, '_>, units: usize) -> Result<(), Error> {
    state.consume_fuel(u64::try_from(units).unwrap_or(u64::MAX))
}

/// Charges for copying.
pub(super) fn charge_bytes(state: &State<'_, '_>, bytes: usize) -> Result<(), Error> {
    charge(state, bytes / BYTES)
}

/// Charges for going through `texts` characters one by one.
pub(super) fn charge_characters(state: &State<'_, '_>, bytes: usize) -> Result<(), Error> {
    charge(state, bytes / SLOW_BYTES)
}

/// Charges for searching a text for a part, which is prepared for the search.
pub(super) fn charge_search(state: &State<'_, '_>, text: usize, part: usize) -> Result<(), Error> {
    charge_characters(state, text.saturating_add(part))
}

/// Charges for each of `count` steps with `bytes` each.
pub(super) fn charge_each(state: &State<'_, '_>, count: usize, bytes: usize) -> Result<(), Error> {
    charge_characters(state, count.saturating_mul(bytes))
}

/// Charges for comparing two values: texts may be equal up to the end of the shorter one.
pub(super) fn charge_comparison(state: &State<'_, '_>, left: &Value, right: &Value) -> Result<(), Error> {
    match (left.as_str(), right.as_str()) {
        (Some(left), Some(right)) => charge_bytes(state, left.len().min(right.len())),
        _ => Ok(()),
    }
}

/// Charges for looking up a field.
pub(super) fn charge_lookup(state: &State<'_, '_>, name: &Value) -> Result<(), Error> {
    charge_bytes(state, LOOKUP_STEPS * name.as_str().map_or(0, str::len))
}
