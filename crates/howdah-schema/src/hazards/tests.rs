//! Tests of the whole: exemption across files, suppression, bodies, effects, and texts that are no SQL.

use super::*;
use crate::QualifiedName;
use crate::catalog::{Comment, Index, Options};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn judge(files: &[&str]) -> Vec<String> {
    let names: Vec<String> = (1..=files.len()).map(|number| format!("{number}.sql")).collect();
    let sources: Vec<Source<'_>> = files.iter().zip(&names).map(|(text, name)| Source { name, text }).collect();
    let report = check(&sources, &Context::default());
    report.findings.iter().map(at).collect()
}

fn at(finding: &Finding) -> String {
    let place = finding.place.as_ref().unwrap();
    format!("{}:{}:{} {}", place.file, place.line, place.column, finding.rule)
}

#[test]
fn what_the_migration_made_is_no_hazard_in_a_later_file() {
    let first = "create table public.a (id bigint primary key, b text);\ncreate index idx on public.a (b);";
    assert_eq!(judge(&[first, "alter table public.a alter b set not null;\ndrop index public.idx;"]), [""; 0]);
    assert_eq!(
        judge(&["alter table public.a rename to z; drop table public.z"]),
        ["1.sql:1:22 rename-table", "1.sql:1:46 drop-table"]
    );
}

#[test]
fn suppressions_hold_back_what_they_name_where_they_stand() {
    let held = [
        "-- howdah:allow drop-column, drop-table: tested\n-- more words\nalter table public.a\n  drop column b;\ndrop table public.c; -- howdah:allow drop-table: it is empty",
        "alter table public.a\n  -- howdah:allow drop-column: unused\n  drop column b;",
        "alter table public.a\n  drop column b; -- howdah:allow drop-column: unused",
        "create index i\n  on public.a (b); -- howdah:allow index-not-concurrent: nobody is awake",
        "-- howdah:allow-file index-not-concurrent: nobody is awake\ncreate index i on public.a (b);\ncreate index j on public.a (b);",
        "do $$\nbegin\n  -- howdah:allow delete-without-where: all of them\n  delete from public.a;\nend $$;",
        "-- howdah:allow delete-without-where: all of them\ndo $$ begin\n  delete from public.a;\nend $$;",
    ];
    for sql in held {
        // The first names a rule too many.
        let unused =
            if sql.contains("drop-column, drop-table") { vec!["1.sql:1:1 unused-suppression"] } else { vec![] };
        assert_eq!(judge(&[sql]), unused, "{sql}");
    }
    assert_eq!(
        judge(&["-- howdah:allow drop-table: gone\ndrop table public.a;\ndrop table public.b;"]),
        ["1.sql:3:12 drop-table"]
    );
    let report = check(&[Source { name: "a", text: held[4] }], &Context::default());
    assert_eq!((report.suppressed, report.worst()), (2, None));
    let report = check(&[Source { name: "a", text: "-- howdah:allow drop-tabel: x\nselect 1" }], &Context::default());
    assert_eq!(report.findings[0].fix, "did you mean `drop-table`?");
}

#[test]
fn positions_point_into_the_file() {
    let sql = "select 'é';\ncreate function public.f() returns void language plpgsql as $body$\nbegin\n  if true then\n    /* ä */ update public.a set x = 1;\n  end if;\nend $body$;";
    let report = check(&[Source { name: "a", text: sql }], &Context::default());
    let finding = report.findings.iter().find(|it| it.rule == "update-without-where").unwrap();
    let place = finding.place.as_ref().unwrap();
    assert_eq!((place.line, place.column, &sql[place.span.clone()]), (5, 13, "update public.a set x = 1"));
    // A body with escapes: the whole of it.
    let sql = "do E'begin delete from public.a; raise notice \\'x\\'; end'";
    assert_eq!(judge(&[sql]), ["1.sql:1:4 delete-without-where"]);
    // SQL in BEGIN ATOMIC and in procedures.
    let sql = "create procedure public.p() language sql begin atomic\n  delete from public.a;\n  truncate public.b cascade;\nend";
    assert_eq!(judge(&[sql]), ["1.sql:2:3 delete-without-where", "1.sql:3:12 truncate-cascade"]);
}

