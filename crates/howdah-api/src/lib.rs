//! The REST data API: URL → query tree → SQL → stream. Its wire protocol is PostgREST's.
//!
//! | step | module |
//! |---|---|
//! | the URL, the headers and the body are read | `request`, `payload` |
//! | names are looked up among what is exposed, and the query tree is made | `exposed`, `resolve`, `query` |
//! | the tree becomes SQL with parameters | `sql` |
//! | settings and statements travel in one flight, on a connection that suits | `transaction`, `executor`, `routing`, `howdah_pg::lane` |
//! | operations share a transaction; bodies too large to hold are taken row by row | `batch`, `load` |
//! | rows become the body | `encode`, `answer` |
//! | what PostgreSQL refuses is explained in the request's terms | `explain` |

mod answer;
mod api;
mod audit;
mod batch;
mod call;
mod check;
mod conditional;
mod cost;
mod cursor;
mod describe;
mod encode;
mod executor;
mod explain;
mod exposed;
mod load;
mod openapi;
mod options;
mod payload;
mod query;
mod read;
mod request;
mod resolve;
mod routing;
mod scope;
mod sql;
mod surroundings;
mod transaction;
mod write;

pub use api::{Api, ReloadError, app};
pub use check::RequestCheck;
pub use options::{ApiOptions, OpenApiMode, TxEnd};
