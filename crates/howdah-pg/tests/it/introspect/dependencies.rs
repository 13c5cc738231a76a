//! What needs what.

use super::everything;
use crate::support::catalog;
use howdah_schema::Catalog;
use howdah_testkit::TestDb;

/// `dependent > needed` of everything, in order.
fn edges(catalog: &Catalog) -> Vec<String> {
    catalog.dependencies.iter().map(|(dependent, needed)| format!("{dependent} > {needed}")).collect()
}

/// The edges of a schema are exactly these.
async fn check(sql: &str, expected: &[&str]) {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    client.batch_execute(sql).await.unwrap();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    let mut found = edges(&catalog(&client).await);
    found.sort_unstable();
    assert_eq!(found, expected, "{found:#?}");
}

#[tokio::test]
async fn views() {
    check(
        "create table public.t (a int, b int); create view public.v as select a from public.t;
         create view public.w as select v.a from public.v; create materialized view public.m as select count(*) as n from public.t;
         create index i on public.m (n); create function public.f(int) returns int language sql as 'select 1';
         create view public.x as select public.f(1) as one",
        &[
            "view public.v > column public.t.a",
            "view public.w > column public.v.a",
            "view public.m > table public.t",
            "index public.i > column public.m.n",
            "view public.x > function public.f(integer)",
        ],
    )
    .await;
}

#[tokio::test]
async fn defaults_and_generated_columns() {
    check(
        "create sequence public.s; create sequence public.owned; create type public.mood as enum ('ok');
         create function public.f(int) returns int language sql immutable as 'select 1';
         create table public.t (a int default nextval('public.s'), b int generated always as (public.f(a)) stored,
           c public.mood default 'ok', d serial, e int generated always as identity, o int);
         alter sequence public.owned owned by public.t.o",
        &[
            "default public.t.a > sequence public.s",
            "default public.t.b > column public.t.a",
            "default public.t.b > function public.f(integer)",
            "column public.t.c > type public.mood",
            "default public.t.c > type public.mood",
            "default public.t.d > sequence public.t_d_seq",
        ],
    )
    .await;
}

#[tokio::test]
async fn constraints_and_indexes() {
    check(
        "create function public.f(text) returns text language sql immutable as 'select $1';
         create table public.t (a int primary key, b text, c int, constraint chk check (public.f(b) <> ''), constraint uq unique (c));
         create table public.u (x int constraint fk references public.t (c), y int);
         create unique index i on public.t (b, public.f(b)) where c > 0;
         create table public.p (k int) partition by range (k); create table public.p1 partition of public.p default;
         create index on public.p (k); create table public.kid () inherits (public.u);
         create collation public.c from \"C\"; create index j on public.t (b collate public.c);
         create statistics public.st on a, c from public.t",
        &[
            "constraint t_pkey on public.t > column public.t.a",
            "constraint chk on public.t > column public.t.b",
            "constraint chk on public.t > function public.f(text)",
            "constraint uq on public.t > column public.t.c",
            "constraint fk on public.u > column public.u.x",
            "constraint fk on public.u > column public.t.c",
            "constraint fk on public.u > constraint uq on public.t",
            "index public.i > column public.t.b",
            "index public.i > column public.t.c",
            "index public.i > function public.f(text)",
            "index public.j > column public.t.b",
            "index public.j > collation public.c",
            "index public.p_k_idx > column public.p.k",
            "index public.p1_k_idx > column public.p1.k",
            "index public.p1_k_idx > index public.p_k_idx",
            "table public.p1 > table public.p",
            "table public.kid > table public.u",
            "statistics public.st > column public.t.a",
            "statistics public.st > column public.t.c",
        ],
    )
    .await;
}

