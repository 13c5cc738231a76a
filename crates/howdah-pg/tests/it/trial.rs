//! Every query that documentation would show is one that the server understands.

use howdah_pg::Target;
use howdah_pg::trial::{Outcome, in_use};
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
