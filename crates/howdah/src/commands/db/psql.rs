//! `howdah db psql`: becomes psql, connected.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use howdah_pg::Endpoint;

use super::Role;
use crate::context::Context;
use crate::database::private::{Private, password};
use crate::exit::Exit;
use crate::failure::Failure;

const AFTER_HELP: &str = "\
Examples:
  howdah db psql
  howdah db psql --role owner
  howdah db psql -- -c 'select count(*) from notes'

Exit codes:
  1    there is no database, it does not run, or there is no psql here
  Everything else is psql's own.";

/// Open a SQL prompt (psql) on it
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// As whom to log in
    #[arg(long, value_enum, default_value = "admin")]
    role: Role,

    /// The database; by default the project's
    #[arg(long, value_name = "NAME")]
    database: Option<String>,

    /// Arguments for psql
    #[arg(last = true, value_name = "ARGS")]
    rest: Vec<OsString>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if context.out.is_json() {
        return Err(Failure::usage("psql-json", "psql prints its own output, not JSON")
            .hint("`howdah db url --json` gives a program what it needs to connect")
            .into());
    }
    let project = context.project(&[])?;
    let private = Private::must_exist(&project, context).await?;
    if !private.is_running()? {
        return Err(Failure::new("cluster-not-running", "the project's PostgreSQL does not run")
            .hint("start it with `howdah db start`")
            .into());
    }
    let psql = private.cluster.install().client_program("psql").ok_or_else(|| {
        Failure::new("psql-missing", "there is no psql beside the server's programs or in PATH")
            .hint("install PostgreSQL's client (Debian: apt-get install postgresql-client; macOS: brew install libpq)")
    })?;
    let database = args.database.as_deref().unwrap_or(&private.database);
    let target = args.role.target(&private, database)?;
    context.out.target(&format!("Opening {database} as {} (development)", args.role.name()));
    let mut command = Command::new(&psql);
    command.args(&args.rest);
    // Through the environment, because arguments are for all to see in the list of processes.
    command.env("PGUSER", &target.user).env("PGDATABASE", &target.dbname).env("PGSSLMODE", "disable");
    for variable in ["PGSERVICE", "PGHOSTADDR", "PGOPTIONS", "PGPASSFILE"] {
        command.env_remove(variable);
    }
    match target.endpoints.first() {
        Some(Endpoint::Tcp { host, port }) => command.env("PGHOST", host).env("PGPORT", port.to_string()),
        Some(Endpoint::Unix { dir, port }) => command.env("PGHOST", dir).env("PGPORT", port.to_string()),
        None => &mut command,
    };
    if let Some(password) = password(&target) {
        command.env("PGPASSWORD", password);
    }
    // Only returns when it failed.
    let error = command.exec();
    Err(Failure::io("run", &psql, &error).into())
}
