//! A source with the starts of its lines, so that many findings do not count them again and again.

use super::{Finding, Place, Rule, Source};
use std::ops::Range;

#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub(crate) source: &'a Source<'a>,
    lines: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(source: &'a Source<'a>) -> Self {
        let newlines = source.text.match_indices('\n').map(|(at, _)| at + 1);
        Self { source, lines: [0].into_iter().chain(newlines).collect() }
    }

    /// Line and column of a byte, both from 1; the column in characters.
    fn position(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|&start| start <= at);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
        (line, self.source.text.get(start..at).map_or(0, |before| before.chars().count()) + 1)
    }

    /// Where these bytes are.
    pub(crate) fn place(&self, span: Range<usize>) -> Place {
        let (line, column) = self.position(span.start);
        Place { file: self.source.name.to_owned(), line, column, span }
    }
}

/// A finding at its line and column.
pub(crate) fn finding(
    text: &Text<'_>,
    rule: &Rule,
    span: Range<usize>,
    object: Option<String>,
    message: String,
    fix: String,
) -> Finding {
    let place = Some(text.place(span));
    Finding { rule: rule.id, level: rule.level, class: rule.class, place, object, id: None, rows: None, message, fix }
}
