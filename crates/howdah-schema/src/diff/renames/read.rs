//! Finds directives in SQL files, and what they stand beside.

use super::directive::{Directive, DirectiveError, OldName, Target};
use super::statement::{Created, Parts, created, part};
use super::token::{Token, elements, significant, unquoted};
use crate::sql::split::{TokenKind, statements, tokens};
use std::ops::Range;

const KEY: &str = "renamed-from";
const BESIDE_NOTHING: &str = "this renamed-from stands beside nothing that was renamed. Put it on the line directly above what has the new name (a CREATE statement, a column, a named constraint, an enum's label) or at the end of its line, or take it away";

/// The directives of some files, given as name and text, and what is wrong with others. A text that is no SQL has none.
pub fn read(files: &[(&str, &str)]) -> (Vec<Directive>, Vec<DirectiveError>) {
    let (mut directives, mut errors) = (Vec::new(), Vec::new());
    for (file, text) in files {
        // Most files have none, and need not be cut into tokens.
        if !text.to_ascii_lowercase().contains("rename") {
            continue;
        }
        let reader = File::new(text);
        for note in notes(text) {
            let found = note.old.clone().and_then(|old| {
                let target = reader.beside(&note).map_err(str::to_owned)?;
                Ok((old_name(&old, &target)?, target))
            });
            let (file, line) = ((*file).to_owned(), note.line);
            match found {
                Ok((old, target)) => directives.push(Directive { file, line, target, old }),
                Err(message) => errors.push(DirectiveError { file, line, message }),
            }
        }
    }
    (directives, errors)
}

/// A comment that says what the old name was, or that tries to.
struct Note {
    /// The comment.
    span: Range<usize>,
    /// Of the directive, from 1.
    line: usize,
    /// What stands after the key, or what is wrong with it.
    old: Result<String, String>,
}

fn notes(text: &str) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut line = 1;
    for token in tokens(text) {
        let piece = &text[token.span.clone()];
        let comment = piece
            .strip_prefix("--")
            .or_else(|| piece.strip_prefix("/*").map(|inner| inner.strip_suffix("*/").unwrap_or(inner)));
        if let Some(comment) = comment.filter(|_| token.kind == TokenKind::Blank) {
            for (offset, words) in comment.lines().enumerate() {
                if let Some(old) = directive(words) {
                    notes.push(Note { span: token.span.clone(), line: line + offset, old });
                }
            }
        }
        line += piece.matches('\n').count();
    }
    notes
}

/// What stands after `renamed-from:`; an error for what comes so near to it that nothing else can be meant.
fn directive(line: &str) -> Option<Result<String, String>> {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '@')).trim_end();
    let end = line.find(|c: char| !c.is_ascii_alphabetic() && c != '-' && c != '_').unwrap_or(line.len());
    let (key, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let misspelt = ["renamed_from", "rename-from", "rename_from", "renamedfrom"];
    if key.eq_ignore_ascii_case(KEY) {
        return Some(match rest.strip_prefix(':').map(str::trim) {
            Some("") => Err("renamed-from without a name. Write -- renamed-from: old_name".to_owned()),
            Some(old) => Ok(old.to_owned()),
            None => Err(format!("renamed-from without a colon. Write -- renamed-from: {rest}")),
        });
    }
    let old = rest.strip_prefix(':')?.trim();
    let meant = misspelt.iter().any(|wrong| key.eq_ignore_ascii_case(wrong));
    meant.then(|| Err(format!("`{key}` is no directive. Write -- renamed-from: {old}")))
}

