CREATE TABLE fact (
  organisation TEXT NOT NULL, -- internal
  subject TEXT NOT NULL, -- internal
  kind TEXT NOT NULL, -- internal
  source TEXT NOT NULL, -- internal
  digest BYTEA NOT NULL, -- internal
  collected_at BIGINT NOT NULL, -- internal
  recorded_at BIGINT NOT NULL, -- internal
  entry BIGINT NOT NULL, -- internal
  PRIMARY KEY (organisation, subject, kind, source)
);

CREATE TABLE fact_body (
  organisation TEXT NOT NULL, -- internal
  digest BYTEA NOT NULL, -- internal
  body BYTEA NOT NULL, -- personal
  PRIMARY KEY (organisation, digest)
);

-- When a deriver must look at a subject again though nothing was written.
CREATE TABLE derivation_due (
  organisation TEXT NOT NULL, -- internal
  subject TEXT NOT NULL, -- internal
  due_at BIGINT NOT NULL, -- internal
  PRIMARY KEY (organisation, subject)
);
CREATE INDEX derivation_due_at ON derivation_due (due_at);

CREATE TABLE verdict (
  organisation TEXT NOT NULL, -- internal
  id TEXT NOT NULL PRIMARY KEY, -- internal
  check_id TEXT NOT NULL, -- internal
  check_version BIGINT NOT NULL, -- internal
  subject TEXT NOT NULL, -- internal
  status TEXT NOT NULL, -- internal
  because TEXT NOT NULL, -- personal
  facts TEXT NOT NULL, -- internal
  began_at BIGINT NOT NULL, -- internal
  ended_at BIGINT, -- internal
  recorded_at BIGINT NOT NULL, -- internal
  entry BIGINT NOT NULL -- internal
);
CREATE UNIQUE INDEX verdict_current ON verdict (organisation, subject, check_id) WHERE ended_at IS NULL;
CREATE INDEX verdict_counts ON verdict (organisation, check_id, status) WHERE ended_at IS NULL;
CREATE INDEX verdict_history ON verdict (organisation, subject, began_at);
CREATE INDEX verdict_recent ON verdict (organisation, recorded_at);
