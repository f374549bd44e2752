-- Daily counts of recipients sent to, bounces and complaints, by which AWS measures an account.
CREATE TABLE sending_days (
  organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  region TEXT NOT NULL,
  -- Days since 1970, in UTC.
  day INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  bounced INTEGER NOT NULL,
  complained INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, region, day)
) STRICT, WITHOUT ROWID;
