-- What can happen to a facility and its content, and what is done about it. How bad a risk is today is kept nowhere: it
-- follows from how its controls stand whenever somebody looks.
CREATE TABLE risk (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  title TEXT NOT NULL, -- internal
  words TEXT NOT NULL, -- internal: cause and effect
  begun_from TEXT NOT NULL, -- internal: the scenario of the catalogue; empty for one's own
  likelihood BIGINT NOT NULL, -- internal: from 1 to 5, with nothing done about it
  impact BIGINT NOT NULL, -- internal: from 1 to 5
  controls TEXT NOT NULL, -- internal: those that treat it, with a space between two
  owner TEXT REFERENCES person (id), -- internal
  review_on TEXT NOT NULL, -- internal: the day by which somebody looks at it again
  remind_at BIGINT, -- internal: when the task for that opens; none while it is open
  task TEXT REFERENCES task (id), -- internal: the open task to look at it again
  reviewed_said TEXT NOT NULL, -- internal: what was said the last time
  reviewed_by TEXT, -- personal
  reviewed_at BIGINT, -- internal
  accepted_why TEXT NOT NULL, -- internal: why what is left is borne; empty while nobody decided that
  accepted_by TEXT, -- personal
  accepted_at BIGINT, -- internal
  accepted_until TEXT, -- internal: the last day of that
  lapses_at BIGINT, -- internal: the first moment after that day
  closed_why TEXT NOT NULL, -- internal
  closed_by TEXT, -- personal
  closed_at BIGINT, -- internal
  changes BIGINT NOT NULL, -- internal
  created_at BIGINT NOT NULL -- internal
);
CREATE INDEX risk_of_organisation ON risk (organisation, id);
CREATE INDEX risk_of_owner ON risk (owner);
CREATE INDEX risk_of_task ON risk (task);
CREATE INDEX risk_reminding ON risk (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX risk_lapsing ON risk (lapses_at) WHERE lapses_at IS NOT NULL;
