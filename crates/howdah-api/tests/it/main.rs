//! The data API against a real PostgreSQL, over real HTTP.

mod crud;
mod isolation;
mod outage;
mod refusals;
mod server;
mod soft_delete;
mod streaming;
