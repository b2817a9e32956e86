-- What whoever works here must sign, its versions, and who signed which.
CREATE TABLE agreement (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  name TEXT NOT NULL, -- internal
  client TEXT REFERENCES client (id), -- internal: whose titles ask for it; none where everybody signs it
  number BIGINT NOT NULL, -- internal: the version in force
  counts_from BIGINT NOT NULL, -- internal: signatures beneath earlier versions do not count any more
  created_at BIGINT NOT NULL, -- internal
  retired_at BIGINT -- internal
);
CREATE INDEX agreement_of_organisation ON agreement (organisation, id);

CREATE TABLE agreement_version (
  agreement TEXT NOT NULL REFERENCES agreement (id), -- internal
  number BIGINT NOT NULL, -- internal
  words TEXT NOT NULL, -- internal
  digest BYTEA NOT NULL, -- internal
  published_by TEXT NOT NULL, -- personal
  published_at BIGINT NOT NULL, -- internal
  entry BIGINT NOT NULL, -- internal
  PRIMARY KEY (agreement, number)
);

CREATE TABLE signature (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  agreement TEXT NOT NULL REFERENCES agreement (id), -- internal
  number BIGINT NOT NULL, -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  name TEXT NOT NULL, -- personal
  signed_at BIGINT NOT NULL, -- internal
  file BYTEA NOT NULL, -- internal
  entry BIGINT NOT NULL -- internal
);
CREATE INDEX signature_of_person ON signature (organisation, person, agreement, number);
CREATE INDEX signature_of_agreement ON signature (agreement, number, person);

-- The link by which somebody without an account sees what they owe: only the digest of its secret.
CREATE TABLE personal_link (
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  person TEXT NOT NULL REFERENCES person (id), -- internal
  token_digest BYTEA NOT NULL UNIQUE, -- secret
  made_at BIGINT NOT NULL, -- internal
  expires_at BIGINT NOT NULL, -- internal
  PRIMARY KEY (organisation, person)
);
