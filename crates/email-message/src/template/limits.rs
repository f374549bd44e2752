//! Limits on the nesting of a template, checked token by token before it is parsed: the engine's parser is recursive and does not limit
//! the depth of every construct.

use minijinja::{
    machinery::{Token, Tokenizer},
    syntax::SyntaxConfig,
};

use super::{builtins::unknown_tag, error::TemplateError, part::Part, position::Position, syntax_error};

/// The maximum number of tokens of a part. Text between tags is one token.
const MAX_PART_TOKENS: usize = 30_000;

/// The bytes that are searched for tags for one unit of fuel.
const BYTES_PER_FUEL: usize = 64;

/// The maximum length of a name, in bytes: the engine compares names without counting their length.
pub(super) const MAX_NAME_BYTES: usize = 64;

/// The maximum number of tokens between `{{` and `}}`, or `{%` and `%}`.
const MAX_TOKENS: usize = 200;

/// The maximum depth of nested brackets.
const MAX_BRACKETS: usize = 16;

/// The maximum depth of nested blocks. Each `elif` counts as a level.
const MAX_BLOCKS: usize = 50;

/// The maximum depth of nested loops: the engine looks for a name in each of them.
const MAX_LOOPS: usize = 8;

/// Checks the limits of a part. Returns the fuel for parsing and compiling it.
pub(super) fn check(part: Part, source: &str, syntax: &SyntaxConfig) -> Result<u64, TemplateError> {
    let mut tokens = Tokenizer::new(source, part.name(), false, syntax.clone());
    let mut nesting = Nesting::default();
    let (mut count, mut token_end) = (0, 0);
    while let Some((token, span)) =
        tokens.next_token().map_err(|error| syntax_error::from_tokenizer(part, source, token_end, &error))?
    {
        nesting.add(&token).map_err(|message| TemplateError::NotAllowed {
            part,
            position: Position::of(source, span.start_offset as usize),
            message,
        })?;
        token_end = span.end_offset as usize;
        count += 1;
        if count > MAX_PART_TOKENS {
            return Err(TemplateError::NotAllowed {
                part,
                position: Position::of(source, token_end),
                message: format!("a template must not have more than {MAX_PART_TOKENS} tokens"),
            });
        }
    }
    let comments = source.matches("{#").count();
    Ok((count + comments + source.len() / BYTES_PER_FUEL) as u64)
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
    /// Open loops.
    loops: usize,
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
                    loops: self.loops,
                    ..Self::default()
                };
            }
            Token::TemplateData(_) => self.tokens = 0,
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => self.brackets += 1,
            Token::ParenClose | Token::BracketClose | Token::BraceClose => {
                self.brackets = self.brackets.saturating_sub(1);
            }
            Token::Ident(name) if name.len() > MAX_NAME_BYTES => {
                return Err(format!("a name must not be longer than {MAX_NAME_BYTES} bytes"));
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
            "if" => self.blocks.push(1),
            "for" => {
                self.blocks.push(1);
                self.loops += 1;
            }
            "elif" => {
                if let Some(block) = self.blocks.last_mut() {
                    *block += 1;
                }
            }
            "endif" => {
                self.blocks.pop();
            }
            "endfor" => {
                self.blocks.pop();
                self.loops = self.loops.saturating_sub(1);
            }
            "else" | "set" => {}
            other => return Err(unknown_tag(other)),
        }
        if self.blocks.iter().sum::<usize>() > MAX_BLOCKS {
            return Err(format!(
                "blocks must not be nested more than {MAX_BLOCKS} levels deep; each elif counts as a level"
            ));
        }
        if self.loops > MAX_LOOPS {
            return Err(format!("loops must not be nested more than {MAX_LOOPS} levels deep"));
        }
        Ok(())
    }
}
