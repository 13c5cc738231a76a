//! `-- howdah:allow RULE: reason`: findings that someone has thought about.

use super::directive::{Comment, Directive};
use super::text::{Text, finding};
use super::{Finding, Report, Rule};
use crate::hazards::rules::{SUPPRESSION_WITHOUT_REASON, UNKNOWN_SUPPRESSION, UNUSED_SUPPRESSION};
use crate::{advisor, hazards, lint, nearest};
use std::collections::BTreeMap;
use std::ops::Range;

/// A text that was judged.
#[derive(Debug)]
pub(crate) struct Judged<'a> {
    pub(crate) text: &'a Text<'a>,
    /// Its statements, those in a body too.
    pub(crate) statements: Vec<Range<usize>>,
    pub(crate) directives: &'a [Comment],
}

/// A rule allowed at one place.
struct Allowance<'a> {
    text: &'a Text<'a>,
    rule: &'a str,
    comment: &'a Comment,
    whole_file: bool,
    /// Findings that start in one of these are covered.
    covers: Vec<Range<usize>>,
    used: bool,
}

/// The ids of all rules of all sets: whatever set judges a text, it may allow what another would find.
pub(crate) fn known() -> impl Iterator<Item = &'static str> {
    hazards::rules().iter().chain(lint::rules()).chain(advisor::rules()).map(|rule| rule.id)
}

/// That there is no such rule: the message, and what to do.
pub(crate) fn unknown(named: &str) -> (String, String) {
    let fix = match nearest(named, known()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "remove it, or name a rule as the findings do".to_owned(),
    };
    (format!("there is no rule `{named}`"), fix)
}

/// Holds back what is allowed, and adds what is wrong with the directives themselves. `rules` are those that judged: one
/// that did not could not be triggered.
pub(crate) fn apply(files: &[Judged<'_>], rules: &[Rule], found: Vec<Finding>) -> Report {
    let mut report = Report::default();
    let mut allowances = Vec::new();
    for file in files {
        for comment in file.directives {
            let Directive::Allow { whole_file, rules: named, reason } = &comment.directive else { continue };
            if reason.is_empty() || named.is_empty() {
                report.findings.push(without_reason(file.text, comment));
                continue;
            }
            for rule in named {
                if known().any(|known| known == rule) {
                    allowances.push(Allowance {
                        text: file.text,
                        rule,
                        comment,
                        whole_file: *whole_file,
                        covers: covered(file, comment, *whole_file),
                        used: false,
                    });
                } else {
                    let (message, fix) = unknown(rule);
                    let (span, object) = (comment.span.clone(), Some(rule.clone()));
                    report.findings.push(finding(file.text, &UNKNOWN_SUPPRESSION, span, object, message, fix));
                }
            }
        }
    }
    let mut of_rule: BTreeMap<&str, Vec<&mut Allowance<'_>>> = BTreeMap::new();
    for allowance in &mut allowances {
        of_rule.entry(allowance.rule).or_default().push(allowance);
    }
    for finding in found {
        let mut held = false;
        for allowance in of_rule.get_mut(finding.rule).into_iter().flatten() {
            let covers = finding.place.as_ref().is_some_and(|place| {
                allowance.text.source.name == place.file
                    && allowance.covers.iter().any(|range| range.contains(&place.span.start))
            });
            allowance.used |= covers;
            held |= covers;
        }
        if held {
            report.suppressed += 1;
        } else {
            report.findings.push(finding);
        }
    }
    let judged = |allowance: &&Allowance<'_>| rules.iter().any(|rule| rule.id == allowance.rule);
    report.findings.extend(allowances.iter().filter(|allowance| !allowance.used).filter(judged).map(unused));
    report
}

/// Where an allowance holds: the next statement, or the line that it stands on, or the file.
fn covered(file: &Judged<'_>, comment: &Comment, whole_file: bool) -> Vec<Range<usize>> {
    let text = file.text.source.text;
    let statements = || file.statements.iter().cloned();
    if whole_file {
        let first = statements().map(|span| span.start).min().unwrap_or(text.len());
        // Only at the top, where a reader looks for it.
        return (comment.span.start < first).then_some(0..text.len() + 1).into_iter().collect();
    }
    let line_start = text[..comment.span.start].rfind('\n').map_or(0, |newline| newline + 1);
    if !comment.own_line {
        let line = line_start..comment.span.end;
        let ending = statements().filter(|span| line.contains(&span.end) || line.contains(&span.start));
        // Findings on the line, and those of a statement that ends or begins there.
        return ending.filter(|span| line.contains(&span.end)).chain([line.clone()]).collect();
    }
    let inside = statements().any(|span| span.start < comment.span.start && comment.span.end < span.end);
    let next = statements().filter(|span| span.start >= comment.span.end).min_by_key(|span| span.start);
    if inside {
        // Within a statement: the next line with something on it, and a statement of the body that begins there.
        let rest = &text[comment.span.end..];
        let mut at = comment.span.end;
        for line in rest.split_inclusive('\n') {
            let content = line.trim();
            if !content.is_empty() && !content.starts_with("--") {
                let line = at..at + line.len();
                let body = next.filter(|span| line.contains(&span.start));
                return body.into_iter().chain([line]).collect();
            }
            at += line.len();
        }
        return Vec::new();
    }
    let Some(next) = next else { return Vec::new() };
    // A statement with a body is one statement with those inside it.
    statements().filter(|span| next.contains(&span.start) || span.start == next.start).chain([next.clone()]).collect()
}

fn without_reason(text: &Text<'_>, comment: &Comment) -> Finding {
    let message = "the suppression gives no reason, so it does not count".to_owned();
    let fix = "write `-- howdah:allow RULE: why it is safe here`".to_owned();
    finding(text, &SUPPRESSION_WITHOUT_REASON, comment.span.clone(), None, message, fix)
}

fn unused(allowance: &Allowance<'_>) -> Finding {
    let name = allowance.rule;
    let fix = if allowance.whole_file && allowance.covers.is_empty() {
        "`allow-file` stands before the first statement: move it there, or use `allow`"
    } else {
        "remove it; it would hide the next one that is real"
    };
    let message = format!("nothing here triggers `{name}`");
    let span = allowance.comment.span.clone();
    finding(allowance.text, &UNUSED_SUPPRESSION, span, Some(name.to_owned()), message, fix.to_owned())
}
