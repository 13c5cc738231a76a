use super::classify::{self, Bare};
use super::directive::Walk;
use super::rewrite::Batched;
use super::words::summary;
use super::*;
use crate::script::SqlFile;
use proptest::prelude::*;
use std::path::Path;
use std::time::Duration;

fn folder(names: &[&str]) -> Result<Folder, MigrateError> {
    let files =
        names.iter().map(|name| ((*name).to_owned(), SqlFile::new(format!("migrations/{name}"), "select 1"))).collect();
    Folder::from_files(Path::new("migrations"), files)
}

fn pair(title: &str) -> [String; 2] {
    [format!("{title}.up.sql"), format!("{title}.down.sql")]
}

#[test]
fn reads_names() {
    let names: Vec<String> = ["0001_initial", "0002_add-bio", "0003_naïve"].into_iter().flat_map(pair).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = folder(&names).unwrap();
    assert_eq!(
        found.migrations().iter().map(Migration::title).collect::<Vec<_>>(),
        ["0001_initial", "0002_add-bio", "0003_naïve"]
    );
    assert_eq!(found.next_version(), 4);
    assert_eq!(folder(&[]).unwrap().next_version(), 1);
}

#[test]
fn refuses_what_the_files_alone_show() {
    for (names, code, part) in [
        (vec!["001_a.up.sql"], "migrate-name", "four digits"),
        (vec!["0001.up.sql"], "migrate-name", "NNNN_name"),
        (vec!["0001_a.sql"], "migrate-name", "0001_a.sql"),
        (vec!["0000_a.up.sql"], "migrate-name", "0000_a"),
        (vec!["0001_a b.up.sql"], "migrate-name", "0001_a b"),
        (vec!["99999999999999999999_a.up.sql"], "migrate-name", "9999"),
        (vec!["0001_a.up.sql"], "migrate-missing-half", "`migrations/0001_a.down.sql`"),
        (vec!["0001_a.down.sql"], "migrate-missing-half", "`migrations/0001_a.up.sql`"),
        (
            vec!["0001_a.up.sql", "0001_a.down.sql", "0001_b.up.sql", "0001_b.down.sql"],
            "migrate-duplicate-number",
            "0001_b",
        ),
        (vec!["0001_a.up.sql", "00001_a.up.sql"], "migrate-duplicate-number", "00001_a"),
        (vec!["0001_a.up.sql", "0001_a.down.sql", "0003_c.up.sql", "0003_c.down.sql"], "migrate-gap", "0002"),
        (vec!["0002_a.up.sql", "0002_a.down.sql"], "migrate-gap", "0001"),
    ] {
        let error = folder(&names).unwrap_err();
        assert_eq!(error.code(), code, "{names:?}: {error}");
        assert!(error.to_string().contains(part), "{names:?}: {error}");
    }
}

