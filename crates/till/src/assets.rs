//! The files the pages load, embedded in the program and named by their content.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// How long a browser may keep a file that was asked for with its `?v=`; such a file never changes.
pub const LONG_CACHE: &str = "public, max-age=31536000, immutable";

/// How a browser treats a file asked for without its `?v=`.
pub const SHORT_CACHE: &str = "no-cache";

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

macro_rules! file {
    ($path:literal, $kind:literal) => {
        Asset {
            path: $path,
            content_type: $kind,
            body: include_bytes!(concat!("../assets/", $path)),
        }
    };
}

const FILES: [Asset; 8] = [
    file!("evertill.css", "text/css; charset=utf-8"),
    file!("pages.css", "text/css; charset=utf-8"),
    file!("till.css", "text/css; charset=utf-8"),
    Asset {
        path: "guide.css",
        content_type: "text/css; charset=utf-8",
        body: evertill_guide::STYLES.as_bytes(),
    },
    file!("till.js", "text/javascript; charset=utf-8"),
    file!("inter-till.woff2", "font/woff2"),
    file!("logo.svg", "image/svg+xml"),
    file!("OFL.txt", "text/plain; charset=utf-8"),
];

static VERSIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|file| URL_SAFE_NO_PAD.encode(&Sha256::digest(file.body)[..9]))
        .collect()
});

/// The file at a path below `/assets/`.
#[must_use]
pub fn find(path: &str) -> Option<Asset> {
    FILES.into_iter().find(|file| file.path == path)
}

impl Asset {
    /// Short hash of the content, as in the `?v=` of an address.
    #[must_use]
    pub fn version(&self) -> &'static str {
        FILES
            .iter()
            .position(|file| file.path == self.path)
            .map_or("", |index| VERSIONS[index].as_str())
    }

    /// Value of the `ETag` header, with its quotes.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("\"{}\"", self.version())
    }

    /// Value of the `Cache-Control` header for a request with this `v` in its query.
    #[must_use]
    pub fn cache_control(&self, asked_version: Option<&str>) -> &'static str {
        if asked_version == Some(self.version()) {
            LONG_CACHE
        } else {
            SHORT_CACHE
        }
    }
}

/// Address of a file as the pages write it, `/assets/till.js?v=…`. A path that is not embedded stays without version.
#[must_use]
pub fn href(path: &str) -> String {
    match find(path) {
        Some(file) => format!("/assets/{path}?v={}", file.version()),
        None => format!("/assets/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_path_only() {
        let css = find("evertill.css").unwrap();
        assert!(css.content_type.starts_with("text/css"));
        assert!(find("../Cargo.toml").is_none());
        assert!(find("").is_none());
    }

    #[test]
    fn the_version_follows_the_content_and_allows_a_long_cache() {
        let css = find("evertill.css").unwrap();
        let script = find("till.js").unwrap();
        assert_eq!(css.version().len(), 12);
        assert_ne!(css.version(), script.version());
        assert_eq!(css.cache_control(Some(css.version())), LONG_CACHE);
        assert_eq!(css.cache_control(Some("old")), SHORT_CACHE);
        assert_eq!(css.etag(), format!("\"{}\"", css.version()));
        assert_eq!(href("till.js"), format!("/assets/till.js?v={}", script.version()));
    }
}
