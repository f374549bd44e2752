//! The token that confirms a subscription.

use std::{fmt, str::FromStr};

/// The short-lived secret that SNS posts with a `SubscriptionConfirmation`: up to 1,024 letters, digits, hyphens and underscores.
/// AWS documents no alphabet; its tokens are some 270 hexadecimal digits. It is valid for three days.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html>
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token, to be sent to SNS and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A text that isn't a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAToken;

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let is_token = (1..=1024).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if is_token { Ok(Self(text.to_owned())) } else { Err(NotAToken) }
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
    fn what_could_change_the_request_that_it_goes_into_is_no_token() {
        for wrong in ["", "a b", "a&Action=Unsubscribe", "a\n", "a%20", "ä"] {
            assert_eq!(wrong.parse::<Token>(), Err(NotAToken), "{wrong:?}");
        }
        assert_eq!("a".repeat(1025).parse::<Token>(), Err(NotAToken));
    }

    #[test]
    fn a_token_does_not_show_in_debug() {
        assert_eq!(format!("{:?}", "2336412f37fb".parse::<Token>()), "Ok(Token([redacted]))");
    }
}
