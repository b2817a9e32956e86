-- Who leaves: one row for each end of an engagement that no other goes on after, what is to be done at it, and which
-- things a facility takes back.
CREATE TABLE leaving (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  engagement TEXT NOT NULL REFERENCES engagement (id), -- internal
  last_day TEXT NOT NULL, -- internal
  due_at BIGINT NOT NULL, -- internal: the first moment after the last day
  owner TEXT REFERENCES person (id), -- internal: who ended the engagement
  opened_at BIGINT, -- internal: without it, it is foreseen
  settled_at BIGINT, -- internal: the day is over, and what happens by itself has happened
  called_off_at BIGINT -- internal
);
CREATE INDEX leaving_of_person ON leaving (organisation, person, id);
CREATE INDEX leaving_due ON leaving (due_at) WHERE settled_at IS NULL AND called_off_at IS NULL;

CREATE TABLE leaving_step (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  leaving TEXT NOT NULL REFERENCES leaving (id), -- internal
  place BIGINT NOT NULL, -- internal
  name TEXT NOT NULL, -- internal
  act TEXT NOT NULL, -- internal: what the system does itself; empty where a person must
  outcome TEXT, -- internal
  note TEXT NOT NULL, -- personal
  done_by TEXT, -- personal
  done_at BIGINT, -- internal
  entry BIGINT -- internal
);
CREATE INDEX leaving_step_of_leaving ON leaving_step (leaving, place);

-- A facility that wrote none has those that come with the program.
CREATE TABLE leaving_item (
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  place BIGINT NOT NULL, -- internal
  name TEXT NOT NULL, -- internal
  PRIMARY KEY (organisation, place)
);
