//! Which columns `BEFORE` triggers may set: what they are given is not what is checked.
//!
//! Only functions in PL/pgSQL can be looked into, and only for what such a function can do to its row: `new.column := …`,
//! `INTO new.column`, or another row in its place. Whatever else could set a column counts as setting all of them.

use crate::catalog::{Catalog, FunctionKind, Table, TriggerEnabled, TriggerLevel, TriggerTiming};
use crate::sql::split::{TokenKind, tokens};
use std::collections::BTreeSet;

/// What the triggers of an event may set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// These columns and no others.
    Columns(BTreeSet<String>),
    /// Nobody knows.
    All,
}

impl Touched {
    /// Whether a column may be set.
    pub fn holds(&self, column: &str) -> bool {
        match self {
            Self::Columns(columns) => columns.contains(column),
            Self::All => true,
        }
    }

    /// Whether a column is known to be set, if maybe not each time.
    pub fn surely_holds(&self, column: &str) -> bool {
        matches!(self, Self::Columns(columns) if columns.contains(column))
    }
}

/// The events that have rows to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowEvent {
    /// A new row.
    Insert,
    /// A changed row.
    Update,
}

/// What the triggers of a table may set before its row is checked.
pub fn touched(catalog: &Catalog, table: &Table, event: RowEvent) -> Touched {
    let mut columns = BTreeSet::new();
    let triggers = table.triggers.values().filter(|trigger| {
        let fires = match event {
            RowEvent::Insert => trigger.on_insert,
            RowEvent::Update => trigger.on_update,
        };
        fires
            && trigger.timing == TriggerTiming::Before
            && trigger.level == TriggerLevel::Row
            && !matches!(trigger.enabled, TriggerEnabled::Disabled | TriggerEnabled::Replica)
    });
    for trigger in triggers {
        let functions = catalog.overloads(&trigger.function.schema, &trigger.function.name);
        // A trigger's function has no arguments in SQL's sense, so there is one of its name.
        let found = functions
            .filter(|function| function.kind == FunctionKind::Function && function.arguments.is_empty())
            .find(|function| function.language == "plpgsql");
        match found.and_then(|function| assigned(&function.body)) {
            Some(found) => columns.extend(found),
            None => return Touched::All,
        }
    }
    Touched::Columns(columns)
}

/// The columns of `new` that a body in PL/pgSQL sets; `None` if that cannot be told.
fn assigned(body: &str) -> Option<BTreeSet<String>> {
    let words: Vec<Word<'_>> = tokens(body)
        .filter(|token| token.kind != TokenKind::Blank)
        .filter_map(|token| Some(Word { kind: token.kind, text: body.get(token.span)? }))
        .collect();
    let mut columns = BTreeSet::new();
    let at = |index: usize| words.get(index);
    // Where a RETURN ends that is read already: what follows THEN in it begins no statement.
    let mut read = 0;
    for (index, word) in words.iter().enumerate() {
        if index < read {
            continue;
        }
        let next = |offset: usize| at(index + offset);
        let before = |offset: usize| index.checked_sub(offset).and_then(at);
        // The end of a label, `<<here>>`.
        let label = [1, 2].into_iter().all(|offset| before(offset).is_some_and(|word| word.is_symbol(">")));
        let begins_statement = index == 0 || label || before(1).is_some_and(Word::ends_before_a_statement);
        if word.is("new") && begins_statement {
            // `new := …`, `new.a[1] := …`, `new.a.b := …` and whatever else begins so.
            if !next(1)?.is_symbol(".") {
                return None;
            }
            let column = next(2)?.name()?;
            let assigns = next(3)?.is_symbol("=") || (next(3)?.is_symbol(":") && next(4)?.is_symbol("="));
            if !assigns {
                return None;
            }
            columns.insert(column);
        } else if word.is("into") {
            columns.extend(targets(words.get(index + 1..)?)?);
        } else if word.is("alias") || word.is("call") || word.is("diagnostics") || word.is("fetch") {
            return None;
        } else if word.is("return") {
            let end = words.get(index..)?.iter().position(|word| word.is_symbol(";"))?;
            let result = words.get(index + 1..index + end)?;
            if result.is_empty() || !result.iter().all(Word::is_of_a_known_row) {
                return None;
            }
            read = index + end;
        } else if (word.is("for") || word.is("foreach")) && next(1).is_some_and(|next| next.is("new")) {
            return None;
        }
    }
    Some(columns)
}

