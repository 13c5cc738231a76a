//! `howdah serve`: the HTTP API over any PostgreSQL.

use std::net::IpAddr;

use howdah_pg::{Secret, Target};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Config, Override, Value};
use crate::context::Context;
use crate::database::private::Private;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::secrets;
use crate::serve::{self, LogFormat, Secrets, Settings};

const AFTER_HELP: &str = "\
Examples:
  howdah serve                                          in a project, over its private database
  DATABASE_URL=postgres://howdah_login:…@db1/shop HOWDAH_JWT_SECRET=… howdah serve --bind 0.0.0.0
  howdah serve --port 9000 --log-format json

Secrets come from the environment, or are made once in the project's .howdah/:
  HOWDAH_JWT_SECRET        signs and verifies bearer tokens (HS256), 32 bytes or more; without it all are refused
  HOWDAH_PASSWORD_PEPPER   mixed into passwords before they are hashed; without it /auth/v1 is off

SIGHUP reads the schema anew. Ctrl+C and SIGTERM stop it: it finishes the requests under way, then closes.

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

    /// How log lines look; by default text on a terminal, JSON elsewhere
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    serve::start_log(args.log_format, "info");
    let (project, config) = context.config(&overrides(&args))?;
    let (target, private) = target(project.as_ref(), &config, context).await?;
    let secrets = server_secrets(project.as_ref(), context)?;
    context.out.target(&format!("Serving {}", target.redacted()));
    let server = serve::start(Settings::new(target, secrets, &config)).await?;
    let url = format!("http://{}", server.addr);
    context.out.data("howdah.serve/1", &json!({ "url": url, "rest": format!("{url}/rest/v1") }), |out| {
        writeln!(out, "{url}")
    })?;

    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => break,
            _ = terminate.recv() => break,
            _ = hangup.recv() => match server.reload().await {
                Ok(()) => tracing::info!("schema read anew"),
                Err(error) => tracing::warn!(%error, code = error.code(), "schema not read"),
            },
        }
    }
    tracing::info!("stopping: finishing the requests under way");
    if !server.shutdown().await {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
    if let Some(private) = private {
        private.stop()?;
    }
    Ok(Exit::Ok)
}

fn overrides(args: &Args) -> Vec<Override> {
    let bind =
        args.bind.map(|bind| Override { key: "server.bind", flag: "--bind", value: Value::Text(bind.to_string()) });
    let port =
        args.port.map(|port| Override { key: "server.port", flag: "--port", value: Value::Integer(port.into()) });
    bind.into_iter().chain(port).collect()
}

/// The database that the settings name; in a project without one, its private database, which is started if it does not
/// run and then stopped afterwards.
async fn target(
    project: Option<&Project>,
    config: &Config,
    context: &Context,
) -> anyhow::Result<(Target, Option<Private>)> {
    if let Some(url) = config.database_url() {
        return Ok((Target::parse(url)?, None));
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
    let target = private.login(&private.database)?;
    Ok((target, (!was_running).then_some(private)))
}

fn server_secrets(project: Option<&Project>, context: &Context) -> Result<Secrets, Failure> {
    let jwt = match secrets::find(secrets::JWT, project)? {
        Some(secret) => secret,
        None => {
            context.out.warn("HOWDAH_JWT_SECRET is not set: no token can be verified, so every request is anonymous");
            Secret::new(format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>()))
        }
    };
    let pepper = secrets::find(secrets::PEPPER, project)?;
    if pepper.is_none() {
        context.out.warn("HOWDAH_PASSWORD_PEPPER is not set: /auth/v1 is off");
    }
    Ok(Secrets { jwt, pepper })
}
