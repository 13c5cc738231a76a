//! What documentation says beside the catalog, gathered from where it is.

use std::sync::Arc;

use howdah_pg::schema;
use howdah_schema::docs::{Facts, Issue};
use howdah_schema::findings::{self, Level, Report};
use howdah_schema::{Catalog, advisor, lint};

use super::queries::{self, Tried};
use super::subject::{Migrations, Subject};
use crate::config::Config;
use crate::context::Context;
use crate::findings::{Set, advisor_options, schema_files, source};
use crate::output::{Step, Unit};
use crate::sources::Sources;

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
        set: "queries".to_owned(),
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

/// What the advisor and the standards say, without what the project allows.
fn issues(catalog: &Catalog, own: bool, sources: &Sources<'_>) -> anyhow::Result<Vec<Issue>> {
    let files = schema_files(sources.project.filter(|_| own))?;
    let texts: Vec<findings::Source<'_>> = files.iter().map(source).collect();
    let allowances = if own { sources.config.lint_allow() } else { &[] };
    let advice = advisor::check(catalog, &advisor_options(sources.config), &texts);
    let standards = lint::check(catalog, &texts);
    let mut issues = issues_of(Set::Advisor, lint::hold(advice, allowances, &[]), |_| true);
    // What both tell of is told once.
    let is_told = |rule: &str| advisor::rules().iter().any(|known| known.id == rule);
    issues.extend(issues_of(Set::Standards, lint::hold(standards, allowances, &[]), |rule| !is_told(rule)));
    Ok(issues)
}

/// What the rules of a set found, by what it is about, wherever in which file that is written.
fn issues_of(set: Set, report: Report, is_wanted: impl Fn(&str) -> bool) -> Vec<Issue> {
    // Not of suppressions: they are the files' and not the schema's.
    let is_of_set = |rule: &str| set.rules().iter().any(|known| known.id == rule);
    let mut issues: Vec<Issue> = report
        .findings
        .into_iter()
        .filter(|finding| is_of_set(finding.rule) && is_wanted(finding.rule))
        .map(|finding| Issue {
            set: set.word().to_owned(),
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
    issues.sort_by(|left, right| {
        (&left.object, &left.rule, &left.message).cmp(&(&right.object, &right.rule, &right.message))
    });
    issues
}
