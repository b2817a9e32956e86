CREATE TABLE organisation (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  name TEXT NOT NULL, -- internal
  created_at BIGINT NOT NULL -- internal
);

CREATE TABLE facility (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name TEXT NOT NULL, -- internal
  address TEXT NOT NULL, -- internal
  country TEXT NOT NULL, -- internal
  time_zone TEXT NOT NULL, -- internal
  changed_at BIGINT NOT NULL -- internal
);
CREATE INDEX facility_of_organisation ON facility (organisation, id);

CREATE TABLE person (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name TEXT NOT NULL, -- personal
  email TEXT NOT NULL, -- personal
  created_at BIGINT NOT NULL, -- internal
  UNIQUE (organisation, email)
);

CREATE TABLE membership (
  account TEXT NOT NULL REFERENCES account (id), -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  role TEXT NOT NULL, -- internal
  created_at BIGINT NOT NULL, -- internal
  PRIMARY KEY (account, organisation)
);

CREATE TABLE api_token (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name TEXT NOT NULL, -- internal
  token_digest BYTEA NOT NULL UNIQUE, -- secret
  role TEXT NOT NULL, -- internal
  created_by TEXT NOT NULL, -- personal
  created_at BIGINT NOT NULL, -- internal
  expires_at BIGINT NOT NULL, -- internal
  revoked_at BIGINT -- internal
);
CREATE INDEX api_token_of_organisation ON api_token (organisation, id);

CREATE TABLE idempotency (
  actor TEXT NOT NULL, -- internal
  key TEXT NOT NULL, -- internal
  request_digest BYTEA NOT NULL, -- internal
  status BIGINT NOT NULL, -- internal
  answer BYTEA NOT NULL, -- internal
  created_at BIGINT NOT NULL, -- internal
  PRIMARY KEY (actor, key)
);
