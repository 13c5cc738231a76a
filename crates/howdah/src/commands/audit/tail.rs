//! `howdah audit tail`: follows the trail.

use std::io::Write;
use std::time::Duration;

use howdah_privacy::audit::{self, Tail};
use serde_json::Value;

use crate::context::Context;
use crate::database::{Opened, Which};
use crate::dev::signals::Signals;
use crate::exit::Exit;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

const AFTER_HELP: &str = "\
Each event comes once, in the order of sealing: it is shown when no earlier one can come any more, so a transaction that stays \
open holds back what is written after it began. Ctrl+C ends it.

Examples:
  howdah audit tail
  howdah audit tail --last 100 --no-follow
  howdah audit tail --env production --json | jq 'select(.action == \"login_failed\")'

Exit codes:
  0    ended by Ctrl+C, or all was shown
  1    the database went away, or has no audit trail
  4    the login was refused, or may not read the trail";

/// Show the last events, and new ones as they come
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,

    /// Begin with so many of the events that are there
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    last: u32,

    /// Show these, and end
    #[arg(long)]
    no_follow: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let Opened { database, .. } = args.which.open(context).await?;
    context.out.target(&format!("Following the audit trail of {}", database.label()));
    let result = tokio::select! {
        result = follow(&args, &database, context) => result,
        () = signals.stop() => {
            crate::output::end_line();
            Ok(())
        }
    };
    database.close()?;
    result?;
    Ok(Exit::Ok)
}

async fn follow(args: &Args, database: &crate::database::Database, context: &Context) -> anyhow::Result<()> {
    let client = audit::connect(&database.target).await?;
    let mut tail = Tail::last(&client, args.last).await?;
    loop {
        let events = tail.next(&client).await?;
        for event in &events {
            if context.out.is_json() {
                context.out.record(event)?;
            } else {
                let mut stdout = anstream::stdout().lock();
                writeln!(stdout, "{}", line(event))?;
            }
        }
        if events.is_empty() {
            if args.no_follow {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Parted by tabs: when, what, on what, by whom, which columns.
fn line(event: &Value) -> String {
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or("–");
    let columns = event.get("changed_columns").and_then(Value::as_array);
    let columns: Vec<&str> = columns.into_iter().flatten().filter_map(Value::as_str).collect();
    let actor = match text("actor_id") {
        "–" => text("actor_role").to_owned(),
        actor => format!("{} {actor}", text("actor_role")),
    };
    let fields = [text("created_at"), text("action"), text("resource_type"), text("resource_id"), &actor];
    format!("{}\t{}", fields.join("\t"), columns.join(","))
}
