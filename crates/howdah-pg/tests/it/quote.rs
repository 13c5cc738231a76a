//! What the quoting types print means the same to a real server.

use howdah_pg::{Ident, Literal, QualifiedName};
use howdah_testkit::TestDb;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Text as bad as it gets, without NUL, which no SQL can hold.
fn text() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "'", "\"", "\\", "''", "$$", "--", "/*", ";", "\n", "\r", "E'", "%", "é", "\u{202e}", "😀", " ", "select", "A",
    ]);
    proptest::collection::vec(prop_oneof![nasty.prop_map(str::to_owned), any::<String>(), "[a-z_]{1,8}"], 0..6)
        .prop_map(|pieces| pieces.concat().replace('\0', ""))
}

/// Names that PostgreSQL can hold.
fn name() -> impl Strategy<Value = String> {
    text().prop_filter("1 to 63 bytes", |name| Ident::checked(name.as_str()).is_ok())
}

/// Runs a property against a database. The connection lives in a runtime of this test's own.
fn check<S: Strategy>(
    strategy: S,
    standard_strings: bool,
    property: impl Fn(&tokio::runtime::Runtime, &tokio_postgres::Client, S::Value),
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(1).build().unwrap();
    let db = TestDb::empty_blocking();
    let client = runtime.block_on(db.client_owner());
    let on = if standard_strings { "on" } else { "off" };
    runtime
        .block_on(
            client.batch_execute(&format!("set standard_conforming_strings = {on}; set escape_string_warning = off")),
        )
        .unwrap();
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    runner
        .run(&strategy, |value| {
            property(&runtime, &client, value);
            Ok(())
        })
        .unwrap();
}

#[test]
fn literals_mean_what_was_said() {
    for standard_strings in [true, false] {
        check(
            (text(), any::<i64>(), any::<bool>(), any::<Vec<u8>>()),
            standard_strings,
            |runtime, client, (text, number, truth, bytes)| {
                let sql = format!(
                    "select {}::text, -{}, {}, {}, {}::text",
                    Literal::from(text.as_str()),
                    Literal::from(number),
                    Literal::from(truth),
                    Literal::Bytes(bytes.as_slice().into()),
                    Literal::Null
                );
                if number == i64::MIN {
                    return;
                }
                let row = runtime
                    .block_on(
                        client.query_one(&format!("select a, b::int8, c, d, e from ({sql}) as x (a, b, c, d, e)"), &[]),
                    )
                    .unwrap();
                assert_eq!(row.get::<_, String>(0), text);
                assert_eq!(row.get::<_, i64>(1), -number);
                assert_eq!(row.get::<_, bool>(2), truth);
                assert_eq!(row.get::<_, Vec<u8>>(3), bytes);
                assert_eq!(row.get::<_, Option<String>>(4), None);
            },
        );
    }
    check(Just(()), true, |runtime, client, ()| {
        let row = runtime.block_on(client.query_one(&format!("select {}", Literal::from(i64::MIN)), &[])).unwrap();
        assert_eq!(row.get::<_, i64>(0), i64::MIN);
    });
}

#[test]
fn names_mean_what_was_said() {
    check((name(), name()), true, |runtime, client, (schema, name)| {
        let as_column =
            runtime.block_on(client.query_one(&format!("select 1 as {}", Ident::new(name.as_str())), &[])).unwrap();
        assert_eq!(as_column.columns()[0].name(), name);
        if schema.starts_with("pg_") {
            return;
        }
        let qualified = QualifiedName::new(schema.as_str(), name.as_str());
        let sql = format!(
            "drop schema if exists {0} cascade; create schema {0}; create table {qualified} (id int)",
            Ident::new(schema.as_str())
        );
        // `public` and the like are there already and are not to be dropped for this.
        if matches!(schema.as_str(), "public" | "information_schema") {
            return;
        }
        runtime.block_on(client.batch_execute(&sql)).unwrap();
        let found = runtime
            .block_on(client.query_one(
                "select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1::text::regclass",
                &[&qualified.to_string()],
            ))
            .unwrap();
        assert_eq!((found.get::<_, String>(0), found.get::<_, String>(1)), (schema.clone(), name.clone()));
        assert_eq!(qualified.to_string().parse(), Ok(qualified));
        runtime.block_on(client.batch_execute(&format!("drop schema {} cascade", Ident::new(schema)))).unwrap();
    });
}

#[tokio::test]
async fn every_word_that_the_server_quotes_is_quoted() {
    let db = TestDb::empty().await;
    let words =
        db.client_owner().await.query("select word, quote_ident(word) from pg_get_keywords()", &[]).await.unwrap();
    for word in words {
        let (word, quoted): (String, String) = (word.get(0), word.get(1));
        // Ours may quote more: words that a later version made keywords.
        if quoted.starts_with('"') {
            assert_eq!(Ident::new(word).to_string(), quoted);
        }
    }
}
