//! The API's description of itself, made from the catalog: [`openapi()`] for OpenAPI 3.1, [`swagger()`] for Swagger 2.0.
//!
//! | step | module |
//! |---|---|
//! | what the caller's role may do is read from the database | `privileges` |
//! | what one schema shows to that role, and what can be done with it | `surface` |
//! | OpenAPI 3.1: everything the API takes and gives, our extensions included | `v3` |
//! | Swagger 2.0: exactly the shape that PostgREST serves, because old clients read it by its names | `swagger` |
//! | what has been made is kept until the schema is read anew | `made` |
//!
//! Both are pure: the same catalog, options and privileges give the same bytes. A description is about one schema, since a
//! path names a table without its schema; which one, the request's profile says.
//!
//! Rows that `select` reshapes (embedding, aliases, aggregates) cannot be described in either format. Schemas say what a row
//! is without `select`.

mod defaults;
mod describe;
mod made;
mod names;
mod privileges;
mod server;
mod surface;
mod swagger;
#[cfg(test)]
mod tests;
mod v3;

use howdah_schema::Catalog;
use serde_json::{Value, json};

use describe::heading;
pub(crate) use made::{Basis, Document, Made};
pub(crate) use privileges::{PRIVILEGES_SQL, Privileges};
use surface::Surface;

use crate::options::ApiOptions;

/// What is written when the schema has no comment.
const TITLE: &str = "Howdah API";
const ABOUT: &str = "The data API of a PostgreSQL database, made from its schema.";

/// The OpenAPI 3.1 document of `schema`, one of `options.schemas`. Served as `application/openapi+json` and
/// `application/json` at `/openapi.json`.
pub(crate) fn openapi(catalog: &Catalog, options: &ApiOptions, schema: &str, privileges: &Privileges) -> Value {
    v3::document(&Surface::new(catalog, options, schema, privileges))
}

/// The Swagger 2.0 document of `schema`, one of `options.schemas`. Served in the same types at the root.
pub(crate) fn swagger(catalog: &Catalog, options: &ApiOptions, schema: &str, privileges: &Privileges) -> Value {
    swagger::document(&Surface::new(catalog, options, schema, privileges))
}

/// Both documents' `info`.
fn info(surface: &Surface<'_>) -> Value {
    let (title, description) = surface.comment().map(heading).unwrap_or_default();
    json!({
        "title": title.unwrap_or_else(|| TITLE.to_owned()),
        "description": description.unwrap_or_else(|| ABOUT.to_owned()),
        "version": env!("CARGO_PKG_VERSION"),
    })
}