/// The columns of `new` among the targets of an INTO.
fn targets(words: &[Word<'_>]) -> Option<BTreeSet<String>> {
    let mut columns = BTreeSet::new();
    let mut words = words.iter();
    let mut target = words.next()?;
    if target.is("strict") {
        target = words.next()?;
    }
    loop {
        let name = target.name()?;
        let mut after = words.next()?;
        if after.is_symbol(".") {
            let column = words.next()?.name()?;
            after = words.next()?;
            // `insert into public.new (…)` has a table of another name before its dot.
            if name == "new" {
                columns.insert(column);
            }
        } else if name == "new" {
            return None;
        }
        if !after.is_symbol(",") {
            return Some(columns);
        }
        target = words.next()?;
    }
}

struct Word<'a> {
    kind: TokenKind,
    text: &'a str,
}

impl Word<'_> {
    fn is(&self, word: &str) -> bool {
        (self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word))
            || self.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) == Some(word)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    fn name(&self) -> Option<String> {
        if self.kind == TokenKind::Word {
            return Some(self.text.to_ascii_lowercase());
        }
        let inner = self.text.strip_prefix('"')?.strip_suffix('"')?;
        Some(inner.replace("\"\"", "\""))
    }

    /// `new`, `old`, `null`, and what chooses between them: `coalesce(new, old)`, `case when tg_op = 'DELETE' then old else new end`.
    fn is_of_a_known_row(&self) -> bool {
        let words = ["new", "old", "null", "coalesce", "case", "when", "then", "else", "end", "tg_op"];
        words.into_iter().any(|word| self.is(word))
            || matches!(self.text, "(" | ")" | "," | "=")
            || (self.kind == TokenKind::Quoted && self.text.starts_with('\''))
    }

    /// Whether a statement may begin after it.
    fn ends_before_a_statement(&self) -> bool {
        self.is_symbol(";") || ["begin", "then", "else", "loop"].into_iter().any(|word| self.is(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: Option<&[&str]>) {
        let found = assigned(body);
        let expected = expected.map(|columns| columns.iter().map(ToString::to_string).collect());
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn what_a_body_sets() {
        check("begin new.a := 1; NEW.B = new.c; return new; end", Some(&["a", "b"]));
        check("begin if new.a = old.a then new.\"X y\" := 2; end if; return null; end", Some(&["X y"]));
        check("begin select sum(i) into new.total from t; return new; end", Some(&["total"]));
        check("declare n int; begin select 1, 2 into strict n, new.b from t; return new; end", Some(&["b"]));
        check("begin insert into public.log (a) values (new.a); return new; end", Some(&[]));
        check("begin return coalesce(new, old); end", Some(&[]));
        check("begin return case when tg_op = 'DELETE' then old else new end; end", Some(&[]));
        check("begin <<here>> new.a := 1; return new; end", Some(&["a"]));
        check("begin if new.a > new.b then raise exception 'no'; end if; return new; end", Some(&[]));
    }

    #[test]
    fn what_cannot_be_told() {
        for body in [
            "begin new := jsonb_populate_record(new, '{}'); return new; end",
            "begin select * into new from t; return new; end",
            "begin return other; end",
            "begin return row(1, 2); end",
            "begin return; end",
            "begin return new.other; end",
            "declare n alias for new; begin n.a := 1; return new; end",
            "begin call fix(new.a); return new; end",
            "begin new.a[1] := 2; return new; end",
            "begin get diagnostics new.n = row_count; return new; end",
            "begin for new in select * from t loop end loop; return old; end",
        ] {
            check(body, None);
        }
    }
}
