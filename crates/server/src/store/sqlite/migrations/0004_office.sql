-- The list of sessions, newest first, is read page by page. A renewal touches none of this.
CREATE INDEX sessions_by_sign_in ON sessions (signed_in_at DESC, id);

-- What the owner calls a session.
CREATE TABLE names (
  session BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  search TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- In which quarters a renewal was refused.
ALTER TABLE activity ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
