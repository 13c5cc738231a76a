//! What was judged and what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use howdah_pg::script::SqlFile;
use howdah_schema::Catalog;
use howdah_schema::findings::{Place, Report, Rule, Source};
use howdah_schema::lint::{self, Allowance};
use serde::{Serialize, Serializer};

use crate::config::FILE_NAME;
use crate::failure::Failure;
use crate::migrations::as_seen_from_here;
use crate::output::count;
use crate::project::Project;
use crate::sources::{Sources, read_files};

/// What was found, and in what.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) report: Report,
    /// The texts that findings point into, by their names.
    pub(crate) texts: BTreeMap<String, String>,
    /// The project's schema files and what they make, for fixes.
    pub(crate) schema: Option<(Vec<SqlFile>, Catalog)>,
    pub(crate) judged: Judged,
}

/// What was judged, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Judged {
    tables: usize,
    pub(crate) migrations: usize,
    pub(crate) files: usize,
    has_catalog: bool,
}

/// `78 tables and 3 migrations`
impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.has_catalog {
            parts.push(count(self.tables as u64, "table", "tables"));
        }
        if self.migrations > 0 {
            parts.push(count(self.migrations as u64, "migration", "migrations"));
        }
        if self.files > 0 || parts.is_empty() {
            parts.push(count(self.files as u64, "file", "files"));
        }
        f.write_str(&parts.join(" and "))
    }
}

impl Serialize for Judged {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { tables, migrations, files, .. } = *self;
        serde_json::json!({ "tables": tables, "migrations": migrations, "files": files }).serialize(serializer)
    }
}

impl Judged {
    /// Counts what is in a catalog.
    pub(crate) fn saw(&mut self, catalog: &Catalog) {
        self.tables += catalog.tables.len();
        self.has_catalog = true;
    }
}

impl Judgement {
    /// Holds back what the project allows in howdah.toml. `whole` are the rules that have judged the whole project: of any
    /// other nobody can say that an allowance is unused.
    ///
    /// # Errors
    /// howdah.toml cannot be read any more.
    pub(crate) fn hold(&mut self, sources: &Sources<'_>, whole: &[Rule]) -> Result<(), Failure> {
        let Some(project) = sources.project else { return Ok(()) };
        let path = project.root.join(FILE_NAME);
        // As it is seen from here.
        let file = as_seen_from_here(&path).display().to_string();
        let seen = |allowance: &Allowance| {
            let place = allowance.place.clone().map(|place| Place { file: file.clone(), ..place });
            Allowance { place, ..allowance.clone() }
        };
        let allowances: Vec<Allowance> = sources.config.lint_allow().iter().map(seen).collect();
        self.report = lint::hold(std::mem::take(&mut self.report), &allowances, whole);
        if let Some(place) = allowances.iter().find_map(|allowance| allowance.place.as_ref()) {
            let text = std::fs::read_to_string(&path).map_err(|error| Failure::io("read", &path, &error))?;
            self.texts.insert(place.file.clone(), text);
        }
        Ok(())
    }

    /// Adds what was found in these files.
    pub(crate) fn add<'f>(&mut self, report: Report, files: impl IntoIterator<Item = &'f SqlFile>) {
        let pointed: BTreeSet<&str> =
            report.findings.iter().filter_map(|it| it.place.as_ref()).map(|place| place.file.as_str()).collect();
        for file in files {
            if pointed.contains(file.name.as_str()) {
                self.texts.insert(file.name.clone(), file.text.clone());
            }
        }
        self.report.suppressed += report.suppressed;
        self.report.findings.extend(report.findings);
    }

    /// The text that a place is in, if it is at hand.
    pub(crate) fn text(&self, place: &Place) -> Option<&str> {
        self.texts.get(&place.file).map(String::as_str)
    }
}

/// The files of the project's schema folder, none where there is no project or no such folder.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn schema_files(project: Option<&Project>) -> Result<Vec<SqlFile>, Failure> {
    let folder = project.map(|project| as_seen_from_here(&project.schema_folder())).filter(|folder| folder.exists());
    Ok(folder.map(|folder| read_files(&folder)).transpose()?.unwrap_or_default())
}

/// A file as rules take it.
pub(crate) fn source(file: &SqlFile) -> Source<'_> {
    Source { name: &file.name, text: &file.text }
}
