//! How far a migration of several sections has come.

use super::directive::Reversal;
use super::words::summary;
use super::{Direction, Script, SectionKind, Step, checksum};
use crate::PgError;
use crate::script::SqlFile;
use std::time::Duration;
use tokio_postgres::{Client, Row};

pub(super) const CREATE: &str = include_str!("sql/create_progress.sql");
pub(super) const READ: &str = include_str!("sql/read_progress.sql");
pub(super) const SAVE: &str = include_str!("sql/save_progress.sql");

/// A migration that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) version: i64,
    pub(super) direction: Direction,
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) sql: String,
    pub(super) sections_done: usize,
    pub(super) statements_done: usize,
    pub(super) is_attempting: bool,
    pub(super) cursor_key: Option<Vec<String>>,
    pub(super) rows_walked: i64,
    pub(super) rows_changed: i64,
    pub(super) duration: Duration,
    pub(super) last_error: Option<String>,
    pub(super) begun_at: String,
    pub(super) updated_at: String,
}

impl Progress {
    /// A step of which nothing is done.
    pub(super) fn of(step: &Step) -> Self {
        let file = step.file();
        Self {
            version: step.migration.version,
            direction: step.direction,
            name: step.migration.name.clone(),
            sha256: checksum(&file.text),
            // A NUL, which `text` cannot hold, is refused before anything runs.
            sql: file.text.clone(),
            sections_done: 0,
            statements_done: 0,
            is_attempting: false,
            cursor_key: None,
            rows_walked: 0,
            rows_changed: 0,
            duration: Duration::ZERO,
            last_error: None,
            begun_at: String::new(),
            updated_at: String::new(),
        }
    }

    /// The whole section is done.
    pub(super) fn end_section(&mut self) {
        self.sections_done += 1;
        self.statements_done = 0;
        self.is_attempting = false;
        self.cursor_key = None;
        self.rows_walked = 0;
        self.rows_changed = 0;
        self.last_error = None;
    }

    /// `0007_add_bio`
    pub(super) fn title(&self) -> String {
        super::folder::title(self.version, &self.name)
    }

    /// What of its file, as it was begun, is done and what is not: a line for each statement, with its place.
    pub(super) fn report(&self, file: &str) -> Report {
        let begun = SqlFile::new(file, self.sql.clone());
        // It was read before it was begun, if perhaps by another version.
        let script = Script::read(&begun).unwrap_or_default();
        let mut report = Report::default();
        for (index, section) in script.sections.iter().enumerate() {
            for (position, span) in section.statements.iter().enumerate() {
                let line = begun.text[..span.start].matches('\n').count() + 1;
                let what = format!("{file}:{line}: {}", summary(&begun.text[span.clone()]));
                let here = index == self.sections_done;
                if index < self.sections_done || (here && position < self.statements_done) {
                    report.applied.push(what);
                } else if here && matches!(section.kind, SectionKind::Backfill(_)) && self.cursor_key.is_some() {
                    let rows = self.rows_changed;
                    report.not_applied.push(format!("{what} (in part: {rows} rows so far)"));
                } else if here && position == self.statements_done && self.is_attempting {
                    report.not_applied.push(format!("{what} (begun; whether it is done is not known)"));
                } else {
                    report.not_applied.push(what);
                }
            }
        }
        report
    }
}

/// What is done of a migration and what is not: `file:line: statement`, shortened.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Report {
    /// Done; stays whatever happens next.
    pub applied: Vec<String>,
    /// Not done.
    pub not_applied: Vec<String>,
}

/// Two lists, shortened in the middle.
impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (title, lines) in [("Applied:", &self.applied), ("Not applied:", &self.not_applied)] {
            writeln!(f, "{title}")?;
            let shown = 12;
            for (index, line) in lines.iter().enumerate() {
                if lines.len() <= shown || index < shown / 2 || index >= lines.len() - shown / 2 {
                    writeln!(f, "  {line}")?;
                } else if index == shown / 2 {
                    writeln!(f, "  … {} more …", lines.len() - shown)?;
                }
            }
            if lines.is_empty() {
                writeln!(f, "  nothing")?;
            }
        }
        Ok(())
    }
}

/// What is under way; nothing if there is no table for it yet.
pub(super) async fn read(client: &Client) -> Result<Vec<Progress>, PgError> {
    let exists = client.query_one("select to_regclass('howdah.migration_progress') is not null", &[]).await?;
    if !exists.try_get::<_, bool>(0)? {
        return Ok(Vec::new());
    }
    client.query(READ, &[]).await?.iter().map(one).collect()
}

fn one(row: &Row) -> Result<Progress, PgError> {
    let count = |column: &str| row.try_get::<_, i32>(column).map(|count| usize::try_from(count).unwrap_or_default());
    let milliseconds: i64 = row.try_get("duration_ms")?;
    let direction: &str = row.try_get("direction")?;
    Ok(Progress {
        version: row.try_get("version")?,
        direction: if direction == "down" { Direction::Down } else { Direction::Up },
        name: row.try_get("name")?,
        sha256: row.try_get("sha256")?,
        sql: row.try_get("sql")?,
        sections_done: count("sections_done")?,
        statements_done: count("statements_done")?,
        is_attempting: row.try_get("is_attempting")?,
        cursor_key: row.try_get("cursor_key")?,
        rows_walked: row.try_get("rows_walked")?,
        rows_changed: row.try_get("rows_changed")?,
        duration: Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default()),
        last_error: row.try_get("last_error")?,
        begun_at: row.try_get("begun_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}

/// Writes it, in the transaction that the client is in.
pub(super) async fn save(client: &Client, progress: &Progress) -> Result<(), PgError> {
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let p = progress;
    let milliseconds = i64::try_from(p.duration.as_millis()).unwrap_or(i64::MAX);
    let direction = p.direction.to_string();
    let (sections, statements) = (count(p.sections_done), count(p.statements_done));
    let version = env!("CARGO_PKG_VERSION");
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 14] = [
        &p.version,
        &direction,
        &p.name,
        &p.sha256,
        &p.sql,
        &sections,
        &statements,
        &p.is_attempting,
        &p.cursor_key,
        &p.rows_walked,
        &p.rows_changed,
        &milliseconds,
        &p.last_error,
        &version,
    ];
    client.execute(SAVE, &values).await?;
    Ok(())
}

/// Takes it out: the migration is finished, or given up.
pub(super) async fn delete(client: &Client, version: i64) -> Result<(), PgError> {
    client.execute("delete from howdah.migration_progress where version = $1", &[&version]).await?;
    Ok(())
}

/// A lossy step back, for the error that refuses it: its title, its label and the reasons.
pub(super) fn loss(step: &Step) -> Option<String> {
    let reversal = step.reversal().filter(|reversal| *reversal >= Reversal::Lossy)?;
    let reasons = step.script().reversal_reasons.join("; ");
    let reasons = if reasons.is_empty() { reasons } else { format!(": {reasons}") };
    Some(format!("{} is {}{reasons}", step.migration.title(), reversal.as_str()))
}
