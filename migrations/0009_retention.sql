-- Cursors of incremental table scans.
CREATE TABLE walks (
  name TEXT PRIMARY KEY,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Time of deletion. The organisation's data is deleted in batches, and its row last.
ALTER TABLE organisations ADD COLUMN deleted_at TEXT;
