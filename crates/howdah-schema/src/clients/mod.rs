//! Typed clients: the catalog as types of other languages.

pub mod json_schema;
pub mod relation;
pub mod rules;
pub mod rust;
mod script;
mod selection;
pub mod touched;
pub mod typescript;
mod updatable;
pub mod zod;

use std::collections::BTreeSet;

/// What a client is made for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientOptions {
    /// The schemas whose tables, views and functions it has. Types that these use come along from wherever they are.
    pub schemas: BTreeSet<String>,
}
