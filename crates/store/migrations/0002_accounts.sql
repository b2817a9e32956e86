CREATE TABLE account (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  email TEXT NOT NULL UNIQUE, -- personal
  name TEXT NOT NULL, -- personal
  password_hash TEXT NOT NULL, -- secret
  totp_sealed BYTEA, -- secret
  totp_last_step BIGINT NOT NULL, -- internal
  second_factor_at BIGINT, -- internal
  recovery_confirmed_at BIGINT, -- internal
  created_at BIGINT NOT NULL -- internal
);

CREATE TABLE passkey (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  account TEXT NOT NULL REFERENCES account (id), -- internal
  name TEXT NOT NULL, -- personal
  credential TEXT NOT NULL, -- secret
  created_at BIGINT NOT NULL -- internal
);
CREATE INDEX passkey_of_account ON passkey (account);

CREATE TABLE recovery_code (
  account TEXT NOT NULL REFERENCES account (id), -- internal
  digest BYTEA NOT NULL, -- secret
  used_at BIGINT, -- internal
  PRIMARY KEY (account, digest)
);

CREATE TABLE session (
  token_digest BYTEA NOT NULL PRIMARY KEY, -- secret
  id TEXT NOT NULL UNIQUE, -- internal
  account TEXT NOT NULL REFERENCES account (id), -- internal
  stage TEXT NOT NULL, -- internal
  challenge TEXT, -- secret
  browser TEXT NOT NULL, -- personal
  created_at BIGINT NOT NULL, -- internal
  seen_at BIGINT NOT NULL -- internal
);
CREATE INDEX session_of_account ON session (account);

CREATE TABLE rate_limit (
  key TEXT NOT NULL PRIMARY KEY, -- personal
  failures BIGINT NOT NULL, -- internal
  last_at BIGINT NOT NULL, -- internal
  locked_until BIGINT NOT NULL -- internal
);
