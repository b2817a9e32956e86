-- Whether somebody works here, works on a title, has signed, is asked for each of thousands of people at a time. An
-- index that answers it without the row keeps every engine from reading all engagements for each of them.
DROP INDEX engagement_of_person;
CREATE INDEX engagement_of_person ON engagement (organisation, person, begins_on, ends_on, removed_at);
DROP INDEX assignment_of_person;
CREATE INDEX assignment_of_person ON assignment (organisation, person, begins_on, ends_on, removed_at, title);
DROP INDEX signature_of_agreement;
CREATE INDEX signature_of_agreement ON signature (agreement, person, number, withdrawn_at);
