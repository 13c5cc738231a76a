//! Against a real PostgreSQL.

mod introspect;
mod support;