#[tokio::test]
async fn policies_triggers_and_rules() {
    check(
        "create function public.mine(int) returns boolean language sql stable as 'select true';
         create function public.touch() returns trigger language plpgsql as 'begin return new; end';
         create table public.other (o int); create table public.t (a int, b int, c int);
         create policy p on public.t using (public.mine(a) and exists (select from public.other where o = b));
         create trigger g before update of c on public.t for each row when (old.b is distinct from new.b) execute function public.touch();
         create constraint trigger h after insert on public.t for each row execute function public.touch();
         create rule r as on insert to public.t do also insert into public.other values (new.a)",
        &[
            "policy p on public.t > column public.t.a",
            "policy p on public.t > column public.t.b",
            "policy p on public.t > column public.other.o",
            "policy p on public.t > function public.mine(integer)",
            "trigger g on public.t > column public.t.b",
            "trigger g on public.t > column public.t.c",
            "trigger g on public.t > function public.touch()",
            "trigger h on public.t > function public.touch()",
            "rule r on public.t > column public.t.a",
            "rule r on public.t > column public.other.o",
        ],
    )
    .await;
}

#[tokio::test]
async fn types_and_functions() {
    check(
        "create type public.mood as enum ('ok'); create domain public.m as public.mood check (value <> 'ok');
         create function public.ok(int) returns boolean language sql immutable as 'select true';
         create domain public.d as int constraint small check (public.ok(value));
         create type public.pair as (l public.m, r public.d[]); create type public.span as range (subtype = public.d);
         create table public.t (a public.m, b public.pair[], c public.span); create table public.u (row_of public.t);
         create function public.rows() returns setof public.t language sql as 'select * from public.t';
         create function public.atomic(x public.span default null) returns bigint begin atomic select count(*) from public.u; end;
         create function public.of_many(public.span_multirange) returns int language sql as 'select 1'",
        &[
            "column public.t.a > type public.m",
            "column public.t.b > type public.pair",
            "column public.t.c > type public.span",
            "column public.u.row_of > table public.t",
            "domain constraint m_check on public.m > type public.mood",
            "domain constraint small on public.d > function public.ok(integer)",
            "function public.atomic(public.span) > table public.u",
            "function public.atomic(public.span) > type public.span",
            "function public.of_many(public.span_multirange) > type public.span",
            "function public.rows() > table public.t",
            "type public.m > type public.mood",
            "type public.pair > type public.d",
            "type public.pair > type public.m",
            "type public.span > type public.d",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_belongs_to_an_extension() {
    check(
        "create extension citext schema public; create table public.t (a public.citext, b public.citext[], c text);
         create index i on public.t ((c::public.citext)); create view public.v as select a = 'x' as x from public.t;
         create function public.f(public.citext) returns int language sql as 'select 1'",
        &[
            "column public.t.a > extension citext",
            "column public.t.b > extension citext",
            "index public.i > column public.t.c",
            "index public.i > extension citext",
            "view public.v > column public.t.a",
            "view public.v > extension citext",
            "function public.f(public.citext) > extension citext",
        ],
    )
    .await;
}

#[tokio::test]
async fn of_everything() {
    let catalog = everything().await;
    let found = edges(&catalog);
    for expected in [
        "aggregate shop.total(integer) > function shop.sum_down(bigint, integer)",
        "cast (shop.point3 AS text) > function shop.point3_text(shop.point3)",
        "cast (shop.point3 AS text) > type shop.point3",
        "column shop.spans_of.name > collation shop.german",
        "event trigger watch > function shop.on_ddl()",
        "index shop.idx_customers_backwards > operator class shop.backwards of btree",
        "index shop.idx_customers_prose > text search configuration shop.prose",
        "operator class shop.backwards of btree > function shop.order_back(integer, integer)",
        "operator class shop.backwards of btree > operator family shop.backwards of btree",
        "operator shop.\"===\" (integer, integer) > function shop.near(integer, integer)",
        "publication shown > table shop.base",
        "text search configuration shop.prose > text search dictionary shop.stems",
        "type shop.small > type shop.positive",
    ] {
        assert!(found.iter().any(|edge| edge == expected), "{expected}: {found:#?}");
    }
    if catalog.postgres_major >= 15 {
        for expected in [
            "publication shown > column shop.customers.name",
            "publication shown > column shop.customers.deleted_at",
            "publication whole_schemas > schema shop",
        ] {
            assert!(found.iter().any(|edge| edge == expected), "{expected}: {found:#?}");
        }
    }
    // Nothing stands for itself, and a table does not need its own parts.
    for (dependent, needed) in catalog.dependencies.iter() {
        assert!(dependent != needed && needed.parent().as_ref() != Some(dependent), "{dependent} > {needed}");
    }
}
