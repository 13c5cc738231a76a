//! From two schemas to statements, and the proof that they do what they should.

use super::apply::{self, ApplyError};
use super::scratch::{ScratchDatabase, ScratchServer, server_roles};
use super::soft::soft;
use super::source::{finish, read_again};
use super::{ExtensionMissing, SchemaError, Source};
use crate::migrate::{Folder, Runner, RunnerOptions};
use crate::{Ident, PgError, extension};
use howdah_schema::Catalog;
use howdah_schema::diff::online::{self, LiveRows};
use howdah_schema::diff::renames::{self, Directive};
use howdah_schema::diff::{DiffOptions, Plan, Step, diff};
use howdah_schema::hazards::{self, Effects};
use std::collections::BTreeSet;
use tokio_postgres::Client;

/// A plan, and where it starts.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Renames first, then the rest.
    pub plan: Plan,
    /// How many of the steps are renames.
    pub renames: usize,
    /// What the renames make of the catalog, if there are any: the other steps begin there.
    pub renamed: Option<Catalog>,
}

impl Planned {
    /// The plan with the detours that keep locks short (see [`online`]). It leads from `from` to `to`, and `sizes` are those
    /// of the tables of `from`.
    #[must_use]
    pub fn online(&self, from: &Catalog, to: &Catalog, sizes: &LiveRows) -> Plan {
        let Some(renamed) = &self.renamed else { return online::rewrite(&self.plan, from, to, sizes) };
        let context = hazards::Context { catalog: Some(from), ..hazards::Context::default() };
        let mut names = Effects::new(&context);
        for step in self.plan.steps.iter().take(self.renames) {
            names.of(&step.sql, step.transactional);
        }
        let relations = renamed.tables.keys().chain(renamed.views.keys());
        let sizes = relations.filter_map(|name| Some((name.clone(), *sizes.get(&names.before(name))?))).collect();
        online::rewrite(&self.plan, renamed, to, &sizes)
    }
}

/// That a plan leads where it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Proof {
    /// Statements that were run going there.
    pub up: usize,
    /// Statements that were run going back; `None` if there was no plan for that.
    pub down: Option<usize>,
}

/// The statements that lead from one schema to the other, with the renames that the files of `to` declare.
///
/// # Errors
/// An object that is not modelled, a circle, a rename that cannot be.
pub async fn plan(
    scratch: &ScratchServer,
    from: &Source,
    to: &Source,
    options: &DiffOptions,
) -> Result<Planned, SchemaError> {
    with_renames(scratch, from, to, &to.directives, options).await
}

/// The way back: what leads from `to` to `from`, the renames of `to` undone.
///
/// # Errors
/// As [`plan`].
pub async fn plan_down(
    scratch: &ScratchServer,
    from: &Source,
    to: &Source,
    options: &DiffOptions,
) -> Result<Planned, SchemaError> {
    let inverted = renames::invert(&from.catalog, &to.catalog, &to.directives)?;
    let options = DiffOptions { fill_required: true, ..options.clone() };
    with_renames(scratch, to, from, &inverted, &options).await
}

async fn with_renames(
    scratch: &ScratchServer,
    from: &Source,
    to: &Source,
    directives: &[Directive],
    options: &DiffOptions,
) -> Result<Planned, SchemaError> {
    let mut steps = renames::plan(&from.catalog, &to.catalog, directives)?;
    let renames = steps.len();
    let renamed = if steps.is_empty() { None } else { Some(after(scratch, from, &steps).await?) };
    let start = renamed.as_ref().unwrap_or(&from.catalog);
    let mut rest = diff(start, &to.catalog, options)?.steps;
    renames::translate_labels(&mut rest, &from.catalog, start, &to.catalog);
    steps.extend(rest);
    Ok(Planned { plan: Plan { steps }, renames, renamed })
}

