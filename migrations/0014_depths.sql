-- Queue depth as last reported, for `/metrics`.
CREATE TABLE depths (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  region TEXT NOT NULL,
  waiting INTEGER NOT NULL,
  unconfirmed INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, region)
) STRICT, WITHOUT ROWID;
