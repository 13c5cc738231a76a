use super::read::read;
use proptest::prelude::*;

/// What each directive stands beside and what it says, one a line; or the errors, with their lines.
#[track_caller]
fn check(sql: &str, expected: &[&str]) {
    let (directives, errors) = read(&[("t.sql", sql)]);
    let found =
        directives.iter().map(|directive| (directive.line, format!("{} <- {}", directive.target, directive.old)));
    let failed = errors.iter().map(|error| (error.line, format!("{}: error", error.line)));
    let mut all: Vec<(usize, String)> = found.chain(failed).collect();
    all.sort();
    let all: Vec<&str> = all.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(all, expected, "{sql}\n{errors:?}");
}

#[test]
fn above_each_kind_of_statement() {
    for (sql, target) in [
        ("create table tasks (id int)", "table public.tasks"),
        ("create unlogged table if not exists app.tasks ()", "table app.tasks"),
        ("create table \"My Tasks\" as select 1", "table public.\"My Tasks\""),
        ("create table part partition of whole for values in (1)", "table public.part"),
        ("create or replace view v as select 1", "view public.v"),
        ("create materialized view if not exists s.v as select 1", "view s.v"),
        ("create unique index concurrently if not exists i on only s.t (a)", "index s.i"),
        ("create index i on t (a)", "index public.i"),
        ("create temp sequence s", "sequence public.s"),
        ("create type t as enum ('a')", "type public.t"),
        ("create type t as (a int)", "type public.t"),
        ("create type t as range (subtype = int)", "type public.t"),
        ("create domain d as text check (value <> '')", "type public.d"),
        (
            "create or replace function f(a int, b text default 'x') returns int language sql return 1",
            "function public.f",
        ),
        ("create procedure f() begin atomic select 1; end", "function public.f"),
        ("create aggregate a(int) (sfunc = f, stype = int)", "aggregate public.a"),
        ("create schema if not exists app", "schema app"),
        ("create schema authorization app", "schema app"),
        ("create policy p on s.t using (true)", "policy p of s.t"),
        ("create trigger g before update of a, b on t for each row execute function f()", "trigger g of public.t"),
        ("create constraint trigger g after insert on t execute function f()", "trigger g of public.t"),
        ("create or replace rule r as on insert to t do instead nothing", "rule r of public.t"),
        ("create statistics s on a, b from t", "statistics public.s"),
        ("create collation c from \"C\"", "collation public.c"),
        ("create text search configuration c (parser = default)", "text search configuration public.c"),
        ("create text search dictionary d (template = simple)", "text search dictionary public.d"),
        ("create operator class c for type int using btree as operator 1 <", "operator class public.c"),
        ("create operator family f using hash", "operator family public.f"),
        ("create publication p for all tables", "publication p"),
        ("create event trigger e on sql_drop execute function f()", "event trigger e"),
        ("alter table s.t add constraint c check (true)", "constraint c of s.t"),
        ("alter table only t add constraint c foreign key (a) references u", "constraint c of public.t"),
        ("alter table if exists t add column if not exists c int", "column c of public.t"),
        ("alter table t add c int", "column c of public.t"),
        ("alter type t add value if not exists 'new' after 'a'", "enum value 'new' of public.t"),
        ("alter type t add attribute a int", "attribute a of public.t"),
        ("alter domain d add constraint c check (true)", "domain constraint c of public.d"),
    ] {
        let expected = format!("{target} <- old");
        check(&format!("select 1;\n\n-- Prose.\n-- renamed-from: old\n-- More.\n{sql};\nselect 2"), &[&expected]);
        check(&format!("select 1;\n/* renamed-from: old */ {sql}"), &[&expected]);
        check(&format!("select 1;\n{sql}; -- renamed-from: old\nselect 2;"), &[&expected]);
        check(&format!("{sql} /* Renamed-From:old */;"), &[&expected]);
    }
}

