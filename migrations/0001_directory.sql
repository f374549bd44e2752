-- The directory: which organisations exist, and which role belongs to which. Everything else about an organisation is in its Durable Object.
--
-- Times are milliseconds since 1970. Digests are SHA-256 in lower-case hexadecimal.

CREATE TABLE organisations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  external_id TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  -- Set while an operator has suspended the organisation.
  suspended_at INTEGER,
  -- Set when deletion begins, and by each attempt of the cron job that fails. The row is deleted when the organisation's object has deleted
  -- its data.
  deleted_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX organisations_deleting ON organisations (deleted_at) WHERE deleted_at IS NOT NULL;

-- Roles that have passed a check for an organisation. No other organisation can use them.
CREATE TABLE role_claims (
  role_arn TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX role_claims_by_organisation ON role_claims (organisation_id);

-- Idempotency keys of the administrator's requests. Those of an organisation's requests are in its object.
CREATE TABLE administrator_keys (
  digest TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  seed TEXT NOT NULL,
  -- Until then, a request with the key is in progress.
  locked_until INTEGER NOT NULL,
  -- The response, if there is one.
  status INTEGER,
  body TEXT,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX administrator_keys_by_expiry ON administrator_keys (expires_at);
