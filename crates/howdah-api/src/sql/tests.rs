//! Whatever a request says, its words reach PostgreSQL as parameters, quoted names and quoted literals.
//!
//! The same request is made twice, once with harmless texts and once with hostile ones: token by token the SQL must be the
//! same. And a real server must be able to prepare it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use howdah_http::ApiError;
use howdah_pg::IntrospectOptions;
use howdah_schema::Catalog;
use howdah_testkit::{Sql, TestDb};
use http::Request;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::{Form, Rendered, Rendering};
use crate::check::RequestCheck;
use crate::cursor;
use crate::exposed::Exposed;
use crate::options::ApiOptions;
use crate::request::parameters::Parameters;
use crate::request::params;
use crate::resolve::Resolver;
use crate::surroundings;

const SCHEMA: &str = r#"
create table "odd ""tbl"" 😀" (
  "select" integer primary key, "a ""b""'c; --" text, "größe" text, "j,s(o)n" jsonb, "$1" integer, t text, v tsvector,
  deleted_at timestamptz
);
create table "child's" (id integer primary key, "parent id" integer references "odd ""tbl"" 😀", "\" text);
"#;

const TABLE: &str = "odd \"tbl\" 😀";
const TEXTS: [&str; 4] = ["\"a \\\"b\\\"'c; --\"", "größe", "t", "\"j,s(o)n\"->>x"];

struct World {
    db: TestDb,
    exposed: Exposed,
    options: ApiOptions,
}

impl World {
    async fn new() -> Self {
        let db = TestDb::from_sql("odd-names", [Sql::text("odd.sql", SCHEMA)]).await;
        let client = db.client_owner().await;
        let catalog = Arc::new(howdah_pg::introspect(&client, &IntrospectOptions::default()).await.unwrap());
        let options = ApiOptions::default();
        let around = surroundings::read(&client, &catalog, &options).await.unwrap();
        let exposed = Exposed::new(catalog, &options, around);
        Self { db, exposed, options }
    }

    /// The statements of a read.
    fn render(&self, query: &str) -> Result<Vec<Rendered>, ApiError> {
        let parameters = Parameters::read(&params::parse(query)?)?;
        let cursor = parameters.cursor.clone();
        let resolver =
            Resolver { exposed: &self.exposed, options: &self.options, schema: "public", max_rows: Some(100) };
        let mut query = resolver.query(self.exposed.relation("public", TABLE)?, parameters)?;
        let rendering = Rendering { role: "anyone", form: Form::Json { strip_nulls: false } };
        let counts = [rendering.count(&query, None)?, rendering.planned(&query)?];
        if let Some(token) = cursor {
            cursor::page(&mut query, &token, rendering)?;
        }
        let csv = Rendering { form: Form::Text, ..rendering };
        Ok([vec![rendering.read(&query, &[])?, csv.read(&query, &[])?], counts.into()].concat())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A keyword or a name that needs no quotes.
    Word(String),
    Name,
    Literal,
    Parameter(String),
    Number(String),
    Symbol(char),
}

/// PostgreSQL's lexical structure, as far as the API writes it.
fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let is_escaped = rest.starts_with("E'");
        let taken = |fits: fn(char) -> bool| rest.find(|c| !fits(c)).unwrap_or(rest.len());
        let (token, length) = match first {
            ' ' => {
                rest = &rest[1..];
                continue;
            }
            '"' => (Token::Name, quoted(rest, '"', false)),
            '\'' => (Token::Literal, quoted(rest, '\'', false)),
            'E' if is_escaped => (Token::Literal, 1 + quoted(&rest[1..], '\'', true)),
            '$' => {
                let length = 1 + rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1);
                (Token::Parameter(rest[..length].to_owned()), length)
            }
            '0'..='9' => {
                let length = taken(|c| c.is_ascii_digit());
                (Token::Number(rest[..length].to_owned()), length)
            }
            c if c.is_alphabetic() || c == '_' => {
                let length = taken(|c| c.is_alphanumeric() || c == '_');
                (Token::Word(rest[..length].to_owned()), length)
            }
            other => (Token::Symbol(other), other.len_utf8()),
        };
        tokens.push(token);
        rest = &rest[length..];
    }
    tokens
}

/// The length of a quoted piece.
fn quoted(text: &str, quote: char, backslashes: bool) -> usize {
    let mut at = 1;
    while let Some(c) = text[at..].chars().next() {
        at += c.len_utf8();
        if c == '\\' && backslashes {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        } else if c == quote {
            if !text[at..].starts_with(quote) {
                return at;
            }
            at += 1;
        }
    }
    panic!("a quote is not closed: {text}")
}

