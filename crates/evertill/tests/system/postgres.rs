//! Several nodes on one PostgreSQL, with tills that go on whatever happens behind them.

mod away;
mod nodes;
mod owner;
mod tills;
