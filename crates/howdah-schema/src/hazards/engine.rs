//! Runs the rules over the statements, in order.

use super::context::{Context, weigh};
use super::seen::Seen;
use super::statement::{Statement, Within};
use super::{locks, read, rules};
use crate::QualifiedName;
use crate::findings::suppress::{self, Judged};
use crate::findings::text::{Text, finding};
use crate::findings::{Class, Finding, Level, Report, Rule, Source};
use std::ops::Range;

/// A rule, and how it looks at a statement.
pub(super) struct Check {
    pub(super) rule: Rule,
    /// Also asked about statements in function bodies, which do not run now.
    pub(super) in_routines: bool,
    pub(super) check: fn(&Statement, &mut Out<'_, '_>),
}

/// What a rule knows, and where it reports.
pub(super) struct Out<'s, 'a> {
    pub(super) seen: &'s Seen<'a>,
    text: &'s Text<'s>,
    rule: &'s Rule,
    found: &'s mut Vec<Finding>,
}

impl Out<'_, '_> {
    /// The statement as written.
    pub(super) fn text(&self, span: &Range<usize>) -> &str {
        self.text.source.text.get(span.clone()).unwrap_or_default()
    }

    /// A finding whatever the size of any table.
    pub(super) fn plain(&mut self, span: &Range<usize>, object: Option<String>, message: String, fix: &str) {
        self.push(span, object, None, self.rule.level, message, fix);
    }

    /// A finding that says how many rows it is about.
    pub(super) fn counted(
        &mut self,
        span: &Range<usize>,
        at: (&QualifiedName, Option<&str>),
        message: &str,
        fix: &str,
    ) {
        let size = self.seen.size(at.0);
        self.push_on(span, at, size.map(|size| size.rows), self.rule.level, message, fix);
    }

    /// A finding that weighs as much as the table is large: nothing on a small one.
    pub(super) fn weighed(
        &mut self,
        span: &Range<usize>,
        at: (&QualifiedName, Option<&str>),
        message: &str,
        fix: &str,
    ) {
        let size = self.seen.size(at.0);
        if let Some(level) = weigh(self.rule.level, size) {
            self.push_on(span, at, size.map(|size| size.rows), level, message, fix);
        }
    }

    fn push_on(
        &mut self,
        span: &Range<usize>,
        (table, column): (&QualifiedName, Option<&str>),
        rows: Option<u64>,
        level: Level,
        message: &str,
        fix: &str,
    ) {
        let object = match column {
            Some(column) => format!("{table}.{}", crate::Ident::new(column)),
            None => table.to_string(),
        };
        let message = match rows {
            Some(rows) => format!("{message}: {table} has {}", count(rows)),
            None => message.to_owned(),
        };
        self.push(span, Some(object), rows, level, message, fix);
    }

    fn push(
        &mut self,
        span: &Range<usize>,
        object: Option<String>,
        rows: Option<u64>,
        level: Level,
        message: String,
        fix: &str,
    ) {
        let found = finding(self.text, self.rule, span.clone(), object, message, fix.to_owned());
        self.found.push(Finding { level, rows, ..found });
    }
}

/// `1 row`, `2,400,000 rows`.
fn count(rows: u64) -> String {
    let digits = rows.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} row{}", if rows == 1 { "" } else { "s" })
}

