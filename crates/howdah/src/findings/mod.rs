//! What `howdah lint` and `howdah advise` have in common: their findings, how these are told, and the rules themselves.

mod judgement;
mod render;
pub(crate) mod rules;

use std::io::Write as _;

use clap::ValueEnum;
use howdah_schema::advisor::{self, AdvisorOptions};
use howdah_schema::findings::{Finding, Level, Report, Rule};
use howdah_schema::{hazards, lint};
use serde_json::{Map, Value, json};

pub(crate) use self::judgement::{Judgement, schema_files, source};
use crate::config::Config;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, WARNING, count, paint};

/// A set of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    /// On a catalog: whether it is well written.
    Standards,
    /// On SQL.
    Hazards,
    /// On a catalog: whether it is safe and sound.
    Advisor,
}

impl Set {
    const ALL: [Self; 3] = [Self::Standards, Self::Hazards, Self::Advisor];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Standards => "standards",
            Self::Hazards => "hazards",
            Self::Advisor => "advisor",
        }
    }

    /// In order of their ids.
    pub(crate) fn rules(self) -> &'static [Rule] {
        match self {
            Self::Standards => lint::rules(),
            Self::Hazards => hazards::rules(),
            Self::Advisor => advisor::rules(),
        }
    }

    /// Title and first sentence of the documentation.
    fn heading(self) -> (&'static str, &'static str) {
        match self {
            Self::Standards => ("Schema standards", "On the catalog: what a well-kept schema looks like."),
            Self::Hazards => {
                ("Hazards", "On SQL that is run against a live database: what it would do to rows and traffic.")
            }
            Self::Advisor => ("Advice", "On the catalog: what it lets others see and do, and what it costs."),
        }
    }
}

/// A command that judges by sets of rules.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) command: &'static str,
    pub(crate) sets: &'static [Set],
    /// The page of the documentation that says how to use it.
    page: &'static str,
    /// How that is asked for which mends findings.
    fixes: &'static str,
    /// Code of the failure that a format does not go with what is asked for.
    wrong_format: &'static str,
    /// Code of the failure that there is no such rule.
    unknown_rule: &'static str,
}

pub(crate) const LINT: Tool = Tool {
    command: "lint",
    sets: &[Set::Standards, Set::Hazards],
    page: "lint.md",
    fixes: "--fix",
    wrong_format: "lint-format",
    unknown_rule: "lint-unknown-rule",
};

pub(crate) const ADVISE: Tool = Tool {
    command: "advise",
    sets: &[Set::Advisor],
    page: "advisor.md",
    fixes: "howdah lint --fix",
    wrong_format: "advise-format",
    unknown_rule: "advise-unknown-rule",
};

impl Tool {
    /// The rules by which it judges, set by set.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (Set, &'static Rule)> {
        self.sets.iter().flat_map(|set| set.rules().iter().map(|rule| (*set, rule)))
    }

    /// The set that a rule belongs to: one of its own, where several have it.
    fn set_of(&self, id: &str) -> &'static str {
        let has = |set: &&Set| set.rules().iter().any(|rule| rule.id == id);
        self.sets.iter().chain(&Set::ALL).find(has).map_or("", |set| set.word())
    }

    /// `--format`, where `--json` is `--format json`. `lists` is whether rules are asked for, and not findings.
    ///
    /// # Errors
    /// What is asked for has no such format.
    pub(crate) fn format(&self, format: Format, lists: Lists, context: &Context) -> Result<Format, Failure> {
        let refuse = |message: &str, hint: &str| Err(Failure::usage(self.wrong_format, message).hint(hint));
        match format {
            Format::Markdown if lists != Lists::Rules => {
                refuse("--format markdown is for --rules", "findings have text, json, sarif and github")
            }
            Format::Sarif | Format::Github if lists != Lists::Findings => {
                refuse("rules have no such format", "use text, json or markdown")
            }
            Format::Sarif | Format::Github | Format::Markdown if context.out.is_json() => {
                refuse("--json and --format ask for different things", "leave one of them out")
            }
            _ if context.out.is_json() => Ok(Format::Json),
            format => Ok(format),
        }
    }

    /// Prints what was found. `beside` is what the JSON document says beside it.
    ///
    /// # Errors
    /// stdout takes no more.
    pub(crate) fn print(
        &self,
        judgement: &Judgement,
        format: Format,
        beside: Map<String, Value>,
    ) -> anyhow::Result<()> {
        let mut stdout = anstream::stdout().lock();
        match format {
            Format::Json => {
                let report = &judgement.report;
                let mut data = json!({
                    "judged": judgement.judged, "findings": self.findings(report), "counts": counts(report),
                    "suppressed": report.suppressed,
                });
                if let Value::Object(data) = &mut data {
                    data.extend(beside);
                }
                let schema = format!("howdah.{}/1", self.command);
                writeln!(stdout, "{:#}", json!({ "schema": schema, "ok": true, "data": data }))?;
            }
            Format::Sarif => writeln!(stdout, "{:#}", render::sarif::document(self, judgement))?,
            Format::Github => write!(stdout, "{}", render::github::commands(judgement))?,
            Format::Text | Format::Markdown => write!(stdout, "{}", render::text::report(judgement))?,
        }
        stdout.flush()?;
        Ok(())
    }

    /// Each with the set that its rule belongs to.
    fn findings(&self, report: &Report) -> Vec<Value> {
        let one = |finding: &Finding| {
            let mut value = json!(finding);
            value["set"] = json!(self.set_of(finding.rule));
            value
        };
        report.findings.iter().map(one).collect()
    }
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lists {
    Findings,
    /// All rules.
    Rules,
    /// One of them.
    Rule,
}

