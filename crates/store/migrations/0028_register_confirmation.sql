-- Which document says that a register was looked through and is complete: one for each control, and the version of it
-- that was drawn up last. By whom and until when stands with the document.
CREATE TABLE register_confirmation (
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  control TEXT NOT NULL, -- internal
  document TEXT NOT NULL REFERENCES document (id), -- internal
  number BIGINT NOT NULL, -- internal
  counted BIGINT NOT NULL, -- internal: how many clients, or people, it says there were
  entry BIGINT NOT NULL, -- internal
  PRIMARY KEY (organisation, control)
);