/// Reads the old name as SQL would read it; that of a label as it stands, in single quotes or without.
fn old_name(text: &str, target: &Target) -> Result<OldName, String> {
    if matches!(target, Target::EnumValue(..)) {
        let name = unquoted(text, '\'').unwrap_or_else(|| text.to_owned());
        return Ok(OldName { schema: None, name, arguments: None });
    }
    let text = text.trim_end_matches(';').trim_end();
    let unreadable = || {
        format!(
            "`{text}` is no name. Write -- renamed-from: old_name, with double quotes around a name that is not plain lower case"
        )
    };
    let tokens: Vec<Token<'_>> = significant(text).collect();
    let mut rest = tokens.as_slice();
    let mut names = Vec::new();
    loop {
        let Some((name, after)) = rest.split_first().and_then(|(first, after)| Some((first.name()?, after))) else {
            return Err(unreadable());
        };
        names.push(name);
        rest = after;
        match rest.split_first() {
            Some((dot, after)) if dot.is_symbol(".") => rest = after,
            _ => break,
        }
    }
    let arguments = match rest {
        [] => None,
        [open, .., close] if open.is_symbol("(") && close.is_symbol(")") => {
            Some(text[open.span.end..close.span.start].trim().to_owned())
        }
        _ => return Err(unreadable()),
    };
    if arguments.is_some() && !matches!(target, Target::Function(..) | Target::Aggregate(..)) {
        return Err(format!("a {} has no arguments. Write -- renamed-from: {}", target.kind(), names.join(".")));
    }
    let name = names.pop().unwrap_or_default();
    let schema = names.pop();
    let movable = target.qualified().is_some() || matches!(target, Target::Index(_));
    if !names.is_empty() || (schema.is_some() && !movable) {
        return Err(format!(
            "the old name of a {} is given without what it is in. Write -- renamed-from: {name}",
            target.kind()
        ));
    }
    Ok(OldName { schema, name, arguments })
}

/// A file's tokens and statements.
struct File<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    /// Ranges of tokens.
    statements: Vec<Range<usize>>,
}

/// A token, and from which side a directive is seen there.
#[derive(Clone, Copy)]
enum Anchor {
    Before(usize),
    After(usize),
}

impl<'a> File<'a> {
    fn new(text: &'a str) -> Self {
        let tokens: Vec<Token<'_>> = significant(text).collect();
        let first = |at: usize| tokens.partition_point(|token| token.span.start < at);
        let statements = statements(text).into_iter().map(|span| first(span.start)..first(span.end)).collect();
        Self { text, tokens, statements }
    }

    fn same_line(&self, from: usize, to: usize) -> bool {
        !self.text[from..to].contains('\n')
    }

    /// The token that a comment belongs to.
    fn anchor(&self, span: &Range<usize>) -> Option<Anchor> {
        let next = self.tokens.partition_point(|token| token.span.start < span.start);
        let followed = self.tokens.get(next);
        let beside = followed
            .is_some_and(|token| !self.text[..span.end].ends_with('\n') && self.same_line(span.end, token.span.start));
        if let Some(previous) = next.checked_sub(1)
            && self.same_line(self.tokens[previous].span.end, span.start)
        {
            let opens = matches!(self.tokens[previous].text, "," | "(" | ";");
            return Some(if opens && beside { Anchor::Before(next) } else { Anchor::After(previous) });
        }
        let gap = &self.text[span.end..followed?.span.start];
        // What follows the comment on its own line is not a line by itself, nor is what stands before the token.
        let inline = usize::from(!self.text[..span.end].ends_with('\n'));
        let lines: Vec<&str> = gap.split('\n').collect();
        let whole = lines.get(inline..lines.len() - 1).unwrap_or_default();
        let blank = whole.iter().any(|line| line.trim().is_empty());
        (!blank).then_some(Anchor::Before(next))
    }