/// As [`plan`] and [`plan_down`], but tables and columns are dropped by renaming them, so that the way back has their rows.
/// `tag` tells one migration from another, such as `0007`.
///
/// # Errors
/// As [`plan`].
pub async fn plan_soft(
    scratch: &ScratchServer,
    from: &Source,
    to: &Source,
    options: &DiffOptions,
    tag: &str,
) -> Result<(Planned, Planned), SchemaError> {
    let hard = plan(scratch, from, to, options).await?;
    let mut up: Vec<Step> = hard.plan.steps.iter().take(hard.renames).cloned().collect();
    let renamed = if up.is_empty() { from.catalog.clone() } else { after(scratch, from, &up).await? };
    let soft = soft(&hard.plan, &renamed, &to.catalog, tag);
    up.extend(soft.drop);
    let hidden = after(scratch, from, &up).await.map_err(not_softly)?;
    let renames_up = up.len();
    let mut rest = diff(&hidden, &to.catalog, options)?.steps;
    renames::translate_labels(&mut rest, &from.catalog, &hidden, &to.catalog);
    up.extend(rest);

    // There and half way back: what was hidden is in its place, and the rest is as in `to`.
    let mut there = up.clone();
    let mut down = soft.back;
    there.extend(down.iter().cloned());
    let mut catalog = after(scratch, from, &there).await.map_err(not_softly)?;
    let inverted = renames::invert(&from.catalog, &to.catalog, &to.directives)?;
    let back = renames::plan(&catalog, &from.catalog, &inverted)?;
    if !back.is_empty() {
        there.extend(back.iter().cloned());
        down.extend(back);
        catalog = after(scratch, from, &there).await?;
    }
    let options = DiffOptions { fill_required: true, ..options.clone() };
    let renames_down = down.len();
    let mut rest = diff(&catalog, &from.catalog, &options)?.steps;
    renames::translate_labels(&mut rest, &to.catalog, &catalog, &from.catalog);
    down.extend(rest);
    let planned = |steps, renames, renamed| Planned { plan: Plan { steps }, renames, renamed: Some(renamed) };
    Ok((planned(up, renames_up, hidden), planned(down, renames_down, catalog)))
}

fn not_softly(error: SchemaError) -> SchemaError {
    match error {
        SchemaError::Refused { sql, error, .. } => SchemaError::NotSoftly { sql, error },
        error => error,
    }
}

/// The catalog that statements make of `from`, found out on a copy.
async fn after(scratch: &ScratchServer, from: &Source, steps: &[Step]) -> Result<Catalog, SchemaError> {
    let copy = Copy::of(scratch, from).await?;
    let read = async {
        apply::run(&copy.client().await?, steps).await.map_err(|error| refused("up", error))?;
        let mut catalog = copy.read(&from.catalog).await?;
        // Those of the server that the plan is for.
        catalog.server_roles.clone_from(&from.catalog.server_roles);
        Ok(catalog)
    }
    .await;
    finish(copy.database, read).await
}

/// Runs a plan, and then the way back, on a copy of `from`, and compares where that leads.
///
/// # Errors
/// [`SchemaError::Unproven`] with what differs, [`SchemaError::Refused`] with the statement that cannot be run.
pub async fn prove(
    scratch: &ScratchServer,
    from: &Source,
    to: &Source,
    up: &Plan,
    down: Option<&Plan>,
) -> Result<Proof, SchemaError> {
    let copy = Copy::of(scratch, from).await?;
    let proven = async {
        apply::run(&copy.client().await?, &up.steps).await.map_err(|error| refused("up", error))?;
        copy.reaches("up", to, &DiffOptions::default()).await?;
        if let Some(down) = down {
            apply::run(&copy.client().await?, &down.steps).await.map_err(|error| refused("down", error))?;
            copy.reaches("down", from, &DiffOptions::default()).await?;
        }
        Ok(Proof { up: up.steps.len(), down: down.map(|down| down.steps.len()) })
    }
    .await;
    finish(copy.database, proven).await
}

/// [`prove`] for migrations as they will be run: the runner runs all of `folder` on a copy of `from`, up and down.
///
/// # Errors
/// As [`prove`], and the migrations' own.
pub async fn prove_files(
    scratch: &ScratchServer,
    from: &Source,
    to: &Source,
    folder: &Folder,
) -> Result<(), SchemaError> {
    let copy = Copy::of(scratch, from).await?;
    let proven = async {
        let client = copy.client().await?;
        let options = RunnerOptions { allow_lossy: true, ..RunnerOptions::default() };
        let runner = Runner::new(&client, folder).options(options);
        runner.up(None).await?;
        copy.reaches("up", to, &DiffOptions::default()).await?;
        runner.down(folder.migrations().len()).await?;
        copy.reaches("down", from, &DiffOptions::default()).await
    }
    .await;
    finish(copy.database, proven).await
}

/// The schema of `original` built anew, without its rows, for whoever wants to try something in it. It has been made sure that it
/// is the same.
///
/// # Errors
/// [`SchemaError::CopyRefused`] with the statement that cannot be run, [`SchemaError::Copy`] with what differs; an object that is
/// not modelled.
pub async fn copy(scratch: &ScratchServer, original: &Source) -> Result<ScratchDatabase, SchemaError> {
    Ok(Copy::of(scratch, original).await?.database)
}

