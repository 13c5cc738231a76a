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
    /// On a copy with demo data rather than without values.
    pub(crate) with_rows: bool,
    pub(crate) made: usize,
    pub(crate) ran: usize,
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
    let kept = match demo::template_of(has) {
        None => {
            facts.examples_note = Some("There is no demo data for this schema.".to_owned());
            without_rows(subject, facts, catalog, made, &mut tried, context).await?
        }
        Some(template) => {
            match with_rows(subject, facts, template, catalog, &made, &mut tried, sources, context).await? {
                Ok(kept) => kept,
                Err(why) => {
                    context.out.warn(&why);
                    facts.examples_note = Some(why);
                    without_rows(subject, facts, catalog, made, &mut tried, context).await?
                }
            }
        }
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

/// On a copy with demo data. The inner error says why there can be none.
#[expect(clippy::too_many_arguments, reason = "all of it is what one run knows")]
async fn with_rows(
    subject: &mut Subject,
    facts: &mut Facts,
    template: &str,
    catalog: &Catalog,
    made: &[Candidate],
    tried: &mut Tried,
    sources: &Sources<'_>,
    context: &Context,
) -> anyhow::Result<Result<Vec<Candidate>, String>> {
    let step = Step::begin(&context.out, "Copying the schema, with demo data", None, Unit::Rows);
    let source = Arc::clone(&subject.source);
    let server = subject.scratch(sources, context).await?;
    let copy = match schema::copy(server, &source).await {
        Ok(copy) => copy,
        Err(SchemaError::Pg(error)) => return Err(error.into()),
        Err(error) => return Ok(Err(format!("The schema could not be copied to be filled with demo data: {error}"))),
    };
    step.done();
    let result = async {
        let mut client = copy.client().await?;
        let seeded = demo::seed(&mut client, &Plan::default(), &|_| NO_PASSWORD.to_owned(), &()).await;
        if let Err(error) = seeded {
            return Ok(Err(format!("The demo data does not fit this schema: {error}")));
        }
        client.batch_execute("analyze").await?;
        facts.examples = samples::take(&client, catalog, template).await?;
        facts.examples_note =
            Some("The rows are from the demo data; a table that it does not fill has none here.".to_owned());
        let step = Step::begin(&context.out, "Running the queries", Some(made.len() as u64), Unit::Statements);
        let outcomes = trial::on_copy(&client, made).await?;
        let mut kept = sorted_out(catalog, made.to_vec(), outcomes, tried);
        tried.with_rows = true;
        tried.requests = requests::run(copy.target(), &client, catalog, &facts.api_schemas, &mut kept).await?;
        facts.queries_note = Some(note_with_rows(tried));
        step.done();
        anyhow::Ok(Ok(kept))
    }
    .await;
    copy.remove().await?;
    result
}

fn note_with_rows(tried: &Tried) -> String {
    let planned = match tried.planned {
        0 => String::new(),
        planned => format!(" Of all queries, {planned} were only planned, because no row was fit to try them with."),
    };
    let over_http = match &tried.requests.role {
        Some(role) => format!(" The requests went through the data API over the same copy, as {role}"),
        None => {
            " The requests were read by the data API, and not sent to a database that has none of its roles".to_owned()
        }
    };
    let read = match tried.requests.read {
        0 => String::new(),
        _ if tried.requests.role.is_none() => String::new(),
        read => format!("; {read} for which there were no values were only read by it"),
    };
    format!(
        "Every query ran when this page was made: the SQL on a copy of the schema with demo data, where it was undone \
         again, with values of the rows there.{planned}{over_http}{read}. What supabase-js sends is the same request."
    )
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
