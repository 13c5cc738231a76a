//! What changed between two texts, as a unified diff.

use std::fmt::Write;

/// Lines around a change.
const CONTEXT: usize = 3;

/// A stretch of lines that may differ, counted from 0: from here up to but not including there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) old: (usize, usize),
    pub(super) new: (usize, usize),
}

/// The diff of a file of which only these stretches may differ, given in their order. Empty if none do.
pub(super) fn unified(file: &str, old: &str, new: &str, edited: &[Change]) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
    let changes: Vec<Change> = edited
        .iter()
        .map(|&change| trimmed(&before, &after, change))
        .filter(|change| change.old.0 < change.old.1 || change.new.0 < change.new.1)
        .collect();
    if changes.is_empty() {
        return String::new();
    }
    let mut text = format!("--- {file}\n+++ {file}\n");
    let mut rest = changes.as_slice();
    while let Some(first) = rest.first() {
        // Changes whose context would touch stand in one hunk.
        let joined = rest.windows(2).take_while(|pair| pair[1].old.0 <= pair[0].old.1 + 2 * CONTEXT).count() + 1;
        let (hunk, after_hunk) = rest.split_at(joined);
        let last = hunk.last().unwrap_or(first);
        let from = first.old.0.saturating_sub(CONTEXT);
        let to = (last.old.1 + CONTEXT).min(before.len());
        let new_from = first.new.0 - (first.old.0 - from);
        let new_to = last.new.1 + (to - last.old.1);
        // A String takes everything.
        let _ = writeln!(text, "@@ -{} +{} @@", range(from, to), range(new_from, new_to));
        let mut at = from;
        for change in hunk {
            section(&mut text, ' ', before.get(at..change.old.0));
            section(&mut text, '-', before.get(change.old.0..change.old.1));
            section(&mut text, '+', after.get(change.new.0..change.new.1));
            at = change.old.1;
        }
        section(&mut text, ' ', before.get(at..to));
        rest = after_hunk;
    }
    text
}

/// Without the lines at its ends that are the same.
fn trimmed(before: &[&str], after: &[&str], mut change: Change) -> Change {
    while change.old.0 < change.old.1
        && change.new.0 < change.new.1
        && before.get(change.old.0) == after.get(change.new.0)
    {
        change.old.0 += 1;
        change.new.0 += 1;
    }
    while change.old.0 < change.old.1
        && change.new.0 < change.new.1
        && before.get(change.old.1 - 1) == after.get(change.new.1 - 1)
    {
        change.old.1 -= 1;
        change.new.1 -= 1;
    }
    change
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// As in a hunk's head; of no lines, the one before them.
fn range(from: usize, to: usize) -> String {
    match to - from {
        0 => format!("{from},0"),
        1 => format!("{}", from + 1),
        many => format!("{},{many}", from + 1),
    }
}

fn section(text: &mut String, mark: char, lines: Option<&[&str]>) {
    for line in lines.unwrap_or_default() {
        text.push(mark);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, unified};

    fn at(old: (usize, usize), new: (usize, usize)) -> Change {
        Change { old, new }
    }

    #[test]
    fn changes_far_apart_have_hunks_of_their_own() {
        let old: String = (1..=20).map(|number| format!("{number}\n")).collect();
        let new = old.replace("\n2\n", "\ntwo\n").replace("\n18\n", "\n18\n18½\n");
        let patch = unified("a.sql", &old, &new, &[at((1, 2), (1, 2)), at((17, 18), (17, 19))]);
        assert_eq!(
            patch,
            "--- a.sql\n+++ a.sql\n@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n@@ -16,5 +16,6 @@\n 16\n 17\n 18\n+18½\n 19\n 20\n"
        );
        let near = old.replace("\n2\n", "\ntwo\n").replace("\n5\n", "\n");
        let patch = unified("a.sql", &old, &near, &[at((1, 2), (1, 2)), at((4, 5), (4, 4))]);
        assert_eq!(patch, "--- a.sql\n+++ a.sql\n@@ -1,8 +1,7 @@\n 1\n-2\n+two\n 3\n 4\n-5\n 6\n 7\n 8\n");
        assert_eq!(
            unified("a", "x\ny", "x\nz", &[at((1, 2), (1, 2))]),
            "--- a\n+++ a\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n\\ No newline at end of file\n"
        );
        assert_eq!(unified("a", "x", "x", &[at((0, 1), (0, 1))]), "");
    }
}
