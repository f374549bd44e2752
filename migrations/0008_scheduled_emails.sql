-- Scheduled send time, in milliseconds since 1970; null for emails sent immediately.
ALTER TABLE emails ADD COLUMN scheduled_at INTEGER;

-- 5 is the rank of `scheduled`. Other statuses aren't indexed, because they change with every event.
CREATE INDEX emails_scheduled ON emails (organisation_id, id) WHERE status = 5;
