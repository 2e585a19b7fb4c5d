CREATE TABLE settings (
  key   TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE products (
  id   INTEGER PRIMARY KEY NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE variations (
  id         INTEGER PRIMARY KEY NOT NULL,
  product_id INTEGER NOT NULL,
  body       TEXT NOT NULL
) STRICT;
CREATE INDEX variations_by_product ON variations (product_id);

CREATE TABLE categories (
  id   INTEGER PRIMARY KEY NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE tax_rates (
  id   INTEGER PRIMARY KEY NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE pictures (
  src           TEXT PRIMARY KEY NOT NULL,
  content_type  TEXT NOT NULL,
  body          BLOB NOT NULL,
  fetched_at_ms INTEGER NOT NULL
) STRICT;

-- The open sale and the parked ones; the JSON in `body` carries the number of its format.
CREATE TABLE carts (
  uuid          TEXT PRIMARY KEY NOT NULL,
  number        INTEGER NOT NULL UNIQUE,
  is_current    INTEGER NOT NULL CHECK (is_current IN (0, 1)),
  revision      INTEGER NOT NULL,
  touched       TEXT,
  body          TEXT NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX carts_current ON carts (is_current) WHERE is_current = 1;

-- Paid sales, never deleted. `uuid` is the cart's, so that one cart can be paid once only.
CREATE TABLE sales (
  uuid         TEXT PRIMARY KEY NOT NULL,
  number       INTEGER NOT NULL UNIQUE,
  body         TEXT NOT NULL,
  total        TEXT NOT NULL,
  rung_up_by   TEXT NOT NULL,
  paid_at_ms   INTEGER NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'booked', 'parked')),
  outbox       TEXT NOT NULL,
  attempts     INTEGER NOT NULL DEFAULT 0,
  order_id     INTEGER,
  order_number TEXT,
  sent_by      TEXT,
  booked_at_ms INTEGER
) STRICT;
CREATE INDEX sales_by_state ON sales (state, number);
CREATE INDEX sales_by_time ON sales (paid_at_ms);
CREATE INDEX sales_by_booking ON sales (booked_at_ms);

-- What happened to a sale, or to the till itself where `sale` is null.
CREATE TABLE events (
  id    INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  at_ms INTEGER NOT NULL,
  sale  TEXT REFERENCES sales (uuid),
  kind  TEXT NOT NULL,
  code  TEXT,
  words TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_sale ON events (sale, id);
