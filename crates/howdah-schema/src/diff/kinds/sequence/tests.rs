use super::*;
use crate::Catalog;
use crate::QualifiedName;
use crate::catalog::{Acl, Comment};
use crate::diff::kinds::testing;

fn plain() -> Sequence {
    Sequence {
        name: QualifiedName::new("s", "q"),
        owner: "o".to_owned(),
        data_type: "bigint".to_owned(),
        start: 1,
        increment: 1,
        min: 1,
        max: i64::MAX,
        cache: 1,
        cycle: false,
        unlogged: false,
        owned_by: None,
        acl: Acl::default(),
        comment: Comment::default(),
    }
}

#[track_caller]
fn check_create(sequence: &Sequence, expected: &str) {
    let empty = Catalog::default();
    let steps = testing::with(&empty, &empty, |context| sequence.create(context));
    assert_eq!(testing::texts(&steps), [expected]);
}

#[track_caller]
fn check(from: &Sequence, to: &Sequence, expected: &[&str]) {
    let change = testing::change(from, to);
    let expected: Vec<String> = expected.iter().map(|sql| sql.replace('~', "ALTER SEQUENCE s.q")).collect();
    assert_eq!(testing::sql(&change), expected);
}

#[test]
fn created_with_what_is_not_usual() {
    check_create(&plain(), "CREATE SEQUENCE s.q");
    let small = Sequence { data_type: "integer".to_owned(), max: i32::MAX.into(), ..plain() };
    check_create(&small, "CREATE SEQUENCE s.q AS integer");
    check_create(&Sequence { min: 10, start: 10, ..plain() }, "CREATE SEQUENCE s.q MINVALUE 10");
    let odd = Sequence {
        data_type: "smallint".to_owned(),
        increment: -2,
        min: -100,
        max: 10,
        start: 4,
        cache: 7,
        cycle: true,
        unlogged: true,
        ..plain()
    };
    check_create(
        &odd,
        "CREATE UNLOGGED SEQUENCE s.q\n    AS smallint\n    INCREMENT BY -2\n    MINVALUE -100\n    MAXVALUE 10\n    \
         START WITH 4\n    CACHE 7\n    CYCLE",
    );
    let down = Sequence { increment: -1, min: i64::MIN, max: -1, start: -1, ..plain() };
    check_create(&down, "CREATE SEQUENCE s.q INCREMENT BY -1");
}

#[test]
fn changed_in_place() {
    check(&plain(), &plain(), &[]);
    let other = Sequence { increment: 5, max: 100, cache: 3, cycle: true, unlogged: true, ..plain() };
    check(&plain(), &other, &["~ SET UNLOGGED", "~ INCREMENT BY 5 MAXVALUE 100 CACHE 3 CYCLE"]);
    check(&Sequence { cycle: true, ..plain() }, &plain(), &["~ NO CYCLE"]);
}

#[test]
fn bounds_follow_the_type() {
    let small = Sequence { data_type: "integer".to_owned(), max: i32::MAX.into(), ..plain() };
    check(&small, &plain(), &["~ AS bigint"]);
    check(&plain(), &small, &["~ AS integer"]);
    let kept = Sequence { max: i32::MAX.into(), ..plain() };
    check(&small, &kept, &["~ AS bigint MAXVALUE 2147483647"]);
    check(&kept, &small, &["~ AS integer"]);
}

#[test]
fn stays_within_its_bounds() {
    let step = |first| format!("SELECT pg_catalog.setval('s.q', {first}, false) FROM s.q WHERE last_value < {first}");
    check(&plain(), &Sequence { min: 10, start: 10, ..plain() }, &[&step(10), "~ MINVALUE 10 START WITH 10"]);
    let (low, high) = (Sequence { max: 9, ..plain() }, Sequence { min: 20, start: 20, max: 29, ..plain() });
    check(&low, &high, &["~ MAXVALUE 29", &step(20), "~ MINVALUE 20 START WITH 20"]);
    let down = Sequence { increment: -1, min: i64::MIN, max: -1, start: -1, ..plain() };
    check(
        &plain(),
        &down,
        &[
            "~ MINVALUE -9223372036854775808",
            "SELECT pg_catalog.setval('s.q', -1, false) FROM s.q WHERE last_value > -1",
            "~ INCREMENT BY -1 MAXVALUE -1 START WITH -1",
        ],
    );
}

#[test]
fn whose_it_is() {
    let owner = SequenceOwner { table: QualifiedName::new("s", "t"), column: "Id".to_owned() };
    let owned = Sequence { owned_by: Some(owner), ..plain() };
    let sql = |from: Option<&Sequence>, to: &Sequence| ownership(from, to).map(|step| step.sql);
    assert_eq!(sql(None, &plain()), None);
    assert_eq!(sql(None, &owned).unwrap(), "ALTER SEQUENCE s.q OWNED BY s.t.\"Id\"");
    assert_eq!(sql(Some(&owned), &owned), None);
    assert_eq!(sql(Some(&owned), &plain()).unwrap(), "ALTER SEQUENCE s.q OWNED BY NONE");
}
