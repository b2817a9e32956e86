-- Who works here and on what. Days are the facility's, as text like 2026-09-30, and a last day counts; none
-- is open. What was entered by mistake is removed and stays, so that what the log says of it is still found.
CREATE TABLE client (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name TEXT NOT NULL, -- internal
  is_confidential BIGINT NOT NULL, -- internal
  contract_from TEXT, -- internal
  contract_to TEXT, -- internal
  created_at BIGINT NOT NULL, -- internal
  removed_at BIGINT -- internal
);
CREATE INDEX client_of_organisation ON client (organisation, id);

CREATE TABLE title (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  client TEXT NOT NULL REFERENCES client (id), -- internal
  name TEXT NOT NULL, -- internal
  alias TEXT NOT NULL, -- internal
  is_high_security BIGINT NOT NULL, -- internal
  begins_on TEXT NOT NULL, -- internal
  ends_on TEXT, -- internal
  content_gone_on TEXT, -- internal
  created_at BIGINT NOT NULL, -- internal
  removed_at BIGINT -- internal
);
CREATE INDEX title_of_organisation ON title (organisation, id);
CREATE INDEX title_of_client ON title (client);

CREATE TABLE engagement (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  form TEXT NOT NULL, -- internal
  job TEXT NOT NULL, -- personal
  begins_on TEXT NOT NULL, -- internal
  ends_on TEXT, -- internal
  created_at BIGINT NOT NULL, -- internal
  removed_at BIGINT -- internal
);
CREATE INDEX engagement_of_person ON engagement (organisation, person, begins_on);
CREATE INDEX engagement_by_day ON engagement (organisation, begins_on, ends_on);

CREATE TABLE assignment (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  title TEXT NOT NULL REFERENCES title (id), -- internal
  job TEXT NOT NULL, -- personal
  begins_on TEXT NOT NULL, -- internal
  ends_on TEXT, -- internal
  created_at BIGINT NOT NULL, -- internal
  removed_at BIGINT -- internal
);
CREATE INDEX assignment_of_person ON assignment (organisation, person, begins_on);
CREATE INDEX assignment_of_title ON assignment (organisation, title, begins_on);

-- (As in 0010 the classification stands before the type.) Somebody may be known without an address: then
-- `email` holds their id, which nobody can write to.
ALTER TABLE person ADD COLUMN phone -- personal
  TEXT NOT NULL DEFAULT '';
CREATE INDEX person_by_name ON person (organisation, name, id);
