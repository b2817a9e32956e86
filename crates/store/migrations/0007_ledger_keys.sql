CREATE TABLE ledger_key (
  log TEXT NOT NULL PRIMARY KEY, -- internal
  name TEXT NOT NULL, -- public
  seed_sealed BYTEA NOT NULL, -- secret
  created_at BIGINT NOT NULL -- internal
);
