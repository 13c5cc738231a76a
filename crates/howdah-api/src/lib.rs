//! The REST data API at `/rest/v1`: URL → query tree → SQL → stream.
//!
//! | step | module |
//! |---|---|
//! | the URL, the headers and the body become a query tree | `request`, `payload`, `query` |
//! | names are looked up among what is exposed | `exposed` |
//! | the tree becomes SQL with parameters | `sql` |
//! | settings and statement travel in one flight, on a connection that suits | `routing`, `howdah_pg::lane` |
//! | rows become JSON | `encode` |
//! | what PostgreSQL refuses is explained in the request's terms | `explain` |
//!
//! The wire protocol is PostgREST's. What is not here yet (embedding, aggregates, upsert, functions) is refused by name
//! with 501, never answered with something else.

mod api;
mod check;
mod encode;
mod explain;
mod exposed;
#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "no route serves it yet"))]
mod openapi;
mod options;
mod payload;
mod query;
mod read;
mod request;
mod routing;
mod sql;
mod write;

pub use api::{Api, ReloadError, router};
pub use check::RequestCheck;
pub use options::{ApiOptions, OpenApiMode, TxEnd};
