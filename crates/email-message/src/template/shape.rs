//! The bounds of a template's text, before it is parsed: the engine's parser follows whatever nests as deep as it goes, and some of it
//! without looking at how deep that is. So depth is counted here, token by token.

use minijinja::{
    machinery::{Token, Tokenizer},
    syntax::SyntaxConfig,
};

use super::{Part, TemplateError, engine};

/// The most tokens between `{{` and `}}`, or `{%` and `%}`.
const MAX_TOKENS: usize = 200;

/// The most brackets around a value.
const MAX_BRACKETS: usize = 16;

/// The most blocks around a text, each `elif` counted as one.
const MAX_BLOCKS: usize = 50;

/// Holds a part to the bounds.
pub(super) fn check(part: Part, source: &str, syntax: &SyntaxConfig) -> Result<(), TemplateError> {
    let mut tokens = Tokenizer::new(source, part.name(), false, syntax.clone());
    let mut shape = Shape::default();
    while let Some((token, span)) = tokens.next_token().map_err(|error| engine::syntax(part, &error))? {
        shape.next(&token).map_err(|message| TemplateError::NotAllowed {
            part,
            line: usize::from(span.start_line),
            message,
        })?;
    }
    Ok(())
}

#[derive(Default)]
struct Shape {
    tokens: usize,
    brackets: usize,
    is_first: bool,
    /// How much each open block nests.
    blocks: Vec<usize>,
}

impl Shape {
    fn next(&mut self, token: &Token<'_>) -> Result<(), String> {
        let is_first = std::mem::take(&mut self.is_first);
        self.tokens += 1;
        match token {
            Token::VariableStart | Token::BlockStart => {
                *self = Self {
                    is_first: matches!(token, Token::BlockStart),
                    blocks: std::mem::take(&mut self.blocks),
                    ..Self::default()
                };
            }
            Token::TemplateData(_) => self.tokens = 0,
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => self.brackets += 1,
            Token::ParenClose | Token::BracketClose | Token::BraceClose => {
                self.brackets = self.brackets.saturating_sub(1);
            }
            Token::Ident(keyword) if is_first => self.block(keyword)?,
            _ => {}
        }
        if self.tokens > MAX_TOKENS {
            return Err(format!("an expression has at most {MAX_TOKENS} words and signs"));
        }
        if self.brackets > MAX_BRACKETS {
            return Err(format!("at most {MAX_BRACKETS} brackets stand inside each other"));
        }
        Ok(())
    }

    fn block(&mut self, keyword: &str) -> Result<(), String> {
        match keyword {
            "if" | "for" => self.blocks.push(1),
            "elif" => {
                if let Some(block) = self.blocks.last_mut() {
                    *block += 1;
                }
            }
            "endif" | "endfor" => {
                self.blocks.pop();
            }
            "else" | "set" => {}
            other => return Err(format!("there is no `{other}` here; there are `if`, `for` and `set`")),
        }
        if self.blocks.iter().sum::<usize>() > MAX_BLOCKS {
            return Err(format!("at most {MAX_BLOCKS} blocks stand inside each other, each `elif` counted"));
        }
        Ok(())
    }
}
