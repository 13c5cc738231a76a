//! The parsers, through one check each; and that nothing a client sends makes them panic.

use http::{HeaderMap, Method};
use proptest::prelude::*;

use super::parameters::Parameters;
use super::select::{Wanted, WantedEmbed};
use super::{filter, order, params, prefer, range, select};
use crate::exposed::Exposed;
use crate::options::{ApiOptions, TxEnd};
use crate::query::{
    Aggregate, Condition, Field, Filter, IsWhat, Item, Join, JsonKey, Logic, OPERATORS, PathStep, Quantifier,
};

fn field(name: &str) -> Field {
    Field::column(name)
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
    let parameters = Parameters::read(&[(key.into(), value.into())]).unwrap();
    assert_eq!(parameters.root.filter, std::slice::from_ref(expected), "{key}={value}");
}

fn check_refused(key: &str, value: &str, reason: &str, hint: &str) {
    let error = if key == "or" { filter::logic(key, false, value) } else { filter::filter(key, value) }.unwrap_err();
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
    let item = |alias: Option<&str>, column: &str, path: Vec<PathStep>, cast: Option<&str>| {
        let field = Some(Field { column: column.into(), path });
        let item = Item { field, alias: alias.map(Into::into), cast: cast.map(Into::into), ..Item::column("") };
        Wanted::Item(item)
    };
    let name = |key: &str, as_text| PathStep { key: JsonKey::Name(key.into()), as_text };
    assert_eq!(select::select("").unwrap(), [Wanted::All]);
    assert_eq!(select::select("*,id").unwrap(), [Wanted::All, item(None, "id", vec![], None)]);
    let path = vec![name("a", false), PathStep { key: JsonKey::Index(0), as_text: false }, name("b c", true)];
    assert_eq!(
        select::select("x:data->a->0->>\"b c\"::int,n::numeric[]").unwrap(),
        [item(Some("x"), "data", path, Some("int")), item(None, "n", vec![], Some("numeric[]"))]
    );
    for refused in
        ["id,", "id::text;drop", "a(b", "a(b)c", "...a", "x:...a(b)", "a!b!c(d)", "a!(b)", "n.median()", "(a)"]
    {
        assert!(select::select(refused).is_err(), "{refused}");
    }
}

fn aggregate(alias: Option<&str>, column: Option<&str>, aggregate: Aggregate) -> Item {
    Item { field: column.map(field), alias: alias.map(Into::into), aggregate: Some(aggregate), ..Item::column("") }
}

#[test]
fn aggregates() {
    let check = |text: &str, expected: Item| {
        assert_eq!(select::select(text).unwrap(), [Wanted::Item(expected)], "{text}");
    };
    check("count()", aggregate(None, None, Aggregate::Count));
    check("n:count()", aggregate(Some("n"), None, Aggregate::Count));
    check("amount.sum()", aggregate(None, Some("amount"), Aggregate::Sum));
    check("amount.count()", aggregate(None, Some("amount"), Aggregate::Count));
    let cast = Item {
        cast: Some("numeric".into()),
        aggregate_cast: Some("int".into()),
        ..aggregate(Some("t"), Some("amount"), Aggregate::Avg)
    };
    check("t:amount::numeric.avg()::int", cast);
}

#[test]
fn embeds() {
    let embed = |target: &str, items: Vec<Wanted>| WantedEmbed {
        target: target.into(),
        alias: None,
        hint: None,
        join: None,
        spread: false,
        items,
    };
    let check = |text: &str, expected: WantedEmbed| {
        assert_eq!(select::select(text).unwrap(), [Wanted::Embed(expected)], "{text}");
    };
    let id = || vec![Wanted::Item(Item::column("id"))];
    check("a()", embed("a", vec![]));
    check("a(id)", embed("a", id()));
    check("count(id)", embed("count", id()));
    check("x:a!b(id)", WantedEmbed { alias: Some("x".into()), hint: Some("b".into()), ..embed("a", id()) });
    check("a!inner(id)", WantedEmbed { join: Some(Join::Inner), ..embed("a", id()) });
    check("a!b!left(id)", WantedEmbed { hint: Some("b".into()), join: Some(Join::Left), ..embed("a", id()) });
    check("...a(id)", WantedEmbed { spread: true, ..embed("a", id()) });
    check("\"a(b\"(id)", embed("a(b", id()));
    check("a(*,b(id))", embed("a", vec![Wanted::All, Wanted::Embed(embed("b", id()))]));
}

#[test]
fn parameters_belong_to_levels() {
    let pairs =
        [("a.b.id", "eq.1"), ("a.order", "x.desc"), ("a.limit", "3"), ("a.not.or", "(x.eq.1)"), ("\"a.b\"", "eq.2")];
    let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let parameters = Parameters::read(&pairs).unwrap();
    assert_eq!(parameters.root.filter, [compare("a.b", "eq", "2")]);
    let a = &parameters.embedded[&vec!["a".to_owned()]];
    assert_eq!((a.limit, a.order.len()), (Some(3), 1));
    assert_eq!(a.filter, [not(Logic::Or(vec![compare("x", "eq", "1")]))]);
    assert_eq!(parameters.embedded[&vec!["a".to_owned(), "b".to_owned()]].filter, [compare("id", "eq", "1")]);
}

