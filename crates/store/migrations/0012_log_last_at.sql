-- When the last entry was recorded: times within a log do not go back when a clock does.
ALTER TABLE log ADD COLUMN last_at -- internal
  BIGINT NOT NULL DEFAULT 0;
UPDATE log SET last_at = COALESCE((SELECT MAX(e.at) FROM entry e WHERE e.log = log.log), 0);
