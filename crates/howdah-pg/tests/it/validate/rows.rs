//! What can be said of a row by itself: checks, NOT NULL, and constraints that are not valid.

use super::{broken, check, lines, major, validate};
use howdah_pg::validate::ValidateOptions;

/// Makes the catalog say that a constraint was validated.
const PRETEND: &str = "update pg_constraint set convalidated = true where not convalidated;";

#[tokio::test]
async fn checks_that_rows_break() {
    check(
        &format!(
            "create table public.t (id integer primary key, n integer);
             insert into public.t values (1, 5), (2, -1), (3, null), (4, -2);
             alter table public.t add constraint positive check (n > 0) not valid;
             {PRETEND}"
        ),
        &["error check-constraint constraint positive on public.t: 2 rows [id=2] [id=4]"],
    )
    .await;
}

#[tokio::test]
async fn a_check_whose_function_was_changed() {
    check(
        "create function public.fits(n integer) returns boolean language sql immutable return n > 0;
         create table public.t (id integer primary key, n integer constraint fits check (public.fits(n)));
         insert into public.t values (1, 1), (2, 100);
         create or replace function public.fits(n integer) returns boolean language sql immutable return n > 10;",
        &["error check-constraint constraint fits on public.t: 1 rows [id=1]"],
    )
    .await;
}

#[tokio::test]
async fn constraints_that_are_not_valid_are_counted() {
    let report = check(
        "create table public.t (id integer primary key, n integer, parent integer);
         insert into public.t values (1, 5, null), (2, -1, 7), (3, 4, 1);
         alter table public.t add constraint bad check (n > 0) not valid;
         alter table public.t add constraint fine check (n < 100) not valid;
         alter table public.t add constraint fk foreign key (parent) references public.t not valid;",
        &[
            "error not-valid constraint bad on public.t: 1 rows [id=2]",
            "error not-valid constraint fk on public.t: 1 rows [id=2, parent=7]",
            "warning not-valid constraint fine on public.t: 0 rows",
        ],
    )
    .await;
    assert!(report.findings[2].fix.contains("ALTER TABLE public.t VALIDATE CONSTRAINT fine"));
    assert_eq!(report.findings[2].message, "CHECK ((n < 100)) is NOT VALID, though no row breaks it");
    assert!(!report.is_clean());
}

#[tokio::test]
async fn nulls_where_there_must_be_none() {
    check(
        "create type public.pair as (a integer, b integer);
         create table public.t (id integer primary key, name text, pair public.pair);
         insert into public.t values (1, 'a', row(null, null)), (2, null, row(1, 2)), (3, 'c', null);
         update pg_attribute set attnotnull = true
           where attrelid = 'public.t'::regclass and attname in ('name', 'pair');",
        // A value whose attributes are all null is a value.
        &["error not-null column public.t.name: 1 rows [id=2]", "error not-null column public.t.pair: 1 rows [id=3]"],
    )
    .await;
}

#[tokio::test]
async fn what_postgresql_18_added() {
    let (db, client) = broken("create table public.t (id integer primary key, n integer, x integer)").await;
    if major(&client).await < 18 {
        return;
    }
    client
        .batch_execute(
            "insert into public.t values (1, null, -1);
             alter table public.t add constraint there not null n not valid;
             alter table public.t add constraint said check (x > 0) not enforced;
             alter table public.t add constraint also check (x < 0) not enforced;
             alter table public.t add constraint leads foreign key (x) references public.t not enforced;",
        )
        .await
        .unwrap();
    let report = validate(&db, &ValidateOptions::default()).await;
    assert_eq!(
        lines(&report),
        [
            "error not-valid column public.t.n: 1 rows [id=1]",
            "warning not-valid constraint leads on public.t: 1 rows [id=1, x=-1]",
            "warning not-valid constraint said on public.t: 1 rows [id=1]",
            "info not-valid constraint also on public.t: 0 rows",
        ]
    );
}

