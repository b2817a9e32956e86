-- The register of people. Counts of a day read these indexes alone.
DROP INDEX engagement_by_day;
CREATE INDEX engagement_by_day ON engagement (organisation, begins_on, ends_on, removed_at, form, person);
CREATE INDEX assignment_by_day ON assignment (organisation, begins_on, ends_on, removed_at, title, person);

-- (As in 0010 the classification stands before the type.) Since when their name is gone, which the law may ask
-- for. Of those who went before it is not known.
ALTER TABLE person ADD COLUMN forgotten_at -- internal
  BIGINT;
UPDATE person SET forgotten_at = created_at WHERE email = id;

-- Which account they are or were, whatever becomes of the address: until now, the one that has it.
ALTER TABLE person ADD COLUMN account -- internal
  TEXT;
UPDATE person SET account = (SELECT a.id FROM account a WHERE a.email = person.email);
CREATE INDEX person_of_account ON person (organisation, account);
