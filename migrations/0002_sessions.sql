-- A browser that has shown an API key. A session ends with the key that it was made with.
CREATE TABLE sessions (
  digest TEXT PRIMARY KEY,
  key_digest TEXT NOT NULL REFERENCES api_keys (digest),
  expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_end ON sessions (expires_at);
