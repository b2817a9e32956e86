-- (As in 0010 the classification stands before the type.) What let somebody or something in, so that it
-- ends with that: the token that made a token, an invitation or a link for a device, and the account
-- behind it. Of those made before nothing more is known than it was.
ALTER TABLE api_token ADD COLUMN parent -- internal
  TEXT;
CREATE INDEX api_token_of_parent ON api_token (parent) WHERE parent IS NOT NULL;
ALTER TABLE invitation ADD COLUMN inviter_token -- internal
  TEXT;
ALTER TABLE enrolment ADD COLUMN account -- internal
  TEXT;
ALTER TABLE enrolment ADD COLUMN made_with -- internal
  TEXT;

-- By whose invitation a person belongs; none where nobody invited them, or an operator did.
ALTER TABLE person ADD COLUMN inviter -- internal
  TEXT;

-- Which of the two who asked for an exception and approved it had invited the other.
ALTER TABLE exception ADD COLUMN invited_by -- internal
  TEXT;

-- 0015 told an operator's tokens by the end of their maker's name, which anybody could call themselves.
-- A token whose maker has the name of somebody who belongs is that person's.
UPDATE api_token
  SET account = (
    SELECT MIN(m.account) FROM membership m JOIN account a ON a.id = m.account
    WHERE m.organisation = api_token.organisation
    AND (api_token.created_by = a.name OR api_token.created_by LIKE '%, made by ' || a.name)
  )
  WHERE account IS NULL AND created_by LIKE '% at the server';
