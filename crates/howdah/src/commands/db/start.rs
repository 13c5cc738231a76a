//! `howdah db start`: starts the project's PostgreSQL and leaves it running.

use howdah_cluster::Started;
use serde_json::json;

use crate::context::Context;
use crate::database::private::Private;
use crate::exit::Exit;
use crate::output::{GOOD, paint};

const AFTER_HELP: &str = "\
Examples:
  howdah db start
  howdah db start --json | jq -r .data.port

Exit codes:
  0    it runs
  1    it could not be started";

/// Start it; it keeps running until `howdah db stop`
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {}

pub(crate) async fn run(_: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let private = Private::open(&project, context).await?;
    let started = private.start(context).await?;
    private.enable_login().await?;
    let port = private.cluster.port();
    let word = if started == Started::New { "runs" } else { "runs already" };
    context.out.say(format!(
        "{} PostgreSQL {} {word} on 127.0.0.1:{port}, database {}",
        paint(GOOD, "✓"),
        private.cluster.install().version,
        private.database
    ));
    context.out.say("`howdah db psql` opens a prompt, `howdah db stop` stops it");
    let data = json!({
        "started": started == Started::New,
        "version": private.cluster.install().version.to_string(),
        "host": "127.0.0.1",
        "port": port,
        "socket_dir": private.cluster.socket_dir(),
        "database": private.database,
    });
    context.out.data("howdah.db.start/1", &data, |_| Ok(()))?;
    Ok(Exit::Ok)
}
