//! One run of `howdah dev`: everything up, in order; then the watch; then everything down again.

use std::time::Duration;

use howdah_data::DataError;
use howdah_data::demo::Plan;

use super::apply::{self, Applied, Limits, Outcome};
use super::lock::DevLock;
use super::schema_files::SchemaFiles;
use super::screen::Screen;
use super::signals::Signals;
use super::watch::Watcher;
use super::{bookkeeping, demo};
use crate::context::Context;
use crate::database::private::Private;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, GOOD, MUTED, paint};
use crate::project::Project;
use crate::serve::{self, LogFormat, RunningServer, Secrets, Settings, Surface};
use crate::signing_keys::SigningKeys;
use crate::{audit, masks, migrations, secrets, seeding};

/// How long the server may take until it answers from the database.
const READY: Duration = Duration::from_secs(30);

/// How often it is looked at whether PostgreSQL still runs.
const CHECKUP: Duration = Duration::from_secs(2);

/// How long a pool that is connected takes to say so.
const CONNECTED: Duration = Duration::from_millis(100);

/// What the command line asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) seed: bool,
    pub(crate) destructive: bool,
}

/// Runs until Ctrl+C or SIGTERM.
///
/// # Errors
/// What keeps it from starting. Everything is stopped again then.
pub(crate) async fn run(project: &Project, options: Options, context: &Context) -> anyhow::Result<Exit> {
    // The pool says when it loses the database, which a change of the schema makes it do each time.
    serve::start_log(Some(LogFormat::Text), "warn,howdah_pg=error");
    let mut signals = Signals::listen()?;
    let lock = DevLock::take(project)?;
    // From here on, so that what is saved while everything starts is not missed.
    let mut watcher = Watcher::new(&project.schema_folder());
    if let Some((_, origin)) = project.config.get("database.url") {
        context
            .out
            .warn(format!("`database.url` (from {origin}) is not used: dev works on the project's own database"));
    }
    let private = tokio::select! {
        private = Private::open(project, context) => private?,
        () = signals.stop() => return Err(Failure::interrupted().into()),
    };
    let session = Session { project, private, options, context };
    let started = tokio::select! {
        started = session.start() => started,
        () = signals.stop() => Err(Failure::interrupted().into()),
    };
    let server = match started {
        Ok(server) => server,
        Err(error) => {
            session.private.stop()?;
            return Err(error);
        }
    };
    let result = match session.show(&server, &lock).await {
        Ok(()) => {
            session.watch(&server, &mut watcher, &mut signals).await;
            Ok(Exit::Ok)
        }
        Err(error) => Err(error),
    };
    context.out.say(paint(MUTED, "Stopping: finishing the requests under way, then PostgreSQL"));
    tokio::select! {
        drained = server.shutdown() => {
            if !drained {
                context.out.warn("some requests did not finish in time and were cut off");
            }
        }
        // Once more Ctrl+C: not waiting for requests, but never leaving PostgreSQL behind.
        () = signals.stop() => {}
    }
    session.private.stop()?;
    drop(lock);
    context.out.say(format!("{} Stopped", paint(GOOD, "✓")));
    result
}

struct Session<'a> {
    project: &'a Project,
    private: Private,
    options: Options,
    context: &'a Context,
}

