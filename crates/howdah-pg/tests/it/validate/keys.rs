//! Foreign keys, and soft deletion along them.

use super::{broken, check, lines, major, only, validate};
use howdah_pg::validate::Check;

/// Rows get in without any trigger being asked.
const UNSEEN: &str = "set session_replication_role = replica;";

#[tokio::test]
async fn rows_that_point_at_nothing() {
    check(
        &format!(
            "create table public.customers (id integer primary key, name text);
             create table public.orders (id integer primary key, customer_id bigint references public.customers);
             insert into public.customers values (1, 'a'), (2, 'b');
             insert into public.orders values (10, 1), (11, null);
             {UNSEEN} insert into public.orders values (12, 7), (13, 8); delete from public.customers where id = 1;"
        ),
        &["error foreign-key constraint orders_customer_id_fkey on public.orders: 3 rows [id=10, customer_id=1] \
             [id=12, customer_id=7] [id=13, customer_id=8]"],
    )
    .await;
}

#[tokio::test]
async fn simple_and_full() {
    check(
        &format!(
            "create table public.p (a integer, b text, primary key (a, b));
             create table public.c (id integer primary key, a integer, b text,
               constraint simple foreign key (a, b) references public.p,
               constraint \"full\" foreign key (a, b) references public.p match full);
             insert into public.p values (1, 'x');
             {UNSEEN} insert into public.c values (1, 1, 'x'), (2, 1, null), (3, null, null), (4, 1, 'y');"
        ),
        &[
            "error foreign-key constraint full on public.c: 2 rows [id=2, a=1, b=NULL] [id=4, a=1, b=y]",
            "error foreign-key constraint simple on public.c: 1 rows [id=4, a=1, b=y]",
        ],
    )
    .await;
}

#[tokio::test]
async fn partitioned_on_both_sides() {
    check(
        &format!(
            "create table public.p (id integer primary key) partition by range (id);
             create table public.p1 partition of public.p for values from (1) to (10);
             create table public.p2 partition of public.p for values from (10) to (20);
             create table public.c (id integer, p integer constraint leads references public.p, primary key (id)) partition by hash (id);
             create table public.c0 partition of public.c for values with (modulus 2, remainder 0);
             create table public.c1 partition of public.c for values with (modulus 2, remainder 1);
             insert into public.p values (1), (11);
             {UNSEEN} insert into public.c values (1, 1), (2, 11), (3, 5), (4, null), (5, 15);"
        ),
        &["error foreign-key constraint leads on public.c: 2 rows [id=3, p=5] [id=5, p=15]"],
    )
    .await;
}

#[tokio::test]
async fn rows_of_children_are_not_pointed_at() {
    check(
        &format!(
            "create table public.p (id integer primary key); create table public.heir () inherits (public.p);
             create table public.c (id integer primary key, p integer references public.p);
             insert into public.heir values (1); {UNSEEN} insert into public.c values (1, 1);"
        ),
        &["error foreign-key constraint c_p_fkey on public.c: 1 rows [id=1, p=1]"],
    )
    .await;
}

/// Equal is what the constraint's own operator and collation say, whatever is on the search path.
#[tokio::test]
async fn equal_as_the_key_says() {
    let (db, client) = broken(
        "create extension citext schema public;
         create collation public.anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
         create table public.p (c public.citext primary key);
         create table public.c (id integer primary key, c public.citext references public.p);
         create table public.q (t text collate public.anycase primary key);",
    )
    .await;
    // From PostgreSQL 18 on both sides must have it.
    let collate = if major(&client).await >= 18 { "collate public.anycase" } else { "" };
    client
        .batch_execute(&format!(
            "create table public.d (id integer primary key, t text {collate} references public.q);
             insert into public.p values ('Ann'); insert into public.q values ('Bea');
             insert into public.c values (1, 'ANN'); insert into public.d values (1, 'BEA');
             {UNSEEN} insert into public.c values (2, 'bob'); insert into public.d values (2, 'cy');"
        ))
        .await
        .unwrap();
    let report = validate(&db, &only(&[Check::ForeignKey])).await;
    assert_eq!(
        lines(&report),
        [
            "error foreign-key constraint c_c_fkey on public.c: 1 rows [id=2, c=bob]",
            "error foreign-key constraint d_t_fkey on public.d: 1 rows [id=2, t=cy]",
        ]
    );
}

/// The parent's index lies: the row is there and the index does not know.
#[tokio::test]
async fn an_index_is_not_asked() {
    check(
        "create table public.p (id integer primary key);
         create table public.c (id integer primary key, p integer references public.p);
         update pg_index set indisready = false, indislive = false where indexrelid = 'public.p_pkey'::regclass;
         insert into public.p select generate_series(1, 1000);
         update pg_index set indisready = true, indislive = true where indexrelid = 'public.p_pkey'::regclass;
         set session_replication_role = replica; insert into public.c values (1, 500);",
        &[],
    )
    .await;
}

#[tokio::test]
async fn circles_and_themselves() {
    check(
        &format!(
            "create table public.a (id integer primary key, b integer, self integer references public.a);
             create table public.b (id integer primary key, a integer references public.a);
             alter table public.a add foreign key (b) references public.b;
             {UNSEEN} insert into public.a values (1, 1, 1), (2, 9, 8); insert into public.b values (1, 1), (2, 7);"
        ),
        &[
            "error foreign-key constraint a_b_fkey on public.a: 1 rows [id=2, b=9]",
            "error foreign-key constraint a_self_fkey on public.a: 1 rows [id=2, self=8]",
            "error foreign-key constraint b_a_fkey on public.b: 1 rows [id=2, a=7]",
        ],
    )
    .await;
}

#[tokio::test]
async fn periods() {
    let (db, client) = broken("create extension btree_gist").await;
    if major(&client).await < 18 {
        return;
    }
    client
        .batch_execute(&format!(
            "create table public.rooms (id integer, during daterange, primary key (id, during without overlaps));
             create table public.stays (id integer primary key, room integer, during daterange,
               constraint within foreign key (room, period during) references public.rooms (id, period during));
             insert into public.rooms values (1, '[2026-01-01,2026-02-01)'), (1, '[2026-02-01,2026-03-01)');
             insert into public.stays values (1, 1, '[2026-01-15,2026-02-15)');
             {UNSEEN} insert into public.stays values (2, 1, '[2026-02-15,2026-03-15)'), (3, 9, '[2026-01-01,2026-01-02)');"
        ))
        .await
        .unwrap();
    let report = validate(&db, &only(&[Check::ForeignKey])).await;
    assert_eq!(
        lines(&report),
        ["error foreign-key constraint within on public.stays: 2 rows [id=2, room=1, during=[2026-02-15,2026-03-15)] \
             [id=3, room=9, during=[2026-01-01,2026-01-02)]"]
    );
}

#[tokio::test]
async fn live_rows_of_deleted_parents() {
    let report = check(
        "create table public.albums (id integer primary key, deleted_at timestamptz);
         create table public.photos (id integer primary key, album integer references public.albums on delete cascade,
           cover_of integer references public.albums on delete set null, deleted_at timestamptz);
         create table public.notes (id integer primary key, album integer references public.albums);
         insert into public.albums values (1, null), (2, now());
         insert into public.photos values (1, 1, 1, null), (2, 2, null, null), (3, 2, 2, now()), (4, null, 2, null);
         insert into public.notes values (1, 2);",
        &[
            "warning soft-deleted-parent constraint photos_album_fkey on public.photos: 1 rows [id=2, album=2]",
            "info soft-deleted-parent constraint photos_cover_of_fkey on public.photos: 1 rows [id=4, cover_of=2]",
        ],
    )
    .await;
    assert!(report.findings[0].message.contains("public.albums"));
}

/// Two live-looking parents under one broken key: each child counts once.
#[tokio::test]
async fn a_doubled_parent_counts_once() {
    let (db, _client) = broken(
        "create table public.p (id integer primary key, deleted_at timestamptz);
         create table public.c (id integer primary key, p integer references public.p, deleted_at timestamptz);
         insert into public.p values (1, now()); insert into public.c values (1, 1, null);
         update pg_index set indisready = false, indislive = false where indexrelid = 'public.p_pkey'::regclass;
         insert into public.p values (1, now());
         update pg_index set indisready = true, indislive = true where indexrelid = 'public.p_pkey'::regclass;",
    )
    .await;
    let report = validate(&db, &only(&[Check::SoftDeletedParent, Check::ForeignKey])).await;
    assert_eq!(lines(&report), ["warning soft-deleted-parent constraint c_p_fkey on public.c: 1 rows [id=1, p=1]"]);
}