/// Judges `files` as one migration, in their order. See the module.
pub fn check(files: &[Source<'_>], context: &Context<'_>) -> Report {
    let texts: Vec<Text<'_>> = files.iter().map(Text::new).collect();
    let (found, read) = judge(&texts, context);
    let judged: Vec<Judged<'_>> = texts
        .iter()
        .zip(&read)
        .map(|(text, file)| Judged {
            text,
            statements: file.statements.iter().map(|statement| statement.span.clone()).collect(),
            directives: &file.directives,
        })
        .collect();
    let mut report = suppress::apply(&judged, rules(), found);
    report.sort(files);
    report
}

/// Every finding, suppressed or not, and what was read.
fn judge(files: &[Text<'_>], context: &Context<'_>) -> (Vec<Finding>, Vec<read::File>) {
    let read = read_all(files, context.transaction);
    let mut seen = Seen::new(context);
    seen.foretell(read.iter().flat_map(|file| &file.statements));
    let mut found = Vec::new();
    for (text, file) in files.iter().zip(&read) {
        seen.enter_file();
        for statement in &file.statements {
            for check in rules::ALL {
                if statement.within == Within::Routine && !check.in_routines {
                    continue;
                }
                let mut out = Out { seen: &seen, text, rule: &check.rule, found: &mut found };
                (check.check)(statement, &mut out);
            }
            seen.apply(statement);
        }
        rules::uncommitted_transaction::at_end(text, file, &mut found);
    }
    (found, read)
}

fn read_all(files: &[Text<'_>], transaction: bool) -> Vec<read::File> {
    let mut first = 0;
    let mut read = Vec::with_capacity(files.len());
    for text in files {
        let file = read::read(text.source.text, transaction, first);
        first = file.statements.iter().map(|statement| statement.transaction + 1).max().unwrap_or(first);
        read.push(file);
    }
    read
}

/// What the text destroys: its findings of class [`Class::DataLoss`], whatever a directive allows. What a function
/// would destroy if somebody called it is not among them.
pub fn is_destructive(sql: &str, context: &Context<'_>) -> Vec<Finding> {
    let source = Source { name: "", text: sql };
    let (mut found, read) = judge(&[Text::new(&source)], context);
    let in_routine = |finding: &Finding| {
        let mut routines = read.iter().flat_map(|file| &file.statements).filter(|it| it.within == Within::Routine);
        let span = finding.place.as_ref().map_or(0..0, |place| place.span.clone());
        routines.any(|statement| statement.span.start <= span.start && span.end <= statement.span.end)
    };
    found.retain(|finding| finding.class == Class::DataLoss && !in_routine(finding));
    found
}

/// A lock that a statement takes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Effect {
    /// The bytes of the statement.
    pub statement: Range<usize>,
    /// The table, view or index.
    pub relation: QualifiedName,
    /// What it was called before the text that the statement stands in.
    pub before: QualifiedName,
    /// The strongest lock on it.
    pub lock: super::LockMode,
    /// The work done while the statement holds it.
    pub work: super::Work,
}

/// The locks of each statement of `sql` on relations that the text itself did not make, in order; a statement that takes
/// none has none. Statements in DO blocks count, those in functions do not.
pub fn statement_effects(sql: &str, context: &Context<'_>) -> Vec<Effect> {
    Effects::new(context).of(sql, context.transaction)
}

/// The locks of statements that come one after another: what those before have made is nobody else's, and what they have
/// renamed is what it was.
#[derive(Debug)]
pub struct Effects<'a> {
    seen: Seen<'a>,
    /// How many transactions there have been.
    transactions: u32,
}

impl<'a> Effects<'a> {
    /// Before the first statement.
    pub fn new(context: &'a Context<'a>) -> Self {
        Self { seen: Seen::new(context), transactions: 0 }
    }

    /// Those of the next statements, see [`statement_effects`]. `transaction`: they are run in one.
    pub fn of(&mut self, sql: &str, transaction: bool) -> Vec<Effect> {
        let file = read::read(sql, transaction, self.transactions);
        let mut effects = Vec::new();
        for statement in &file.statements {
            if statement.within != Within::Routine {
                effects.extend(locks::of(statement, &self.seen).into_iter().map(|taken| Effect {
                    statement: statement.span.clone(),
                    before: self.seen.before(&taken.relation),
                    relation: taken.relation,
                    lock: taken.lock,
                    work: taken.work,
                }));
            }
            self.seen.apply(statement);
            self.transactions = statement.transaction + 1;
        }
        effects
    }

    /// What a table, view or type was called before the statements so far.
    pub fn before(&self, name: &QualifiedName) -> QualifiedName {
        self.seen.before(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        for (rows, text) in
            [(0, "0 rows"), (1, "1 row"), (999, "999 rows"), (1_000, "1,000 rows"), (2_400_000, "2,400,000 rows")]
        {
            assert_eq!(count(rows), text);
        }
    }
}
