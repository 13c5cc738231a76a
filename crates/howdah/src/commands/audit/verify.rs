//! `howdah audit verify`: whether the trail is what was sealed.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use howdah_privacy::audit::{self, Expected, PublicKey, Report, TrustedKeys, VerifyOptions};
use serde_json::json;

use crate::context::Context;
use crate::database::{Opened, Which};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, Listing, Output, Step, Unit, count, paint};

const AFTER_HELP: &str = "\
It reads all events and seals and changes nothing. What it proves and what it does not: docs/audit.md.

A checkpoint is signed by the key of HOWDAH_AUDIT_KEY (or HOWDAH_AUDIT_KEY_FILE, or the project's own). Who verifies \
without that key names the public one, which `howdah audit status` prints, with --trust or audit.trusted_keys.

Nobody can see from the database alone that its end was cut off together with its last checkpoints: keep what \
`howdah audit status --json` says elsewhere, and hold the trail against it with --expect.

Examples:
  howdah audit verify
  howdah audit verify --env production --expect anchor.json
  howdah audit verify --expect 1200:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  DATABASE_URL=postgres://auditor@db1/shop howdah audit verify --trust ed25519:d75a98…511a --json

Exit codes:
  0    everything is as it was sealed
  1    it could not be found out
  2    there is no key to check signatures with, or something given is none
  3    something is not as it was sealed
  4    the login was refused, or may not read the trail
  130  interrupted";

/// Find what is not as it was sealed: changed, missing, slipped in, cut off
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,

    /// What the chain is known to have been: NUMBER:CHAIN, or a file with the JSON of `howdah audit status` or `anchor`
    #[arg(long, value_name = "CHECKPOINT", num_args = 1..)]
    expect: Vec<String>,

    /// Also trust this public key
    #[arg(long, value_name = "KEY", num_args = 1..)]
    trust: Vec<PublicKey>,

    /// Leave signatures unchecked, where no key is known
    #[arg(long)]
    without_signatures: bool,

    /// How many findings are shown; all are counted
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let expected = args.expect.iter().map(|given| expected(given)).collect::<anyhow::Result<Vec<_>>>()?;
    let Opened { database, project, config } = args.which.open(context).await?;
    context.out.target(&format!("Verifying the audit trail of {}", database.label()));
    let result = async {
        let trusted = trusted(&args, crate::audit::trusted(project.as_ref(), &config, &args.trust)?)?;
        let options = VerifyOptions { trusted, expected, limit: usize::from(args.limit) };
        let client = audit::connect(&database.target).await?;
        let screen = Screen { out: &context.out, step: Mutex::default() };
        let report = audit::verify(&client, &options, &screen).await?;
        screen.done();
        anyhow::Ok(report)
    };
    let result = result.await;
    let label = database.label();
    database.close()?;
    let report = result?;
    let data = json!({ "target": label, "clean": report.is_clean(), "report": report });
    let mut listing = Listing::new(&["problem", "seal", "event", "what"]);
    for finding in &report.findings {
        let event = finding.event_id.map_or_else(|| "–".to_owned(), |id| id.to_string());
        let seal = finding.sequence_number.to_string();
        listing.row([finding.problem.code().to_owned(), seal, event, finding.message.clone()]);
    }
    context.out.list("howdah.audit.verify/1", &data, &listing)?;
    tell(&report, &context.out);
    Ok(if report.is_clean() { Exit::Ok } else { Exit::Findings })
}

fn trusted(args: &Args, keys: TrustedKeys) -> Result<Option<TrustedKeys>, Failure> {
    if args.without_signatures {
        return Ok(None);
    }
    if keys.is_empty() {
        return Err(Failure::usage("audit-key-missing", "there is no key to check signatures with").hint(
            "name the public key with --trust, or set HOWDAH_AUDIT_KEY; to leave them unchecked: --without-signatures",
        ));
    }
    Ok(Some(keys))
}

/// A checkpoint, or a file with one; what `howdah audit status --json` and `anchor` print will do as a whole.
fn expected(given: &str) -> anyhow::Result<Expected> {
    if let Ok(expected) = given.parse() {
        return Ok(expected);
    }
    let path = Path::new(given);
    if !path.is_file() {
        let message = format!("`{given}` is neither a file nor a checkpoint like NUMBER:CHAIN");
        return Err(Failure::usage("audit-checkpoint", message)
            .hint("keep what `howdah audit status --json` or `howdah audit anchor` prints, and name that file")
            .into());
    }
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
    let document: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let known = ["/data/trail", "/data/checkpoint"].into_iter().find_map(|part| document.pointer(part));
    let whole = known.map(ToString::to_string);
    whole.unwrap_or(text).parse().map_err(|_| {
        let message = format!("{} holds no checkpoint", path.display());
        let failure = Failure::usage("audit-checkpoint", message);
        failure
            .hint("it is to hold what `howdah audit status --json` or `howdah audit anchor` prints, and nothing else")
            .into()
    })
}

fn tell(report: &Report, out: &Output) {
    let events = count(report.events, "event is", "events are");
    let mut said = format!("{events} as sealed");
    for (number, what) in [(report.redacted, "redacted"), (report.dropped, "dropped by retention")] {
        if number > 0 {
            said += &format!(", {number} {what}");
        }
    }
    if report.signatures {
        said += &format!("; {}", count(report.checkpoints, "checkpoint holds", "checkpoints hold"));
    } else {
        said += "; signatures were not checked";
    }
    if report.unsealed > 0 {
        said += &format!("; {} not sealed yet", count(report.unsealed, "event is", "events are"));
    }
    if report.is_clean() {
        out.say(format!("{} {said}", paint(GOOD, "✓")));
    } else {
        let more = report.found.saturating_sub(report.findings.len() as u64);
        let shown = if more > 0 { format!(", {more} of them not shown") } else { String::new() };
        out.say(format!("{}{shown}; {said}", count(report.found, "finding", "findings")));
    }
}

/// Shows how far it has come.
struct Screen<'a> {
    out: &'a Output,
    step: Mutex<Option<Step>>,
}

impl Screen<'_> {
    fn done(&self) {
        if let Some(step) = self.step.lock().unwrap_or_else(PoisonError::into_inner).take() {
            step.done();
        }
    }
}

impl audit::Progress for Screen<'_> {
    fn begin(&self, seals: u64) {
        let step = Step::begin(self.out, "Verifying", Some(seals), Unit::Rows);
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = Some(step);
    }

    fn advance(&self, seals: u64) {
        if let Some(step) = &*self.step.lock().unwrap_or_else(PoisonError::into_inner) {
            step.advance(seals);
        }
    }
}
