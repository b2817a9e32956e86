-- Whether a pack is without people's names.
-- (As in 0010 the classification stands before the type.)
ALTER TABLE pack ADD COLUMN without_names -- internal
  BIGINT NOT NULL DEFAULT 0;
