//! A `Database` type in the shape that `@supabase/supabase-js` takes as its generic.
//!
//! The shape is that of Supabase's own generator. Where the catalog knows more, the types say more: a text whose CHECK lists its
//! values is a union of them, a column that a trigger always may fill need not be inserted, and comments come along.

mod function;
mod relation;
mod types;

use super::selection::Selection;
use super::{ClientOptions, script};
use crate::OutputFile;
use crate::QualifiedName;
use crate::catalog::Catalog;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use types::Types;

const HEADER: &str = "\
// Made by `howdah types typescript` from the database's schema. Changes here are lost.

/** A JSON value. */
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  // What createClient() may offer: the data API speaks the protocol of this version of PostgREST.
  __InternalSupabase: {
    PostgrestVersion: \"12\"
  }
";

const HELPERS: &str = include_str!("helpers.ts");

/// `database.types.ts`.
pub fn files(catalog: &Catalog, options: &ClientOptions) -> Vec<OutputFile> {
    let selection = Selection::new(catalog, options);
    let types = Types { selection: &selection };
    let schemas = selection.schemas(options);
    let mut out = HEADER.to_owned();
    for schema in &schemas {
        let _ = writeln!(out, "  {}: {{", script::type_key(schema));
        section(&mut out, "Tables", schema, &selection.tables, |out, shape| relation::table(out, &types, shape));
        section(&mut out, "Views", schema, &selection.views, |out, shape| relation::view(out, &types, shape));
        section(&mut out, "Functions", schema, &selection.functions, |out, overloads| {
            function::overloads(out, &types, overloads);
        });
        section(&mut out, "Enums", schema, &selection.enums, |out, found| {
            out.push_str(&script::documentation(&found.comment, 3));
            let key = script::type_key(&found.name.name);
            let _ = writeln!(out, "      {key}: {}", script::union(&found.labels));
        });
        let composites: BTreeMap<&QualifiedName, _> = selection.composites.iter().collect();
        section_by(&mut out, "CompositeTypes", schema, &composites, |out, name, members| {
            if let Some(composite) = catalog.composites.get(name) {
                out.push_str(&script::documentation(&composite.comment, 3));
            }
            let _ = writeln!(out, "      {}: {{", script::type_key(&name.name));
            for member in members.iter() {
                out.push_str(&script::documentation(member.comment, 4));
                let _ =
                    writeln!(out, "        {}: {} | null", script::type_key(member.name), types.of(member.data_type));
            }
            out.push_str("      }\n");
        });
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    out.push_str(HELPERS);
    constants(&mut out, &selection, &schemas);
    vec![OutputFile::new("database.types.ts", out)]
}

/// One part of a schema.
fn section<T>(
    out: &mut String,
    title: &str,
    schema: &str,
    all: &BTreeMap<&QualifiedName, T>,
    write: impl Fn(&mut String, &T),
) {
    section_by(out, title, schema, all, |out, _, value| write(out, value));
}

fn section_by<T>(
    out: &mut String,
    title: &str,
    schema: &str,
    all: &BTreeMap<&QualifiedName, T>,
    write: impl Fn(&mut String, &QualifiedName, &T),
) {
    let _ = writeln!(out, "    {title}: {{");
    let mut found = all.iter().filter(|(name, _)| name.schema == schema).peekable();
    if found.peek().is_none() {
        out.push_str("      [_ in never]: never\n");
    }
    found.for_each(|(name, value)| write(out, name, value));
    out.push_str("    }\n");
}

/// Labels as values.
fn constants(out: &mut String, selection: &Selection<'_>, schemas: &std::collections::BTreeSet<String>) {
    out.push_str("/** The labels of the enumerations, in their order. */\nexport const Constants = {\n");
    for schema in schemas {
        let _ = writeln!(out, "  {}: {{\n    Enums: {{", script::value_key(schema));
        for found in selection.enums.values().filter(|found| found.name.schema == *schema) {
            let _ = writeln!(out, "      {}: [{}],", script::value_key(&found.name.name), script::list(&found.labels));
        }
        out.push_str("    },\n  },\n");
    }
    out.push_str("} as const\n");
}
