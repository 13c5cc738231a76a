//! `howdah db status`: what the project's PostgreSQL does, and how large it is.

use std::time::{Duration, SystemTime};

use howdah_cluster::ClusterState;
use serde_json::json;

use crate::context::Context;
use crate::database::private::Private;
use crate::exit::Exit;
use crate::output::{Listing, bytes, duration};

const AFTER_HELP: &str = "\
Examples:
  howdah db status
  howdah db status --json | jq -r .data.state

Exit codes:
  0    shown, whatever the state is";

/// Show what it does, where it is and how large it is
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {}

pub(crate) async fn run(_: Args, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.db.status/1";
    let project = context.project(&[])?;
    let Some(private) = Private::existing(&project, context).await? else {
        let listing = Listing::new(&["", ""]).or_say("No database yet: `howdah dev` or `howdah db start` makes it");
        context.out.list(SCHEMA, &json!({ "state": "none" }), &listing)?;
        return Ok(Exit::Ok);
    };
    let status = tokio::task::block_in_place(|| private.cluster.status())?;
    let (state, pid, since) = match status.state {
        ClusterState::Running { pid, since, .. } => ("running", Some(pid), Some(since)),
        ClusterState::Starting { pid } => ("starting", Some(pid), None),
        ClusterState::Stopping { pid } => ("stopping", Some(pid), None),
        ClusterState::Stopped => ("stopped", None, None),
        ClusterState::Crashed => ("crashed", None, None),
        _ => ("unknown", None, None),
    };
    let uptime = since.and_then(|since| SystemTime::now().duration_since(since).ok());
    let mut listing = Listing::new(&["", ""]);
    listing.row(["state".to_owned(), describe(state, pid, uptime)]);
    listing.row(["version".to_owned(), format!("PostgreSQL {}", status.version)]);
    listing.row(["database".to_owned(), private.database.clone()]);
    listing.row(["address".to_owned(), format!("127.0.0.1:{}", status.port)]);
    listing.row(["socket".to_owned(), status.socket_dir.display().to_string()]);
    let (data_size, wal_size) = (bytes(status.data_bytes), bytes(status.wal_bytes));
    listing.row(["data".to_owned(), format!("{} ({data_size}, of it WAL {wal_size})", status.data_dir.display())]);
    listing.row(["log".to_owned(), format!("{} ({})", status.log_path.display(), bytes(status.log_bytes))]);
    listing.row(["runs as".to_owned(), status.user.clone()]);
    let data = json!({
        "state": state,
        "pid": pid,
        "uptime_seconds": uptime.map(|uptime| uptime.as_secs()),
        "version": status.version.to_string(),
        "database": private.database,
        "host": "127.0.0.1",
        "port": status.port,
        "socket_dir": status.socket_dir,
        "data_dir": status.data_dir,
        "data_bytes": status.data_bytes,
        "wal_bytes": status.wal_bytes,
        "log_path": status.log_path,
        "log_bytes": status.log_bytes,
        "user": status.user,
    });
    context.out.list(SCHEMA, &data, &listing)?;
    Ok(Exit::Ok)
}

fn describe(state: &str, pid: Option<i32>, uptime: Option<Duration>) -> String {
    match (state, pid, uptime) {
        (_, Some(pid), Some(uptime)) => format!("{state} for {} (process {pid})", duration(uptime)),
        (_, Some(pid), None) => format!("{state} (process {pid})"),
        ("crashed", ..) => "crashed; the next start recovers".to_owned(),
        _ => state.to_owned(),
    }
}