impl Lists {
    /// By `--rules` and `--explain`.
    pub(crate) fn asked(rules: bool, explain: Option<&String>) -> Self {
        match (rules, explain) {
            (true, _) => Self::Rules,
            (false, Some(_)) => Self::Rule,
            (false, None) => Self::Findings,
        }
    }
}

/// `--level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelArg {
    Info,
    Warning,
    Error,
}

impl LevelArg {
    /// The exit code of what was found, by what counts.
    pub(crate) fn exit(self, report: &Report) -> Exit {
        let least = match self {
            Self::Info => Level::Info,
            Self::Warning => Level::Warning,
            Self::Error => Level::Error,
        };
        if report.findings.iter().any(|finding| finding.level >= least) { Exit::Findings } else { Exit::Ok }
    }
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with the lines that are meant
    Text,
    /// One document, as with --json
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Commands that GitHub Actions shows beside the lines
    Github,
    /// Only with --rules: the page of the documentation
    Markdown,
}

/// What the advisor is told of a project.
pub(crate) fn advisor_options(config: &Config) -> AdvisorOptions {
    AdvisorOptions {
        exposed_schemas: config.api_schemas(),
        // The roles of requests without a token and of those with one, as `howdah serve` hands them out. Whoever holds a key
        // of service_role is trusted.
        api_roles: config.anonymous_role().into_iter().chain(["authenticated"]).map(str::to_owned).collect(),
    }
}

fn counts(report: &Report) -> Value {
    let of = |level: Level| report.findings.iter().filter(|finding| finding.level == level).count();
    json!({ "error": of(Level::Error), "warning": of(Level::Warning), "info": of(Level::Info) })
}

/// Says how much was found in what.
pub(crate) fn tell(judgement: &Judgement, context: &Context) {
    let report = &judgement.report;
    let of = |level: Level, one: &str, many: &str| {
        let number = report.findings.iter().filter(|finding| finding.level == level).count() as u64;
        (number > 0).then(|| count(number, one, many))
    };
    let parts = [
        of(Level::Error, "error", "errors"),
        of(Level::Warning, "warning", "warnings"),
        of(Level::Info, "remark", "remarks"),
    ];
    let found: Vec<String> = parts.into_iter().flatten().collect();
    let held = match report.suppressed as u64 {
        0 => String::new(),
        held => format!("; {} held back by suppressions", count(held, "finding is", "findings are")),
    };
    let judged = &judgement.judged;
    if found.is_empty() {
        context.out.say(format!("{} Nothing to say about {judged}{held}", paint(GOOD, "✓")));
    } else {
        context.out.say(format!("{} {} in {judged}{held}", paint(WARNING, "!"), found.join(", ")));
    }
}
