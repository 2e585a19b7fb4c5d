//! Who asks. Every reason an access token is not good looks the same from outside, as on a stock store.

use super::{App, Ask, Reply};
use crate::{sessions::Caller, store::StoreError};

/// Lets a request through, or says why not. Once a session has ended, its access tokens are worth nothing at the very
/// next request.
pub(crate) async fn admit(app: &App, ask: &Ask) -> Result<Result<Caller, Reply>, StoreError> {
    let caller = match ask.token() {
        None => None,
        Some(token) => app.sessions.check(&token).await?,
    };
    Ok(match caller {
        None => Err(unauthorized()),
        // Whoever holds the token of such a session has to prove more than that.
        Some(caller) if caller.sender_key.is_some() => Err(unauthorized()),
        Some(caller) if !caller.account.role.may_sell() => Err(Reply::error(
            403,
            "woocommerce_pos_rest_forbidden",
            "You do not have permission to access the POS.",
        )),
        Some(caller) => Ok(caller),
    })
}

/// No usable access token.
pub(crate) fn unauthorized() -> Reply {
    Reply::error(
        401,
        "woocommerce_pos_rest_unauthorized",
        "Authentication required.",
    )
}
