//! Values of every type go there and come back.

use crate::odd;
use chrono::{DateTime, NaiveDate, Utc};
use rust_client::odd::mod_2::types::Type;
use rust_client::odd::public::everything::{self, Insert};
use rust_client::odd::public::types::{EmptyComposite, Line, Mood, Option2, Price};
use rust_client::odd::support::{Error, Field, Multirange, Numeric, Range};
use serde_json::{json, Value};
use std::ops::Bound;
use tokio_postgres::GenericClient;

fn numeric(text: &str) -> Numeric {
    text.parse().unwrap()
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Inserts, reads back, and compares what was written with what came back, twice.
async fn round_trip(client: &(impl GenericClient + Sync), new: &Insert) -> everything::Row {
    let row = everything::insert(client, new).await.unwrap();
    assert_eq!(everything::find(client, row.id).await.unwrap().as_ref(), Some(&row));
    let (Value::Object(written), Value::Object(read)) =
        (serde_json::to_value(new).unwrap(), serde_json::to_value(&row).unwrap())
    else {
        panic!("a row is an object")
    };
    for (column, value) in written {
        assert_eq!(read[&column], value, "{column}");
    }
    row
}

fn full() -> Insert {
    let price = Price {
        amount: Some(numeric("12.50")),
        currency: Some("a \"quoted\", (odd) \\ text".into()),
        mood: Some(Mood::Happy),
        short: Some("ab".into()),
    };
    let line = Line {
        price: Some(price.clone()),
        r#type: Some(-1),
        tags: Some(vec![Some("x".into()), None]),
        spans: Some((1..5).into()),
        at: Some(time("2026-01-02T03:04:05.678901Z")),
        prices: Some(vec![Some(price.clone()), None, Some(Price::default())]),
    };
    Insert {
        c_bool: Some(true),
        c_int2: Some(i16::MIN),
        c_int4: Some(i32::MIN),
        c_int8: Some(i64::MIN),
        c_oid: Some(u32::MAX),
        c_float4: Some(f32::MIN_POSITIVE),
        c_float8: Some(f64::MAX),
        c_numeric: Some(numeric("-123456789012345678901234567890.000000000000000000000000012300")),
        c_numeric_small: Some(numeric("9999999.999")),
        c_text: Some("naïve 😀 \u{202e} '\"\\ \n\r\t".into()),
        c_varchar: Some("äöüß😀".into()),
        c_char: Some("ab  ".into()),
        c_name: Some("a name".into()),
        c_byte: Some("x".into()),
        c_bytea: Some((0..=255).collect()),
        c_uuid: Some(uuid::Uuid::max()),
        c_json: Some(json!({"a": [1, 2.5, null, "x"]})),
        c_jsonb: Some(json!(null)),
        c_date: Some(date(-4711, 11, 25)),
        c_timestamp: Some(date(262_000, 12, 31).and_hms_micro_opt(23, 59, 59, 999_999).unwrap()),
        c_timestamptz: Some(date(-4711, 11, 25).and_hms_opt(0, 0, 0).unwrap().and_utc()),
        c_time: Some("24:00:00".into()),
        c_timetz: Some("24:00:00-15:59".into()),
        c_interval: Some("-178 years -11 mons +1 day -00:00:00.000001".into()),
        c_money: Some("-$92,233,720,368,547,758.08".into()),
        c_inet: Some("10.1.2.3/8".into()),
        c_cidr: Some("2001:db8::/32".into()),
        c_macaddr: Some("08:00:2b:01:02:03".into()),
        c_macaddr8: Some("08:00:2b:01:02:03:04:05".into()),
        c_bit: Some("101".into()),
        c_varbit: Some("".into()),
        c_point: Some("(1,-2.5)".into()),
        c_line: Some("{1,2,3}".into()),
        c_lseg: Some("[(0,0),(1,1)]".into()),
        c_box: Some("(1,1),(0,0)".into()),
        c_path: Some("((0,0),(1,1))".into()),
        c_polygon: Some("((0,0),(1,1),(1,0))".into()),
        c_circle: Some("<(0,0),5>".into()),
        c_tsvector: Some("'a':1A 'b'".into()),
        c_tsquery: Some("'a' & !'b'".into()),
        c_xml: Some("<a b=\"c\">&amp;</a>".into()),
        c_jsonpath: Some("$.\"a\"[*]?(@ > 1)".into()),
        c_pg_lsn: Some("FFFFFFFF/FFFFFFFF".into()),
        c_xid8: Some("18446744073709551615".into()),
        c_regclass: Some("pg_class".into()),
        c_tid: Some("(4294967295,65535)".into()),
        c_snapshot: Some("10:20:10,14,15".into()),
        c_int4range: Some((i32::MIN..i32::MAX).into()),
        c_int8range: Some(Range::Empty),
        c_numrange: Some(Range::new(Bound::Excluded(numeric("-0.1")), Bound::Included(numeric("1.10")))),
        c_daterange: Some(Range::new(Bound::Unbounded, Bound::Excluded(date(2026, 1, 1)))),
        c_tsrange: Some(Range::new(Bound::Unbounded, Bound::Unbounded)),
        c_tstzrange: Some((time("2026-01-01T00:00:00Z")..time("2026-01-02T00:00:00Z")).into()),
        c_int4multirange: Some(Multirange(vec![(1..3).into(), (5..9).into()])),
        c_nummultirange: Some(Multirange(Vec::new())),
        c_tstzmultirange: Some(Multirange(vec![Range::new(
            Bound::Included(time("2026-01-01T00:00:00Z")),
            Bound::Unbounded,
        )])),
        c_float_range: Some(Range::new(Bound::Included(-0.5), Bound::Excluded(0.5))),
        c_float_multirange: Some("{[0.5,1.5)}".into()),
        c_mood_range: Some("[sad,HAPPY!)".into()),
        c_inet_range: Some("[10.0.0.1,10.0.0.9]".into()),
        c_mood: Some(Mood::ItSSo),
        c_type: Some(Type::Struct),
        c_option: Some(Option2::None),
        c_short: Field::Set(Some("abc".into())),
        c_shorter: Field::Set(Some("ab".into())),
        c_amount: Field::Set(Some(numeric("0.01"))),
        c_feeling: Field::Set(Some(Mood::Unnamed)),
        c_numbers: Some(vec![Some(1), None]),
        c_code: Some("ab  ".into()),
        c_priced: Some(price.clone()),
        c_price: Some(price.clone()),
        c_order_line: Some(line),
        c_empty: Some(EmptyComposite {}),
        c_timed: Some("(\"1 day 02:00:00\",\"a \"\"note\"\"\")".into()),
        c_pair: Some("(1,\"a b\")".into()),
        a_pair: Some(vec![Some("(,)".into()), None]),
        a_bool: Some(vec![Some(true), None]),
        a_int2: Some(vec![Some(i16::MAX), None]),
        a_int4: Some(Vec::new()),
        a_int8: Some(vec![Some(i64::MAX)]),
        a_float4: Some(vec![Some(1.5), None]),
        a_float8: Some(vec![None, Some(f64::MIN)]),
        a_numeric: Some(vec![Some(numeric("1.00")), None]),
        a_text: Some(vec![Some("".into()), Some("NULL".into()), None, Some("a,{b}\"".into())]),
        a_varchar: Some(vec![Some("abcde".into())]),
        a_char: Some(vec![Some("a   ".into()), None]),
        a_bytea: Some(vec![Some(vec![0, 255]), None]),
        a_uuid: Some(vec![Some(uuid::Uuid::nil()), None]),
        a_jsonb: Some(vec![Some(json!({"a": 1})), None]),
        a_date: Some(vec![Some(date(2026, 2, 28)), None]),
        a_timestamp: Some(vec![Some(date(1, 1, 1).and_hms_opt(0, 0, 0).unwrap())]),
        a_timestamptz: Some(vec![Some(time("1970-01-01T00:00:00Z")), None]),
        a_interval: Some(vec![Some("1 day".into()), None]),
        a_inet: Some(vec![Some("::1/128".into()), None]),
        a_bit: Some(vec![Some("010".into()), None]),
        a_int4range: Some(vec![Some(Range::Empty), None]),
        a_mood: Some(vec![Some(Mood::U1f600), None, Some(Mood::Ok2)]),
        a_feeling: Some(vec![Some(Mood::Ok), None]),
        a_shorter: Some(vec![Some("ab".into()), None]),
        a_amount: Some(vec![Some(numeric("3.00"))]),
        a_numbers: Some(vec![Some("{1,NULL}".into()), None]),
        a_code: Some(vec![Some("ab  ".into()), None]),
        a_price: Some(vec![Some(price), None]),
        a_timed: Some(vec![Some("(\"1 day\",)".into()), None]),
    }
}

#[tokio::test]
async fn every_type_goes_there_and_comes_back() {
    let mut client = odd().await;
    let transaction = client.transaction().await.unwrap();
    let new = full();
    // A value for every column.
    let Value::Object(written) = serde_json::to_value(&new).unwrap() else { panic!("an object") };
    let missing: Vec<_> =
        written.iter().filter(|(name, value)| value.is_null() && *name != "c_jsonb").map(|(name, _)| name).collect();
    assert!(missing.is_empty(), "{missing:?}");
    transaction.batch_execute("set local lc_monetary = 'C'").await.unwrap();
    let row = round_trip(&transaction, &new).await;
    assert_eq!(row.g_twice, Some(i64::from(i32::MIN) * 2));

    // What the server made of it, by its own words.
    let sql = "select c_numeric::text, c_price::text, c_numrange::text, c_float8::text, a_mood::text, c_jsonb::text, \
               a_text::text, c_varchar::text from everything where id = $1";
    let stored = transaction.query_one(sql, &[&row.id]).await.unwrap();
    let stored: Vec<&str> = (0..8).map(|at| stored.get(at)).collect();
    let expected = [
        "-123456789012345678901234567890.000000000000000000000000012300",
        "(12.50,\"a \"\"quoted\"\", (odd) \\\\ text\",HAPPY!,ab)",
        "(-0.1,1.10]",
        "1.7976931348623157e+308",
        "{😀,NULL,ok}",
        "null",
        "{\"\",\"NULL\",NULL,\"a,{b}\\\"\"}",
        "äöüß😀",
    ];
    assert_eq!(stored, expected);
}

#[tokio::test]
async fn other_ends_of_the_scales() {
    let mut client = odd().await;
    let transaction = client.transaction().await.unwrap();
    for number in [
        "0",
        "0.0",
        "0.000",
        "1",
        "10000",
        "100000000",
        "0.0001",
        "0.00001",
        "-0.5",
        "99999999.99999999",
        "NaN",
        "Infinity",
        "-Infinity",
        "1.10",
        "12345.6789",
        "10000.0001",
        "1000000000000000000000.5",
    ] {
        let new = Insert { c_numeric: Some(numeric(number)), ..Insert::default() };
        let row = round_trip(&transaction, &new).await;
        let sql = "select c_numeric::text from everything where id = $1";
        let stored: String = transaction.query_one(sql, &[&row.id]).await.unwrap().get(0);
        assert_eq!(stored, number);
    }
    for (float4, float8) in [(f32::INFINITY, f64::NEG_INFINITY), (f32::MAX, f64::MIN_POSITIVE), (-0.0, 5e-324)] {
        let new = Insert { c_float4: Some(float4), c_float8: Some(float8), ..Insert::default() };
        let row = everything::insert(&transaction, &new).await.unwrap();
        assert_eq!((row.c_float4, row.c_float8), (new.c_float4, new.c_float8));
    }
    let row =
        everything::insert(&transaction, &Insert { c_float8: Some(f64::NAN), ..Insert::default() }).await.unwrap();
    assert!(row.c_float8.unwrap().is_nan());
    let ends = Insert {
        c_int2: Some(i16::MAX),
        c_int8: Some(i64::MAX),
        c_oid: Some(0),
        c_text: Some(String::new()),
        c_bytea: Some(Vec::new()),
        c_jsonb: Some(json!({"deep": [[[[{}]]]], "é😀": -0.5})),
        c_bool: Some(false),
        c_numbers: Some(Vec::new()),
        ..Insert::default()
    };
    round_trip(&transaction, &ends).await;
}

#[test]
fn text_that_is_no_number_is_refused() {
    for text in ["", "-", ".", "1e5", "1 ", "١", "0x1", "--1", "nan"] {
        assert!(text.parse::<Numeric>().is_err(), "{text:?}");
    }
    for (text, expected) in [("+01.50", "1.50"), ("-0.00", "0.00"), (".5", "0.5"), ("5.", "5"), ("-007", "-7")] {
        assert_eq!(numeric(text).as_str(), expected);
    }
    assert!(serde_json::from_value::<Numeric>(json!("x")).is_err());
}

#[tokio::test]
async fn null_default_and_value_are_three_things() {
    let mut client = odd().await;
    let transaction = client.transaction().await.unwrap();
    let unset = everything::insert(&transaction, &Insert::default()).await.unwrap();
    assert_eq!((unset.c_short.as_deref(), unset.c_feeling), (Some("abc"), Some(Mood::Ok2)));
    assert_eq!(unset.c_amount, Some(numeric("0.00")));
    let new = Insert { c_short: Field::Set(None), c_feeling: Field::Set(None), ..Insert::default() };
    let null = everything::insert(&transaction, &new).await.unwrap();
    assert_eq!((null.c_short, null.c_feeling), (None, None));

    // As JSON, absent is not null.
    let parsed: everything::Update = serde_json::from_value(json!({"c_text": null, "c_int4": 5})).unwrap();
    assert_eq!((&parsed.c_text, &parsed.c_int4), (&Field::Set(None), &Field::Set(Some(5))));
    assert_eq!(parsed.c_int8, Field::Unset);
    assert_eq!(serde_json::to_value(&parsed).unwrap(), json!({"c_int4": 5, "c_text": null}));
    let row = everything::update(&transaction, unset.id, &parsed).await.unwrap();
    assert_eq!((row.c_int4, row.g_twice, row.c_short), (Some(5), Some(10), unset.c_short));
}

/// What the database checks is an error that names the constraint; a value is never changed to fit.
#[tokio::test]
async fn what_does_not_fit_is_refused_and_not_cut() {
    let client = odd().await;
    let cases = [
        ("22001", Insert { c_varchar: Some("abcdef".into()), ..Insert::default() }),
        ("22001", Insert { c_char: Some("abcde".into()), ..Insert::default() }),
        ("22001", Insert { a_varchar: Some(vec![Some("abcdef".into())]), ..Insert::default() }),
        ("22001", Insert { c_short: Field::Set(Some("abcd".into())), ..Insert::default() }),
        ("22026", Insert { c_bit: Some("10".into()), ..Insert::default() }),
        ("22001", Insert { c_varbit: Some("101010".into()), ..Insert::default() }),
        ("22003", Insert { c_numeric_small: Some(numeric("10000000")), ..Insert::default() }),
        ("23514", Insert { c_short: Field::Set(Some("bad".into())), ..Insert::default() }),
        ("23514", Insert { c_shorter: Field::Set(Some("abc".into())), ..Insert::default() }),
        ("23514", Insert { a_amount: Some(vec![Some(numeric("-1"))]), ..Insert::default() }),
        ("23502", Insert { c_amount: Field::Set(None), ..Insert::default() }),
        ("22P02", Insert { c_inet: Some("nowhere".into()), ..Insert::default() }),
        ("22P02", Insert { c_mood_range: Some("[happy,sad]".into()), ..Insert::default() }),
    ];
    for (code, new) in cases {
        let error = everything::insert(&client, &new).await.unwrap_err();
        assert_eq!(error.sql_state().map(|state| state.code()), Some(code), "{error}: {new:?}");
    }
    let bad = Insert { c_short: Field::Set(Some("bad".into())), ..Insert::default() };
    let error = everything::insert(&client, &bad).await.unwrap_err();
    assert_eq!(error.constraint(), Some("short_check"));
    assert!(error.to_string().contains("violates check constraint"), "{error}");
}

/// Values that Rust has no form for are errors, and neither wrong values nor panics.
#[tokio::test]
async fn what_has_no_form_in_rust_is_an_error() {
    let mut client = odd().await;
    for (column, value) in [
        ("c_timestamptz", "'infinity'"),
        ("c_timestamp", "'-infinity'"),
        ("c_date", "'infinity'"),
        ("c_date", "'300000-01-01'"),
        ("c_timestamp", "'294276-12-31 23:59:59'"),
        ("a_int4", "'{{1,2},{3,4}}'"),
        ("c_daterange", "'[2026-01-01,infinity]'"),
    ] {
        let transaction = client.transaction().await.unwrap();
        let sql = format!("insert into everything ({column}) values ({value}) returning id");
        let id: i64 = transaction.query_one(&sql, &[]).await.unwrap().get(0);
        let error = everything::find(&transaction, id).await.unwrap_err();
        assert!(matches!(error, Error::Database(_)), "{column} {value}: {error}");
        assert_eq!(error.sql_state(), None, "{column} {value}: {error}");
    }
}

/// A label that was added since is an error that says so.
#[tokio::test]
async fn an_unknown_label_is_an_error() {
    assert_eq!("in progress".parse(), Ok(Mood::InProgress));
    assert_eq!(Mood::InProgress2.label(), "in_progress");
    assert!(Mood::Sad < Mood::Happy);
    let error = "glad".parse::<Mood>().unwrap_err();
    assert!(error.to_string().contains("no label \"glad\""), "{error}");
    assert_eq!(serde_json::to_value(Mood::Self2).unwrap(), json!("self"));
    assert!(serde_json::from_value::<Mood>(json!("glad")).is_err());
}

/// Not only the text that the generated statements ask for is understood.
#[tokio::test]
async fn enums_and_structs_serve_in_statements_of_ones_own() {
    let mut client = odd().await;
    let transaction = client.transaction().await.unwrap();
    let sql = "insert into everything (c_mood, c_price, a_mood) values ($1, $2, $3) returning c_mood, c_price, a_mood";
    let price = Price { currency: Some("CHF".into()), ..Price::default() };
    let moods = vec![Some(Mood::Sad), None];
    let row = transaction.query_one(sql, &[&Mood::Unnamed, &price, &moods]).await.unwrap();
    assert_eq!(row.get::<_, Mood>(0), Mood::Unnamed);
    assert_eq!(row.get::<_, Price>(1), price);
    assert_eq!(row.get::<_, Vec<Option<Mood>>>(2), moods);
    let sql = format!("select {} from everything as t where c_mood = $1", everything::COLUMNS);
    let row = transaction.query_one(&sql, &[&Mood::Unnamed]).await.unwrap();
    let row = <everything::Row as rust_client::odd::support::FromRow>::from_row(&row).unwrap();
    assert_eq!(row.c_price, Some(price));
}
