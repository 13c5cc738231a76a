//! What validation found, for people and for programs.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};

use howdah_pg::validate::{CHECKS, Check, CheckSpec, Finding, Level, Report, Unchecked, ValidateOptions};
use serde_json::json;

use crate::exit::Exit;
use crate::output::{ACCENT, ERROR, GOOD, Listing, MUTED, Output, STRONG, WARNING, count, paint};

const SCHEMA: &str = "howdah.validate/1";
const CHECKS_SCHEMA: &str = "howdah.validate.checks/1";

pub(super) fn checks(out: &Output) -> anyhow::Result<Exit> {
    let mut listing = Listing::new(&["check", "finds"]);
    for spec in &CHECKS {
        listing.row([spec.check.id().to_owned(), spec.summary.to_owned()]);
    }
    out.list(CHECKS_SCHEMA, &json!({ "checks": CHECKS }), &listing)?;
    Ok(Exit::Ok)
}

pub(super) fn explain(check: &Check, out: &Output) -> anyhow::Result<Exit> {
    let specs: Vec<&CheckSpec> = CHECKS.iter().filter(|spec| spec.check == *check).collect();
    out.data(CHECKS_SCHEMA, &json!({ "checks": specs }), |to| {
        for spec in &specs {
            writeln!(to, "{}: {}", paint(STRONG, spec.check.id()), spec.summary)?;
            for (title, text) in [
                ("When it finds nothing", spec.proves),
                ("It cannot", spec.cannot),
                ("It costs", spec.cost),
                ("It needs", spec.needs),
            ] {
                writeln!(to, "\n{}\n  {text}", paint(STRONG, title))?;
            }
        }
        Ok(())
    })?;
    Ok(Exit::Ok)
}

/// Everything that was found, and last of all what it comes to. An unfinished report is for people only: to programs the
/// command has failed.
pub(super) fn report(report: &Report, label: &str, options: &ValidateOptions, out: &Output) -> anyhow::Result<()> {
    if !report.complete && out.is_json() {
        return Ok(());
    }
    let of = |level| report.findings.iter().filter(|finding| finding.level == level).count() as u64;
    let (errors, warnings, notes) = (of(Level::Error), of(Level::Warning), of(Level::Info));
    let data = json!({
        "target": label,
        "role": report.role,
        "checks": options.chosen_checks(),
        "tables": report.tables,
        "rows_read": report.rows_read,
        "clean": report.is_clean(),
        "counts": { "error": errors, "warning": warnings, "info": notes, "not_checked": report.not_checked.len() },
        "findings": report.findings,
        "not_checked": report.not_checked,
        "left_out": report.left_out,
    });
    if out.is_json() || io::stdout().is_terminal() {
        out.data(SCHEMA, &data, |to| blocks(report, to))?;
    } else {
        out.list(SCHEMA, &data, &lines(report))?;
    }
    for unchecked in &report.left_out {
        out.note(format!(
            "left out: {} of {}: {}; {}",
            names(unchecked),
            unchecked.object,
            unchecked.reason,
            unchecked.fix
        ));
    }
    if !report.left_out.is_empty() {
        let left = count(report.left_out.len() as u64, "thing was", "things were");
        out.say(paint(MUTED, &format!("{left} left out that cannot be done here; -v says what, --json too")));
    }
    let read = format!(
        "{} in {}, read as {}",
        count(report.rows_read, "row", "rows"),
        count(report.tables, "table", "tables"),
        report.role
    );
    if report.is_clean() {
        let notes =
            if notes > 0 { format!(", {} worth knowing", count(notes, "thing", "things")) } else { String::new() };
        out.say(format!("{} Nothing is wrong{notes} ({read})", paint(GOOD, "✓")));
    } else if report.complete {
        let mut parts = Vec::new();
        for (number, one, many) in [
            (errors, "error", "errors"),
            (warnings, "warning", "warnings"),
            (report.not_checked.len() as u64, "thing not checked", "things not checked"),
        ] {
            if number > 0 {
                parts.push(count(number, one, many));
            }
        }
        out.say(format!("{} ({read})", parts.join(", ")));
    }
    Ok(())
}

/// For pipes: what was not checked is among the lines, so that nobody takes its absence for good news.
fn lines(report: &Report) -> Listing {
    let mut listing = Listing::new(&["level", "check", "object", "rows", "message", "fix", "keys"]);
    for finding in &report.findings {
        let rows = finding.rows.map(|rows| rows.to_string()).unwrap_or_default();
        listing.row([
            finding.level.as_str().to_owned(),
            finding.id.id().to_owned(),
            finding.object.clone(),
            rows,
            finding.message.clone(),
            finding.fix.clone(),
            keys(finding).join("; "),
        ]);
    }
    for unchecked in &report.not_checked {
        listing.row([
            "not-checked".to_owned(),
            names(unchecked),
            unchecked.object.clone(),
            String::new(),
            unchecked.reason.clone(),
            unchecked.fix.clone(),
            String::new(),
        ]);
    }
    listing
}

fn keys(finding: &Finding) -> Vec<String> {
    finding.keys.iter().map(ToString::to_string).collect()
}

fn names(unchecked: &Unchecked) -> String {
    let names: Vec<&str> = unchecked.checks.iter().map(|check| check.id()).collect();
    names.join(",")
}

/// For eyes: a block for each finding, and one for each reason why things were not checked.
fn blocks(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let style = match finding.level {
            Level::Error => ERROR,
            Level::Warning => WARNING,
            Level::Info => ACCENT,
        };
        let head = format!("{}[{}]", finding.level.as_str(), finding.id);
        writeln!(to, "{} {}", paint(style, &head), paint(STRONG, &finding.object))?;
        writeln!(to, "  {}", finding.message)?;
        for key in keys(finding) {
            writeln!(to, "    {key}")?;
        }
        let shown = finding.keys.len() as u64;
        if let Some(more) = finding.rows.and_then(|rows| rows.checked_sub(shown)).filter(|more| *more > 0 && shown > 0)
        {
            // Of keys that repeat, each stands for several rows.
            if finding.id != Check::Unique {
                writeln!(to, "    {}", paint(MUTED, &format!("… and {more} more")))?;
            }
        }
        writeln!(to, "  {} {}\n", paint(ACCENT, "help:"), finding.fix)?;
    }
    let mut by_reason: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for unchecked in &report.not_checked {
        let what = format!("{} of {}", names(unchecked), unchecked.object);
        by_reason.entry((&unchecked.reason, &unchecked.fix)).or_default().push(what);
    }
    for ((reason, fix), what) in by_reason {
        writeln!(to, "{} {reason}", paint(WARNING, "not checked:"))?;
        for what in what {
            writeln!(to, "    {what}")?;
        }
        writeln!(to, "  {} {fix}\n", paint(ACCENT, "help:"))?;
    }
    Ok(())
}
