//! Syntax errors: where they are, and what the author probably meant.

use std::ops::Range;

use minijinja::{machinery::parse, syntax::SyntaxConfig};

use super::{error::TemplateError, part::Part, position::Position, token_lines::TokenLines};

/// The part of a tag that is searched for the reason of an error, in bytes.
const MAX_TAG_BYTES: usize = 400;

/// The longest token that a message quotes, in bytes.
const MAX_QUOTED_BYTES: usize = 40;

const HANDLEBARS: &str = "This is Handlebars syntax. Write {% if name %} … {% endif %} for a condition, \
    {% for item in items %} … {% endfor %} for a list and {{ name }} for a value.";
const ENTITY: &str = "An HTML entity such as &gt; or &nbsp; is inside the tag, probably written by an editor. Write the character itself.";
const TYPOGRAPHY: &str = "The character was probably written by an editor. Write straight quotation marks and normal spaces inside \
    the tag.";
const MARKUP: &str = "An HTML tag is inside {{ }} or {% %}. Move it outside.";
const OPERATOR: &str = "Write \"and\", \"or\" and \"not\" instead of &&, || and !, and {{ a if b else c }} instead of b ? a : c.";
const COMMENT: &str =
    "\"{#\" begins a comment, which ends with \"#}\". In CSS, put a space between \"{\" and \"#\".";
const COLON: &str = "Write arguments of filters in parentheses: {{ name | default(\"there\") }}.";
const DOT: &str = "Write {{ name }} without a dot before it.";

/// Converts an error of the engine's tokenizer. `token_end` is the end of the last valid token.
pub(super) fn from_tokenizer(
    part: Part,
    source: &str,
    token_end: usize,
    error: &minijinja::Error,
) -> TemplateError {
    let rest = &source[token_end..];
    // Where something has no end, the author looks for its start.
    let start = match error.detail() {
        Some("unexpected end of comment") => unclosed_comment(rest),
        Some("unexpected end of string") => rest.find(['"', '\'']),
        Some("unexpected end of raw block") => rest.find("{%"),
        _ => None,
    };
    let token = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
    new(part, source, token_end + start.unwrap_or(token)..source.len(), error)
}

/// Converts an error of the engine's parser.
pub(super) fn from_parser(
    part: Part,
    source: &str,
    syntax: SyntaxConfig,
    error: &minijinja::Error,
) -> TemplateError {
    let lines = TokenLines::new(part, source, syntax.clone());
    let token = match parse(lines.copy(), part.name(), syntax) {
        Ok(_) => 0..0,
        Err(error) => lines.token(&error),
    };
    new(part, source, token, error)
}

fn new(part: Part, source: &str, token: Range<usize>, error: &minijinja::Error) -> TemplateError {
    let offset = token.start;
    let detail = error.detail().unwrap_or("syntax error").replace('`', "\"");
    let token = source.get(token).filter(|token| !token.is_empty() && token.len() <= MAX_QUOTED_BYTES);
    let message = match (detail.strip_prefix("unexpected identifier"), token) {
        _ if detail == "unexpected character" => format!("{detail} {}", character(source, offset)),
        (Some(rest), Some(token)) => format!("unexpected \"{token}\"{rest}"),
        _ => detail,
    };
    let hint = hint(source, offset, &message);
    TemplateError::Syntax { part, position: Position::of(source, offset), message, hint }
}

/// Returns the start of the first comment without an end.
fn unclosed_comment(text: &str) -> Option<usize> {
    let mut searched = 0;
    loop {
        let start = searched + text[searched..].find("{#")?;
        let Some(end) = text[start + 2..].find("#}") else { return Some(start) };
        searched = start + 2 + end + 2;
    }
}

/// Describes the character at an offset. One that can't be seen is described by its number.
fn character(source: &str, offset: usize) -> String {
    match source[offset..].chars().next() {
        Some(c) if c.is_whitespace() || c.escape_debug().count() > 1 && !matches!(c, '"' | '\'' | '\\') => {
            format!("U+{:04X}", u32::from(c))
        }
        Some(c) => format!("\"{c}\""),
        None => "at the end".to_owned(),
    }
}

/// Recognises frequent reasons of an error at `offset`: other template languages, and what editors and CSS write.
fn hint(source: &str, offset: usize, message: &str) -> Option<&'static str> {
    if message == "unexpected end of comment" {
        return Some(COMMENT);
    }
    let (opening, content) = tag_at(source, offset)?;
    let name = content.trim_start_matches(['-', '+', '~']).trim_start();
    let rest = &source[offset..];
    if has_entity(content) {
        return Some(ENTITY);
    }
    if opening == "{{" && (name.starts_with(['#', '/', '^', '>', '&', '{', '@']) || content.starts_with('!'))
    {
        return Some(HANDLEBARS);
    }
    if rest.starts_with(|c: char| !c.is_ascii() && !c.is_alphanumeric()) {
        return Some(TYPOGRAPHY);
    }
    if has_markup(content) {
        return Some(MARKUP);
    }
    if opening == "{{" && name.starts_with('.') {
        return Some(DOT);
    }
    if rest.starts_with(['&', '|', '!', '?']) {
        return Some(OPERATOR);
    }
    (rest.starts_with(':') && content.contains('|')).then_some(COLON)
}

