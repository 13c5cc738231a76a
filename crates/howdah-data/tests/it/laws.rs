//! What holds for the demo data of every template: the same plan gives the same rows, a second run none.

use crate::common::{digests, none, one, plan, seed, seeded, tables};
use howdah_data::calendar::Day;
use howdah_data::demo::{self, Plan};
use howdah_testkit::TestDb;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio_postgres::Client;

pub(crate) const TEMPLATES: &[&str] = &["personal", "content", "commerce"];

/// Tables that stay empty on purpose: secrets belong to nobody's demo, a hold or an erasure is no daily life.
const EMPTY: &[&str] = &["public.integration_secrets", "public.legal_holds", "public.erasure_ledger"];

/// Columns that may lie after the anchor.
const FUTURE: &[&str] = &[
    "posts.published_at",
    "calendar_events.starts_at",
    "calendar_events.ends_at",
    "calendar_events.exdates",
    "tasks.due_at",
    "integrations.next_sync_at",
    "notifications.expires_at",
    "shares.expires_at",
    "privacy_requests.due_at",
];

#[tokio::test]
async fn the_same_plan_gives_the_same_rows() {
    for template in TEMPLATES {
        let (first, second) = (TestDb::template(template).await, TestDb::template(template).await);
        let (mut one, mut two) = (first.client_superuser().await, second.client_superuser().await);
        seeded(&mut one, &plan(42, 700)).await;
        seeded(&mut two, &plan(42, 700)).await;
        assert_eq!(digests(&one).await, digests(&two).await, "{template}");

        let third = TestDb::template(template).await;
        let mut three = third.client_superuser().await;
        seeded(&mut three, &plan(43, 700)).await;
        assert_ne!(digests(&one).await, digests(&three).await, "{template}");
    }
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    for template in TEMPLATES {
        let db = TestDb::template(template).await;
        // As the owner, who is bound by row-level security, seeds in earnest.
        let mut client = db.client_owner().await;
        let superuser = db.client_superuser().await;
        let first = seeded(&mut client, &plan(7, 400)).await;
        let before = digests(&superuser).await;
        let second = seed(&mut client, &plan(7, 400)).await.unwrap();
        assert_eq!((second.inserted(), second.already()), (0, first.inserted()), "{second:?}");
        assert_eq!(digests(&superuser).await, before);
    }
}

#[tokio::test]
async fn a_second_run_heals_what_was_deleted_and_keeps_what_was_changed() {
    let db = TestDb::template("personal").await;
    let mut client = db.client_superuser().await;
    seeded(&mut client, &plan(7, 400)).await;
    let gone = client.execute("delete from public.notes", &[]).await.unwrap();
    client.execute("update public.tasks set title = 'mine now'", &[]).await.unwrap();
    let report = seed(&mut client, &plan(7, 400)).await.unwrap();
    assert_eq!(report.inserted(), gone);
    none(&client, "changed rows stay changed", "select 1 from public.tasks where title <> 'mine now'").await;
}

/// Every table of the public schema with an owner has rows of both people, however few are asked for.
#[tokio::test]
async fn both_people_have_rows_everywhere() {
    for template in TEMPLATES {
        for rows in [0, 10, 2_000] {
            let db = TestDb::template(template).await;
            let mut client = db.client_superuser().await;
            seeded(&mut client, &plan(1, rows)).await;
            assert_everywhere(&client, template, rows).await;
            assert_past(&client).await;
        }
    }
}

async fn assert_everywhere(client: &Client, template: &str, rows: u64) {
    let owned = client
        .query("select attrelid::regclass::text from pg_attribute where attname = 'user_id' and attnum > 0 and attrelid::regclass::text ~ '^[a-z_]+$'", &[])
        .await
        .unwrap();
    let owned: Vec<String> = owned.iter().map(|row| row.get(0)).collect();
    for table in tables(client).await {
        if EMPTY.contains(&table.as_str()) {
            continue;
        }
        let bare = table.rsplit('.').next().unwrap().to_owned();
        let (sql, least) = if owned.contains(&bare) {
            (format!("select count(distinct user_id) from {table}"), demo::people().len() as i64)
        } else {
            (format!("select count(*) from {table}"), 1)
        };
        let count: i64 = one(client, &sql, &[]).await;
        assert!(count >= least, "{template}, {rows} rows: {table} has {count}");
    }
}

/// Nothing that has happened lies after noon of the anchor day; rows are made before they change.
async fn assert_past(client: &Client) {
    let columns = "select c.table_schema || '.' || c.table_name, c.column_name from information_schema.columns c
                   join pg_tables t on (t.schemaname, t.tablename) = (c.table_schema, c.table_name)
                   where data_type = 'timestamp with time zone' and (table_schema = 'public' or (table_schema, table_name) = ('auth', 'users'))";
    for row in client.query(columns, &[]).await.unwrap() {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        // See `digests`.
        if table == "public.orders" && column == "updated_at" {
            continue;
        }
        if FUTURE.contains(&format!("{}.{column}", table.rsplit('.').next().unwrap()).as_str()) {
            continue;
        }
        let sql = format!("select {column} from {table} where {column} > '2026-06-30 12:00+00'");
        none(client, &format!("{table}.{column} lies in the past"), &sql).await;
        if column == "updated_at" {
            none(client, &table, &format!("select * from {table} where updated_at < created_at")).await;
        }
    }
}

#[test]
fn no_seed_and_no_size_is_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for template in TEMPLATES {
        let days = Day::from_ymd(2001, 1, 1).number()..Day::from_ymd(2099, 12, 31).number();
        let plans = (any::<u64>(), 0_u64..900, days);
        TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() })
            .run(&plans, |(seed, rows, day)| {
                let anchor = Day::from_ymd(1970, 1, 1).plus(day);
                runtime.block_on(async {
                    let db = TestDb::template(template).await;
                    let mut client = db.client_owner().await;
                    seeded(&mut client, &Plan { seed, rows, anchor }).await;
                });
                Ok(())
            })
            .unwrap();
    }
}

/// Roughly as many rows as asked for, from the size on at which the smallest shares no longer count.
#[tokio::test]
async fn the_number_of_rows_is_about_right() {
    for template in TEMPLATES {
        for rows in [1_000, 2_000, 15_000] {
            let db = TestDb::template(template).await;
            let report = seeded(&mut db.client_owner().await, &plan(3, rows)).await;
            let share = report.inserted() as f64 / rows as f64;
            assert!((0.85..1.15).contains(&share), "{template}: {} of {rows}: {report:#?}", report.inserted());
        }
    }
}
