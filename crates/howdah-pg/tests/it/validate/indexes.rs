//! Unique indexes that let duplicates in, exclusion constraints, and indexes that are not valid.

use super::{broken, check, lines, only, validate};
use howdah_pg::validate::Check;
use tokio_postgres::Client;

/// Writes rows that an index hears nothing of, and puts it back as if it had.
fn unheard(index: &str, write: &str) -> String {
    format!(
        "update pg_index set indisready = false, indislive = false where indexrelid = '{index}'::regclass;
         {write};
         update pg_index set indisready = true, indislive = true where indexrelid = '{index}'::regclass;"
    )
}

#[tokio::test]
async fn duplicates() {
    check(
        &format!(
            "create table public.t (id integer primary key, name text);
             create unique index names on public.t (name);
             insert into public.t values (1, 'a'), (2, 'b'), (3, null); {}",
            unheard("public.names", "insert into public.t values (4, 'a'), (5, 'a'), (6, 'b'), (7, null)")
        ),
        &["error unique index public.names: 5 rows [name=a, rows=3] [name=b, rows=2]"],
    )
    .await;
}

/// The other key is not taken for proof: it is the broken one.
#[tokio::test]
async fn a_broken_primary_key() {
    check(
        &format!(
            "create table public.t (id integer primary key, owner integer, unique (owner, id));
             insert into public.t values (1, 1), (2, 1); {}",
            unheard("public.t_pkey", "insert into public.t values (1, 2)")
        ),
        &["error unique index public.t_pkey: 2 rows [id=1, rows=2]"],
    )
    .await;
}

#[tokio::test]
async fn expressions_predicates_and_nulls() {
    let (db, client) =
        broken("create table public.t (id integer primary key, name text, n integer, live boolean)").await;
    let not_distinct = if super::major(&client).await >= 15 { "nulls not distinct" } else { "" };
    client
        .batch_execute(&format!(
            "create unique index lowered on public.t (lower(name));
             create unique index of_live on public.t (n) where live;
             create unique index nulls on public.t (name, n) {not_distinct};
             insert into public.t values (1, 'Ann', 1, true), (2, null, null, false);
             update pg_index set indisready = false, indislive = false
               where indexrelid in ('public.lowered'::regclass, 'public.of_live'::regclass, 'public.nulls'::regclass);
             insert into public.t values (3, 'ANN', 2, true), (4, 'x', 1, false), (5, 'y', 1, true), (6, null, null, null);
             update pg_index set indisready = true, indislive = true where indrelid = 'public.t'::regclass;"
        ))
        .await
        .unwrap();
    let mut expected = vec![
        "error unique index public.lowered: 2 rows [lower(name)=ann, rows=2]",
        "error unique index public.nulls: 2 rows [name=NULL, n=NULL, rows=2]",
        "error unique index public.of_live: 2 rows [n=1, rows=2]",
    ];
    if not_distinct.is_empty() {
        expected.remove(1);
    }
    assert_eq!(lines(&validate(&db, &only(&[Check::Unique])).await), expected);
}

#[tokio::test]
async fn in_partitions_and_materialized_views() {
    check(
        &format!(
            "create table public.t (id integer primary key, x integer) partition by range (id);
             create table public.t1 partition of public.t for values from (1) to (10);
             create materialized view public.m as select generate_series(1, 3) as id, 'a@b.c' as mail;
             create unique index m_key on public.m (mail, id);
             insert into public.t values (1), (2); {}
             create materialized view public.twice as select * from (values (1), (1)) as v (id);
             create index twice_id on public.twice (id);
             update pg_index set indisunique = true where indexrelid = 'public.twice_id'::regclass;",
            unheard("public.t1_pkey", "insert into public.t values (2)")
        ),
        &[
            "error unique index public.t1_pkey: 2 rows [id=2, rows=2]",
            "error unique index public.twice_id: 2 rows [id=1, rows=2]",
        ],
    )
    .await;
}

#[tokio::test]
async fn exclusions() {
    check(
        &format!(
            "create extension btree_gist;
             create table public.stays (id integer primary key, room integer, during int4range,
               constraint apart exclude using gist (room with =, during with &&));
             create table public.spans (id integer primary key, during int4range, constraint alone exclude using gist (during with &&));
             insert into public.stays values (1, 1, '[1,5)'), (2, 1, '[5,9)'), (3, 2, '[1,9)'), (4, 2, null), (5, null, '[1,9)');
             insert into public.spans values (1, '[1,5)'); {} {}",
            unheard("public.apart", "insert into public.stays values (6, 1, '[4,6)')"),
            unheard("public.alone", "insert into public.spans values (2, '[4,6)')"),
        ),
        &[
            "error exclusion constraint alone on public.spans: 1 rows [id=1, conflicts with id=2]",
            "error exclusion constraint apart on public.stays: 2 rows [id=1, conflicts with id=6] [id=2, conflicts with id=6]",
        ],
    )
    .await;
}

#[tokio::test]
async fn too_many_rows_to_compare_each_with_each() {
    let (db, _client) = broken(
        "create table public.spans (id integer primary key, during int4range, constraint alone exclude using gist (during with &&));
         insert into public.spans select i, int4range(i, i + 1) from generate_series(1, 6000) as i; analyze public.spans;",
    )
    .await;
    let report = validate(&db, &Default::default()).await;
    assert!(report.is_clean());
    assert!(report.left_out.iter().any(|left| left.object == "constraint alone on public.spans"), "{report:#?}");
    // Asked for by name, it is missing from the answer.
    let report = validate(&db, &only(&[Check::Exclusion])).await;
    assert!(!report.is_clean() && report.not_checked.len() == 1, "{report:#?}");
}

async fn concurrently(client: &Client, sql: &str) {
    assert!(client.batch_execute(sql).await.is_err(), "{sql}");
}

#[tokio::test]
async fn builds_that_failed() {
    let (db, client) = broken(
        "create table public.t (id integer primary key, name text);
         insert into public.t values (1, 'a'), (2, 'a');
         create table public.p (id integer) partition by range (id);
         create table public.p1 partition of public.p for values from (1) to (10);
         create index on_whole on only public.p (id);",
    )
    .await;
    concurrently(&client, "create unique index concurrently names on public.t (name)").await;
    let report = validate(&db, &Default::default()).await;
    assert_eq!(
        lines(&report),
        [
            "error invalid-index index public.names",
            "error unique index public.names: 2 rows [name=a, rows=2]",
            "warning invalid-index index public.on_whole",
        ]
    );
    assert!(report.findings[0].message.contains("does not keep duplicates out"), "{}", report.findings[0].message);
    assert!(report.findings[1].message.contains("the index is invalid"), "{}", report.findings[1].message);
    client.batch_execute("delete from public.t where id = 2").await.unwrap();
    client.batch_execute("reindex index concurrently public.names").await.unwrap();
    client.batch_execute("create index on_part on public.p1 (id)").await.unwrap();
    client.batch_execute("alter index public.on_whole attach partition public.on_part").await.unwrap();
    assert_eq!(lines(&validate(&db, &Default::default()).await), [""; 0]);
}
