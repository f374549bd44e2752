//! A place to write to that takes no more than it should.

use std::io::{self, Write};

pub(super) struct Limited {
    bytes: Vec<u8>,
    most: usize,
}

impl Limited {
    pub(super) const fn new(most: usize) -> Self {
        Self { bytes: Vec::new(), most }
    }

    pub(super) fn into_text(self) -> Option<String> {
        String::from_utf8(self.bytes).ok()
    }
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.most - self.bytes.len() {
            return Err(io::Error::other("full"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
