//! The parsers, through one check each; and that nothing a client sends makes them panic.

use http::HeaderMap;
use proptest::prelude::*;

use super::{filter, order, params, prefer, range, select};
use crate::query::{Condition, Field, Filter, IsWhat, JsonKey, Logic, OPERATORS, PathStep, Quantifier, SelectItem};

fn field(name: &str) -> Field {
    Field { column: name.into(), path: Vec::new() }
}

fn compare(column: &str, operator: &str, value: &str) -> Logic {
    quantified(column, operator, None, value)
}

fn quantified(column: &str, operator: &str, quantifier: Option<Quantifier>, value: &str) -> Logic {
    let operator = *OPERATORS.iter().find(|known| known.name == operator).unwrap();
    let condition = Condition::Compare { operator, quantifier, value: value.into() };
    Logic::Filter(Filter { field: field(column), condition })
}

fn is(column: &str, what: IsWhat) -> Logic {
    Logic::Filter(Filter { field: field(column), condition: Condition::Is(what) })
}

fn within(column: &str, values: &[&str]) -> Logic {
    let values = values.iter().map(ToString::to_string).collect();
    Logic::Filter(Filter { field: field(column), condition: Condition::In(values) })
}

fn not(logic: Logic) -> Logic {
    Logic::Not(Box::new(logic))
}

fn check_filter(key: &str, value: &str, expected: &Logic) {
    assert_eq!(&filter::filter(key, value).unwrap(), expected, "{key}={value}");
}

fn check_logic(key: &str, value: &str, expected: &Logic) {
    assert_eq!(&filter::logic(key, value).unwrap(), expected, "{key}={value}");
}

fn check_refused(key: &str, value: &str, reason: &str, hint: &str) {
    let error = if key == "or" { filter::logic(key, value) } else { filter::filter(key, value) }.unwrap_err();
    assert!(error.reason.contains(reason), "{key}={value}: {}", error.reason);
    assert!(error.hint.as_deref().unwrap_or_default().contains(hint), "{key}={value}: {:?}", error.hint);
}

#[test]
fn filters() {
    check_filter("id", "eq.7", &compare("id", "eq", "7"));
    check_filter("title", "eq.a.b,c(d)", &compare("title", "eq", "a.b,c(d)"));
    check_filter("title", "eq.\"quoted\"", &compare("title", "eq", "\"quoted\""));
    check_filter("title", "not.like.*x*", &not(compare("title", "like", "%x%")));
    check_filter("title", "like(any).{a*,b}", &quantified("title", "like", Some(Quantifier::Any), "{a%,b}"));
    check_filter("done", "is.true", &is("done", IsWhat::True));
    check_filter("done", "not.is.NULL", &not(is("done", IsWhat::Null)));
    check_filter("id", "in.(1,2,\"a,\\\"b\")", &within("id", &["1", "2", "a,\"b"]));
    check_filter("id", "in.()", &within("id", &[]));
}

#[test]
fn logic_trees() {
    let expected = Logic::Or(vec![
        compare("age", "lt", "18"),
        not(Logic::And(vec![compare("name", "eq", "x,y"), within("id", &["1", "2"])])),
        not(is("age", IsWhat::Null)),
    ]);
    check_logic("or", "(age.lt.18,not.and(name.eq.\"x,y\",id.in.(1,2)),age.not.is.null)", &expected);
    check_logic("not.and", "(a.eq.1)", &not(Logic::And(vec![compare("a", "eq", "1")])));
}

#[test]
fn refusals_say_what_to_do() {
    check_refused("id", "equals.7", "unknown operator \"equals\"", "\"eq\"");
    check_refused("id", "eqq.7", "unknown operator \"eqq\"", "\"eq\"");
    check_refused("id", "7", "unknown operator \"7\"", "column=operator.value");
    check_refused("id", "eq", "needs a value", "");
    check_refused("id", "cs(any).{a}", "takes no (any)", "");
    check_refused("id", "eq(some).{a}", "unknown modifier", "");
    check_refused("id", "is.maybe", "is.null", "");
    check_refused("id", "in.1,2", "in parentheses", "");
    check_refused("or", "a.eq.1", "in parentheses", "");
    check_refused("or", "(a.eq.1", "in parentheses", "");
    check_refused("or", "(a)", "column.operator.value", "");
    check_refused("data->>a->b", "eq.1", "last arrow", "");
    check_refused("data->", "eq.1", "without a key", "");
    let deep = format!("{}a.eq.1{}", "(or".repeat(40), ")".repeat(40));
    check_refused("or", &format!("(or{deep})"), "", "");
}

