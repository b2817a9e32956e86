-- The board and a control's page read these alone, however many devices there are. `ended_at` stands
-- in them so that SQLite need not look at the rows themselves.
DROP INDEX verdict_counts;
CREATE INDEX verdict_of_check ON verdict (organisation, check_id, status, subject, ended_at) WHERE ended_at IS NULL;
CREATE INDEX verdict_wanting ON verdict (organisation, subject, status, ended_at)
  WHERE ended_at IS NULL AND status IN ('fail', 'unknown');
CREATE INDEX verdict_history_of_check ON verdict (organisation, check_id, began_at);
