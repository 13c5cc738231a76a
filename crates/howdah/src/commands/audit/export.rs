//! `howdah audit export`: events with their seals, as lines.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use howdah_privacy::audit::{self, AuditError, ExportFormat, ExportOptions};
use serde_json::json;

use crate::context::Context;
use crate::database::{Opened, Which};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, Step, Unit, count, paint};

const AFTER_HELP: &str = "\
Events come in the order of sealing, each with its seal; one that waits to be sealed has none. What of them is personal data \
is in before, after and ip.

Examples:
  howdah audit export > audit.ndjson
  howdah audit export --from 2026-01-01 --until 2026-02-01 --format csv --output january.csv
  howdah audit export --table public.notes --env production | jq -r 'select(.action == \"delete\") | .resource_id'
  howdah audit export --subject 3f0e8a52-…   # a person's pseudonym, auth.users.audit_pseudonym

Exit codes:
  0    exported
  1    it could not be read or written
  2    --from or --until is no moment
  4    the login was refused, or may not read the trail
  130  interrupted";

/// Export events with their seals
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,

    /// Events from this moment on, like 2026-01-01 or 2026-01-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<String>,

    /// Events before this moment
    #[arg(long, value_name = "TIME")]
    until: Option<String>,

    /// Events of this table, with its schema, or of another kind of resource
    #[arg(long, value_name = "NAME")]
    table: Option<String>,

    /// Events about the person with this pseudonym
    #[arg(long, value_name = "PSEUDONYM")]
    subject: Option<String>,

    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "ndjson")]
    format: Format,

    /// A file instead of stdout; it must not exist
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// An object a line
    Ndjson,
    /// Comma-separated, with a line of names
    Csv,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if args.format == Format::Csv && args.output.is_none() && context.out.is_json() {
        return Err(Failure::usage("audit-export-format", "--json prints JSON, and --format csv is none")
            .hint("leave one of them out, or write to a file with --output")
            .into());
    }
    let Opened { database, .. } = args.which.open(context).await?;
    context.out.target(&format!("Exporting the audit trail of {}", database.label()));
    let result = export(&args, &database, context).await;
    database.close()?;
    let events = result.map_err(explained)?;
    if let Some(path) = &args.output {
        let data = json!({ "events": events, "file": path });
        context.out.data("howdah.audit.export/1", &data, |_| Ok(()))?;
    }
    context.out.say(format!("{} {} exported", paint(GOOD, "✓"), count(events, "event", "events")));
    Ok(Exit::Ok)
}

async fn export(args: &Args, database: &crate::database::Database, context: &Context) -> anyhow::Result<u64> {
    let client = audit::connect(&database.target).await?;
    let options = ExportOptions {
        from: args.from.clone(),
        until: args.until.clone(),
        resource_type: args.table.clone(),
        subject: args.subject.clone(),
    };
    let format = match args.format {
        Format::Ndjson => ExportFormat::Ndjson,
        Format::Csv => ExportFormat::Csv,
    };
    let Some(path) = &args.output else {
        let mut stdout = BufWriter::new(std::io::stdout());
        return Ok(audit::export(&client, &options, format, &mut stdout, &|_| ()).await?);
    };
    let file = File::create_new(path).map_err(|error| {
        let failure = Failure::io("write", path, &error);
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            return failure.hint("an export replaces no file: choose another name, or take that one away");
        }
        failure
    })?;
    let mut file = BufWriter::new(file);
    let step = Step::begin(&context.out, "Exporting", None, Unit::Rows);
    let events = audit::export(&client, &options, format, &mut file, &|events| step.advance(events)).await?;
    let file = file.into_inner().map_err(|error| Failure::io("write", path, error.error()))?;
    file.sync_all().map_err(|error| Failure::io("write", path, &error))?;
    step.done();
    Ok(events)
}

/// Only PostgreSQL knows what it reads as a moment.
fn explained(error: anyhow::Error) -> anyhow::Error {
    let sqlstate = match error.downcast_ref() {
        Some(AuditError::Pg(error)) => error.server().map(|server| server.sqlstate.clone()),
        _ => None,
    };
    match sqlstate.as_deref() {
        Some("22007" | "22008") => Failure::usage("audit-export-time", "--from or --until is no moment")
            .hint("write 2026-01-01, or 2026-01-01T12:00:00Z")
            .into(),
        _ => error,
    }
}