/// Returns the opening delimiter and the content of the tag that contains `offset`, or of the last one before it.
fn tag_at(source: &str, offset: usize) -> Option<(&str, &str)> {
    // The delimiter itself may be the unexpected token.
    let before = source.get(..offset + 2).unwrap_or(source);
    let last = before.rfind("{{").max(before.rfind("{%"))?;
    // `{{{` starts at its first brace.
    let start = before[..last].trim_end_matches('{').len();
    let start = if before[last..].starts_with("{{") { start } else { last };
    let (opening, content) = source[start..].split_at(2);
    let end = content.find(if opening == "{{" { "}}" } else { "%}" }).unwrap_or(content.len());
    let mut end = end.min(MAX_TAG_BYTES);
    while !content.is_char_boundary(end) {
        end -= 1;
    }
    Some((opening, &content[..end]))
}

/// Returns whether a text contains an HTML entity, such as `&gt;` or `&#160;`.
fn has_entity(text: &str) -> bool {
    text.split('&').skip(1).any(|after| {
        after.split_once(';').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
        })
    })
}

/// Returns whether a text contains an HTML tag.
fn has_markup(text: &str) -> bool {
    text.split('<').skip(1).any(|after| {
        after.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/') && after.contains('>')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Template, TemplateSource};

    fn syntax(html: &str) -> (Position, String, Option<&'static str>) {
        let source = TemplateSource { subject: "s".into(), html: Some(html.into()), text: None };
        match Template::try_from(source) {
            Err(TemplateError::Syntax { part: Part::Html, position, message, hint }) => {
                (position, message, hint)
            }
            other => panic!("{html}: {other:?}"),
        }
    }

    #[test]
    fn an_error_names_the_character_and_its_column() {
        for (html, line, column, message) in [
            ("<p>ä{{ a & b }}", 1, 10, "unexpected character \"&\""),
            ("\n\n<p>{{ a\u{a0}}}", 3, 8, "unexpected character U+00A0"),
            ("{{ a\u{200b} }}", 1, 5, "unexpected character U+200B"),
            ("{{ “a” }}", 1, 4, "unexpected character \"“\""),
            ("{{ a }}{{ b ! }}", 1, 13, "unexpected character \"!\""),
            ("{{ a name }}", 1, 6, "unexpected \"name\", expected end of variable block"),
            ("x\n{# a #}{# b {# c", 2, 8, "unexpected end of comment"),
            ("{{ a }}\n{{ 'b }} it is", 2, 4, "unexpected end of string"),
            ("x{% raw %}{{ a }}", 1, 2, "unexpected end of raw block"),
        ] {
            let (position, found, _) = syntax(html);
            assert_eq!((position, found.as_str()), (Position { line, column }, message), "{html}");
        }
    }

    #[test]
    fn frequent_mistakes_are_recognised() {
        for (html, expected) in [
            ("{{#if a}}x{{/if}}", HANDLEBARS),
            ("{{ #each items }}", HANDLEBARS),
            ("{{~#if a}}", HANDLEBARS),
            ("{{/if}}", HANDLEBARS),
            ("{{^a}}", HANDLEBARS),
            ("{{{ a }}}", HANDLEBARS),
            ("{{&a}}", HANDLEBARS),
            ("{{> header}}", HANDLEBARS),
            ("{{! comment }}", HANDLEBARS),
            ("{{@index}}", HANDLEBARS),
            ("{% if a &gt; 1 %}{% endif %}", ENTITY),
            ("{{&nbsp;a }}", ENTITY),
            ("{{ a &amp;&amp; b }}", ENTITY),
            ("{{ a | default(&quot;b&quot;) }}", ENTITY),
            ("{{ a&#160;}}", ENTITY),
            ("{{ a | default(“b”) }}", TYPOGRAPHY),
            ("{{ a\u{a0}}}", TYPOGRAPHY),
            ("{{ <b>a</b> }}", MARKUP),
            ("{{ a.<span>b</span> }}", MARKUP),
            ("{{ a && b }}", OPERATOR),
            ("{{ a || b }}", OPERATOR),
            ("{% if !a %}{% endif %}", OPERATOR),
            ("{{ a ? b : c }}", OPERATOR),
            ("<style>@media print{#hero{color:red}}</style>", COMMENT),
            ("{{ a | default: 'b' }}", COLON),
            ("{{ .Name }}", DOT),
        ] {
            assert_eq!(syntax(html).2, Some(expected), "{html}");
        }
        for html in ["{{ a b }}", "{% if a %}", "&nbsp;{{ a b }}<b>&gt;</b>", "{{ a < b > c d }}", "{{ a"] {
            assert_eq!(syntax(html).2, None, "{html}");
        }
    }
}
