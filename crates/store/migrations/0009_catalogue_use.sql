-- By which catalogue an organisation was assessed last. When it changes, everything is assessed anew.
CREATE TABLE catalogue_use (
  organisation TEXT NOT NULL PRIMARY KEY REFERENCES organisation (id), -- internal
  digest BYTEA NOT NULL, -- internal
  since BIGINT NOT NULL -- internal
);
