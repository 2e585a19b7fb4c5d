//! Which scheme to try when nobody named one.

use url::Url;

use super::tls;
use crate::context::Context;

/// The address as it was given; in a private network without a scheme, plain `http` where no TLS is spoken.
pub(super) async fn base(context: &Context) -> Url {
    let store = &context.store;
    if store.is_scheme_given() || !store.is_private() || context.profile.is_some() {
        return store.url().clone();
    }
    let secure = store.with_scheme("https");
    if tls::speaks_tls(secure.url()).await {
        secure.url().clone()
    } else {
        store.with_scheme("http").url().clone()
    }
}
