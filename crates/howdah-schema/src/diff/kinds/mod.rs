//! What each kind of object knows to do: one file a kind.

mod aggregate;
mod cast;
mod collation;
pub(super) mod column;
mod composite;
pub(super) mod constraint;
mod default;
mod default_privileges;
mod domain;
mod enumeration;
mod event_trigger;
mod extension;
pub(super) mod facets;
mod function;
pub(super) mod identity;
mod index;
mod operator;
mod operator_class;
mod operator_family;
mod ownership;
mod policy;
mod privileges;
mod publication;
mod range;
mod role;
mod rule;
mod schema;
pub(super) mod sequence;
mod setting;
mod statistics;
pub(super) mod table;
#[cfg(test)]
mod testing;
mod text_search;
mod trigger;
mod types;
mod view;
