-- What speaks against sending to an address: an event of SES, an unsubscribe, an entry by hand. Times here are milliseconds since 1970,
-- since they are compared.
--
-- A row is written once and never changed, so the same rows are there in whatever order and however often events come. Which addresses are
-- suppressed is asked of them (database/suppressions.rs).
CREATE TABLE suppression_facts (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  -- In small letters.
  address TEXT NOT NULL,
  -- A reason (`bounce`, `complaint`, …), or `soft_bounce`, one of which suppresses nobody.
  kind TEXT NOT NULL,
  -- SNS's id of the message, the email's of an unsubscribe, nothing for an entry by hand.
  source TEXT NOT NULL,
  email_id TEXT,
  -- What is shown as the suppression's beginning.
  since INTEGER NOT NULL,
  -- What counts where the address was taken off the list: a fact from before that is void.
  told_at INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, address, kind, source)
) STRICT, WITHOUT ROWID;

-- When a mail to an address was last delivered, and when the address was last taken off the list.
CREATE TABLE recipients (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  delivered_at INTEGER,
  removed_at INTEGER,
  PRIMARY KEY (organisation_id, address)
) STRICT, WITHOUT ROWID;

-- The recipients whom an email left out, as JSON.
ALTER TABLE emails ADD COLUMN suppressed TEXT NOT NULL DEFAULT '[]';
