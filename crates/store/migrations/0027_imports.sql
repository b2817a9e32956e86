-- Lists of people that somebody brought and looks at before they are written. Each goes after a day.
CREATE TABLE import (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  brought_by TEXT NOT NULL, -- personal
  file_name TEXT NOT NULL, -- personal: it may name somebody
  digest BYTEA NOT NULL, -- internal
  bytes BYTEA NOT NULL, -- personal
  created_at BIGINT NOT NULL, -- internal
  written_at BIGINT, -- internal
  written TEXT NOT NULL DEFAULT '' -- internal: how much was written
);
CREATE INDEX import_of_organisation ON import (organisation, created_at);
