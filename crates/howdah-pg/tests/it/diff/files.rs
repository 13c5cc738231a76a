//! The migration that `howdah generate` would write of a pair of schemas, run by the runner.
//!
//! What [`super::check`] runs statement by statement is the plain plan. Users run another one: with the detours that keep locks
//! short, cut into sections, read back from a file.

use super::case::Case;
use super::check::{Side, Stage, Step, not_dumped_as, not_restored, second_diff, seed};
use super::rows;
use howdah_pg::migrate::{Draft, Folder, Runner, RunnerOptions};
use howdah_pg::schema::Planned;
use howdah_pg::script::SqlFile;
use howdah_schema::catalog::ObjectId;
use howdah_schema::diff::online::LiveRows;
use howdah_schema::diff::{Plan, Verb};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// The way there and the way back, as planned.
pub(super) struct Plans {
    pub(super) up: Planned,
    pub(super) down: Planned,
}

impl Plans {
    /// What `howdah generate` writes, what is missing on the way, and whether there are detours. No sizes are known, so no table
    /// is small.
    fn draft(&self, from: &Side, to: &Side) -> (Draft, Option<String>, bool) {
        let [up, down] = [(&self.up, from, to), (&self.down, to, from)]
            .map(|(planned, from, to)| planned.online(&from.catalog, &to.catalog, &LiveRows::new()));
        let differs = up != self.up.plan || down != self.down.plan;
        (Draft::new(&up, &down), missing_meanwhile(&up).or_else(|| missing_meanwhile(&down)), differs)
    }
}

/// Runs them up and down on a database that is made anew from `from`, if the case wants that.
pub(super) async fn check(
    case: &Case,
    (from, to): (&Side, &Side),
    rows: Option<&str>,
    plans: &Plans,
) -> Result<Vec<(Step, String)>, (Step, String)> {
    let (draft, missing, differs) = plans.draft(from, to);
    if !case.as_migration.wants(differs) {
        return Ok(Vec::new());
    }
    let text = |what: String| format!("{what}\n{}", numbered(&draft.up));
    let there = |(stage, what)| (Step::There(stage), text(what));
    if let Some(missing) = missing {
        let what = format!("{missing}\n{}", numbered(&draft.down));
        return Err(there((Stage::Plan, what)));
    }
    let files = [("0001_case.up.sql", &draft.up), ("0001_case.down.sql", &draft.down)];
    let files = files.map(|(name, text)| (name.to_owned(), SqlFile::new(name, text.clone())));
    let folder = Folder::from_files(Path::new("migrations"), files.to_vec());
    let folder = folder.map_err(|error| there((Stage::Apply, told(&error))))?;

    let side = from.again().await.map_err(|what| (Step::Load, what))?;
    seed(&side.client, rows).await?;
    let before = rows::read(&side.client).await;
    let options = RunnerOptions { allow_lossy: true, ..RunnerOptions::default() };
    let runner = Runner::new(&side.client, &folder).options(options);
    runner.up(None).await.map_err(|error| there((Stage::Apply, told(&error))))?;

    let after = rows::read(&side.client).await;
    let missing = rows::missing(&side.client, &before, &after, &to.names, &case.options.lossy).await;
    let mut wrong: Vec<_> = missing.into_iter().map(|what| (Step::Rows, text(what))).collect();
    let mut differing = not_dumped_as(&side.db, to).await;
    differing.extend(second_diff(&side.client, to).await);
    if !differing.is_empty() {
        wrong.extend(differing.into_iter().map(there));
        return Ok(wrong);
    }

    let back = |(stage, what)| (Step::Back(stage), format!("{what}\n{}", numbered(&draft.down)));
    runner.down(1).await.map_err(|error| back((Stage::Apply, told(&error))))?;
    wrong.extend(not_restored(&side.db, &side.client, from).await.into_iter().map(back));
    Ok(wrong)
}

/// What is dropped in one transaction and made again in another. Indexes may be: queries are slow without, no more.
fn missing_meanwhile(plan: &Plan) -> Option<String> {
    let mut dropped = BTreeMap::new();
    let mut transaction = 0;
    for pair in plan.steps.windows(2) {
        let [step, next] = pair else { continue };
        if step.verb == Verb::Drop && !matches!(step.object, ObjectId::Index(_) | ObjectId::Statistics(_)) {
            dropped.insert(&step.object, transaction);
        }
        transaction += usize::from(!(step.transactional && next.transactional));
        if next.verb == Verb::Create
            && let Some(at) = dropped.remove(&next.object)
            && at < transaction
        {
            return Some(format!("{} is missing for a while", next.object));
        }
    }
    None
}

/// An error with its causes.
fn told(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}\n  {cause}"))
}

fn numbered(text: &str) -> String {
    text.lines().enumerate().map(|(index, line)| format!("  {:>3}  {line}\n", index + 1)).collect()
}
