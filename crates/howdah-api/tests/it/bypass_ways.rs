//! More ways around row-level security, on every owned table of every template: through views, functions, foreign keys, counts
//! and time. Each table gets a view and a function over all of it, as somebody would write them who thinks of no policies;
//! both run with the caller's rights, so row-level security has to hold behind them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use howdah_schema::catalog::{Catalog, Table};
use howdah_schema::mask::views;
use howdah_schema::{Ident, Literal, policies};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::bypass::{NOBODYS, Pair, key_sql, pair, said};
use crate::isolation::{Owned, World, by_key, world_with};

const ROLES: &str = "anon, authenticated, service_role, howdah_readonly";

/// Tables of which everybody may read every row of the demo.
const ALL_PUBLIC: [&str; 1] = ["authors"];

/// Whoever waits for a lock waits for longer.
const AT_ONCE: Duration = Duration::from_secs(4);

#[tokio::test]
async fn personal() {
    check("personal", 25).await;
}

#[tokio::test]
async fn content() {
    check("content", 3).await;
}

#[tokio::test]
async fn commerce() {
    check("commerce", 3).await;
}

async fn check(template: &str, least: usize) {
    let world = world_with(template, |catalog| Some(ways(catalog))).await;
    let mut tables = 0;
    for Owned { table, .. } in world.owned() {
        let Some(theirs) = world.hidden(table).await.into_iter().next() else {
            assert!(ALL_PUBLIC.contains(&table.name.name.as_str()), "the demo has no row of {} to hide", table.name);
            continue;
        };
        let key = pair(table, &theirs);
        views_and_functions_show_what_the_table_shows(&world, table, &key).await;
        counts_are_those_of_the_rows_that_show(&world, table).await;
        a_masked_view_is_for_reporting_alone(&world, table).await;
        a_foreign_key_does_not_tell(&world, table).await;
        nobody_waits_for_a_row_that_is_hidden(&world, table, &theirs, &key).await;
        it_takes_no_longer(&world, table, &key).await;
        tables += 1;
    }
    assert!(tables >= least, "{template}: {tables}");
}

fn owned(catalog: &Catalog) -> impl Iterator<Item = &Table> {
    let tables = catalog.tables.values();
    tables.filter(|table| table.name.schema == "public" && table.comment.tags().owner.is_some())
}

fn through(table: &Table, way: &str) -> String {
    format!("{way}_{}", table.name.name)
}

fn ways(catalog: &Catalog) -> String {
    let mut sql = String::new();
    for table in owned(catalog) {
        let name = &table.name;
        let [view, function] = ["look", "all"].map(|way| Ident::new(through(table, way)));
        let _ = write!(
            sql,
            "create view public.{view} with (security_invoker = true) as select * from {name};
             grant select on public.{view} to {ROLES};
             create function public.{function}() returns setof {name} language sql stable as 'select * from {name}';
             grant execute on function public.{function}() to {ROLES};"
        );
    }
    sql
}

impl World {
    /// The keys of the rows that somebody sees there, or the code of why not.
    async fn keys_at(&self, path: &str, table: &Table, token: Option<&str>) -> Result<BTreeSet<String>, String> {
        let keys = table.primary_key();
        let path = format!("{path}?select={}&limit=100000", keys.join(","));
        let answer = self.server.get(&path, token).await;
        if !answer.status.is_success() {
            return Err(answer.json()["code"].to_string());
        }
        let key = |row: &Value| keys.iter().map(|key| row[key.as_str()].to_string()).collect::<Vec<_>>().join(" ");
        Ok(answer.json().as_array().unwrap().iter().map(key).collect())
    }