impl Session<'_> {
    /// Database, schema, demo data, server.
    async fn start(&self) -> anyhow::Result<RunningServer> {
        let database = &self.private.database;
        self.private.start(self.context).await?;
        self.migrate().await?;
        self.catch_up().await?;
        self.make_keys().await?;
        self.private.enable_login().await?;
        self.private.tell_of_ddl().await?;
        if self.options.seed {
            self.seed().await?;
        }
        let secrets = Secrets {
            jwt: None,
            signing: Some(SigningKeys::of(self.project)),
            pepper: Some(secrets::of_project(secrets::PEPPER.1, self.project)?),
            smtp: None,
        };
        let mut settings = Settings::new(self.private.login(database)?, secrets, &self.project.config, Surface::Howdah);
        settings.bind = [127, 0, 0, 1].into();
        settings.next_free_port = true;
        settings.sealer =
            audit::sealer(self.private.sealer(database).await?, Some(self.project), &self.project.config)?;
        settings.mailbox = Some(self.project.mailbox_folder());
        let server = serve::start(settings, None).await?;
        server.ready(READY).await?;
        Ok(server)
    }

    /// Applies the migrations that are pending.
    async fn migrate(&self) -> anyhow::Result<()> {
        let owner = self.private.owner(&self.private.database)?;
        migrations::adopt(self.project, &owner, self.context).await?;
        let migrated = migrations::up(self.project, &owner, &self.context.out).await;
        let Err(error) = migrated else { return Ok(()) };
        let admin = self.private.admin(&self.private.database)?.client().await?;
        if bookkeeping::recall(&admin).await?.is_none() {
            return Err(error);
        }
        // The database is as it was, and the schema folder says what it is to be.
        self.tell_error(error);
        self.context.out.say(
            "Going on without it. If the database is ahead of the migrations: `howdah generate NAME` writes what is missing. \
             `howdah db reset` makes it anew from them",
        );
        Ok(())
    }

    /// The key of hashes is no part of a migration, and in development nobody has a reason to be without.
    async fn make_keys(&self) -> anyhow::Result<()> {
        let admin = self.private.admin(&self.private.database)?.client().await?;
        masks::make_keys(&admin, false).await?;
        Ok(())
    }

    /// Applies what changed in the schema folder while nobody watched.
    async fn catch_up(&self) -> anyhow::Result<()> {
        let files = SchemaFiles::read(self.project)?;
        let admin = self.private.admin(&self.private.database)?.client().await?;
        let known = bookkeeping::recall(&admin).await?;
        let fingerprint = files.fingerprint();
        if known.as_ref() == Some(&fingerprint) {
            return Ok(());
        }
        if known.is_none() && migrations::is_only(self.project, &files.concatenated()) {
            // A project as `howdah init` made it: what was just migrated are these very files.
            let owner = self.private.owner(&self.private.database)?.client().await?;
            bookkeeping::remember(&owner, &fingerprint).await?;
            return Ok(());
        }
        let limits =
            Limits { destructive: self.options.destructive, removals: known.is_some() || self.options.destructive };
        match apply::apply(&self.private, &files, limits, self.context).await {
            Ok(outcome) => self.tell(&outcome),
            // The database is as it was, and serving it is more use than not starting.
            Err(error) => self.tell_error(error),
        }
        Ok(())
    }

    async fn seed(&self) -> anyhow::Result<()> {
        if self.project.config.template().is_none_or(|template| template == "empty") {
            return Ok(());
        }
        let admin = self.private.admin(&self.private.database)?.client().await?;
        if !demo::is_unused(&admin).await? {
            return Ok(());
        }
        let pepper = secrets::of_project(secrets::PEPPER.1, self.project)?;
        let owner = self.private.owner(&self.private.database)?;
        let plan = Plan { anchor: seeding::today(), ..Plan::default() };
        if let Err(error) = seeding::seed(&owner, &plan, &pepper, &self.context.out).await
            && !matches!(error.downcast_ref(), Some(DataError::UnknownSchema { .. }))
        {
            // A schema that has moved on from the template's is no reason not to start.
            self.context.out.warn(format!("no demo data: {error}"));
        }
        Ok(())
    }

    /// Puts the screen up.
    async fn show(&self, server: &RunningServer, lock: &DevLock) -> anyhow::Result<()> {
        let url = server.url.clone();
        lock.serves(&url)?;
        let admin = self.private.admin(&self.private.database)?.client().await?;
        let screen = Screen {
            project: self.project.config.project_name().to_owned(),
            folder: self.project.root.display().to_string(),
            url,
            postgres: self.private.cluster.install().version.to_string(),
            database: self.private.database.clone(),
            database_port: self.private.cluster.port(),
            anon_key: server.keys.key(self.project.config.anonymous_role().unwrap_or("anon"))?,
            service_key: server.keys.key("service_role")?,
            logins: demo::logins(&admin).await?,
            watching: format!("{}/", self.project.config.schema_path().trim_end_matches('/')),
        };
        self.context.out.data("howdah.dev/1", &screen.json(), |out| screen.write(out))?;
        Ok(())
    }

    /// Follows the schema folder until it is time to stop.
    async fn watch(&self, server: &RunningServer, watcher: &mut Watcher, signals: &mut Signals) {
        let mut applied = None;
        loop {
            tokio::select! {
                () = signals.stop() => return,
                () = watcher.changed() => {}
                () = tokio::time::sleep(CHECKUP) => {
                    self.revive(server).await;
                    continue;
                }
            }
            tokio::select! {
                // Giving up half way is safe: the running database changes in one step at the end.
                () = signals.stop() => return,
                () = self.follow(server, &mut applied) => {}
            }
        }
    }

    /// Starts PostgreSQL again if something has killed it; the server reconnects by itself.
    async fn revive(&self, server: &RunningServer) {
        // Asking the cluster walks its folders; a pool that is connected answers at once.
        if server.ready(CONNECTED).await.is_ok() || self.private.is_running().unwrap_or(true) {
            return;
        }
        self.context.out.warn("PostgreSQL does not run any more; starting it again");
        let restarted = async {
            self.private.start(self.context).await?;
            // What was killed may still hold its port, and then it is another one now.
            let database = &self.private.database;
            anyhow::Ok((self.private.login(database)?, self.private.sealer(database).await?))
        };
        match restarted.await {
            Ok((target, sealer)) => {
                server.move_to(target);
                if let Some(sealer) = sealer {
                    server.move_sealer_to(sealer);
                }
            }
            Err(error) => self.tell_error(error),
        }
    }

    async fn follow(&self, server: &RunningServer, seen: &mut Option<String>) {
        let files = match SchemaFiles::read(self.project) {
            Ok(files) => files,
            Err(failure) => return self.tell_error(failure.into()),
        };
        // Saved without a change, or touched by a tool.
        let fingerprint = files.fingerprint();
        if seen.as_ref() == Some(&fingerprint) {
            return;
        }
        let limits = Limits { destructive: self.options.destructive, removals: true };
        match apply::apply(&self.private, &files, limits, self.context).await {
            Ok(outcome) => {
                self.tell(&outcome);
                if let Err(error) = self.make_keys().await {
                    self.context.out.warn(format!("the key of hashes was not made: {error}"));
                }
                // Also when nothing was to be done: a migration may have been run by hand meanwhile.
                if let Err(error) = server.reload().await {
                    self.context.out.warn(format!("the API still serves the schema of before: {error}"));
                }
            }
            Err(error) => {
                self.tell_error(error);
                // The rows may be corrected without touching the files: saving again tries again.
                *seen = None;
                return;
            }
        }
        *seen = Some(fingerprint);
    }

    fn tell(&self, outcome: &Outcome) {
        let out = &self.context.out;
        match outcome {
            Outcome::Same => out.say(paint(MUTED, "schema/ is saved; nothing about the database changes")),
            Outcome::Applied(Applied { changes, rows, took }) => {
                let rows = output::count(*rows, "row", "rows");
                let took = format!("{rows} carried over, {:.2} s", took.as_secs_f64());
                out.say(format!("{} schema applied {}", paint(GOOD, "✓"), paint(MUTED, &format!("({took})"))));
                for change in changes {
                    out.say(format!("  {change}"));
                }
                if changes.is_empty() {
                    out.say("  rows that the files insert, or objects whose definitions cannot be compared");
                }
            }
        }
    }

    fn tell_error(&self, error: anyhow::Error) {
        output::tell(&Failure::from_error(error));
    }
}
