-- What happened to accounts, sessions, keys and settings, and who did it. Rows are added and never touched again.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor_id INTEGER,
  actor TEXT NOT NULL,
  subject_id INTEGER,
  subject TEXT NOT NULL,
  session TEXT NOT NULL,
  address TEXT NOT NULL,
  sentence TEXT NOT NULL,
  search TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_time ON audit (at);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is only added to');
END;

-- Somebody who may not sign in any more keeps a name on old sales.
ALTER TABLE accounts ADD COLUMN disabled_at INTEGER;

-- In which quarters of an hour a session was renewed: one bit each, 48 in a half day. Only for the drawing.
CREATE TABLE activity (
  session BLOB NOT NULL,
  half_day INTEGER NOT NULL,
  quarters INTEGER NOT NULL,
  PRIMARY KEY (session, half_day)
) STRICT, WITHOUT ROWID;

CREATE INDEX activity_by_age ON activity (half_day);
