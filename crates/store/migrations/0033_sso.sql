-- The OpenID provider by which people may sign in: one row at most, and it belongs to the installation.
CREATE TABLE provider (
  id BIGINT NOT NULL PRIMARY KEY, -- internal
  name TEXT NOT NULL, -- internal: what the button says
  issuer TEXT NOT NULL, -- internal
  client TEXT NOT NULL, -- internal
  secret_sealed BYTEA NOT NULL, -- secret
  factor TEXT NOT NULL, -- internal: whose word a second factor is: provider or here
  levels TEXT NOT NULL, -- internal: the levels that show one, with blanks between
  said TEXT NOT NULL, -- internal: what it said of itself when it was set
  changed_at BIGINT NOT NULL -- internal
);

-- As whom a provider knows an account: by its own name for somebody, never by their address.
CREATE TABLE identity (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  issuer TEXT NOT NULL, -- internal
  subject TEXT NOT NULL, -- personal
  account TEXT NOT NULL REFERENCES account (id), -- internal
  email TEXT NOT NULL, -- personal: as the provider told it then; empty where it told none
  linked_at BIGINT NOT NULL, -- internal
  used_at BIGINT, -- internal
  factor_at BIGINT, -- internal: when the provider last said that a second factor was shown
  UNIQUE (issuer, subject)
);
CREATE INDEX identity_of_account ON identity (account);

-- Browsers that were sent to the provider and did not come back yet. Each comes back once.
CREATE TABLE provider_errand (
  state_digest BYTEA NOT NULL PRIMARY KEY, -- secret
  browser_digest BYTEA NOT NULL, -- secret
  sealed BYTEA NOT NULL, -- secret: what the token must say, and the secret to which its code is bound
  issuer TEXT NOT NULL, -- internal
  client TEXT NOT NULL, -- internal
  purpose TEXT NOT NULL, -- internal
  session TEXT, -- internal: the session that asked
  invitation_digest BYTEA, -- secret
  onward TEXT NOT NULL, -- internal
  begun_at BIGINT NOT NULL -- internal
);
CREATE INDEX provider_errand_begun ON provider_errand (begun_at);
