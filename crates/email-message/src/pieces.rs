//! A long text of bytes in pieces that fit into a row each.

use std::io::{self, Write};

/// The bytes of a piece: less than the 2 MB of a row in a Durable Object's SQLite, and a multiple of three, so that the base64 of pieces is
/// the base64 of the whole.
///
/// <https://developers.cloudflare.com/durable-objects/platform/limits/>
pub const PIECE_BYTES: usize = 3 * 512 * 1024;

/// Takes bytes and cuts them into pieces; all are full but the last.
#[derive(Debug)]
pub struct Pieces {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
    length: usize,
    most: usize,
}

impl Pieces {
    /// Takes at most so many bytes.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { full: Vec::new(), last: Vec::new(), length: 0, most }
    }

    /// How many bytes it has taken.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Hands out a full piece, the first first.
    pub fn next_full(&mut self) -> Option<Vec<u8>> {
        (!self.full.is_empty()).then(|| self.full.remove(0))
    }

    /// Every piece that wasn't handed out.
    #[must_use]
    pub fn finish(mut self) -> Vec<Vec<u8>> {
        if !self.last.is_empty() {
            self.full.push(self.last);
        }
        self.full
    }
}

impl Write for Pieces {
    /// Fails with [`io::ErrorKind::FileTooLarge`] where it would be too much.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.most - self.length {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if self.last.capacity() == 0 {
            self.last.reserve_exact(PIECE_BYTES.min(self.most));
        }
        let taken = bytes.len().min(PIECE_BYTES - self.last.len());
        self.last.extend_from_slice(&bytes[..taken]);
        self.length += taken;
        if self.last.len() == PIECE_BYTES {
            self.full.push(std::mem::take(&mut self.last));
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_but_the_last_is_full_and_nothing_is_lost() {
        assert_eq!(PIECE_BYTES % 3, 0);
        let bytes: Vec<u8> = (0..=250).cycle().take(2 * PIECE_BYTES + 5).collect();
        for chunk in [1000, PIECE_BYTES, bytes.len()] {
            let mut pieces = Pieces::new(bytes.len());
            for chunk in bytes.chunks(chunk) {
                pieces.write_all(chunk).unwrap();
            }
            assert_eq!(pieces.length(), bytes.len());
            let first = pieces.next_full().unwrap();
            let rest = pieces.finish();
            assert_eq!((first.len(), rest[0].len(), rest[1].len()), (PIECE_BYTES, PIECE_BYTES, 5));
            assert_eq!([first, rest.concat()].concat(), bytes);
        }
        assert!(Pieces::new(9).finish().is_empty());
    }

    #[test]
    fn more_than_the_most_is_an_error() {
        let mut pieces = Pieces::new(4);
        pieces.write_all(b"1234").unwrap();
        assert_eq!(pieces.write_all(b"5").unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
