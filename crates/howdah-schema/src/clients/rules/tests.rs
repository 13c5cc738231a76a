use super::number::{Limit, Side};
use super::test::{Comparison, Leaf, Length, Text, TextForm};
use super::*;
use crate::testing::{base_type, catalog, table};
use expression::read;
use proptest::prelude::*;

/// A table with a column of each type that rules speak of.
fn fields() -> Catalog {
    catalog([table("t")
        .column("name", "text", "")
        .column("code", "character varying(5)", "")
        .column("flag", "character(2)", "")
        .column("n", "integer", "")
        .column("m", "integer", "")
        .column("price", "numeric(10,2)", "")
        .column("ratio", "double precision", "")
        .column("ok", "boolean", "")
        .column("data", "jsonb", "")
        .column("digest", "bytea", "")
        .column("id", "uuid", "")
        .column("parent", "uuid", "")
        .column("day", "date", "")
        .column("words", "text[]", "")
        .column("at", "timestamp with time zone", "")
        .column("until", "timestamp with time zone", "")
        .column("span", "interval", "")])
}

/// Reads one CHECK of that table.
fn carried(expression: &str) -> Result<Rule, String> {
    let catalog = fields();
    let found = catalog.tables.values().next().unwrap();
    let fields = found.columns.iter().map(|column| (column.name.clone(), column_field(&catalog, column))).collect();
    rule("chk", expression, true, &fields).map_err(|left| left.reason)
}

fn check(expression: &str, expected: Test) {
    assert_eq!(carried(expression).map(|rule| rule.test), Ok(expected), "{expression}");
}

fn column(name: &str) -> Source {
    Source::Column(name.to_owned())
}

fn text(name: &str) -> Text {
    Text::Source(column(name), TextForm::Same)
}

fn number(name: &str, side: Side, number: &str) -> Test {
    Test::Leaf(Leaf::Number(column(name), Limit { side, number: number.to_owned() }))
}

fn length(comparison: Comparison, number: i64) -> Test {
    Test::Leaf(Leaf::Length(Length::Characters(text("name")), comparison, number))
}

#[test]
fn what_is_carried() {
    check("(char_length(name) <= 200)", length(Comparison::AtMost, 200));
    check(
        "((char_length(name) >= 1) AND (char_length(name) <= 100))",
        Test::All(vec![length(Comparison::AtLeast, 1), length(Comparison::AtMost, 100)]),
    );
    check("(200 >= char_length(name))", length(Comparison::AtMost, 200));
    check("(n >= '-840'::integer)", number("n", Side::AtLeast, "-840"));
    check("(price > (0)::numeric)", number("price", Side::AtLeast, "0.005"));
    check("(ratio <= (90)::double precision)", number("ratio", Side::AtMost, "90"));
    let list = Leaf::OneOf(text("name"), vec!["a".into(), "it's".into()]);
    check("(name = ANY (ARRAY['a'::text, 'it''s'::text]))", Test::Leaf(list.clone()));
    check("(name = ANY ('{a,b}'::text[]))", Test::Leaf(Leaf::OneOf(text("name"), vec!["a".into(), "b".into()])));
    check("((name = 'a'::text) OR (name = 'it''s'::text))", Test::Leaf(list.clone()));
    check("(NOT (name = ANY (ARRAY['a'::text, 'it''s'::text])))", Test::Not(Box::new(Test::Leaf(list))));
    let code = Text::Source(column("code"), TextForm::Cut(5));
    check(
        "((code)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
        Test::Leaf(Leaf::OneOf(code, vec!["x".into(), "y".into()])),
    );
    let flag = Text::Source(column("flag"), TextForm::Padded(2));
    check("(flag = 'a'::bpchar)", Test::Leaf(Leaf::OneOf(flag, vec!["a".into()])));
    check("(name ~ '^[a-z]+$'::text)", Test::Leaf(Leaf::Matches(text("name"), "^[a-z]+$".into())));
    check("(name ~~ 'a%'::text)", Test::Leaf(Leaf::Matches(text("name"), "^a[\\s\\S]*$".into())));
    check(
        "(btrim(name) <> ''::text)",
        Test::Not(Box::new(Test::Leaf(Leaf::OneOf(
            Text::Trimmed { text: Box::new(text("name")), characters: " ".into(), start: true, end: true },
            vec![String::new()],
        )))),
    );
    check("(jsonb_typeof(data) = 'object'::text)", Test::Leaf(Leaf::JsonIs(column("data"), "object".into())));
    check(
        "(octet_length(digest) = 32)",
        Test::Leaf(Leaf::Length(Length::Bytes(column("digest")), Comparison::Equal, 32)),
    );
    check(
        "(cardinality(words) <= 3)",
        Test::Leaf(Leaf::Length(Length::Elements { of: column("words"), null_if_empty: false }, Comparison::AtMost, 3)),
    );
    check(
        "((day IS NULL) OR (NOT ok))",
        Test::Any(vec![Test::IsNull(column("day")), Test::Not(Box::new(Test::Leaf(Leaf::True(column("ok")))))]),
    );
    check(
        "((id IS NULL) = (parent IS NULL))",
        Test::Same(Box::new(Test::IsNull(column("id"))), Box::new(Test::IsNull(column("parent")))),
    );
}

