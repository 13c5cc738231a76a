//! What can be mended in the files without asking anybody.
//!
//! Only what changes no meaning: an index more, a type that is the same inside, a suppression that holds nothing back.
//! Everything else (names, deletion rules, types of values) is a decision. Whoever writes the edits judges the result again
//! before: this module only proposes.

use super::rules::{audit_trigger, index_statement};
use crate::catalog::{Catalog, ObjectId, Table};
use crate::diff::renames::Target;
use crate::diff::renames::definitions::{Definition, definitions};
use crate::findings::directive::{Directive, directives};
use crate::findings::{Finding, Source};
use crate::hazards::rules::UNUSED_SUPPRESSION;
use crate::sql::split::{TokenKind, tokens};
use crate::{Ident, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The rules whose findings can be mended, in order of their ids.
pub const FIXABLE: &[&str] = &["audit-trigger", "text-over-varchar", "unindexed-foreign-key", "unused-suppression"];

/// A change of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// Its name, as in the findings.
    pub file: String,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where what is replaced ends.
    pub end: usize,
    /// What stands there afterwards.
    pub text: String,
    /// The rule whose finding it mends.
    pub rule: &'static str,
    /// The object of the finding.
    pub object: Option<String>,
}

/// The edits that mend what can be mended of the findings, in order of files and places.
pub fn edits(catalog: &Catalog, files: &[Source<'_>], findings: &[Finding]) -> Vec<Edit> {
    let read: BTreeMap<&str, File<'_>> = files.iter().map(|file| (file.name, File::read(file))).collect();
    let mut found = BTreeSet::new();
    for finding in findings {
        let Some(place) = &finding.place else { continue };
        let Some(file) = read.get(place.file.as_str()) else { continue };
        let changes = match (finding.rule, &finding.id) {
            ("unindexed-foreign-key", Some(ObjectId::Constraint(table, name))) => {
                catalog.tables.get(table).and_then(|table| file.index(catalog, table, name, place.span.start))
            }
            ("audit-trigger", Some(ObjectId::Table(name))) => {
                catalog.tables.get(name).and_then(|table| file.trigger(catalog, table, place.span.start))
            }
            ("text-over-varchar", Some(ObjectId::Column(table, column))) => {
                catalog.tables.get(table).and_then(|table| file.text_type(table, column))
            }
            (rule, _) if rule == UNUSED_SUPPRESSION.id => file.suppression(&place.span, findings),
            _ => None,
        };
        let edit = |(span, text): (Range<usize>, String)| {
            let (file, object) = (place.file.clone(), finding.object.clone());
            Edit { file, start: span.start, end: span.end, text, rule: finding.rule, object }
        };
        found.extend(changes.into_iter().flatten().map(edit));
    }
    // Two findings about one thing (two keys over the same columns) need one edit.
    let mut seen = BTreeSet::new();
    found.into_iter().filter(|edit| seen.insert((edit.file.clone(), edit.start, edit.text.clone()))).collect()
}

/// The text of a file after its edits. Of two that overlap, the first is done.
pub fn apply(file: &str, text: &str, edits: &[Edit]) -> String {
    let (mut result, mut done) = (String::with_capacity(text.len()), 0);
    for edit in edits.iter().filter(|edit| edit.file == file) {
        if edit.start < done || edit.end < edit.start {
            continue;
        }
        result.push_str(text.get(done..edit.start).unwrap_or_default());
        result.push_str(&edit.text);
        done = edit.end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

type Changes = Vec<(Range<usize>, String)>;

/// A file, read.
struct File<'a> {
    text: &'a str,
    statements: Vec<Range<usize>>,
    definitions: Vec<Definition>,
    /// The definitions of columns, by table and name.
    columns: BTreeMap<(QualifiedName, String), usize>,
}

impl<'a> File<'a> {
    fn read(source: &Source<'a>) -> Self {
        let (statements, definitions) = definitions(source.text);
        let column = |(at, it): (usize, &Definition)| match &it.target {
            Target::Column(table, name) if !it.is_comment => Some(((table.clone(), name.clone()), at)),
            _ => None,
        };
        let columns = definitions.iter().enumerate().filter_map(column).collect();
        Self { text: source.text, statements, definitions, columns }
    }

    /// CREATE INDEX after the last index that the file makes on the table, else after what makes the key.
    fn index(&self, catalog: &Catalog, table: &Table, constraint: &str, at: usize) -> Option<Changes> {
        let columns = &table.constraints.get(constraint)?.columns;
        let sql = index_statement(table, columns);
        let (_, rest) = sql.split_once("create index ")?;
        let (name, _) = rest.split_once(" on ")?;
        let name = name.trim_matches('"').replace("\"\"", "\"");
        if is_taken(catalog, &QualifiedName::new(table.name.schema.clone(), name)) {
            return None;
        }
        let after = self.last_of(table, at)?.clone();
        let written = self.text.get(after.clone())?;
        let sql = if written.starts_with("CREATE") || written.starts_with("ALTER") {
            sql.replacen("create index", "CREATE INDEX", 1).replacen(" on ", " ON ", 1)
        } else {
            sql
        };
        Some(self.behind(after.end, &sql))
    }

    /// CREATE TRIGGER for the audit trail, where the table has none and there is a function for it to call.
    fn trigger(&self, catalog: &Catalog, table: &Table, at: usize) -> Option<Changes> {
        let function = catalog.functions.values().any(|function| {
            let name = &function.signature.name;
            name.schema == "audit" && name.name == "record_change"
        });
        let name = format!("trg_{}_audit", table.name.name);
        // One that is there and does not do is for a person to change.
        if !function || table.triggers.contains_key(&name) {
            return None;
        }
        Some(self.behind(self.last_of(table, at)?.end, &audit_trigger(table)))
    }

    /// The last statement that makes an index of the table, else the one that makes what is at a place.
    fn last_of(&self, table: &Table, at: usize) -> Option<&Range<usize>> {
        let maker = self.statements.iter().find(|statement| statement.contains(&at))?;
        let indexes = self.definitions.iter().filter(|it| match &it.target {
            Target::Index(index) => {
                index.schema == table.name.schema && table.indexes.contains_key(&index.name) && !it.is_comment
            }
            _ => false,
        });
        let last = indexes.map(|it| &it.statement).filter(|it| it.start > maker.start).max_by_key(|it| it.start);
        Some(last.unwrap_or(maker))
    }

    /// A statement on a line of its own behind another.
    fn behind(&self, end: usize, sql: &str) -> Changes {
        let newline = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let (end, closed) = self.end_of(end);
        let close = if closed { "" } else { ";" };
        vec![(end..end, format!("{close}{newline}{sql}"))]
    }

    /// Where a statement's line ends, its semicolon and a comment after that included; whether it has the semicolon.
    fn end_of(&self, end: usize) -> (usize, bool) {
        let rest = self.text.get(end..).unwrap_or_default();
        let mut closed = None;
        for token in tokens(rest) {
            let piece = rest.get(token.span.clone()).unwrap_or_default();
            match (closed, token.kind) {
                (None, TokenKind::Blank) => {}
                (None, _) if piece == ";" => closed = Some(end + token.span.end),
                (Some(_), TokenKind::Blank) => {
                    if let Some(at) = piece.find(['\n', '\r']) {
                        return (end + token.span.start + at, true);
                    }
                    if piece.starts_with("--") {
                        return (end + token.span.end, true);
                    }
                }
                _ => break,
            }
        }
        match closed {
            Some(at) => (at, true),
            None => (end, false),
        }
    }

    /// `varchar(40)` becomes `text` with a check.
    fn text_type(&self, table: &Table, column: &str) -> Option<Changes> {
        let made = self.definitions.get(*self.columns.get(&(table.name.clone(), column.to_owned()))?)?;
        let after = made.span.end;
        let rest = self.text.get(after..made.whole.end)?;
        let pieces: Vec<(Range<usize>, &str)> = tokens(rest)
            .filter(|token| token.kind != TokenKind::Blank)
            .map(|token| (after + token.span.start..after + token.span.end, rest.get(token.span).unwrap_or_default()))
            .collect();
        let word = |at: usize, word: &str| pieces.get(at).is_some_and(|(_, text)| text.eq_ignore_ascii_case(word));
        let words = match () {
            () if word(0, "varchar") => 1,
            () if word(0, "character") && word(1, "varying") => 2,
            () => return None,
        };
        let length = if word(words, "(") && word(words + 2, ")") {
            Some(pieces.get(words + 1)?.1.parse::<u32>().ok()?)
        } else {
            None
        };
        let end = words + if length.is_some() { 3 } else { 0 };
        if word(end, "[") || word(end, "array") || word(end, "(") {
            return None;
        }
        let span = pieces.first()?.0.start..pieces.get(end - 1)?.0.end;
        let mut changes = vec![(span, "text".to_owned())];
        if let Some(length) = length {
            let name = format!("chk_{}_{column}", table.name.name);
            if table.constraints.contains_key(&name) || name.len() > crate::quote::MAX_IDENT_BYTES {
                return None;
            }
            let (name, column) = (Ident::new(name), Ident::new(column));
            let check = format!(" constraint {name} check (char_length({column}) <= {length})");
            changes.push((made.whole.end..made.whole.end, check));
        }
        Some(changes)
    }

    /// Takes what is unused out of a directive, and the directive away if nothing is left of it.
    fn suppression(&self, span: &Range<usize>, findings: &[Finding]) -> Option<Changes> {
        let comment = directives(self.text, span.clone()).into_iter().next()?;
        let Directive::Allow { whole_file, rules, .. } = &comment.directive else { return None };
        let first = self.statements.first().map_or(self.text.len(), |statement| statement.start);
        // That one wants to be moved.
        if *whole_file && span.start >= first {
            return None;
        }
        let unused: BTreeSet<&str> = findings
            .iter()
            .filter(|it| it.rule == UNUSED_SUPPRESSION.id && it.place.as_ref().is_some_and(|place| place.span == *span))
            .filter_map(|it| it.object.as_deref())
            .collect();
        let kept: Vec<&str> = rules.iter().map(String::as_str).filter(|rule| !unused.contains(rule)).collect();
        let written = self.text.get(span.clone())?;
        if !kept.is_empty() {
            let (verb, rest) = written.split_once("howdah:allow")?;
            let (named, reason) = rest.split_once(':')?;
            let file = if named.starts_with("-file") { "-file" } else { "" };
            return Some(vec![(span.clone(), format!("{verb}howdah:allow{file} {}:{reason}", kept.join(", ")))]);
        }
        let before = self.text.get(..span.start)?;
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let blank = before.trim_end_matches([' ', '\t']).len();
        if blank > line {
            return Some(vec![(blank..span.end, String::new())]);
        }
        let after = self.text.get(span.end..)?;
        let end = after.find('\n').map_or(self.text.len(), |at| span.end + at + 1);
        Some(vec![(line..end, String::new())])
    }
}

/// Whether something that shares its names with indexes is called so.
fn is_taken(catalog: &Catalog, name: &QualifiedName) -> bool {
    let in_schema = catalog.tables.values().filter(|table| table.name.schema == name.schema);
    catalog.relation(&name.schema, &name.name).is_some()
        || catalog.sequences.contains_key(name)
        || in_schema.into_iter().any(|table| table.indexes.contains_key(&name.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::check;
    use crate::testing::{catalog, table};

    /// What the file is after the edits.
    fn fixed(catalog: &Catalog, sql: &str) -> String {
        let files = [Source { name: "a.sql", text: sql }];
        let report = check(catalog, &files);
        apply("a.sql", sql, &edits(catalog, &files, &report.findings))
    }

    #[test]
    fn an_index_stands_after_the_others_of_its_table() {
        let notes = || {
            let notes = table("notes").column("user_id", "uuid", "").column("list_id", "uuid", "");
            notes.foreign_key("fk_notes_user", &["user_id"], "users", &["id"])
        };
        let made = "create table public.notes (user_id uuid constraint fk_notes_user references users, list_id uuid)";
        let index = "create index idx_notes_user_id on public.notes (user_id);";
        for (before, after) in [
            (format!("{made};\nselect 1;\n"), format!("{made};\n{index}\nselect 1;\n")),
            (format!("{made}; -- why\nselect 1;"), format!("{made}; -- why\n{index}\nselect 1;")),
            (format!("{made}; select 1;"), format!("{made};\n{index} select 1;")),
            (made.to_owned(), format!("{made};\n{index}")),
            (format!("{made};\r\n\r\nselect 1;\r\n"), format!("{made};\r\n{index}\r\n\r\nselect 1;\r\n")),
            (
                made.replace("create table", "CREATE TABLE") + ";\n",
                made.replace("create table", "CREATE TABLE")
                    + ";\nCREATE INDEX idx_notes_user_id ON public.notes (user_id);\n",
            ),
        ] {
            assert_eq!(fixed(&catalog([notes()]), &before), after);
        }
        let other = "create index idx_notes_list_id on notes (list_id)";
        let before = format!("{made};\nselect 1;\n{other};\nselect 2;");
        let catalog = catalog([notes().index("idx_notes_list_id", &["list_id"], "")]);
        assert_eq!(fixed(&catalog, &before), format!("{made};\nselect 1;\n{other};\n{index}\nselect 2;"));
    }

    #[test]
    fn a_name_that_is_taken_is_left_to_the_person() {
        let notes = table("notes").column("user_id", "uuid", "").index("idx_notes_user_id", &["user_id"], "(false)");
        let notes = notes.foreign_key("fk_notes_user", &["user_id"], "users", &["id"]);
        let sql = "create table public.notes (user_id uuid constraint fk_notes_user references users);";
        assert_eq!(fixed(&catalog([notes]), sql), sql);
    }

    #[test]
    fn varchar_is_text_with_a_check() {
        let notes =
            table("notes").column("title", "character varying(200)", "").column("Body", "character varying", "");
        let sql = "create table notes (title VARCHAR(200) not null,\n  -- é\n  \"Body\"   character  varying, x int)";
        assert_eq!(
            fixed(&catalog([notes]), sql),
            "create table notes (title text not null constraint chk_notes_title check (char_length(title) <= 200),\n  -- é\n  \"Body\"   text, x int)"
        );
        let notes = table("notes").column("names", "character varying(20)[]", "").column("code", "character(3)", "");
        let sql = "create table notes (names varchar(20)[], code char(3))";
        assert_eq!(fixed(&catalog([notes]), sql), sql);
    }

    #[test]
    fn what_is_unused_goes_from_its_directive() {
        let catalog = || catalog([table("notes").column("due", "date", "")]);
        for (before, after) in [
            ("-- howdah:allow plural-table: x\ncreate table notes (due date);", "create table notes (due date);"),
            ("create table notes (due date); -- howdah:allow plural-table: x\n", "create table notes (due date);\n"),
            (
                "-- howdah:allow plural-table, date-name: x\ncreate table notes (due date);",
                "-- howdah:allow date-name: x\ncreate table notes (due date);",
            ),
            (
                "create table notes (\n  -- howdah:allow date-name: x\n  -- howdah:allow plural-table: y\n  due date);",
                "create table notes (\n  -- howdah:allow date-name: x\n  due date);",
            ),
            // Another set's rule, and one that stands too late.
            (
                "-- howdah:allow drop-table: x\ncreate table notes (due date);",
                "-- howdah:allow drop-table: x\ncreate table notes (due date);",
            ),
        ] {
            assert_eq!(fixed(&catalog(), before), after);
        }
    }
}
