CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE numbers (
  name TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO numbers (name, next) VALUES ('order', 5001), ('order_item', 1), ('account', 1001);

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  username TEXT NOT NULL COLLATE NOCASE UNIQUE,
  email TEXT NOT NULL COLLATE NOCASE UNIQUE,
  role TEXT NOT NULL,
  password_hash TEXT,
  search TEXT NOT NULL,
  person TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL
) STRICT;

-- A session outlives its account, so that a till can still be told why it ended: no foreign key here.
CREATE TABLE sessions (
  id BLOB PRIMARY KEY,
  account_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_active_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  visitor TEXT NOT NULL,
  ended_at INTEGER,
  ended TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_account ON sessions (account_id, expires_at) WHERE ended_at IS NULL;

CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  menu_order INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;

CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  title TEXT NOT NULL,
  search TEXT NOT NULL,
  sku TEXT NOT NULL,
  barcode TEXT NOT NULL,
  stock_status TEXT NOT NULL,
  price_sort INTEGER NOT NULL,
  menu_order INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;

CREATE INDEX items_by_barcode ON items (barcode) WHERE barcode <> '';
CREATE INDEX items_by_sku ON items (sku) WHERE sku <> '';
CREATE INDEX items_by_parent ON items (parent_id) WHERE parent_id <> 0;

CREATE TABLE item_categories (
  category_id INTEGER NOT NULL REFERENCES categories (id),
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  PRIMARY KEY (category_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pictures (
  slug TEXT PRIMARY KEY,
  svg TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  cashier_id INTEGER NOT NULL,
  search TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;

CREATE INDEX orders_by_date ON orders (created_at, id);

-- One row for each write that was taken: what makes a repeated request harmless.
CREATE TABLE mutations (
  id BLOB PRIMARY KEY,
  fingerprint BLOB NOT NULL,
  collection TEXT NOT NULL,
  record_uuid TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  collection TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL,
  revision TEXT NOT NULL,
  modified_at INTEGER NOT NULL
) STRICT;

CREATE INDEX changes_by_collection ON changes (collection, sequence);
