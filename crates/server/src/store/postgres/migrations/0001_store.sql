-- Every statement may run twice: not every engine that speaks this protocol undoes changes of the schema.
CREATE TABLE IF NOT EXISTS settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- The row `change` is also what writers of the shop queue at: its lock is held until they commit, so that numbers of
-- the change feed become visible in their own order.
CREATE TABLE IF NOT EXISTS numbers (
  name TEXT PRIMARY KEY,
  next BIGINT NOT NULL
);

INSERT INTO numbers (name, next) VALUES ('order', 5001), ('order_item', 1), ('account', 1001), ('change', 1), ('audit', 1),
  ('ending', 1)
ON CONFLICT (name) DO NOTHING;

-- The keys are the names in lower case: not every engine has a type that ignores case.
CREATE TABLE IF NOT EXISTS accounts (
  id BIGINT PRIMARY KEY,
  uuid UUID NOT NULL UNIQUE,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  password_hash TEXT,
  search TEXT NOT NULL,
  person TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  modified_at BIGINT NOT NULL,
  disabled_at BIGINT
);

-- What many sessions have in common, under a number made from its text: nobody has to look it up to add it.
CREATE TABLE IF NOT EXISTS agents (
  id BIGINT PRIMARY KEY,
  agent TEXT NOT NULL
);

-- A session outlives its account, so that a till can still be told why it ended: no foreign key here.
CREATE TABLE IF NOT EXISTS sessions (
  id UUID PRIMARY KEY,
  account_id BIGINT NOT NULL,
  agent_id BIGINT NOT NULL,
  signed_in_at BIGINT NOT NULL,
  renewed_at BIGINT NOT NULL,
  counter BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  ended_at BIGINT,
  address TEXT NOT NULL,
  client TEXT,
  sender_key BYTEA,
  ended TEXT
);

-- Not by time: what a renewal changes is in no index, so that it stays within its page.
CREATE INDEX IF NOT EXISTS sessions_of_account ON sessions (account_id) WHERE ended_at IS NULL;

-- Who ended what, in order: read by everybody who remembers sessions, and asked before a session without a row is
-- taken back.
CREATE TABLE IF NOT EXISTS endings (
  sequence BIGINT PRIMARY KEY,
  session UUID NOT NULL UNIQUE,
  ended TEXT NOT NULL
);

-- Moves on with every change of an account, by whichever node.
CREATE TABLE IF NOT EXISTS versions (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

INSERT INTO versions (name, value) VALUES ('accounts', 1) ON CONFLICT (name) DO NOTHING;

CREATE TABLE IF NOT EXISTS categories (
  id BIGINT PRIMARY KEY,
  menu_order BIGINT NOT NULL,
  record TEXT NOT NULL
);

-- Titles are sorted by their bytes, whatever the database's own order of letters is.
CREATE TABLE IF NOT EXISTS items (
  id BIGINT PRIMARY KEY,
  parent_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  title BYTEA NOT NULL,
  search TEXT NOT NULL,
  sku TEXT NOT NULL,
  barcode TEXT NOT NULL,
  stock_status TEXT NOT NULL,
  price_sort BIGINT NOT NULL,
  menu_order BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  modified_at BIGINT NOT NULL,
  record TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS items_by_barcode ON items (barcode) WHERE barcode <> '';
CREATE INDEX IF NOT EXISTS items_by_sku ON items (sku) WHERE sku <> '';
CREATE INDEX IF NOT EXISTS items_by_parent ON items (parent_id) WHERE parent_id <> 0;

CREATE TABLE IF NOT EXISTS item_categories (
  category_id BIGINT NOT NULL REFERENCES categories (id),
  item_id BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  PRIMARY KEY (category_id, item_id)
);

CREATE INDEX IF NOT EXISTS item_categories_by_item ON item_categories (item_id);

CREATE TABLE IF NOT EXISTS pictures (
  slug TEXT PRIMARY KEY,
  svg TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS orders (
  id BIGINT PRIMARY KEY,
  uuid UUID NOT NULL UNIQUE,
  status TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  cashier_id BIGINT NOT NULL,
  search TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  modified_at BIGINT NOT NULL,
  record TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS orders_by_date ON orders (created_at, id);

-- One row for each write that was taken: what makes a repeated request harmless.
CREATE TABLE IF NOT EXISTS mutations (
  id UUID PRIMARY KEY,
  fingerprint BYTEA NOT NULL,
  collection TEXT NOT NULL,
  record_uuid UUID NOT NULL,
  object_id BIGINT NOT NULL,
  status BIGINT NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS changes (
  sequence BIGINT PRIMARY KEY,
  collection TEXT NOT NULL,
  object_id BIGINT NOT NULL,
  is_deleted BOOLEAN NOT NULL,
  revision TEXT NOT NULL,
  modified_at BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS changes_by_collection ON changes (collection, sequence);

-- What happened to accounts, sessions, keys and settings, and who did it. Rows are added and never touched again.
CREATE TABLE IF NOT EXISTS audit (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  actor_id BIGINT,
  actor TEXT NOT NULL,
  subject_id BIGINT,
  subject TEXT NOT NULL,
  session TEXT NOT NULL,
  address TEXT NOT NULL,
  sentence TEXT NOT NULL,
  search TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS audit_by_time ON audit (at);

-- In which quarters of an hour a session was renewed: one bit each, 48 in a half day. Only for the drawing.
CREATE TABLE IF NOT EXISTS activity (
  session UUID NOT NULL,
  half_day BIGINT NOT NULL,
  quarters BIGINT NOT NULL,
  PRIMARY KEY (session, half_day)
);

CREATE INDEX IF NOT EXISTS activity_by_age ON activity (half_day);
