//! Limits on the nesting of a template, checked token by token before it is parsed: the engine's parser is recursive and does not limit
//! the depth of every construct.

use minijinja::{
    machinery::{Token, Tokenizer},
    syntax::SyntaxConfig,
};

use super::{builtins::unknown_tag, error::TemplateError, part::Part, position::Position, syntax_error};

/// The maximum number of tokens between `{{` and `}}`, or `{%` and `%}`.
const MAX_TOKENS: usize = 200;

/// The maximum depth of nested brackets.
const MAX_BRACKETS: usize = 16;

/// The maximum depth of nested blocks. Each `elif` counts as a level.
const MAX_BLOCKS: usize = 50;

/// Checks the limits of a part.
pub(super) fn check(part: Part, source: &str, syntax: &SyntaxConfig) -> Result<(), TemplateError> {
    let mut tokens = Tokenizer::new(source, part.name(), false, syntax.clone());
    let mut nesting = Nesting::default();
    let mut token_end = 0;
    while let Some((token, span)) =
        tokens.next_token().map_err(|error| syntax_error::from_tokenizer(part, source, token_end, &error))?
    {
        nesting.add(&token).map_err(|message| TemplateError::NotAllowed {
            part,
            position: Position::of(source, span.start_offset as usize),
            message,
        })?;
        token_end = span.end_offset as usize;
    }
    Ok(())
}

#[derive(Default)]
struct Nesting {
    /// Tokens since the opening delimiter.
    tokens: usize,
    brackets: usize,
    /// Whether the next token is the first in a block tag.
    is_first: bool,
    /// Levels of each open block.
    blocks: Vec<usize>,
}

impl Nesting {
    fn add(&mut self, token: &Token<'_>) -> Result<(), String> {
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
            Token::Ident(keyword) if is_first => self.add_tag(keyword)?,
            _ => {}
        }
        if self.tokens > MAX_TOKENS {
            return Err(format!("an expression must not have more than {MAX_TOKENS} tokens"));
        }
        if self.brackets > MAX_BRACKETS {
            return Err(format!("brackets must not be nested more than {MAX_BRACKETS} levels deep"));
        }
        Ok(())
    }

    fn add_tag(&mut self, keyword: &str) -> Result<(), String> {
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
            other => return Err(unknown_tag(other)),
        }
        if self.blocks.iter().sum::<usize>() > MAX_BLOCKS {
            return Err(format!(
                "blocks must not be nested more than {MAX_BLOCKS} levels deep; each elif counts as a level"
            ));
        }
        Ok(())
    }
}
