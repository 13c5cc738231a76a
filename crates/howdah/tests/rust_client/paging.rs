//! Keysets: pages of pages, without gaps and without anything twice.

use crate::odd;
use rust_client::odd::public::{
    eggs, events, folded, happy, keyless, maybe_keyed, owners, things, totals, unique_keyed,
};
use rust_client::odd::support::Field;
use std::collections::BTreeSet;
use tokio_postgres::{Client, Transaction};

/// A thousand things of three owners, with many ties and nulls; every tenth is marked as deleted.
async fn thousand(client: &mut Client) -> Transaction<'_> {
    let transaction = client.transaction().await.unwrap();
    let sql = "insert into owners values (1, 'a'), (2, 'b'), (3, 'c');
        insert into things (owner_id, slug, title, rank, price, happened_at, deleted_at)
        select i % 3 + 1, 'slug ' || i, 'title ' || i % 7, nullif(i % 11, 0), (i % 5) / 4.0,
            timestamptz '2026-01-01' + (i % 13) * interval '1 hour', case when i % 10 = 0 then now() end
        from generate_series(1, 1000) i";
    transaction.batch_execute(sql).await.unwrap();
    transaction
}

/// All pages of a listing, one after the other.
macro_rules! pages {
    ($cursor:ty, $size:expr, |$after:ident| $page:expr) => {{
        let mut all = Vec::new();
        let mut cursor: Option<$cursor> = None;
        loop {
            let $after = cursor.as_ref();
            let page = $page.await.unwrap();
            assert!(page.len() <= $size);
            let Some(last) = page.last() else { break };
            cursor = Some(last.into());
            all.extend(page);
        }
        all
    }};
}

