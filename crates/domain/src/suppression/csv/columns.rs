//! Columns of an import, and the values of its rows.

use csv::StringRecord;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{super::SuppressionReason, ImportedRow, cell};

/// The columns, and their names in other products' exports, without spaces and punctuation.
const COLUMNS: [(&str, &[&str]); 3] = [
    ("address", &["address", "email", "emailaddress"]),
    ("reason", &["reason"]),
    // SES: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SuppressedDestinationSummary.html
    ("since", &["since", "lastupdatetime"]),
];

/// The positions of the columns.
pub(super) struct Columns {
    count: usize,
    positions: [Option<usize>; 3],
}

impl Columns {
    pub(super) fn parse(header: &StringRecord) -> Result<Self, String> {
        let mut positions = [None; 3];
        for (position, name) in header.iter().enumerate() {
            let plain: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
            // Spreadsheets write empty columns.
            if plain.is_empty() {
                continue;
            }
            if name.contains('@') {
                return Err("the header is missing. Add the line address,reason,since".into());
            }
            let Some(column) = COLUMNS.iter().position(|(_, names)| names.contains(&plain.as_str())) else {
                return Err(format!("\"{}\" is not a column. Use address, reason and since", name.trim()));
            };
            if positions[column].replace(position).is_some() {
                return Err(format!("the column {} is repeated", COLUMNS[column].0));
            }
        }
        if positions[0].is_none() {
            return Err("the column address is missing".into());
        }
        Ok(Self { count: header.len(), positions })
    }

    pub(super) fn row(&self, record: &StringRecord, now: OffsetDateTime) -> Result<ImportedRow, String> {
        let has_other_length =
            record.len() < self.count || record.iter().skip(self.count).any(|value| !value.is_empty());
        if has_other_length {
            return Err(format!("the row has {} values instead of {}", record.len(), self.count));
        }
        let value = |column: usize| {
            let value = self.positions[column].and_then(|position| record.get(position)).map(str::trim);
            value.filter(|value| !value.is_empty())
        };
        let address = value(0).ok_or("the address is missing")?;
        let address = cell::unprotect(address)
            .parse()
            .map_err(|invalid: email_message::ValidationError| invalid.to_string())?;
        let reason = match value(1) {
            None => SuppressionReason::Manual,
            Some(reason) => reason
                .to_ascii_lowercase()
                .parse()
                .map_err(|unknown: super::super::ParseReasonError| unknown.to_string())?,
        };
        let since = match value(2) {
            None => now,
            Some(text) => parse_time(text)
                .filter(|since| *since <= now && *since >= OffsetDateTime::UNIX_EPOCH)
                .ok_or("since must be a time in the past, such as 2026-11-24T12:00:00Z")?,
        };
        Ok(ImportedRow { address, reason, since })
    }
}

/// Parses a time (RFC 3339). Without an offset, as spreadsheets write it, it is UTC.
fn parse_time(text: &str) -> Option<OffsetDateTime> {
    let text = text.replacen(' ', "T", 1);
    let forms = [text.clone(), format!("{text}Z"), format!("{text}T00:00:00Z")];
    forms.iter().find_map(|form| OffsetDateTime::parse(form, &Rfc3339).ok())
}
