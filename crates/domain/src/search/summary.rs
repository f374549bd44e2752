//! Summaries of blocks of emails: Bloom filters over their tokens.
//!
//! <https://en.wikipedia.org/wiki/Bloom_filter>

use std::collections::HashSet;

use super::{Token, tokens};
use crate::{EmailId, delivery::EmailHead};
use aws_sans_io::Region;

/// The emails of a block.
pub const BLOCK_EMAILS: u32 = 512;

/// A block ends before it has more different tokens than these, so a summary has at most 8 KB.
const MAX_TOKENS: usize = 4_096;

/// Bytes for each token. With [`PROBES`], a summary includes one in 1,700 tokens that its emails don't have.
const BYTES_PER_TOKEN: usize = 2;

/// Bits that are set for each token.
const PROBES: u64 = 8;

/// The tokens of a block. It may seem to include a token that it doesn't, but never the reverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary(Vec<u8>);

impl Summary {
    fn new(tokens: &HashSet<Token>) -> Self {
        let mut summary = Self(vec![0; tokens.len() * BYTES_PER_TOKEN]);
        for token in tokens {
            summary.add(*token);
        }
        summary
    }

    /// Reads a stored summary.
    #[must_use]
    pub const fn from_stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the stored form.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Adds an email that belongs to the block, but was inserted after it was summarised.
    pub fn add_email(&mut self, head: &EmailHead, region: Region) {
        tokens(head, region, |token| self.add(token));
    }

    fn add(&mut self, token: Token) {
        for (byte, bit) in self.probes(token) {
            if let Some(byte) = self.0.get_mut(byte) {
                *byte |= bit;
            }
        }
    }

    /// Returns whether an email of the block may have all of these tokens.
    #[must_use]
    pub fn may_match(&self, tokens: &[Token]) -> bool {
        let is_set = |(byte, bit): (usize, u8)| self.0.get(byte).is_some_and(|byte| byte & bit != 0);
        tokens.iter().all(|token| self.probes(*token).all(is_set))
    }

    /// Returns the bytes and bits of a token: those of a linear sequence, which is as good as independent ones.
    fn probes(&self, Token(hash): Token) -> impl Iterator<Item = (usize, u8)> + use<> {
        let bits = (self.0.len() as u64 * 8).max(1);
        let step = (hash >> 32) | 1;
        (0..PROBES).map(move |number| {
            let bit = hash.wrapping_add(number.wrapping_mul(step)) % bits;
            (usize::try_from(bit / 8).unwrap_or(usize::MAX), 1 << (bit % 8))
        })
    }
}

/// Collects consecutive emails until they are a block.
#[derive(Debug, Default)]
pub struct BlockBuilder {
    tokens: HashSet<Token>,
    emails: u32,
    last: Option<EmailId>,
}

impl BlockBuilder {
    /// Adds the next email. Returns whether it belongs to the block: if not, the block is complete without it.
    pub fn add(&mut self, id: EmailId, head: &EmailHead, region: Region) -> bool {
        if self.emails == BLOCK_EMAILS || self.tokens.len() >= MAX_TOKENS {
            return false;
        }
        tokens(head, region, |token| {
            self.tokens.insert(token);
        });
        self.emails += 1;
        self.last = Some(id);
        true
    }

    /// Returns the last email of the block and the summary, if the block is complete.
    #[must_use]
    pub fn finish(self) -> Option<(EmailId, Summary)> {
        let is_complete = self.emails == BLOCK_EMAILS || self.tokens.len() >= MAX_TOKENS;
        let last = self.last.filter(|_| is_complete)?;
        Some((last, Summary::new(&self.tokens)))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: time::OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn head(to: &[String]) -> EmailHead {
        let json = serde_json::json!({ "f": "info@shop.example", "t": to, "s": "Hello" });
        serde_json::from_value(json).unwrap()
    }

    fn block(emails: u32) -> BlockBuilder {
        let mut builder = BlockBuilder::default();
        for number in 0..emails {
            let head = head(&[format!("user-{number}@example.com")]);
            assert!(builder.add(EmailId::new(NOW, number.into()), &head, "eu-west-1".parse().unwrap()));
        }
        builder
    }

    #[test]
    fn a_summary_excludes_nearly_every_other_recipient() {
        let (last, summary) = block(BLOCK_EMAILS).finish().unwrap();
        assert_eq!(last, EmailId::new(NOW, u128::from(BLOCK_EMAILS) - 1));
        assert!(summary.as_bytes().len() < 1_100, "{}", summary.as_bytes().len());
        let may_match = |number: u32| summary.may_match(&[Token::to(&format!("user-{number}@example.com"))]);
        assert!((0..BLOCK_EMAILS).all(may_match));
        let wrong = (BLOCK_EMAILS..100_000).filter(|number| may_match(*number)).count();
        assert!(wrong < 100, "{wrong} of 100,000");
    }

    #[test]
    fn an_incomplete_block_has_no_summary() {
        assert_eq!(block(BLOCK_EMAILS - 1).finish(), None);
    }

    #[test]
    fn many_recipients_make_a_block_shorter_and_never_its_summary_long() {
        let mut builder = BlockBuilder::default();
        let mut emails = 0;
        let is_full = (0..BLOCK_EMAILS).any(|number| {
            let to: Vec<_> = (0..50).map(|n| format!("user-{number}-{n}@{n}.example.com")).collect();
            let added =
                builder.add(EmailId::new(NOW, number.into()), &head(&to), "eu-west-1".parse().unwrap());
            emails += u32::from(added);
            !added
        });
        assert!(is_full && emails < BLOCK_EMAILS, "{emails}");
        let (_, summary) = builder.finish().unwrap();
        assert!(summary.as_bytes().len() <= 2 * (MAX_TOKENS + 400));
    }

    #[test]
    fn an_email_that_is_added_later_is_found() {
        let (_, mut summary) = block(BLOCK_EMAILS).finish().unwrap();
        let late = [Token::to("late@example.net")];
        assert!(!summary.may_match(&late));
        summary.add_email(&head(&["Late <late@example.net>".to_owned()]), "us-east-1".parse().unwrap());
        assert!(summary.may_match(&late));
    }
}
