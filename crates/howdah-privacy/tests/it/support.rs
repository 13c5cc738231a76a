//! A trail to work on.

use howdah_pg::Target;
use howdah_privacy::audit::{
    Batch, Expected, Report, SealOptions, SigningKey, TrustedKeys, VerifyOptions, seal_batch, verify,
};
use howdah_testkit::{Sql, TestDb};
use tokio_postgres::Client;

/// An audited table that nobody owns.
const NOTES: &str = "
create table public.notes (id bigint generated always as identity primary key, title text, body text);
create trigger trg_notes_audit
  after insert or update or delete on public.notes
  for each row execute function audit.record_change('id', '', 'body');
";

/// A database with the trail's tables and an audited table.
pub(crate) async fn database() -> TestDb {
    let db = TestDb::template("shared").await;
    db.load([Sql::text("notes.sql", NOTES)]).await;
    db
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_hex(&"5a".repeat(32)).unwrap()
}

/// The login of the sealer.
pub(crate) fn sealer(db: &TestDb) -> Target {
    Target::parse(&db.url_as("howdah_sealer")).unwrap()
}

/// Seals all there is, as the sealer, in batches of that size with a checkpoint after each; returns how much it was.
pub(crate) async fn seal_all(db: &TestDb, batch: u32) -> u32 {
    let mut client = sealer(db).client().await.unwrap();
    let options = SealOptions { batch, checkpoint_events: 1, ..SealOptions::default() };
    let mut all = 0;
    // What the writers have just left may still hold the snapshot back for a moment.
    settled(&client).await;
    loop {
        match seal_batch(&mut client, Some(&key()), &options).await.unwrap() {
            Batch::Sealed(0) => return all,
            Batch::Sealed(sealed) => all += sealed,
            Batch::Elsewhere => tokio::task::yield_now().await,
        }
    }
}

/// Waits until no transaction is under way that events behind it would have to wait for.
pub(crate) async fn settled(client: &Client) {
    const HELD: &str = "select exists (select from audit.audit_events e \
         where e.xid >= pg_snapshot_xmin(pg_current_snapshot()))";
    while client.query_one(HELD, &[]).await.unwrap().get::<_, bool>(0) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

pub(crate) fn options() -> VerifyOptions {
    let trusted: TrustedKeys = [key().public()].into_iter().collect();
    VerifyOptions { trusted: Some(trusted), expected: Vec::new(), limit: 100_000 }
}

pub(crate) async fn verified(client: &Client) -> Report {
    verify(client, &options(), &()).await.unwrap()
}

/// Verifies against what somebody remembers.
pub(crate) async fn verified_against(client: &Client, expected: &[Expected]) -> Report {
    let options = VerifyOptions { expected: expected.to_vec(), ..options() };
    verify(client, &options, &()).await.unwrap()
}

#[track_caller]
pub(crate) fn clean(report: &Report) {
    assert!(report.is_clean(), "{report:#?}");
}

/// One number.
pub(crate) async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap().get(0)
}
