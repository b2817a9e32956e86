-- Policies: what whoever works here must know, its drafts and versions, and who said that they read which.
CREATE TABLE policy (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name TEXT NOT NULL, -- internal
  topics TEXT NOT NULL, -- internal: words, with a space between two
  number BIGINT NOT NULL, -- internal: the version in force; 0 while none was approved
  counts_from BIGINT NOT NULL, -- internal: who read earlier versions alone reads again
  edition BIGINT NOT NULL, -- internal: rises with every change of its draft, so that what is approved is what was read
  review_by TEXT, -- internal: the last day on which it counts without being looked at again
  reviewed_at BIGINT, -- internal: when somebody last said that nothing is to be changed
  reviewed_by TEXT, -- personal
  created_at BIGINT NOT NULL, -- internal
  retired_at BIGINT -- internal
);
CREATE INDEX policy_of_organisation ON policy (organisation, id);

-- What is written and not approved: one for each policy at most.
CREATE TABLE policy_draft (
  policy TEXT NOT NULL PRIMARY KEY REFERENCES policy (id), -- internal
  name TEXT NOT NULL, -- internal
  topics TEXT NOT NULL, -- internal
  words TEXT NOT NULL, -- internal
  asks_again BIGINT NOT NULL, -- internal
  saved_by TEXT NOT NULL, -- personal
  saved_actor TEXT NOT NULL, -- internal
  saved_at BIGINT NOT NULL, -- internal
  sent_at BIGINT -- internal: since when it waits to be approved
);

CREATE TABLE policy_version (
  policy TEXT NOT NULL REFERENCES policy (id), -- internal
  number BIGINT NOT NULL, -- internal
  name TEXT NOT NULL, -- internal
  topics TEXT NOT NULL, -- internal
  words TEXT NOT NULL, -- internal
  digest BYTEA NOT NULL, -- internal
  written_by TEXT NOT NULL, -- personal
  approved_by TEXT NOT NULL, -- personal
  has_second_person BIGINT NOT NULL, -- internal: another wrote it than approved it
  approved_at BIGINT NOT NULL, -- internal
  entry BIGINT NOT NULL, -- internal
  PRIMARY KEY (policy, number)
);

CREATE TABLE acknowledgement (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  policy TEXT NOT NULL REFERENCES policy (id), -- internal
  number BIGINT NOT NULL, -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  acknowledged_at BIGINT NOT NULL, -- internal
  entry BIGINT NOT NULL, -- internal
  UNIQUE (policy, person, number)
);
CREATE INDEX acknowledgement_of_person ON acknowledgement (organisation, person, policy, number);

-- The document as which all of them together were given.
CREATE TABLE policy_handbook (
  organisation TEXT NOT NULL PRIMARY KEY REFERENCES organisation (id), -- internal
  document TEXT NOT NULL REFERENCES document (id) -- internal
);
