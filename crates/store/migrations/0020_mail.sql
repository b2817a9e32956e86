-- The mail server of the installation: one row at most.
CREATE TABLE mail_server (
  id BIGINT NOT NULL PRIMARY KEY, -- internal
  host TEXT NOT NULL, -- internal
  port BIGINT NOT NULL, -- internal
  security TEXT NOT NULL, -- internal
  login TEXT, -- internal
  password_sealed BYTEA, -- secret
  sender_name TEXT NOT NULL, -- internal
  sender_address TEXT NOT NULL -- internal
);

-- Since when mail goes out from here, and since when it is held back because this database was restored
-- from a backup: one row at most.
CREATE TABLE mail_course (
  id BIGINT NOT NULL PRIMARY KEY, -- internal
  since BIGINT NOT NULL, -- internal
  held_at BIGINT -- internal
);

-- On which day of the week somebody wants their mail, Monday being 1; 0 is never. Who said nothing gets
-- it on Monday.
CREATE TABLE mail_wish (
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  person TEXT NOT NULL, -- internal
  day BIGINT NOT NULL, -- internal
  changed_at BIGINT NOT NULL, -- internal
  PRIMARY KEY (organisation, person)
);

-- The last week, by its Monday, for which a person's mail was thought of, whether or not there was
-- anything to say.
CREATE TABLE mail_week (
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  person TEXT NOT NULL, -- internal
  week TEXT NOT NULL, -- internal
  PRIMARY KEY (organisation, person)
);

-- Every mail that was written. Neither a name nor an address stands here: they are asked for when it is
-- handed out.
CREATE TABLE mail (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  person TEXT NOT NULL, -- internal
  kind TEXT NOT NULL, -- internal
  week TEXT NOT NULL, -- internal
  written_at BIGINT NOT NULL, -- internal
  ended_at BIGINT, -- internal: it was withdrawn or given up
  ended_why TEXT, -- internal
  UNIQUE (organisation, person, kind, week)
);
CREATE INDEX mail_of_organisation ON mail (organisation, id);

-- The outbox: what is to be said, emptied once it is sent, and how far it got.
CREATE TABLE mail_delivery (
  mail TEXT NOT NULL PRIMARY KEY REFERENCES mail (id), -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  content TEXT NOT NULL, -- internal
  message_id TEXT NOT NULL, -- internal
  attempts BIGINT NOT NULL, -- internal
  next_at BIGINT, -- internal: when it is tried next; none once that is over
  leased_until BIGINT, -- internal
  sent_at BIGINT, -- internal
  answer TEXT NOT NULL -- personal: a server may name the address
);
CREATE INDEX mail_delivery_due ON mail_delivery (next_at) WHERE next_at IS NOT NULL;

-- The address at which a calendar is read without signing in: only the digest of its secret.
CREATE TABLE calendar (
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  person TEXT NOT NULL, -- internal
  token_digest BYTEA NOT NULL UNIQUE, -- secret
  made_at BIGINT NOT NULL, -- internal
  PRIMARY KEY (organisation, person)
);

-- How often a task was planned and given back, and when it was last, for those who keep a copy of it.
-- (As in 0010 the classification stands before the type.)
ALTER TABLE task ADD COLUMN changes -- internal
  BIGINT NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN changed_at -- internal
  BIGINT;
