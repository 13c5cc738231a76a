//! `-- howdah:allow RULE: reason`: findings that someone has thought about.

use super::engine::{Text, finding};
use super::finding::{Finding, Report};
use super::read::File;
use super::read::comment::{Comment, Directive};
use super::rules::{self, suppression_without_reason, unknown_suppression, unused_suppression};
use crate::nearest;
use std::ops::Range;

/// A rule allowed at one place.
struct Allowance<'a> {
    file: &'a str,
    rule: &'a str,
    comment: &'a Comment,
    whole_file: bool,
    /// Findings that start in one of these are covered.
    covers: Vec<Range<usize>>,
    used: bool,
}

/// Holds back what is allowed, and adds what is wrong with the directives themselves.
pub(super) fn apply(files: &[Text<'_>], read: &[File], found: Vec<Finding>) -> Report {
    let mut report = Report::default();
    let mut allowances = Vec::new();
    for (text, file) in files.iter().zip(read) {
        for comment in &file.directives {
            let Directive::Allow { whole_file, rules: named, reason } = &comment.directive else { continue };
            if reason.is_empty() || named.is_empty() {
                report.findings.push(without_reason(text, comment));
                continue;
            }
            for rule in named {
                if rules::rules().iter().any(|known| known.id == rule) {
                    allowances.push(Allowance {
                        file: text.source.name,
                        rule,
                        comment,
                        whole_file: *whole_file,
                        covers: covered(text.source.text, file, comment, *whole_file),
                        used: false,
                    });
                } else {
                    report.findings.push(unknown(text, comment, rule));
                }
            }
        }
    }
    for finding in found {
        let mut held = false;
        for allowance in &mut allowances {
            let covers = allowance.file == finding.file
                && allowance.rule == finding.rule
                && allowance.covers.iter().any(|range| range.contains(&finding.span.start));
            allowance.used |= covers;
            held |= covers;
        }
        if held {
            report.suppressed += 1;
        } else {
            report.findings.push(finding);
        }
    }
    for allowance in allowances.iter().filter(|allowance| !allowance.used) {
        let text = files.iter().find(|text| text.source.name == allowance.file);
        report.findings.extend(text.map(|text| unused(text, allowance)));
    }
    report
}

/// Where an allowance holds: the next statement, or the line that it stands on, or the file.
fn covered(text: &str, file: &File, comment: &Comment, whole_file: bool) -> Vec<Range<usize>> {
    let statements = || file.statements.iter().map(|statement| statement.span.clone());
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
    let rule = &suppression_without_reason::CHECK.rule;
    let message = "the suppression gives no reason, so it does not count".to_owned();
    let fix = "write `-- howdah:allow RULE: why it is safe here`".to_owned();
    finding(text, rule, comment.span.clone(), (None, None), rule.level, message, fix)
}

fn unknown(text: &Text<'_>, comment: &Comment, named: &str) -> Finding {
    let rule = &unknown_suppression::CHECK.rule;
    let message = format!("there is no rule `{named}`");
    let fix = match nearest(named, rules::rules().iter().map(|rule| rule.id)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "remove it, or name a rule as the findings do".to_owned(),
    };
    finding(text, rule, comment.span.clone(), (Some(named.to_owned()), None), rule.level, message, fix)
}

fn unused(text: &Text<'_>, allowance: &Allowance<'_>) -> Finding {
    let rule = &unused_suppression::CHECK.rule;
    let name = allowance.rule;
    let fix = if allowance.whole_file && allowance.covers.is_empty() {
        "`allow-file` stands before the first statement: move it there, or use `allow`"
    } else {
        "remove it; it would hide the next one that is real"
    };
    let message = format!("nothing here triggers `{name}`");
    let span = allowance.comment.span.clone();
    finding(text, rule, span, (Some(name.to_owned()), None), rule.level, message, fix.to_owned())
}
