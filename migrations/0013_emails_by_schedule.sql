-- Events of mail that was for later come when it was sent, and not when it was accepted. The rows of other mail aren't in it.
CREATE INDEX emails_by_schedule ON emails (organisation_id, scheduled_at) WHERE scheduled_at IS NOT NULL;
