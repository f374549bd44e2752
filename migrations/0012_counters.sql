-- Delivery counters for `/metrics`. Values only increase.
CREATE TABLE counters (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  region TEXT NOT NULL,
  event TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, region, event)
) STRICT, WITHOUT ROWID;
