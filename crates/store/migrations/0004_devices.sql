CREATE TABLE enrolment (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  token_digest BYTEA NOT NULL UNIQUE, -- secret
  created_by TEXT NOT NULL, -- personal
  created_at BIGINT NOT NULL, -- internal
  expires_at BIGINT NOT NULL, -- internal
  device TEXT -- internal
);

CREATE TABLE device (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name TEXT NOT NULL, -- internal
  public_key BYTEA NOT NULL UNIQUE, -- public
  has_screen BIGINT NOT NULL, -- internal
  is_portable BIGINT NOT NULL, -- internal
  handles_content BIGINT NOT NULL, -- internal
  confirmed_by TEXT, -- personal
  confirmed_at BIGINT, -- internal
  enrolled_at BIGINT NOT NULL, -- internal
  enrolled_entry BIGINT NOT NULL, -- internal
  revoked_at BIGINT -- internal
);
CREATE INDEX device_of_organisation ON device (organisation, id);

-- Where a device stands in its own sequence; written with every check-in.
CREATE TABLE device_state (
  device TEXT NOT NULL PRIMARY KEY REFERENCES device (id), -- internal
  organisation TEXT NOT NULL, -- internal
  counter BIGINT NOT NULL, -- internal
  facts_digest BYTEA, -- internal
  confirmed_at BIGINT NOT NULL, -- internal
  received_at BIGINT NOT NULL, -- internal
  stale_at BIGINT -- internal
);
CREATE INDEX device_state_stale ON device_state (stale_at);

CREATE TABLE confirmation (
  organisation TEXT NOT NULL, -- internal
  device TEXT NOT NULL, -- internal
  counter BIGINT NOT NULL, -- internal
  facts_digest BYTEA NOT NULL, -- internal
  collected_at BIGINT NOT NULL, -- internal
  received_at BIGINT NOT NULL, -- internal
  signature BYTEA NOT NULL, -- internal
  rolled_up BIGINT NOT NULL, -- internal
  PRIMARY KEY (device, counter)
);
CREATE INDEX confirmation_waiting ON confirmation (organisation, rolled_up, received_at);
