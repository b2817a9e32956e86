-- What people plan of a task: whose it is, and what they say of it. `left_by` had it and does not
-- belong any more; `due_was` is the date that the task had by itself, where a person set another.
-- (As in 0010 the classification stands before the type.)
ALTER TABLE task ADD COLUMN owner -- internal
  TEXT;
ALTER TABLE task ADD COLUMN left_by -- internal
  TEXT;
ALTER TABLE task ADD COLUMN due_was -- internal
  BIGINT;
ALTER TABLE task ADD COLUMN remark -- personal
  TEXT NOT NULL DEFAULT '';
CREATE INDEX task_of_owner ON task (organisation, owner, due_at, id) WHERE done_at IS NULL AND owner IS NOT NULL;
