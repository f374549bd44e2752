//! Looking for any of many texts in one pass.

use std::collections::HashMap;

/// A secret and what it is.
pub(crate) type Secret = (&'static str, String);

/// Secrets, by how they begin.
pub(crate) struct SecretIndex {
    /// Whether any begins with these two bytes: most places in a text are passed over by this alone.
    first_two_bytes: Vec<bool>,
    by_first_four: HashMap<[u8; 4], Vec<Secret>>,
}

impl SecretIndex {
    /// An index of secrets of at least four bytes.
    pub(crate) fn new(secrets: Vec<Secret>) -> Self {
        let mut secret_index = Self { first_two_bytes: vec![false; 1 << 16], by_first_four: HashMap::new() };
        for secret in secrets {
            if let Some(start) = secret.1.as_bytes().first_chunk::<4>() {
                secret_index.first_two_bytes[pair_index(start[0], start[1])] = true;
                secret_index.by_first_four.entry(*start).or_default().push(secret);
            }
        }
        secret_index
    }

    /// What the first secret in the text is.
    pub(crate) fn find(&self, text: &[u8]) -> Option<&'static str> {
        for at in 1..text.len() {
            if self.first_two_bytes[pair_index(text[at - 1], text[at])]
                && let Some(kind) = self.secret_at_start(&text[at - 1..])
            {
                return Some(kind);
            }
        }
        None
    }

    /// What the secret is that the text begins with.
    fn secret_at_start(&self, text: &[u8]) -> Option<&'static str> {
        let secrets = self.by_first_four.get(text.first_chunk::<4>()?)?;
        secrets.iter().find(|(_, secret)| text.starts_with(secret.as_bytes())).map(|(kind, _)| *kind)
    }
}

fn pair_index(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}
