//! What takes time says so: a bar on a terminal, a line in a log.
//!
//! A step that is over in a moment draws nothing, so that a warm start does not flicker.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Output;
use super::style::{MUTED, paint};

/// How long a step may take before it shows.
const PATIENCE: Duration = Duration::from_millis(400);
/// From here on a finished step is worth a line.
const WORTH_A_LINE: Duration = Duration::from_secs(1);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    Rows,
    Statements,
}

/// Shows one step after another. Shared by threads.
#[derive(Debug)]
pub(crate) struct Progress {
    out: Output,
    step: Mutex<Option<Step>>,
}

/// A step under way; [`Step::done`] ends it, dropping it ends it without a word (it failed, and the error speaks).
#[derive(Debug)]
pub(crate) struct Step {
    what: String,
    began: Instant,
    bar: ProgressBar,
    out: Output,
}

impl Step {
    pub(crate) fn begin(out: &Output, what: &str, total: Option<u64>, unit: Unit) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        bar.set_style(style(total.is_some(), unit));
        bar.set_message(what.to_owned());
        if out.can_animate() {
            let late = bar.downgrade();
            std::thread::spawn(move || {
                std::thread::sleep(PATIENCE);
                if let Some(bar) = late.upgrade().filter(|bar| !bar.is_finished()) {
                    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
                    bar.enable_steady_tick(Duration::from_millis(120));
                }
            });
        } else {
            out.say(format!("{what} …"));
        }
        Self { what: what.to_owned(), began: Instant::now(), bar, out: out.clone() }
    }

    pub(crate) fn advance(&self, by: u64) {
        self.bar.inc(by);
    }

    pub(crate) fn set(&self, position: u64, total: Option<u64>) {
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.bar.set_position(position);
    }

    /// What of it is being done, beside its name on the bar; a log is spared it.
    pub(crate) fn at(&self, detail: &str) {
        self.bar.set_message(format!("{} · {detail}", self.what));
    }

    pub(crate) fn done(self) {
        let took = self.began.elapsed();
        self.bar.finish_and_clear();
        if took >= WORTH_A_LINE {
            self.out.say(paint(MUTED, &format!("· {} ({:.1} s)", self.what, took.as_secs_f64())));
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Progress {
    pub(crate) fn new(out: &Output) -> Self {
        Self { out: out.clone(), step: Mutex::new(None) }
    }

    fn replace(&self, next: Option<Step>) {
        let before = std::mem::replace(&mut *self.step.lock().unwrap_or_else(PoisonError::into_inner), next);
        if let Some(step) = before {
            step.done();
        }
    }
}

impl howdah_cluster::Progress for Progress {
    fn begin(&self, what: &str, total_bytes: Option<u64>) {
        self.replace(Some(Step::begin(&self.out, what, total_bytes, Unit::Bytes)));
    }

    fn advance(&self, bytes: u64) {
        if let Some(step) = &*self.step.lock().unwrap_or_else(PoisonError::into_inner) {
            step.advance(bytes);
        }
    }

    fn done(&self) {
        self.replace(None);
    }
}

fn style(counted: bool, unit: Unit) -> ProgressStyle {
    let template = match (counted, unit) {
        (false, _) => "{spinner:.cyan} {msg} {elapsed:.dim}",
        (true, Unit::Bytes) => {
            "{spinner:.cyan} {msg} {wide_bar:.cyan/dim} {bytes}/{total_bytes} {bytes_per_sec:.dim} {eta:.dim} left"
        }
        (true, Unit::Statements) => "{spinner:.cyan} {wide_msg} {human_pos}/{human_len} statements {elapsed:.dim}",
        (true, Unit::Rows) => {
            "{spinner:.cyan} {msg} {wide_bar:.cyan/dim} {human_pos}/{human_len} rows {rate:.dim} {eta:.dim} left"
        }
    };
    // The templates are constants and a test reads each of them; a plain bar is the way out all the same.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
            // A bar that cannot be written is one that nobody sees.
            let _ = write!(out, "{}/s", HumanCount(state.per_sec() as u64));
        })
        .progress_chars("━╸─")
}

#[cfg(test)]
mod tests {
    use indicatif::ProgressStyle;

    use super::{Unit, style};

    #[test]
    fn every_template_is_read() {
        // `with_template` fails on an unknown placeholder only when it draws, so what is checked is the syntax.
        for counted in [false, true] {
            for unit in [Unit::Bytes, Unit::Rows, Unit::Statements] {
                let _: ProgressStyle = style(counted, unit);
            }
        }
    }
}
