//! The files the pages load, embedded in the program and named by their content.

/// One embedded file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Path below `/assets/`, `evertill.css`.
    pub path: &'static str,
    /// Media type for the `Content-Type` header.
    pub content_type: &'static str,
    /// The file itself.
    pub body: &'static [u8],
}

const FILES: [Asset; 0] = [];

/// The file at a path below `/assets/`.
#[must_use]
pub fn find(path: &str) -> Option<Asset> {
    FILES.into_iter().find(|file| file.path == path)
}
