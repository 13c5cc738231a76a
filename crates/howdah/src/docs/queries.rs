//! The queries that pages show: made, run, and what failed left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use howdah_data::demo::{self, Plan};
use howdah_pg::schema::{self, SchemaError};
use howdah_pg::trial::{self, Outcome};
use howdah_pg::{PgError, Target};
use howdah_schema::QualifiedName;
use howdah_schema::catalog::Catalog;
use howdah_schema::docs::Facts;
use howdah_schema::docs::queries::{Candidate, Queries};
use serde::Serialize;

use super::subject::{Place, Subject};
use super::{requests, samples};
use crate::context::Context;
use crate::output::{Step, Unit};
use crate::sources::Sources;

/// Server processes that are kept busy at once where nothing has rows.
const CONNECTIONS: usize = 4;

/// A hash that is no password's: nobody logs in to a copy that is thrown away.
const NO_PASSWORD: &str = "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

/// How many queries were made, and what became of them.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Tried {
    /// On a copy with demo data.
    pub(crate) with_rows: bool,
    pub(crate) made: usize,
    pub(crate) ran: usize,
    /// Of those, the ones with values of which some are no row's.
    pub(crate) made_up: usize,
    /// Understood by the server, and not run.
    pub(crate) planned: usize,
    /// Not more than read, because the login has no right to what it is about.
    pub(crate) read: usize,
    pub(crate) failed: Vec<Failed>,
    pub(crate) requests: requests::Tried,
    /// Views whose queries fail, whoever asks.
    pub(crate) broken: Vec<Failed>,
}

/// A query that is not shown.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Failed {
    #[serde(serialize_with = "displayed")]
    pub(crate) relation: QualifiedName,
    pub(crate) title: String,
    pub(crate) message: String,
}

fn displayed<S: serde::Serializer>(name: &QualifiedName, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(name)
}

/// Makes the queries of all relations, runs them, and takes example rows on the way.
pub(super) async fn try_out(
    subject: &mut Subject,
    facts: &mut Facts,
    sources: &Sources<'_>,
    context: &Context,
) -> anyhow::Result<Tried> {
    let source = Arc::clone(&subject.source);
    let catalog = &source.catalog;
    let made = candidates(catalog, &facts.api_schemas);
    let mut tried = Tried { made: made.len(), ..Tried::default() };
    let has = |name: &str| name.parse::<QualifiedName>().is_ok_and(|name| catalog.tables.contains_key(&name));
    let template = demo::template_of(has);
    if template.is_none() {
        facts.examples_note = Some("There is no demo data for this schema.".to_owned());
    }
    // A copy of somebody's large schema is worth its time only where there are rows to try things with.
    let kept = if template.is_some() || subject.own {
        match on_copy(subject, facts, template, catalog, &made, &mut tried, sources, context).await? {
            Ok(kept) => kept,
            Err(why) => {
                context.out.warn(&why);
                facts.examples_note = Some(why);
                without_rows(subject, facts, catalog, made, &mut tried, context).await?
            }
        }
    } else {
        without_rows(subject, facts, catalog, made, &mut tried, context).await?
    };
    for candidate in kept {
        facts.queries.entry(candidate.relation).or_default().push(candidate.query);
    }
    tell(&tried, context);
    Ok(tried)
}

fn candidates(catalog: &Catalog, schemas: &[String]) -> Vec<Candidate> {
    let queries = Queries::new(catalog, schemas);
    catalog.relations().flat_map(|relation| queries.of(relation)).collect()
}

/// On a copy, with the demo data of a template if there is one for this schema. The inner error says why there can be none.
#[expect(clippy::too_many_arguments, reason = "all of it is what one run knows")]
async fn on_copy(
    subject: &mut Subject,
    facts: &mut Facts,
    template: Option<&str>,
    catalog: &Catalog,
    made: &[Candidate],
    tried: &mut Tried,
    sources: &Sources<'_>,
    context: &Context,
) -> anyhow::Result<Result<Vec<Candidate>, String>> {
    let what = if template.is_some() { "Copying the schema, with demo data" } else { "Copying the schema" };
    let step = Step::begin(&context.out, what, None, Unit::Rows);
    let source = Arc::clone(&subject.source);
    let server = subject.scratch(sources, context).await?;
    let copy = match schema::copy(server, &source).await {
        Ok(copy) => copy,
        Err(SchemaError::Pg(error)) => return Err(error.into()),
        Err(error) => return Ok(Err(format!("The schema could not be copied to have its queries run there: {error}"))),
    };
    step.done();
    let result = async {
        let mut client = copy.client().await?;
        if let Some(template) = template {
            let seeded = demo::seed(&mut client, &Plan::default(), &|_| NO_PASSWORD.to_owned(), &()).await;
            if let Err(error) = seeded {
                return Ok(Err(format!("The demo data does not fit this schema: {error}")));
            }
            client.batch_execute("analyze").await?;
            facts.examples = samples::take(&client, catalog, template).await?;
            facts.examples_note =
                Some("The rows are from the demo data; a table that it does not fill has none here.".to_owned());
        }
        let step = Step::begin(&context.out, "Running the queries", Some(made.len() as u64), Unit::Statements);
        let outcomes = trial::on_copy(&client, catalog, made).await?;
        let mut made = made.to_vec();
        for (candidate, outcome) in made.iter_mut().zip(&outcomes) {
            candidate.query.remark = remark(outcome, template.is_some());
        }
        let mut kept = sorted_out(catalog, made, outcomes, tried);
        tried.with_rows = template.is_some();
        tried.requests = requests::run(copy.target(), &client, catalog, &facts.api_schemas, &mut kept).await?;
        facts.queries_note = Some(note_of_copy(tried));
        step.done();
        anyhow::Ok(Ok(kept))
    }
    .await;
    copy.remove().await?;
    result
}

