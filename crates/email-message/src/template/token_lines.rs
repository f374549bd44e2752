//! Finds the token of an error. The engine reports only lines, and its feature `debug` would cost 8 KB of WebAssembly.

use std::ops::Range;

use minijinja::{
    machinery::{Token, Tokenizer},
    syntax::SyntaxConfig,
};

use super::part::Part;

/// A copy of a source in which each token inside a tag starts a line. It fails like the source, with a line that names the token.
pub(super) struct TokenLines {
    copy: String,
    /// The token at the start of each line, as a range of the source's bytes.
    tokens: Vec<Range<usize>>,
}

impl TokenLines {
    pub(super) fn new(part: Part, source: &str, syntax: SyntaxConfig) -> Self {
        let mut lines =
            Self { copy: String::with_capacity(2 * source.len()), tokens: vec![Range::default()] };
        let mut tokenizer = Tokenizer::new(source, part.name(), false, syntax);
        let (mut copied, mut is_in_tag, mut is_after_dot) = (0, false, false);
        while let Ok(Some((token, span))) = tokenizer.next_token() {
            let range = span.start_offset as usize..span.end_offset as usize;
            lines.push(source, copied..range.start);
            // A number after a dot is an index only if nothing is between them.
            if is_in_tag && !is_after_dot {
                lines.copy.push('\n');
                lines.tokens.push(range.clone());
            }
            is_after_dot = matches!(token, Token::Dot);
            is_in_tag = !matches!(token, Token::TemplateData(_) | Token::VariableEnd | Token::BlockEnd);
            copied = range.end;
            lines.push(source, range);
        }
        lines.push(source, copied..source.len());
        lines
    }

    /// Returns the copy.
    pub(super) fn copy(&self) -> &str {
        &self.copy
    }

    /// Returns the token in the source at which the copy fails.
    pub(super) fn token(&self, error: &minijinja::Error) -> Range<usize> {
        let line = error.line().unwrap_or(1);
        self.tokens.get(line.saturating_sub(1)).cloned().unwrap_or_default()
    }

    fn push(&mut self, source: &str, range: Range<usize>) {
        let text = source.get(range.clone()).unwrap_or_default();
        self.copy.push_str(text);
        let line_starts = text.match_indices('\n').map(|(at, _)| range.start + at + 1);
        self.tokens.extend(line_starts.map(|start| start..start));
    }
}
