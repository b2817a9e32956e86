-- Invitations that are open: whoever uses one, or takes it back, removes its row. The token itself is
-- never stored.
CREATE TABLE invitation (
  id TEXT NOT NULL PRIMARY KEY, -- internal
  organisation TEXT NOT NULL REFERENCES organisation (id), -- internal
  email TEXT NOT NULL, -- personal
  name TEXT NOT NULL, -- personal
  role TEXT NOT NULL, -- internal
  ends_at BIGINT, -- internal: when the membership will end by itself
  token_digest BYTEA NOT NULL UNIQUE, -- secret
  invited_by TEXT NOT NULL, -- personal
  inviter TEXT, -- internal: the account of whoever invited
  created_at BIGINT NOT NULL, -- internal
  expires_at BIGINT NOT NULL, -- internal
  UNIQUE (organisation, email)
);

-- (As in 0010 the classification stands before the type.) A membership may end by itself, and is
-- looked at when it has; sessions that began before `signed_out_at` do not reach it any more.
ALTER TABLE membership ADD COLUMN ends_at -- internal
  BIGINT;
ALTER TABLE membership ADD COLUMN lapsed_at -- internal
  BIGINT;
ALTER TABLE membership ADD COLUMN signed_in_at -- internal
  BIGINT;
ALTER TABLE membership ADD COLUMN signed_out_at -- internal
  BIGINT;
CREATE INDEX membership_of_organisation ON membership (organisation, person);

-- Where a session looks; none where nobody chose yet.
ALTER TABLE session ADD COLUMN organisation -- internal
  TEXT;

-- Whose token it is: it may what its scopes and its maker's role both allow, as long as the maker
-- belongs. None where somebody at the server's command line made it. Until now each organisation had
-- one account, which made all others.
ALTER TABLE api_token ADD COLUMN account -- internal
  TEXT;
UPDATE api_token
  SET account = (SELECT MIN(m.account) FROM membership m WHERE m.organisation = api_token.organisation)
  WHERE created_by NOT LIKE '% at the server';