#[test]
fn orders() {
    let terms = order::order("a.desc.nullslast,b->x,c.nullsfirst").unwrap();
    let seen: Vec<_> =
        terms.iter().map(|term| (term.field.column.as_str(), term.descending, term.nulls_first)).collect();
    assert_eq!(seen, [("a", true, Some(false)), ("b", false, None), ("c", false, Some(true))]);
    let related = order::order("author(name->x).desc").unwrap();
    assert_eq!((related[0].embed.as_deref(), related[0].descending), (Some("author"), true));
    for refused in ["a.descending", "a(b", "a(b)c", "a,"] {
        assert!(order::order(refused).is_err(), "{refused}");
    }
}

#[test]
fn quotes_open_where_a_value_begins() {
    check_logic(
        "or",
        "(a.eq.5\" pipe,b.eq.1)",
        &Logic::Or(vec![compare("a", "eq", "5\" pipe"), compare("b", "eq", "1")]),
    );
    check_logic(
        "or",
        "(a.eq.\"x,y\",b.eq.\"z\")",
        &Logic::Or(vec![compare("a", "eq", "x,y"), compare("b", "eq", "z")]),
    );
    check_filter("a", "in.(5\",6)", &within("a", &["5\"", "6"]));
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
    assert!(range::limit("limit", "-1").is_err());
    let numbers = ["7", " 7 ", "0", "", "x", "1.5", "99999999999999999999"];
    let limits = numbers.map(|text| range::limit("limit", text).unwrap());
    assert_eq!(limits, [Some(7), Some(7), Some(0), None, None, None, Some(i64::MAX.unsigned_abs())]);
    assert_eq!(["7", "-7", "x"].map(range::offset), [Some(7), None, None]);
    assert_eq!(range::both((0, Some(2)), (1, Some(5))), Some((1, Some(1))));
    assert_eq!(range::both((3, None), (1, None)), Some((3, None)));
    assert_eq!(range::both((5, None), (0, Some(5))), None);

    let options = ApiOptions { tx_end: TxEnd::CommitAllowOverride, ..ApiOptions::default() };
    let prefer = |text: &str| prefer::prefer(&headers("prefer", text), &Exposed::default(), &options);
    let applied = |text: &str| prefer(text).unwrap().applied_to_write(&Method::POST, true);
    assert_eq!(
        applied("return=representation, count=exact, nonsense").as_deref(),
        Some("return=representation, count=exact")
    );
    assert_eq!(
        applied("tx=rollback,resolution=merge-duplicates,return=minimal").as_deref(),
        Some("resolution=merge-duplicates, return=minimal, tx=rollback")
    );
    assert_eq!(applied("max-affected=3"), None);
    let changed = |text: &str| prefer(text).unwrap().applied_to_write(&Method::PATCH, false);
    let strict = "handling=strict, max-affected=3";
    assert_eq!((applied(strict).as_deref(), changed(strict).as_deref()), (Some("handling=strict"), Some(strict)));
    assert_eq!(changed("resolution=merge-duplicates, missing=default").as_deref(), Some("missing=default"));
    for refused in ["handling=strict, nonsense", "timezone=Nowhere, handling=strict", "handling=strict,max-affected=x"]
    {
        assert_eq!(prefer(refused).unwrap_err().code, "PGRST122", "{refused}");
    }
}

proptest! {
    #[test]
    fn no_input_panics(key in "[a-z.>\"(){}\\\\,-]{0,12}", value in ".{0,60}") {
        let _ = filter::filter(&key, &value);
        let _ = filter::logic("and", true, &value);
        let _ = Parameters::read(&[(key, value.clone())]);
        let _ = select::select(&value);
        let _ = order::order(&value);
        let _ = params::parse(&value);
    }

    #[test]
    fn nested_selects_do_not_panic(value in "(a|b\\(|\\)|,|!inner|\\.\\.\\.|:|::|count\\(\\)|\\.sum\\(\\)|->|->>|\"|\\*){0,30}") {
        let _ = select::select(&value);
    }

    #[test]
    fn nested_input_does_not_panic(value in "(\\(|\\)|or|and|not\\.|,|\"|\\\\|a\\.eq\\.1|in\\.\\(|\\{|\\}){0,30}") {
        let _ = filter::logic("or", false, &value);
        let _ = filter::filter("a", &value);
        let _ = select::select(&value);
    }

    #[test]
    fn quoted_values_come_back(value in "\\PC{0,20}") {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        let parsed = filter::logic("or", false, &format!("(a.eq.\"{quoted}\",b.eq.1)")).unwrap();
        prop_assert_eq!(parsed, Logic::Or(vec![compare("a", "eq", &value), compare("b", "eq", "1")]));
    }

    #[test]
    fn query_strings_come_back(key in "[a-z]{1,5}", value in "\\PC{0,20}") {
        let encoded = percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
        prop_assert_eq!(params::parse(&format!("{key}={encoded}")).unwrap(), [(key, value)]);
    }
}
