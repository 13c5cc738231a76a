//! Roles that row-level security binds.

use crate::{connect, odd};
use rust_client::odd::public::secrets;
use rust_client::odd::support::{Error, Field};
use rust_client::personal::public::tasks;
use rust_client::personal::support::Error as PersonalError;
use rust_client::personal::trash;
use tokio_postgres::{Client, Transaction};
use uuid::Uuid;

#[tokio::test]
async fn a_row_that_may_be_seen_but_not_changed_is_refused() {
    let mut client = odd().await;
    let client = client.transaction().await.unwrap();
    let row = secrets::insert(&client, &secrets::Insert::new(1, "hush")).await.unwrap();
    let change = |locked| secrets::Update { locked: Field::Set(locked), ..secrets::Update::default() };
    let words = secrets::Update { words: Field::Set("louder".into()), ..secrets::Update::default() };
    let row = secrets::update_at_version(&client, 1, row.version, &words).await.unwrap();
    client
        .batch_execute("alter policy changed on secrets using (who = current_user and not locked) with check (true)")
        .await
        .unwrap();
    let row = secrets::update_at_version(&client, 1, row.version, &change(true)).await.unwrap();
    let refused = secrets::update_at_version(&client, 1, row.version, &words).await;
    assert!(matches!(refused, Err(Error::Refused)), "{refused:?}");
    assert!(matches!(secrets::update_at_version(&client, 1, 1, &words).await, Err(Error::Stale)));
    assert!(matches!(secrets::delete_at_version(&client, 1, row.version).await, Err(Error::Refused)));
    assert!(matches!(secrets::delete(&client, 1).await, Err(Error::NotFound)));
    // What belongs to somebody else is not there at all.
    client
        .batch_execute(
            "alter table secrets no force row level security; update secrets set who = 'other'; \
        alter table secrets force row level security",
        )
        .await
        .unwrap();
    assert_eq!(secrets::find(&client, 1).await.unwrap(), None);
    assert!(matches!(secrets::update_at_version(&client, 1, 1, &words).await, Err(Error::NotFound)));
}

/// The person that a transaction runs for, as Howdah's server says it.
async fn person<'a>(client: &'a mut Client, who: Uuid) -> Transaction<'a> {
    let transaction = client.transaction().await.unwrap();
    let claims = format!("{{\"sub\": \"{who}\", \"role\": \"authenticated\"}}");
    transaction.batch_execute("set local role authenticated").await.unwrap();
    transaction.execute("select set_config('request.jwt.claims', $1, true)", &[&claims]).await.unwrap();
    transaction
}

#[tokio::test]
async fn people_see_and_delete_their_own_rows() {
    let owner = connect("PERSONAL_URL").await;
    let (anna, bert) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for (id, email) in [(anna, "anna@example.com"), (bert, "bert@example.com")] {
        let sql = "insert into auth.users (id, email) values ($1, $2::text) on conflict do nothing";
        owner.execute(sql, &[&id, &email]).await.unwrap();
    }
    let mut login = connect("PERSONAL_LOGIN_URL").await;
    let client = person(&mut login, anna).await;
    let task = tasks::insert(&client, &tasks::Insert::new(anna, "Water the plants")).await.unwrap();
    assert_eq!((task.row_version, task.status.as_str()), (1, "pending"));
    assert!(task.search.as_deref().unwrap().contains("'plants':3A"));
    let foreign = tasks::insert(&client, &tasks::Insert::new(bert, "Not mine")).await;
    assert_eq!(foreign.unwrap_err().sql_state().unwrap().code(), "42501");
    client.rollback().await.unwrap();

    let client = person(&mut login, anna).await;
    let task = tasks::insert(&client, &tasks::Insert::new(anna, "Water the plants")).await.unwrap();
    client.commit().await.unwrap();
    let client = person(&mut login, bert).await;
    assert_eq!(tasks::find(&client, task.id).await.unwrap(), None);
    assert_eq!(tasks::list_by_user_id(&client, anna, None, 10).await.unwrap(), []);
    assert!(matches!(tasks::delete(&client, task.id).await, Err(PersonalError::NotFound)));
    client.rollback().await.unwrap();

    // The policies refuse to hide a row; the statement asks to see what it hides, for its own length.
    let client = person(&mut login, anna).await;
    assert!(matches!(tasks::delete_at_version(&client, task.id, 5).await, Err(PersonalError::Stale)));
    tasks::delete_at_version(&client, task.id, 1).await.unwrap();
    let asked: Option<String> =
        client.query_one("select current_setting('howdah.trash', true)", &[]).await.unwrap().get(0);
    assert_eq!(asked.as_deref(), Some(""));
    assert_eq!(tasks::find(&client, task.id).await.unwrap(), None);
    assert!(matches!(tasks::restore(&client, task.id).await, Err(PersonalError::NotFound)));
    trash::see(&client).await.unwrap();
    let restored = tasks::restore(&client, task.id).await.unwrap();
    assert_eq!((restored.deleted_at, restored.row_version), (None, 3));
    tasks::delete(&client, task.id).await.unwrap();
    let asked: String = client.query_one("select current_setting('howdah.trash', true)", &[]).await.unwrap().get(0);
    assert_eq!(asked, "with");
    tasks::delete_permanently(&client, task.id).await.unwrap();
    client.commit().await.unwrap();
}

#[tokio::test]
async fn the_example_of_the_documentation_works() {
    let owner = connect("PERSONAL_URL").await;
    let clara = Uuid::from_u128(3);
    let sql = "insert into auth.users (id, email) values ($1, 'clara@example.com') on conflict do nothing";
    owner.execute(sql, &[&clara]).await.unwrap();
    crate::documented::run(connect("PERSONAL_URL").await, clara).await.unwrap();
    let tasks = tasks::list_by_user_id(&owner, clara, None, 10).await.unwrap();
    assert_eq!(
        tasks.iter().map(|task| (task.status.as_str(), task.row_version)).collect::<Vec<_>>(),
        [("in_progress", 2)]
    );
}
