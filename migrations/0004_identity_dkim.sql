-- Since when the DNS records of an identity are what they are, where Kraiter made them so.
ALTER TABLE identities ADD COLUMN records_since TEXT;

-- The public half of a key that the customer brought for DKIM, and where it is published. The private half is never stored.
ALTER TABLE identities ADD COLUMN dkim_selector TEXT;
ALTER TABLE identities ADD COLUMN dkim_public_key TEXT;
