-- When an email is to go, in milliseconds since 1970; null where it was to go at once.
ALTER TABLE emails ADD COLUMN scheduled_at INTEGER;

-- 5 is the status `scheduled`. Others aren't indexed: they change with every event.
CREATE INDEX emails_scheduled ON emails (organisation_id, id) WHERE status = 5;
