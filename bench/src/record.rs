//! A run: what it was made of, what came out, the table for eyes and the document for keeps.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;
use serde_json::{Value, json};

use crate::binary::Binary;
use crate::machine::{self, Machine, Versions};

/// A figure that should be reached.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Goal {
    pub(crate) what: String,
    /// `< 8 s`.
    pub(crate) goal: String,
    pub(crate) value: f64,
    pub(crate) met: bool,
}

impl Goal {
    pub(crate) fn below(what: &str, value: f64, limit: f64, unit: &str) -> Self {
        Self { what: what.to_owned(), goal: format!("< {limit} {unit}"), value, met: value < limit }
    }

    pub(crate) fn at_least(what: &str, value: f64, limit: f64, unit: &str) -> Self {
        Self { what: what.to_owned(), goal: format!("≥ {limit} {unit}"), value, met: value >= limit }
    }

    pub(crate) fn none_of(what: &str, value: f64) -> Self {
        Self { what: what.to_owned(), goal: "0".to_owned(), value, met: value == 0.0 }
    }

    /// The table's last two cells.
    pub(crate) fn cells(goal: Option<&Self>) -> [String; 2] {
        match goal {
            Some(goal) => [goal.goal.clone(), if goal.met { "pass".to_owned() } else { "MISS".to_owned() }],
            None => [String::new(), String::new()],
        }
    }
}

/// What a benchmark found.
#[derive(Debug)]
pub(crate) struct Finished {
    /// How it was measured.
    pub(crate) settings: Value,
    /// Every sample.
    pub(crate) samples: Value,
    /// The table's figures.
    pub(crate) summary: Value,
    pub(crate) goals: Vec<Goal>,
    pub(crate) header: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
    /// What to know when reading the table.
    pub(crate) notes: Vec<String>,
}

/// A run under way.
#[derive(Debug)]
pub(crate) struct Run {
    bench: &'static str,
    started_at: String,
    started: Instant,
    quick: bool,
    machine: Machine,
    versions: Versions,
    binary: Binary,
}

impl Run {
    pub(crate) fn begin(bench: &'static str, quick: bool, binary: &Binary) -> anyhow::Result<Self> {
        Ok(Self {
            bench,
            started_at: machine::timestamp(),
            started: Instant::now(),
            quick,
            machine: Machine::here(),
            versions: Versions::here()?,
            binary: binary.clone(),
        })
    }

    /// All of it.
    pub(crate) fn document(&self, finished: &Finished) -> Value {
        json!({
            "schema": "howdah.bench/1",
            "bench": self.bench,
            "started_at": self.started_at,
            "seconds": self.started.elapsed().as_secs_f64(),
            "quick": self.quick,
            "machine": self.machine,
            "versions": self.versions,
            "binary": self.binary.shown(),
            "settings": finished.settings,
            "goals": finished.goals,
            "summary": finished.summary,
            "samples": finished.samples,
        })
    }

    /// Writes it to `<folder>/<time>-<bench>.json`; the folder is `bench/runs` unless another is named.
    pub(crate) fn keep(&self, document: &Value, folder: Option<&Path>) -> anyhow::Result<PathBuf> {
        let folder = folder.map_or_else(|| machine::repository().join("bench/runs"), Path::to_path_buf);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let path = folder.join(format!("{}-{}.json", self.started_at, self.bench));
        let text = serde_json::to_string_pretty(document)? + "\n";
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// Two lines above the table.
    fn title(&self) -> String {
        let Machine { cpu, cores, memory_bytes, kernel, load, .. } = &self.machine;
        let Versions { postgresql, rustc, commit, dirty, .. } = &self.versions;
        let memory = memory_bytes.map(|bytes| format!(", {} GiB", (bytes >> 20).div_ceil(1024))).unwrap_or_default();
        let load = load.map(|load| format!(", load {load:.1} before")).unwrap_or_default();
        let commit = commit.get(..12).unwrap_or(commit);
        let changes = match (self.binary.built_here, dirty) {
            (false, _) => " (another binary)",
            (true, true) => " with uncommitted changes",
            (true, false) => "",
        };
        let quick = if self.quick { ", a short run: no result" } else { "" };
        format!(
            "{} on {}{quick}\n{cpu}, {cores} cores{memory}, {kernel}{load}; PostgreSQL {postgresql}, {rustc}, {} at {commit}{changes}",
            self.bench, self.started_at, self.binary.version,
        )
    }
}

impl Finished {
    /// For eyes.
    pub(crate) fn render(&self, run: &Run) -> String {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED).set_header(&self.header);
        for row in &self.rows {
            table.add_row(row);
        }
        let last = self.header.len().saturating_sub(2);
        for (at, column) in table.column_iter_mut().enumerate() {
            if at > 0 && at < last {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = format!("{}\n{table}", run.title());
        for note in &self.notes {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n{note}");
        }
        text
    }
}

/// 42,100.
pub(crate) fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Goal, thousands};

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0.4, 999.0, 1_000.0, 52_549.6, 1_234_567.0].map(thousands),
            ["0", "999", "1,000", "52,550", "1,234,567"]
        );
    }

    #[test]
    fn goals() {
        assert!(Goal::below("x", 7.9, 8.0, "s").met && !Goal::below("x", 8.0, 8.0, "s").met);
        assert_eq!(Goal::cells(Some(&Goal::at_least("x", 59.9, 60.0, "%"))), ["≥ 60 %", "MISS"]);
    }
}
