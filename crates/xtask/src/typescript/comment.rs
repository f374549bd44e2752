//! Documentation comments.

use std::iter;

/// The longest line of a comment, in characters.
const WIDTH: usize = 100;

/// The comment of a declaration, followed by a list of the values it can have; empty if there is nothing to say.
pub(super) fn doc(description: &str, values: &[(String, String)], indent: usize) -> String {
    let mut lines = lines(description, indent);
    let documented = values.iter().filter(|(_, description)| !description.is_empty());
    let mut list: Vec<String> = documented
        .flat_map(|(value, description)| item(&format!("`{value}`: {description}"), indent))
        .collect();
    if !list.is_empty() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.append(&mut list);
    }
    let space = " ".repeat(indent);
    match lines.as_slice() {
        [] => String::new(),
        [line] if indent + line.chars().count() + "/**  */".len() <= WIDTH => {
            format!("{space}/** {line} */\n")
        }
        _ => {
            let lines = lines.iter().map(|line| format!("{space} * {line}").trim_end().to_owned() + "\n");
            format!("{space}/**\n{}{space} */\n", lines.collect::<String>())
        }
    }
}

/// Wraps the paragraphs and list items of a description.
fn lines(description: &str, indent: usize) -> Vec<String> {
    let description = description.trim().replace("*/", "*\u{200b}/");
    let mut lines = Vec::new();
    for paragraph in description.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut items = paragraph.trim().split("\n- ");
        if let Some(first) = items.next() {
            match first.strip_prefix("- ") {
                Some(first) => lines.extend(item(first, indent)),
                None => lines.extend(wrap(first, indent, "")),
            }
        }
        lines.extend(items.flat_map(|text| item(text, indent)));
    }
    lines
}

/// Wraps a list item.
fn item(text: &str, indent: usize) -> Vec<String> {
    let mut lines = wrap(text, indent, "  ");
    if let Some(first) = lines.first_mut() {
        first.replace_range(..2, "- ");
    }
    lines
}

/// Wraps a text; every line begins with `prefix`.
fn wrap(text: &str, indent: usize, prefix: &str) -> Vec<String> {
    let room = WIDTH - indent - " * ".len();
    let mut lines = Vec::new();
    let mut line = prefix.to_owned();
    // A code span stays on one line.
    for word in words(text) {
        let is_first = line.len() == prefix.len();
        if !is_first && line.chars().count() + 1 + word.chars().count() > room {
            lines.push(std::mem::replace(&mut line, prefix.to_owned()));
        } else if !is_first {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.extend(iter::once(line).filter(|line| line.len() > prefix.len()));
    lines
}

/// The words of a text. A code span is one word.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut in_code = false;
    for word in text.split_whitespace() {
        match words.last_mut().filter(|_| in_code) {
            Some(last) => {
                last.push(' ');
                last.push_str(word);
            }
            None => words.push(word.to_owned()),
        }
        in_code ^= word.matches('`').count() % 2 == 1;
    }
    words
}

/// Adds a note in brackets to the first sentence of a description.
pub(super) fn with_note(description: &str, note: &str) -> String {
    if description.contains(note) {
        return description.to_owned();
    }
    let end = description
        .char_indices()
        .find(|(at, c)| {
            let rest = &description[at + c.len_utf8()..];
            matches!(c, '.' | ';' | ':' | ',') && (rest.is_empty() || rest.starts_with(char::is_whitespace))
        })
        .map_or(description.len(), |(at, _)| at);
    let (sentence, rest) = description.split_at(end);
    format!("{sentence} ({note}){rest}").trim_start().to_owned()
}
