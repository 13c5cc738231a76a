//! API keys: made, listed, rotated and withdrawn, over HTTP (`endpoints`) and by the command line ([`KeyStore`]).
//!
//! | request | does |
//! |---|---|
//! | `GET /auth/v1/keys` | lists keys |
//! | `POST /auth/v1/keys` | makes one |
//! | `POST /auth/v1/keys/{id}/rotate` | replaces one; the old one works on for a while |
//! | `DELETE /auth/v1/keys/{id}` | withdraws one |
//!
//! A signed-in person deals with their own keys and with no role above their own; the service role with all. A key cannot
//! do any of this. The key itself is shown once, in the answer that makes it; what is stored is its digest. How a key is
//! checked is in `howdah_http::ApiKeys`.

mod endpoints;
mod store;

pub(crate) use endpoints::routes;
pub use store::{ApiKey, KeyError, KeyId, KeyRole, KeyStore, MadeKey, NewKey};
