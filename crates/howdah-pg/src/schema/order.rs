//! Which file makes what another one misses.
//!
//! Files are loaded in the order of their paths, so most of what fails fails because of that. The server says what is
//! missing; where it is made is read off the statements, well enough for a hint.

use crate::ServerError;
use crate::script::split::{TokenKind, statements, tokens};
use crate::script::{SqlFile, SqlScriptError};

/// A statement that makes something.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Made<'a> {
    /// As written, quotes removed, without its schema if it has none.
    name: String,
    file: &'a SqlFile,
    position: usize,
    line: usize,
    /// In characters, from 1.
    column: usize,
    statement: &'a str,
}

/// What to do about a statement that misses something which another statement makes.
pub(super) fn hint(files: &[SqlFile], error: &SqlScriptError) -> Option<String> {
    let missing = missing(error.server()?)?;
    let at = &error.location;
    let failed_file = files.iter().position(|file| file.name == at.file)?;
    let made: Vec<Made<'_>> = files.iter().enumerate().flat_map(|(position, file)| made_in(position, file)).collect();
    let Some(maker) = made.iter().find(|made| same(&made.name, &missing)) else {
        let meant = howdah_schema::nearest(last(&missing), made.iter().map(|made| last(&made.name)))?;
        let meant = made.iter().find(|made| last(&made.name) == meant)?;
        return Some(format!("no file makes `{missing}`: is `{}` meant?", meant.name));
    };
    let place = |made: &Made<'_>| (made.position, made.line, made.column);
    let failed_at = (failed_file, at.line as usize, at.column as usize);
    let here = maker.position == failed_file;
    if place(maker) <= failed_at {
        // It comes before and is not there all the same: dropped, in another schema, or of other arguments.
        return None;
    }
    // Whether what is made later needs in turn what was being made here.
    let failing = made.iter().rfind(|made| made.position == failed_file && place(made) <= failed_at);
    if let Some(failing) = failing.filter(|failing| mentions(maker.statement, &failing.name)) {
        let (one, other) = (&failing.name, &maker.name);
        let is_view =
            |made: &Made<'_>| mentions(made.statement.split_once('(').map_or(made.statement, |(head, _)| head), "view");
        return Some(if is_view(failing) && is_view(maker) {
            format!("`{one}` and `{other}` read each other, which no two views can: put what both need into a third")
        } else {
            format!(
                "`{one}` and `{other}` need each other: make both without it, and after both write \
                 ALTER TABLE {one} ADD CONSTRAINT … (or, for a default or a function, ALTER … SET)"
            )
        });
    }
    let found = format!("{}:{}", maker.file.name, maker.line);
    Some(if here {
        format!("`{missing}` is made later in the same file, at {found}: move that statement up")
    } else {
        format!(
            "`{missing}` is made later, at {found}: files are loaded in the order of their paths, so give that file \
             a name that comes before {}",
            at.file
        )
    })
}

/// The object that the server misses, as its message names it.
fn missing(error: &ServerError) -> Option<String> {
    if !matches!(error.sqlstate.as_str(), "42P01" | "42704" | "42883" | "3F000") {
        return None;
    }
    let message = error.message.strip_suffix(" does not exist")?;
    let name = match (message.find('"'), message.rfind('"')) {
        (Some(start), Some(end)) if start < end => &message[start + 1..end],
        // `function public.f(integer)`, `operator does not exist` (then nothing is named)
        _ => message.split_once(' ')?.1,
    };
    let name = name.split('(').next().unwrap_or(name).trim();
    (!name.is_empty()).then(|| name.replace('"', "").trim_end_matches("[]").to_owned())
}

/// Without its schema.
fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// Names agree when one of them says no schema.
fn same(left: &str, right: &str) -> bool {
    left == right || ((!left.contains('.') || !right.contains('.')) && last(left) == last(right))
}

fn made_in(position: usize, file: &SqlFile) -> Vec<Made<'_>> {
    let text = &file.text;
    let made = statements(text).into_iter().filter_map(|span| {
        let statement = text.get(span.clone())?;
        let before = text.get(..span.start)?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Some(Made { name: made_by(statement)?, file, position, line, column, statement })
    });
    made.collect()
}

/// The name after CREATE and the words that say what kind it is.
fn made_by(statement: &str) -> Option<String> {
    const BEFORE: [&str; 24] = [
        "or",
        "replace",
        "temp",
        "temporary",
        "unlogged",
        "global",
        "local",
        "recursive",
        "materialized",
        "unique",
        "constraint",
        "event",
        "foreign",
        "if",
        "not",
        "exists",
        "text",
        "search",
        "configuration",
        "dictionary",
        "concurrently",
        "trusted",
        "procedural",
        "default",
    ];
    const KINDS: [&str; 17] = [
        "table",
        "view",
        "type",
        "domain",
        "function",
        "procedure",
        "aggregate",
        "schema",
        "sequence",
        "extension",
        "role",
        "user",
        "group",
        "collation",
        "index",
        "operator",
        "statistics",
    ];
    let mut words =
        tokens(statement).filter(|token| token.kind != TokenKind::Blank).map(|token| &statement[token.span]);
    if !words.next()?.eq_ignore_ascii_case("create") {
        return None;
    }
    let mut name = String::new();
    let mut kind = false;
    for word in words {
        let lower = word.to_ascii_lowercase();
        if name.is_empty() {
            if !kind && KINDS.contains(&lower.as_str()) {
                kind = true;
                continue;
            }
            if BEFORE.contains(&lower.as_str()) {
                continue;
            }
            if !kind {
                return None;
            }
        }
        match word {
            "." => name.push('.'),
            _ if name.is_empty() || name.ends_with('.') => match word.strip_prefix('"') {
                Some(quoted) => name.push_str(quoted.trim_end_matches('"')),
                None => name.push_str(&lower),
            },
            _ => break,
        }
    }
    (!name.is_empty()).then_some(name)
}

