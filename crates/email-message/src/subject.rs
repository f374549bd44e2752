//! Subjects of messages.

/// The maximum number of characters in a subject.
pub(super) const MAX_SUBJECT_CHARS: usize = 998;

/// Returns whether `text` is one line of 1 to 998 characters that are not all spaces.
///
/// ```
/// use email_message::is_valid_subject;
///
/// assert!(is_valid_subject("Your order has shipped"));
/// assert!(!is_valid_subject("Hello\r\nBcc: eve@example.com"));
/// assert!(!is_valid_subject(" "));
/// ```
#[must_use]
pub fn is_valid_subject(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_SUBJECT_CHARS && !contains_line_break(text)
}

/// Returns whether `text` is shown as it is: one line, without control characters, and without characters that override the direction of the
/// text around them. Use it for names that people choose and others read.
///
/// ```
/// use email_message::is_plain_line;
///
/// assert!(is_plain_line("Café שלום"));
/// assert!(!is_plain_line("key \u{202e}nimda"));
/// assert!(!is_plain_line("two\nlines"));
/// ```
#[must_use]
pub fn is_plain_line(text: &str) -> bool {
    !contains_line_break(text) && !text.chars().any(is_bidi_control)
}

/// Returns whether `c` overrides the direction of the text around it, so that readers see another name, address or extension.
const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns whether `text` contains a character that no header line may contain: a control character or a Unicode line separator.
pub(crate) fn contains_line_break(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}
