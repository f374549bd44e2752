-- Times are RFC 3339 in UTC. Keys and tokens are SHA-256 digests. Identifiers are a prefix and a UUID of version 7, so they sort by time.

CREATE TABLE organisations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  external_id TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  digest TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each quick-create link that was given out; `topic_arn` is filled in by the stack's confirmation.
CREATE TABLE webhooks (
  token_digest TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  region TEXT NOT NULL,
  topic_arn TEXT,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_by_organisation ON webhooks (organisation_id, created_at);

-- A role that was proven to be an organisation's: no other can have it.
CREATE TABLE role_claims (
  role_arn TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX role_claims_by_organisation ON role_claims (organisation_id);

CREATE TABLE identities (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (organisation_id, name, region)
) STRICT, WITHOUT ROWID;

CREATE TABLE emails (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  -- The status as a number, in the order of precedence: it only ever grows.
  status INTEGER NOT NULL,
  sender TEXT NOT NULL,
  -- Lists and maps are JSON.
  recipients TEXT NOT NULL,
  cc TEXT NOT NULL,
  bcc TEXT NOT NULL,
  reply_to TEXT NOT NULL,
  subject TEXT NOT NULL,
  tags TEXT NOT NULL,
  region TEXT NOT NULL,
  ses_message_id TEXT,
  error TEXT,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX emails_by_organisation ON emails (organisation_id, id);

-- One row for each SNS message about an email, however often SNS posts it.
CREATE TABLE email_events (
  sns_message_id TEXT PRIMARY KEY,
  email_id TEXT NOT NULL REFERENCES emails (id),
  type TEXT NOT NULL,
  at TEXT NOT NULL,
  recipients TEXT NOT NULL,
  detail TEXT NOT NULL,
  received_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX email_events_by_email ON email_events (email_id, at);
