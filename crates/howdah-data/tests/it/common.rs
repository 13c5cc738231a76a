//! What the tests share: seeding, and questions to a database.

use howdah_data::DataError;
use howdah_data::demo::{self, Plan, Report};
use std::collections::BTreeMap;
use tokio_postgres::Client;
use tokio_postgres::types::{FromSqlOwned, ToSql};

/// A plan with the default anchor.
pub(crate) fn plan(seed: u64, rows: u64) -> Plan {
    Plan { seed, rows, ..Plan::default() }
}

/// A hash that is the same in every run, unlike a real one.
pub(crate) fn hash(password: &str) -> String {
    format!("test:{password}")
}

/// Seeds, and asserts that every row found its place: none was refused, none was swallowed by a unique key.
pub(crate) async fn seeded(client: &mut Client, plan: &Plan) -> Report {
    let report = seed(client, plan).await.unwrap_or_else(|e| panic!("{plan}: {}: {e}", e.code()));
    assert_eq!(report.already(), 0, "{plan}: {report:?}");
    assert_eq!(report.left_out, [""; 0], "{plan}");
    report
}

pub(crate) async fn seed(client: &mut Client, plan: &Plan) -> Result<Report, DataError> {
    demo::seed(client, plan, &hash, &()).await
}

/// The one value of a query's one row.
pub(crate) async fn one<T: FromSqlOwned>(client: &Client, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> T {
    client.query_one(sql, parameters).await.unwrap_or_else(|e| panic!("{sql}: {e:?}")).get(0)
}

/// Asserts that a query finds nothing; it selects what is wrong, as text.
pub(crate) async fn none(client: &Client, law: &str, sql: &str) {
    let sql = format!("select t::text from ({sql}) as t limit 5");
    let rows = client.query(&sql, &[]).await.unwrap_or_else(|e| panic!("{law}: {e:?}"));
    let wrong: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(wrong.is_empty(), "{law}: {wrong:#?}");
}

/// The tables the demo fills, as `schema.table`.
pub(crate) async fn tables(client: &Client) -> Vec<String> {
    let sql = "select schemaname || '.' || tablename from pg_tables
               where schemaname = 'public' or (schemaname, tablename) = ('auth', 'users') order by 1";
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// A digest of every table's rows, in the order of their text.
pub(crate) async fn digests(client: &Client) -> BTreeMap<String, Option<String>> {
    let mut digests = BTreeMap::new();
    for table in tables(client).await {
        // The sum of an order is written by a trigger after its lines are there, and the row stamped by the clock.
        let row = if table == "public.orders" { "(to_jsonb(t) - 'updated_at')" } else { "t" };
        let sql = format!("select md5(string_agg({row}::text, E'\\n' order by {row}::text)) from {table} as t");
        digests.insert(table, one(client, &sql, &[]).await);
    }
    digests
}
