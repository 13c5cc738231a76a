//! Against a real PostgreSQL.

mod connect;
mod copy;
mod introspect;
mod lane;
mod migrate;
mod proxy;
mod quote;
mod script;
mod support;
mod tls;