#[test]
fn what_is_not_carried() {
    for (expression, reason) in [
        ("public.fits(name, 500)", "calls public.fits"),
        ("(name > 'a'::text)", "collation"),
        ("(name ~ '\\mword'::text)", "JavaScript"),
        ("(flag ~ 'a'::text)", "char(n)"),
        ("(lower(name) = name)", "calls lower"),
        ("(price <= ((n)::numeric * price))", "operator *"),
        ("(span > '00:00:00'::interval)", "interval"),
        ("(name = (data ->> 'x'::text))", "operator ->>"),
        ("(name COLLATE \"C\" = 'a'::text)", "holds"),
        ("(EXTRACT(year FROM day) > (2000)::numeric)", "holds"),
        ("(at > now())", "calls now"),
        ("(at > '2020-01-01'::timestamp with time zone)", "ISO 8601"),
        ("((ratio)::numeric > (0)::numeric)", "cast to numeric"),
        ("(words[1] = 'a'::text)", "holds"),
        ("(n OPERATOR(public.=) 1)", "holds"),
        ("(name = NULL::text)", "NULL"),
        ("(name = ANY (words))", "list of constants"),
        ("(price = ratio)", "different types"),
        ("(CASE WHEN (name ~ '[[:alpha:]]'::text) THEN ok ELSE true END)", "locale"),
    ] {
        match carried(expression) {
            Ok(rule) => panic!("{expression}: {:?}", rule.test),
            Err(found) => assert!(found.contains(reason), "{expression}: {found}"),
        }
    }
}

#[test]
fn patterns_err_towards_passing() {
    for (expression, exact, pattern) in [
        ("(name ~ '^[[:digit:]]$'::text)", false, "^[0-9\\x80-\\u{10ffff}]$"),
        ("(name !~ '[[:cntrl:]]'::text)", false, "[\\x00-\\x1f\\x7f]"),
        ("(NOT (name ~ '[[:cntrl:]]'::text))", false, "[\\x00-\\x1f\\x7f]"),
        ("(name !~* 'ab'::text)", true, "[aA][bB]"),
    ] {
        let rule = carried(expression).unwrap();
        assert_eq!(rule.exact, exact, "{expression}");
        let matches = match rule.test {
            Test::Not(inner) => *inner,
            test => test,
        };
        assert_eq!(matches, Test::Leaf(Leaf::Matches(text("name"), pattern.into())), "{expression}");
    }
}

#[test]
fn which_rules_are_about_one_column() {
    let rules = |expression: &str| {
        let catalog =
            catalog([table("t").column("a", "text", "").column("b", "text", "").check("chk", &["a"], expression)]);
        let found = of_table(&catalog, catalog.tables.values().next().unwrap());
        (found.columns.into_keys().collect::<Vec<_>>(), found.rows.len(), found.left.len())
    };
    assert_eq!(rules("(char_length(a) > 1)"), (vec!["a".to_owned()], 0, 0));
    assert_eq!(rules("((a IS NULL) OR (a <> ''::text))"), (vec!["a".to_owned()], 0, 0));
    assert_eq!(rules("((a IS NOT NULL) AND (a <> ''::text))"), (vec![], 1, 0));
    assert_eq!(rules("(a <> b)"), (vec![], 1, 0));
    assert_eq!(rules("(num_nonnulls(a, b) = 1)"), (vec![], 1, 0));
    assert_eq!(rules("(upper(a) = a)"), (vec![], 0, 1));
}

#[test]
fn kinds() {
    let catalog = Catalog::default();
    for (sql, kind) in [
        ("text", Kind::Text),
        ("character varying", Kind::Text),
        ("character varying(20)", Kind::Cut(20)),
        ("character(1)", Kind::Padded(1)),
        ("smallint", Kind::Whole(16)),
        ("numeric", Kind::Numeric(None)),
        ("numeric(5)", Kind::Numeric(Some((5, 0)))),
        ("numeric(19,4)", Kind::Numeric(Some((19, 4)))),
        ("numeric(3,-2)", Kind::Numeric(Some((3, -2)))),
        ("character varying(20)[]", Kind::Array(Box::new(Kind::Cut(20)))),
        ("inet", Kind::Other),
    ] {
        assert_eq!(Kind::of(&catalog, &base_type(sql)), kind, "{sql}");
    }
}

proptest! {
    /// Whatever stands there, reading it ends, and does not panic.
    #[test]
    fn any_text_is_read_or_refused(sql in ".{0,60}") {
        let _ = carried(&sql);
    }

    #[test]
    fn pieces_of_checks_are_read_or_refused(pieces in proptest::collection::vec(prop::sample::select(vec![
        "(", ")", "name", "n", "AND", "OR", "NOT", "IS NULL", "=", "<>", "~", "::text", "'a'", "1", "ANY", "ARRAY[", "]", ",",
        "char_length(", "CASE", "WHEN", "THEN", "ELSE", "END", "-", "\"", "'", "::", ".", "[", "TRIM(BOTH FROM ",
    ]), 0..20)) {
        let sql = pieces.join(" ");
        let _ = read(&sql);
        let _ = carried(&sql);
    }

    /// Patterns, too.
    #[test]
    fn any_pattern_is_translated_or_refused(text in "[a-z\\[\\]\\\\(){}|*+?^$.:,0-9-]{0,20}") {
        for ignore_case in [false, true] {
            let _ = pattern::regular_expression(&text, ignore_case);
        }
        let _ = pattern::like(&text);
    }
}