#[test]
fn sections_are_transactions_of_their_own() {
    let add = "alter table public.a add constraint c check (b is not null) not valid;\n";
    let validate = "alter table public.a validate constraint c;";
    let rule = ["1.sql:2:22 validate-in-same-transaction"];
    assert_eq!(judge(&[&format!("{add}{validate}")]), rule);
    for between in [
        "-- howdah:transaction\n",
        "-- howdah:no-transaction\n",
        "-- howdah:backfill public.a batch=500\nupdate public.a set b = 1;\n",
    ] {
        assert_eq!(judge(&[&format!("{add}{between}{validate}")]), [""; 0], "{between}");
    }
    assert_eq!(judge(&[add, validate]), [""; 0]);
}

#[test]
fn destruction_is_what_runs_now() {
    let rules = |sql| is_destructive(sql, &Context::default()).into_iter().map(|it| it.rule).collect::<Vec<_>>();
    assert_eq!(
        rules(
            "-- howdah:allow drop-column: sure\nalter table public.a drop b; drop table public.c; create index i on public.a (b)"
        ),
        ["drop-column", "drop-table"]
    );
    assert_eq!(rules("create function public.f() returns void language sql as $$ delete from public.a $$"), [""; 0]);
    assert_eq!(rules("do $$ begin delete from public.a; end $$"), ["delete-without-where"]);
}

#[test]
fn effects_of_statements() {
    use LockMode::*;
    use Work::*;
    let public = |name: &str| QualifiedName::new("public", name);
    for (sql, expected) in [
        ("alter table public.a add b int", vec![("a", AccessExclusive, Instant)]),
        ("alter table public.a add b int, add c uuid default gen_random_uuid()", vec![("a", AccessExclusive, Rewrite)]),
        ("alter table a validate constraint c", vec![("a", ShareUpdateExclusive, Scan)]),
        (
            "alter table public.a add foreign key (b) references public.c not valid",
            vec![("c", ShareRowExclusive, Instant), ("a", ShareRowExclusive, Instant)],
        ),
        ("alter table public.a alter b set statistics 5", vec![("a", ShareUpdateExclusive, Instant)]),
        ("alter table public.a disable trigger all", vec![("a", ShareRowExclusive, Instant)]),
        ("create index concurrently i on public.a (b)", vec![("a", ShareUpdateExclusive, Scan)]),
        ("create index i on public.a (b)", vec![("a", Share, Scan)]),
        ("create table public.n (a int references public.c)", vec![("c", ShareRowExclusive, Instant)]),
        ("create table public.n partition of public.a for values in (1)", vec![("a", AccessExclusive, Instant)]),
        (
            "create table public.n (b int); create index on public.n (b); alter table public.n alter b set not null",
            vec![],
        ),
        (
            "create trigger t after insert on public.a execute function public.f()",
            vec![("a", ShareRowExclusive, Instant)],
        ),
        ("create policy p on public.a", vec![("a", AccessExclusive, Instant)]),
        ("comment on column public.a.b is 'x'", vec![("a", ShareUpdateExclusive, Instant)]),
        (
            "comment on table public.a is 'x'; comment on function public.f() is 'x'",
            vec![("a", ShareUpdateExclusive, Instant)],
        ),
        ("create or replace view public.v as select 1", vec![("v", AccessExclusive, Instant)]),
        ("refresh materialized view concurrently public.m", vec![("m", Exclusive, Rewrite)]),
        ("do $$ begin truncate public.a; end $$", vec![("a", AccessExclusive, Instant)]),
        (
            "lock public.a in share mode; vacuum public.b",
            vec![("a", Share, Instant), ("b", ShareUpdateExclusive, Scan)],
        ),
        (
            "alter table public.p attach partition public.q default",
            vec![("q", AccessExclusive, Scan), ("p", ShareUpdateExclusive, Instant)],
        ),
        ("alter index public.i rename to j", vec![("i", ShareUpdateExclusive, Instant)]),
        (
            "create unique index concurrently i on public.a (b, c); alter table public.a add primary key using index i",
            vec![("a", ShareUpdateExclusive, Scan), ("a", AccessExclusive, Scan)],
        ),
        (
            "create unique index i on public.a (b); alter table public.a alter b set not null; alter table public.a add primary key using index i",
            vec![("a", Share, Scan), ("a", AccessExclusive, Scan), ("a", AccessExclusive, Instant)],
        ),
        ("grant select on public.a to joe; select 1; alter type public.t add value 'x'", vec![]),
    ] {
        let effects = statement_effects(sql, &Context::default());
        let found: Vec<_> = effects.into_iter().map(|it| (it.relation, it.lock, it.work)).collect();
        let expected: Vec<_> = expected.into_iter().map(|(name, lock, work)| (public(name), lock, work)).collect();
        assert_eq!(found, expected, "{sql}");
    }
}

