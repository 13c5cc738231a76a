//! Schemas of Zod 4: what a client may send, as far as the database's types and CHECKs say it.
//!
//! `schemas` has the shape of the `Database` type of [`super::typescript`], and its types are the same:
//! `schemas.public.Tables.tasks.Insert` reads `Database["public"]["Tables"]["tasks"]["Insert"]`.

mod answer;
mod function;
mod helpers;
mod names;
mod relation;
mod types;

use super::selection::Selection;
use super::{ClientOptions, script};
use crate::OutputFile;
use crate::QualifiedName;
use crate::catalog::Catalog;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use types::Writer;

const HEADER: &str = "\
// Made by `howdah types zod` from the database's schema, for Zod 4. Changes here are lost.
//
// What a CHECK constraint demands is checked here if it can be told exactly; each other is listed as \"not carried\" where
// it would stand. Insert and Update refuse columns that there are not, because the API does.
";

const IMPORT: &str = "
import { z } from \"zod\"
";

const JSON: &str = "
/** A JSON value. */
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]
";

/// `database.zod.ts`.
pub fn files(catalog: &Catalog, options: &ClientOptions) -> Vec<OutputFile> {
    let selection = Selection::new(catalog, options);
    let mut writer = Writer::new(&selection);
    for found in selection.enums.keys() {
        writer.enumeration(found);
    }
    for name in selection.domains.keys() {
        writer.domain(name);
    }
    for name in selection.composites.keys() {
        writer.composite(name);
    }
    let mut relations: BTreeMap<&QualifiedName, relation::Names> = BTreeMap::new();
    for shape in selection.tables.values().chain(selection.views.values()) {
        relations.insert(shape.name, relation::write(&mut writer, shape));
    }
    let mut functions: BTreeMap<&QualifiedName, String> = BTreeMap::new();
    for (name, overloads) in &selection.functions {
        if let Some(arguments) = function::write(&mut writer, overloads) {
            functions.insert(name, arguments);
        }
    }
    let mut body = helpers::written(&writer.used);
    body.push_str(&writer.out);
    let mut out = HEADER.to_owned();
    // Of nothing there is nothing to say, and an import that is not used is an error to many.
    if !body.is_empty() {
        out.push_str(IMPORT);
    }
    out.push_str(JSON);
    out.push_str(&body);
    index(&mut out, &selection, &writer, options, &relations, &functions);
    vec![OutputFile::new("database.zod.ts", out)]
}

/// Everything by its name.
fn index(
    out: &mut String,
    selection: &Selection<'_>,
    writer: &Writer<'_>,
    options: &ClientOptions,
    relations: &BTreeMap<&QualifiedName, relation::Names>,
    functions: &BTreeMap<&QualifiedName, String>,
) {
    let mut schemas = selection.schemas(options);
    schemas.extend(selection.domains.keys().map(|name| name.schema.clone()));
    out.push_str("\n/** All of it: `schemas.public.Tables.tasks.Insert.parse(row)`. */\nexport const schemas = {\n");
    for schema in &schemas {
        let _ = writeln!(out, "  {}: {{", script::value_key(schema));
        let mut section = |title: &str, found: Vec<(&str, String)>| {
            if found.is_empty() {
                let _ = writeln!(out, "    {title}: {{}},");
                return;
            }
            let _ = writeln!(out, "    {title}: {{");
            for (name, value) in found {
                let _ = writeln!(out, "      {}: {value},", script::value_key(name));
            }
            out.push_str("    },\n");
        };
        let here = |name: &QualifiedName| name.schema == *schema;
        for (title, shapes) in [("Tables", &selection.tables), ("Views", &selection.views)] {
            let found = shapes.keys().filter(|name| here(name));
            let found = found.filter_map(|name| Some((name.name.as_str(), relations.get(name)?.object())));
            section(title, found.collect());
        }
        let callable = functions.iter().filter(|(name, _)| here(name));
        section(
            "Functions",
            callable.map(|(name, arguments)| (name.name.as_str(), format!("{{ Args: {arguments} }}"))).collect(),
        );
        let named = |names: BTreeSet<&QualifiedName>| -> Vec<(String, String)> {
            names
                .into_iter()
                .filter(|name| here(name))
                .filter_map(|name| Some((name.name.clone(), writer.known.get(name)?.clone())))
                .collect()
        };
        for (title, names) in [
            ("Enums", selection.enums.keys().copied().collect::<BTreeSet<_>>()),
            ("Domains", selection.domains.keys().copied().collect()),
            ("CompositeTypes", selection.composites.keys().collect()),
        ] {
            let found = named(names);
            section(title, found.iter().map(|(name, value)| (name.as_str(), value.clone())).collect());
        }
        out.push_str("  },\n");
    }
    out.push_str("}\n");
}
