-- A facility's own checks, and every version of their terms, which is never edited.
CREATE TABLE own_check (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  version BIGINT NOT NULL, -- internal
  retired_at BIGINT, -- internal
  retired_by TEXT, -- personal
  retired_entry BIGINT -- internal
);
CREATE INDEX own_check_of_organisation ON own_check (organisation, id);
CREATE TABLE own_check_version (
  own_check TEXT NOT NULL REFERENCES own_check (id), -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  version BIGINT NOT NULL, -- internal
  terms TEXT NOT NULL, -- internal
  written_by TEXT NOT NULL, -- personal
  written_at BIGINT NOT NULL, -- internal
  entry BIGINT NOT NULL, -- internal
  PRIMARY KEY (own_check, version)
);
CREATE INDEX own_check_version_of_organisation ON own_check_version (organisation, own_check, version);
