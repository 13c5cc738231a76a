//! What `pg_dump` says of a schema, made comparable.
//!
//! It is the judge that does not share a line with what is judged. Left out is what it says to psql alone; the order of
//! statements is dropped, because it follows from OIDs, that of columns, because PostgreSQL cannot change it, and that of
//! storage parameters, because one that is set anew goes to the end.

use howdah_cluster::Install;
use howdah_schema::sql::split::{TokenKind, statements, tokens};
use howdah_testkit::TestDb;
use std::path::PathBuf;
use std::sync::OnceLock;
use tokio::process::Command;

/// The statements of a dump, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dump(Vec<String>);

/// Dumps a database; `None` where there is no `pg_dump` that knows this server, as beside a downloaded one.
pub(super) async fn dump(db: &TestDb) -> Option<Dump> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let program = PROGRAM.get_or_init(program).as_ref()?;
    let mut command = Command::new(program);
    // What the runner of migrations remembers is nobody's schema.
    command.args(["--schema-only", "--exclude-schema=howdah", "--dbname", &db.superuser_url()]);
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    Some(Dump::read(&String::from_utf8(output.stdout).unwrap()))
}

fn program() -> Option<PathBuf> {
    let install = Install::find().unwrap()?;
    let program = install.client_program("pg_dump")?;
    let version = std::process::Command::new(&program).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    // None: a wrapper of the distribution without a client behind it.
    let major = version.split(' ').nth(2)?.split('.').next()?.trim().parse::<u32>().ok()?;
    (major >= u32::from(install.version.major)).then_some(program)
}

impl Dump {
    fn read(text: &str) -> Self {
        // \restrict and \unrestrict hold a new secret each time.
        let text: String = text.split_inclusive('\n').filter(|line| !line.starts_with('\\')).collect();
        let mut found = Vec::new();
        let mut grantor = String::new();
        for statement in statements(&text).into_iter().map(|span| &text[span]) {
            match statement.split_whitespace().take(3).collect::<Vec<_>>()[..] {
                // Who grants stands in the session alone.
                ["SET", "SESSION", "AUTHORIZATION"] => grantor = format!("{statement}: "),
                ["RESET", "SESSION", "AUTHORIZATION"] => grantor.clear(),
                ["SET", ..] | ["SELECT", "pg_catalog.set_config('search_path',", ..] => {}
                _ => found.push(grantor.clone() + &without_order(statement)),
            }
        }
        found.sort();
        Self(found)
    }

    /// What this dump has and the other has not, and the other way round; `None` when they are equal.
    pub(super) fn difference(&self, wanted: &Self) -> Option<String> {
        if self == wanted {
            return None;
        }
        let lacks = |dump: &Self, other: &Self| {
            let mut left = other.0.clone();
            dump.0
                .iter()
                .filter(|statement| match left.iter().position(|other| other == *statement) {
                    Some(at) => {
                        left.swap_remove(at);
                        false
                    }
                    None => true,
                })
                .map(|statement| shortened(statement))
                .collect::<Vec<_>>()
        };
        let show = |title: &str, statements: Vec<String>| {
            let more = statements.len().saturating_sub(5);
            let shown = statements.into_iter().take(5).map(|statement| format!("\n  {title} {statement}"));
            shown.collect::<String>()
                + &if more > 0 { format!("\n  {title} … and {more} more") } else { String::new() }
        };
        Some(show("wanted:", lacks(wanted, self)) + &show("found: ", lacks(self, wanted)))
    }
}

fn shortened(statement: &str) -> String {
    let one_line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(600) {
        Some((end, _)) => format!("{}…", &one_line[..end]),
        None => one_line,
    }
}