fn note_of_copy(tried: &Tried) -> String {
    let (rows, undone) = match tried.with_rows {
        true => (" with demo data", "with values of the rows there, or with made-up ones where it says so"),
        false => ("", "with made-up values"),
    };
    let over_http = match &tried.requests.role {
        Some(role) => format!("The requests went through the data API over the same copy, as {role}"),
        None => {
            "The requests were read by the data API, and not sent to a database that has none of its roles".to_owned()
        }
    };
    format!(
        "Every query was tried when this page was made: the SQL on a copy of the schema{rows}, where it was undone again, \
         {undone}. {over_http}. What supabase-js sends is the same request."
    )
}

/// What the reader of one query is told of how its SQL was tried on a copy.
fn remark(outcome: &Outcome, with_rows: bool) -> Option<String> {
    let remark = match outcome {
        Outcome::RanMadeUp if with_rows => "No row was fit to try it with, so it ran with made-up values.",
        Outcome::Planned => "The SQL was planned and not run: no row was fit to try it with.",
        _ => return None,
    };
    Some(remark.to_owned())
}

/// Where the schema is, without values.
async fn without_rows(
    subject: &Subject,
    facts: &mut Facts,
    catalog: &Catalog,
    made: Vec<Candidate>,
    tried: &mut Tried,
    context: &Context,
) -> anyhow::Result<Vec<Candidate>> {
    let step = Step::begin(&context.out, "Running the queries", Some(made.len() as u64), Unit::Statements);
    let target: &Target = match &subject.place {
        Place::Live(target) => target,
        Place::Built(database) => database.target(),
    };
    let outcomes =
        trial::in_use(target, &made, CONNECTIONS).await.map_err(|error: PgError| anyhow::Error::from(error))?;
    let mut kept = sorted_out(catalog, made, outcomes, tried);
    tried.requests = requests::read(catalog, &facts.api_schemas, &mut kept);
    facts.queries_note = Some(
        "There is no demo data for this schema. When this page was made, what reads ran without values, in a transaction \
         that may not write; what writes, or would look at a whole table, was planned by the server and not run. The \
         requests were read by the data API, and not sent. What supabase-js sends is the same request."
            .to_owned(),
    );
    step.done();
    Ok(kept)
}

/// Those that the server understands.
fn sorted_out(catalog: &Catalog, made: Vec<Candidate>, outcomes: Vec<Outcome>, tried: &mut Tried) -> Vec<Candidate> {
    let mut kept = Vec::with_capacity(made.len());
    let mut broken: BTreeMap<QualifiedName, Failed> = BTreeMap::new();
    for (candidate, outcome) in made.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Ran => tried.ran += 1,
            Outcome::RanMadeUp => {
                tried.ran += 1;
                tried.made_up += 1;
            }
            Outcome::Planned => tried.planned += 1,
            Outcome::Read => tried.read += 1,
            Outcome::Failed(error) => {
                let message = match &error.context {
                    Some(context) => format!("{} ({})", error.message, context.lines().next().unwrap_or_default()),
                    None => error.message.clone(),
                };
                let relation = candidate.relation.clone();
                let failed = Failed { relation: relation.clone(), title: candidate.query.title, message };
                // A view holds what somebody wrote; of a table, all is ours.
                if catalog.views.contains_key(&relation) {
                    broken.entry(relation).or_insert(failed);
                } else {
                    tried.failed.push(failed);
                }
                continue;
            }
        }
        kept.push(candidate);
    }
    // Of a view that cannot be read, nothing is shown.
    kept.retain(|candidate| !broken.contains_key(&candidate.relation));
    tried.broken = broken.into_values().collect();
    kept
}

/// What must not be overlooked.
fn tell(tried: &Tried, context: &Context) {
    const MOST: usize = 10;
    for broken in &tried.broken {
        context.out.warn(format!("the view {} cannot be read: {}", broken.relation, broken.message));
    }
    let failed: Vec<&Failed> = tried.failed.iter().chain(&tried.requests.failed).collect();
    for failed in failed.iter().take(MOST) {
        context.out.warn(format!("left out of {}: “{}” ({})", failed.relation, failed.title, failed.message));
    }
    if failed.len() > MOST {
        context.out.warn(format!("{} more queries are left out", failed.len() - MOST));
    }
    let relations: BTreeSet<&QualifiedName> = failed.iter().map(|failed| &failed.relation).collect();
    if !relations.is_empty() {
        context.out.warn("a query that fails is a mistake in Howdah, or something that the table needs is broken");
    }
    if tried.read > 0 {
        context.out.warn(format!(
            "{} queries were only read: this login may not do what they do. Log in as the owner to have them tried",
            tried.read
        ));
    }
}
