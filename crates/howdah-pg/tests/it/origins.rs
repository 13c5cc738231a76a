//! Where the columns of views come from.

use howdah_pg::view_origins;
use howdah_testkit::TestDb;

/// Makes the tables that the cases read, runs `sql`, and compares `view.column = table.column` a line.
async fn check(sql: &str, expect: &[&str]) {
    const TABLES: &str = r#"
        create table author (id int primary key, name text, born date);
        create table book (id int primary key, gone int, author_id int references author, title text);
        alter table book drop column gone;
        create schema "odd {schema}";
        create table "odd {schema}"."a table (old)" ("the \id" int, ":resno" int, "}) "" {" text);
    "#;
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client.batch_execute(TABLES).await.unwrap();
    client.batch_execute(sql).await.unwrap();
    let origins: Vec<_> = view_origins(&client)
        .await
        .unwrap()
        .into_iter()
        .map(|o| format!("{}.{} = {}.{}", o.view.name, o.column, o.table.name, o.table_column))
        .collect();
    assert_eq!(origins, expect, "{sql}");
}

#[tokio::test]
async fn simple_and_materialized_views() {
    check(
        "create view v as select title, id from book where id > 1 order by author_id;
         create materialized view m as select * from author",
        &["m.id = author.id", "m.name = author.name", "m.born = author.born", "v.title = book.title", "v.id = book.id"],
    )
    .await;
}

#[tokio::test]
async fn renamed_columns() {
    check(
        "create view v as select id as book_id, author_id as writer from book;
         alter view v rename column writer to author;
         alter table book rename title to name;
         alter table book rename author_id to by;
         create view w (one, two) as select name, by from book",
        &["v.book_id = book.id", "v.author = book.by", "w.one = book.name", "w.two = book.by"],
    )
    .await;
}

#[tokio::test]
async fn joins() {
    check(
        "create view v as select b.id, a.name, b.author_id from book b left join author a on a.id = b.author_id;
         create view u as select id, title, name from book join author using (id);
         create view f as select id, title from book full join author using (id);
         create view l as select a.id, x.title from author a, lateral (select * from book b where b.author_id = a.id) x",
        &[
            // Of a full join's merged column nobody knows from which side it is.
            "f.title = book.title",
            "l.id = author.id",
            "l.title = book.title",
            "u.id = book.id",
            "u.title = book.title",
            "u.name = author.name",
            "v.id = book.id",
            "v.name = author.name",
            "v.author_id = book.author_id",
        ],
    )
    .await;
}

#[tokio::test]
async fn views_on_views_down_to_the_table() {
    check(
        "create view v1 as select id as a, title as b, upper(title) as c from book;
         create materialized view v2 as select b as x, a as y, c as z from v1;
         create view v3 as select y, x, z from v2 join author on id = y",
        &[
            "v1.a = book.id",
            "v1.b = book.title",
            "v2.x = book.title",
            "v2.y = book.id",
            "v3.y = book.id",
            "v3.x = book.title",
        ],
    )
    .await;
}

#[tokio::test]
async fn common_table_expressions_and_sub_selects() {
    check(
        "create view c as with w as (select id, title t from book), again as materialized (select * from w)
           select again.t, again.id from again;
         create view s as select x.id, x.title, (select name from author a where a.id = x.author_id) as name
           from (select * from (select * from book) y) x;
         create view r as with recursive w (id, by) as (
             select id, author_id from book union all select b.id, b.author_id from book b join w on w.by = b.id)
           select * from w",
        &["c.t = book.title", "c.id = book.id", "s.id = book.id", "s.title = book.title"],
    )
    .await;
}

#[tokio::test]
async fn what_is_computed_has_no_origin() {
    check(
        "create view e as select id, id + 0 as plus, id::bigint as big, coalesce(title, '') as title,
           title collate \"C\" as collated, 1 as one, book as row, ctid from book;
         create view a as select author_id, count(*) as books, max(title) as last, array_agg(id) as ids
           from book group by author_id having count(*) > 0;
         create view w as select id, row_number() over (partition by author_id order by title) from book;
         create view u as select id from book union select id from author;
         create view uu as select id from (select id from book union all select id from author) x;
         create view n as select 1 as id;
         create view d as select distinct on (author_id) author_id, id from book order by author_id, id;
         create view g as select n from generate_series(1, 3) n;
         create view values_ as select * from (values (1, 2)) v (a, b)",
        &[
            "a.author_id = book.author_id",
            "d.author_id = book.author_id",
            "d.id = book.id",
            "e.id = book.id",
            "w.id = book.id",
        ],
    )
    .await;
}

#[tokio::test]
async fn odd_names() {
    check(
        r#"create view "odd {schema}"."} v (" as
             select "the \id" as ":resorigtbl 5", ":resno" as ":targetList", "}) "" {" as "<>", '({:resno 1' as "x)" from "odd {schema}"."a table (old)";
           create view over as select ":targetList" as "1", "<>" as "é }" from "odd {schema}"."} v (""#,
        &[
            r"} v (.:resorigtbl 5 = a table (old).the \id",
            "} v (.:targetList = a table (old).:resno",
            r#"} v (.<> = a table (old).}) " {"#,
            "over.1 = a table (old).:resno",
            r#"over.é } = a table (old).}) " {"#,
        ],
    )
    .await;
}

#[tokio::test]
async fn partitioned_tables_and_what_is_left_out() {
    check(
        "create table log (at date, what text) partition by range (at);
         create table log_1 partition of log for values from ('2020-01-01') to ('2021-01-01');
         create view v as select at, what from log;
         create view system as select relname from pg_class;
         create temp view temporary as select id from book;
         create rule also as on insert to v do also nothing",
        &["v.at = log.at", "v.what = log.what"],
    )
    .await;
}

#[tokio::test]
async fn the_query_has_a_header() {
    const SQL: &str = include_str!("../../src/origins/sql/view_origins.sql");
    let client_of = TestDb::empty().await;
    client_of.client_login().await.prepare(SQL).await.unwrap();
    for part in ["-- ", "\n-- Parameters: none", "\n-- Columns: ", "\n-- Needs PostgreSQL 14"] {
        assert!(SQL.contains(part), "no `{part}`");
    }
}
