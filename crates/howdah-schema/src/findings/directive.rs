//! Line comments, and the directives in them.

use crate::sql::split::{TokenKind, tokens};
use std::ops::Range;

/// What a comment tells the linter or the runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Directive {
    /// `howdah:allow RULE[, RULE]: reason`, or `howdah:allow-file …`.
    Allow { whole_file: bool, rules: Vec<String>, reason: String },
    /// `howdah:no-transaction`: from here on, statements run one by one.
    NoTransaction,
    /// `howdah:transaction`: from here on, in a transaction again.
    Transaction,
    /// `howdah:backfill …`: the next statement runs in batches.
    Backfill,
}

/// A directive and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) span: Range<usize>,
    /// Nothing but white space before it on its line.
    pub(crate) own_line: bool,
    pub(crate) directive: Directive,
}

/// The directives in `range` of a text.
pub(crate) fn directives(text: &str, range: Range<usize>) -> Vec<Comment> {
    let mut found = Vec::new();
    let Some(part) = text.get(range.clone()) else { return found };
    for token in tokens(part) {
        let comment = &part[token.span.clone()];
        if token.kind != TokenKind::Blank || !comment.starts_with("--") {
            continue;
        }
        let Some(directive) = directive(comment) else { continue };
        let start = range.start + token.span.start;
        let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        found.push(Comment {
            span: start..start + comment.trim_end().len(),
            own_line: text[line..start].trim().is_empty(),
            directive,
        });
    }
    found
}

fn directive(comment: &str) -> Option<Directive> {
    let words = comment.trim_start_matches('-').trim().strip_prefix("howdah:")?;
    let (verb, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let whole_file = match verb.trim_end_matches(':') {
        "no-transaction" => return Some(Directive::NoTransaction),
        "transaction" => return Some(Directive::Transaction),
        "backfill" => return Some(Directive::Backfill),
        "allow" => false,
        "allow-file" => true,
        _ => return None,
    };
    let (rules, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let rules = rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()).map(str::to_owned).collect();
    Some(Directive::Allow { whole_file, rules, reason: reason.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Vec<Directive> {
        directives(sql, 0..sql.len()).into_iter().map(|comment| comment.directive).collect()
    }

    #[test]
    fn reads_directives_and_nothing_else() {
        let allow = |whole_file, rules: &[&str], reason: &str| Directive::Allow {
            whole_file,
            rules: rules.iter().map(|&rule| rule.to_owned()).collect(),
            reason: reason.to_owned(),
        };
        for (sql, expected) in [
            (
                "-- howdah:allow drop-column, drop-table: it is empty",
                allow(false, &["drop-column", "drop-table"], "it is empty"),
            ),
            ("select 1; --howdah:allow syntax", allow(false, &["syntax"], "")),
            ("-- howdah:allow-file syntax: why: not", allow(true, &["syntax"], "why: not")),
            ("--  howdah:no-transaction", Directive::NoTransaction),
            ("-- howdah:backfill public.tasks batch=5000\nupdate", Directive::Backfill),
        ] {
            assert_eq!(read(sql), [expected], "{sql}");
        }
        for sql in [
            "'-- howdah:allow x: y'",
            "/* -- howdah:allow x: y */",
            "-- allow x",
            "-- howdah:owner x",
            "$$ -- howdah:transaction\n$$",
        ] {
            assert_eq!(read(sql), [], "{sql}");
        }
    }
}