/// A schema built anew.
pub(super) struct Copy<'a> {
    pub(super) database: ScratchDatabase,
    original: &'a Source,
    /// The roles that were on the scratch server already. What they are there is nothing that the schema says.
    roles: BTreeSet<String>,
}

impl<'a> Copy<'a> {
    /// Builds `original` by what the differ says of it, and makes sure that it is the same.
    pub(super) async fn of(scratch: &ScratchServer, original: &'a Source) -> Result<Self, SchemaError> {
        let database = scratch.create(original.locale.as_ref()).await?;
        let mut copy = Self { database, original, roles: BTreeSet::new() };
        match copy.build(scratch).await {
            Ok(()) => Ok(copy),
            Err(error) => finish(copy.database, Err(error)).await,
        }
    }

    async fn build(&mut self, scratch: &ScratchServer) -> Result<(), SchemaError> {
        let Source { catalog, origin, .. } = self.original;
        let admin = self.database.client().await?;
        self.roles = server_roles(&admin).await?;
        if let Some(role) = self.role()
            && !self.roles.contains(role)
        {
            // It may do everything here: whether the real one may is for the real server to say.
            admin.batch_execute(&format!("create role {} superuser", Ident::new(role))).await?;
            self.roles.insert(role.to_owned());
        }
        // Roles that are there, and that nothing speaks of yet: the plan may be the first to do so.
        let unspoken: Vec<&String> = catalog
            .server_roles
            .iter()
            .filter(|role| {
                !role.starts_with("pg_") && !catalog.roles.contains_key(*role) && !self.roles.contains(*role)
            })
            .collect();
        for role in unspoken {
            admin.batch_execute(&format!("create role {}", Ident::new(role.as_str()))).await?;
        }
        let client = self.client().await?;
        let empty = read_again(&client, catalog).await?;
        let steps = diff(&empty, catalog, &DiffOptions::default())?.steps;
        apply::run(&client, &steps).await.map_err(|error| match error {
            ApplyError::Refused { sql, error } => match extension::missing(&error.sqlstate, &error.message) {
                Some(name) => {
                    SchemaError::Extension(Box::new(ExtensionMissing { name, major: scratch.major(), at: None }))
                }
                None => SchemaError::CopyRefused { origin: origin.clone(), sql, error },
            },
            ApplyError::Pg(error) => error.into(),
        })?;
        let remaining = self.remaining(self.original, &DiffOptions::default()).await?;
        if remaining.is_empty() { Ok(()) } else { Err(SchemaError::Copy { origin: origin.clone(), remaining }) }
    }

    /// The role that made the original: who owns what nobody else is said to own.
    fn role(&self) -> Option<&'a str> {
        Some(self.original.catalog.current_role.as_str()).filter(|role| !role.is_empty())
    }

    /// A login that makes what it makes as the original's role does.
    pub(super) async fn client(&self) -> Result<Client, PgError> {
        let client = self.database.client().await?;
        if let Some(role) = self.role() {
            client.batch_execute(&format!("set session authorization {}", Ident::new(role))).await?;
        }
        Ok(client)
    }

    /// What it is now, as if it were the original's server.
    async fn read(&self, wanted: &Catalog) -> Result<Catalog, SchemaError> {
        let mut catalog = read_again(&self.client().await?, &self.original.catalog).await?;
        for name in &self.roles {
            match wanted.roles.get(name) {
                Some(role) => catalog.roles.insert(name.clone(), role.clone()),
                None => catalog.roles.remove(name),
            };
        }
        Ok(catalog)
    }

    /// What still differs from where it should be.
    async fn remaining(&self, wanted: &Source, options: &DiffOptions) -> Result<Vec<String>, SchemaError> {
        let reached = self.read(&wanted.catalog).await?;
        let rest = diff(&reached, &wanted.catalog, options)?;
        let first_line = |step: &Step| step.sql.lines().next().unwrap_or_default().to_owned();
        Ok(rest.steps.iter().map(|step| format!("{} ({})", step.object, first_line(step))).collect())
    }

    pub(super) async fn reaches(
        &self,
        direction: &'static str,
        wanted: &Source,
        options: &DiffOptions,
    ) -> Result<(), SchemaError> {
        let remaining = self.remaining(wanted, options).await?;
        if remaining.is_empty() {
            return Ok(());
        }
        Err(SchemaError::Unproven { direction, wanted: wanted.origin.clone(), remaining })
    }
}

fn refused(direction: &'static str, error: ApplyError) -> SchemaError {
    match error {
        ApplyError::Refused { sql, error } => SchemaError::Refused { direction, sql, error },
        ApplyError::Pg(error) => error.into(),
    }
}
