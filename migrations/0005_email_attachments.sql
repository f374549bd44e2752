-- What is shown of an email's files, as JSON; their contents are never here.
ALTER TABLE emails ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
