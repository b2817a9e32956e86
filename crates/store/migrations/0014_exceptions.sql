-- What people signed where a check does not pass. Without `granted_at` it was only asked for; without
-- `check_id` it is about a control as a whole; without `subject` about all subjects of its check.
CREATE TABLE exception (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  form TEXT NOT NULL, -- internal
  control TEXT NOT NULL, -- internal
  check_id TEXT, -- internal
  subject TEXT, -- internal
  covers_unknown BIGINT NOT NULL, -- internal
  reason TEXT NOT NULL, -- personal
  measure TEXT NOT NULL, -- personal
  valid_to BIGINT NOT NULL, -- internal
  asked_by TEXT NOT NULL, -- personal
  asked_actor TEXT NOT NULL, -- internal
  asked_at BIGINT NOT NULL, -- internal
  asked_entry BIGINT NOT NULL, -- internal
  approved_by TEXT, -- personal
  granted_at BIGINT, -- internal
  granted_entry BIGINT, -- internal
  has_second_person BIGINT NOT NULL, -- internal
  withdrawn_at BIGINT, -- internal
  withdrawn_entry BIGINT, -- internal
  remind_at BIGINT, -- internal
  reminded_at BIGINT, -- internal
  lapsed_at BIGINT -- internal
);
CREATE INDEX exception_of_organisation ON exception (organisation, id);
CREATE INDEX exception_of_time ON exception (organisation, valid_to);
CREATE INDEX exception_of_control ON exception (organisation, control, id);
CREATE INDEX exception_open ON exception (valid_to) WHERE lapsed_at IS NULL AND withdrawn_at IS NULL AND granted_at IS NOT NULL;

-- What a verdict would be without the exception that covers it, and that exception. (As in 0010 the
-- classification stands before the type.)
ALTER TABLE verdict ADD COLUMN beneath -- internal
  TEXT;
ALTER TABLE verdict ADD COLUMN exception -- internal
  TEXT;
CREATE INDEX verdict_excepted ON verdict (organisation, subject) WHERE exception IS NOT NULL;
