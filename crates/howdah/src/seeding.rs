//! Loads the demo data, with a bar; shared by `howdah seed demo` and `howdah dev`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use howdah_data::calendar::Day;
use howdah_data::demo::{self, Plan, Report};
use howdah_pg::{Secret, Target};

use crate::output::{Output, Step, Unit};

/// Seeds the database that `owner` logs in to as the owner of the schema.
///
/// # Errors
/// Those of PostgreSQL and of the demo data.
pub(crate) async fn seed(owner: &Target, plan: &Plan, pepper: &Secret, out: &Output) -> anyhow::Result<Report> {
    let hashes = hashes(pepper).await?;
    let hash = |password: &str| hashes.get(password).cloned().unwrap_or_default();
    let mut client = owner.client().await?;
    let step = Step::begin(out, "Loading demo data", Some(plan.rows), Unit::Rows);
    let bar = Bar { step: &step, done: Mutex::default() };
    let report = demo::seed(&mut client, plan, &hash, &bar).await?;
    step.done();
    Ok(report)
}

/// The demo people's passwords, hashed beside each other: each takes a quarter of a second by design.
async fn hashes(pepper: &Secret) -> anyhow::Result<BTreeMap<&'static str, String>> {
    let hasher = crate::serve::hasher(pepper);
    let tasks: Vec<_> = demo::people()
        .iter()
        .map(|person| {
            let hasher = hasher.clone();
            tokio::task::spawn_blocking(move || hasher.hash(person.password).map(|hash| (person.password, hash)))
        })
        .collect();
    let mut hashes = BTreeMap::new();
    for task in tasks {
        let (password, hash) = task.await??;
        hashes.insert(password, hash);
    }
    Ok(hashes)
}

struct Bar<'a> {
    step: &'a Step,
    /// Rows of the tables that are done, and of the one under way.
    done: Mutex<BTreeMap<String, u64>>,
}

impl demo::Progress for Bar<'_> {
    fn table(&self, table: &str, done: u64, _: u64) {
        let mut tables = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        tables.insert(table.to_owned(), done);
        self.step.set(tables.values().sum(), None);
    }
}

/// Today, in UTC.
pub(crate) fn today() -> Day {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let days = i32::try_from(seconds / 86_400).unwrap_or(0);
    Day::from_ymd(1970, 1, 1).plus(days)
}
