//! Import and export of suppressed addresses as CSV (RFC 4180) with a header.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord, Writer};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{AddressKey, Suppression, SuppressionReason};

/// The maximum number of rows in an import, which is written in one transaction.
pub const MAX_IMPORTED_ROWS: usize = 10_000;

/// The maximum number of invalid rows that are reported. The others are only counted.
const MAX_REPORTED: usize = 20;

const COLUMNS: [&str; 3] = ["address", "reason", "since"];

/// The first line of an export.
pub const HEADER: &str = "address,reason,since\n";

/// A valid row of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedRow {
    pub address: AddressKey,
    /// Defaults to `manual`.
    pub reason: SuppressionReason,
    /// Defaults to the time of the import.
    pub since: OffsetDateTime,
}

/// An invalid row of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRow {
    /// The line number. The header is line 1.
    pub line: u64,
    /// A clause without a full stop that says what is wrong.
    pub message: String,
}

/// Parses an import. For a repeated address, the first row counts.
///
/// # Errors
/// Returns the first invalid rows, and the number of the others.
pub fn parse(bytes: &[u8], now: OffsetDateTime) -> Result<Vec<ImportedRow>, (Vec<InvalidRow>, usize)> {
    let fail = |line: u64, message: String| (vec![InvalidRow { line, message }], 0);
    // Spreadsheets write a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(line) = unclosed_quote(bytes) {
        return Err(fail(line, "the quotation mark is never closed".into()));
    }
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
    let mut record = StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => {}
        Ok(false) => return Err(fail(1, "the header is missing. Add the line address,reason,since".into())),
        Err(_) => return Err(fail(1, "the text is not UTF-8".into())),
    }
    let columns = Columns::parse(&record).map_err(|message| fail(1, message))?;
    let (mut rows, mut invalid, mut others, mut known) = (Vec::new(), Vec::new(), 0, HashSet::new());
    let mut lines = Lines { bytes, end: 0, breaks: 0 };
    loop {
        let read = reader.read_record(&mut record);
        let line = lines.line_of(usize::try_from(reader.position().byte()).unwrap_or(bytes.len()));
        let row = match read {
            Ok(false) => break,
            Ok(true) => columns.row(&record, now),
            Err(_) => Err("the text is not UTF-8".into()),
        };
        match row {
            Ok(row) if known.insert(row.address.clone()) => rows.push(row),
            Ok(_) => {}
            Err(message) if invalid.len() < MAX_REPORTED => invalid.push(InvalidRow { line, message }),
            Err(_) => others += 1,
        }
        if rows.len() > MAX_IMPORTED_ROWS {
            let message = format!("an import has at most {MAX_IMPORTED_ROWS} addresses. Split the file");
            return Err(fail(line, message));
        }
    }
    if invalid.is_empty() { Ok(rows) } else { Err((invalid, others)) }
}

/// Returns the line of a quotation mark that is never closed. The reader would treat the rest of the file as one value. Quotation marks
/// inside a value are doubled (RFC 4180, section 2.7), so each one opens or closes.
fn unclosed_quote(bytes: &[u8]) -> Option<u64> {
    let (mut line, mut opened) = (1, None);
    for byte in bytes {
        match byte {
            b'\n' => line += 1,
            b'"' => opened = if opened.is_none() { Some(line) } else { None },
            _ => {}
        }
    }
    opened
}

/// A line counter. The reader's line number of a record is that of the empty lines before it, and is off by one after `\r\n`.
struct Lines<'a> {
    bytes: &'a [u8],
    end: usize,
    breaks: u64,
}

impl Lines<'_> {
    /// Returns the line of the record that ends at this byte.
    fn line_of(&mut self, end: usize) -> u64 {
        let read = self.bytes.get(self.end..end).unwrap_or_default();
        self.breaks += read.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.end = end;
        if read.last() == Some(&b'\n') { self.breaks } else { self.breaks + 1 }
    }
}

/// The positions of the columns.
struct Columns {
    count: usize,
    positions: [Option<usize>; 3],
}

