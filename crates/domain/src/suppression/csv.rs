//! Lists of suppressed addresses as CSV (RFC 4180): a heading, then a line an address.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord, Writer};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{AddressKey, Suppression, SuppressionReason};

/// The most rows of one import: they are written in one transaction.
pub const MAX_IMPORTED_ROWS: usize = 10_000;

/// So many bad rows are named; of more it is told how many there are.
const MAX_NAMED: usize = 20;

const COLUMNS: [&str; 3] = ["address", "reason", "since"];

/// A row of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedRow {
    /// The address.
    pub address: AddressKey,
    /// Why; `manual` unless told.
    pub reason: SuppressionReason,
    /// Since when; now unless told.
    pub since: OffsetDateTime,
}

/// A row that isn't taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Its line; the heading is line 1.
    pub line: u64,
    /// What is wrong with it.
    pub message: String,
}

/// Reads an import. An address that comes twice counts once, as it came first.
///
/// # Errors
/// The first rows that aren't taken, and how many more there are.
pub fn read(bytes: &[u8], now: OffsetDateTime) -> Result<Vec<ImportedRow>, (Vec<BadRow>, usize)> {
    let fail = |line: u64, message: String| (vec![BadRow { line, message }], 0);
    // Spreadsheets begin a file with it.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(line) = open_quote(bytes) {
        return Err(fail(line, "a quote is opened and never closed".into()));
    }
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
    let mut record = StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => {}
        Ok(false) => return Err(fail(1, "the heading is missing: address,reason,since".into())),
        Err(_) => return Err(fail(1, "not UTF-8".into())),
    }
    let columns = Columns::of(&record).map_err(|message| fail(1, message))?;
    let (mut rows, mut bad, mut more, mut known) = (Vec::new(), Vec::new(), 0, HashSet::new());
    let mut lines = Lines { bytes, end: 0, breaks: 0 };
    loop {
        let read = reader.read_record(&mut record);
        let line = lines.of(usize::try_from(reader.position().byte()).unwrap_or(bytes.len()));
        let row = match read {
            Ok(false) => break,
            Ok(true) => columns.row(&record, now),
            Err(_) => Err("not UTF-8".into()),
        };
        match row {
            Ok(row) if known.insert(row.address.clone()) => rows.push(row),
            Ok(_) => {}
            Err(message) if bad.len() < MAX_NAMED => bad.push(BadRow { line, message }),
            Err(_) => more += 1,
        }
        if rows.len() > MAX_IMPORTED_ROWS {
            let message = format!("an import has at most {MAX_IMPORTED_ROWS} addresses: split the file");
            return Err(fail(line, message));
        }
    }
    if bad.is_empty() { Ok(rows) } else { Err((bad, more)) }
}

/// The line of a quote that is opened and never closed: the reader would take the rest of the file for its value. Within a value quotes are
/// doubled (RFC 4180, 2.7), so each one opens or closes.
fn open_quote(bytes: &[u8]) -> Option<u64> {
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

/// Counts lines. The reader's own count of a record begins at the empty lines before it, and ends before the second byte of a line's end.
struct Lines<'a> {
    bytes: &'a [u8],
    end: usize,
    breaks: u64,
}

impl Lines<'_> {
    /// The line of a record that ends here.
    fn of(&mut self, end: usize) -> u64 {
        let read = self.bytes.get(self.end..end).unwrap_or_default();
        self.breaks += read.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.end = end;
        if read.last() == Some(&b'\n') { self.breaks } else { self.breaks + 1 }
    }
}

/// Where what stands in a row.
struct Columns {
    count: usize,
    places: [Option<usize>; 3],
}

impl Columns {
    fn of(heading: &StringRecord) -> Result<Self, String> {
        let mut places = [None; 3];
        for (place, name) in heading.iter().enumerate() {
            let Some(column) = COLUMNS.iter().position(|column| column.eq_ignore_ascii_case(name.trim()))
            else {
                return Err("a heading has the columns address, reason and since, and no others".into());
            };
            if places[column].replace(place).is_some() {
                return Err(format!("the column {} stands there twice", COLUMNS[column]));
            }
        }
        if places[0].is_none() {
            return Err("the column address is missing".into());
        }
        Ok(Self { count: heading.len(), places })
    }

