//! Cells that a spreadsheet would calculate as a formula.
//!
//! <https://owasp.org/www-community/attacks/CSV_Injection>

use std::borrow::Cow;

/// Returns the text of a cell for an export. An apostrophe before a formula makes it a text.
pub(super) fn protect(text: &str) -> Cow<'_, str> {
    if starts_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// Reverses [`protect`].
pub(super) fn unprotect(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| starts_formula(rest)).unwrap_or(text)
}

/// Returns whether a text starts with a formula, perhaps after apostrophes of its own.
fn starts_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}
