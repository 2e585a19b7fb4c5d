//! Pictures of the products: fetched and kept by the till, so that the browser never talks to the store.
//!
//! No token goes along; an address of another scheme, an answer that is no picture and one that is too large
//! are left out.

use std::sync::Arc;

use evertill_client::http::{Http, Request};
use tokio::sync::Semaphore;
use url::Url;

use crate::clock;
use crate::db::goods::{self, Picture};
use crate::error::TillError;
use crate::till::Till;

/// Largest picture that is kept, in bytes.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Pictures fetched at once; shops live on small hosts.
const PARALLEL_MAX: usize = 2;

/// Fetches pictures.
#[derive(Debug)]
pub(crate) struct Pictures {
    places: Semaphore,
}

impl Pictures {
    pub(crate) fn new() -> Self {
        Self {
            places: Semaphore::new(PARALLEL_MAX),
        }
    }
}

/// The picture of a product, from the disk or else from where the store keeps it.
pub(crate) async fn of_product(till: &Till, product_id: i64) -> Result<Option<Picture>, TillError> {
    let shelf = till.shelf();
    let Some(src) = shelf
        .product(product_id)
        .and_then(|product| product.images.first())
        .map(|image| image.src.clone())
        .filter(|src| !src.is_empty())
    else {
        return Ok(None);
    };
    match stored(till, &src).await? {
        Some(picture) => Ok(Some(picture)),
        None => fetch(till, &src).await,
    }
}

/// Fetches the pictures that are not on the disk yet.
pub(super) async fn fetch_missing(till: &Arc<Till>) -> Result<(), TillError> {
    let shelf = till.shelf();
    let srcs = shelf
        .shown(None)
        .into_iter()
        .filter_map(|product| product.images.first())
        .map(|image| image.src.as_str())
        .filter(|src| !src.is_empty());
    for src in srcs {
        if stored(till, src).await?.is_none() {
            fetch(till, src).await?;
        }
    }
    Ok(())
}

async fn stored(till: &Till, src: &str) -> Result<Option<Picture>, TillError> {
    let src = src.to_owned();
    till.db
        .read("look up a picture", move |db| goods::picture(db, &src))
        .await
}

async fn fetch(till: &Till, src: &str) -> Result<Option<Picture>, TillError> {
    let Ok(url) = Url::parse(src) else { return Ok(None) };
    if !matches!(url.scheme(), "http" | "https") {
        return Ok(None);
    }
    let Ok(_place) = till.pictures.places.acquire().await else {
        return Ok(None);
    };
    let http = Http::new(&url).map_err(TillError::Session)?;
    let answer = match http.send(Request::get(url)).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::debug!(code = %error.code(), "could not fetch a picture: {error}");
            return Ok(None);
        }
    };
    let content_type = answer
        .headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .map(|value| {
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        })
        .unwrap_or_default();
    if !answer.status.is_success() || answer.body.len() > BYTES_MAX || !is_picture(&content_type) {
        return Ok(None);
    }
    let picture = Picture {
        content_type,
        body: answer.body.to_vec(),
    };
    let (src, kept) = (src.to_owned(), picture.clone());
    till.db
        .write("store a picture", move |tx| {
            goods::put_picture(tx, &src, &kept, clock::now_ms())
        })
        .await?;
    Ok(Some(picture))
}

fn is_picture(content_type: &str) -> bool {
    matches!(
        content_type,
        "image/png" | "image/jpeg" | "image/webp" | "image/gif" | "image/avif" | "image/svg+xml"
    )
}
