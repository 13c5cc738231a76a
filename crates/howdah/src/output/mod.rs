//! Where words go: data to stdout, everything else to stderr.
//!
//! Every command ends in one call of [`Output::data`] (or [`Output::list`]), which prints either what a person reads
//! or, with `--json`, one versioned document. Everything that is said on the way goes through [`Output::say`],
//! [`Output::note`], [`Output::warn`] and [`Output::target`], so that a pipe never carries more than data.

mod listing;
mod progress;
mod report;
mod style;
mod units;

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::json;

pub(crate) use listing::Listing;
pub(crate) use progress::{Progress, Step, Unit};
#[cfg(test)]
pub(crate) use report::render;
pub(crate) use report::{report, tell};
pub(crate) use style::{ACCENT, ERROR, GOOD, MUTED, STRONG, WARNING, paint};
pub(crate) use units::{bytes, count, duration};

/// How one run talks.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    verbose: u8,
    stdout_terminal: bool,
    stderr_terminal: bool,
}

impl Output {
    pub(crate) fn new(json: bool, quiet: bool, verbose: u8) -> Self {
        Self {
            json,
            quiet,
            verbose,
            stdout_terminal: io::stdout().is_terminal(),
            stderr_terminal: io::stderr().is_terminal(),
        }
    }

    /// The same, without milestones and bars: for work that is nobody's news.
    pub(crate) fn quietly(&self) -> Self {
        Self { quiet: true, ..self.clone() }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a question can be asked: a person sits at both ends, and `--json` did not say otherwise.
    pub(crate) fn can_ask(&self) -> bool {
        !self.json && self.stderr_terminal && io::stdin().is_terminal()
    }

    /// Whether a person looks at stdout.
    pub(crate) fn is_for_eyes(&self) -> bool {
        !self.json && self.stdout_terminal
    }

    /// Whether a bar that redraws itself makes sense: somebody watches stderr, and the terminal can move its cursor.
    pub(crate) fn can_animate(&self) -> bool {
        self.stderr_terminal && !self.quiet && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }

    /// What of the libraries' own log is wanted, if anything.
    pub(crate) fn log_level(&self) -> Option<&'static str> {
        (self.verbose > 1).then_some("debug")
    }

    /// A milestone: what was just done.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        if !self.quiet {
            write_stderr(line.as_ref());
        }
    }

    /// A detail for `-v`.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        if self.verbose > 0 && !self.quiet {
            write_stderr(&paint(MUTED, line.as_ref()));
        }
    }

    /// Something that is not an error and must not be missed, `--quiet` or not.
    pub(crate) fn warn(&self, line: impl AsRef<str>) {
        write_stderr(&format!("{}: {}", paint(WARNING, "warning"), line.as_ref()));
    }

    /// Names the target before anything is done to it. Also said under `--quiet`: acting on the wrong database
    /// is the mistake this line exists for.
    pub(crate) fn target(&self, what: &str) {
        write_stderr(&format!("{} {what}", paint(ACCENT, "→")));
    }

    /// The result of a command. `schema` is the document's name and version, like `howdah.db.status/1`.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub(crate) fn data<T: Serialize>(
        &self,
        schema: &str,
        data: &T,
        human: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut stdout = anstream::stdout().lock();
        if self.json {
            let document = json!({ "schema": schema, "ok": true, "data": data });
            serde_json::to_writer_pretty(&mut stdout, &document)?;
            writeln!(stdout)?;
        } else {
            human(&mut stdout)?;
        }
        stdout.flush()
    }

    /// The result of a command that is a list.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub(crate) fn list<T: Serialize>(&self, schema: &str, data: &T, listing: &Listing) -> io::Result<()> {
        let terminal = self.stdout_terminal;
        if !self.json && listing.is_empty() {
            if let Some(next) = listing.when_empty() {
                self.say(next);
            }
            return Ok(());
        }
        self.data(schema, data, |stdout| listing.write(stdout, terminal))
    }

    /// One record of a stream, as a line of JSON.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub(crate) fn record<T: Serialize>(&self, record: &T) -> io::Result<()> {
        let mut stdout = anstream::stdout().lock();
        serde_json::to_writer(&mut stdout, record)?;
        writeln!(stdout)?;
        stdout.flush()
    }
}

/// stderr that is gone (a closed terminal) is no reason to fail: there is nobody left to tell.
pub(crate) fn write_stderr(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

/// Ends the line on which the terminal has shown `^C`.
pub(crate) fn end_line() {
    if io::stderr().is_terminal() {
        write_stderr("");
    }
}

/// A question, with the answer to follow on the same line.
pub(crate) fn ask(question: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = write!(stderr, "{question}");
    let _ = stderr.flush();
}
