-- A pack reads intervals a page at a time in the order in which they were written down.
DROP INDEX verdict_recent;
CREATE INDEX verdict_written ON verdict (organisation, recorded_at, id);
-- How many verdicts stood where at a time of the past, and which devices wanted something then, is
-- counted in these alone, without reading the rows.
CREATE INDEX verdict_over_time ON verdict (organisation, check_id, status, began_at, ended_at);
CREATE INDEX verdict_wanting_over_time ON verdict (organisation, subject, status, began_at, ended_at)
  WHERE status IN ('fail', 'unknown');
