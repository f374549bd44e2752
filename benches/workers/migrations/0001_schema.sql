-- The database of the Workers that the benchmark compares with.

CREATE TABLE organisations (
  id TEXT PRIMARY KEY,
  role_arn TEXT NOT NULL,
  external_id TEXT NOT NULL,
  region TEXT NOT NULL,
  configuration_set TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  digest TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE suppressions (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  address TEXT NOT NULL,
  PRIMARY KEY (organisation_id, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE emails (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  status TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,
  subject TEXT NOT NULL,
  ses_message_id TEXT,
  error TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX emails_by_organisation ON emails (organisation_id, created_at);

CREATE TABLE idempotency_keys (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER,
  response TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhooks (
  token_digest TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  topic_arn TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE email_events (
  sns_message_id TEXT PRIMARY KEY,
  email_id TEXT NOT NULL,
  type TEXT NOT NULL,
  at TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX email_events_by_email ON email_events (email_id);
