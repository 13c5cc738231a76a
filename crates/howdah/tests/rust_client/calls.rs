//! Functions and procedures.

use crate::odd;
use rust_client::odd::public::functions::{self, PairsRow, SwapRow, TwoRow};
use rust_client::odd::public::types::{Mood, Price};
use rust_client::odd::public::{owners, things};
use rust_client::odd::support::Field;

#[tokio::test]
async fn functions_take_and_give_typed_values() {
    let client = odd().await;
    assert_eq!(functions::add(&client, 1, Field::Unset).await.unwrap(), Some(2));
    assert_eq!(functions::add(&client, 1, Field::Set(5)).await.unwrap(), Some(6));
    assert_eq!(functions::add_2(&client, Some("x"), None).await.unwrap().as_deref(), Some("x-"));
    assert_eq!(functions::nameless(&client, Some(1), Some("y")).await.unwrap().as_deref(), Some("y1"));
    functions::nothing_back(&client, None).await.unwrap();
    assert_eq!(functions::many(&client, Some(3)).await.unwrap(), [Some(1), Some(2), Some(3)]);
    assert_eq!(functions::many(&client, None).await.unwrap(), []);
    assert_eq!(functions::many_intervals(&client).await.unwrap(), [Some("1 day".to_owned()), None]);
    let two = functions::two(&client).await.unwrap();
    assert_eq!(two, TwoRow { a: Some(1), b: Some(Mood::Sad) });
    let pairs = functions::pairs(&client, Some(2)).await.unwrap();
    let second = PairsRow {
        a: Some(2),
        some_b: Some("1.00000000000000000000".parse().unwrap()),
        // A cast of inet to text always shows the mask.
        c: Some("10.0.0.1/32".into()),
    };
    assert_eq!((pairs.len(), &pairs[1]), (2, &second));
    assert_eq!(functions::sum_all(&client, Some(&[Some(1), None, Some(5)])).await.unwrap(), Some(6));
    let parts = vec![Some("a".to_owned()), Some("b".to_owned())];
    let joined = functions::joined_up(&client, Some("-"), Some(&parts)).await.unwrap();
    assert_eq!(joined.as_deref(), Some("a-b"));
    let odd = functions::drop_it(&client, Some("a"), Field::Set(Some("b".into()))).await.unwrap();
    assert_eq!(odd.as_deref(), Some("ab"));
    let price = functions::dear(&client, Some(&7.into()), Field::Unset, Field::Set(None)).await.unwrap();
    let expected = Price {
        amount: Some("7.00".parse().unwrap()),
        currency: Some("CHF".into()),
        mood: None,
        short: Some("ab".into()),
    };
    assert_eq!(price, Some(expected));
}

#[tokio::test]
async fn functions_give_rows_of_tables() {
    let mut client = odd().await;
    let client = client.transaction().await.unwrap();
    owners::insert(&client, &owners::Insert::new(1, "a")).await.unwrap();
    let row = things::insert(&client, &things::Insert::new(1, "s", "t")).await.unwrap();
    assert_eq!(functions::things_of(&client, Some(1)).await.unwrap(), std::slice::from_ref(&row));
    assert_eq!(functions::things_of(&client, Some(2)).await.unwrap(), []);
    let found = functions::one_thing(&client, Some(row.id), Field::Unset).await.unwrap();
    assert_eq!(found, Some(row.clone()));
    assert_eq!(functions::one_thing(&client, Some(row.id), Field::Set(Some(true))).await.unwrap(), None);
}

#[tokio::test]
async fn procedures_are_called() {
    let mut client = odd().await;
    let client = client.transaction().await.unwrap();
    functions::do_it(&client, Some(9)).await.unwrap();
    assert_eq!(owners::find(&client, 9).await.unwrap().unwrap().name, "by procedure");
    let swapped = functions::swap(&client, Some(1), None).await.unwrap();
    assert_eq!(swapped, SwapRow { a: None, b: Some(1) });
}
