-- What a facility is like, as somebody said last: a file of it is a document for its control.
CREATE TABLE facility_profile (
  facility TEXT NOT NULL PRIMARY KEY REFERENCES facility (id), -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  building TEXT NOT NULL, -- internal
  floor_area_m2 BIGINT NOT NULL, -- internal
  rooms TEXT NOT NULL, -- internal: which they are, and in which of them content is
  neighbours TEXT NOT NULL, -- personal: it may name somebody
  latitude_e6 BIGINT, -- internal: millionths of a degree
  longitude_e6 BIGINT, -- internal: millionths of a degree
  changes BIGINT NOT NULL, -- internal
  said_by TEXT REFERENCES person (id), -- internal
  said_at BIGINT NOT NULL, -- internal
  document TEXT REFERENCES document (id) -- internal: the file of it, the last that was drawn up
);
CREATE INDEX facility_profile_of_organisation ON facility_profile (organisation);