impl Columns {
    fn parse(header: &StringRecord) -> Result<Self, String> {
        let mut positions = [None; 3];
        for (position, name) in header.iter().enumerate() {
            let Some(column) = COLUMNS.iter().position(|column| column.eq_ignore_ascii_case(name.trim()))
            else {
                return Err("the header may only have the columns address, reason and since".into());
            };
            if positions[column].replace(position).is_some() {
                return Err(format!("the column {} is repeated", COLUMNS[column]));
            }
        }
        if positions[0].is_none() {
            return Err("the column address is missing".into());
        }
        Ok(Self { count: header.len(), positions })
    }

    fn row(&self, record: &StringRecord, now: OffsetDateTime) -> Result<ImportedRow, String> {
        if record.len() != self.count {
            return Err(format!("the row has {} values instead of {}", record.len(), self.count));
        }
        let value = |column: usize| {
            let value = self.positions[column].and_then(|position| record.get(position)).map(str::trim);
            value.filter(|value| !value.is_empty())
        };
        let address = value(0).ok_or("the address is missing")?;
        let address =
            address.parse().map_err(|invalid: email_message::ValidationError| invalid.to_string())?;
        let reason = match value(1) {
            None => SuppressionReason::Manual,
            Some(reason) => reason.parse().map_err(|unknown: super::ParseReasonError| unknown.to_string())?,
        };
        let since = match value(2) {
            None => now,
            Some(text) => OffsetDateTime::parse(text, &Rfc3339)
                .ok()
                .filter(|since| *since <= now && *since >= OffsetDateTime::UNIX_EPOCH)
                .ok_or("since must be a time in the past, such as 2026-11-24T12:00:00Z")?,
        };
        Ok(ImportedRow { address, reason, since })
    }
}

