-- clustered
CREATE TABLE log (
  log TEXT NOT NULL PRIMARY KEY, -- internal
  origin TEXT NOT NULL UNIQUE, -- public
  next_index BIGINT NOT NULL, -- internal
  erasures BIGINT NOT NULL, -- internal: counts erased pseudonyms, so that caches notice
  created_at BIGINT NOT NULL -- internal
);

-- clustered
CREATE TABLE entry (
  log TEXT NOT NULL, -- internal
  idx BIGINT NOT NULL, -- internal
  id TEXT NOT NULL, -- internal
  at BIGINT NOT NULL, -- internal
  kind TEXT NOT NULL, -- internal
  actor TEXT NOT NULL, -- internal: a pseudonym
  subject TEXT NOT NULL, -- internal: a pseudonym
  envelope BYTEA NOT NULL, -- internal
  PRIMARY KEY (log, idx)
);
CREATE INDEX entry_of_subject ON entry (log, subject, idx);
CREATE INDEX entry_of_kind ON entry (log, kind, idx);

-- clustered
CREATE TABLE entry_body (
  log TEXT NOT NULL, -- internal
  idx BIGINT NOT NULL, -- internal
  salt BYTEA NOT NULL, -- personal: without it the body's digest can be guessed
  body BYTEA NOT NULL, -- personal
  PRIMARY KEY (log, idx)
);

-- clustered
CREATE TABLE entry_erasure (
  log TEXT NOT NULL, -- internal
  idx BIGINT NOT NULL, -- internal
  erased_at BIGINT NOT NULL, -- internal
  PRIMARY KEY (log, idx)
);

-- clustered
CREATE TABLE pseudonym (
  log TEXT NOT NULL, -- internal
  name TEXT NOT NULL, -- personal
  pseudonym TEXT NOT NULL, -- personal: beside the name it says who
  PRIMARY KEY (log, name)
);
CREATE UNIQUE INDEX pseudonym_meaning ON pseudonym (log, pseudonym);

CREATE TABLE ledger_head (
  log TEXT NOT NULL PRIMARY KEY, -- internal
  size BIGINT NOT NULL, -- public
  root BYTEA NOT NULL, -- public
  frontier BYTEA NOT NULL, -- public
  committed_at BIGINT NOT NULL -- internal
);
