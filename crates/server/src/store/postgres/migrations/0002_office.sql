-- Every statement may run twice: not every engine that speaks this protocol undoes changes of the schema.
-- The list of sessions, newest first, is read page by page. What a renewal changes is in no index.
CREATE INDEX IF NOT EXISTS sessions_by_sign_in ON sessions (signed_in_at DESC, id);

-- What the owner calls a session.
CREATE TABLE IF NOT EXISTS names (
  session UUID PRIMARY KEY,
  name TEXT NOT NULL,
  search TEXT NOT NULL
);

-- In which quarters a renewal was refused.
ALTER TABLE activity ADD COLUMN IF NOT EXISTS refused BIGINT NOT NULL DEFAULT 0;