#[tokio::test]
async fn partitions_count_together() {
    check(
                    "create table public.events (id integer, at date, n integer, primary key (id, at)) partition by range (at);
             create table public.events_1 partition of public.events for values from ('2026-01-01') to ('2026-02-01');
             create table public.events_2 partition of public.events for values from ('2026-02-01') to ('2026-03-01')
               partition by list (id);
             create table public.events_2_1 partition of public.events_2 for values in (1, 2, 3);
             insert into public.events values (1, '2026-01-05', -1), (2, '2026-02-05', -1), (3, '2026-02-06', 1);
             alter table public.events add constraint positive check (n > 0) not valid;
             alter table public.events add constraint small check (n < 50) not valid;
             alter table public.events_1 add constraint own check (n > 5) not valid;
             update pg_constraint set convalidated = true where conname = 'positive';",
        &[
            "error check-constraint constraint positive on public.events: 2 rows [id=1, at=2026-01-05] [id=2, at=2026-02-05]",
            "error not-valid constraint own on public.events_1: 1 rows [id=1, at=2026-01-05]",
            "warning not-valid constraint small on public.events: 0 rows",
        ],
    )
    .await;
}

#[tokio::test]
async fn children_are_tables_of_their_own() {
    check(
        &format!(
            "create table public.parent (id integer primary key, n integer);
             create table public.child () inherits (public.parent);
             insert into public.parent values (1, -1); insert into public.child values (2, -1), (3, null);
             alter table public.parent add constraint positive check (n > 0) not valid; {PRETEND}"
        ),
        &[
            "error check-constraint constraint positive on public.child: 1 rows [ctid=(0,1)]",
            "error check-constraint constraint positive on public.parent: 1 rows [id=1]",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_check_that_fails_does_not_hide_the_others() {
    let (db, _client) = broken(
        "create function public.half(n integer) returns integer language plpgsql immutable as 'begin return 10 / n; end';
         create table public.t (id integer primary key, n integer, m integer);
         insert into public.t values (1, 0, -1);
         alter table public.t add constraint halves check (public.half(n) > 0) not valid;
         alter table public.t add constraint positive check (m > 0) not valid;",
    )
    .await;
    let report = validate(&db, &ValidateOptions::default()).await;
    assert_eq!(lines(&report), ["error not-valid constraint positive on public.t: 1 rows [id=1]"]);
    let [unchecked] = &report.not_checked[..] else { panic!("{report:#?}") };
    assert_eq!(unchecked.object, "constraint halves on public.t");
    assert!(unchecked.reason.contains("division by zero"), "{unchecked:?}");
    assert!(!report.is_clean());
}

#[tokio::test]
async fn any_name_will_do() {
    check(
        &format!(
            r#"create schema "My ""schema""";
             create table "My ""schema"""."order ' 😀" ("Key ""ü""" integer primary key, "select" integer, "a b" integer not null);
             insert into "My ""schema"""."order ' 😀" values (1, -1, 1), (2, 1, 9);
             alter table "My ""schema"""."order ' 😀" add constraint "chk 'x' ""y"" 😀" check ("select" > 0) not valid;
             alter table "My ""schema"""."order ' 😀" add constraint "fk; drop" foreign key ("a b") references "My ""schema"""."order ' 😀" not valid;
             create sequence "My ""schema"""."Seq ' x" owned by "My ""schema"""."order ' 😀"."Key ""ü""";
             {PRETEND}"#
        ),
        &[
            r#"error check-constraint constraint chk 'x' "y" 😀 on "My ""schema"""."order ' 😀": 1 rows [Key "ü"=1]"#,
            r#"error foreign-key constraint fk; drop on "My ""schema"""."order ' 😀": 1 rows [Key "ü"=2, a b=9]"#,
            r#"error sequence sequence "My ""schema"""."Seq ' x": 2 rows [Key "ü"=1] [Key "ü"=2]"#,
        ],
    )
    .await;
}

#[tokio::test]
async fn large_tables_are_read_in_pieces() {
    let (db, _client) = broken(&format!(
        "create table public.t (id integer primary key, n integer, filler text default repeat('x', 500));
         insert into public.t select i, case when i % 100 = 0 then -i else i end from generate_series(1, 1000) as i;
         alter table public.t add constraint positive check (n > 0) not valid; {PRETEND} analyze public.t;"
    ))
    .await;
    let whole = validate(&db, &ValidateOptions { limit: 3, ..ValidateOptions::default() }).await;
    let pieces = validate(&db, &ValidateOptions { limit: 3, pages_at_once: 7, ..ValidateOptions::default() }).await;
    let expected = ["error check-constraint constraint positive on public.t: 10 rows [id=100] [id=1000] [id=200]"];
    assert_eq!(lines(&whole), expected);
    // The first rows of the first pieces, rather than the first of all.
    let expected = ["error check-constraint constraint positive on public.t: 10 rows [id=100] [id=200] [id=300]"];
    assert_eq!(lines(&pieces), expected);
    assert_eq!(whole.rows_read, pieces.rows_read);
}
