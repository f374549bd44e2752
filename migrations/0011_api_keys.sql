-- Several API keys per organisation. `hint` is the last four characters. Times are milliseconds since 1970.
ALTER TABLE api_keys ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN name TEXT NOT NULL DEFAULT 'First key';
ALTER TABLE api_keys ADD COLUMN hint TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;

-- Existing keys get IDs in the usual form, not sorted by time.
UPDATE api_keys SET id = 'key_' || substr(digest, 1, 12) || '7' || substr(digest, 14, 3) || '8' || substr(digest, 18, 15);

CREATE UNIQUE INDEX api_keys_by_organisation ON api_keys (organisation_id, id);
