//! The store server: accounts, sessions, tokens, catalogue and orders on embedded SQLite.