    /// A row of Ada's, as the superuser sees it.
    async fn mine(&self, table: &Table) -> Map<String, Value> {
        let is_callers = policies::is_callers(&self.catalog, table).unwrap();
        let claims = Literal::text(json!({ "sub": self.ada, "role": "authenticated" }).to_string());
        let set = format!("select set_config('request.jwt.claims', {claims}, false)");
        self.admin.batch_execute(&set).await.unwrap();
        let row = format!("select to_jsonb(t)::text from {} as t where {is_callers} order by 1 limit 1", table.name);
        let row = self.admin.query_one(&row, &[]).await;
        let row = row.unwrap_or_else(|error| panic!("{}: no row of Ada's: {error}", table.name));
        serde_json::from_str(row.get(0)).unwrap()
    }
}

async fn views_and_functions_show_what_the_table_shows(world: &World, table: &Table, key: &Pair) {
    let name = &table.name.name;
    for (who, token) in &world.tokens() {
        let token = token.as_deref();
        let plain = world.keys_at(name, table, token).await;
        for path in [through(table, "look"), format!("rpc/{}", through(table, "all"))] {
            match (world.keys_at(&path, table, token).await, &plain) {
                (Ok(found), Ok(plain)) => {
                    assert!(found.is_subset(plain), "{who}: {path} shows what {name} does not");
                    assert!(*who == "reader" || !found.is_empty() || plain.is_empty(), "{who}: {path} shows nothing");
                }
                (Ok(found), Err(_)) => assert!(found.is_empty(), "{who}: {path} shows rows, and {name} is refused"),
                (Err(code), _) => assert_eq!(code, "\"42501\"", "{who}: {path}"),
            }
            if *who == "reader" {
                continue;
            }
            for rest in ["", "&limit=1"] {
                let ask = async |aim: &str| {
                    let path = format!("{path}?{aim}{rest}");
                    said(&world.send(&Method::GET, &path, token, &[("prefer", "count=exact")], &Value::Null).await, key)
                };
                assert_eq!(ask(&key.theirs).await, ask(&key.nobodys).await, "{who}: {path}{rest}");
            }
        }
    }
}

async fn counts_are_those_of_the_rows_that_show(world: &World, table: &Table) {
    let name = &table.name.name;
    let token = world.server.token(&world.ada);
    let Ok(rows) = world.keys_at(name, table, Some(&token)).await else { return };
    let counted = [("prefer", "count=exact")];
    let first = format!("{name}?select={}&limit=1", table.primary_key().join(","));
    for method in [Method::GET, Method::HEAD] {
        let answer = world.send(&method, &first, Some(&token), &counted, &Value::Null).await;
        let total = answer.header("content-range").and_then(|range| range.rsplit('/').next());
        assert_eq!(total, Some(rows.len().to_string().as_str()), "{method} {first}");
    }
    let sum = world.server.get(&format!("{name}?select=count()"), Some(&token)).await;
    assert_eq!(sum.json()[0]["count"], rows.len(), "{name}: {}", sum.text);
}

async fn a_masked_view_is_for_reporting_alone(world: &World, table: &Table) {
    let view = views::view_of(&table.name);
    if !world.catalog.views.contains_key(&view) {
        return;
    }
    for role in ["anon", "authenticated", "service_role", "howdah_login"] {
        let client = world.db.client_as(role).await;
        let error = client.query(&format!("select count(*) from {view}"), &[]).await.unwrap_err();
        assert_eq!(error.code().map(tokio_postgres::error::SqlState::code), Some("42501"), "{role} reads {view}");
    }
}

