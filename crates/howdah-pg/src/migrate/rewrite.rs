//! Restricting an UPDATE or DELETE to a range of keys.
//!
//! Of the statement only what stands outside of all parentheses is looked at, where each of the words that matter (SET, FROM,
//! USING, WHERE, RETURNING) is a keyword with one meaning, but for `IS DISTINCT FROM`.

use super::directive::Walk;
use super::words::{Name, Words};
use std::ops::Range;

/// A statement taken apart, to be put together again with a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batched {
    /// How the statement calls its table: the alias if it has one.
    pub(super) alias: String,
    /// Whether it says ONLY.
    pub(super) only: bool,
    /// Up to the condition, WHERE left out.
    head: Range<usize>,
    /// The condition.
    condition: Option<Range<usize>>,
    /// RETURNING and what follows.
    tail: Range<usize>,
    /// The columns that it sets.
    sets: Vec<String>,
    /// Where they begin.
    set_at: usize,
}

/// Where in the statement something is wrong, what, and what to do.
type Problem = (usize, (String, String));

impl Batched {
    /// Takes the statement apart.
    ///
    /// # Errors
    /// It is none that can be run in batches, or not one on the table of the directive.
    pub(super) fn of(sql: &str, walk: &Walk) -> Result<Self, Problem> {
        let mut words = Words::of(sql);
        if let Some(at) = unmatched(words.clone()) {
            // Between parentheses of ours, `a) or (b` would become something that the server accepts.
            let message = "a parenthesis does not match".to_owned();
            return Err((at, (message, "Check the SQL".to_owned())));
        }
        let is_update = words.take(&["update"]);
        if !is_update && !words.take(&["delete", "from"]) {
            let message = "a backfill is one UPDATE or DELETE".to_owned();
            let hint = "Write it as one; what WITH would compute can be a subquery in its condition".to_owned();
            return Err((0, (message, hint)));
        }
        let only = words.take(&["only"]);
        let at = words.offset();
        let unreadable =
            |at| (at, ("the table's name is not where it should be".to_owned(), "Check the SQL".to_owned()));
        let Some(Name { text, parts }) = words.name() else { return Err(unreadable(at)) };
        if parts != walk.parts {
            let message = format!("the backfill is of `{}`, and this statement of `{text}`", walk.table);
            return Err((at, (message, "Write the same name in both".to_owned())));
        }
        words.take(&["*"]);
        let mut alias = text.to_owned();
        let explicit = words.take(&["as"]);
        let is_clause = ["set", "using", "where", "returning"].iter().any(|word| words.is(word));
        if (explicit || !is_clause)
            && let Some(name) = words.name()
        {
            alias = name.text.to_owned();
        }
        let mut this = Self {
            alias,
            only,
            head: 0..sql.len(),
            condition: None,
            tail: sql.len()..sql.len(),
            sets: Vec::new(),
            set_at: at,
        };
        if is_update {
            this.set_at = words.offset();
            if !words.take(&["set"]) {
                return Err(unreadable(words.offset()));
            }
            this.sets = assigned(words.clone());
        }
        this.find_clauses(sql, words)?;
        Ok(this)
    }

    fn find_clauses(&mut self, sql: &str, mut words: Words<'_>) -> Result<(), Problem> {
        let mut end = sql.len();
        let mut condition = None;
        let mut before = "";
        while let Some(word) = words.peek() {
            let at = words.offset();
            if word == "(" {
                words.skip_parentheses();
                before = ")";
                continue;
            }
            words.next();
            // After a dot it is the name of a column.
            let is = |keyword: &str| before != "." && word.eq_ignore_ascii_case(keyword);
            if is("where") && condition.is_none() {
                if words.is("current") {
                    let message = "WHERE CURRENT OF cannot be run in batches".to_owned();
                    return Err((at, (message, "Write a condition on columns".to_owned())));
                }
                self.head = 0..at;
                condition = Some(words.offset());
            } else if is("returning") {
                end = at;
                break;
            }
            before = word;
        }
        self.tail = end..sql.len();
        self.condition = condition.map(|start| start..end);
        if condition.is_none() {
            self.head = 0..end;
        }
        Ok(())
    }

    /// Where it sets one of these columns, and which.
    pub(super) fn sets_any<'k>(&self, key: &'k [String]) -> Option<(usize, &'k str)> {
        key.iter().find(|column| self.sets.contains(column)).map(|column| (self.set_at, column.as_str()))
    }

    /// The statement on the rows that `range`, an SQL condition, lets through.
    pub(super) fn within(&self, sql: &str, range: &str) -> Rewritten {
        let mut rewritten = Rewritten::default();
        rewritten.keep(sql, self.head.clone());
        if let Some(condition) = &self.condition {
            rewritten.put(" WHERE (");
            rewritten.keep(sql, condition.clone());
            // A line of its own: the condition may end in a `--` comment.
            rewritten.put(&format!("\n) AND ({range}) "));
        } else {
            rewritten.put(&format!("\n WHERE ({range}) "));
        }
        rewritten.keep(sql, self.tail.clone());
        rewritten
    }
}

/// Where a parenthesis is closed that was not opened, or the end if one is not closed.
fn unmatched(mut words: Words<'_>) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        let at = words.offset();
        match words.next() {
            Some("(") => depth += 1,
            Some(")") => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some(at),
            },
            Some(_) => {}
            None => return (depth > 0).then_some(at),
        }
    }
}

/// The columns that an UPDATE sets; `words` stands after SET.
fn assigned(mut words: Words<'_>) -> Vec<String> {
    let mut columns = Vec::new();
    loop {
        let several = words.take(&["("]);
        while let Some(name) = words.name() {
            columns.extend(name.parts.into_iter().next());
            if !several || !words.take(&[","]) {
                break;
            }
        }
        words.take(&[")"]);
        let mut before = "";
        loop {
            let Some(word) = words.peek() else { return columns };
            let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
            match word {
                "(" => words.skip_parentheses(),
                "[" => skip_brackets(&mut words),
                "," => break,
                _ if is("where") || is("returning") => return columns,
                _ if is("from") && !before.eq_ignore_ascii_case("distinct") => return columns,
                _ => {
                    words.next();
                }
            }
            before = word;
        }
        words.next();
    }
}

fn skip_brackets(words: &mut Words<'_>) {
    let mut depth = 0_usize;
    while let Some(word) = words.next() {
        match word {
            "[" => depth += 1,
            "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// A statement made from another, which knows what of it stood where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rewritten {
    pub(super) sql: String,
    /// Where in the new text a piece of the old begins, how long it is, and where it was.
    pieces: Vec<(usize, usize, usize)>,
}

impl Rewritten {
    fn keep(&mut self, sql: &str, span: Range<usize>) {
        self.pieces.push((self.sql.len(), span.len(), span.start));
        self.sql.push_str(&sql[span]);
    }

    fn put(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// The byte of the old text that a character (1 for the first) of the new one was; where the nearest before it was
    /// if it is none of it.
    pub(super) fn origin(&self, position: u32) -> usize {
        let character = usize::try_from(position.saturating_sub(1)).unwrap_or_default();
        let byte = self.sql.char_indices().nth(character).map_or(self.sql.len(), |(offset, _)| offset);
        let piece = self.pieces.iter().rev().find(|(start, ..)| *start <= byte);
        piece.map_or(0, |(start, length, from)| from + (byte - start).min(*length))
    }
}
