-- By which mail a personal link went to its person, and to which address the mail server took it. (As in 0010 the
-- classification stands before the type.)
ALTER TABLE personal_link ADD COLUMN mail -- internal
  TEXT;
ALTER TABLE personal_link ADD COLUMN mailed_to -- personal
  TEXT;
ALTER TABLE personal_link ADD COLUMN mailed_at -- internal
  BIGINT;
