//! Writing a page.

use api_contract::{Backup, BackupCursor, BackupOrganisation, BackupTable, BackupValue};
use domain::EmailId;
use email_message::CHUNK_BYTES;

use super::{
    from_js,
    tables::{EMAIL_CHUNKS, EMAILS, TABLES, Table},
    to_js,
};
use crate::{clock, http::Error, organisation_object::OrganisationObject};

/// The number of rows after which a page ends.
const MAX_ROWS: usize = 1_000;

/// The size of rows after which a page ends, in bytes. With one more row it is below the limit of a request.
const MAX_BYTES: usize = 2 * CHUNK_BYTES;

/// A page that is being written.
struct Page {
    backup: Backup,
    rows: usize,
    bytes: usize,
}

impl Page {
    fn push(&mut self, table: &str, row: Vec<BackupValue>) {
        self.rows += 1;
        self.bytes += row.iter().map(BackupValue::size).sum::<usize>();
        match self.backup.tables.last_mut().filter(|last| last.name == table) {
            Some(last) => last.rows.push(row),
            None => self.backup.tables.push(BackupTable { name: table.to_owned(), rows: vec![row] }),
        }
    }

    const fn is_full(&self) -> bool {
        self.rows >= MAX_ROWS || self.bytes >= MAX_BYTES
    }

    fn end_at(mut self, cursor: BackupCursor) -> Backup {
        self.backup.next_cursor = Some(cursor);
        self.backup
    }
}

/// How a page goes on after an email.
enum Next {
    /// With the next email.
    Email(Page),
    /// It has ended.
    Ended(Backup),
}

impl OrganisationObject {
    /// Returns the page of a backup at `cursor`, or the first one.
    pub(in crate::organisation_object) fn back_up(
        &self,
        cursor: Option<BackupCursor>,
    ) -> Result<Backup, Error> {
        let organisation = self.context.organisation()?;
        let details = BackupOrganisation {
            name: organisation.name.clone(),
            external_id: organisation.external_id.clone(),
            created_at: organisation.created_at,
        };
        let backup = Backup::new(organisation.id, details, clock::now());
        let mut page = Page { backup, rows: 0, bytes: 0 };
        let (first, mut after) = match cursor {
            None => {
                page.backup.connection = self.connection.back_up()?;
                page.backup.settings = self.connection.back_up_settings()?;
                (0, Vec::new())
            }
            Some(BackupCursor::Rows { table, after }) => (find(&table, &after)?, after),
            Some(BackupCursor::Chunk(email, number)) => match self.resume_email(page, email, number)? {
                Next::Email(resumed) => {
                    page = resumed;
                    (find(EMAILS.name, &[])?, vec![id_value(email)])
                }
                Next::Ended(page) => return Ok(page),
            },
        };
        for table in &TABLES[first..] {
            loop {
                if page.is_full() {
                    return Ok(page.end_at(cursor_at(table, after)));
                }
                let rows = self.read(table, &after)?;
                let is_end = rows.len() < table.rows_per_read as usize;
                for row in rows {
                    let key = row[..table.key_length()].to_vec();
                    if table.name == EMAILS.name {
                        page = match self.add_email(page, row, &after)? {
                            Next::Email(page) => page,
                            Next::Ended(page) => return Ok(page),
                        };
                    } else {
                        page.push(table.name, row);
                    }
                    after = key;
                }
                if is_end {
                    break;
                }
            }
            after = Vec::new();
        }
        Ok(page.backup)
    }

    /// Returns the next rows of a table after a key.
    fn read(&self, table: &Table, after: &[BackupValue]) -> Result<Vec<Vec<BackupValue>>, Error> {
        let start = if after.is_empty() { table.start() } else { after.to_vec() };
        let values = start.iter().map(to_js).chain([table.rows_per_read.into()]);
        let rows = self.context.sql.rows_list(table.select, values)?;
        rows.iter().map(|row| row.values().map(|value| from_js(&value)).collect()).collect()
    }

    /// Adds an email that follows the one with the key `after`. One with chunks begins a page.
    fn add_email(&self, page: Page, row: Vec<BackupValue>, after: &[BackupValue]) -> Result<Next, Error> {
        let id = row[0].as_bytes().and_then(|bytes| EmailId::from_bytes(bytes.try_into().ok()?));
        let id = id.ok_or_else(|| Error::internal("the storage holds an unreadable id of an email"))?;
        let chunks = self.emails.count_chunks(id)?;
        if chunks > 0 && page.rows > 0 {
            return Ok(Next::Ended(page.end_at(cursor_at(&EMAILS, after.to_vec()))));
        }
        self.add_chunks(page, row, id, 0..chunks)
    }

    /// Adds chunks of an email's message and, after the last one, the email.
    fn add_chunks(
        &self,
        mut page: Page,
        mut row: Vec<BackupValue>,
        id: EmailId,
        numbers: std::ops::Range<u32>,
    ) -> Result<Next, Error> {
        let chunks = numbers.end;
        for number in numbers {
            if page.is_full() {
                return Ok(Next::Ended(page.end_at(BackupCursor::Chunk(id, number))));
            }
            let missing = || Error::internal("a chunk of a message is missing");
            let chunk = self.emails.chunks(id).get(number)?.ok_or_else(missing)?;
            let number = BackupValue::Integer(number.into());
            page.push(EMAIL_CHUNKS, vec![id_value(id), number, BackupValue::bytes(chunk)]);
        }
        row.push(BackupValue::Integer(chunks.into()));
        page.push(EMAILS.name, row);
        Ok(Next::Email(page))
    }

    /// Continues with a chunk of an email. It may have finished since the page before: then its message is gone.
    fn resume_email(&self, page: Page, id: EmailId, number: u32) -> Result<Next, Error> {
        let before = u128::from_be_bytes(id.to_bytes()).wrapping_sub(1).to_be_bytes();
        let rows = self.read(&EMAILS, &[BackupValue::bytes(before.to_vec())])?;
        let Some(row) = rows.into_iter().find(|row| row[0] == id_value(id)) else {
            return Ok(Next::Email(page));
        };
        let chunks = self.emails.count_chunks(id)?;
        self.add_chunks(page, row, id, number.min(chunks)..chunks)
    }
}

fn id_value(id: EmailId) -> BackupValue {
    BackupValue::bytes(id.to_bytes().to_vec())
}

fn cursor_at(table: &Table, after: Vec<BackupValue>) -> BackupCursor {
    BackupCursor::Rows { table: table.name.to_owned(), after }
}

/// Returns the index of a table that has keys of this length.
fn find(name: &str, after: &[BackupValue]) -> Result<usize, Error> {
    let is_key = |table: &&Table| after.is_empty() || after.len() == table.key_length();
    let found = TABLES.iter().position(|table| table.name == name && is_key(table));
    Ok(found.ok_or_else(BackupCursor::invalid)?)
}
