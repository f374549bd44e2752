-- Times are RFC 3339 in UTC. Keys and tokens are stored as SHA-256 digests. IDs are a prefix and a UUIDv7, so they sort by creation time.

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

-- Webhook URLs, one row per quick-create link. `topic_arn` is set when the stack's subscription is confirmed.
CREATE TABLE webhooks (
  token_digest TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  region TEXT NOT NULL,
  topic_arn TEXT,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_by_organisation ON webhooks (organisation_id, created_at);

-- Roles that have passed a check for an organisation. No other organisation can use them.
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
  -- Rank of the status, in order of precedence. It never decreases.
  status INTEGER NOT NULL,
  sender TEXT NOT NULL,
  -- Lists and maps are stored as JSON.
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

-- Events of emails. Keyed by SNS message ID, so a message that SNS delivers twice is stored once.
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
