//! Every query that documentation would show is one that the server understands.

use howdah_pg::Target;
use howdah_pg::trial::{Outcome, in_use, on_copy, others};
use howdah_schema::Catalog;
use howdah_schema::docs::queries::{Candidate, Queries};
use howdah_testkit::TestDb;

use crate::support::catalog;

fn candidates(catalog: &Catalog, schemas: &[&str]) -> Vec<Candidate> {
    let schemas: Vec<String> = schemas.iter().map(ToString::to_string).collect();
    let queries = Queries::new(catalog, &schemas);
    catalog.relations().flat_map(|relation| queries.of(relation)).collect()
}

/// None of them fails; how many there are, and how many only planned.
#[track_caller]
fn all_understood(what: &str, candidates: &[Candidate], outcomes: &[Outcome]) -> (usize, usize) {
    assert_eq!(candidates.len(), outcomes.len());
    let failed: Vec<String> = candidates
        .iter()
        .zip(outcomes)
        .filter_map(|(candidate, outcome)| match outcome {
            Outcome::Failed(error) => Some(format!("{}\n{}", candidate.query.sql, error.message)),
            Outcome::Read => Some(format!("only read: {}", candidate.query.sql)),
            _ => None,
        })
        .collect();
    assert!(failed.is_empty(), "{what}: {} of {} failed\n{}", failed.len(), candidates.len(), failed.join("\n\n"));
    (outcomes.len(), outcomes.iter().filter(|outcome| **outcome == Outcome::Planned).count())
}

#[tokio::test]
async fn queries_of_the_templates() {
    for template in ["shared", "personal", "content", "commerce"] {
        let db = TestDb::template(template).await;
        let catalog = catalog(&db.client_owner().await).await;
        let candidates = candidates(&catalog, &["public"]);
        if std::env::var_os("SHOW").is_some() {
            for candidate in &candidates {
                println!("--- {} · {}\n{:#?}", candidate.relation, candidate.query.title, candidate.query);
            }
        }
        let target = Target::parse(&db.superuser_url()).unwrap();
        let (all, _) = all_understood(template, &candidates, &in_use(&target, &candidates, 2).await.unwrap());
        println!("{template}: {all}");
    }
}

/// A table for which no constant of a kind would do.
const STRICT: &str = "
create domain code as text constraint form check (value ~ '^[A-Z]{3}$');
create domain digest as bytea constraint length check (octet_length(value) = 32);
create type mood as enum ('calm', 'wild');
create table parents (id uuid primary key default gen_random_uuid(), tenant uuid not null, unique (tenant, id));
create table strict (
  id bigint generated always as identity primary key,
  tenant uuid not null,
  parent_id uuid not null,
  code code not null,
  sum digest not null,
  mood mood not null,
  kind text not null,
  percent integer not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  during tstzrange not null,
  tags text[] not null,
  details jsonb not null,
  foreign key (tenant, parent_id) references parents (tenant, id),
  unique (tenant, kind),
  check (kind in ('b', 'a')),
  check (percent between 42 and 43),
  check (ends_at > starts_at),
  check (jsonb_typeof(details) = 'array')
);
create index on strict using gin (details);
create index on strict (mood, starts_at desc);
create table impossible (id integer primary key, check (id <> id));
grant select, insert, update, delete on all tables in schema public to public;
insert into parents (tenant) values (gen_random_uuid());
";

#[tokio::test]
async fn values_that_no_row_has_are_made_up_to_fit() {
    let db = TestDb::from_sql("strict", [("strict", STRICT)]).await;
    let client = db.client_superuser().await;
    let catalog = catalog(&client).await;
    let candidates = candidates(&catalog, &["public"]);
    let outcomes = on_copy(&client, &catalog, &candidates).await.unwrap();
    all_understood("strict", &candidates, &outcomes);
    let mut made_up = 0;
    for (candidate, outcome) in candidates.iter().zip(&outcomes) {
        let about = format!("{}: {} {outcome:?}", candidate.relation, candidate.query.title);
        match candidate.relation.name.as_str() {
            "impossible" if candidate.is_insert() => assert_eq!(*outcome, Outcome::Planned, "{about}"),
            "strict" if !candidate.values.is_empty() => {
                assert_eq!(*outcome, Outcome::RanMadeUp, "{about}");
                made_up += 1;
            }
            _ => assert!(matches!(outcome, Outcome::Ran | Outcome::RanMadeUp), "{about}"),
        }
    }
    assert!(made_up > 8, "{made_up}");

    // They are fit to stay.
    let insert = candidates.iter().find(|it| it.relation.name == "strict" && it.is_insert()).unwrap();
    for _ in 0..2 {
        let others = others(&client, &catalog, insert, false).await.unwrap();
        let Some(values) = others.first() else { break };
        let literals: Vec<String> =
            values.text.iter().map(|value| howdah_pg::Literal::text(value.clone().unwrap()).to_string()).collect();
        let sql = insert.query.sql.trim_end_matches(';');
        client
            .batch_execute(&format!("prepare i as {sql}; execute i ({}); deallocate i", literals.join(", ")))
            .await
            .unwrap();
    }
    let row = client.query_one("select count(*), count(distinct kind) from strict", &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (2, 2));
}

#[tokio::test]
async fn nearly_all_queries_of_the_templates_run_without_a_row() {
    for template in ["shared", "personal", "content", "commerce"] {
        let db = TestDb::template(template).await;
        let client = db.client_superuser().await;
        let catalog = catalog(&client).await;
        let candidates = candidates(&catalog, &["public"]);
        let outcomes = on_copy(&client, &catalog, &candidates).await.unwrap();
        let refused = |outcome: &&Outcome| matches!(outcome, Outcome::Planned | Outcome::Failed(_) | Outcome::Read);
        let all = candidates.iter().zip(&outcomes).filter(|(_, outcome)| refused(outcome));
        let refused: Vec<_> = all
            .map(|(candidate, outcome)| format!("{} {}: {outcome:?}", candidate.relation, candidate.query.title))
            .collect();
        // A second factor needs what depends on its kind, an account and a revocation one of several columns that may be
        // null, and no digest is made up for a file that is not there.
        assert!(refused.len() <= 8, "{template}: {refused:#?}");
    }
}
