//! Two people, every table that has an owner: no request of one returns, changes or counts a row of the other.
//!
//! The cases are generated from the catalog, so a table that is added is covered the day it is added; a table without
//! demo rows for both fails the test rather than passing it empty.

use howdah_api::ApiOptions;
use howdah_data::demo::{self, Plan};
use howdah_pg::lane::LaneOptions;
use howdah_pg::{Ident, IntrospectOptions, Literal, introspect};
use howdah_schema::catalog::{Catalog, ConstraintKind, Table};
use howdah_testkit::{Sql, TestDb};
use reqwest::Method;
use serde_json::{Map, Value, json};
use tokio_postgres::Client;

use crate::server::{Answer, Server};

/// Tables of which others may read some rows, and the filter that leaves those out.
const PARTLY_PUBLIC: [(&str, &str); 1] = [("profile_attributes", "&is_public=is.false")];

/// A template with the demo's rows, its API, and the two people of the demo.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) admin: Client,
    pub(crate) catalog: Catalog,
    pub(crate) ada: String,
    pub(crate) ben: String,
    pub(crate) db: TestDb,
}

pub(crate) async fn world(template: &str) -> World {
    world_with(template, |_| None).await
}

/// With SQL that is made from the catalog and run by the owner before the API starts.
pub(crate) async fn world_with(template: &str, more: impl FnOnce(&Catalog) -> Option<String>) -> World {
    let db = TestDb::template(template).await;
    let plan = Plan { rows: 1500, ..Plan::default() };
    let mut owner = db.client_owner().await;
    demo::seed(&mut owner, &plan, &|_| "x".to_owned(), &()).await.unwrap();
    let admin = db.client_superuser().await;
    // The demo invents no secrets.
    let secrets = "do $$ begin if to_regclass('public.integration_secrets') is not null then
                   insert into public.integration_secrets (user_id, integration_id, access_token)
                   select user_id, id, 'secret' from public.integrations; end if; end $$";
    admin.batch_execute(secrets).await.unwrap();
    let catalog = introspect(&admin, &IntrospectOptions::default()).await.unwrap();
    if let Some(sql) = more(&catalog) {
        db.load([Sql::text("more.sql", &sql)]).await;
    }
    let [ada, ben] = demo::people()
        .iter()
        .map(|person| person.user_id(plan.seed).to_string())
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let server = Server::start(&db.login_url(), LaneOptions::default(), ApiOptions::default()).await;
    World { server, admin, catalog, ada, ben, db }
}

/// An owned table and one of its rows.
pub(crate) struct Owned<'a> {
    pub(crate) table: &'a Table,
    pub(crate) owner: String,
}

impl World {
    pub(crate) fn owned(&self) -> Vec<Owned<'_>> {
        let tables = self.catalog.tables.values().filter(|table| table.name.schema == "public");
        tables
            .filter_map(|table| {
                let owner = table.comment.tags().owner.clone()?;
                Some(Owned { table, owner })
            })
            .collect()
    }

    /// Rows of one person as the superuser sees them, as JSON objects of what can be written.
    async fn rows_of(&self, owned: &Owned<'_>, person: &str) -> Vec<Map<String, Value>> {
        let sql = format!(
            "select to_jsonb(t)::text from {} t where {} = {} order by 1 limit 3",
            owned.table.name,
            Ident::new(owned.owner.as_str()),
            Literal::text(person),
        );
        let rows = self.admin.query(&sql, &[]).await.unwrap();
        let generated: Vec<_> = owned.table.columns.iter().filter(|c| c.generated.is_some()).map(|c| &c.name).collect();
        rows.iter()
            .map(|row| {
                let mut row: Map<String, Value> = serde_json::from_str(row.get(0)).unwrap();
                row.retain(|key, _| !generated.contains(&key));
                row
            })
            .collect()
    }

    async fn fingerprint(&self, owned: &Owned<'_>, person: &str) -> String {
        let sql = format!(
            "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t where {} = {}",
            owned.table.name,
            Ident::new(owned.owner.as_str()),
            Literal::text(person),
        );
        self.admin.query_one(&sql, &[]).await.unwrap().get(0)
    }

    async fn as_ada(&self, method: Method, path: &str, prefer: &str, body: &Value) -> Answer {
        self.server.write(method, path, &self.server.token(&self.ada), prefer, body).await
    }
}

/// `id=eq.…` for all of the primary key.
pub(crate) fn by_key(table: &Table, row: &Map<String, Value>) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let filters = table.primary_key().iter().map(|key| format!("{key}=eq.{}", text(&row[key])));
    filters.collect::<Vec<_>>().join("&")
}

fn assert_nothing(what: &str, answer: &Answer) {
    let touched_nothing = match answer.status.as_u16() {
        200 => answer.json() == json!([]),
        403 => answer.json()["code"] == "42501",
        _ => false,
    };
    assert!(touched_nothing, "{what}: {} {}", answer.status, answer.text);
}

// ASVS 8.2 8.4
#[tokio::test]
async fn nothing_of_the_other_is_read_changed_or_counted() {
    let world = world("personal").await;
    let tables = world.owned();
    assert!(tables.len() >= 25, "only {} owned tables", tables.len());
    for owned in &tables {
        let name = &owned.table.name.name;
        let (mine, theirs) = (world.rows_of(owned, &world.ada).await, world.rows_of(owned, &world.ben).await);
        assert!(!mine.is_empty() && !theirs.is_empty(), "{name}: the demo has no rows for both people");
        let before = world.fingerprint(owned, &world.ben).await;
        read(&world, owned, &theirs).await;
        for row in &theirs {
            write(&world, owned, row).await;
        }
        point(&world, owned, &mine[0]).await;
        assert_eq!(world.fingerprint(owned, &world.ben).await, before, "{name} changed");
    }
}

