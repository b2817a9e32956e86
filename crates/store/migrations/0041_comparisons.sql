-- Lists of people from elsewhere (payroll, the identity provider, badges), held against the register: what the two do not
-- agree on is kept and settled line by line. A list itself is held until it is compared, at most for a day.
CREATE TABLE comparison_list (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  kind TEXT NOT NULL, -- internal: payroll, identities or badges
  file_name TEXT NOT NULL, -- personal: it may name somebody
  digest BYTEA NOT NULL, -- internal
  bytes BYTEA NOT NULL, -- personal
  created_at BIGINT NOT NULL -- internal
);
CREATE INDEX comparison_list_of_organisation ON comparison_list (organisation, created_at);
CREATE TABLE comparison (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  kind TEXT NOT NULL, -- internal: payroll, identities or badges
  digest BYTEA NOT NULL, -- internal: of the file
  columns TEXT NOT NULL, -- internal: which were read, as what
  counts TEXT NOT NULL, -- internal
  compared_by TEXT NOT NULL, -- personal
  compared_at BIGINT NOT NULL -- internal
);
CREATE INDEX comparison_of_organisation ON comparison (organisation, kind, compared_at);
CREATE TABLE difference (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  comparison TEXT NOT NULL REFERENCES comparison (id), -- internal
  kind TEXT NOT NULL, -- internal: in which way the two do not agree
  line BIGINT NOT NULL, -- internal: the row of the list; 0 for somebody who is not in it
  name TEXT NOT NULL, -- personal: as the list has it
  email TEXT NOT NULL, -- personal: as the list has it; empty where it has none
  name_key TEXT NOT NULL, -- personal: the name as it is compared
  person TEXT REFERENCES person (id), -- internal: who it is
  candidates TEXT NOT NULL, -- internal: who it may be, with a space between two
  note TEXT NOT NULL, -- internal: what is to be said of it
  settled TEXT NOT NULL, -- internal: task, aside or tied; empty while it is open
  settled_why TEXT NOT NULL, -- personal: it may name somebody
  settled_by TEXT, -- personal
  settled_at BIGINT, -- internal
  entry BIGINT, -- internal: the index of the entry that says so
  task TEXT REFERENCES task (id) -- internal
);
CREATE INDEX difference_of_comparison ON difference (organisation, comparison, id);
CREATE INDEX difference_of_person ON difference (person);
CREATE INDEX difference_of_task ON difference (task);
CREATE TABLE tie (
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name TEXT NOT NULL, -- personal: the address or name under which lists have somebody
  person TEXT NOT NULL REFERENCES person (id), -- internal
  tied_by TEXT NOT NULL, -- personal
  tied_at BIGINT NOT NULL, -- internal
  PRIMARY KEY (organisation, name)
);
CREATE INDEX tie_of_person ON tie (person);
