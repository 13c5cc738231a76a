//! The renames that an SQL text declares, as far as rows are concerned: schemas, tables, columns, enum values.
//!
//! Read line by line and by no code of the differ, so that a directive which the differ overlooks is a failure here.

use std::collections::{BTreeMap, BTreeSet};

const DIRECTIVE: &str = "-- renamed-from:";

/// Old name by new name; tables as `schema.table`, columns as `schema.table.column`, all new on the left.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    schemas: BTreeMap<String, String>,
    tables: BTreeMap<String, String>,
    columns: BTreeMap<(String, String), String>,
    /// Old and new.
    values: Vec<(String, String)>,
}

impl Names {
    /// Those of the directives in `sql`.
    pub(super) fn read(sql: &str) -> Self {
        let mut names = Self::default();
        let mut above: Option<String> = None;
        let mut table: Option<String> = None;
        for line in sql.lines().map(str::trim) {
            let (code, directive) = match line.split_once(DIRECTIVE) {
                Some((code, old)) => (code.trim(), Some(old.trim().to_owned())),
                None => (line, None),
            };
            if code.is_empty() {
                above = directive.or(above);
                continue;
            }
            names.line(code, directive.or_else(|| above.take()), &mut table);
        }
        names
    }

    fn line(&mut self, code: &str, old: Option<String>, table: &mut Option<String>) {
        let lower = code.to_ascii_lowercase();
        let after =
            |words: &[&str]| words.iter().find(|words| lower.starts_with(**words)).map(|words| &code[words.len()..]);
        if let Some(rest) = after(&["create table ", "create unlogged table "]) {
            let name = path(rest).join(".");
            if let Some(old) = old {
                let schema = name.split_once('.').map_or("public", |(schema, _)| schema);
                let mut old = path(&old);
                if old.len() == 1 {
                    old.insert(0, schema.to_owned());
                }
                self.tables.insert(name.clone(), old.join("."));
            }
            *table = Some(name);
        } else if lower.starts_with("create ") || lower.starts_with("alter ") {
            *table = None;
            if let (Some(old), Some(rest)) = (old, after(&["create schema "])) {
                self.schemas.insert(path(rest).concat(), path(&old).concat());
            }
        } else if let Some(old) = old {
            if let Some(value) = code.strip_prefix('\'') {
                self.values.push((path(&old).concat(), value.split('\'').next().unwrap_or_default().to_owned()));
            } else if let Some(table) = table {
                self.columns.insert((table.clone(), path(code).concat()), path(&old).concat());
            }
        }
    }

    /// What a table of `from` is called in `to`. A directive whose old name is still there, or never was, is stale.
    pub(super) fn table(&self, old: &str, from: &BTreeSet<String>, to: &BTreeSet<String>) -> String {
        let moved = |new: &str| self.tables.contains_key(new);
        let renamed = self.tables.iter().find(|(new, was)| {
            // Its own schema may have another name now.
            let was = self.with_old_schema(was);
            was == old && to.contains(*new) && (!to.contains(old) || moved(old)) && (!from.contains(*new) || moved(new))
        });
        if let Some((new, _)) = renamed {
            return new.clone();
        }
        let Some((schema, name)) = old.split_once('.') else { return old.to_owned() };
        let schema = self.schemas.iter().find(|(_, was)| *was == schema).map_or(schema, |(new, _)| new);
        let new = format!("{schema}.{name}");
        if to.contains(&new) { new } else { old.to_owned() }
    }

    fn with_old_schema(&self, table: &str) -> String {
        match table.split_once('.') {
            Some((schema, name)) => {
                let schema = self.schemas.get(schema).map_or(schema, String::as_str);
                format!("{schema}.{name}")
            }
            None => table.to_owned(),
        }
    }

    /// What a column of a table is called in `to`; `table` is its new name.
    pub(super) fn column(&self, table: &str, old: &str, from: &BTreeSet<&str>, to: &BTreeSet<&str>) -> String {
        let moved = |new: &str| self.columns.contains_key(&(table.to_owned(), new.to_owned()));
        let renamed = self.columns.iter().find(|((of, new), was)| {
            of == table
                && *was == old
                && (!to.contains(old) || moved(old))
                && (!from.contains(new.as_str()) || moved(new))
        });
        renamed.map_or_else(|| old.to_owned(), |((_, new), _)| new.clone())
    }

    /// A value's text with renamed enum values in it, whether it is one or holds some.
    pub(super) fn value(&self, text: &str) -> String {
        let mut renamed = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let first = rest.starts_with(is_word);
            let end = rest.find(|c: char| is_word(c) != first).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let new = self.values.iter().find(|(old, _)| old == word).map_or(word, |(_, new)| new);
            renamed.push_str(new);
            rest = after;
        }
        renamed
    }
}

/// The name that a text begins with, part by part, without quotes of either kind.
fn path(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    let mut characters = text.trim().chars().peekable();
    while let Some(c) = characters.next() {
        let Some(part) = parts.last_mut() else { break };
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(mark)) if c == mark && characters.peek() == Some(&mark) => {
                part.push(c);
                characters.next();
            }
            (c, Some(mark)) if c == mark => quote = None,
            (c, Some(_)) => part.push(c),
            ('.', None) => parts.push(String::new()),
            (c, None) if c.is_alphanumeric() || c == '_' => part.push(c),
            _ => break,
        }
    }
    parts
}

#[test]
fn directives_above_and_beside() {
    let names = Names::read(
        "-- renamed-from: old_app\ncreate schema app;\n-- renamed-from: b\ncreate table app.a (\n  id int,\n  \
         x int, -- renamed-from: y\n  -- renamed-from: w\n  z int\n);\ncreate type app.e as enum (\n  'new' -- renamed-from: old\n);",
    );
    let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(names.table("old_app.b", &set(&["old_app.b"]), &set(&["app.a"])), "app.a");
    assert_eq!(names.table("old_app.c", &set(&["old_app.c"]), &set(&["app.c"])), "app.c");
    let (from, to) = (BTreeSet::from(["y", "w"]), BTreeSet::from(["x", "z"]));
    assert_eq!(names.column("app.a", "y", &from, &to), "x");
    assert_eq!(names.column("app.a", "w", &from, &to), "z");
    assert_eq!(names.column("app.a", "y", &from, &BTreeSet::from(["x", "y"])), "y");
    assert_eq!(names.value("{old,older}"), "{new,older}");
    let names = Names::read("-- renamed-from: \"Old \"\"1\"\ncreate table \"S\".\"T 1\" (\n  id int\n);");
    assert_eq!(names.table("S.Old \"1", &set(&["S.Old \"1"]), &set(&["S.T 1"])), "S.T 1");
}
