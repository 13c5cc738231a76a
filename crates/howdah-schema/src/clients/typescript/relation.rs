//! Tables and views.

use super::super::relation::{Field, Presence, Shape};
use super::super::rules::Rule;
use super::super::script;
use super::types::Types;
use std::fmt::Write as _;

/// A table with its row, what it takes, and where its foreign keys point.
pub(super) fn table(out: &mut String, types: &Types<'_>, shape: &Shape<'_>) {
    write(out, types, shape);
}

/// A view; what it takes only if it takes anything.
pub(super) fn view(out: &mut String, types: &Types<'_>, shape: &Shape<'_>) {
    write(out, types, shape);
}

fn write(out: &mut String, types: &Types<'_>, shape: &Shape<'_>) {
    out.push_str(&script::documentation(shape.comment, 3));
    let _ = writeln!(out, "      {}: {{", script::type_key(&shape.name.name));
    let rules = |field: &Field<'_>| shape.rules.columns.get(&field.column.name).map_or(&[][..], Vec::as_slice);

    out.push_str("        Row: {\n");
    for field in &shape.fields {
        let null = if field.nullable { " | null" } else { "" };
        let data_type = types.column(field, rules(field), true);
        property(out, field, "", &format!("{data_type}{null}"));
    }
    let computed = types.computed_fields(shape);
    for function in &computed {
        let result = function.returns.as_ref().map_or_else(|| "unknown".to_owned(), |r| types.of(&r.data_type));
        out.push_str(&script::documentation(&function.comment, 5));
        let _ = writeln!(out, "          {}: {result} | null", script::type_key(&function.signature.name.name));
    }
    out.push_str("        }\n");

    // Both or none: supabase-js knows no view that takes one of them.
    if shape.insertable || shape.updatable {
        out.push_str("        Insert: {\n");
        for field in &shape.fields {
            let rules: &[Rule] = if field.touched_on_insert { &[] } else { rules(field) };
            let presence = if shape.insertable { field.insert } else { Presence::Never };
            written(out, types, field, rules, presence);
        }
        out.push_str("        }\n        Update: {\n");
        for field in &shape.fields {
            let rules: &[Rule] = if field.touched_on_update { &[] } else { rules(field) };
            let presence = if shape.updatable { field.update } else { Presence::Never };
            written(out, types, field, rules, presence);
        }
        out.push_str("        }\n");
    }
    relationships(out, shape);
    if !computed.is_empty() {
        let names: Vec<String> = computed.iter().map(|function| function.signature.name.name.clone()).collect();
        let _ = writeln!(out, "        ComputedFields: {}", script::union(&names));
    }
    out.push_str("      }\n");
}

fn written(out: &mut String, types: &Types<'_>, field: &Field<'_>, rules: &[Rule], presence: Presence) {
    let null = if field.nullable { " | null" } else { "" };
    let data_type = || format!("{}{null}", types.column(field, rules, false));
    match presence {
        Presence::Never => property(out, field, "?", "never"),
        Presence::Optional => property(out, field, "?", &data_type()),
        Presence::Required => property(out, field, "", &data_type()),
    }
}

fn property(out: &mut String, field: &Field<'_>, optional: &str, data_type: &str) {
    out.push_str(&script::documentation(&field.column.comment, 5));
    let _ = writeln!(out, "          {}{optional}: {data_type}", script::type_key(&field.column.name));
}

/// Foreign keys to relations of the same schema: a client reads one schema at a time.
fn relationships(out: &mut String, shape: &Shape<'_>) {
    let mut links = shape.links.iter().filter(|link| link.references.schema == shape.name.schema).peekable();
    if links.peek().is_none() {
        out.push_str("        Relationships: []\n");
        return;
    }
    out.push_str("        Relationships: [\n");
    for link in links {
        let _ = write!(
            out,
            "          {{\n            foreignKeyName: {}\n            columns: [{}]\n            isOneToOne: {}\n            \
             referencedRelation: {}\n            referencedColumns: [{}]\n          }},\n",
            script::string(&link.name),
            script::list(&link.columns),
            link.one_to_one,
            script::string(&link.references.name),
            script::list(&link.referenced_columns),
        );
    }
    out.push_str("        ]\n");
}
