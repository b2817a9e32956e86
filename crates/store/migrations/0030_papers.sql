-- Agreements that were signed on paper, as somebody uploaded them. One becomes a signature, and counts, when it is
-- confirmed. (As in 0010 the classification of a new column stands before its type.)
CREATE TABLE paper (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  agreement TEXT NOT NULL REFERENCES agreement (id), -- internal
  number BIGINT NOT NULL, -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  signed_on TEXT NOT NULL, -- internal
  is_earlier_wording BIGINT NOT NULL, -- internal
  file BYTEA NOT NULL, -- internal
  form TEXT NOT NULL, -- internal
  uploaded_by TEXT NOT NULL, -- personal
  uploaded_actor TEXT NOT NULL, -- internal
  uploaded_at BIGINT NOT NULL, -- internal
  entry BIGINT NOT NULL, -- internal
  judged_by TEXT, -- personal
  judged_at BIGINT, -- internal
  has_second_person BIGINT, -- internal: whether another than the uploader confirmed it
  refused_because TEXT -- personal
);
CREATE INDEX paper_of_person ON paper (organisation, person, id);

ALTER TABLE signature ADD COLUMN paper -- internal
  TEXT REFERENCES paper (id);
ALTER TABLE signature ADD COLUMN withdrawn_by -- personal
  TEXT;
ALTER TABLE signature ADD COLUMN withdrawn_at -- internal
  BIGINT;
ALTER TABLE signature ADD COLUMN withdrawn_because -- personal
  TEXT;
