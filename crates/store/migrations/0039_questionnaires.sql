-- What owners ask a facility in files of their own, and what is answered. An answer that may serve again is proposed
-- where another owner asks the same.
CREATE TABLE questionnaire (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  client TEXT NOT NULL REFERENCES client (id), -- internal
  name TEXT NOT NULL, -- internal
  due_on TEXT, -- internal: the last day on which the owner takes the answers
  file_name TEXT NOT NULL, -- internal
  digest BYTEA NOT NULL, -- internal: of the file that was read
  created_at BIGINT NOT NULL, -- internal
  handed_out_at BIGINT -- internal: when the answers were drawn up last
);
CREATE INDEX questionnaire_of_organisation ON questionnaire (organisation, id);
CREATE TABLE question (
  questionnaire TEXT NOT NULL REFERENCES questionnaire (id), -- internal
  position BIGINT NOT NULL, -- internal: from 1
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  part TEXT NOT NULL, -- internal: under which heading it stands
  number TEXT NOT NULL, -- internal: as the owner counts it
  words TEXT NOT NULL, -- internal
  alike TEXT NOT NULL, -- internal: its words as they are compared
  answer TEXT NOT NULL, -- personal: empty while there is none; it may name somebody
  control TEXT NOT NULL, -- internal: which says how it stands and what proves it; empty for none
  is_reusable BIGINT NOT NULL, -- internal: whether it is proposed elsewhere
  answered_by TEXT REFERENCES person (id), -- internal
  answered_at BIGINT, -- internal
  changes BIGINT NOT NULL, -- internal
  PRIMARY KEY (questionnaire, position)
);
CREATE INDEX question_saved ON question (organisation, answered_at);