/// Every foreign key of an own row, aimed at a row that is hidden, and at none: one answer. The other's row is locked meanwhile:
/// who would look at it would have to wait.
async fn a_foreign_key_does_not_tell(world: &World, table: &Table) {
    let token = world.server.token(&world.ada);
    let owned = world.owned();
    for (constraint, key) in table.foreign_keys() {
        let Some(target) = owned.iter().find(|other| other.table.name == key.references) else { continue };
        let Some(theirs) = world.hidden(target.table).await.into_iter().next() else { continue };
        let pairs = constraint.columns.iter().zip(&key.referenced_columns);
        let aims: Vec<_> = pairs.filter(|(_, referenced)| theirs[*referenced].is_string()).collect();
        let Some((column, referenced)) = aims.into_iter().find(|(_, referenced)| *referenced == "id") else { continue };
        let mine = world.mine(table).await;
        let path = format!("{}?{}", table.name.name, by_key(table, &mine));
        let value = theirs[referenced].as_str().unwrap();
        let pair = Pair { theirs: format!("id=eq.{value}"), nobodys: format!("id=eq.{NOBODYS}") };
        let lock = Lock::take(world, target.table, &theirs).await;
        let mut answers = Vec::new();
        for aim in [value, NOBODYS] {
            let body = json!({ column.as_str(): aim });
            let send = world.send(&Method::PATCH, &path, Some(&token), &[("prefer", "return=minimal")], &body);
            let what = format!("{}: {} aimed at {aim}", table.name, constraint.name);
            let answer = tokio::time::timeout(AT_ONCE, send).await.unwrap_or_else(|_| panic!("{what} waits"));
            assert!(!answer.status.is_success(), "{what} was taken: {}", answer.text);
            answers.push(said(&answer, &pair));
        }
        assert_eq!(answers[0], answers[1], "{}: {}", table.name, constraint.name);
        lock.release().await;
    }
}

/// A row, locked by somebody else's transaction.
struct Lock(tokio_postgres::Client);

impl Lock {
    async fn take(world: &World, table: &Table, row: &Map<String, Value>) -> Self {
        let client = world.db.client_superuser().await;
        client.batch_execute("begin").await.unwrap();
        let sql = format!("select from {} where {} for update", table.name, key_sql(table, row));
        assert_eq!(client.query(&sql, &[]).await.unwrap().len(), 1, "{sql}");
        Self(client)
    }

    async fn release(self) {
        self.0.batch_execute("rollback").await.unwrap();
    }
}

async fn nobody_waits_for_a_row_that_is_hidden(world: &World, table: &Table, row: &Map<String, Value>, key: &Pair) {
    let name = &table.name.name;
    let owner = table.comment.tags().owner.clone().unwrap();
    let lock = Lock::take(world, table, row).await;
    for (who, token) in &world.tokens() {
        let steal = json!({ owner.as_str(): world.ada });
        for (method, body) in [(Method::PATCH, steal), (Method::DELETE, Value::Null)] {
            let path = format!("{name}?{}", key.theirs);
            let send = world.send(&method, &path, token.as_deref(), &[], &body);
            let answer = tokio::time::timeout(AT_ONCE, send).await;
            assert!(answer.is_ok(), "{who}: {method} {name} waits for a row that it must not see");
        }
    }
    lock.release().await;
}

/// Reading a row that is hidden takes no longer than reading one that is not there, as far as can be told over HTTP: the
/// medians of requests that take turns lie within a millisecond, or within half of the time on a machine that is busy.
async fn it_takes_no_longer(world: &World, table: &Table, key: &Pair) {
    let token = world.server.token(&world.ada);
    let time = async |aim: &str| {
        let began = Instant::now();
        world.server.get(&format!("{}?{aim}", table.name.name), Some(&token)).await;
        began.elapsed()
    };
    let mut medians = [Duration::ZERO; 2];
    // A machine that does something else meanwhile is no leak: what is there shows every time.
    for _ in 0..5 {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..21 {
            for (at, aim) in [&key.theirs, &key.nobodys].into_iter().enumerate() {
                times[at].push(time(aim).await);
            }
        }
        medians = times.map(|mut times| {
            times.sort();
            times[times.len() / 2]
        });
        let allowed = (medians[0].min(medians[1]) / 2).max(Duration::from_millis(1));
        if medians[0].abs_diff(medians[1]) < allowed {
            return;
        }
    }
    panic!("{}: a hidden row takes {:?}, one that is not there {:?}", table.name, medians[0], medians[1]);
}
