//! What a subject is.

/// The most characters of a subject.
pub(super) const MAX_SUBJECT_CHARS: usize = 998;

/// Whether a text is a subject: one line that says something.
pub fn is_subject(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_SUBJECT_CHARS && !text.chars().any(breaks_line)
}

/// Whether no line of a header may hold this character.
pub fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}