#[test]
fn line_endings_are_no_edit() {
    assert_eq!(checksum("a\r\nb\r\n"), checksum("a\nb\n"));
    assert_ne!(checksum("a\nb"), checksum("a\nb\n"));
    assert_eq!(checksum(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/// The sections of a file: a letter for the kind, the line, and how many statements.
#[track_caller]
fn sections(text: &str, expected: &[(char, u32, usize)]) -> Script {
    let script = Script::read(&SqlFile::new("f.sql", text)).unwrap();
    let found: Vec<_> = script
        .sections
        .iter()
        .map(|section| {
            let kind = match section.kind {
                SectionKind::Transaction => 't',
                SectionKind::NoTransaction => 'n',
                SectionKind::Backfill(_) => 'b',
            };
            (kind, section.line, section.statements.len())
        })
        .collect();
    assert_eq!(found, expected, "{text}");
    script
}

#[test]
fn files_are_cut_into_sections() {
    assert!(sections("", &[]).is_plain());
    assert!(sections("-- howdah:transaction\n-- nothing", &[]).is_plain());
    assert!(sections("\u{feff}select 1; select 2", &[('t', 1, 2)]).is_plain());
    sections("-- howdah:no-transaction\n\nvacuum", &[('n', 3, 1)]);
    sections(
        "---  howdah:no-transaction  \r\nvacuum;\r\n-- howdah:transaction\r\nselect 1",
        &[('n', 2, 1), ('t', 4, 1)],
    );
    // Each mark begins another, of the same kind too; an empty one is none.
    sections("select 1;\n-- howdah:transaction\nselect 2;", &[('t', 1, 1), ('t', 3, 1)]);
    sections("-- howdah:no-transaction\n-- howdah:transaction\n;;select 2;", &[('t', 3, 1)]);
    sections(
        "select 1;\n-- howdah:backfill t\nupdate t set a = 1;\nselect 2; select 3;\n-- howdah:backfill t\ndelete from t",
        &[('t', 1, 1), ('b', 3, 1), ('t', 4, 2), ('b', 6, 1)],
    );
    sections(
        "-- howdah:no-transaction\nvacuum;\n-- howdah:backfill t\ndelete from t;\nselect 1",
        &[('n', 2, 1), ('b', 4, 1), ('t', 5, 1)],
    );
}

#[test]
fn heads_are_read() {
    let script = sections(
        "-- The way back.\n-- howdah:down lossy: drops public.a\n--howdah:down lossless\n\ndrop table public.a;",
        &[('t', 5, 1)],
    );
    assert_eq!((script.reversal, script.reversal_reasons.len()), (Some(Reversal::Lossy), 1));
    assert!(Reversal::Lossless < Reversal::Lossy && Reversal::Lossy < Reversal::Irreversible);
    let sum = "a".repeat(64);
    let script = sections(&format!("-- howdah:squashes 0003_a_b sha256={sum} within=0007_c\nselect 1"), &[('t', 2, 1)]);
    let squashed = &script.squashes[0];
    assert_eq!((squashed.title().as_str(), squashed.within.as_deref()), ("0003_a_b", Some("0007_c")));
}

#[test]
fn knows_what_cannot_run_inside_a_transaction() {
    let check = |sql: &str, expected: &str| {
        let found = match classify::known(sql) {
            None => "-".to_owned(),
            Some(Bare::CreateIndex { index, table, .. }) => format!("create {index} on {table}"),
            Some(Bare::DropIndex(name)) => format!("drop {name}"),
            Some(Bare::Reindex(kind, name)) => format!("reindex {kind} {name}"),
            Some(Bare::Detach { parent, partition }) => format!("detach {partition} of {parent}"),
            Some(other) => format!("{other:?}"),
        };
        assert_eq!(found, expected, "{sql}");
    };
    check("create index i on t (a)", "-");
    check(
        "CREATE /* c */ UNIQUE INDEX CONCURRENTLY \"I \"\"x\" ON ONLY s.\"T\" USING btree (a)",
        "create I \"x on s.\"T\"",
    );
    check("create index concurrently if not exists Foo on t(a)", "create foo on t");
    check("create table concurrently (a int)", "-");
    check("drop index i", "-");
    check("drop index concurrently if exists s.i cascade", "drop s.i");
    check("reindex table t", "-");
    check("reindex (verbose) index concurrently i", "reindex index i");
    check("reindex (concurrently, verbose) table s.t", "reindex table s.t");
    check("reindex (verbose, tablespace (x)) table s.t", "-");
    check("reindex schema s", "reindex schema s");
    check("reindex database", "reindex database ");
    check("alter table if exists only p detach partition s.q concurrently", "detach s.q of p");
    check("alter table p detach partition q", "-");
    check("alter table p detach partition q finalize", "-");
    check("vacuum full t", "Repeatable");
    check("alter system set work_mem = 1", "Repeatable");
    for (sql, expected) in [
        ("set a = 1", true),
        ("SET SESSION AUTHORIZATION x", true),
        ("reset all", true),
        ("select pg_catalog.set_config('a', 'b', false)", true),
        ("set local a = 1", false),
        ("set constraints all deferred", false),
        ("select set", false),
    ] {
        assert_eq!(classify::is_setting(sql), expected, "{sql}");
    }
}

fn walk(table: &str) -> Walk {
    let parts = vec![table.to_owned()];
    Walk { table: table.to_owned(), parts, batch: 1, key: Vec::new(), pause: Duration::ZERO }
}

#[test]
fn statements_are_restricted_to_a_range() {
    let check = |sql: &str, expected: &str| {
        let batched = Batched::of(sql, &walk("t")).unwrap();
        let range = format!("{}.k > 1", batched.alias);
        let rewritten = batched.within(sql, &range);
        let flat: Vec<&str> = rewritten.sql.split_whitespace().collect();
        assert_eq!(flat.join(" "), expected, "{sql}");
    };
    check("update t set a = 1", "update t set a = 1 WHERE (t.k > 1)");
    check("update t set a = 1 where b or c", "update t set a = 1 WHERE (b or c ) AND (t.k > 1)");
    check(
        "update only t as x set a = (select 1 from u where true) from w where x.id = w.id -- c",
        "update only t as x set a = (select 1 from u where true) from w WHERE (x.id = w.id -- c ) AND (x.k > 1)",
    );
    check("delete from t using u returning *", "delete from t using u WHERE (t.k > 1) returning *");
    check(
        "delete from t \"where\" where \"where\".returning is null returning 1",
        "delete from t \"where\" WHERE (\"where\".returning is null ) AND (\"where\".k > 1) returning 1",
    );
    check("update t set a = 'where', b = $$ where $$", "update t set a = 'where', b = $$ where $$ WHERE (t.k > 1)");
    for sql in ["update t set a = 1 where a) or (b", "delete from t where (a", "delete from t where a)"] {
        assert!(Batched::of(sql, &walk("t")).unwrap_err().1.0.contains("parenthesis"), "{sql}");
    }
    let sets = |sql: &str, key: &str| {
        let batched = Batched::of(sql, &walk("t")).unwrap();
        batched.sets_any(&[key.to_owned()]).is_some()
    };
    assert!(sets("update t set a = 1, k = 2", "k"));
    assert!(sets("update t set (a, K) = (1, 2) where true", "k"));
    assert!(sets("update t set a = b is distinct from c, k = 2", "k"));
    assert!(sets("update t set a = array[1, 2], k[1] = 2", "k"));
    assert!(!sets("update t set a = k", "k"));
    assert!(!sets("update t set a = f(1, k) from k where k = 2", "k"));
    assert!(!sets("update t set a = array[1, k]", "k"));
}

#[test]
fn summaries_are_short() {
    assert_eq!(summary("select  1\n\t-- why\n  as a;"), "select 1 as a;");
    assert_eq!(summary(&"é".repeat(100)), format!("{}…", "é".repeat(80)));
    assert_eq!(summary(""), "");
}

proptest! {
    /// Whatever is written, positions are within the text and nothing panics.
    #[test]
    fn any_text_is_read(text in "(-- howdah:[a-z-]{0,14}[ a-z0-9=,.]{0,12}\n|create index concurrently [a-z]?|update t |set k=1 |where |returning |[;()'\"$. \na-c]|é){0,24}") {
        let file = SqlFile::new("f.sql", text.clone());
        match Script::read(&file) {
            Ok(script) => {
                for span in script.sections.iter().flat_map(|section| &section.statements) {
                    prop_assert!(!text[span.clone()].is_empty());
                }
            }
            Err(error) => prop_assert!(error.location.line as usize <= text.matches('\n').count() + 1),
        }
        let _ = summary(&text);
    }

    /// A position in what was made of a statement leads back into the statement.
    #[test]
    fn positions_lead_back(condition in "[a-z é=']{0,12}", position in 0_u32..200) {
        let sql = format!("update t set a = 1 where {condition} returning a");
        if let Ok(batched) = Batched::of(&sql, &walk("t")) {
            let rewritten = batched.within(&sql, "t.k > 'é'");
            let origin = rewritten.origin(position);
            prop_assert!(origin <= sql.len());
            // What is still there is at the place it was.
            let at = rewritten.sql.char_indices().nth(position.saturating_sub(1) as usize);
            if let Some((_, found)) = at && sql.is_char_boundary(origin) && rewritten.sql[..rewritten.sql.find("WHERE (").unwrap()].len() > position as usize {
                prop_assert_eq!(sql[origin..].chars().next(), Some(found));
            }
        }
    }
}
