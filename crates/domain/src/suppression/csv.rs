//! Import and export of suppressed addresses as CSV (RFC 4180) with a header.

mod cell;
mod columns;
mod lines;

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord, Writer};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use self::{
    columns::Columns,
    lines::{Lines, unclosed_quote},
};
use super::{AddressKey, Suppression, SuppressionReason};

/// The maximum number of rows in an import, which is written in one transaction.
pub const MAX_IMPORTED_ROWS: usize = 10_000;

/// The maximum number of invalid rows that are reported. The others are only counted.
const MAX_REPORTED: usize = 20;

const NOT_UTF8: &str = "the text is not UTF-8. In Excel, save the file as \"CSV UTF-8\"";

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
    let delimiter = delimiter(bytes);
    let mut reader =
        ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(bytes);
    let mut record = StringRecord::new();
    let mut lines = Lines::new(bytes);
    let mut read = |record: &mut StringRecord| {
        let read = reader.read_record(record);
        (read, lines.line_of(usize::try_from(reader.position().byte()).unwrap_or(bytes.len())))
    };
    let (mut header, mut line) = read(&mut record);
    if record.get(0).is_some_and(is_delimiter_line) {
        (header, line) = read(&mut record);
    }
    match header {
        Ok(true) => {}
        Ok(false) => return Err(fail(1, "the header is missing. Add the line address,reason,since".into())),
        Err(_) => return Err(fail(1, NOT_UTF8.into())),
    }
    let columns = Columns::parse(&record).map_err(|message| fail(line, message))?;
    let (mut rows, mut invalid, mut others, mut known) = (Vec::new(), Vec::new(), 0, HashSet::new());
    loop {
        let (read, line) = read(&mut record);
        let row = match read {
            Ok(false) => break,
            // Spreadsheets write rows that were deleted as delimiters only.
            Ok(true) if record.iter().all(|value| value.trim().is_empty()) => continue,
            Ok(true) => columns.row(&record, now),
            Err(_) => Err(NOT_UTF8.into()),
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

/// Returns the delimiter of a file: the one that Excel's first line `sep=;` names, or the first of comma, semicolon and tab in the header.
fn delimiter(bytes: &[u8]) -> u8 {
    let mut lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let named = first.last().filter(|_| is_delimiter_line(&String::from_utf8_lossy(first)));
    let candidates = b",;\t";
    let used = || candidates.iter().find(|candidate| first.contains(candidate));
    *named.filter(|named| candidates.contains(named)).or_else(used).unwrap_or(&b',')
}

/// Returns whether a line, or the part before its delimiter, is `sep=`.
fn is_delimiter_line(line: &str) -> bool {
    line.get(.."sep=".len()).is_some_and(|start| start.eq_ignore_ascii_case("sep="))
        && line.len() <= "sep=;".len()
}

/// Writes rows of an export, none of which a spreadsheet calculates. [`parse`] accepts them after the [`HEADER`].
///
/// # Errors
/// Fails if a time can't be formatted.
pub fn write_rows(suppressions: &[Suppression]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = Writer::from_writer(Vec::new());
    for suppression in suppressions {
        let since = suppression.since.format(&Rfc3339).map_err(std::io::Error::other)?;
        let address = cell::protect(suppression.address.as_str());
        writer.write_record([&*address, suppression.reason.name(), &since])?;
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
            (b"a@example.com\n", "header is missing"),
            (b"a@example.com;bounce\n", "header is missing"),
            (b"address,note\n", "\"note\" is not a column"),
            (b"address|reason\n", "\"address|reason\" is not a column"),
            (b"reason\nbounce\n", "address is missing"),
            (b"address,address\n", "repeated"),
            (b"\xff\xfea\0d\0", "CSV UTF-8"),
        ] {
            let rows = invalid(text);
            assert!(rows.len() == 1 && rows[0].0 == 1 && rows[0].1.contains(part), "{rows:?}");
        }
    }

    #[test]
    fn files_of_spreadsheets_and_other_products_are_accepted() {
        for text in [
            "address;reason;since\na@example.com;bounce;\nb@example.com;;\n",
            "address\treason\na@example.com\tbounce\nb@example.com\t\n",
            "sep=;\r\naddress;reason\r\na@example.com;bounce\r\nb@example.com;\r\n",
            "sep=,\naddress,reason\na@example.com,bounce\nb@example.com,\n",
            "\u{feff}SEP=\t\r\naddress\treason\r\na@example.com\t\r\nb@example.com\t\r\n",
            "EmailAddress,Reason,LastUpdateTime\na@example.com,BOUNCE,2026-01-02T03:04:05Z\nb@example.com,COMPLAINT,\n",
            "Email Address\na@example.com\nb@example.com\n",
            "e-mail,,\na@example.com,,\n,,\n\t, ,\nb@example.com,,\n,,\n",
            "address,\na@example.com,\nb@example.com,,\n",
            "address\ra@example.com\rb@example.com\r",
        ] {
            assert_eq!(addresses(text), ["a@example.com", "b@example.com"], "{text:?}");
        }
        let since = |time: &str| {
            parse(format!("address,since\na@example.com,{time}").as_bytes(), NOW).unwrap()[0].since
        };
        assert_eq!(since("2026-01-02 03:04:05"), datetime!(2026-01-02 3:04:05 UTC));
        assert_eq!(since("2026-01-02 03:04:05+01:00"), datetime!(2026-01-02 2:04:05 UTC));
        assert_eq!(since("2026-01-02"), datetime!(2026-01-02 0:00 UTC));
    }

    #[test]
    fn a_line_ends_with_cr_lf_or_both() {
        for end in ["\r", "\n", "\r\n"] {
            let text = ["address", "a@example.com", "nobody", "", "b@example.com", "x"].join(end);
            assert_eq!(lines(text.as_bytes()), [3, 6], "{end:?}");
            assert_eq!(lines(format!("{text}{end}").as_bytes()), [3, 6], "{end:?}");
            assert_eq!(lines(["address", "a@example.com", "\"b@"].join(end).as_bytes()), [3], "{end:?}");
        }
        assert_eq!(lines(b"sep=;\n\nname;reason\n"), [3]);
    }

    #[test]
    fn an_exported_cell_starts_no_formula() {
        for (address, cell) in [
            ("=1+1@example.net", "'=1+1@example.net"),
            ("+a@example.net", "'+a@example.net"),
            ("-a@example.net", "'-a@example.net"),
            ("'=a@example.net", "''=a@example.net"),
            ("'a@example.net", "'a@example.net"),
            ("a=b@example.net", "a=b@example.net"),
        ] {
            let list = [Suppression {
                address: address.parse().unwrap(),
                reason: SuppressionReason::Manual,
                since: NOW,
                email_id: None,
            }];
            let file = [HEADER.as_bytes(), &write_rows(&list).unwrap()].concat();
            let text = String::from_utf8(file).unwrap();
            assert_eq!(text.lines().nth(1), Some(&*format!("{cell},manual,2026-11-24T12:00:00Z")));
            assert_eq!(addresses(&text), [address]);
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
