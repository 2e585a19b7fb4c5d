//! What a person sees, in a real browser.

mod cashier;
mod health;
mod journeys;
mod network;
mod office;
mod screenshots;
mod sessions;