#[test]
fn within_a_table() {
    let table = "create table s.t ( -- renamed-from: u
  a int, -- renamed-from: x1
  b numeric(10, 2) default f(1, 2) -- renamed-from: x2
    not null, -- Prose.
  -- renamed-from: x3
  \"C c\" text,
  /* renamed-from: x4 */ d text, /* renamed-from: x5 */ e text, -- renamed-from: x6
  f int /* renamed-from: x7 */, g int,
  h int
    -- renamed-from: x8
    constraint h_check check (h > 0),
  i int
    constraint i_check check (i in (1, 2)), -- renamed-from: x9
  exclude int, -- renamed-from: x10
  -- renamed-from: x11
  constraint t_pkey primary key (a),
  constraint t_b_key unique (a, b) -- renamed-from: x12
); -- renamed-from: v";
    check(
        table,
        &[
            "table s.t <- u",
            "column a of s.t <- x1",
            "column b of s.t <- x2",
            "column C c of s.t <- x3",
            "column d of s.t <- x4",
            "column e of s.t <- x5",
            "column e of s.t <- x6",
            "column f of s.t <- x7",
            "constraint h_check of s.t <- x8",
            "constraint i_check of s.t <- x9",
            "column exclude of s.t <- x10",
            "constraint t_pkey of s.t <- x11",
            "constraint t_b_key of s.t <- x12",
            "table s.t <- v",
        ],
    );
    check(
        "create table t (\n  a int -- renamed-from: x\n  , b int -- renamed-from: y\n  -- renamed-from: z\n  , c int\n)",
        &["column a of public.t <- x", "column b of public.t <- y", "column c of public.t <- z"],
    );
    check("create table t (a int, b int) -- renamed-from: x\n partition by range (a)", &["table public.t <- x"]);
    check("create table t\n(\n a int\n)\n-- renamed-from: x\n;", &["5: error"]);
    for unnamed in [
        "primary key (a)",
        "unique (a)",
        "check (a > 0)",
        "foreign key (a) references u",
        "exclude (a with =)",
        "exclude using gist (a with =)",
        "like u",
    ] {
        check(&format!("create table t (\n{unnamed} -- renamed-from: x\n)"), &["2: error"]);
    }
}

#[test]
fn within_types_and_alterations() {
    check(
        "create type t as enum (\n  'a', -- renamed-from: A a\n  -- renamed-from: 'it''s'\n  'b'\n);",
        &["enum value 'a' of public.t <- A a", "enum value 'b' of public.t <- it's"],
    );
    check(
        "create type t as (\n a int, -- renamed-from: x\n b int -- renamed-from: y\n);",
        &["attribute a of public.t <- x", "attribute b of public.t <- y"],
    );
    check(
        "create domain d as text\n  -- renamed-from: x\n  constraint c check (value <> '')\n  constraint e check (true); -- renamed-from: y",
        &["domain constraint c of public.d <- x", "domain constraint e of public.d <- y"],
    );
    check(
        "alter table t\n  add column a int, -- renamed-from: x\n  -- renamed-from: y\n  add constraint c check (true),\n  add d int; -- renamed-from: z",
        &["column a of public.t <- x", "constraint c of public.t <- y", "column d of public.t <- z"],
    );
    check("-- renamed-from: x\nalter table t add a int, add b int", &["1: error"]);
    check("alter table t drop column a; -- renamed-from: x", &["1: error"]);
    check("alter table t add primary key (a); -- renamed-from: x", &["1: error"]);
}

#[test]
fn within_a_view() {
    check(
        "create view v as -- renamed-from: u
with c as (select 1 as x)
select distinct on (a, b)
  a, -- renamed-from: x1
  t.b, -- renamed-from: x2
  -- renamed-from: x3
  f(a, b) as \"C c\",
  d + 1 e -- renamed-from: x4
from t",
        &[
            "view public.v <- u",
            "column a of public.v <- x1",
            "column b of public.v <- x2",
            "column C c of public.v <- x3",
            "column e of public.v <- x4",
        ],
    );
    check("create materialized view s.v (\n a, -- renamed-from: x\n b) as select 1, 2", &["column a of s.v <- x"]);
    check(
        "create view v as\nselect f(a), -- renamed-from: x\n t.* -- renamed-from: y\nfrom t",
        &["2: error", "3: error"],
    );
}