/// Two statements are alike when they differ inside of what is quoted only. A harmless name of a request stands without
/// quotes, a hostile one in them, unless it is a plain word itself.
fn alike(harmless: &str, hostile: &str, texts: &[String]) -> bool {
    let (harmless, hostile) = (tokens(harmless), tokens(hostile));
    let same = |(harmless, hostile): (&Token, &Token)| match (harmless, hostile) {
        (Token::Word(word), Token::Name) => word.starts_with("harmless"),
        (Token::Word(word), Token::Word(text)) if word.starts_with("harmless") => texts.contains(text),
        (harmless, hostile) => harmless == hostile,
    };
    harmless.len() == hostile.len() && harmless.iter().zip(&hostile).all(same)
}

/// A part of a query string with places for the client's own texts: `{q}` in the protocol's quotes, `{r}` bare.
fn part() -> impl Strategy<Value = String> {
    let column = prop::sample::select(&TEXTS[..]);
    let other = prop::sample::select(
        &[
            "select={q}:select,größe,{q}:\"j,s(o)n\"->{q}->>{q}",
            "select=*,{q}:child's(id,{q}:\"\\\\\")",
            "select=\"$1\".sum(),{q}:t,{q}:count()",
            "select=*,...child's({q}:id)",
            "order=\"j,s(o)n\"->>{q}.desc,\"$1\".nullsfirst",
            "order=größe.desc&limit=3&cursor=",
            "\"$1\"=in.(1,2)&\"select\"=eq.3",
            "v=wfts(simple).{r}",
            "select=*,child's!inner(*)&child's.\\=eq.{r}&child's.order=\\",
            "trash=with&offset=5",
        ][..],
    );
    prop_oneof![
        (column.clone(), prop::sample::select(&["eq", "not.like", "ilike", "match", "isdistinct"][..]))
            .prop_map(|(column, operator)| format!("{column}={operator}.{{r}}")),
        column.clone().prop_map(|column| format!("{column}=in.({{q}},{{q}})")),
        column.clone().prop_map(|column| format!("or=({column}.eq.{{q}},not.and({column}.gt.{{q}},t.is.null))")),
        column.prop_map(|column| format!("{column}=like(any).{{x,y}}")),
        other.prop_map(str::to_owned),
    ]
}

/// Texts that mean something to PostgreSQL, to the protocol, or to nobody. A number would be an index in a JSON path.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(
            &[
                "'",
                "''",
                "\"",
                "\\",
                ";",
                "--",
                "/*",
                "*/",
                "$1",
                "$$",
                "E'",
                "\\'",
                ")",
                "(",
                ",",
                ".",
                "::",
                "->>",
                " or 1=1",
                "; drop table x",
                "\n",
                "é",
                "😀",
                "{",
                "}",
                "%",
                "*",
                "null",
                "select",
                "a"
            ][..]
        )
        .prop_map(str::to_owned),
        "\\PC{1,4}",
    ];
    prop::collection::vec(piece, 1..5)
        .prop_map(|pieces| pieces.concat())
        .prop_filter("an index or nothing", |text| text.parse::<i32>().is_err() && !text.trim().is_empty())
}

