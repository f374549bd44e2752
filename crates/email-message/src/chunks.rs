//! Splitting a large message into chunks.

use std::io::{self, Write};

/// The size of a full chunk: below the 2 MB limit of a row in a Durable Object's SQLite, and a multiple of three, so that chunks can be
/// encoded as base64 one by one.
///
/// <https://developers.cloudflare.com/durable-objects/platform/limits/>
pub const CHUNK_BYTES: usize = 3 * 512 * 1024;

/// A writer that splits its input into chunks of [`CHUNK_BYTES`]; only the last chunk is shorter.
///
/// ```
/// use std::io::Write;
///
/// use email_message::ChunkWriter;
///
/// let mut writer = ChunkWriter::new(10);
/// writer.write_all(b"message")?;
/// assert!(writer.write_all(b"too long").is_err());
/// assert_eq!(writer.finish(), [b"message"]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ChunkWriter {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
    bytes_written: usize,
    max_bytes: usize,
}

impl ChunkWriter {
    /// Creates a writer that accepts up to `max_bytes` bytes in total.
    #[must_use]
    pub const fn new(max_bytes: usize) -> Self {
        Self { full: Vec::new(), last: Vec::new(), bytes_written: 0, max_bytes }
    }

    /// Returns the number of bytes written so far.
    #[must_use]
    pub const fn bytes_written(&self) -> usize {
        self.bytes_written
    }

    /// Removes and returns the oldest full chunk.
    pub fn take_full_chunk(&mut self) -> Option<Vec<u8>> {
        (!self.full.is_empty()).then(|| self.full.remove(0))
    }

    /// Returns the remaining chunks, which use no more memory than they need.
    #[must_use]
    pub fn finish(mut self) -> Vec<Vec<u8>> {
        if !self.last.is_empty() {
            self.last.shrink_to_fit();
            self.full.push(self.last);
        }
        self.full
    }
}

impl Write for ChunkWriter {
    /// Fails with [`io::ErrorKind::FileTooLarge`] if `bytes` would exceed the limit.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.max_bytes - self.bytes_written {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if self.last.capacity() == 0 {
            self.last.reserve_exact(CHUNK_BYTES.min(self.max_bytes));
        }
        let count = bytes.len().min(CHUNK_BYTES - self.last.len());
        self.last.extend_from_slice(&bytes[..count]);
        self.bytes_written += count;
        if self.last.len() == CHUNK_BYTES {
            self.full.push(std::mem::take(&mut self.last));
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_but_the_last_is_full_and_no_byte_is_lost() {
        assert_eq!(CHUNK_BYTES % 3, 0);
        let bytes: Vec<u8> = (0..=250).cycle().take(2 * CHUNK_BYTES + 5).collect();
        for write_size in [1000, CHUNK_BYTES, bytes.len()] {
            let mut writer = ChunkWriter::new(bytes.len());
            for part in bytes.chunks(write_size) {
                writer.write_all(part).unwrap();
            }
            assert_eq!(writer.bytes_written(), bytes.len());
            let first = writer.take_full_chunk().unwrap();
            let rest = writer.finish();
            assert_eq!((first.len(), rest[0].len(), rest[1].len()), (CHUNK_BYTES, CHUNK_BYTES, 5));
            assert_eq!([first, rest.concat()].concat(), bytes);
        }
        assert!(ChunkWriter::new(9).finish().is_empty());
    }

    #[test]
    fn writing_more_than_the_maximum_fails() {
        let mut writer = ChunkWriter::new(4);
        writer.write_all(b"1234").unwrap();
        assert_eq!(writer.write_all(b"5").unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
