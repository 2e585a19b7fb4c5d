//! What a keeper does against a store that is played by the test.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod books;
mod carrying;
mod clocks;
mod fast_path;
mod formats;
mod keeping;
mod keyed;
mod lost_tokens;
mod own_vault;
mod passing;
mod real_store;
mod requests;
mod schemes;
mod shop;
