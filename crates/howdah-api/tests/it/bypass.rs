//! Ways around row-level security, tried over HTTP on every owned table of every template: that a row of somebody else is there
//! must not show by any answer. The cases come from the catalog, and one server a template answers all of them. Ways that lead
//! through other objects (views, functions, foreign keys), through counts and through time are in `bypass_ways`.
//!
//! What cannot be hidden is said in docs/roles-and-policies.md: a unique key refuses a value that another row has.

use std::collections::BTreeSet;

use howdah_schema::catalog::{ConstraintKind, Table};
use howdah_schema::policies;
use howdah_schema::{Ident, Literal};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::isolation::{Owned, World, by_key, world};
use crate::server::Answer;

/// A request on a row: its method, what follows the key in its query, headers, and a body.
type Try<'a> = (Method, String, Vec<(&'a str, &'a str)>, Value);

/// Tables of which everybody may read some rows: what is published. Of every other table there is nothing that Ada sees of Ben's.
const PARTLY_PUBLIC: [&str; 5] = ["profile_attributes", "authors", "posts", "comments", "post_tags"];

/// Nobody's.
pub(crate) const NOBODYS: &str = "00000000-0000-4000-8000-0000000000ff";

// ASVS 8.2 8.4
#[tokio::test]
async fn personal() {
    check("personal").await;
}

// ASVS 8.2 8.4
#[tokio::test]
async fn content() {
    check("content").await;
}

// ASVS 8.2 8.4
#[tokio::test]
async fn commerce() {
    check("commerce").await;
}

async fn check(template: &str) {
    let world = world(template).await;
    a_row_of_somebody_else_answers_like_one_that_is_not_there(template, &world).await;
    what_is_embedded_is_what_a_plain_read_shows(template, &world).await;
    a_key_of_somebody_else_is_not_taken_over(template, &world).await;
    functions_say_nothing_of_hidden_rows(template, &world).await;
    reporting_writes_nothing_and_the_service_reaches_all(template, &world).await;
    // And the other way round: there is nothing about Ada that would not hold for Ben.
    let world = World { ada: world.ben.clone(), ben: world.ada.clone(), ..world };
    a_row_of_somebody_else_answers_like_one_that_is_not_there(template, &world).await;
    a_key_of_somebody_else_is_not_taken_over(template, &world).await;
}

/// Somebody's try, and the same aimed at what is not there.
pub(crate) struct Pair {
    pub(crate) theirs: String,
    pub(crate) nobodys: String,
}

impl World {
    /// Ben's rows of a table that Ada may not see, as the superuser sees them.
    pub(crate) async fn hidden(&self, table: &Table) -> Vec<Map<String, Value>> {
        let is_callers = policies::is_callers(&self.catalog, table).unwrap();
        let claims = |person: &str| Literal::text(json!({ "sub": person, "role": "authenticated" }).to_string());
        let rows = format!("select to_jsonb(t)::text from {} as t where {is_callers} order by 1 limit 200", table.name);
        let set = format!("select set_config('request.jwt.claims', {}, false)", claims(&self.ben));
        self.admin.batch_execute(&set).await.unwrap();
        let rows = self.admin.query(&rows, &[]).await.unwrap();
        let rows = rows.iter().map(|row| serde_json::from_str(row.get(0)).unwrap());
        let mut hidden = Vec::new();
        for row in rows.collect::<Vec<Map<String, Value>>>() {
            // What is published is everybody's: there is nothing to hide about it.
            let sql = format!("select count(*) from {} where {}", table.name, key_sql(table, &row));
            let begin = format!(
                "begin; select set_config('request.jwt.claims', {}, true); set local role authenticated",
                claims(&self.ada)
            );
            self.admin.batch_execute(&begin).await.unwrap();
            let seen = self.admin.query_one(&sql, &[]).await.map(|row| row.get::<_, i64>(0));
            self.admin.batch_execute("rollback").await.unwrap();
            if !seen.is_ok_and(|seen| seen > 0) {
                hidden.push(row);
            } else {
                assert!(PARTLY_PUBLIC.contains(&table.name.name.as_str()), "{} shows Ada Ben's {row:?}", table.name);
            }
            if hidden.len() == 2 {
                break;
            }
        }
        hidden
    }

