-- A token may what its scopes name, in OAuth's form: words with a space between them. Those made
-- before have the scopes of their role as it was then, neither more nor fewer. A row without scopes
-- may nothing. (As in 0010 the classification stands before the type.)
ALTER TABLE api_token ADD COLUMN scopes -- internal
  TEXT NOT NULL DEFAULT '';
UPDATE api_token
  SET scopes = 'board.read device.read device.manage evidence.read evidence.write task.read task.write ledger.read ledger.erase pack.create settings.read settings.write'
  WHERE role IN ('owner', 'security_contact');
UPDATE api_token
  SET scopes = 'board.read device.read device.manage evidence.read evidence.write task.read task.write ledger.read pack.create settings.read settings.write'
  WHERE role IN ('administrator', 'provider');
UPDATE api_token
  SET scopes = 'board.read device.read evidence.read evidence.write task.read task.write'
  WHERE role = 'coordinator';
UPDATE api_token
  SET scopes = 'task.read task.write'
  WHERE role IN ('reception', 'member');
UPDATE api_token
  SET scopes = 'board.read device.read evidence.read task.read ledger.read'
  WHERE role = 'auditor';
ALTER TABLE api_token DROP COLUMN role;