/// Puts texts into the places, and encodes the whole for a URL.
fn filled(part: &str, texts: &[String]) -> String {
    let mut texts = texts.iter().cycle();
    let mut next = || texts.next().cloned().unwrap_or_default();
    let mut whole = String::new();
    let mut rest = part;
    while let Some((before, kind, after)) = ["{q}", "{r}"]
        .iter()
        .filter_map(|place| rest.find(place).map(|at| (&rest[..at], *place, &rest[at + 3..])))
        .min_by_key(|(before, ..)| before.len())
    {
        whole.push_str(before);
        let text = next();
        if kind == "{q}" {
            whole.push_str(&format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
        } else {
            whole.push_str(&text);
        }
        rest = after;
    }
    whole + rest
}

/// `a=b` for a URL; `&` stands between pairs of the template only.
fn encoded(parts: &[String], texts: &[String]) -> String {
    let pairs = parts.iter().flat_map(|part| part.split('&')).map(|pair| {
        let whole = filled(pair, texts);
        let (key, value) = whole.split_once('=').unwrap_or((&whole, ""));
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        format!("{}={}", encode(key), encode(value))
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

/// The parts of a query string; one `select` and one page at the most.
fn parts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(part(), 1..4).prop_map(|mut parts| {
        for once in ["select=", "order=", "trash="] {
            let mut seen = false;
            parts.retain(|part| !part.contains(once) || !std::mem::replace(&mut seen, true));
        }
        if parts.iter().any(|part| part.contains("count()")) {
            parts.retain(|part| !part.contains("order="));
        }
        if parts.iter().any(|part| part.contains("cursor")) {
            parts.retain(|part| !part.contains("offset"));
        }
        parts
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_change_no_statement_and_all_can_be_prepared() {
    let world = World::new().await;
    let client = world.db.client_owner().await;
    let runtime = tokio::runtime::Handle::current();
    let cases = (parts(), prop::collection::vec(hostile(), 8));
    let outcome = tokio::task::block_in_place(|| {
        runner(300).run(&cases, |(parts, texts)| {
            let harmless: Vec<String> = (0..texts.len()).map(|at| format!("harmless{at}")).collect();
            let render = |texts: &[String]| {
                let query = encoded(&parts, texts);
                world.render(&query).map_err(|error| TestCaseError::fail(format!("{parts:?} {texts:?}: {error:?}")))
            };
            let (harmless, hostile) = (render(&harmless)?, render(&texts)?);
            for (harmless, hostile) in harmless.iter().zip(&hostile) {
                prop_assert!(alike(&harmless.sql, &hostile.sql, &texts), "{}\n{}", harmless.sql, hostile.sql);
                prop_assert_eq!(harmless.params.len(), hostile.params.len());
                for rendered in [harmless, hostile] {
                    let prepared = runtime.block_on(client.prepare(&rendered.sql));
                    if let Err(error) = prepared {
                        let reason = error.as_db_error().map(ToString::to_string).unwrap_or_default();
                        return Err(TestCaseError::fail(format!("{reason}: {}", rendered.sql)));
                    }
                }
            }
            Ok(())
        })
    });
    outcome.unwrap();
}

/// Pieces of the protocol in any order, with anything between: refused, or SQL that is at least well-formed.
#[tokio::test(flavor = "multi_thread")]
async fn anything_else_is_refused_or_well_formed() {
    let world = World::new().await;
    let client = world.db.client_owner().await;
    let runtime = tokio::runtime::Handle::current();
    let piece = prop_oneof![
        8 => prop::sample::select(
            &["select=", "order=", "or=", "not.and=", "&", "(", ")", ",", ".", "\"", "\\", "->", "->>", ":", "!", "!inner",
              "eq.", "in.", "is.null", "fts(simple).", "like(any).{", "}", "*", "count()", "t", "größe", "child's", "...",
              "select", "\"$1\"", "\"j,s(o)n\"", "limit=", "1", "desc", "nullslast", "cursor=", "trash=only", "%22", "'", ";--"][..]
        ).prop_map(str::to_owned),
        3 => prop::sample::select(
            &["&t=eq.", "&select=t,", "&order=größe", "&limit=3", "&or=(t.eq.", "&select=*,child's(", "&\"$1\"=in.(1)"][..]
        ).prop_map(str::to_owned),
        1 => "\\PC{1,3}",
    ];
    let cases = prop::collection::vec(piece, 1..14).prop_map(|pieces| pieces.concat());
    let understood = AtomicU32::new(0);
    let outcome = tokio::task::block_in_place(|| {
        runner(4000).run(&cases, |query| {
            // A cast takes any words for a type's name: two of them are no SQL, and do no harm between its parentheses.
            prop_assume!(!query.contains("::"));
            let Ok(statements) = world.render(&query) else { return Ok(()) };
            understood.fetch_add(1, Ordering::Relaxed);
            for statement in &statements {
                tokens(&statement.sql);
                if let Err(error) = runtime.block_on(client.prepare(&statement.sql)) {
                    let code = error.code().map(|code| code.code().to_owned()).unwrap_or_default();
                    prop_assert!(code.starts_with("42") && code != "42601", "{code}: {query}\n{}", statement.sql);
                }
            }
            Ok(())
        })
    });
    outcome.unwrap();
    let understood = understood.into_inner();
    assert!(understood > 20, "only {understood} of the requests were understood");
}

proptest! {
    #![proptest_config(Config { cases: 512, failure_persistence: None, ..Config::default() })]

    /// No header, no body and no address is more than an error.
    #[test]
    fn no_request_panics(
        method in prop::sample::select(&["GET", "POST", "PATCH", "PUT", "DELETE"][..]),
        query in "[ -~]{0,40}",
        headers in prop::collection::vec(
            (prop::sample::select(&["prefer", "accept", "range", "if-match", "if-none-match", "content-type", "accept-profile"][..]),
             "[ -~]{0,30}"),
            0..4,
        ),
        body in "[ -~\n]{0,60}",
    ) {
        let query = utf8_percent_encode(&query, &NOT_OF_A_URI).to_string();
        let mut request = Request::builder().method(method).uri(format!("/rest/v1/odd%20name?{query}"));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Ok(request) = request.body(()) {
            let _ = checker().check(&request.into_parts().0, &Bytes::from(body));
        }
    }
}

/// What no address can hold as it is.
const NOT_OF_A_URI: percent_encoding::AsciiSet =
    percent_encoding::CONTROLS.add(b' ').add(b'#').add(b'"').add(b'<').add(b'>');

fn checker() -> &'static RequestCheck {
    static CHECKER: std::sync::OnceLock<RequestCheck> = std::sync::OnceLock::new();
    CHECKER.get_or_init(|| {
        let catalog: Catalog = serde_json::from_str(crate::check::CATALOG).unwrap();
        RequestCheck::new(&catalog, &["public".to_owned()])
    })
}
