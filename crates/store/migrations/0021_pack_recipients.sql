-- To whom a pack is encrypted: age recipients, with a space between; nobody if it is not encrypted.
-- (As in 0010 the classification stands before the type.)
ALTER TABLE pack ADD COLUMN recipients -- internal
  TEXT NOT NULL DEFAULT '';
-- To which controls a pack is limited: their ids, with a space between; none if it holds all.
ALTER TABLE pack ADD COLUMN controls -- internal
  TEXT NOT NULL DEFAULT '';
