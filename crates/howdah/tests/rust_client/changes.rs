//! Inserting, updating, deleting: by key, by version, in transactions.

use crate::odd;
use rust_client::odd::public::{counted, eggs, hens, nothing_at_all, owners, things, unwritable};
use rust_client::odd::support::{Error, Field};

fn changed(title: &str) -> things::Update {
    things::Update { title: Field::Set(title.to_owned()), ..things::Update::default() }
}

#[tokio::test]
async fn a_stale_version_changes_nothing() {
    let mut client = odd().await;
    let client = client.transaction().await.unwrap();
    owners::insert(&client, &owners::Insert::new(1, "a")).await.unwrap();
    let first = things::insert(&client, &things::Insert::new(1, "s", "first")).await.unwrap();
    assert_eq!(first.version, 1);
    // Nothing but the statement itself counts here.
    let second = things::update_at_version(&client, first.id, first.version, &changed("second")).await.unwrap();
    assert_eq!((second.version, second.title.as_str(), &second.slug), (2, "second", &first.slug));
    let stale = things::update_at_version(&client, first.id, first.version, &changed("third")).await;
    assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
    let stale = things::delete_at_version(&client, first.id, first.version).await;
    assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
    let nobody = things::update_at_version(&client, -5, 1, &changed("x")).await;
    assert!(matches!(nobody, Err(Error::NotFound)), "{nobody:?}");
    assert_eq!(things::find(&client, first.id).await.unwrap(), Some(second.clone()));
    // A change of nothing is no change, and looks at the version all the same.
    let nothing = things::Update::default();
    let same = things::update_at_version(&client, first.id, 2, &nothing).await.unwrap();
    assert_eq!(same, second);
    let stale = things::update_at_version(&client, first.id, 1, &nothing).await;
    assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
    let third = things::update(&client, first.id, &changed("third")).await.unwrap();
    assert_eq!(third.version, 3);
    things::delete_at_version(&client, first.id, 3).await.unwrap();
}

#[tokio::test]
async fn a_trigger_may_count_the_version() {
    let mut client = odd().await;
    let client = client.transaction().await.unwrap();
    let row = counted::insert(&client, &counted::Insert::new(1)).await.unwrap();
    let change = counted::Update { note: Field::Set(Some("x".into())), ..counted::Update::default() };
    let row = counted::update_at_version(&client, 1, row.version, &change).await.unwrap();
    assert_eq!((row.version, row.note.as_deref()), (2, Some("x")));
    assert!(matches!(counted::delete_at_version(&client, 1, 1).await, Err(Error::Stale)));
    counted::delete_at_version(&client, 1, 2).await.unwrap();
    assert!(matches!(counted::delete_at_version(&client, 1, 2).await, Err(Error::NotFound)));
}

/// Two writers with the same version: one wins, the other hears of it.
#[tokio::test]
async fn of_two_writers_one_wins() {
    let (setup, mut one, two) = (odd().await, odd().await, odd().await);
    counted::insert(&setup, &counted::Insert::new(77)).await.unwrap();
    let change = |note: &str| counted::Update { note: Field::Set(Some(note.into())), ..counted::Update::default() };
    let transaction = one.transaction().await.unwrap();
    counted::update_at_version(&transaction, 77, 1, &change("one")).await.unwrap();
    let waiting = tokio::spawn(async move { counted::update_at_version(&two, 77, 1, &change("two")).await });
    // The second waits for the first one's row lock; that it does is seen in the server.
    let sql = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    while setup.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    transaction.commit().await.unwrap();
    let second = waiting.await.unwrap();
    assert!(matches!(second, Err(Error::Stale)), "{second:?}");
    assert_eq!(counted::find(&setup, 77).await.unwrap().unwrap().note.as_deref(), Some("one"));
    counted::delete(&setup, 77).await.unwrap();
}

#[tokio::test]
async fn what_is_rolled_back_was_never_there() {
    let mut client = odd().await;
    let mut transaction = client.transaction().await.unwrap();
    owners::insert(&transaction, &owners::Insert::new(500, "kept until the end")).await.unwrap();
    let savepoint = transaction.transaction().await.unwrap();
    owners::insert(&savepoint, &owners::Insert::new(501, "x")).await.unwrap();
    let duplicate = owners::insert(&savepoint, &owners::Insert::new(500, "x")).await.unwrap_err();
    assert_eq!(duplicate.sql_state(), Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION));
    assert_eq!(duplicate.constraint(), Some("owners_pkey"));
    savepoint.rollback().await.unwrap();
    assert!(owners::find(&transaction, 500).await.unwrap().is_some());
    assert!(owners::find(&transaction, 501).await.unwrap().is_none());
    transaction.rollback().await.unwrap();
    assert!(owners::find(&client, 500).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_marked_as_deleted_is_passed_over() {
    let mut client = odd().await;
    let client = client.transaction().await.unwrap();
    owners::insert(&client, &owners::Insert::new(1, "a")).await.unwrap();
    let row = things::insert(&client, &things::Insert::new(1, "slug", "title")).await.unwrap();
    things::delete(&client, row.id).await.unwrap();
    assert_eq!(things::find(&client, row.id).await.unwrap(), None);
    assert_eq!(things::find_by_owner_id_and_slug(&client, 1, "slug").await.unwrap(), None);
    assert_eq!(things::list(&client, None, 9).await.unwrap(), []);
    assert!(matches!(things::update(&client, row.id, &changed("x")).await, Err(Error::NotFound)));
    assert!(matches!(things::update_at_version(&client, row.id, 1, &changed("x")).await, Err(Error::NotFound)));
    assert!(matches!(things::delete(&client, row.id).await, Err(Error::NotFound)));
    // The key among the living is free again.
    let second = things::insert(&client, &things::Insert::new(1, "slug", "title")).await.unwrap();
    assert_eq!(things::find_by_owner_id_and_slug(&client, 1, "slug").await.unwrap(), Some(second.clone()));
    things::delete_permanently(&client, second.id).await.unwrap();
    let restored = things::restore(&client, row.id).await.unwrap();
    assert_eq!((restored.deleted_at, restored.title.as_str()), (None, "title"));
    assert!(matches!(things::restore(&client, row.id).await, Err(Error::NotFound)));
    things::delete(&client, row.id).await.unwrap();
    things::delete_permanently(&client, row.id).await.unwrap();
    assert!(matches!(things::delete_permanently(&client, row.id).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn circles_and_tables_of_nothing() {
    let mut client = odd().await;
    let client = client.transaction().await.unwrap();
    hens::insert(&client, &hens::Insert::new(1, 1)).await.unwrap();
    eggs::insert(&client, &eggs::Insert { hen_id: Some(1), ..eggs::Insert::new(1) }).await.unwrap();
    client.batch_execute("set constraints all immediate").await.unwrap();
    assert_eq!(nothing_at_all::insert(&client).await.unwrap(), nothing_at_all::Row {});
    assert_eq!(nothing_at_all::list(&client, 5).await.unwrap().len(), 1);
    let row = unwritable::insert(&client).await.unwrap();
    assert_eq!((row.id, row.twice), (1, Some(7)));
    assert_eq!(unwritable::find(&client, 1).await.unwrap(), Some(row));
    unwritable::delete(&client, 1).await.unwrap();
}
