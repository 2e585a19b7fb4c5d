//! How a sale adds up: carts, taxes, tenders, the outbox's rules; exact decimals, no I/O.
