//! Searches a text for many secrets in one pass.

use std::collections::HashMap;

/// Kind and value of a secret.
pub(crate) type Secret = (&'static str, String);

/// Secrets by their first bytes.
pub(crate) struct SecretIndex {
    /// Whether any secret begins with these two bytes. Rules out most positions of a text quickly.
    first_two_bytes: Vec<bool>,
    by_first_four: HashMap<[u8; 4], Vec<Secret>>,
}

impl SecretIndex {
    /// Creates an index of secrets with at least four bytes each.
    pub(crate) fn new(secrets: Vec<Secret>) -> Self {
        let mut index = Self { first_two_bytes: vec![false; 1 << 16], by_first_four: HashMap::new() };
        for secret in secrets {
            if let Some(start) = secret.1.as_bytes().first_chunk::<4>() {
                index.first_two_bytes[pair_index(start[0], start[1])] = true;
                index.by_first_four.entry(*start).or_default().push(secret);
            }
        }
        index
    }

    /// Returns the kind of the first secret in a text.
    pub(crate) fn find(&self, text: &[u8]) -> Option<&'static str> {
        for position in 1..text.len() {
            if self.first_two_bytes[pair_index(text[position - 1], text[position])]
                && let Some(kind) = self.secret_at_start(&text[position - 1..])
            {
                return Some(kind);
            }
        }
        None
    }

    /// Returns the kind of the secret that a text begins with.
    fn secret_at_start(&self, text: &[u8]) -> Option<&'static str> {
        let secrets = self.by_first_four.get(text.first_chunk::<4>()?)?;
        secrets.iter().find(|(_, secret)| text.starts_with(secret.as_bytes())).map(|(kind, _)| *kind)
    }
}

fn pair_index(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}
