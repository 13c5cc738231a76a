//! Talks to PostgreSQL: connections, lanes, quoting, introspection, migrations, COPY.
//!
//! What it does not do: decide what a schema should look like (that is `howdah-schema`, which does no I/O), start or
//! stop servers (`howdah-cluster`), or print. Progress goes to the caller's callback, notices of the server to tracing.

pub mod backoff;
pub mod copy;
pub mod error;
mod extension;
pub mod introspect;
pub mod lane;
pub mod migrate;
mod origins;
pub mod schema;
pub mod script;
pub mod secret;
pub mod target;
mod time_setting;
pub mod trial;
pub mod validate;
pub mod watch;

pub use backoff::{Backoff, retry};
pub use error::{PgError, ServerError};
pub use howdah_schema::quote::{Ident, IdentError, Literal, QualifiedName};
pub use introspect::{IntrospectOptions, introspect};
pub use origins::{ViewOrigin, view_origins};
pub use secret::Secret;
pub use target::{Endpoint, PgStream, Target, TlsMode};
pub use time_setting::time_setting;
pub use tokio_postgres;
pub use watch::{Change, Watch, WatchOptions, install_ddl_notify, watch};
