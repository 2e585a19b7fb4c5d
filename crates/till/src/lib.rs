//! The till: a web register that keeps selling whatever happens to the session.

pub mod assets;
pub mod pages;
