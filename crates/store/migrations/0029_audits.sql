-- Audits and penetration tests, and what they found. Days are the facility's, as text like 2026-09-30. What was
-- entered by mistake is removed and stays, so that what the log says of it is still found.
CREATE TABLE audit (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  kind TEXT NOT NULL, -- internal
  client TEXT REFERENCES client (id), -- internal: whose own audit it was; none for all others
  firm TEXT NOT NULL, -- internal
  assessors TEXT NOT NULL, -- personal
  covers TEXT NOT NULL, -- internal: what was looked at
  begins_on TEXT NOT NULL, -- internal
  ends_on TEXT NOT NULL, -- internal
  report_on TEXT, -- internal
  due_on TEXT NOT NULL, -- internal: by when the next one is due
  document TEXT REFERENCES document (id), -- internal: the report
  changes BIGINT NOT NULL, -- internal
  created_at BIGINT NOT NULL, -- internal
  removed_at BIGINT -- internal
);
CREATE INDEX audit_of_organisation ON audit (organisation, id);

-- Whose a finding is and by when it is due stands in its task, the newest where it was opened more than once.
CREATE TABLE finding (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  audit TEXT NOT NULL REFERENCES audit (id), -- internal
  reference TEXT NOT NULL, -- internal
  words TEXT NOT NULL, -- internal
  severity TEXT NOT NULL, -- internal
  control TEXT NOT NULL, -- internal: empty where it concerns none
  state TEXT NOT NULL, -- internal
  task TEXT NOT NULL REFERENCES task (id), -- internal
  said TEXT NOT NULL, -- internal: what was done, or why the risk is accepted
  proof TEXT REFERENCES document (id), -- internal
  decided_by TEXT, -- personal
  decided_at BIGINT, -- internal
  accepted_until TEXT, -- internal
  lapses_at BIGINT, -- internal
  changes BIGINT NOT NULL, -- internal
  created_at BIGINT NOT NULL, -- internal
  removed_at BIGINT -- internal
);
CREATE INDEX finding_of_audit ON finding (organisation, audit, id);
CREATE INDEX finding_of_task ON finding (task);
CREATE INDEX finding_lapsing ON finding (lapses_at) WHERE lapses_at IS NOT NULL;
