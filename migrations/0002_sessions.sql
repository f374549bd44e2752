-- Browser sessions. Revoking an API key ends the sessions created with it.
CREATE TABLE sessions (
  digest TEXT PRIMARY KEY,
  key_digest TEXT NOT NULL REFERENCES api_keys (digest),
  expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_end ON sessions (expires_at);
