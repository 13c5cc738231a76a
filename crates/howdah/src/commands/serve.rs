//! `howdah serve`: the HTTP API over any PostgreSQL.

use std::net::IpAddr;
use std::path::PathBuf;

use howdah_pg::Target;
use howdah_pg::watch::DDL_NOTIFY_SQL;
use serde_json::json;
use tokio::signal::unix::{self, SignalKind};

use crate::config::postgrest::{InDatabase, Resolved, Sources};
use crate::config::{Config, Override, Value};
use crate::context::Context;
use crate::database::private::Private;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::serve::{self, LogFormat, Reread, Secrets, Settings, Surface};
use crate::signing_keys::SigningKeys;
use crate::{audit, secrets};

const AFTER_HELP: &str = "\
Examples:
  howdah serve                                          in a project, over its private database
  DATABASE_URL=postgres://howdah_login:…@db1/shop HOWDAH_JWT_SECRET=… howdah serve --bind 0.0.0.0
  howdah serve --port 9000 --log-format json
  howdah serve --postgrest-config postgrest.conf        in place of PostgREST
  howdah serve --ddl-triggers | psql -U postgres shop   changes to the schema are noticed at once, not within seconds

Secrets come from the environment, or are made once in the project's .howdah/:
  HOWDAH_JWT_SECRET        bearer tokens: a secret of 32 bytes or more, or keys (JWK); without it all are refused
  HOWDAH_PASSWORD_PEPPER   mixed into passwords before they are hashed; without it /auth/v1 is off
  HOWDAH_AUDIT_KEY         signs the audit trail's checkpoints: 64 hexadecimal digits; needs audit.sealer_url
  HOWDAH_SMTP_URL          where mails are handed over, like smtps://user:password@host; without it none are sent
Each may stand in a file instead, which the same variable with _FILE behind it names.

SIGHUP and SIGUSR2 read settings and schema anew, SIGUSR1 the schema. Ctrl+C and SIGTERM stop it: it finishes the requests under way, then closes.

Exit codes: 0 stopped when asked to, 1 failed, 2 a setting is wrong";

/// Serve the HTTP API over a PostgreSQL database
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS")]
    bind: Option<IpAddr>,

    /// The port; 0 takes any free one
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,

    /// Serve what this configuration of PostgREST says, at / and as PostgREST does, instead of howdah.toml; without FILE,
    /// what the PGRST_ variables say
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "not given, given, given with a file")]
    postgrest_config: Option<Option<PathBuf>>,

    /// Print the SQL that makes a database tell of changes to its schema at once, and stop; a superuser has to run it
    #[arg(long, exclusive = true)]
    ddl_triggers: bool,

    /// How log lines look; by default text on a terminal, JSON elsewhere
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if args.ddl_triggers {
        let data = json!({ "sql": DDL_NOTIFY_SQL });
        context.out.data("howdah.serve.ddl-triggers/1", &data, |out| write!(out, "{DDL_NOTIFY_SQL}"))?;
        return Ok(Exit::Ok);
    }
    let overrides = overrides(&args);
    let Serving { settings, reread, private } = match args.postgrest_config {
        Some(file) => of_postgrest(file, overrides, args.log_format, context)?,
        None => of_project(overrides, args.log_format, context).await?,
    };
    context.out.target(&format!("Serving {}", settings.target.redacted()));
    let base_path = settings.base_path().to_owned();
    let mut server = serve::start(settings, Some(reread)).await?;
    let url = server.url.clone();
    context.out.data("howdah.serve/1", &json!({ "url": url, "rest": format!("{url}{base_path}") }), |out| {
        writeln!(out, "{url}")
    })?;

    let mut signals = Signals::listen()?;
    let failure = loop {
        tokio::select! {
            failure = server.failed() => break Some(failure),
            signal = signals.next() => match signal {
                Signal::Stop => break None,
                Signal::Schema => match server.reload().await {
                    Ok(()) => tracing::info!("schema read anew"),
                    Err(error) => tracing::error!(%error, code = error.code(), "schema not read"),
                },
                Signal::Settings => match server.reconfigure().await {
                    Ok(()) => tracing::info!("settings and schema read anew"),
                    Err(failure) => tracing::error!(error = %failure, code = %failure.code, "settings not read"),
                },
            },
        }
    };
    tracing::info!("stopping: finishing the requests under way");
    if !server.shutdown().await {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
    if let Some(private) = private {
        private.stop()?;
    }
    failure.map_or(Ok(Exit::Ok), |failure| Err(failure.into()))
}

/// What a signal asks for.
enum Signal {
    Stop,
    Schema,
    Settings,
}

struct Signals {
    terminate: unix::Signal,
    hangup: unix::Signal,
    /// PostgREST's signals for the schema and for the settings.
    user1: unix::Signal,
    user2: unix::Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: unix::signal(SignalKind::terminate())?,
            hangup: unix::signal(SignalKind::hangup())?,
            user1: unix::signal(SignalKind::user_defined1())?,
            user2: unix::signal(SignalKind::user_defined2())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Signal::Stop,
            _ = self.terminate.recv() => Signal::Stop,
            _ = self.user1.recv() => Signal::Schema,
            _ = self.hangup.recv() => Signal::Settings,
            _ = self.user2.recv() => Signal::Settings,
        }
    }
}

