//! A till that stays signed in.
fn main() {}
