-- What we did with an email, step by step, as JSON.
ALTER TABLE emails ADD COLUMN history TEXT NOT NULL DEFAULT '[]';
