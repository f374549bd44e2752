-- Finds scheduled emails by send time, which is when their events arrive. Other emails aren't indexed.
CREATE INDEX emails_by_schedule ON emails (organisation_id, scheduled_at) WHERE scheduled_at IS NOT NULL;
