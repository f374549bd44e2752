-- How often something happened to mails on their way, for whoever runs Kraiter. A value only grows.
CREATE TABLE counters (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  region TEXT NOT NULL,
  event TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, region, event)
) STRICT, WITHOUT ROWID;