    fn row(&self, record: &StringRecord, now: OffsetDateTime) -> Result<ImportedRow, String> {
        if record.len() != self.count {
            return Err(format!("{} values instead of {}", record.len(), self.count));
        }
        let value = |column: usize| {
            let value = self.places[column].and_then(|place| record.get(place)).map(str::trim);
            value.filter(|value| !value.is_empty())
        };
        let address = value(0).ok_or("the address is missing")?;
        let address =
            address.parse().map_err(|invalid: email_message::ValidationError| invalid.to_string())?;
        let reason = match value(1) {
            None => SuppressionReason::Manual,
            Some(reason) => reason.parse().map_err(|unknown: super::UnknownReason| unknown.to_string())?,
        };
        let since = match value(2) {
            None => now,
            Some(text) => OffsetDateTime::parse(text, &Rfc3339)
                .ok()
                .filter(|since| *since <= now && *since >= OffsetDateTime::UNIX_EPOCH)
                .ok_or("since is a time that has passed, such as 2026-11-24T12:00:00Z")?,
        };
        Ok(ImportedRow { address, reason, since })
    }
}

/// Writes an export, which [`read`] takes again.
///
/// # Errors
/// Where a time can't be written.
pub fn write(suppressions: &[Suppression]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
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
        read(text.as_bytes(), NOW).unwrap().into_iter().map(|row| row.address.into()).collect()
    }

    fn bad(text: &[u8]) -> Vec<(u64, String)> {
        let (rows, _) = read(text, NOW).unwrap_err();
        rows.into_iter().map(|row| (row.line, row.message)).collect()
    }

    fn lines(text: &[u8]) -> Vec<u64> {
        bad(text).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn columns_stand_in_any_order_and_the_address_alone_is_enough() {
        let rows = read(
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
    fn a_quote_that_stays_open_is_named_and_a_doubled_one_is_none() {
        assert_eq!(lines(b"address\n\"a@example.com\n"), [2]);
        assert_eq!(lines(b"address\n\"a@example.com\"\n\"b@example.com\nc@example.com\n"), [3]);
        assert_eq!(open_quote(b"address\n\"a\"\"b@example.com\"\n"), None);
    }

    #[test]
    fn bad_rows_are_named_by_their_lines_and_no_row_is_taken() {
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
        let (named, more) = read(format!("address\n{}", "x\n".repeat(25)).as_bytes(), NOW).unwrap_err();
        assert_eq!((named.len(), named[19].line, more), (20, 21, 5));
    }

    #[test]
    fn what_is_no_such_file_is_refused_at_its_heading() {
        for (text, part) in [
            (&b""[..], "heading is missing"),
            (b"a@example.com\n", "no others"),
            (b"address,note\n", "no others"),
            (b"reason\nbounce\n", "address is missing"),
            (b"address,address\n", "twice"),
            (b"\xff\xfe", "UTF-8"),
        ] {
            let bad = bad(text);
            assert!(bad.len() == 1 && bad[0].0 == 1 && bad[0].1.contains(part), "{bad:?}");
        }
    }

    #[test]
    fn an_import_is_bounded() {
        let file = |count: usize| {
            (0..count).fold("address\n".to_owned(), |file, n| file + &format!("a{n}@example.com\n"))
        };
        assert_eq!(read(file(MAX_IMPORTED_ROWS).as_bytes(), NOW).unwrap().len(), MAX_IMPORTED_ROWS);
        let (named, _) = read(file(MAX_IMPORTED_ROWS + 1).as_bytes(), NOW).unwrap_err();
        assert_eq!(named[0].line, 10_002);
    }

    proptest! {
        #[test]
        fn what_is_exported_is_imported_again(
            names in proptest::collection::btree_set("[a-z!#$%&'*+/=?^_`{|}~-]{1,20}", 0..20),
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
            let rows = read(&write(&list).unwrap(), NOW).unwrap();
            let again: Vec<_> = rows
                .into_iter()
                .map(|row| Suppression { address: row.address, reason: row.reason, since: row.since, email_id: None })
                .collect();
            prop_assert_eq!(again, list);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes, NOW);
            let _ = read(&[b"address\n", &bytes[..]].concat(), NOW);
        }
    }
}