/// What is to be served, and how its settings are read anew.
struct Serving {
    settings: Settings,
    reread: Reread,
    /// To be stopped afterwards.
    private: Option<Private>,
}

fn of_postgrest(
    file: Option<PathBuf>,
    overrides: Vec<Override>,
    log_format: Option<LogFormat>,
    context: &Context,
) -> anyhow::Result<Serving> {
    let sources = Sources::read(file.as_deref())?;
    for warning in sources.warnings() {
        context.out.warn(warning);
    }
    let resolve = move |sources: Sources| -> Result<Settings, Failure> {
        let Resolved { config, jwt_secret } = sources.over(&Config::load(None, &overrides)?)?;
        let target = Target::parse(config.database_url().unwrap_or("postgresql://"));
        let target = target.map_err(|error| Failure::from_error(error.into()))?;
        let secrets = Secrets { jwt: jwt_secret, pepper: None, signing: None, smtp: None };
        Ok(Settings::new(target, secrets, &config, Surface::Postgrest))
    };
    let settings = resolve(sources)?;
    serve::start_log(log_format, settings.log_level);
    let reread: Reread = Box::new(move |found| resolve(Sources::read(file.as_deref())?.with_database(found)?));
    Ok(Serving { settings, reread, private: None })
}

async fn of_project(
    overrides: Vec<Override>,
    log_format: Option<LogFormat>,
    context: &Context,
) -> anyhow::Result<Serving> {
    let (project, config) = context.config(&overrides)?;
    serve::start_log(log_format, serve::log_level(&config));
    if std::env::var_os("PGRST_DB_URI").is_some_and(|uri| !uri.is_empty()) {
        context.out.warn("the PGRST_ variables are not used: run it with --postgrest-config to serve what they say");
    }
    let Found { target, sealer, private } = target(project.as_ref(), &config, context).await?;
    let secrets = server_secrets(project.as_ref(), context)?;
    let sealer = audit::sealer(sealer, project.as_ref(), &config)?;
    if sealer.as_ref().is_some_and(|sealer| sealer.key.is_none()) {
        context.out.warn("HOWDAH_AUDIT_KEY is not set: the audit trail is sealed, and no checkpoint of it signed");
    }
    let root = project.map(|project| project.root);
    let resolve = move |config: &Config, found: &[InDatabase]| -> Result<Settings, Failure> {
        let Resolved { config, jwt_secret } = Sources::default().with_database(found)?.over(config)?;
        let mut secrets = secrets.clone();
        if jwt_secret.is_some() {
            secrets.jwt = jwt_secret;
            secrets.signing = None;
        }
        let mut settings = Settings::new(target.clone(), secrets, &config, Surface::Howdah);
        settings.sealer.clone_from(&sealer);
        Ok(settings)
    };
    let settings = resolve(&config, &[])?;
    let reread: Reread = Box::new(move |found| resolve(&Config::load(root.as_deref(), &overrides)?, found));
    Ok(Serving { settings, reread, private })
}

fn overrides(args: &Args) -> Vec<Override> {
    let bind =
        args.bind.map(|bind| Override { key: "server.bind", flag: "--bind", value: Value::Text(bind.to_string()) });
    let port =
        args.port.map(|port| Override { key: "server.port", flag: "--port", value: Value::Integer(port.into()) });
    bind.into_iter().chain(port).collect()
}

/// A database to serve.
struct Found {
    target: Target,
    /// The login of its sealer, where it is the private cluster's.
    sealer: Option<Target>,
    /// To be stopped afterwards.
    private: Option<Private>,
}

/// The database that the settings name; in a project without one, its private database, which is started if it does not
/// run and then stopped afterwards.
async fn target(project: Option<&Project>, config: &Config, context: &Context) -> anyhow::Result<Found> {
    if let Some(url) = config.database_url() {
        return Ok(Found { target: Target::parse(url)?, sealer: None, private: None });
    }
    let Some(project) = project else {
        return Err(Failure::usage("database-not-named", "no database is named, and this is not a Howdah project")
            .hint("set DATABASE_URL, or run it inside a project")
            .into());
    };
    let private = Private::must_exist(project, context).await?;
    let was_running = private.is_running()?;
    private.start(context).await?;
    private.enable_login().await?;
    private.tell_of_ddl().await?;
    let target = private.login(&private.database)?;
    let sealer = private.sealer(&private.database).await?;
    Ok(Found { target, sealer, private: (!was_running).then_some(private) })
}

fn server_secrets(project: Option<&Project>, context: &Context) -> Result<Secrets, Failure> {
    let jwt = secrets::find(secrets::JWT, None)?;
    let signing = project.filter(|_| jwt.is_none()).map(SigningKeys::of);
    if jwt.is_none() && signing.is_none() {
        context.out.warn("HOWDAH_JWT_SECRET is not set: no token can be verified, so every request is anonymous");
    }
    let pepper = secrets::find(secrets::PEPPER, project)?;
    if pepper.is_none() {
        context.out.warn("HOWDAH_PASSWORD_PEPPER is not set: /auth/v1 is off");
    }
    Ok(Secrets { jwt, pepper, signing, smtp: secrets::of_environment(secrets::SMTP) })
}
