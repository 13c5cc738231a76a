//! A plan in words: what each statement costs, what would be lost, what may have been renamed.

use howdah_pg::Target;
use howdah_pg::schema::{self, Planned, Source};
use howdah_schema::QualifiedName;
use howdah_schema::catalog::Catalog;
use howdah_schema::diff::online::LiveRows;
use howdah_schema::diff::{Plan, Step, unresolved};
use howdah_schema::hazards::{self, Effect, Effects, LockMode, Work};
use serde::Serialize;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{count, duration};

/// What a statement takes of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Cost {
    pub(crate) relation: String,
    pub(crate) lock: LockMode,
    pub(crate) work: Work,
    /// Live rows; none where no database was asked or the table is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rows: Option<u64>,
}

/// What each step takes of the tables and views that are there before the plan.
pub(crate) fn costs(plan: &Plan, from: &Source) -> Vec<Vec<Cost>> {
    let context = hazards::Context {
        catalog: Some(&from.catalog),
        postgres_major: from.catalog.postgres_major,
        ..hazards::Context::default()
    };
    let mut effects = Effects::new(&context);
    let mut of_step = |step: &Step| {
        let there =
            effects.of(&step.sql, step.transactional).into_iter().filter(|it| is_there(&it.before, &from.catalog));
        let cost = |effect: Effect| {
            let rows = from.sizes.as_ref().and_then(|sizes| sizes.get(&effect.before)).map(|size| size.rows);
            Cost { relation: effect.relation.to_string(), lock: effect.lock, work: effect.work, rows }
        };
        there.map(cost).collect()
    };
    plan.steps.iter().map(&mut of_step).collect()
}

fn is_there(name: &QualifiedName, catalog: &Catalog) -> bool {
    catalog.tables.contains_key(name) || catalog.views.contains_key(name)
}

/// The plan with the detours that keep locks short.
pub(crate) fn online(planned: &Planned, from: &Source, to: &Catalog) -> Plan {
    let sizes: LiveRows = from.sizes.iter().flatten().map(|(name, size)| (name.clone(), size.rows)).collect();
    planned.online(&from.catalog, to, &sizes)
}

/// The comment lines above each statement: `ACCESS EXCLUSIVE on public.tasks, rewrite of about 1,204,331 rows`.
pub(crate) fn notes(plan: &Plan, costs: &[Vec<Cost>]) -> Vec<Vec<String>> {
    let of_step = |(step, costs): (&Step, &Vec<Cost>)| {
        let loss = step.loss.iter().map(|loss| format!("loses {}", loss.what));
        loss.chain(costs.iter().map(note)).collect()
    };
    plan.steps.iter().zip(costs).map(of_step).collect()
}

fn note(Cost { relation, lock, work, rows }: &Cost) -> String {
    let waiting = match lock {
        lock if lock.blocks_reads() => "reads and writes wait",
        lock if lock.blocks_writes() => "writes wait",
        _ => "nobody waits",
    };
    let of = match (work, rows) {
        (Work::Instant, _) => "instant".to_owned(),
        (work, Some(rows)) => format!("{work} of about {}", count(*rows, "row", "rows")),
        (work, None) => format!("{work} of the table"),
    };
    format!("{lock} on {relation}: {waiting}; {of}")
}

/// The plan as data.
pub(crate) fn statements(plan: &Plan, costs: Vec<Vec<Cost>>) -> Vec<Value> {
    let statement = |(step, takes): (&Step, Vec<Cost>)| {
        json!({
            "sql": step.sql,
            "object": step.object.to_string(),
            "kind": step.object.kind(),
            "verb": step.verb,
            "transaction": step.transactional,
            "loses": step.loss.as_ref().map(|loss| &loss.what),
            "takes": takes,
        })
    };
    plan.steps.iter().zip(costs).map(statement).collect()
}

/// Something that a plan destroys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Lost {
    pub(crate) what: String,
    /// Rows that hold it, counted in the live database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rows: Option<u64>,
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)?;
        match self.rows {
            Some(0) => f.write_str(" (there are none)"),
            Some(rows) => write!(f, " (in {})", count(rows, "row", "rows")),
            None => Ok(()),
        }
    }
}

/// What the plan would lose; with the rows counted, if it starts at a live database.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn losses(plan: &Plan, live: Option<&Target>) -> anyhow::Result<Vec<Lost>> {
    let client = match live {
        Some(target) if plan.losses().next().is_some() => Some(target.client().await?),
        _ => None,
    };
    let mut lost = Vec::new();
    let losses: Vec<_> = plan.losses().collect();
    for (step, loss) in losses {
        let rows = match &client {
            Some(client) => schema::count_lost(client, step, loss).await?,
            None => None,
        };
        lost.push(Lost { what: loss.what.clone(), rows });
    }
    Ok(lost)
}

/// The refusal of a plan that loses something, with what may have been renamed rather than dropped.
pub(crate) fn destructive(lost: &[Lost], plan: &Plan, from: &Catalog, to: &Catalog) -> Failure {
    let message = match lost {
        [only] => format!("this would lose {only}, so nothing was written"),
        lost => {
            format!("this would lose {} for good, so nothing was written", count(lost.len() as u64, "thing", "things"))
        }
    };
    let mut failure = Failure::new("diff-destructive", message).exit(Exit::Confirmation);
    if lost.len() > 1 {
        failure = lost.iter().fold(failure, Failure::cause);
    }
    let unresolved = unresolved(plan, from, to);
    for gone in &unresolved {
        let candidates = gone.candidates.join(" or ");
        let cause = format!(
            "{} goes and {candidates} comes: if that is a rename, write `-- renamed-from: {}` beside it",
            gone.gone, gone.name
        );
        failure = failure.cause(cause);
    }
    failure.hint(if unresolved.is_empty() {
        "if that is what you want: --allow-destructive"
    } else {
        "nothing is lost by a rename that is declared. If it is none: --allow-destructive"
    })
}

/// `3 statements, 1 of them outside a transaction`
pub(crate) fn summary(plan: &Plan) -> String {
    let statements = count(plan.steps.len() as u64, "statement", "statements");
    match plan.steps.iter().filter(|step| !step.transactional).count() {
        0 => statements,
        alone => format!("{statements}, {alone} of them outside a transaction"),
    }
}

/// For people: how long proving took is no data.
pub(crate) fn proven(took: std::time::Duration) -> String {
    let time = if took.as_secs() < 10 { format!("{:.1} s", took.as_secs_f64()) } else { duration(took) };
    format!("run on a copy, there and back, in {time}")
}
