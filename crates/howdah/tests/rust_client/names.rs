//! Names that are no names of Rust.

use crate::odd;
use rust_client::odd::odd_schema_u1f600::{table_of_u1f600 as table, types_2, types_3};
use rust_client::odd::support::Field;
use rust_client::odd::{mod_2, public};

#[tokio::test]
async fn odd_names_are_written_and_read() {
    let mut client = odd().await;
    let transaction = client.transaction().await.unwrap();
    let new = table::Insert {
        a_b: Some("underscore".into()),
        a_b_2: Some("blank".into()),
        a_b_3: Some("dash".into()),
        a_b_4: Some("upper".into()),
        a_b_5: Some("backslash".into()),
        self_2: Some("self".into()),
        self_3: Some("Self".into()),
        new_line: Some("line".into()),
        drop_table_x: Some("'; drop table x; --".into()),
        t: Some("the alias".into()),
        n9_lives: Field::Set(None),
        ..table::Insert::new("kind", "one client", 7)
    };
    let row = table::insert(&transaction, &new).await.unwrap();
    assert_eq!(table::find(&transaction, row.id).await.unwrap().as_ref(), Some(&row));
    assert_eq!(table::find_by_type(&transaction, "kind").await.unwrap().as_ref(), Some(&row));
    let found = table::find_by_client_and_limit(&transaction, "one client", 7).await.unwrap();
    assert_eq!(found.as_ref(), Some(&row));
    assert_eq!(table::find_by_client_and_limit(&transaction, "one client", 8).await.unwrap(), None);

    // The database's names, in the database and as JSON.
    let sql = "select \"a b\", \"a-b\", a_b, \"A B\", \"a\\b\", \"Self\", \"new\nline\", \"9 lives\"::text \
               from \"Odd \"\"Schema\"\" 😀\".\"Table \"\"of\"\" 😀\"";
    let stored = transaction.query_one(sql, &[]).await.unwrap();
    let stored: Vec<Option<&str>> = (0..8).map(|at| stored.get(at)).collect();
    let expected = ["blank", "dash", "underscore", "upper", "backslash", "Self", "line"].map(Some);
    assert_eq!(stored, [&expected[..], &[None]].concat());
    let json = serde_json::to_value(&row).unwrap();
    assert_eq!((&json["a b"], &json["Self"]), (&"blank".into(), &"Self".into()));
    assert_eq!((&json["new\nline"], &json["9 lives"]), (&"line".into(), &serde_json::Value::Null));
    assert_eq!(serde_json::from_value::<table::Row>(json).unwrap(), row);
}

#[tokio::test]
async fn modules_and_types_that_meet_are_told_apart() {
    let mut client = odd().await;
    let transaction = client.transaction().await.unwrap();
    types_2::insert(&transaction, &types_2::Insert::new(1)).await.unwrap();
    let new = types_3::Insert { types_mod: Some(1), ..types_3::Insert::new(2) };
    types_3::insert(&transaction, &new).await.unwrap();
    assert_eq!(types_3::list(&transaction, None, 9).await.unwrap()[0].types_mod, Some(1));
    let kind = mod_2::types::Type::Fn;
    mod_2::mod_2::insert(&transaction, &mod_2::mod_2::Insert::new(kind)).await.unwrap();
    assert_eq!(mod_2::mod_2::find(&transaction, kind).await.unwrap().unwrap().r#mod, kind);
    assert_eq!(public::types::Option2::None.label(), "None");
}

#[test]
fn nothing_makes_an_empty_client() {
    assert_eq!(rust_client::empty::support::Field::<i32>::default(), Default::default());
}