    pub(crate) fn tokens(&self) -> [(&'static str, Option<String>); 3] {
        let reader = json!({ "role": "howdah_readonly", "exp": crate::server::now() + 600 });
        [("anon", None), ("ada", Some(self.server.token(&self.ada))), ("reader", Some(self.server.sign(&reader)))]
    }

    pub(crate) async fn send(
        &self,
        method: &Method,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut request = self.server.request(method.clone(), path, token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.server.send(if body.is_null() { request } else { request.json(body) }).await
    }
}

pub(crate) fn key_sql(table: &Table, row: &Map<String, Value>) -> String {
    let equal = table
        .primary_key()
        .iter()
        .map(|key| format!("{} = {}", Ident::new(key.as_str()), Literal::text(row[key].as_str().unwrap_or_default())));
    equal.collect::<Vec<_>>().join(" and ")
}

/// A row's key, and the same with another value in the place of what tells it apart.
pub(crate) fn pair(table: &Table, row: &Map<String, Value>) -> Pair {
    let mut other = row.clone();
    for key in table.primary_key() {
        other.insert(key.clone(), json!(NOBODYS));
    }
    Pair { theirs: by_key(table, row), nobodys: by_key(table, &other) }
}

/// What an answer says, without what differs from one request to the next.
pub(crate) fn said(answer: &Answer, key: &Pair) -> String {
    let headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id" | "server-timing"))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    let mut text = format!("{} {} {}", answer.status, headers.join("; "), answer.text);
    for value in key.theirs.split('&').chain(key.nobodys.split('&')) {
        if let Some((_, value)) = value.split_once("=eq.") {
            text = text.replace(value, "KEY");
        }
    }
    text
}

/// A column that takes text and is refused for this value, if there is one.
fn refused_value(table: &Table) -> Option<(String, Value)> {
    let checked = |constraint: &&howdah_schema::catalog::Constraint| {
        matches!(constraint.kind, ConstraintKind::Check { .. }) && constraint.columns.len() == 1
    };
    let columns = table.constraints.values().filter(checked).map(|constraint| &constraint.columns[0]);
    let is_text = |name: &&String| table.column(name).is_some_and(|column| column.data_type.sql == "text");
    columns.filter(is_text).map(|name| (name.clone(), json!("\u{1}".repeat(3000)))).next()
}

async fn a_row_of_somebody_else_answers_like_one_that_is_not_there(template: &str, world: &World) {
    let mut tried = 0;
    for Owned { table, owner } in world.owned() {
        let name = &table.name.name;
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let text =
            table.columns.iter().find(|column| column.data_type.sql == "text").map(|column| column.name.as_str());
        for row in world.hidden(table).await {
            let key = pair(table, &row);
            let mut body = Map::new();
            body.insert(owner.clone(), json!(world.ada));
            let steal = Value::Object(body);
            let wrong = refused_value(table).map_or(Value::Null, |(column, value)| json!({ column: value }));
            let back = ("prefer", "return=representation");
            let one = ("accept", "application/vnd.pgrst.object+json");
            let mut requests: Vec<Try<'_>> = vec![
                (Method::GET, String::new(), vec![], Value::Null),
                (Method::HEAD, String::new(), vec![("prefer", "count=exact")], Value::Null),
                (Method::GET, String::new(), vec![("prefer", "count=exact")], Value::Null),
                (Method::GET, String::new(), vec![one], Value::Null),
                (Method::GET, "&trash=with".into(), vec![], Value::Null),
                (Method::GET, String::new(), vec![("accept", "text/csv")], Value::Null),
                (Method::GET, "&limit=1&offset=1".into(), vec![("prefer", "count=exact")], Value::Null),
                (Method::GET, String::new(), vec![("if-none-match", "\"1\"")], Value::Null),
                (Method::PATCH, String::new(), vec![back], steal.clone()),
                (Method::PATCH, String::new(), vec![one, back], steal.clone()),
                (Method::PATCH, String::new(), vec![("prefer", "max-affected=1, handling=strict")], steal.clone()),
                (Method::PATCH, String::new(), vec![("if-match", "\"1\"")], steal),
                (Method::DELETE, String::new(), vec![back], Value::Null),
                (Method::DELETE, String::new(), vec![("prefer", "purge, return=representation")], Value::Null),
                (Method::DELETE, String::new(), vec![("if-match", "*")], Value::Null),
            ];
            if !wrong.is_null() {
                // A constraint that would refuse the value is not reached.
                requests.push((Method::PATCH, String::new(), vec![back], wrong));
            }
            if let Some(text) = text {
                // Neither is a cast that would fail.
                requests.push((Method::GET, format!("&select={text}::integer"), vec![], Value::Null));
            }
            requests.push((Method::GET, format!("&select={}", columns.join(",")), vec![], Value::Null));
            for (who, token) in &world.tokens() {
                // Reporting reads everybody's rows, by column grants: what it may not is write.
                let reads_all = *who == "reader";
                for (method, rest, headers, body) in &requests {
                    if reads_all && matches!(*method, Method::GET | Method::HEAD) {
                        continue;
                    }
                    let token = token.as_deref();
                    let ask = async |aim: &str| {
                        let path = format!("{name}?{aim}{rest}");
                        said(&world.send(method, &path, token, headers, body).await, &key)
                    };
                    let (theirs, nobodys) = (ask(&key.theirs).await, ask(&key.nobodys).await);
                    assert_eq!(theirs, nobodys, "{template} {who}: {method} {name}?…{rest} {headers:?}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 100, "{template}: {tried}");
}

async fn what_is_embedded_is_what_a_plain_read_shows(template: &str, world: &World) {
    let token = world.server.token(&world.ada);
    let owned = world.owned();
    let mut embedded = 0;
    for Owned { table, owner } in &owned {
        for Owned { table: other, owner: others } in &owned {
            for (constraint, _) in table.foreign_keys().filter(|(_, key)| key.references == other.name) {
                let (from, to, by) = (&table.name.name, &other.name.name, &constraint.name);
                // From the row to what it points at, and back.
                for (path, shown) in [
                    (format!("{from}?select={owner},x:{to}!{by}(*)"), other),
                    (format!("{to}?select={others},x:{from}!{by}(*)"), table),
                    (format!("{to}?select={others},x:{from}!{by}!inner(*)&limit=500"), table),
                ] {
                    let answer = world.server.get(&path, Some(&token)).await;
                    if answer.status.as_u16() == 403 {
                        continue;
                    }
                    assert!(answer.status.is_success(), "{path}: {}", answer.text);
                    embedded += world.shown_by_a_plain_read(&answer.json(), shown, &token).await;
                }
            }
        }
    }
    assert!(embedded > 20, "{template}: {embedded}");
}

impl World {
    /// How many embedded rows there are; each must be one that a plain read of its table shows as well.
    async fn shown_by_a_plain_read(&self, rows: &Value, table: &Table, token: &str) -> usize {
        let keys = table.primary_key();
        let key = |row: &Value| keys.iter().map(|key| row[key.as_str()].to_string()).collect::<Vec<_>>().join(" ");
        let path = format!("{}?select={}&limit=100000", table.name.name, keys.join(","));
        let plain = self.server.rows(&path, token).await;
        let plain: BTreeSet<String> = plain.as_array().unwrap().iter().map(key).collect();
        let mut count = 0;
        for row in rows.as_array().unwrap() {
            let embedded = match &row["x"] {
                Value::Array(all) => all.as_slice(),
                Value::Null => &[],
                one => std::slice::from_ref(one),
            };
            for row in embedded {
                assert!(plain.contains(&key(row)), "{}: {row} is embedded, and no plain read shows it", table.name);
                count += 1;
            }
        }
        count
    }

    /// What stands in the owner's column of Ada's rows: her id, and that of her record where rows hang on one.
    async fn own_values(&self) -> Vec<String> {
        let mut values = vec![self.ada.clone()];
        if self.catalog.table("public", "customers").is_some() {
            let sql = format!("select id::text from public.customers where user_id = '{}'", self.ada);
            values.extend(self.admin.query(&sql, &[]).await.unwrap().iter().map(|row| row.get::<_, String>(0)));
        }
        values
    }
}

async fn a_key_of_somebody_else_is_not_taken_over(template: &str, world: &World) {
    let token = world.server.token(&world.ada);
    for Owned { table, owner } in world.owned() {
        let name = &table.name.name;
        let Some(theirs) = world.hidden(table).await.into_iter().next() else { continue };
        let before = world.row(table, &theirs).await;
        let mine = world.own_values().await;
        for whose in mine.iter().chain([&world.ben]) {
            let mut row = theirs.clone();
            row.retain(|column, _| {
                table.column(column).is_some_and(|column| column.generated.is_none() && column.identity.is_none())
            });
            row.insert(owner.clone(), json!(whose));
            let body = Value::Object(row);
            for prefer in [
                "resolution=merge-duplicates, return=representation",
                "resolution=ignore-duplicates, return=representation",
                "return=representation",
            ] {
                let answer = world.server.write(Method::POST, name, &token, prefer, &body).await;
                let rows = if answer.status.is_success() { answer.json() } else { json!([]) };
                assert!(
                    rows == json!([]) && matches!(answer.status.as_u16(), 200 | 201 | 400 | 403 | 409),
                    "{template} {name} {prefer}: {} {}",
                    answer.status,
                    answer.text
                );
            }
            let path = format!("{name}?{}", by_key(table, &theirs));
            let put = world.server.write(Method::PUT, &path, &token, "return=representation", &body).await;
            assert!(matches!(put.status.as_u16(), 400 | 403 | 409), "{template} {path}: {} {}", put.status, put.text);
        }
        assert_eq!(world.row(table, &theirs).await, before, "{template} {name} changed");
    }
}

impl World {
    async fn row(&self, table: &Table, row: &Map<String, Value>) -> String {
        let sql = format!("select t::text from {} as t where {}", table.name, key_sql(table, row));
        self.admin.query_one(&sql, &[]).await.unwrap().get(0)
    }
}

async fn functions_say_nothing_of_hidden_rows(template: &str, world: &World) {
    let mut hidden = Vec::new();
    for Owned { table, .. } in world.owned() {
        let row = world.hidden(table).await.into_iter().next();
        hidden.extend(row.and_then(|row| row.get("id")?.as_str().map(str::to_owned)));
    }
    assert!(!hidden.is_empty());
    for function in world.catalog.functions.values().filter(|function| function.signature.name.schema == "public") {
        let inputs: Vec<_> = function.arguments.iter().filter(|argument| argument.mode.is_input()).collect();
        let [argument] = inputs.as_slice() else { continue };
        if argument.data_type.sql != "uuid" {
            continue;
        }
        let name = argument.name.clone().unwrap_or_default();
        let call = |id: &str| format!("rpc/{}?{name}={id}", function.signature.name.name);
        for (who, token) in &world.tokens() {
            for id in &hidden {
                let key = Pair { theirs: format!("id=eq.{id}"), nobodys: format!("id=eq.{NOBODYS}") };
                let theirs = world.server.get(&call(id), token.as_deref()).await;
                let nobodys = world.server.get(&call(NOBODYS), token.as_deref()).await;
                assert_eq!(said(&theirs, &key), said(&nobodys, &key), "{template} {who}: {}", call(id));
            }
        }
    }
}

async fn reporting_writes_nothing_and_the_service_reaches_all(template: &str, world: &World) {
    let [_, _, (_, reader)] = world.tokens();
    let service = world.server.sign(&json!({ "role": "service_role", "exp": crate::server::now() + 600 }));
    for Owned { table, owner } in world.owned() {
        let name = &table.name.name;
        let everybodys = format!("{owner}=not.is.null");
        let set = json!({ owner.clone(): world.ada });
        for (method, path, body) in [
            (Method::POST, name.clone(), set.clone()),
            (Method::PATCH, format!("{name}?{everybodys}"), set),
            (Method::DELETE, format!("{name}?{everybodys}"), Value::Null),
        ] {
            let answer = world.send(&method, &path, reader.as_deref(), &[], &body).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()["code"].as_str()),
                (403, Some("42501")),
                "{template} {path}: {}",
                answer.text
            );
        }
        let Some(theirs) = world.hidden(table).await.into_iter().next() else { continue };
        let rows = world.server.get(&format!("{name}?{}", by_key(table, &theirs)), Some(&service)).await;
        assert_eq!(rows.json().as_array().map(Vec::len), Some(1), "{template} {name}: {}", rows.text);
    }
}
