//! Conformance: requests and what PostgREST 14's documentation says they are answered with, against a live server.
//!
//! The cases are text files in `tests/conformance`, a file a feature; its README describes the form. Every file has a
//! server and a database of its own, made of the `schema.sql` and `data.sql` beside it; after a case that may have written,
//! `data.sql` runs again, so that every case begins with the same rows.
//!
//! `HOWDAH_CONFORMANCE=operators` runs one file, `HOWDAH_CONFORMANCE=operators/null` the cases of it whose titles hold
//! "null", `HOWDAH_CONFORMANCE=/null` those of all files.

mod case;
mod compare;
mod run;

pub(crate) use run::rail;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tokio::task::JoinSet;

use case::{Case, Database, File};
use run::{Outcome, Report};

/// Files that run at the same time: each has a database and a server.
const AT_ONCE: usize = 3;

fn folder(database: Database) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    match database {
        Database::Rail => folder,
        Database::Harbour => folder.join("harbour"),
    }
}

/// All case files by name, parsed. Two cases must not have the same title, wherever they stand.
fn files() -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    for database in [Database::Rail, Database::Harbour] {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder(database))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
            .collect();
        paths.sort();
        files.extend(paths.iter().map(|path| File::read(path, database).unwrap_or_else(|error| panic!("{error}"))));
    }
    let mut seen: HashMap<&str, String> = HashMap::new();
    for file in &files {
        for case in &file.cases {
            let place = format!("{}.txt:{}", file.name, case.line);
            if let Some(other) = seen.insert(&case.title, place.clone()) {
                panic!("{place}: the title \"{}\" stands at {other} already", case.title);
            }
        }
    }
    files
}

/// `file`, `file/title` or `/title`; both parts may be empty.
struct Filter {
    file: String,
    title: String,
}

impl Filter {
    fn from_environment() -> Self {
        let text = std::env::var("HOWDAH_CONFORMANCE").unwrap_or_default();
        let (file, title) = text.split_once('/').unwrap_or((&text, ""));
        Self { file: file.trim_end_matches(".txt").to_owned(), title: title.to_owned() }
    }

    fn takes_file(&self, file: &File) -> bool {
        self.file.is_empty() || file.name == self.file
    }

    fn takes_case(&self, case: &Case) -> bool {
        case.title.contains(&self.title)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_is_answered_as_documented() {
    let filter = Filter::from_environment();
    let mut waiting: Vec<File> = files().into_iter().filter(|file| filter.takes_file(file)).collect();
    for file in &mut waiting {
        file.cases.retain(|case| filter.takes_case(case));
    }
    waiting.retain(|file| !file.cases.is_empty());
    let file_count = waiting.len();
    assert!(file_count > 0, "HOWDAH_CONFORMANCE names no case");
    waiting.reverse();

    let mut running = JoinSet::new();
    let mut reports: Vec<Report> = Vec::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(file) = waiting.pop()
        {
            running.spawn(run::file(file));
        }
        match running.join_next().await {
            Some(report) => reports.push(report.unwrap()),
            None => break,
        }
    }
    reports.sort_by(|left, right| left.file.cmp(&right.file));

    let count = |wanted: fn(&Outcome) -> bool| {
        reports.iter().flat_map(|report| &report.outcomes).filter(|outcome| wanted(outcome)).count()
    };
    let passed = count(|outcome| matches!(outcome, Outcome::Passed));
    let known = count(|outcome| matches!(outcome, Outcome::KnownGap));
    let failures: Vec<&str> = reports
        .iter()
        .flat_map(|report| &report.outcomes)
        .filter_map(|outcome| match outcome {
            Outcome::Failed(text) => Some(text.as_str()),
            Outcome::Passed | Outcome::KnownGap => None,
        })
        .collect();
    let total = passed + known + failures.len();
    let summary = format!(
        "conformance: {total} cases in {file_count} files, {passed} passed, {} failed, {known} known gaps",
        failures.len()
    );
    println!("{summary}");
    assert!(failures.is_empty(), "{}\n\n{summary}", failures.join("\n"));
}
