//! The encoding by itself, and against a server that reads it.

use super::{Array, Bytes, Money, RowWriter};
use futures_util::SinkExt;
use howdah_testkit::TestDb;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const COLUMNS: &[&str] = &["a", "b", "c"];

fn check(fill: impl Fn(&mut RowWriter), expect: &str) {
    let mut rows = RowWriter::new(COLUMNS, vec![true, false, true]);
    fill(&mut rows);
    rows.end();
    assert_eq!(String::from_utf8(rows.take()).unwrap(), expect);
    assert_eq!(rows.rows(), 1);
}

#[test]
fn fields_are_escaped_and_projected() {
    check(|r| _ = r.set("a", "x").set("b", "gone").set("c", 5), "x\t5\n");
    check(|r| _ = r.set("c", 5_i64).set("a", "tab\there\\N\r\n"), "tab\\there\\\\N\\r\\n\t5\n");
    check(|r| _ = r.set("c", ""), "\\N\t\n");
    check(|r| _ = r.set("a", None::<&str>).set("c", Some(true)), "\\N\tt\n");
    check(|r| _ = r.set("a", Bytes(&[0, 255])).set("c", Money(-12_345)), "\\\\x00ff\t-1.2345\n");
    check(
        |r| _ = r.set("a", Array(&["a\"b", "", "c\\d"])).set("c", Money::cents(5)),
        "{\"a\\\\\"b\",\"\",\"c\\\\\\\\d\"}\t0.0500\n",
    );
    check(|r| _ = r.set("a", Array::<&str>(&[])).set("c", 1.5), "{}\t1.5\n");
    check(|r| _ = r.set("a", "\u{0}"), "\u{fffd}\t\\N\n");
}

#[test]
fn an_unknown_name_is_told() {
    let mut rows = RowWriter::new(&["a"], vec![true]);
    rows.set("b", 1).set("b", 2).end();
    assert_eq!(rows.unknown(), ["b"]);
}

/// Copies one row in and reads it back.
async fn there_and_back(
    client: &mut tokio_postgres::Client,
    text: Option<&str>,
    array: &[String],
    bytes: &[u8],
) -> (Option<String>, Vec<String>, Vec<u8>) {
    let transaction = client.transaction().await.unwrap();
    let mut rows = RowWriter::new(COLUMNS, vec![true; 3]);
    rows.set("a", text).set("b", Array(array)).set("c", Bytes(bytes)).end();
    let sink = transaction.copy_in("copy pg_temp.t (a, b, c) from stdin").await.unwrap();
    let mut sink = std::pin::pin!(sink);
    sink.send(bytes::Bytes::from(rows.take())).await.unwrap();
    assert_eq!(sink.finish().await.unwrap(), 1);
    let row = transaction.query_one("select a, b, c from pg_temp.t", &[]).await.unwrap();
    transaction.rollback().await.unwrap();
    (row.get(0), row.get(1), row.get(2))
}

/// Text that likes to break encodings: quotes, backslashes, separators, controls, NULL spelt out, all of Unicode but NUL.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\\".to_owned()),
        Just("\\N".to_owned()),
        Just("\\.".to_owned()),
        Just("\t".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\"".to_owned()),
        Just("{},NULL".to_owned()),
        Just("\u{8}\u{b}\u{c}".to_owned()),
        "[^\u{0}]{0,8}",
        "\\PC{0,8}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

#[test]
fn any_text_survives() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let db = TestDb::empty_blocking();
    let client = std::cell::RefCell::new(runtime.block_on(db.client_owner()));
    runtime.block_on(client.borrow().batch_execute("create temporary table t (a text, b text[], c bytea)")).unwrap();
    let row =
        (prop::option::of(nasty()), prop::collection::vec(nasty(), 0..5), prop::collection::vec(any::<u8>(), 0..20));
    TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() })
        .run(&row, |(text, array, bytes)| {
            let got = runtime.block_on(there_and_back(&mut client.borrow_mut(), text.as_deref(), &array, &bytes));
            prop_assert_eq!(got, (text, array, bytes));
            Ok(())
        })
        .unwrap();
}
