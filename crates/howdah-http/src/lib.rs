//! What every HTTP surface of Howdah shares: who asks, how errors look, how long things may take, how the server
//! starts and drains.
//!
//! The feature crates (`howdah-api` and those to come) build routers on [`Gate`]; the binary merges them and hands the
//! result to [`server::serve`]. Accounts live here as a module until they outgrow it.

pub mod accounts;
mod body;
mod caller;
mod error;
mod gate;
mod health;
mod jwt;
mod observe;
pub mod server;

pub use body::read_body;
pub use caller::{Caller, Principal, SESSION_DEFAULTS, Trash};
pub use error::ApiError;
pub use gate::{Gate, GateOptions};
pub use health::router as health_router;
pub use jwt::{Claims, JwtError, Tokens};
pub use observe::{RequestId, observe};
