-- A template's name, and which of its versions is the newest.
CREATE TABLE templates (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (organisation_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX templates_by_organisation ON templates (organisation_id, id);

-- What a template says, version by version. Texts may be long, so the rows have a number of their own.
CREATE TABLE template_versions (
  template_id TEXT NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  subject TEXT NOT NULL,
  html TEXT,
  text TEXT,
  -- What it uses, as JSON.
  variables TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (template_id, version)
) STRICT;
