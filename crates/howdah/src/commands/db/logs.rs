//! `howdah db logs`: what the server wrote down.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::context::Context;
use crate::database::private::Private;
use crate::exit::Exit;
use crate::failure::Failure;

const AFTER_HELP: &str = "\
Examples:
  howdah db logs
  howdah db logs -n 20 -f

Exit codes:
  0    shown
  1    there is no database or no log yet
  130  stopped following";

/// How often a followed log is looked at.
const INTERVAL: Duration = Duration::from_millis(200);
/// More than this of one log is never asked for: PostgreSQL begins a new file at 10 MB.
const MOST: u64 = 16 << 20;

/// Show its log
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// How many lines from the end
    #[arg(long, short = 'n', value_name = "N", default_value_t = 100)]
    lines: usize,

    /// Keep printing what is added, until Ctrl+C
    #[arg(long, short)]
    follow: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let private = Private::must_exist(&project, context).await?;
    let path = private.cluster.log_path();
    let (text, position) = read_from(&path, 0)?;
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(args.lines)..).unwrap_or(&lines);
    if args.follow && context.out.is_json() {
        last.iter().try_for_each(|line| record(context, line))?;
    } else {
        let data = json!({ "path": path, "lines": last });
        context
            .out
            .data("howdah.db.logs/1", &data, |stdout| last.iter().try_for_each(|line| writeln!(stdout, "{line}")))?;
    }
    if args.follow {
        follow(&private, path, position, context).await?;
    }
    Ok(Exit::Ok)
}

/// Prints whole lines as they come, over to the next file when PostgreSQL begins one. Ends with the process.
async fn follow(private: &Private, mut path: PathBuf, mut position: u64, context: &Context) -> anyhow::Result<()> {
    let mut pending = String::new();
    loop {
        tokio::time::sleep(INTERVAL).await;
        let (text, read) = read_from(&path, position)?;
        position += read;
        pending.push_str(&text);
        while let Some(end) = pending.find('\n') {
            let line: String = pending.drain(..=end).collect();
            let line = line.trim_end();
            if context.out.is_json() {
                record(context, line)?;
            } else {
                context.out.data("", &(), |stdout| writeln!(stdout, "{line}"))?;
            }
        }
        let current = private.cluster.log_path();
        if current != path && text.is_empty() {
            (path, position) = (current, 0);
        }
    }
}

fn record(context: &Context, line: &str) -> std::io::Result<()> {
    context.out.record(&json!({ "schema": "howdah.db.logs/1", "line": line }))
}

/// The text from `position` on, and how many bytes of the file it is.
fn read_from(path: &Path, position: u64) -> Result<(String, u64), Failure> {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(position))?;
        let mut bytes = Vec::new();
        file.take(MOST).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| Failure::io("read", path, &error))?;
    // PostgreSQL logs in the encoding of the database at hand; what is no UTF-8 must not end the tail. A character
    // that is cut at the end is left for the next reading.
    let whole = match std::str::from_utf8(&bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    };
    let text = bytes.get(..whole).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
    Ok((text, whole as u64))
}