    fn beside(&self, note: &Note) -> Result<Target, &'static str> {
        let anchor = self.anchor(&note.span).ok_or(BESIDE_NOTHING)?;
        let (Anchor::Before(at) | Anchor::After(at)) = anchor;
        // That of a semicolon is the one that it ends.
        let after = self.statements.partition_point(|statement| statement.start <= at);
        let statement = after.checked_sub(1).map(|index| self.statements[index].clone()).ok_or(BESIDE_NOTHING)?;
        let tokens = &self.tokens[statement.clone()];
        let created = created(self.text, tokens).ok_or(BESIDE_NOTHING)?;
        let anchor = match anchor {
            Anchor::Before(at) if at >= statement.end => return Err(BESIDE_NOTHING),
            Anchor::Before(at) => Anchor::Before(at - statement.start),
            Anchor::After(at) => Anchor::After(at.min(statement.end - 1) - statement.start),
        };
        self.within(&created, tokens, anchor)
    }

    fn within(&self, created: &Created, tokens: &[Token<'_>], anchor: Anchor) -> Result<Target, &'static str> {
        if let Some(check) = self.domain_check(created, tokens, anchor) {
            return Ok(check);
        }
        let whole = || match (&created.object, &created.parts) {
            (Some(object), _) => Ok(object.clone()),
            (None, Some((parts, list))) => match elements(tokens, list).as_slice() {
                [only] => part(parts, &tokens[only.clone()]),
                _ => Err(
                    "it stands beside a statement that does several things. Put it directly above, or at the end of the line of, the one that it is about",
                ),
            },
            (None, None) => Err(BESIDE_NOTHING),
        };
        let at = match anchor {
            Anchor::Before(0) => return whole(),
            Anchor::Before(at) | Anchor::After(at) => at,
        };
        let is_end = matches!(anchor, Anchor::After(_)) && at + 1 == tokens.len();
        let first_line = self.same_line(tokens[0].span.start, tokens[at].span.start);
        if first_line && matches!(created.parts, Some((Parts::ViewColumns(_), _))) {
            return whole();
        }
        if let Some((parts, list)) = &created.parts
            && (list.contains(&at) || (matches!(anchor, Anchor::Before(_)) && at == list.end))
            // Of ALTER the list is the whole rest.
            && !(is_end && created.object.is_some())
        {
            return self.element(parts, list, tokens, anchor);
        }
        if at <= created.head || is_end || first_line { whole() } else { Err(BESIDE_NOTHING) }
    }

    fn element(
        &self,
        parts: &Parts,
        list: &Range<usize>,
        tokens: &[Token<'_>],
        anchor: Anchor,
    ) -> Result<Target, &'static str> {
        let elements = elements(tokens, list);
        // A comma belongs to what stands before it when it ends a line, and to what follows when it begins one.
        let found = match anchor {
            Anchor::After(at) => elements.iter().rev().find(|element| element.start <= at),
            Anchor::Before(at) => elements.iter().find(|element| at < element.end),
        };
        let element = found.ok_or(BESIDE_NOTHING)?;
        let inner = match anchor {
            Anchor::Before(at) if at > element.start => Some(at),
            Anchor::After(at) => {
                self.line_start(tokens, at.min(element.end - 1)).filter(|start| *start > element.start)
            }
            Anchor::Before(_) => None,
        };
        // A column's own constraint, on a line of its own.
        if let Some(at) = inner.filter(|at| tokens[*at].is_word("CONSTRAINT"))
            && matches!(parts, Parts::Table(_) | Parts::AlterTable(_))
        {
            return part(&without_alter(parts), &tokens[at..element.end]);
        }
        part(parts, &tokens[element.clone()])
    }

    /// The first token on the line of a token.
    fn line_start(&self, tokens: &[Token<'_>], at: usize) -> Option<usize> {
        (0..=at).find(|first| self.same_line(tokens[*first].span.start, tokens[at].span.start))
    }

    /// CREATE DOMAIN has its checks without parentheses around them all.
    fn domain_check(&self, created: &Created, tokens: &[Token<'_>], anchor: Anchor) -> Option<Target> {
        let Some(Target::Type(domain)) = &created.object else { return None };
        if !tokens.get(1).is_some_and(|token| token.is_word("DOMAIN")) {
            return None;
        }
        let start = match anchor {
            Anchor::Before(at) => at,
            Anchor::After(at) => self.line_start(tokens, at)?,
        };
        let name = tokens.get(start).filter(|token| token.is_word("CONSTRAINT")).and(tokens.get(start + 1))?.name()?;
        Some(Target::DomainConstraint(domain.clone(), name))
    }
}

/// A column's constraint in ALTER TABLE … ADD COLUMN has no ADD of its own.
fn without_alter(parts: &Parts) -> Parts {
    match parts {
        Parts::AlterTable(table) => Parts::Table(table.clone()),
        parts => parts.clone(),
    }
}
