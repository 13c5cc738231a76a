use super::*;
use proptest::prelude::*;

fn check(sql: &str, expected: &[&str]) {
    let found: Vec<&str> = statements(sql).into_iter().map(|span| &sql[span]).collect();
    assert_eq!(found, expected, "{sql:?}");
}

#[test]
fn splits_at_semicolons_outside_of_everything() {
    check("", &[]);
    check(" ;; -- nothing\n; /* x */ ;", &[]);
    check("select 1; select 2", &["select 1", "select 2"]);
    check("select ';' ; select \";\"", &["select ';'", "select \";\""]);
    check("select 'it''s;' ; x", &["select 'it''s;'", "x"]);
    check(r"select E'\';' ; x", &[r"select E'\';'", "x"]);
    check(r"select '\' ; x", &[r"select '\'", "x"]);
    check("select U&'d;' ; x", &["select U&'d;'", "x"]);
    check("-- a;b\nselect 1 -- c;d\n;e", &["select 1", "e"]);
    check("/* a; /* b; */ c; */ select 1; d", &["select 1", "d"]);
    check("select $$a;b$$; c", &["select $$a;b$$", "c"]);
    check("select $x$a;$$b;$x$; c", &["select $x$a;$$b;$x$", "c"]);
    check("select a$b$c;d$b$", &["select a$b$c", "d$b$"]);
    check("select $1;$2", &["select $1", "$2"]);
    check(
        "create rule r as on insert to t do also (delete from a; delete from b); c",
        &["create rule r as on insert to t do also (delete from a; delete from b)", "c"],
    );
    check("select 'never closed; x", &["select 'never closed; x"]);
    check("/* never closed; x", &[]);
    check("select é.ü; ñ", &["select é.ü", "ñ"]);
}

#[test]
fn keeps_sql_bodies_whole() {
    let body = "create or replace function f(begin int) returns int language sql begin atomic select 1; select case when true then 2 else 3 end; end";
    check(&format!("{body}; select 4"), &[body, "select 4"]);
    let procedure = "CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END";
    check(&format!("{procedure};x"), &[procedure, "x"]);
    check(
        "begin; select case when a then b end; commit; create table t (\"begin\" int); x",
        &["begin", "select case when a then b end", "commit", "create table t (\"begin\" int)", "x"],
    );
    check(
        "create function f() returns int as $$ begin; end; $$ language sql; x",
        &["create function f() returns int as $$ begin; end; $$ language sql", "x"],
    );
    check("create table function (begin int); x", &["create table function (begin int)", "x"]);
}

/// Text thick with what the splitter looks for.
fn sql() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "'",
        "\"",
        "$$",
        "$a$",
        "$",
        "--",
        "/*",
        "*/",
        "\n",
        ";",
        "(",
        ")",
        "\\",
        "E'",
        "u&'",
        "begin",
        " end ",
        "create ",
        "function ",
        "case ",
        " ",
        "é",
        "x",
        "1",
        "\u{feff}",
        "'';",
        "\r\n",
    ]);
    proptest::collection::vec(prop_oneof![4 => pieces.prop_map(str::to_owned), 1 => any::<String>()], 0..40)
        .prop_map(|pieces| pieces.concat())
}

/// A statement that hides semicolons in every way it can.
fn statement() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "select 1",
        "'a;b'",
        "E'\\';'",
        "$$ ; $$",
        "$q$ ;' $q$",
        "(;)",
        "\";\"",
        "/* ; */",
        "-- ;\n",
        "x",
        "1.5",
        "::text",
        "''",
        "a$b",
    ]);
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| format!("s {} e", pieces.join(" ")))
}

proptest! {
    #[test]
    fn tokens_cover_the_text(sql in sql()) {
        let mut at = 0;
        for token in tokens(&sql) {
            prop_assert_eq!(token.span.start, at);
            prop_assert!(token.span.end > at && sql.is_char_boundary(token.span.end));
            at = token.span.end;
        }
        prop_assert_eq!(at, sql.len());
        let mut last = 0;
        for span in statements(&sql) {
            prop_assert!(span.start >= last && span.start < span.end);
            last = span.end;
        }
    }

    #[test]
    fn joined_statements_come_apart_again(parts in proptest::collection::vec(statement(), 0..6)) {
        let sql = parts.iter().map(|part| format!(" {part};\n")).collect::<String>();
        let found: Vec<String> = statements(&sql).into_iter().map(|span| sql[span].to_owned()).collect();
        prop_assert_eq!(found, parts);
    }
}