#[test]
fn selects() {
    let item = |alias: Option<&str>, column: &str, path: Vec<PathStep>, cast: Option<&str>| SelectItem::Field {
        field: Field { column: column.into(), path },
        alias: alias.map(Into::into),
        cast: cast.map(Into::into),
    };
    let name = |key: &str, as_text| PathStep { key: JsonKey::Name(key.into()), as_text };
    assert_eq!(select::select("").unwrap(), [SelectItem::All]);
    assert_eq!(select::select("*,id").unwrap(), [SelectItem::All, item(None, "id", vec![], None)]);
    let path = vec![name("a", false), PathStep { key: JsonKey::Index(0), as_text: false }, name("b c", true)];
    assert_eq!(
        select::select("x:data->a->0->>\"b c\"::int,n::numeric[]").unwrap(),
        [item(Some("x"), "data", path, Some("int")), item(None, "n", vec![], Some("numeric[]"))]
    );
    for (refused, code) in
        [("id,", "PGRST100"), ("id::text;drop", "PGRST100"), ("author(*)", "HOWDAH501"), ("count()", "HOWDAH501")]
    {
        assert_eq!(select::select(refused).unwrap_err().code, code, "{refused}");
    }
}

#[test]
fn orders() {
    let terms = order::order("a.desc.nullslast,b->x,c.nullsfirst").unwrap();
    let seen: Vec<_> =
        terms.iter().map(|term| (term.field.column.as_str(), term.descending, term.nulls_first)).collect();
    assert_eq!(seen, [("a", true, Some(false)), ("b", false, None), ("c", false, Some(true))]);
    assert_eq!(order::order("a.descending").unwrap_err().code, "PGRST100");
}

#[test]
fn ranges_and_preferences() {
    let headers = |name: &'static str, value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    };
    assert_eq!(range::header(&headers("range", "5-9")).unwrap(), Some((5, Some(5))));
    assert_eq!(range::header(&headers("range", "5-")).unwrap(), Some((5, None)));
    assert_eq!(range::header(&headers("range", "bytes=5-9")).unwrap(), None);
    assert_eq!(range::header(&headers("range", "9-5")).unwrap_err().code, "PGRST103");
    assert!(range::number("limit", "-1").is_err());
    assert!(range::number("limit", "99999999999999999999").is_err());

    let wishes = prefer::prefer(&headers("prefer", "return=representation, count=exact, nonsense")).unwrap();
    assert_eq!(wishes.applied_to_write().as_deref(), Some("return=representation, count=exact"));
    assert_eq!(prefer::prefer(&headers("prefer", "handling=strict, nonsense")).unwrap_err().code, "PGRST122");
    assert_eq!(prefer::prefer(&headers("prefer", "resolution=merge-duplicates")).unwrap_err().code, "HOWDAH501");
}

proptest! {
    #[test]
    fn no_input_panics(key in "[a-z.>\"(){}\\\\,-]{0,12}", value in ".{0,60}") {
        let _ = filter::filter(&key, &value);
        let _ = filter::logic(&key, &value);
        let _ = select::select(&value);
        let _ = order::order(&value);
        let _ = params::parse(&value);
    }

    #[test]
    fn nested_input_does_not_panic(value in "(\\(|\\)|or|and|not\\.|,|\"|\\\\|a\\.eq\\.1|in\\.\\(|\\{|\\}){0,30}") {
        let _ = filter::logic("or", &value);
        let _ = filter::filter("a", &value);
        let _ = select::select(&value);
    }

    #[test]
    fn quoted_values_come_back(value in "\\PC{0,20}") {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        let parsed = filter::logic("or", &format!("(a.eq.\"{quoted}\",b.eq.1)")).unwrap();
        prop_assert_eq!(parsed, Logic::Or(vec![compare("a", "eq", &value), compare("b", "eq", "1")]));
    }

    #[test]
    fn query_strings_come_back(key in "[a-z]{1,5}", value in "\\PC{0,20}") {
        let encoded = percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
        prop_assert_eq!(params::parse(&format!("{key}={encoded}")).unwrap(), [(key, value)]);
    }
}
