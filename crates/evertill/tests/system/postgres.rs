//! Several nodes on one PostgreSQL, with tills that go on whatever happens behind them.

mod nodes;
mod owner;
mod tills;
