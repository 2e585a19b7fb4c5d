//! Who asks. Every reason an access token is not good looks the same from outside, as on a stock store.

use uuid::Uuid;

use super::{App, Ask, Reply};
use crate::store::{Account, StoreError};

/// Somebody signed in who may use a till.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) account: Account,
    pub(crate) session: Uuid,
}

/// Lets a request through, or says why not. The session is looked up every time: once ended, its access tokens
/// are worth nothing at the very next request.
pub(crate) async fn admit(app: &App, ask: &Ask) -> Result<Result<Caller, Reply>, StoreError> {
    let now = app.clock.seconds();
    let claims = ask.token().and_then(|token| app.mint.read_access(&token, now));
    let Some(claims) = claims else {
        return Ok(Err(unauthorized()));
    };
    let found = app.store.session(claims.refresh_jti).await?;
    let caller = found.and_then(|(session, account)| {
        let account = account?;
        let is_good = session.ended.is_none()
            && account.disabled_at.is_none()
            && account.id.to_string() == claims.data.user.id;
        is_good.then_some(Caller {
            account,
            session: session.id,
        })
    });
    Ok(match caller {
        None => Err(unauthorized()),
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
