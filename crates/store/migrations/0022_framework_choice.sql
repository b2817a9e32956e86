-- Which frameworks an organisation answers: every choice with all of them, never edited. Of what came before the
-- first, the default holds. Of packs made before there was a choice, it is not known here which they are about.
CREATE TABLE framework_choice (
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  entry BIGINT NOT NULL, -- internal
  frameworks TEXT NOT NULL, -- internal
  chosen_by TEXT NOT NULL, -- personal
  chosen_at BIGINT NOT NULL, -- internal
  PRIMARY KEY (organisation, entry)
);
ALTER TABLE pack ADD COLUMN framework -- internal
  TEXT;
