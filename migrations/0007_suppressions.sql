-- Reasons not to send to an address: SES events, unsubscribes, manual entries. Times are milliseconds since 1970, so they can be compared.
--
-- Rows are inserted once and never updated, so the table doesn't depend on the order or repetition of events. A query decides which addresses
-- are suppressed (database/suppressions.rs).
CREATE TABLE suppression_facts (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  -- In lower case.
  address TEXT NOT NULL,
  -- A suppression reason (`bounce`, `complaint`, …), or `soft_bounce`, which doesn't suppress on its own.
  kind TEXT NOT NULL,
  -- SNS message ID, email ID for an unsubscribe, or empty for a manual entry.
  source TEXT NOT NULL,
  email_id TEXT,
  -- Shown as the start of the suppression.
  since INTEGER NOT NULL,
  -- Compared with `recipients.removed_at`: reasons from before the removal don't count.
  told_at INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, address, kind, source)
) STRICT, WITHOUT ROWID;

-- Time of the last delivery to an address, and of its last removal from the list.
CREATE TABLE recipients (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  delivered_at INTEGER,
  removed_at INTEGER,
  PRIMARY KEY (organisation_id, address)
) STRICT, WITHOUT ROWID;

-- Suppressed recipients of an email, as JSON.
ALTER TABLE emails ADD COLUMN suppressed TEXT NOT NULL DEFAULT '[]';
