-- Delivery steps taken by Kraiter, as JSON.
ALTER TABLE emails ADD COLUMN history TEXT NOT NULL DEFAULT '[]';
