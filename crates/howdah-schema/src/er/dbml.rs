//! The schema in DBML, the language of dbdiagram.io and its relatives.
//!
//! All of it rather than a selection. What DBML cannot say stands as a comment, so that it is not lost silently: a table
//! without columns, an enumeration without labels, two foreign keys between the same columns. Partitions are their parent.
//! What an index covers besides its keys, and for which rows, is in its note.

use super::graph::{Children, cardinality, group_of, representative};
use super::shape::printable;
use crate::catalog::{Column, Constraint, Enum, ForeignKey, ForeignKeyAction, Index, IndexTarget, Table, TypeKind};
use crate::{Catalog, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

/// Everything that DBML has words for.
pub fn dbml(catalog: &Catalog) -> String {
    let mut out = String::new();
    let tables: Vec<&Table> = catalog.tables.values().filter(|table| table.partition_of.is_none()).collect();
    for found in catalog.enums.values() {
        enumeration(&mut out, found);
    }
    for table in &tables {
        write_table(&mut out, catalog, table);
    }
    references(&mut out, catalog, &tables);
    groups(&mut out, &tables);
    out
}

fn enumeration(out: &mut String, found: &Enum) {
    if found.labels.is_empty() {
        let _ = writeln!(out, "// Enum {} has no labels\n", name(&found.name));
        return;
    }
    let _ = writeln!(out, "Enum {} {{", name(&found.name));
    for label in &found.labels {
        let _ = writeln!(out, "  {}", Quoted(label));
    }
    out.push_str("}\n\n");
}

fn write_table(out: &mut String, catalog: &Catalog, table: &Table) {
    if table.columns.is_empty() {
        let _ = writeln!(out, "// Table {} has no columns\n", name(&table.name));
        return;
    }
    let _ = writeln!(out, "Table {} {{", name(&table.name));
    for column in &table.columns {
        let _ = write!(out, "  {} {}", Quoted(&column.name), data_type(catalog, column));
        settings(out, &column_settings(table, column));
        out.push('\n');
    }
    let indexes = indexes(table);
    if !indexes.is_empty() {
        out.push_str("\n  indexes {\n");
        out.push_str(&indexes);
        out.push_str("  }\n");
    }
    if !table.comment.text().is_empty() {
        let _ = writeln!(out, "\n  Note: {}", Text(table.comment.text()));
    }
    out.push_str("}\n\n");
}

/// An enumeration by its name, so that tools find it; everything else as it stands in SQL.
fn data_type(catalog: &Catalog, column: &Column) -> String {
    let data_type = &column.data_type;
    if data_type.kind == TypeKind::Enum && !data_type.array && catalog.enums.contains_key(&data_type.name) {
        return name(&data_type.name);
    }
    Quoted(&data_type.sql).to_string()
}

fn column_settings(table: &Table, column: &Column) -> Vec<String> {
    let mut settings = Vec::new();
    let alone = |key: &[&str]| key == [column.name.as_str()];
    let primary = table.primary_key() == std::slice::from_ref(&column.name);
    if primary {
        settings.push("pk".to_owned());
    }
    if column.not_null {
        settings.push("not null".to_owned());
    }
    if !primary && table.unique_keys().iter().any(|key| alone(key)) {
        settings.push("unique".to_owned());
    }
    if column.identity.is_some() {
        settings.push("increment".to_owned());
    }
    let default =
        column.default.as_deref().or(column.generated.as_ref().map(|generated| generated.expression.as_str()));
    if let Some(default) = default {
        settings.push(format!("default: {}", Expression(default)));
    }
    if !column.comment.text().is_empty() {
        settings.push(format!("note: {}", Text(column.comment.text())));
    }
    settings
}

fn settings(out: &mut String, settings: &[String]) {
    if !settings.is_empty() {
        let _ = write!(out, " [{}]", settings.join(", "));
    }
}

fn indexes(table: &Table) -> String {
    let mut out = String::new();
    let primary = table.primary_key();
    for index in table.indexes.values() {
        let is_primary = index.constraint.is_some() && index.unique && {
            let columns: Vec<&str> = index.leading_columns().collect();
            columns == primary.iter().map(String::as_str).collect::<Vec<_>>()
        };
        // A key of one column is said at the column.
        if is_primary && primary.len() == 1 {
            continue;
        }
        let mut keys: Vec<String> = Vec::new();
        for key in &index.keys {
            let key = match &key.target {
                IndexTarget::Column(column) => Quoted(column).to_string(),
                IndexTarget::Expression(expression) => Expression(expression).to_string(),
            };
            // DBML refuses a column twice.
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mut list = vec![format!("name: {}", Text(&index.name))];
        if is_primary {
            list.insert(0, "pk".to_owned());
        } else if index.unique {
            list.insert(0, "unique".to_owned());
        }
        list.push(format!("type: {}", Quoted(&index.method)));
        let note = index_note(index);
        if !note.is_empty() {
            list.push(format!("note: {}", Text(&note)));
        }
        let _ = write!(out, "    ({})", keys.join(", "));
        settings(&mut out, &list);
        out.push('\n');
    }
    out
}

fn index_note(index: &Index) -> String {
    let mut parts = Vec::new();
    if let Some(predicate) = &index.predicate {
        parts.push(format!("WHERE {predicate}"));
    }
    if !index.include.is_empty() {
        parts.push(format!("INCLUDE ({})", index.include.join(", ")));
    }
    if !index.valid {
        parts.push("invalid: it serves nothing".to_owned());
    }
    if !index.comment.text().is_empty() {
        parts.push(index.comment.text().to_owned());
    }
    parts.join("\n")
}

/// The columns of one end of a foreign key, for DBML in any order.
type Endpoint<'a> = (&'a QualifiedName, BTreeSet<&'a String>);

fn references(out: &mut String, catalog: &Catalog, tables: &[&Table]) {
    let mut written: BTreeSet<(Endpoint<'_>, Endpoint<'_>)> = BTreeSet::new();
    for table in tables {
        for (constraint, key) in table.foreign_keys() {
            let to = representative(catalog, &key.references);
            if !catalog.tables.contains_key(to) {
                continue;
            }
            let mut ends: [Endpoint<'_>; 2] =
                [(&table.name, constraint.columns.iter().collect()), (to, key.referenced_columns.iter().collect())];
            ends.sort();
            let [low, high] = ends;
            let twice = low == high || !written.insert((low, high));
            // DBML takes one reference between the same columns, whichever way it points, and none to itself.
            reference(out, table, constraint, key, to, if twice { "// " } else { "" });
        }
    }
    if !written.is_empty() {
        out.push('\n');
    }
}

fn reference(
    out: &mut String,
    table: &Table,
    constraint: &Constraint,
    key: &ForeignKey,
    to: &QualifiedName,
    comment: &str,
) {
    let sign = match cardinality(table, constraint).0 {
        Children::Many => ">",
        Children::ZeroOrOne => "-",
    };
    let end = |table: &QualifiedName, columns: &[String]| {
        let columns: Vec<String> = columns.iter().map(|column| Quoted(column).to_string()).collect();
        match columns.as_slice() {
            [one] => format!("{}.{one}", name(table)),
            several => format!("{}.({})", name(table), several.join(", ")),
        }
    };
    let actions: Vec<String> = [("delete", key.on_delete), ("update", key.on_update)]
        .into_iter()
        .filter(|(_, action)| *action != ForeignKeyAction::NoAction)
        .map(|(event, action)| format!("{event}: {}", action.as_sql().to_ascii_lowercase()))
        .collect();
    let (from, to) = (end(&table.name, &constraint.columns), end(to, &key.referenced_columns));
    let _ = write!(out, "{comment}Ref {}: {from} {sign} {to}", Quoted(&constraint.name));
    settings(out, &actions);
    out.push('\n');
}

fn groups(out: &mut String, tables: &[&Table]) {
    let mut groups: BTreeMap<&str, Vec<&Table>> = BTreeMap::new();
    for table in tables.iter().filter(|table| !table.columns.is_empty()) {
        groups.entry(group_of(table.comment.tags(), &table.name)).or_default().push(table);
    }
    for (group, tables) in groups {
        let _ = writeln!(out, "TableGroup {} {{", Quoted(group));
        for table in tables {
            let _ = writeln!(out, "  {}", name(&table.name));
        }
        out.push_str("}\n\n");
    }
    // No empty line at the end.
    if out.ends_with("\n\n") {
        out.pop();
    }
}

fn name(name: &QualifiedName) -> String {
    format!("{}.{}", Quoted(&name.schema), Quoted(&name.name))
}

/// A name in double quotes.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_escaped(f, self.0, '"')
    }
}

/// A string.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_escaped(f, self.0, '\'')
    }
}

fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str, quote: char) -> fmt::Result {
    f.write_char(quote)?;
    for c in text.chars() {
        match c {
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\\' => f.write_str("\\\\")?,
            c if c == quote => {
                f.write_char('\\')?;
                f.write_char(c)?;
            }
            c => f.write_str(&printable(c.encode_utf8(&mut [0; 4])))?,
        }
    }
    f.write_char(quote)
}

/// An expression of SQL. DBML knows no way to write a backtick in one.
struct Expression<'a>(&'a str);

impl fmt::Display for Expression<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0.replace('`', "\u{2cb}"))
    }
}

#[cfg(test)]
mod tests;
