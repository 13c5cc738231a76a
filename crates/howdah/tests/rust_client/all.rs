//! What the generated clients do, against the databases that they were generated from.

#![expect(deprecated, reason = "what is deprecated is tested, too")]

mod calls;
mod changes;
#[rustfmt::skip]
mod documented;
mod names;
mod paging;
mod security;
mod values;

use tokio_postgres::{Client, NoTls};

/// The database of `odd.sql`, as its owner.
async fn odd() -> Client {
    connect("ODD_URL").await
}

async fn connect(variable: &str) -> Client {
    let url = std::env::var(variable).unwrap();
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
