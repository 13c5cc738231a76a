//! A database per test.

use howdah_pg::Target;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio_postgres::Client;

pub(crate) struct Database {
    pub(crate) target: Target,
    pub(crate) client: Client,
}

fn server() -> Target {
    Target::parse(&std::env::var("HOWDAH_TEST_URL").expect("HOWDAH_TEST_URL")).unwrap()
}

pub(crate) async fn database() -> Database {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("it_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let server = server();
    let admin = server.client().await.unwrap();
    admin.batch_execute(&format!("create database {name} template template0")).await.unwrap();
    let target = server.with_database(name);
    let client = target.client().await.unwrap();
    Database { target, client }
}
