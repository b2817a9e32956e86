-- When the second factor was last shown in this session. Who holds nothing but its token does not
-- know it, and may not make other keys to the house. (SQLite keeps the definition's words in one
-- line with what follows: the comment stands before the type.)
ALTER TABLE session ADD COLUMN factor_at -- internal
  BIGINT;
