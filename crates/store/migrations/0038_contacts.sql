-- Who answers for content security, and who stands in: one sheet for each organisation, with two places. Whoever is
-- named confirms by themselves; what they confirmed is the edition of their place.
CREATE TABLE contact_sheet (
  organisation TEXT NOT NULL PRIMARY KEY REFERENCES organisation (id), -- internal
  changes BIGINT NOT NULL, -- internal: counts every change of either place
  document TEXT REFERENCES document (id) -- internal: the file that names both, the last that was drawn up
);
CREATE TABLE contact (
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  place TEXT NOT NULL, -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  name TEXT NOT NULL, -- personal: as it was when it was entered or confirmed
  email TEXT NOT NULL, -- personal
  phone TEXT NOT NULL, -- personal
  edition BIGINT NOT NULL, -- internal: the change by which the place became what it is
  named_at BIGINT NOT NULL, -- internal
  confirmed_at BIGINT, -- internal
  link_made_at BIGINT, -- internal: when the link was made by which it was confirmed
  counts_until TEXT, -- internal: the last day on which the confirmation counts
  PRIMARY KEY (organisation, place)
);
CREATE INDEX contact_of_person ON contact (organisation, person);