/// Sorts what PostgreSQL lists in the order of the table's columns.
fn without_order(statement: &str) -> String {
    let begins = |words: &str| statement.starts_with(words);
    let statement = &with_sorted_parameters(statement);
    if begins("CREATE TABLE") || begins("CREATE UNLOGGED TABLE") || begins("ALTER PUBLICATION") {
        let symbols = |wanted: &str| {
            let symbol = |at: &usize| statement[*at..].starts_with(wanted);
            tokens(statement).filter(|token| token.kind == TokenKind::Symbol).map(|token| token.span.start).find(symbol)
        };
        // Of a publication it is the column list, unless the parenthesis is that of WHERE.
        if let Some(open) = symbols("(")
            && !statement[..open].trim_end().ends_with("WHERE")
        {
            return sorted(statement, open + 1, ')');
        }
    } else if begins("CREATE STATISTICS")
        && let (Some(on), Some(from)) = (statement.find(" ON "), statement.rfind(" FROM "))
    {
        return sorted_until(statement, on + 4, from);
    }
    statement.to_owned()
}

/// Sorts `WITH (…)`; and takes away a blank: of VALUES in a view PostgreSQL's own text gives another view, whose text it is.
fn with_sorted_parameters(statement: &str) -> String {
    let statement = statement.replace("( VALUES (", "(VALUES (");
    if !statement.starts_with("CREATE ") {
        return statement;
    }
    let words: Vec<_> =
        tokens(&statement).filter(|token| token.kind != TokenKind::Blank).map(|token| token.span).collect();
    let list =
        words.windows(2).find(|pair| statement[pair[0].clone()] == *"WITH" && statement[pair[1].clone()] == *"(");
    match list {
        Some(pair) => sorted(&statement, pair[1].end, ')'),
        None => statement,
    }
}

/// Sorts the list from byte `start` to the `close` that ends it.
fn sorted(statement: &str, start: usize, close: char) -> String {
    let mut depth = 0_usize;
    for token in tokens(&statement[start..]).filter(|token| token.kind == TokenKind::Symbol) {
        match &statement[start..][token.span.clone()] {
            "(" => depth += 1,
            symbol if depth == 0 && symbol.starts_with(close) => {
                return sorted_until(statement, start, start + token.span.start);
            }
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    statement.to_owned()
}

fn sorted_until(statement: &str, start: usize, end: usize) -> String {
    let list = &statement[start..end];
    let (mut depth, mut from, mut items) = (0_usize, 0, Vec::new());
    for token in tokens(list).filter(|token| token.kind == TokenKind::Symbol) {
        match &list[token.span.clone()] {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                items.push(list[from..token.span.start].trim());
                from = token.span.end;
            }
            _ => {}
        }
    }
    items.push(list[from..].trim());
    items.sort_unstable();
    format!("{}{}{}", &statement[..start], items.join(", "), &statement[end..])
}

#[test]
fn the_order_of_columns_is_nothing() {
    let read = |text: &str| Dump::read(text);
    let left = "\\restrict x\nSET a = b;\nCREATE TABLE public.t (\n    a integer,\n    b numeric(10,2) DEFAULT f(1, ')'::text)\n)\nWITH (x='1', a='2');\n\
        CREATE STATISTICS public.s ON a, (b + 1) FROM public.t;\nALTER PUBLICATION p ADD TABLE ONLY public.t (a, b) WHERE ((a > 1));";
    let right = "\\restrict y\nALTER PUBLICATION p ADD TABLE ONLY public.t (b, a) WHERE ((a > 1));\n\
        CREATE STATISTICS public.s ON (b + 1), a FROM public.t;\nCREATE TABLE public.t (\n    b numeric(10,2) DEFAULT f(1, ')'::text),\n    a integer\n)\nWITH (a='2', x='1');";
    assert_eq!(read(left), read(right));
    assert!(read(left).difference(&read(&right.replace("a integer", "a bigint"))).unwrap().contains("a bigint"));
}

#[test]
fn who_grants_is_something() {
    let read = |text: &str| Dump::read(text);
    let plain = read("GRANT SELECT ON TABLE t TO a;");
    let other = read("SET SESSION AUTHORIZATION b;\nGRANT SELECT ON TABLE t TO a;\nRESET SESSION AUTHORIZATION;");
    assert_ne!(plain, other);
    assert_eq!(plain.difference(&plain), None);
}
