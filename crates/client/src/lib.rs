//! The hands of the session engine: vault, transport, discovery, sign-in and the renewing driver.
