//! Loads that take long enough to be run by hand.

use crate::common::{hash, plan};
use howdah_data::demo;
use howdah_testkit::TestDb;
use std::time::Instant;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// `HOWDAH_DEMO_ROWS=100000 cargo test -p howdah-data --release --test it -- --ignored --nocapture by_hand`
#[tokio::test]
#[ignore = "a load of up to a million rows, run by hand for its figures: takes minutes"]
async fn a_large_load() {
    let plan = plan(number("HOWDAH_DEMO_SEED", 1), number("HOWDAH_DEMO_ROWS", 100_000));
    let template = std::env::var("HOWDAH_DEMO_TEMPLATE").unwrap_or_else(|_| "personal".to_owned());
    let db = TestDb::template(&template).await;
    let mut client = db.client_owner().await;
    for run in ["first", "second"] {
        let started = Instant::now();
        let report = demo::seed(&mut client, &plan, &hash, &()).await.unwrap();
        let seconds = started.elapsed().as_secs_f64();
        for table in &report.tables {
            println!("{:30} {:>9} {:>9}", table.name, table.inserted, table.already);
        }
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned();
        let rows = report.inserted() + report.already();
        println!("{run}: {rows} rows in {seconds:.1} s, {:.0} rows/s, {memory}", rows as f64 / seconds);
    }
}

/// Seeds a database that stays, for looking at: `HOWDAH_DEMO_INTO="host=… dbname=…" cargo test … into_a_database`
#[tokio::test]
#[ignore = "fills the database that a variable names, to be looked at by hand"]
async fn into_a_database() {
    let into = std::env::var("HOWDAH_DEMO_INTO").expect("HOWDAH_DEMO_INTO names a database");
    let (mut client, connection) = tokio_postgres::connect(&into, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let plan = plan(number("HOWDAH_DEMO_SEED", 1), number("HOWDAH_DEMO_ROWS", 2_000));
    let report = demo::seed(&mut client, &plan, &hash, &()).await.unwrap();
    println!("{} rows of {}, left out {:?}", report.inserted(), report.template, report.left_out);
}
