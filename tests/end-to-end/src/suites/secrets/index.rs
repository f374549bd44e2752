//! Looking for any of many texts in one pass.

use std::collections::HashMap;

/// A secret and what it is.
pub(crate) type Secret = (&'static str, String);

/// Secrets, by how they begin.
pub(crate) struct Index {
    /// Whether any begins with these two bytes: most places in a text are passed over by this alone.
    begins: Vec<bool>,
    by_start: HashMap<[u8; 4], Vec<Secret>>,
}

impl Index {
    /// An index of secrets of at least four bytes.
    pub(crate) fn of(secrets: Vec<Secret>) -> Self {
        let mut index = Self { begins: vec![false; 1 << 16], by_start: HashMap::new() };
        for secret in secrets {
            if let Some(start) = secret.1.as_bytes().first_chunk::<4>() {
                index.begins[two(start[0], start[1])] = true;
                index.by_start.entry(*start).or_default().push(secret);
            }
        }
        index
    }

    /// What the first secret in the text is.
    pub(crate) fn find(&self, text: &[u8]) -> Option<&'static str> {
        for at in 1..text.len() {
            if self.begins[two(text[at - 1], text[at])]
                && let Some(kind) = self.at(&text[at - 1..])
            {
                return Some(kind);
            }
        }
        None
    }

    /// What the secret is that the text begins with.
    fn at(&self, text: &[u8]) -> Option<&'static str> {
        let secrets = self.by_start.get(text.first_chunk::<4>()?)?;
        secrets.iter().find(|(_, secret)| text.starts_with(secret.as_bytes())).map(|(kind, _)| *kind)
    }
}

fn two(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}
