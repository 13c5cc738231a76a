//! Generated policies mean what those of the templates, which are written by hand, mean.

use std::collections::BTreeMap;

use howdah_schema::catalog::Table;
use howdah_schema::policies::{self, PolicyRoles};
use howdah_schema::{Ident, Literal};
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::isolation::{World, world};

/// Policies that say more than whose a row is: who else reads it, or that it is never changed. (table, what differs)
const BY_HAND: &[(&str, &str)] = &[("public.profile_attributes", "select")];

/// Who tries: a role, and the subject of the token.
fn callers(world: &World) -> [(&'static str, Option<String>); 6] {
    [
        ("anon", None),
        ("authenticated", None),
        ("authenticated", Some(world.ada.clone())),
        ("authenticated", Some(world.ben.clone())),
        ("service_role", None),
        ("howdah_readonly", None),
    ]
}

/// What a statement comes to for a caller: so many rows, or the SQLSTATE. It is taken back.
async fn attempt(client: &Client, role: &str, subject: Option<&str>, trash: &str, sql: &str) -> String {
    let claims = match subject {
        Some(subject) => json!({ "role": role, "sub": subject }),
        None => json!({ "role": role }),
    };
    let begin = format!(
        "begin; select set_config('request.jwt.claims', {}, true), set_config('howdah.trash', '{trash}', true); set local role {role}",
        Literal::text(claims.to_string())
    );
    client.batch_execute(&begin).await.unwrap();
    let found = match client.query_one(sql, &[]).await {
        Ok(row) => row.get::<_, i64>(0).to_string(),
        Err(error) => error.as_db_error().unwrap().code().code().to_owned(),
    };
    client.batch_execute("rollback").await.unwrap();
    found
}

/// By table and operation: what it comes to for each caller, with and without the trash.
async fn matrix(world: &World, tables: &[&Table]) -> BTreeMap<(String, &'static str), Vec<String>> {
    let mut found: BTreeMap<(String, &'static str), Vec<String>> = BTreeMap::new();
    for table in tables {
        let name = &table.name;
        let owner = table.comment.tags().owner.as_deref().unwrap();
        let owner = Ident::new(owner);
        let mut statements = vec![
            ("select", format!("select count({owner}) from {name}")),
            (
                "update",
                format!("with u as (update {name} set {owner} = {owner} returning {owner}) select count(*) from u"),
            ),
            ("delete", format!("with d as (delete from {name} returning {owner}) select count(*) from d")),
            (
                "give away",
                format!(
                    "with u as (update {name} set {owner} = '{}' returning {owner}) select count(*) from u",
                    world.ben
                ),
            ),
        ];
        for person in [&world.ada, &world.ben] {
            statements.push(("insert", insert(world, table, person).await));
        }
        for (operation, sql) in &statements {
            for trash in ["", "with"] {
                for (role, subject) in callers(world) {
                    let came = attempt(&world.admin, role, subject.as_deref(), trash, sql).await;
                    found.entry((name.to_string(), operation)).or_default().push(format!("{role} {trash} {came}"));
                }
            }
        }
    }
    found
}

/// A copy of a row of somebody's, with another id.
async fn insert(world: &World, table: &Table, person: &str) -> String {
    let owner = Ident::new(table.comment.tags().owner.clone().unwrap());
    let row = format!("select to_jsonb(t)::text from {} as t where {owner} = '{person}' limit 1", table.name);
    let row: String =
        world.admin.query_one(&row, &[]).await.unwrap_or_else(|_| panic!("{} has no row", table.name)).get(0);
    let mut row: Value = serde_json::from_str(&row).unwrap();
    if table.primary_key() == ["id"] {
        row["id"] = json!("c0000000-0000-4000-8000-00000000000c");
    }
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.generated.is_none())
        .map(|column| Ident::new(column.name.as_str()).to_string())
        .collect();
    let columns = columns.join(", ");
    format!(
        "with i as (insert into {} ({columns}) select {columns} from jsonb_populate_record(null::{0}, {}) returning {owner})
         select count(*) from i",
        table.name,
        Literal::text(row.to_string())
    )
}

#[tokio::test]
async fn generated_policies_mean_what_those_written_by_hand_mean() {
    let world = world("personal").await;
    let mut tables = policies::owned(&world.catalog, &["public".to_owned()]);
    tables.retain(|table| table.comment.tags().owner.is_some());
    assert!(tables.len() >= 25, "{}", tables.len());
    for table in tables.iter().filter(|table| table.column("deleted_at").is_some()) {
        let trash = format!("update {0} set deleted_at = now() where ctid = (select min(ctid) from {0})", table.name);
        // Where a row may not go there, the table has no trash to speak of.
        let _ = world.admin.execute(&trash, &[]).await;
    }
    let by_hand = matrix(&world, &tables).await;
    let made = policies::generate(&world.catalog, &tables, &PolicyRoles::default());
    assert_eq!(made.skipped, []);
    let mut replace = String::new();
    for table in &tables {
        for policy in table.policies.keys() {
            replace.push_str(&format!("drop policy {} on {};\n", Ident::new(policy.as_str()), table.name));
        }
    }
    let owner = world.db.client_owner().await;
    owner.batch_execute(&(replace + &made.sql)).await.unwrap();
    let generated = matrix(&world, &tables).await;
    let mut different = Vec::new();
    for (key, by_hand) in &by_hand {
        if generated[key] != *by_hand {
            let which: Vec<String> = by_hand
                .iter()
                .zip(&generated[key])
                .filter(|(a, b)| a != b)
                .map(|(a, b)| format!("{a} -> {b}"))
                .collect();
            different.push((key.clone(), which));
        }
    }
    let unexpected: Vec<_> = different
        .iter()
        .filter(|((table, operation), _)| !BY_HAND.iter().any(|(name, what)| name == table && what == operation))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    assert_eq!(different.len(), BY_HAND.len(), "{different:#?}");
    // It was no comparison of nothing with nothing.
    let reached = by_hand
        .values()
        .flatten()
        .filter(|came| came.split(' ').next_back().is_some_and(|it| it != "0" && it.len() < 5));
    assert!(reached.count() > 200);
}

#[tokio::test]
async fn a_shops_and_a_publications_rows_are_their_owners_by_generated_conditions() {
    for (template, least) in [("content", 4), ("commerce", 4)] {
        let world = world(template).await;
        let tables = policies::owned(&world.catalog, &["public".to_owned()]);
        assert!(tables.len() >= least, "{template}");
        for table in tables {
            let condition = policies::is_callers(&world.catalog, table).unwrap();
            let sql = format!("select count(*) from {} where {condition}", table.name);
            let count = async |person: &str| -> i64 {
                let claims = Literal::text(json!({ "sub": person }).to_string());
                let set = format!("select set_config('request.jwt.claims', {claims}, false)");
                world.admin.batch_execute(&set).await.unwrap();
                world.admin.query_one(&sql, &[]).await.unwrap().get(0)
            };
            let all: i64 =
                world.admin.query_one(&format!("select count(*) from {}", table.name), &[]).await.unwrap().get(0);
            let (ada, ben) = (count(&world.ada).await, count(&world.ben).await);
            assert!(
                ada > 0 && ben > 0 && ada + ben <= all,
                "{template} {}: {ada} {ben} {all} by {condition}",
                table.name
            );
            assert_eq!(count("c0000000-0000-4000-8000-00000000000c").await, 0, "{}", table.name);
        }
    }
}