#[test]
fn a_renamed_table_is_what_it_was() {
    use LockMode::*;
    use Work::*;
    let catalog = rules::testing::live();
    let context = Context { catalog: Some(&catalog), ..Context::default() };
    // The last statement's, on what was `public.live`.
    let check = |statements: &[&str], relation: (&str, &str), lock, work| {
        let mut effects = Effects::new(&context);
        let last = statements.iter().map(|sql| effects.of(sql, true)).last().unwrap();
        let found: Vec<_> = last.iter().map(|it| (&it.relation, &it.before, it.lock, it.work)).collect();
        let (relation, live) = (QualifiedName::new(relation.0, relation.1), QualifiedName::new("public", "live"));
        assert_eq!(found, [(&relation, &live, lock, work)], "{statements:?}");
        // In one text it is the same.
        assert_eq!(statement_effects(&statements.join(";\n"), &context).last().unwrap().work, work, "{statements:?}");
    };
    let rename = "alter table public.live rename to events";
    let events = ("public", "events");
    check(&[rename, "create index i on public.events (label)"], events, Share, Scan);
    check(&[rename, "alter table public.events alter label type varchar(60)"], events, AccessExclusive, Instant);
    check(
        &[
            rename,
            "alter table public.events rename column label to title",
            "alter table public.events alter title type varchar(60)",
        ],
        events,
        AccessExclusive,
        Instant,
    );
    check(
        &[
            "alter table public.live rename column proven to sure",
            rename,
            "alter table public.events alter sure set not null",
        ],
        events,
        AccessExclusive,
        Instant,
    );
    check(&[rename, "alter table public.events alter amount set not null"], events, AccessExclusive, Scan);
    check(
        &["alter schema public rename to app", "alter table app.live alter label type text"],
        ("app", "live"),
        AccessExclusive,
        Instant,
    );
    check(
        &["alter table public.live set schema app", "alter table app.live alter label type text"],
        ("app", "live"),
        AccessExclusive,
        Instant,
    );
    // Its name may be another's now.
    let mut effects = Effects::new(&context);
    for sql in [rename, "create table public.live (a int)"] {
        effects.of(sql, true);
    }
    assert_eq!(effects.of("alter table public.live add b uuid default gen_random_uuid()", true), []);
}

#[test]
fn an_index_is_found_by_its_table_whatever_they_are_called() {
    let mut catalog = rules::testing::live();
    let index = Index {
        name: "live_label".to_owned(),
        method: "btree".to_owned(),
        keys: Vec::new(),
        include: Vec::new(),
        predicate: None,
        unique: false,
        nulls_not_distinct: false,
        valid: true,
        constraint: None,
        parent: None,
        options: Options::default(),
        tablespace: None,
        statistics: BTreeMap::new(),
        clustered: false,
        definition: String::new(),
        comment: Comment::default(),
    };
    for table in catalog.tables.values_mut() {
        table.indexes.insert(index.name.clone(), index.clone());
    }
    let context = Context { catalog: Some(&catalog), ..Context::default() };
    for renames in [
        "select 1",
        "alter table public.live rename to events",
        "alter table public.live set schema app",
        "alter schema public rename to app",
        "alter index public.live_label rename to by_label",
        "alter table public.live set schema app; alter index app.live_label rename to by_label",
    ] {
        let schema = if renames.contains(" app") { "app" } else { "public" };
        let table = if renames.contains("events") { "events" } else { "live" };
        let index = if renames.contains("by_label") { "by_label" } else { "live_label" };
        let sql = format!("{renames}; drop index {schema}.{index}");
        let last = statement_effects(&sql, &context).pop().unwrap();
        assert_eq!(last.relation, QualifiedName::new(schema, table), "{sql}");
        assert_eq!(last.before, QualifiedName::new("public", "live"), "{sql}");
    }
}

