//! Who asks. Every reason an access token is not good looks the same from outside, as on a stock store.

use super::{App, Ask, Reply};
use crate::{oauth, sessions::Caller, store::StoreError};

/// Lets a request through, or says why not. Once a session has ended, its access tokens are worth nothing at the very
/// next request.
pub(crate) async fn admit(app: &App, ask: &Ask) -> Result<Result<Caller, Reply>, StoreError> {
    let Some(token) = ask.token() else {
        return Ok(Err(unauthorized()));
    };
    let Some(caller) = app.sessions.check(&token).await? else {
        return Ok(Err(unauthorized()));
    };
    // Whoever holds the token of a session that is bound to a key has to prove more than that.
    if let Err(refusal) = oauth::prove(app, ask, &token, caller.sender_key.as_deref(), unauthorized) {
        return Ok(Err(refusal));
    }
    Ok(match caller {
        caller if !caller.account.role.may_sell() => Err(Reply::error(
            403,
            "woocommerce_pos_rest_forbidden",
            "You do not have permission to access the POS.",
        )),
        caller => Ok(caller),
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