/// Whether the statement speaks of the name, as words and not within a string.
fn mentions(statement: &str, name: &str) -> bool {
    let wanted = name.rsplit('.').next().unwrap_or(name);
    tokens(statement)
        .filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))
        .map(|token| &statement[token.span])
        .any(|word| word.trim_matches('"').eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Location, ScriptProblem};

    fn server(sqlstate: &str, message: &str) -> ServerError {
        ServerError {
            sqlstate: sqlstate.to_owned(),
            message: message.to_owned(),
            detail: None,
            hint: None,
            context: None,
            position: None,
            internal: None,
            constraint: None,
            table: None,
            column: None,
        }
    }

    /// The hint when the server refuses the statement at that line of the file.
    fn check(files: &[(&str, &str)], at: (&str, u32), sqlstate: &str, message: &str) -> String {
        let files: Vec<SqlFile> = files.iter().map(|(name, text)| SqlFile::new(*name, *text)).collect();
        let error = SqlScriptError {
            location: Location { file: at.0.to_owned(), line: at.1, column: 1, line_text: String::new(), span: 0..0 },
            problem: ScriptProblem::Sql(Box::new(server(sqlstate, message))),
        };
        hint(&files, &error).unwrap_or_default()
    }

    #[test]
    fn a_later_file_is_named() {
        let files = [
            ("10_a.sql", "create table public.a (\n  b_id int references public.b (id)\n);"),
            ("20_b.sql", "-- first\ncreate table if not exists public.b (id int primary key);"),
        ];
        let hint = check(&files, ("10_a.sql", 2), "42P01", "relation \"public.b\" does not exist");
        assert!(hint.contains("`public.b` is made later, at 20_b.sql:2"), "{hint}");
        assert!(hint.contains("before 10_a.sql"), "{hint}");
    }

    #[test]
    fn a_circle_is_told() {
        let files = [
            ("10_a.sql", "create table public.a (id int primary key,\n  b_id int references public.b (id)\n);"),
            ("20_b.sql", "create table public.b (id int primary key, a_id int references public.a (id));"),
        ];
        let hint = check(&files, ("10_a.sql", 2), "42P01", "relation \"public.b\" does not exist");
        assert!(hint.contains("need each other"), "{hint}");
        assert!(hint.contains("ALTER TABLE public.a ADD CONSTRAINT"), "{hint}");
    }

    #[test]
    fn views_in_a_circle_and_names_with_a_slip() {
        let file = [(
            "1.sql",
            "create view public.x as select * from public.y; create view public.y as select * from public.x;",
        )];
        let hint = check(&file, ("1.sql", 1), "42P01", "relation \"public.y\" does not exist");
        assert!(hint.contains("read each other"), "{hint}");
        let files = [("1.sql", "create table public.customers ();\ncreate view v as select * from public.custmers;")];
        let hint = check(&files, ("1.sql", 2), "42P01", "relation \"public.custmers\" does not exist");
        assert_eq!(hint, "no file makes `public.custmers`: is `public.customers` meant?");
    }

    #[test]
    fn the_same_file_and_other_kinds() {
        let file = [(
            "1.sql",
            "create view v as select f(1);\n\ncreate or replace function public.f(int) returns int language sql as 'select 1';",
        )];
        let hint = check(&file, ("1.sql", 1), "42883", "function f(integer) does not exist");
        assert!(hint.contains("later in the same file, at 1.sql:3: move"), "{hint}");
        let file = [("1.sql", "create table t (m public.\"Mood\"[]);\ncreate type public.\"Mood\" as enum ('a');")];
        let hint = check(&file, ("1.sql", 1), "42704", "type \"public.Mood[]\" does not exist");
        assert!(hint.contains("1.sql:2"), "{hint}");
    }

    #[test]
    fn what_nobody_makes_or_is_there_already_gets_no_hint() {
        let files = [("1.sql", "create table a ();\ncreate view v as select * from b;")];
        assert_eq!(check(&files, ("1.sql", 2), "42P01", "relation \"b\" does not exist"), "");
        assert_eq!(check(&files, ("1.sql", 2), "42P01", "relation \"a\" does not exist"), "");
        assert_eq!(check(&files, ("1.sql", 2), "42601", "syntax error at or near \"b\""), "");
    }

    #[test]
    fn names_of_what_is_made() {
        assert_eq!(made_by("create unlogged table if not exists \"My Table\" ()").as_deref(), Some("My Table"));
        assert_eq!(made_by("CREATE MATERIALIZED VIEW s.v AS select 1").as_deref(), Some("s.v"));
        assert_eq!(made_by("create unique index concurrently i on t (a)").as_deref(), Some("i"));
        assert_eq!(made_by("create policy p on t"), None);
        assert_eq!(made_by("alter table t add x int"), None);
    }
}
