//! The diagram in Mermaid's `erDiagram`, for what renders Markdown.
//!
//! Mermaid's names are narrow: letters, digits and underscores are what every version takes. So each table has a plain
//! name and, where that is not its own, an alias in quotes that is shown instead; a column whose name had to be changed has
//! the real one as its comment. Characters that Mermaid or the Markdown in its labels would read are written as `#35;`,
//! which it shows as the character. A comma is taken in a type by the newest versions only, so `numeric(19,4)` is `numeric`.
//!
//! A solid line is part of the primary key of the table that it starts from. Mermaid draws no text over 50,000 characters: what
//! would be longer has tables without columns.

use super::graph::{Children, EntityKind, Graph, Parent, Row, cardinality, representative, selected};
use crate::{Catalog, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Mermaid's `maxTextSize`, which a diagram cannot change, with something to spare.
const LONGEST: usize = 48_000;

/// Words that Mermaid reads as something else where an entity's name is meant.
const WORDS: [&str; 19] = [
    "accdescr",
    "acctitle",
    "class",
    "classdef",
    "click",
    "default",
    "direction",
    "end",
    "erdiagram",
    "many",
    "o",
    "one",
    "only",
    "optionally",
    "style",
    "subgraph",
    "title",
    "to",
    "u",
];

/// Words that it reads as a kind of key where a column's name or type is meant.
const KEYS: [&str; 3] = ["pk", "fk", "uk"];

/// The diagram of a selection; partitions are their parent, and more than 40 tables show their keys only.
pub fn mermaid(catalog: &Catalog, tables: &BTreeSet<QualifiedName>) -> String {
    let graph = Graph::new(catalog, tables);
    let whole = write(catalog, tables, &graph, true);
    if whole.len() <= LONGEST { whole } else { write(catalog, tables, &graph, false) }
}

fn write(catalog: &Catalog, tables: &BTreeSet<QualifiedName>, graph: &Graph, columns: bool) -> String {
    let mut out = String::from("erDiagram\n");
    let mut taken = Names::new(&WORDS);
    let mut names: BTreeMap<&QualifiedName, String> = BTreeMap::new();
    for entity in &graph.entities {
        let QualifiedName { schema, name } = &entity.name;
        let shown = if graph.with_schema { format!("{schema}.{name}") } else { name.clone() };
        let plain = taken.take(&shown.replacen('.', "_", usize::from(graph.with_schema)));
        let alias = match entity.kind {
            EntityKind::View => format!("{shown} (view)"),
            EntityKind::MaterializedView => format!("{shown} (materialized view)"),
            EntityKind::Table | EntityKind::Partitioned => shown,
        };
        let _ = write!(out, "    {plain}");
        if alias != plain {
            let _ = write!(out, "[\"{}\"]", label(&alias));
        }
        if columns && !entity.rows.is_empty() {
            out.push_str(" {\n");
            let mut taken = Names::new(&KEYS);
            for row in &entity.rows {
                column(&mut out, row, &mut taken);
            }
            out.push_str("    }");
        }
        out.push('\n');
        names.insert(&entity.name, plain);
    }
    relations(&mut out, catalog, tables, &names);
    out
}

fn column(out: &mut String, row: &Row, taken: &mut Names) {
    let name = taken.take(&row.column);
    let _ = write!(out, "        {} {name}", data_type(&row.data_type));
    let unique = row.unique && !row.primary;
    let keys = [(row.primary, "PK"), (row.foreign, "FK"), (unique, "UK")];
    let keys: Vec<&str> = keys.into_iter().filter_map(|(is, key)| is.then_some(key)).collect();
    if !keys.is_empty() {
        let _ = write!(out, " {}", keys.join(", "));
    }
    if name != row.column {
        let _ = write!(out, " \"{}\"", label(&row.column));
    }
    out.push('\n');
}

/// Every foreign key between the tables: words need no room to run in, so hubs have theirs too.
fn relations(
    out: &mut String,
    catalog: &Catalog,
    tables: &BTreeSet<QualifiedName>,
    names: &BTreeMap<&QualifiedName, String>,
) {
    for name in selected(catalog, tables) {
        let Some(table) = catalog.tables.get(name) else { continue };
        for (constraint, key) in table.foreign_keys() {
            let (Some(child), Some(parent)) = (names.get(name), names.get(representative(catalog, &key.references)))
            else {
                continue;
            };
            let (children, parents) = cardinality(table, constraint);
            let parents = match parents {
                Parent::One => "||",
                Parent::ZeroOrOne => "|o",
            };
            let children = match children {
                Children::Many => "o{",
                Children::ZeroOrOne => "o|",
            };
            let identifying = constraint.columns.iter().all(|column| table.primary_key().contains(column));
            let line = if identifying { "--" } else { ".." };
            let columns = label(&constraint.columns.join(", "));
            let _ = writeln!(out, "    {parent} {parents}{line}{children} {child} : \"{columns}\"");
        }
    }
}

/// Plain names that are in use.
struct Names {
    used: BTreeSet<String>,
    reserved: &'static [&'static str],
}

