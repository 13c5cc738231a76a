//! Domains, wherever they are in a column's type.

use super::{broken, check, lines, validate};
use howdah_pg::validate::ValidateOptions;

/// A domain without its check, in every place where one can be; the check comes after the rows.
const PLACES: &str = "
    create domain public.positive as integer;
    create domain public.small as public.positive constraint below_100 check (value < 100);
    create domain public.\"Named 'x'\" as text;
    create type public.inner as (n public.positive, t text);
    create type public.outer as (a public.inner, many public.positive[]);
    create domain public.list as public.positive[];
    create table public.t (
      id integer primary key, plain public.positive, nested public.small, elements public.positive[],
      composite public.outer, composites public.inner[], list public.list, named public.\"Named 'x'\", other integer);
    insert into public.t values (1, 1, 1, '{1,2}', row(row(1, 'a'), '{1}'), array[row(1, 'a')::public.inner], '{1}', 'x', -1);
    insert into public.t (id, plain) values (2, -1);
    insert into public.t (id, nested) values (3, -1);
    insert into public.t (id, elements) values (4, '{{1,2},{3,-4}}');
    insert into public.t (id, composite) values (5, row(row(-1, 'a'), null)), (6, row(null, '{5,-5}')), (7, null);
    insert into public.t (id, composites) values (8, array[row(1, 'a')::public.inner, row(-1, 'b')::public.inner]);
    insert into public.t (id, list) values (9, '{-1}');
    insert into public.t (id, named) values (10, '');
    ";

#[tokio::test]
async fn promised() {
    check(
        &format!(
            "{PLACES}
             alter domain public.positive add constraint above_0 check (value > 0) not valid;
             alter domain public.\"Named 'x'\" add constraint \"not 'empty'\" check (value <> '' and value <> 'VALUE') not valid;
             update pg_constraint set convalidated = true where contypid <> 0;"
        ),
        &[
            "error domain column public.t.composite: 2 rows [id=5] [id=6]",
            "error domain column public.t.composites: 1 rows [id=8]",
            "error domain column public.t.elements: 1 rows [id=4]",
            "error domain column public.t.list: 1 rows [id=9]",
            "error domain column public.t.named: 1 rows [id=10]",
            "error domain column public.t.nested: 1 rows [id=3]",
            "error domain column public.t.plain: 1 rows [id=2]",
        ],
    )
    .await;
}

#[tokio::test]
async fn not_valid() {
    let report = check(
        &format!(
            "{PLACES}
             alter domain public.positive add constraint above_0 check (value > 0) not valid;
             alter domain public.positive add constraint fine check (value > -1000) not valid;"
        ),
        &[
            "error not-valid domain constraint above_0 on public.positive: 7 rows [id=2] [id=3] [id=4] [id=5] [id=6] [id=8] [id=9]",
            "warning not-valid domain constraint fine on public.positive: 0 rows",
        ],
    )
    .await;
    assert!(report.findings[1].fix.contains("ALTER DOMAIN public.positive VALIDATE CONSTRAINT fine"));
}

#[tokio::test]
async fn nulls() {
    check(
        "create domain public.required as text;
         create type public.holder as (r public.required);
         create table public.t (id integer primary key, r public.required, h public.holder);
         insert into public.t values (1, 'a', row('b')), (2, null, row('b')), (3, 'a', row(null)), (4, 'a', null);
         update pg_type set typnotnull = true where typname = 'required';",
        // Without a value there is no attribute.
        &["error domain column public.t.h: 1 rows [id=3]", "error domain column public.t.r: 1 rows [id=2]"],
    )
    .await;
}

#[tokio::test]
async fn what_is_not_looked_into_is_said() {
    let (db, _client) = broken(
        "create domain public.day as integer check (value > 0);
         create type public.days as range (subtype = public.day);
         create table public.t (id integer primary key, span public.days);",
    )
    .await;
    let report = validate(&db, &ValidateOptions::default()).await;
    assert_eq!(lines(&report), [""; 0]);
    let left: Vec<_> = report.left_out.iter().map(|left| (left.object.as_str(), left.reason.as_str())).collect();
    assert!(left.contains(&("column public.t.span", "public.days is a range of a domain")), "{left:?}");
    assert!(report.is_clean());
}