/// What PostgreSQL gives in one go.
async fn whole(client: &Transaction<'_>, rest: &str) -> Vec<i32> {
    let sql = format!("select id from things where deleted_at is null {rest}");
    client.query(&sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

fn ids(rows: &[things::Row]) -> Vec<i32> {
    let ids: Vec<i32> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a row came twice");
    ids
}

#[tokio::test]
async fn a_thousand_rows_in_every_order() {
    let mut client = odd().await;
    let client = thousand(&mut client).await;
    // Sizes that divide the rows and such that do not.
    for size in [7, 100, 900, 2000] {
        let limit = size as u32;
        let rows = pages!(things::Cursor, size, |after| things::list(&client, after, limit));
        assert_eq!(ids(&rows), whole(&client, "order by id").await);
        assert_eq!(rows.len(), 900);
        let rows = pages!(things::CursorByRankTitleId, size, |after| things::list_ordered_by_rank_and_title(
            &client, after, limit
        ));
        assert_eq!(ids(&rows), whole(&client, "order by rank desc nulls last, title, id").await);
        let rows = pages!(things::CursorByRankId, size, |after| things::list_ordered_by_rank(&client, after, limit));
        assert_eq!(ids(&rows), whole(&client, "order by rank nulls first, id").await);
        let rows = pages!(things::CursorByPriceTitleId, size, |after| things::list_ordered_by_price_and_title(
            &client, after, limit
        ));
        assert_eq!(ids(&rows), whole(&client, "order by price, title desc, id").await);
        let rows = pages!(things::Cursor, size, |after| things::list_by_owner_id(&client, 2, after, limit));
        assert_eq!(ids(&rows), whole(&client, "and owner_id = 2 order by id").await);
        let rows = pages!(things::CursorByHappenedAtId, size, |after| {
            things::list_by_owner_id_ordered_by_happened_at(&client, 3, after, limit)
        });
        assert_eq!(ids(&rows), whole(&client, "and owner_id = 3 order by happened_at desc, id").await);
    }
    assert_eq!(things::list(&client, None, 0).await.unwrap(), []);
}

/// Rows that come and go between two pages move nothing else.
#[tokio::test]
async fn pages_hold_while_rows_come_and_go() {
    let mut client = odd().await;
    let client = thousand(&mut client).await;
    let before = whole(&client, "order by id").await;
    let first = things::list(&client, None, 100).await.unwrap();
    things::delete(&client, first[0].id).await.unwrap();
    things::insert(&client, &things::Insert { id: Field::Set(-1), ..things::Insert::new(1, "new", "new") })
        .await
        .unwrap();
    // A cursor is a value: it may travel to a browser and back.
    let cursor = serde_json::to_string(&things::Cursor::from(first.last().unwrap())).unwrap();
    let cursor = serde_json::from_str(&cursor).unwrap();
    let second = things::list(&client, Some(&cursor), 100).await.unwrap();
    assert_eq!([ids(&first), ids(&second)].concat(), before[..200]);
}

#[tokio::test]
async fn by_foreign_key_partition_and_foreign_operators() {
    let mut client = odd().await;
    let client = client.transaction().await.unwrap();
    let sql = "insert into hens values (1, 1); insert into eggs select i, 1 from generate_series(1, 5) i;
        insert into events (day, kind) select date '2025-12-25' + i, 'k' || i % 2 from generate_series(1, 20) i;
        insert into folded values ('a', 'X'), ('B', 'x'), ('c', null), ('D', 'y'), ('é', 'Y')";
    client.batch_execute(sql).await.unwrap();
    let rows = pages!(eggs::Cursor, 2, |after| eggs::list_by_hen_id(&client, 1, after, 2));
    assert_eq!(rows.iter().map(|egg| egg.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let rows = pages!(events::Cursor, 3, |after| events::list(&client, after, 3));
    assert!(rows.len() == 20 && rows.is_sorted_by_key(|event| event.day));
    let rows = pages!(events::CursorByKindDayId, 3, |after| events::list_ordered_by_kind_and_day(&client, after, 3));
    assert!(rows.is_sorted_by_key(|event| (event.kind.clone(), std::cmp::Reverse(event.day))) && rows.len() == 20);
    // Upper and lower case are the same to citext, and only its own operators know that.
    assert_eq!(folded::find(&client, "b").await.unwrap().unwrap().name, "B");
    let rows = pages!(folded::CursorByOtherName, 1, |after| folded::list_ordered_by_other_and_name(&client, after, 1));
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["a", "B", "D", "é", "c"]);
}

#[tokio::test]
async fn without_a_key_there_are_no_pages() {
    let mut client = odd().await;
    let client = thousand(&mut client).await;
    keyless::insert(&client, &keyless::Insert::default()).await.unwrap();
    assert_eq!(keyless::list(&client, 5).await.unwrap()[0].b.as_deref(), Some("x"));
    maybe_keyed::insert(&client, &maybe_keyed::Insert { a: Some(1), b: None }).await.unwrap();
    assert!(maybe_keyed::find_by_a(&client, 1).await.unwrap().is_some());
    assert_eq!(maybe_keyed::list(&client, 5).await.unwrap().len(), 1);
    unique_keyed::insert(&client, &unique_keyed::Insert::new(1, "x")).await.unwrap();
    assert_eq!(unique_keyed::list(&client, None, 5).await.unwrap().len(), 1);
    assert!(unique_keyed::find_by_b_and_a(&client, "x", 1).await.unwrap().is_some());
    unique_keyed::delete(&client, 1).await.unwrap();

    assert_eq!(happy::list(&client, 10).await.unwrap().len(), 10);
    client.batch_execute("refresh materialized view totals").await.unwrap();
    let rows = pages!(totals::Cursor, 2, |after| totals::list(&client, after, 2));
    assert_eq!(rows.iter().map(|row| row.things).sum::<Option<i64>>(), Some(1000));
    assert_eq!(owners::list(&client, None, 9).await.unwrap().len(), 3);
}

/// A listing that names an index is read from it, in its order: at most rows that are alike in it are sorted.
#[tokio::test]
async fn indexes_serve_what_they_are_said_to_serve() {
    let mut client = odd().await;
    let client = thousand(&mut client).await;
    client
        .batch_execute("analyze things; set local enable_seqscan = off; set local enable_bitmapscan = off")
        .await
        .unwrap();
    let sql = "explain select * from things as t where t.owner_id = 1 and t.deleted_at is null \
               and (t.happened_at <= '2026-01-01' and (t.happened_at < '2026-01-01' or t.happened_at = '2026-01-01' and t.id > 5)) \
               order by t.happened_at desc, t.id limit 10";
    let plan: Vec<String> = client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let plan = plan.join("\n");
    assert!(plan.contains("things_by_time") && plan.contains("Incremental Sort"), "{plan}");
}
