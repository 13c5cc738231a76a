//! A migration file as what is run together: its directives, sections and statements.

use super::classify;
use super::directive::{self, Directive, Reversal, Squashed, Walk};
use super::rewrite::Batched;
use crate::script::split::{TokenKind, statements, tokens};
use crate::script::{self, ScriptProblem, SqlFile, SqlScriptError};
use std::ops::Range;

/// A file's sections, and what stands at its head.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// In the order they are run; none is empty.
    pub sections: Vec<Section>,
    /// `-- howdah:down`: the worst that is said.
    pub reversal: Option<Reversal>,
    /// Why, as far as it is said.
    pub reversal_reasons: Vec<String>,
    /// `-- howdah:destructive` is there.
    pub is_destructive: bool,
    /// What it destroys, as far as it is said.
    pub destroys: Vec<String>,
    /// `-- howdah:squashes`: the migrations that this one replaces.
    pub squashes: Vec<Squashed>,
}

/// What is run together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// How.
    pub kind: SectionKind,
    /// The bytes of the file's text that each statement covers.
    pub statements: Vec<Range<usize>>,
    /// The line of its first statement, 1 for the first of the file.
    pub line: u32,
}

/// How a section is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SectionKind {
    /// All statements in one transaction.
    Transaction,
    /// Each statement on its own.
    NoTransaction,
    /// Its one statement in batches of rows.
    Backfill(Box<Backfill>),
}

/// A statement that is run in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    /// How it goes through the table.
    pub walk: Walk,
    pub(super) batched: Batched,
    /// Where the directive is.
    pub(super) at: usize,
}

impl Script {
    /// Reads a file.
    ///
    /// # Errors
    /// What it may not hold, at its place.
    pub fn read(file: &SqlFile) -> Result<Self, SqlScriptError> {
        script::check(file)?;
        let text = &file.text;
        let wrong = |at, (message, hint)| file.error(at, ScriptProblem::Directive { message, hint });
        let mut script = Self::default();
        let mut statements = statements(text).into_iter().peekable();
        let mut open = Open::default();
        for token in tokens(text).filter(|token| token.kind == TokenKind::Blank) {
            let comment = &text[token.span.clone()];
            let at = token.span.start;
            // Statements that are over here belong to the section so far.
            while let Some(statement) = statements.next_if(|statement| statement.end <= at) {
                open.add(&mut script, file, statement)?;
            }
            if statements.peek().is_some_and(|statement| statement.start < at) {
                if directive::is_one(comment) {
                    let message = format!("`{}` stands within a statement", comment.trim());
                    return Err(wrong(at, (message, "End the statement before it with `;`".to_owned())));
                }
                continue;
            }
            let Some(found) = directive::read(comment) else { continue };
            let found = found.map_err(|problem| wrong(at, problem))?;
            if script.follow(&mut open, found, at) {
                continue;
            }
            let message = format!("`{}` stands after a statement or a section", comment.trim());
            return Err(wrong(at, (message, "Put it at the top of the file".to_owned())));
        }
        for statement in statements {
            open.add(&mut script, file, statement)?;
        }
        if let Kind::Backfill(_, at) = open.kind {
            let message = "`howdah:backfill` has no statement after it".to_owned();
            return Err(wrong(at, (message, "Write the UPDATE or DELETE, ended with `;`".to_owned())));
        }
        open.close(&mut script);
        Ok(script)
    }

    /// Whether all of it is one transaction.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.sections.as_slice(), [] | [Section { kind: SectionKind::Transaction, .. }])
    }

    /// How many statements it has.
    pub fn len(&self) -> usize {
        self.sections.iter().map(|section| section.statements.len()).sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// How many statements come before a section's first.
    pub(super) fn before(&self, section: usize) -> usize {
        self.sections.iter().take(section).map(|section| section.statements.len()).sum()
    }

    /// Does what a directive says; false if it stands too late for that.
    fn follow(&mut self, open: &mut Open, directive: Directive, at: usize) -> bool {
        let at_head = self.sections.is_empty() && open.statements.is_empty() && !open.is_marked;
        match directive {
            // A backfill that never got its statement stays open, and is then told of.
            Directive::Transaction | Directive::NoTransaction | Directive::Backfill(_)
                if matches!(open.kind, Kind::Backfill(..)) => {}
            Directive::Transaction => open.begin(self, Kind::Transaction),
            Directive::NoTransaction => open.begin(self, Kind::NoTransaction),
            Directive::Backfill(walk) => open.begin(self, Kind::Backfill(walk, at)),
            Directive::Down(reversal, why) => {
                self.reversal = self.reversal.max(Some(reversal));
                self.reversal_reasons.extend(why);
                return at_head;
            }
            Directive::Destructive(what) => {
                self.is_destructive = true;
                self.destroys.extend(what);
                return at_head;
            }
            Directive::Squashes(squashed) => {
                self.squashes.push(squashed);
                return at_head;
            }
        }
        true
    }
}

/// The section that is being read.
#[derive(Debug, Default)]
struct Open {
    kind: Kind,
    statements: Vec<Range<usize>>,
    line: u32,
    is_marked: bool,
}

#[derive(Debug, Default)]
enum Kind {
    #[default]
    Transaction,
    NoTransaction,
    Backfill(Walk, usize),
}

impl Open {
    fn begin(&mut self, script: &mut Script, kind: Kind) {
        self.close(script);
        *self = Self { kind, is_marked: true, ..Self::default() };
    }

    fn close(&mut self, script: &mut Script) {
        let statements = std::mem::take(&mut self.statements);
        if statements.is_empty() {
            return;
        }
        let kind = match self.kind {
            Kind::Transaction | Kind::Backfill(..) => SectionKind::Transaction,
            Kind::NoTransaction => SectionKind::NoTransaction,
        };
        script.sections.push(Section { kind, statements, line: self.line });
    }

    fn add(&mut self, script: &mut Script, file: &SqlFile, statement: Range<usize>) -> Result<(), SqlScriptError> {
        let sql = &file.text[statement.clone()];
        let start = statement.start;
        let wrong =
            |offset: usize, (message, hint)| file.error(start + offset, ScriptProblem::Directive { message, hint });
        if self.statements.is_empty() {
            self.line = file.text[..start].matches('\n').count() as u32 + 1;
        }
        match &self.kind {
            Kind::Transaction => {
                if let Some(bare) = classify::known(sql) {
                    let message = format!("{bare} cannot run inside a transaction");
                    let hint = "Put `-- howdah:no-transaction` on a line before it, and `-- howdah:transaction` after";
                    return Err(wrong(0, (message, hint.to_owned())));
                }
            }
            Kind::NoTransaction => classify::check_alone(sql).map_err(|problem| wrong(0, problem))?,
            Kind::Backfill(walk, at) => {
                let batched = Batched::of(sql, walk).map_err(|(offset, problem)| wrong(offset, problem))?;
                let backfill = Backfill { walk: walk.clone(), batched, at: *at };
                let kind = SectionKind::Backfill(Box::new(backfill));
                script.sections.push(Section { kind, statements: vec![statement], line: self.line });
                *self = Self { is_marked: true, ..Self::default() };
                return Ok(());
            }
        }
        self.statements.push(statement);
        Ok(())
    }
}
