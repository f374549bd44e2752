-- Several keys an organisation: each has an id, a name, what it ends with, and when it was last shown. Times here are milliseconds since 1970.
ALTER TABLE api_keys ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN name TEXT NOT NULL DEFAULT 'First key';
ALTER TABLE api_keys ADD COLUMN hint TEXT NOT NULL DEFAULT '';
ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;

-- Keys from before get ids in the form of the others, though not in the order of time.
UPDATE api_keys SET id = 'key_' || substr(digest, 1, 12) || '7' || substr(digest, 14, 3) || '8' || substr(digest, 18, 15);

CREATE UNIQUE INDEX api_keys_by_organisation ON api_keys (organisation_id, id);
