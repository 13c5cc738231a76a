//! Rust: a module a table or view, over tokio-postgres.
//!
//! All SQL in the generated code is constant text, or put together from pieces that are; values are parameters. The code
//! is laid out as rustfmt would do it, and its root keeps rustfmt from doing it otherwise.
//!
//! What a module has: `Row`, `Insert`, `Update`; `find` and `find_by_…` for each unique key, `list` and `list_by_…` page by
//! page for each foreign key and index that serves it, `insert`, `update`, `delete`; `types.rs` says how values travel.

mod changes;
mod functions;
mod keys;
mod kinds;
mod names;
mod plan;
mod queries;
mod rows;
mod support;
mod text;
mod types;

#[cfg(test)]
mod tests;

use self::keys::{DELETED, Keys};
use self::names::raw;
use self::plan::Plan;
use self::queries::Functions;
use self::text::{Code, code, markdown};
use super::ClientOptions;
use crate::catalog::Relation;
use crate::{Catalog, OutputFile};

/// What the generated code needs, as it stands in `Cargo.toml`.
///
/// chrono rather than time, because its years reach from -262144 to 262142, and those of time only to 9999.
pub const DEPENDENCIES: &str = r#"[dependencies]
bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["serde"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio-postgres = { version = "0.7", features = ["with-chrono-0_4", "with-serde_json-1", "with-uuid-1"] }
uuid = { version = "1", features = ["serde"] }
"#;

/// The client's files. `mod.rs` is the root of a module of any crate, wherever that stands in it.
pub fn files(catalog: &Catalog, options: &ClientOptions) -> Vec<OutputFile> {
    let plan = Plan::new(catalog, options);
    let mut files: Vec<OutputFile> = support::files().collect();
    let sees_trash =
        catalog.tables.values().filter(|table| plan.relations.contains_key(&table.name)).any(changes::asks_for_trash);
    if sees_trash {
        files.push(support::trash());
    }
    files.push(OutputFile::new("mod.rs", root(&plan, sees_trash)));
    for (schema, module) in &plan.schemas {
        let types = kinds::module(&plan, schema);
        let functions = functions::module(&plan, schema);
        let mut modules = Vec::new();
        modules.extend(types.as_ref().map(|_| ("types".to_owned(), None)));
        modules.extend(functions.as_ref().map(|_| ("functions".to_owned(), None)));
        for relation in catalog.relations() {
            let name = relation.name();
            let Some(own) = plan.relations.get(name).filter(|_| name.schema == *schema) else { continue };
            modules.push((raw(own), relation.comment().tags().deprecated.as_deref()));
            files.push(OutputFile::new(format!("{module}/{own}.rs"), relation_module(&plan, relation)));
        }
        files.extend(types.map(|text| OutputFile::new(format!("{module}/types.rs"), text)));
        files.extend(functions.map(|text| OutputFile::new(format!("{module}/functions.rs"), text)));
        files.push(OutputFile::new(format!("{module}/mod.rs"), schema_module(&plan, schema, &modules)));
    }
    files.sort();
    files
}

const ALLOWED: &str =
    "// Of what a database has, few applications use everything. What is deprecated is here nevertheless.
#![allow(dead_code, deprecated)]
// Names and numbers of parameters are the database's.
#![allow(clippy::enum_variant_names, clippy::module_inception)]
#![allow(clippy::too_many_arguments)]
// Comments of the database are prose, in which an address may stand as it is.
#![allow(rustdoc::bare_urls)]
";

fn root(plan: &Plan<'_>, sees_trash: bool) -> String {
    let mut out = Code::new();
    out.doc("//!", "Typed access to the database. Made by `howdah types rust`: do not edit, make it again.");
    out.doc("//!", "\nIt needs, in `Cargo.toml`:\n\n```toml");
    out.doc("//!", DEPENDENCIES);
    out.doc("//!", "```");
    out.gap();
    for line in ALLOWED.lines() {
        out.line(line);
    }
    let fixed = ["support"].into_iter().chain(sees_trash.then_some("trash")).map(str::to_owned);
    for module in fixed.chain(plan.schemas.values().map(|module| raw(module))) {
        out.gap();
        out.line("#[rustfmt::skip]");
        out.line(&format!("pub mod {module};"));
    }
    out.finish()
}

fn schema_module(plan: &Plan<'_>, schema: &str, modules: &[(String, Option<&str>)]) -> String {
    let mut out = Code::new();
    out.doc("//!", &format!("The schema {}.", code(schema)));
    let comment = plan.catalog.schemas.get(schema).map(|schema| markdown(schema.comment.text())).unwrap_or_default();
    if !comment.is_empty() {
        out.doc("//!", &format!("\n{comment}"));
    }
    for (module, deprecated) in modules {
        out.gap();
        if let Some(why) = deprecated {
            out.attribute("deprecated", why, "note");
        }
        out.line(&format!("pub mod {module};"));
    }
    out.finish()
}

fn relation_module(plan: &Plan<'_>, relation: Relation<'_>) -> String {
    let name = relation.name();
    let keys = match relation {
        Relation::Table(table) => Keys::of_table(table),
        Relation::View(view) => Keys::of_view(view),
    };
    let mut untouched: Vec<&str> = keys.version.iter().map(|column| column.name.as_str()).collect();
    if keys.has_soft_delete {
        untouched.push(DELETED);
    }
    let fields = rows::fields(plan, relation, &untouched);
    let kind = match relation {
        Relation::Table(_) => "table",
        Relation::View(_) => "view",
    };
    let of = format!("{kind} {}", code(&name.to_string()));

    let mut out = Code::new();
    out.doc("//!", &format!("The {of}."));
    let comment = markdown(relation.comment().text());
    if !comment.is_empty() {
        out.doc("//!", &format!("\n{comment}"));
    }
    out.gap();
    out.line("use super::super::support;");
    out.line("use tokio_postgres::GenericClient;");
    out.gap();
    rows::row(&mut out, &fields, &format!("the {of}"));
    let functions = Functions { name, fields: &fields, keys: &keys };
    let Some(table) = relation.table() else {
        if keys.listings.is_empty() {
            functions.list_unordered(&mut out);
        } else {
            functions.lists(&mut out);
        }
        return out.finish();
    };
    let has_insert = rows::insert(&mut out, &fields);
    let main = keys.keys.iter().find(|key| key.is_main);
    let has_update = main.is_some() && rows::update(&mut out, &fields);
    for key in &keys.keys {
        functions.find(&mut out, key);
    }
    if keys.listings.is_empty() {
        functions.list_unordered(&mut out);
    } else {
        functions.lists(&mut out);
    }
    functions.insert(&mut out, has_insert);
    if let Some(main) = main {
        functions.changes(&mut out, table, main, has_update);
    }
    out.finish()
}
