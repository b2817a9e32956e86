-- Which entry says why a document or an attestation was taken back; none where that was before.
ALTER TABLE document ADD COLUMN withdrawn_entry -- internal
  BIGINT;
ALTER TABLE attestation ADD COLUMN withdrawn_entry -- internal
  BIGINT;
