//! What documentation says beside the catalog, gathered from where it is.

use std::sync::Arc;

use howdah_pg::schema;
use howdah_pg::script::SqlFile;
use howdah_schema::docs::{Facts, Issue};
use howdah_schema::findings::{self, Level};
use howdah_schema::{Catalog, lint};

use super::queries::{self, Tried};
use super::subject::{Migrations, Subject};
use crate::config::Config;
use crate::context::Context;
use crate::migrations::as_seen_from_here;
use crate::output::{Step, Unit};
use crate::sources::{Sources, read_files};

/// Facts, and what is to be told of gathering them.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) facts: Facts,
    pub(crate) tried: Tried,
}

/// Gathers all of it. Whatever cannot be found out is left out, with a note for the reader and a warning.
///
/// # Errors
/// Those of the servers.
pub(crate) async fn gather(
    subject: &mut Subject,
    name: &str,
    sources: &Sources<'_>,
    config: &Config,
    context: &Context,
) -> anyhow::Result<Gathered> {
    let mut facts = Facts { project: name.to_owned(), api_schemas: config.api_schemas(), ..Facts::default() };
    let tried = queries::try_out(subject, &mut facts, sources, context).await?;
    history(subject, &mut facts, sources, context).await?;
    facts.issues = issues(&subject.source.catalog, subject.own, sources)?;
    facts.issues.extend(tried.broken.iter().map(|broken| Issue {
        rule: "broken-view".to_owned(),
        level: "error".to_owned(),
        object: broken.relation.to_string(),
        message: format!("it cannot be read: {}", broken.message),
        fix: "mend what it reads, or drop it".to_owned(),
    }));
    Ok(Gathered { facts, tried })
}

async fn history(
    subject: &mut Subject,
    facts: &mut Facts,
    sources: &Sources<'_>,
    context: &Context,
) -> anyhow::Result<()> {
    let (folder, limit) = match &subject.migrations {
        Migrations::Known(folder, limit) => (folder.clone(), *limit),
        Migrations::Unknown(why) => {
            facts.history_note = Some(why.clone());
            return Ok(());
        }
    };
    let step = Step::begin(&context.out, "Following the migrations", None, Unit::Statements);
    let beside = Arc::clone(&subject.source);
    let server = subject.scratch(sources, context).await?;
    match schema::history(server, &folder, limit, Some(&beside)).await {
        Ok(history) => {
            facts.history = history;
            step.done();
        }
        Err(error) => {
            let why = format!("The migrations could not be run on a scratch database: {error}");
            context.out.warn(&why);
            facts.history_note = Some(why);
        }
    }
    Ok(())
}

/// What the standards say, without what the project allows.
fn issues(catalog: &Catalog, own: bool, sources: &Sources<'_>) -> anyhow::Result<Vec<Issue>> {
    let project = sources.project.filter(|_| own);
    let folder = project.map(|project| as_seen_from_here(&project.schema_folder())).filter(|folder| folder.exists());
    let files: Vec<SqlFile> = folder.map(|folder| read_files(&folder)).transpose()?.unwrap_or_default();
    let texts: Vec<findings::Source<'_>> =
        files.iter().map(|file| findings::Source { name: &file.name, text: &file.text }).collect();
    let report = lint::check(catalog, &texts);
    let allowances = if own { sources.config.lint_allow() } else { &[] };
    let report = lint::hold(report, allowances, &[]);
    let is_standard = |rule: &str| lint::rules().iter().any(|known| known.id == rule);
    let mut issues: Vec<Issue> = report
        .findings
        .into_iter()
        .filter(|finding| is_standard(finding.rule))
        .map(|finding| Issue {
            rule: finding.rule.to_owned(),
            level: match finding.level {
                Level::Info => "info",
                Level::Warning => "warning",
                Level::Error => "error",
            }
            .to_owned(),
            object: finding.object.unwrap_or_default(),
            message: finding.message,
            fix: finding.fix,
        })
        .collect();
    // By what they are about, wherever in which file that is written.
    issues.sort_by(|left, right| {
        (&left.object, &left.rule, &left.message).cmp(&(&right.object, &right.rule, &right.message))
    });
    Ok(issues)
}