async fn read(world: &World, owned: &Owned<'_>, theirs: &[Map<String, Value>]) {
    let (name, owner) = (&owned.table.name.name, &owned.owner);
    let public = PARTLY_PUBLIC.iter().find(|(table, _)| table == name).map_or("", |(_, filter)| filter);
    for trash in ["", "&trash=with", "&trash=only"] {
        let path = format!("{name}?{owner}=eq.{}{public}{trash}", world.ben);
        let answer = world.as_ada(Method::GET, &path, "count=exact", &Value::Null).await;
        if answer.status.as_u16() == 403 {
            continue;
        }
        assert_eq!((answer.json(), answer.header("content-range")), (json!([]), Some("*/0")), "{path}");
    }
    let all = world.as_ada(Method::GET, &format!("{name}?select={owner}{public}"), "", &Value::Null).await;
    if all.status.is_success() {
        let rows = all.json();
        assert!(rows.as_array().unwrap().iter().all(|row| row[owner] == *world.ada), "{name}: {rows}");
        assert!(!rows.as_array().unwrap().is_empty(), "{name}: not even the own rows");
    }
    for row in theirs {
        if !public.is_empty() && row["is_public"] == true {
            continue;
        }
        // By key: the shared lane.
        assert_nothing(
            name,
            &world.as_ada(Method::GET, &format!("{name}?{}", by_key(owned.table, row)), "", &Value::Null).await,
        );
    }
}

async fn write(world: &World, owned: &Owned<'_>, row: &Map<String, Value>) {
    let (name, owner) = (&owned.table.name.name, &owned.owner);
    let path = format!("{name}?{}", by_key(owned.table, row));
    let back = "return=representation";
    let steal = json!({ owner.as_str(): world.ada });
    assert_nothing(&format!("stealing {path}"), &world.as_ada(Method::PATCH, &path, back, &steal).await);
    let same = json!({ owner.as_str(): row[owner] });
    assert_nothing(&format!("touching {path}"), &world.as_ada(Method::PATCH, &path, back, &same).await);
    for prefer in ["return=representation", "return=representation, purge"] {
        assert_nothing(&format!("deleting {path}"), &world.as_ada(Method::DELETE, &path, prefer, &Value::Null).await);
    }
    let mut copy = row.clone();
    if owned.table.primary_key() == ["id"] {
        copy.insert("id".into(), json!("c0000000-0000-4000-8000-00000000000c"));
    }
    let answer = world.as_ada(Method::POST, name, "", &Value::Object(copy)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_str()),
        (403, Some("42501")),
        "insert into {name}: {}",
        answer.text
    );
}

/// Every foreign key of an own row, aimed at the other's.
async fn point(world: &World, owned: &Owned<'_>, mine: &Map<String, Value>) {
    let name = &owned.table.name.name;
    for constraint in owned.table.constraints.values() {
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
        let Some(target) = world.owned().into_iter().find(|other| other.table.name == key.references) else { continue };
        assert!(
            constraint.columns.contains(&owned.owner),
            "{name}: {} points at rows of others: it does not hold the owner",
            constraint.name
        );
        let theirs = world.rows_of(&target, &world.ben).await;
        let mut change = Map::new();
        for (column, referenced) in constraint.columns.iter().zip(&key.referenced_columns) {
            if *column != owned.owner {
                change.insert(column.clone(), theirs[0][referenced].clone());
            }
        }
        if change.is_empty() {
            continue;
        }
        let path = format!("{name}?{}", by_key(owned.table, mine));
        let answer = world.as_ada(Method::PATCH, &path, "return=representation", &Value::Object(change)).await;
        let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
        assert!(
            matches!((answer.status.as_u16(), code.as_str()), (409, "23503") | (403, "42501")),
            "{name}: {} took another's row: {} {}",
            constraint.name,
            answer.status,
            answer.text
        );
    }
}

// ASVS 8.2
#[tokio::test]
async fn the_anonymous_see_public_rows_only_and_the_service_sees_all() {
    let world = world("personal").await;
    let service = world.server.sign(&json!({ "role": "service_role", "exp": crate::server::now() + 600 }));
    for owned in world.owned() {
        let name = &owned.table.name.name;
        let answer = world.server.get(&format!("{name}?select={}", owned.owner), None).await;
        match PARTLY_PUBLIC.iter().find(|(table, _)| table == name) {
            Some((_, not_public)) => {
                let hidden = world.server.get(&format!("{name}?select={}{not_public}", owned.owner), None).await;
                assert_eq!((hidden.status.as_u16(), hidden.json()), (200, json!([])), "{name}");
            }
            None => assert_eq!(answer.status.as_u16(), 401, "{name}: {}", answer.text),
        }
        let count = format!("{name}?select={0}&{0}=eq.{1}&limit=1", owned.owner, world.ben);
        let rows = world.server.get(&count, Some(&service)).await;
        assert!(rows.json().as_array().is_some_and(|rows| rows.len() == 1), "{name}: {} {}", rows.status, rows.text);
    }
}
