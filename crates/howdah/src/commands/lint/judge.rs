//! Judges what there is to be judged.

use std::collections::BTreeMap;

use howdah_pg::migrate::{Folder, Runner, Script};
use howdah_pg::schema::{self, SchemaError, ScratchDatabase};
use howdah_pg::script::SqlFile;
use howdah_schema::Catalog;
use howdah_schema::findings::{Class, Finding, Report, Rule, Source};
use howdah_schema::hazards;
use howdah_schema::lint;

use super::subject::{Migrations, Only, Subject};
use crate::context::Context;
use crate::dev::bookkeeping;
use crate::findings::{Judgement, schema_files, source};
use crate::scratch::Scratch;
use crate::sources::{Sources, Spec};

/// Judges, with a scratch server as soon as it needs one.
pub(super) struct Judge<'a> {
    sources: &'a Sources<'a>,
    context: &'a Context,
    scratch: Option<Scratch>,
    /// Texts that stand for those of the files of that name.
    replaced: BTreeMap<String, String>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(sources: &'a Sources<'a>, context: &'a Context) -> Self {
        Self { sources, context, scratch: None, replaced: BTreeMap::new() }
    }

    /// From here on, these texts are judged in place of what is in the files of that name.
    pub(super) fn replace(&mut self, texts: impl IntoIterator<Item = (String, String)>) {
        self.replaced.extend(texts);
    }

    fn as_replaced(&self, file: SqlFile) -> SqlFile {
        match self.replaced.get(&file.name) {
            Some(text) => SqlFile::new(file.name, text.clone()),
            None => file,
        }
    }

    /// Judges all of it.
    ///
    /// # Errors
    /// A schema that cannot be loaded, and a database that cannot be read.
    pub(super) async fn judge(&mut self, subject: &Subject) -> anyhow::Result<Judgement> {
        let mut judgement = Judgement::default();
        let mut whole: Vec<Rule> = Vec::new();
        if let Some(only) = &subject.schema {
            self.schema(only, &mut judgement).await?;
            if only.is_all() {
                whole.extend_from_slice(lint::rules());
            }
        }
        for migrations in &subject.migrations {
            self.migrations(migrations, &mut judgement).await?;
            if migrations.own && migrations.only.is_all() {
                whole.extend_from_slice(hazards::rules());
            }
        }
        // As psql would run it: statement by statement, without limits of time.
        let by_hand =
            hazards::Context { transaction: false, runner_sets_timeouts: false, ..hazards::Context::default() };
        let by_runner = hazards::Context { runs_once: true, ..hazards::Context::default() };
        let files = subject.files.iter().map(|file| (file, &by_hand));
        for (file, context) in files.chain(subject.down.iter().map(|file| (file, &by_runner))) {
            let file = &self.as_replaced(file.clone());
            judgement.add(hazards::check(&[source(file)], context), [file]);
            judgement.judged.files += 1;
        }
        for spec in &subject.live {
            self.live(spec, &mut judgement).await?;
        }
        // Of a part of a project nobody can say what is unused.
        judgement.hold(self.sources, &whole)?;
        Ok(judgement)
    }

    async fn scratch(&mut self) -> anyhow::Result<&Scratch> {
        let scratch = match self.scratch.take() {
            Some(scratch) => scratch,
            None => self.sources.scratch(None, self.context).await?,
        };
        Ok(self.scratch.insert(scratch))
    }

    /// The files of the project's schema folder.
    fn schema_files(&self) -> anyhow::Result<Vec<SqlFile>> {
        let files = schema_files(self.sources.project)?;
        Ok(files.into_iter().map(|file| self.as_replaced(file)).collect())
    }

    async fn schema(&mut self, only: &Only, judgement: &mut Judgement) -> anyhow::Result<()> {
        let files = self.schema_files()?;
        let catalog = self.catalog_of(&files).await?;
        let mut report = standards(&catalog, &files);
        report.findings.retain(|finding| only.has(finding.place.as_ref().map_or("", |place| &place.file)));
        judgement.judged.saw(&catalog);
        judgement.add(report, &files);
        judgement.schema = Some((files, catalog));
        Ok(())
    }

    /// What the files make.
    ///
    /// # Errors
    /// A statement that PostgreSQL refuses.
    pub(super) async fn catalog_of(&mut self, files: &[SqlFile]) -> anyhow::Result<Catalog> {
        if files.is_empty() {
            return Ok(Catalog::default());
        }
        let server = &self.scratch().await?.server;
        Ok(schema::read_files(server, files, None, "the schema").await?.catalog)
    }

    /// By the standards alone: they are about what is there, wherever it is.
    async fn live(&mut self, spec: &Spec, judgement: &mut Judgement) -> anyhow::Result<()> {
        let Some(live) = self.sources.live(spec, self.context).await? else { return Ok(()) };
        // What Howdah keeps there is no part of anybody's schema.
        let catalog = bookkeeping::without(&live.catalog);
        // What the project allows beside its SQL, it allows for its databases.
        let files = self.schema_files()?;
        let mut report = standards(&catalog, &files);
        let about_suppressions = |finding: &Finding| lint::rules().iter().all(|rule| rule.id != finding.rule);
        report.findings.retain(|finding| !about_suppressions(finding));
        report.findings.iter_mut().for_each(|finding| finding.place = None);
        judgement.judged.saw(&catalog);
        judgement.add(report, &[]);
        Ok(())
    }

    /// Each by itself, before what those before it have made.
    async fn migrations(&mut self, migrations: &Migrations, judgement: &mut Judgement) -> anyhow::Result<()> {
        let Migrations { folder, only, .. } = migrations;
        let mut replay = Replay::default();
        let mut result = Ok(());
        for (before, migration) in folder.migrations().iter().enumerate() {
            let file = &migration.up;
            if !only.has(&file.name) {
                continue;
            }
            let judge = |catalog: Option<&Catalog>| {
                let context = hazards::Context { catalog, runs_once: true, ..hazards::Context::default() };
                hazards::check(&[source(file)], &context)
            };
            let mut report = judge(None);
            // Without the catalog, what is not known counts as the worse case: nothing found is nothing found.
            if before > 0 && !report.findings.is_empty() && !replay.failed {
                let server = self.scratch().await;
                let read = match server {
                    Ok(scratch) => replay.catalog(scratch, folder, before).await,
                    Err(error) => {
                        result = Err(error);
                        break;
                    }
                };
                match read {
                    Ok(catalog) => report = judge(Some(&catalog)),
                    Err(error) => self.context.out.warn(format!(
                        "the migrations before {} do not run on a scratch database ({error}), so it and those after it are judged by their text alone",
                        migration.title()
                    )),
                }
            }
            if Script::read(file).is_ok_and(|script| script.is_destructive) {
                let found = report.findings.len();
                report.findings.retain(|finding| finding.class != Class::DataLoss);
                report.suppressed += found - report.findings.len();
            }
            if before == 0 {
                // It meets an empty database: nothing is there to be lost, locked or broken. How the project's own is
                // written is the schema's style, which the standards judge.
                let tells = |class: Class| class == Class::Robustness || (class == Class::Style && !migrations.own);
                report.findings.retain(|finding| tells(finding.class));
            }
            judgement.judged.migrations += 1;
            judgement.add(report, [file]);
        }
        if let Some(database) = replay.database {
            database.remove().await?;
        }
        result
    }
}

/// The database as it is before a migration.
#[derive(Default)]
struct Replay {
    database: Option<ScratchDatabase>,
    /// How many migrations it has run.
    done: usize,
    failed: bool,
}

impl Replay {
    async fn catalog(&mut self, scratch: &Scratch, folder: &Folder, before: usize) -> Result<Catalog, SchemaError> {
        let read = self.run(scratch, folder, before).await;
        self.failed = read.is_err();
        read
    }

    async fn run(&mut self, scratch: &Scratch, folder: &Folder, before: usize) -> Result<Catalog, SchemaError> {
        let database = match self.database.take() {
            Some(database) => database,
            None => scratch.server.create(None).await?,
        };
        let database = self.database.insert(database);
        let client = database.client().await?;
        Runner::new(&client, folder).up(Some(before - self.done)).await?;
        self.done = before;
        Ok(schema::catalog(&client).await?)
    }
}

/// The schema standards on a catalog that these files made.
pub(super) fn standards(catalog: &Catalog, files: &[SqlFile]) -> Report {
    let sources: Vec<Source<'_>> = files.iter().map(source).collect();
    lint::check(catalog, &sources)
}