#[test]
fn rules_are_documented_and_true() {
    let ids: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for rule in rules() {
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
        assert!(rule.summary.ends_with('.') && rule.explanation.len() > 40, "{}", rule.id);
        let catalog = rules::testing::live();
        let has = |sql: &str, catalog, transaction| {
            let context = Context { runner_sets_timeouts: false, catalog, transaction, ..Context::default() };
            let report = check(&[Source { name: "a", text: sql }], &context);
            report.findings.iter().any(|finding| finding.rule == rule.id)
        };
        // Some examples need to know a column's type, some that the runner opens no transaction.
        let example = rule.bad.replace("public.events alter column happened_at", "public.live alter column moment");
        let shown = has(&example, None, true) || has(&example, Some(&catalog), true) || has(&example, None, false);
        assert!(shown, "{}: {}", rule.id, rule.bad);
        // What the example says belongs into two migrations, one text cannot show.
        let split = ["in the next transaction", "in the next migration", "migration 8", "commit;"];
        let transaction = !split.iter().any(|words| rule.good.contains(words));
        assert!(!has(rule.good, None, transaction), "{}: {}", rule.id, rule.good);
    }
}

#[test]
fn a_text_just_below_the_limits_fits_the_stack() {
    for (part, times) in [
        ("(", 198),
        ("not ", 2_990),
        ("explain ", 2_990),
        ("between ", 2_990),
        ("case when ", 99),
        ("+1", 1_490),
        ("::int", 740),
        (" union select 1", 990),
        ("(select ", 198),
    ] {
        let sql = format!("select 1 {}", part.repeat(times));
        let report = check(&[Source { name: "a", text: &sql }], &Context::default());
        assert!(report.findings.iter().all(|finding| !finding.message.contains("nests too deep")), "{part}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn never_panics_on_any_text(text in "\\PC{0,200}") {
        judge(&[&text]);
        statement_effects(&text, &Context::default());
    }

    #[test]
    fn never_panics_on_pieces_of_sql(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let text = pieces.join(" ");
        judge(&[&text, &text]);
        statement_effects(&text, &Context::default());
    }

    #[test]
    fn spans_lie_in_the_text(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let text = pieces.join("\n");
        for finding in check(&[Source { name: "a", text: &text }], &Context::default()).findings {
            prop_assert!(text.get(finding.place.as_ref().unwrap().span.clone()).is_some(), "{finding:?}");
        }
    }
}

/// What statements are made of, and what breaks them.
const PIECES: &[&str] = &[
    "alter table",
    "public.a",
    "a",
    "\"B\"",
    "add column",
    "drop column",
    "b",
    "int",
    "not null",
    "default",
    "now()",
    "f(1)",
    ",",
    ";",
    "(",
    ")",
    "[",
    "]",
    "create",
    "table",
    "index",
    "concurrently",
    "on",
    "using",
    "constraint",
    "c",
    "check",
    "unique",
    "primary key",
    "references",
    "foreign key",
    "not valid",
    "validate",
    "set",
    "type",
    "varchar(5)",
    "timestamp",
    "drop",
    "view",
    "function",
    "returns void",
    "language plpgsql",
    "language sql",
    "as",
    "$$",
    "$x$",
    "begin",
    "end",
    "if",
    "then",
    "loop",
    "execute",
    "'drop table a'",
    "'",
    "E'\\'",
    "do",
    "update",
    "delete from",
    "where",
    "= 1",
    "insert into",
    "values",
    "with x as (",
    "truncate",
    "cascade",
    "domain",
    "enum",
    "add value",
    "'x'",
    "commit",
    "-- howdah:allow drop-table: x\n",
    "-- howdah:allow-file x\n",
    "-- howdah:no-transaction\n",
    "/*",
    "*/",
    "--",
    "\n",
    "é",
    "\u{feff}",
    "::",
    "case when",
    "partition of",
    "attach partition",
    "detach partition",
    "rename to",
    "rename column",
    "set schema",
    "cluster",
    "vacuum full",
    "reindex",
    "comment on column a.b.c is",
    "lock_timeout",
    "search_path",
    "to",
    "schema",
    "generated always as",
    "stored",
    "identity",
    "select",
    "into",
    "atomic",
    "merge",
    "copy",
    "from",
    "refresh materialized view",
    "owned by",
    "$1",
    ":x",
    "\\d",
];
