//! Seeded mutations of inputs.

use fastrand::Rng;

/// The maximum length of an input, in bytes.
const MAX_BYTES: usize = 8 * 1024;

/// Mutates the inputs of a corpus.
#[derive(Debug)]
pub struct Mutator<'a> {
    random: Rng,
    corpus: &'a [Vec<u8>],
    words: &'a [&'static str],
}

impl<'a> Mutator<'a> {
    /// Creates a mutator that gives the same inputs for the same seed and corpus.
    ///
    /// # Panics
    /// If the corpus is empty.
    #[must_use]
    pub fn new(seed: u64, corpus: &'a [Vec<u8>], words: &'a [&'static str]) -> Self {
        assert!(!corpus.is_empty(), "the corpus is empty");
        Self { random: Rng::with_seed(seed), corpus, words }
    }

    /// Returns the next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.corpus[self.random.usize(..self.corpus.len())].clone();
        for _ in 0..self.random.usize(1..5) {
            self.mutate(&mut input);
        }
        input.truncate(MAX_BYTES);
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.random.usize(..=input.len());
        let end = input.len().min(at + self.random.usize(..16));
        match self.random.u8(..8) {
            0 if at < input.len() => input[at] ^= 1 << self.random.u8(..8),
            1 if at < input.len() => input[at] = self.random.u8(..),
            2 => drop(input.drain(at..end)),
            3 => {
                let repeated = input[at..end].repeat(self.random.usize(1..20));
                input.splice(at..at, repeated);
            }
            4 => {
                let other = &self.corpus[self.random.usize(..self.corpus.len())];
                let from = self.random.usize(..=other.len());
                let to = other.len().min(from + self.random.usize(..64));
                input.splice(at..end, other[from..to].iter().copied());
            }
            5 => input.truncate(at),
            _ => {
                let word = self.words[self.random.usize(..self.words.len())];
                input.splice(at..at, word.bytes());
            }
        }
    }
}