impl Names {
    fn new(reserved: &'static [&'static str]) -> Self {
        Self { used: BTreeSet::new(), reserved }
    }

    /// A name of letters, digits and underscores that no other has, also where case does not count.
    fn take(&mut self, name: &str) -> String {
        let mut plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let lower = plain.to_ascii_lowercase();
        if self.reserved.contains(&lower.as_str()) {
            plain.push('_');
        }
        if !plain.starts_with(|c: char| c.is_ascii_alphabetic()) {
            plain.insert(0, 'x');
        }
        let mut unique = plain.clone();
        let mut number = 1;
        while !self.used.insert(unique.to_ascii_lowercase()) {
            number += 1;
            unique = format!("{plain}_{number}");
        }
        unique
    }
}

/// A type in the characters that all versions take.
fn data_type(sql: &str) -> String {
    let (word, modifiers) = sql.split_at(sql.find('(').unwrap_or(sql.len()));
    let (modifiers, rest) = modifiers.split_at(modifiers.find(')').map_or(modifiers.len(), |end| end + 1));
    let modifiers =
        if modifiers.contains(|c: char| !c.is_ascii_digit() && c != '(' && c != ')') { "" } else { modifiers };
    let plain = |text: &str| -> String {
        let keep = |c: char| c.is_ascii_alphanumeric() || c == '[' || c == ']';
        text.trim_matches('"').chars().map(|c| if keep(c) { c } else { '_' }).collect()
    };
    let mut word = plain(word);
    let bare = word.trim_end_matches(['[', ']']).to_ascii_lowercase();
    if KEYS.contains(&bare.as_str()) || !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        word.insert(0, 'x');
    }
    format!("{word}{modifiers}{}", plain(rest))
}

/// Text between double quotes.
fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in super::shape::printable(text).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | '(' | ')' | '-') && c != '_' {
            let _ = write!(out, "#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    // `_word_` and what begins like a list would be Markdown.
    let edge = |word: &str| word.starts_with('_') || word.ends_with('_');
    let words: Vec<String> =
        out.split(' ').map(|word| if edge(word) { word.replace('_', "#95;") } else { word.to_owned() }).collect();
    let out = words.join(" ");
    if out.is_empty() { " ".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{catalog, qualified, table};

    fn check(catalog: &Catalog, expect: &str) {
        let tables = catalog.tables.keys().cloned().collect();
        assert_eq!(mermaid(catalog, &tables), expect);
    }

    #[test]
    fn nothing() {
        check(&Catalog::default(), "erDiagram\n");
    }

    #[test]
    fn tables_and_relations() {
        let catalog = catalog([
            table("users").column("id", "uuid not null", "").primary_key(&["id"]),
            table("profiles")
                .column("user_id", "uuid not null", "")
                .column("height", "numeric(5,2)", "")
                .primary_key(&["user_id"])
                .foreign_key("fk", &["user_id"], "users", &["id"]),
            table("tasks")
                .column("id", "uuid not null", "")
                .column("user_id", "uuid", "")
                .column("due_at", "timestamp(3) with time zone", "")
                .primary_key(&["id"])
                .foreign_key("fk", &["user_id"], "users", &["id"]),
        ]);
        let expect = "erDiagram
    profiles {
        uuid user_id PK, FK
        numeric height
    }
    tasks {
        uuid id PK
        uuid user_id FK
        timestamptz(3) due_at
    }
    users {
        uuid id PK
    }
    users ||--o| profiles : \"user_id\"
    users |o..o{ tasks : \"user_id\"
";
        check(&catalog, expect);
    }

    #[test]
    fn names_that_mermaid_does_not_take() {
        let catalog = catalog([
            table("public.end").column("pk", "pk", "").column("a b", "\"char\"[]", "").column("a-b", "text", ""),
            table("other.<script>\"%\\#").column("🐘", "text", ""),
        ]);
        let expect = "erDiagram
    other__script_____[\"other.#60;script#62;#34;#37;#92;#35;\"] {
        text x_ \"🐘\"
    }
    public_end[\"public.end\"] {
        xpk pk_ \"pk\"
        char_[] a_b \"a b\"
        text a_b_2 \"a-b\"
    }
";
        check(&catalog, expect);
    }

    #[test]
    fn what_mermaid_would_refuse_is_shortened() {
        let column = |table: crate::testing::TestTable, number: usize| {
            table.column(&format!("{}{number}", "c".repeat(55)), "text", "")
        };
        let tables = (0..40).map(|number| (0..30).fold(table(&format!("t{number}")), column));
        let catalog = catalog(tables);
        let text = mermaid(&catalog, &catalog.tables.keys().cloned().collect());
        assert!(text.len() < LONGEST && text.contains("    t39\n"), "{text}");
    }

    #[test]
    fn a_selection_without_the_other_end() {
        let catalog = catalog([
            table("a").column("id", "int", "").primary_key(&["id"]),
            table("b").column("a_id", "int", "").foreign_key("fk", &["a_id"], "a", &["id"]),
        ]);
        let text = mermaid(&catalog, &BTreeSet::from([qualified("b"), qualified("gone")]));
        assert_eq!(text, "erDiagram\n    b {\n        int a_id FK\n    }\n");
    }
}
