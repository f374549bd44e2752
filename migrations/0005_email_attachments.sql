-- Name, type and size of each attachment, as JSON. Never their content.
ALTER TABLE emails ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
