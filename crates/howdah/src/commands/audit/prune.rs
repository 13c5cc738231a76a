//! `howdah audit prune`: drops the months that retention lets go.

use howdah_privacy::audit::{self, AuditError, Pruned};
use serde_json::json;

use crate::context::Context;
use crate::database::{Database, Opened, Which};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, Listing, count, paint};

const AFTER_HELP: &str = "\
A month goes when all of it is older than that. It is verified first; its seals stay, and a signed statement of what was \
dropped, so that the trail still verifies. `howdah serve` does the same daily where audit.retention_days is set.

Examples:
  howdah audit prune --days 730 --dry-run
  howdah audit prune --yes
  howdah audit prune --env production --confirm shop --yes

Exit codes:
  0    dropped, or there was nothing to drop
  1    failed; the month under way is as it was
  2    no number of days, or no key to sign with
  3    a month is not as it was sealed, or not sealed to its end, and was not dropped
  4    the login was refused
  5    not confirmed";

/// Drop months that are older than the retention
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,

    /// Drop what is so old, in days; by default audit.retention_days
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: Option<u32>,

    /// Count what would be dropped, and drop nothing
    #[arg(long)]
    dry_run: bool,

    /// The name of the database, to confirm that a production one is meant
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let opened = args.which.open(context).await?;
    let verb = if args.dry_run { "Planning for" } else { "Pruning" };
    context.out.target(&format!("{verb} the audit trail of {}", opened.database.label()));
    let result = prune(&args, &opened, context).await;
    opened.database.close()?;
    result
}

async fn prune(args: &Args, opened: &Opened, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.audit.prune/1";
    let Opened { database, project, config } = opened;
    let set = Some(config.number("audit.retention_days", 0)).filter(|days| *days > 0);
    let Some(days) = args.days.or(set) else {
        return Err(Failure::usage("audit-no-retention", "it is not said how long the audit trail is kept")
            .hint("say --days N, or set audit.retention_days")
            .into());
    };
    let mut client = audit::connect(&database.target).await?;
    let plan = audit::plan(&client, days).await?;
    let nothing = format!("No month is older than {}", count(u64::from(days), "day", "days"));
    let data = |months: &[Pruned]| {
        let days = u64::from(days);
        json!({ "target": database.label(), "dry_run": args.dry_run, "days": days, "months": months })
    };
    if args.dry_run || plan.is_empty() {
        context.out.list(SCHEMA, &data(&plan), &listing(&plan).or_say(nothing))?;
        return Ok(Exit::Ok);
    }
    let Some(key) = crate::audit::signing_key(project.as_ref())? else { return Err(AuditError::NoKey.into()) };
    ask(args, database, &plan, context).await?;
    let mut pruned = Vec::new();
    for month in &plan {
        pruned.push(audit::prune(&mut client, &key, month).await?);
    }
    context.out.list(SCHEMA, &data(&pruned), &listing(&pruned))?;
    let events = pruned.iter().map(|month| month.events).sum();
    let months = count(pruned.len() as u64, "month", "months");
    context.out.say(format!("{} {months} with {} dropped", paint(GOOD, "✓"), count(events, "event", "events")));
    Ok(Exit::Ok)
}

async fn ask(args: &Args, database: &Database, plan: &[Pruned], context: &Context) -> anyhow::Result<()> {
    database.confirm_name(args.confirm.as_deref())?;
    let months: Vec<&str> = plan.iter().map(|month| month.month.as_str()).collect();
    let events = count(plan.iter().map(|month| month.events).sum(), "event", "events");
    let question = format!("Drop {events} of {} from {}?", months.join(", "), database.target.dbname);
    Ok(context.confirm(&question).await?)
}

fn listing(months: &[Pruned]) -> Listing {
    let mut listing = Listing::new(&["month", "partition", "events"]);
    for month in months {
        listing.row([month.month.clone(), format!("audit.{}", month.partition), month.events.to_string()]);
    }
    listing
}