#[test]
fn the_old_name() {
    for (old, expected) in [
        ("old", Some("old")),
        ("OLD", Some("old")),
        ("\"Old Name\"", Some("Old Name")),
        ("s.old", Some("s.old")),
        ("\"S s\".\"O\"\"d\"", Some("S s.O\"d")),
        ("old;", Some("old")),
        ("", None),
        ("old name", None),
        ("old-name", None),
        ("\"", None),
        ("\"\"", None),
        ("a.b.c", None),
        ("old(int)", None),
        ("1", None),
        (".", None),
    ] {
        let expected = expected.map_or("1: error".to_owned(), |old| format!("table public.t <- {old}"));
        check(&format!("-- renamed-from: {old}\ncreate table t ()"), &[&expected]);
    }
    check(
        "-- renamed-from: old(int, text[])\ncreate function f() returns int",
        &["function public.f <- old(int, text[])"],
    );
    check("-- renamed-from: s.old()\ncreate function f() returns int", &["function public.f <- s.old()"]);
    check("create table t (\na int -- renamed-from: t.b\n)", &["2: error"]);
}

#[test]
fn beside_nothing() {
    check("-- renamed-from: x", &["1: error"]);
    check("-- renamed-from: x\n\ncreate table t ()", &["1: error"]);
    check("-- renamed-from: x\n-- Prose.\n\ncreate table t ()", &["1: error"]);
    check("/* renamed-from: x */\n\ncreate table t ()", &["1: error"]);
    check("-- renamed-from: x\ngrant select on t to u", &["1: error"]);
    check("grant select on t to u; -- renamed-from: x\ncreate table t ()", &["1: error"]);
    check("create table t (\n  a int\n  -- renamed-from: x\n)", &["3: error"]);
    check("create view v as\nselect a from t\n-- renamed-from: x\nwhere a > 0", &["3: error"]);
    check("create index on t (a); -- renamed-from: x", &["1: error"]);
    check("create table t ();\n\n-- renamed-from: x\n", &["3: error"]);
}

#[test]
fn what_is_no_directive() {
    check("-- It was renamed-from: x before\ncreate table t ()", &[]);
    check("-- Renamed from: the old system\ncreate table t ()", &[]);
    check("create function f() returns text language sql as $$ -- renamed-from: x\n$$", &[]);
    check("select '-- renamed-from: x'", &[]);
    for wrong in ["renamed_from: x", "rename-from: x", "renamed-from x", "@RENAMED_FROM: x"] {
        check(&format!("-- {wrong}\ncreate table t ()"), &["1: error"]);
    }
    check("/*\n * Tasks.\n * renamed-from: todos\n */\ncreate table tasks ()", &["table public.tasks <- todos"]);
    check("\r\n-- renamed-from: x\r\ncreate table t ()\r\n", &["table public.t <- x"]);
}

proptest! {
    #[test]
    fn never_panics(pieces in proptest::collection::vec(prop_oneof![
        4 => prop::sample::select(vec![
            "-- renamed-from: a\n", "/* renamed-from: b */", "-- renamed-from: \"\n", "create ", "table ", "t ", "(", ")", ",", ";",
            "\n", "a ", "int ", "constraint ", "c ", "check ", "alter ", "add ", "type ", "as ", "enum ", "'x'", "domain ", "index ",
            "on ", "policy ", "to ", "rule ", ".", "\"", "$$", "function ", "or ", "replace ", "é", "[", "]", "operator ", "using ",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ], 0..30)) {
        let sql = pieces.concat();
        let (directives, errors) = read(&[("t.sql", &sql)]);
        for directive in directives {
            prop_assert!(directive.line >= 1 && directive.invert().invert().target.kind() == directive.target.kind());
        }
        for error in errors {
            prop_assert!(!error.message.is_empty());
        }
    }
}
