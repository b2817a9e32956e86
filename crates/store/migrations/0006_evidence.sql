CREATE TABLE document (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  control TEXT NOT NULL, -- internal
  title TEXT NOT NULL, -- internal
  created_at BIGINT NOT NULL, -- internal
  withdrawn_at BIGINT -- internal
);
CREATE INDEX document_of_organisation ON document (organisation, id);
CREATE INDEX document_of_control ON document (organisation, control);

CREATE TABLE document_version (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  document TEXT NOT NULL REFERENCES document (id), -- internal
  organisation TEXT NOT NULL, -- internal
  number BIGINT NOT NULL, -- internal
  digest BYTEA NOT NULL, -- internal
  size_bytes BIGINT NOT NULL, -- internal
  file_name TEXT NOT NULL, -- internal
  media_type TEXT NOT NULL, -- internal
  valid_from BIGINT NOT NULL, -- internal
  valid_to BIGINT NOT NULL, -- internal
  uploaded_by TEXT NOT NULL, -- personal
  uploaded_at BIGINT NOT NULL, -- internal
  entry BIGINT NOT NULL, -- internal
  UNIQUE (document, number)
);

CREATE TABLE attestation (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  control TEXT NOT NULL, -- internal
  statement TEXT NOT NULL, -- personal
  digest BYTEA NOT NULL, -- internal
  valid_from BIGINT NOT NULL, -- internal
  valid_to BIGINT NOT NULL, -- internal
  signed_by TEXT NOT NULL, -- personal
  signed_at BIGINT NOT NULL, -- internal
  withdrawn_at BIGINT, -- internal
  entry BIGINT NOT NULL -- internal
);
CREATE INDEX attestation_of_control ON attestation (organisation, control);

CREATE TABLE task (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  title TEXT NOT NULL, -- internal
  control TEXT NOT NULL, -- internal
  check_id TEXT NOT NULL, -- internal
  subject TEXT NOT NULL, -- internal
  due_at BIGINT NOT NULL, -- internal
  created_at BIGINT NOT NULL, -- internal
  done_at BIGINT, -- internal
  done_by TEXT, -- personal
  note TEXT NOT NULL -- personal
);
CREATE UNIQUE INDEX task_open ON task (organisation, check_id, subject) WHERE done_at IS NULL;
CREATE INDEX task_of_organisation ON task (organisation, due_at, id);

CREATE TABLE pack (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  period_from BIGINT NOT NULL, -- internal
  period_to BIGINT NOT NULL, -- internal
  manifest_digest BYTEA NOT NULL, -- internal
  made_by TEXT NOT NULL, -- personal
  made_at BIGINT NOT NULL, -- internal
  entry BIGINT NOT NULL -- internal
);
CREATE INDEX pack_of_organisation ON pack (organisation, id);

-- The finished file of a pack, known once it is written and covered by a signed checkpoint.
CREATE TABLE pack_file (
  pack TEXT NOT NULL PRIMARY KEY REFERENCES pack (id), -- internal
  digest BYTEA NOT NULL, -- internal
  size_bytes BIGINT NOT NULL -- internal
);
