-- Sessions without what many of them have in common, and with what rotation needs to know.

CREATE TABLE agents (
  id INTEGER PRIMARY KEY,
  agent TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO agents (agent)
  SELECT DISTINCT json_remove(visitor, '$.ip_address') FROM sessions;

CREATE TABLE sessions_2 (
  id BLOB PRIMARY KEY,
  account_id INTEGER NOT NULL,
  signed_in_at INTEGER NOT NULL,
  renewed_at INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  address TEXT NOT NULL,
  agent_id INTEGER NOT NULL REFERENCES agents (id),
  client TEXT,
  sender_key BLOB,
  ended_at INTEGER,
  ended TEXT
) STRICT, WITHOUT ROWID;

INSERT INTO sessions_2
  SELECT sessions.id, account_id, created_at, last_active_at, counter, counter,
         coalesce(json_extract(visitor, '$.ip_address'), ''), agents.id, NULL, NULL, ended_at, ended
  FROM sessions JOIN agents ON agents.agent = json_remove(visitor, '$.ip_address');

DROP TABLE sessions;
ALTER TABLE sessions_2 RENAME TO sessions;

-- Not by time: a renewal then touches one page.
CREATE INDEX sessions_of_account ON sessions (account_id) WHERE ended_at IS NULL;

-- Who ended what, in order: read by everybody who remembers sessions, and asked before a session without a row is
-- taken back.
CREATE TABLE endings (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  session BLOB NOT NULL UNIQUE,
  ended TEXT NOT NULL
) STRICT;

INSERT INTO endings (session, ended)
  SELECT id, ended FROM sessions WHERE ended IS NOT NULL ORDER BY ended_at;

-- Moves on with every change of an account, by whichever process.
CREATE TABLE versions (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO versions (name, value) VALUES ('accounts', 1);

CREATE TRIGGER accounts_added AFTER INSERT ON accounts
  BEGIN UPDATE versions SET value = value + 1 WHERE name = 'accounts'; END;
CREATE TRIGGER accounts_changed AFTER UPDATE ON accounts
  BEGIN UPDATE versions SET value = value + 1 WHERE name = 'accounts'; END;
CREATE TRIGGER accounts_removed AFTER DELETE ON accounts
  BEGIN UPDATE versions SET value = value + 1 WHERE name = 'accounts'; END;
