-- When Kraiter last changed the identity's DNS records; null if it never did.
ALTER TABLE identities ADD COLUMN records_since TEXT;

-- Selector and public key of a customer's own DKIM key. The private key is never stored.
ALTER TABLE identities ADD COLUMN dkim_selector TEXT;
ALTER TABLE identities ADD COLUMN dkim_public_key TEXT;
