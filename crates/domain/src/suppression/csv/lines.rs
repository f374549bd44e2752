//! Line numbers of a CSV file. A line ends with CR, LF or both.

/// Returns whether a line ends at this byte.
fn ends_line(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'\n' || bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n')
}

/// Returns the line of a quotation mark that is never closed. The reader would treat the rest of the file as one value. Quotation marks
/// inside a value are doubled (RFC 4180, section 2.7), so each one opens or closes.
pub(super) fn unclosed_quote(bytes: &[u8]) -> Option<u64> {
    let (mut line, mut opened) = (1, None);
    for (at, byte) in bytes.iter().enumerate() {
        line += u64::from(ends_line(bytes, at));
        if *byte == b'"' {
            opened = if opened.is_none() { Some(line) } else { None };
        }
    }
    opened
}

/// A line counter. The reader's line number of a record is that of the empty lines before it, and is off by one after `\r\n`.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    end: usize,
    breaks: u64,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, end: 0, breaks: 0 }
    }

    /// Returns the line of the record that ends at this byte. Call it with increasing ends.
    pub(super) fn line_of(&mut self, end: usize) -> u64 {
        let read = self.end..end.min(self.bytes.len());
        let is_break = |at: &usize| ends_line(self.bytes, *at);
        let ends_with_break = read.clone().last().as_ref().is_some_and(is_break);
        self.breaks += read.filter(is_break).map(|_| 1).sum::<u64>();
        self.end = end;
        if ends_with_break { self.breaks } else { self.breaks + 1 }
    }
}
