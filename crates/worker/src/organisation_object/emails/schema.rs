//! The table `emails` and its statements.
//!
//! An email is in one of these states:
//!
//! | phase | `queue` | `due_at` | |
//! |---|---|---|---|
//! | queued | order in the queue | – | is sent when it has its turn |
//! | queued | – | time | joins the queue at that time |
//! | scheduled | – | time | joins the queue at that time |
//! | sending | – | – | SES is called in the request that accepted the email: found by its id if the instance ends |
//! | sending | – | deadline | SES is called; after the deadline the response counts as lost |
//! | unconfirmed | – | time | is reconciled at that time |
//! | finished | – | – | |
//!
//! `place` is an email's place in its batch, for when it joins the queue; null if it was sent alone.
//!
//! So an email that is sent at once is in no index, and each change of it writes one row.

pub(crate) const SCHEMA: &[&str] = &[
    "CREATE TABLE emails (id BLOB PRIMARY KEY, phase INTEGER NOT NULL, status INTEGER NOT NULL, region INTEGER NOT NULL, \
     recipients INTEGER NOT NULL, place INTEGER, queue INTEGER, due_at INTEGER, scheduled_at INTEGER, attempts TEXT, head TEXT NOT NULL, content TEXT, \
     history TEXT, ses_message_id TEXT, error TEXT, response TEXT, events TEXT) STRICT, WITHOUT ROWID",
    "CREATE INDEX emails_queue ON emails (region, queue) WHERE queue IS NOT NULL",
    "CREATE INDEX emails_requeued ON emails (region, place) WHERE phase = 2 AND queue IS NULL",
    "CREATE INDEX emails_due ON emails (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX emails_scheduled ON emails (id) WHERE phase = 1",
    "CREATE INDEX emails_unconfirmed ON emails (region) WHERE phase = 4",
    // `EmailFilter::INDEXED`. An ordinary email never has these statuses.
    "CREATE INDEX emails_by_status ON emails (status) WHERE status IN (30, 40, 45, 60, 70, 80, 120, 130)",
    // Summaries of consecutive emails, from the id `first` to the id `last`, for searches. They don't overlap.
    "CREATE TABLE email_blocks (first BLOB PRIMARY KEY, last BLOB NOT NULL, summary BLOB NOT NULL) STRICT, WITHOUT ROWID",
    // Messages with files, in chunks: a row has at most 2 MB.
    "CREATE TABLE email_chunks (email BLOB NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (email, number)) \
     STRICT, WITHOUT ROWID",
    // Events that an email's row has no room for.
    "CREATE TABLE email_events (email BLOB NOT NULL, message TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (email, message)) \
     STRICT, WITHOUT ROWID",
];