/// Writes rows of an export. [`parse`] accepts them after the [`HEADER`].
///
/// # Errors
/// Fails if a time can't be formatted.
pub fn write_rows(suppressions: &[Suppression]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = Writer::from_writer(Vec::new());
    for suppression in suppressions {
        let since = suppression.since.format(&Rfc3339).map_err(std::io::Error::other)?;
        writer.write_record([suppression.address.as_str(), suppression.reason.name(), &since])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn addresses(text: &str) -> Vec<String> {
        parse(text.as_bytes(), NOW).unwrap().into_iter().map(|row| row.address.to_string()).collect()
    }

    fn invalid(text: &[u8]) -> Vec<(u64, String)> {
        let (rows, _) = parse(text, NOW).unwrap_err();
        rows.into_iter().map(|row| (row.line, row.message)).collect()
    }

    fn lines(text: &[u8]) -> Vec<u64> {
        invalid(text).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn columns_may_be_in_any_order_and_only_the_address_is_required() {
        let rows = parse(
            b"since,address,reason\n2026-01-02T03:04:05Z,A@example.com,complaint\n,b@example.com,\n",
            NOW,
        );
        let row =
            |address: &str, reason, since| ImportedRow { address: address.parse().unwrap(), reason, since };
        assert_eq!(
            rows.unwrap(),
            [
                row("a@example.com", SuppressionReason::Complaint, datetime!(2026-01-02 3:04:05 UTC)),
                row("b@example.com", SuppressionReason::Manual, NOW),
            ]
        );
        for text in [
            "address\na@example.com\nb@example.com",
            "\u{feff}Address\r\na@example.com\r\n\r\nb@example.com\r\n",
            "\"address\"\n\"a@example.com\"\n b@example.com \nA@example.com\n",
        ] {
            assert_eq!(addresses(text), ["a@example.com", "b@example.com"], "{text:?}");
        }
        assert_eq!(addresses("address\n"), Vec::<String>::new());
    }

    #[test]
    fn quoted_local_parts_are_accepted_and_added_to_addresses_of_japanese_carriers() {
        for row in
            ["\"aaa..bbbb\"@docomo.ne.jp", "\"\"\"aaa..bbbb\"\"@docomo.ne.jp\"", "aaa..bbbb@docomo.ne.jp"]
        {
            assert_eq!(addresses(&format!("address\n{row}\n")), ["\"aaa..bbbb\"@docomo.ne.jp"], "{row}");
        }
        assert_eq!(addresses("address\n\"\"\"a b\"\"@example.com\"\n"), ["\"a b\"@example.com"]);
        assert_eq!(lines(b"address\naaa..bbbb@example.com\n"), [2]);
    }

    #[test]
    fn an_unclosed_quotation_mark_is_reported_and_a_doubled_one_is_not() {
        assert_eq!(lines(b"address\n\"a@example.com\n"), [2]);
        assert_eq!(lines(b"address\n\"a@example.com\"\n\"b@example.com\nc@example.com\n"), [3]);
        assert_eq!(unclosed_quote(b"address\n\"a\"\"b@example.com\"\n"), None);
    }

    #[test]
    fn invalid_rows_are_reported_by_line_and_nothing_is_imported() {
        assert_eq!(lines(b"address\na@example.com\nnobody\n\nb@example.com\nc@\n"), [3, 6]);
        assert_eq!(
            lines(b"address,reason\na@example.com\nb@example.com,bounce,x\nc@example.com,spam"),
            [2, 3, 4]
        );
        assert_eq!(
            lines(b"address,since\na@example.com,yesterday\nb@example.com,2026-11-24T12:00:01Z"),
            [2, 3]
        );
        assert_eq!(lines(b"address\r\nnobody\r\n\r\n\r\na@example.com\r\nx\r\n\"y\"\r\nz"), [2, 6, 7, 8]);
        assert_eq!(lines(b"address\na\xff@example.com\nb\n"), [2, 3]);
        let (reported, others) = parse(format!("address\n{}", "x\n".repeat(25)).as_bytes(), NOW).unwrap_err();
        assert_eq!((reported.len(), reported[19].line, others), (20, 21, 5));
    }

    #[test]
    fn a_file_with_an_invalid_header_is_rejected() {
        for (text, part) in [
            (&b""[..], "header is missing"),
            (b"a@example.com\n", "may only have"),
            (b"address,note\n", "may only have"),
            (b"reason\nbounce\n", "address is missing"),
            (b"address,address\n", "repeated"),
            (b"\xff\xfe", "UTF-8"),
        ] {
            let rows = invalid(text);
            assert!(rows.len() == 1 && rows[0].0 == 1 && rows[0].1.contains(part), "{rows:?}");
        }
    }

    #[test]
    fn an_import_has_a_maximum_number_of_rows() {
        let file = |count: usize| {
            (0..count).fold("address\n".to_owned(), |file, n| file + &format!("a{n}@example.com\n"))
        };
        assert_eq!(parse(file(MAX_IMPORTED_ROWS).as_bytes(), NOW).unwrap().len(), MAX_IMPORTED_ROWS);
        let (reported, _) = parse(file(MAX_IMPORTED_ROWS + 1).as_bytes(), NOW).unwrap_err();
        assert_eq!(reported[0].line, 10_002);
    }

    proptest! {
        #[test]
        fn an_export_can_be_imported(
            names in proptest::collection::btree_set("[a-z!#$%&'*+/=?^_`{|}~-]{1,20}|\"[a-z,. ]{1,20},\"", 0..20),
            reason in proptest::sample::select(SuppressionReason::ALL.to_vec()),
        ) {
            let list: Vec<_> = names
                .iter()
                .map(|name| Suppression {
                    address: format!("{name}@example.com").parse().unwrap(),
                    reason,
                    since: NOW,
                    email_id: None,
                })
                .collect();
            let file = [HEADER.as_bytes(), &write_rows(&list).unwrap()].concat();
            let rows = parse(&file, NOW).unwrap();
            let again: Vec<_> = rows
                .into_iter()
                .map(|row| Suppression { address: row.address, reason: row.reason, since: row.since, email_id: None })
                .collect();
            prop_assert_eq!(again, list);
        }

        #[test]
        fn no_input_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, NOW);
            let _ = parse(&[b"address\n", &bytes[..]].concat(), NOW);
        }
    }
}
