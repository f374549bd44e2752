-- Where a walk through a table goes on that is done in pieces.
CREATE TABLE walks (
  name TEXT PRIMARY KEY,
  position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- When an organisation was deleted; what belongs to it goes piece by piece, and its row last.
ALTER TABLE organisations ADD COLUMN deleted_at TEXT;
