//! `howdah generate --soft`: what is dropped is kept aside, and comes back.

use super::support::Project;

/// From one schema softly to another and back: what a query answers before and after, and what the way there says.
fn there_and_back(from: &str, rows: &str, to: &str, between: &str, query: &str) -> (String, String, String) {
    let project = Project::init("empty");
    for folder in ["migrations", "schema"] {
        std::fs::remove_dir_all(project.root.join(folder)).unwrap();
    }
    project.write("schema/1.sql", from);
    project.run(["generate", "first"]).ok();
    project.run(["db", "start"]).ok();
    project.run(["migrate", "up"]).ok();
    project.sql(rows);
    let before = project.sql(query);
    project.write("schema/1.sql", to);
    let ran = project.run(["generate", "less", "--soft", "--json"]).ok();
    assert_eq!(ran.json()["data"]["loses"], serde_json::json!([]), "{}", ran.stdout);
    let up = std::fs::read_to_string(project.root.join("migrations/0002_less.up.sql")).unwrap();
    // That a column is generated, and so comes back by itself, its DROP COLUMN does not say: somebody is asked.
    project.run(["migrate", "up", "--yes"]).ok();
    project.run(["check"]).ok();
    assert_eq!(project.run(["generate", "x"]).ok().stdout, "");
    project.sql(between);
    project.run(["migrate", "down", "--yes"]).ok();
    let ran = project.run(["check"]);
    assert_eq!(ran.stdout, "", "{ran:#?}");
    let left = "select count(*) from pg_class where relname like 'howdah_aside%' or relnamespace::regnamespace::text like 'howdah_dropped%'";
    assert_eq!(project.sql(left), "0");
    (before, project.sql(query), up)
}

#[test]
fn columns_that_are_generated_or_become_so() {
    let (before, after, up) = there_and_back(
        "create table public.t (
           id      int primary key,
           a       int not null,
           twice   int generated always as (a * 2) stored,
           plain   int not null,
           other   int generated always as (a + 1) stored
         );
         create index t_twice on public.t (twice);
         create view public.v as select id, twice from public.t;",
        "insert into public.t (id, a, plain) values (1, 10, 5), (2, 20, 7)",
        // `a` goes, and with it what is computed from it; `plain` is computed from now on, `other` from something else.
        "create table public.t (
           id    int primary key,
           plain int generated always as (id * 3) stored,
           other int generated always as (id + 1) stored
         );",
        "insert into public.t (id) values (3)",
        "select id, a, twice, plain, other from public.t where id < 3 order by id",
    );
    assert_eq!((before.as_str(), &after), ("1|10|20|5|11\n2|20|40|7|21", &before));
    assert!(up.contains("RENAME COLUMN plain TO howdah_dropped_0002_plain"), "{up}");
}

#[test]
fn what_the_dropped_is_made_of_goes_along() {
    let (before, after, up) = there_and_back(
        "create type public.state as enum ('a', 'b', 'c');
         create domain public.positive as int check (value > 0);
         create function public.seven() returns int language sql immutable as 'select 7';
         create function public.shown(s public.state) returns text language sql immutable as 'select s::text';
         create sequence public.numbers;
         create table public.t (
           id   int primary key,
           s    public.state not null default 'a',
           keep public.state,
           d    public.positive,
           n    int not null default public.seven() check (n >= public.seven()),
           q    int default nextval('public.numbers')
         );
         create table public.u (id serial primary key, s public.state not null check (public.shown(s) <> 'x'));
         create index u_s on public.u (s);",
        "insert into public.t values (1, 'b', 'a', 3, 9); insert into public.u (s) values ('c')",
        // The enum loses a label, and the names of the table and its index are taken by others.
        "create type public.state as enum ('a', 'b');
         create table public.t (id int primary key, keep public.state);
         create view public.u as select id from public.t;
         create index u_s on public.t (keep);",
        "insert into public.t (id) values (2)",
        "select t.id, t.s, t.keep, t.d, t.n, t.q, u.id, u.s, nextval('public.numbers') > 1
         from public.t, public.u where t.id = 1",
    );
    assert_eq!((before.as_str(), &after), ("1|b|a|3|9|1|1|c|t", &before));
    assert!(up.contains("ALTER TYPE public.state SET SCHEMA howdah_dropped_0002"), "{up}");
}
