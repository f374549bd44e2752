-- Templates. `version` is the newest version.
CREATE TABLE templates (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (organisation_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX templates_by_organisation ON templates (organisation_id, id);

-- Content of each template version. A rowid table, because texts may be long.
CREATE TABLE template_versions (
  template_id TEXT NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  subject TEXT NOT NULL,
  html TEXT,
  text TEXT,
  -- Variables that the template uses, as JSON.
  variables TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (template_id, version)
) STRICT;
