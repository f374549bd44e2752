//! Tokens that confirm subscriptions.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// The secret that confirms a subscription: 1 to 1,024 letters, digits, hyphens and underscores. It is valid for three days.
///
/// AWS doesn't document the format. Current tokens have about 270 hexadecimal digits. It prints as `[redacted]`.
///
/// ```
/// use sns_verify::Token;
///
/// let token: Token = "2336412f37fb".parse()?;
/// assert_eq!(token.expose_secret(), "2336412f37fb");
/// assert_eq!(format!("{token:?}"), "Token([redacted])");
/// # Ok::<(), sns_verify::ParseTokenError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html)
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Returns the token. Only send it to SNS.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

/// The error of a text that is not a [`Token`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a token has 1 to 1,024 letters, digits, hyphens and underscores")]
pub struct ParseTokenError;

impl FromStr for Token {
    type Err = ParseTokenError;

    fn from_str(text: &str) -> Result<Self, ParseTokenError> {
        let is_token = (1..=1024).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if is_token { Ok(Self(text.to_owned())) } else { Err(ParseTokenError) }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_contains_no_character_that_could_change_a_request() {
        for invalid in ["", "a b", "a&Action=Unsubscribe", "a\n", "a%20", "ä"] {
            assert_eq!(invalid.parse::<Token>(), Err(ParseTokenError), "{invalid:?}");
        }
        assert_eq!("a".repeat(1025).parse::<Token>(), Err(ParseTokenError));
    }

    #[test]
    fn debug_output_does_not_contain_the_token() {
        assert_eq!(format!("{:?}", "2336412f37fb".parse::<Token>()), "Ok(Token([redacted]))");
    }
}
