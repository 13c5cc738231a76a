//! Whether a statement is small enough for the parser, which recurses: its depth must not decide about our stack.
//!
//! How deep a text can nest is bounded by its tokens alone. What follows a comma is a sibling of what came before it, so
//! only the tokens since the last comma count, at every level of parentheses; a chain of operators nests as deep as it
//! is long. Written SQL stays far below the limit, and [`with_stack`] has room for what is just below it.

use crate::sql::split::{TokenKind, tokens};

/// Tokens that can stand in one branch of the tree.
const MAX_BRANCH: usize = 3_000;
/// Parentheses and brackets within each other: the parser looks ahead at each, so time grows with the square.
const MAX_LEVELS: usize = 200;
/// CASE and BEGIN ATOMIC within each other: commas and semicolons do not end those.
const MAX_BLOCKS: usize = 100;
/// Bytes. The parser takes less than 10 kB for a level in a debug build; only what is used becomes memory.
const STACK: usize = 128 << 20;

/// Runs `read` where it may recurse; `None` if the system has no thread for it.
pub(super) fn with_stack<T: Send>(read: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("hazards".to_owned()).stack_size(STACK);
        thread.spawn_scoped(scope, read).ok()?.join().ok()
    })
}

/// Whether the parser must not see it.
pub(super) fn is_too_deep(sql: &str) -> bool {
    // Tokens since the last comma, by level; their sum bounds the depth.
    let mut levels = vec![0_usize];
    let (mut branch, mut blocks) = (0_usize, 0_usize);
    for token in tokens(sql) {
        if token.kind == TokenKind::Blank {
            continue;
        }
        let text = &sql[token.span.clone()];
        let is = |word: &str| token.kind == TokenKind::Word && text.eq_ignore_ascii_case(word);
        if let Some(level) = levels.last_mut() {
            *level += 1;
            branch += 1;
        }
        match text {
            "(" | "[" => levels.push(0),
            ")" | "]" if levels.len() > 1 => branch -= levels.pop().unwrap_or(0),
            "," | ";" => branch -= levels.last_mut().map_or(0, std::mem::take),
            _ if is("case") || is("atomic") => blocks += 1,
            _ if is("end") => blocks = blocks.saturating_sub(1),
            _ => {}
        }
        if branch > MAX_BRANCH || levels.len() > MAX_LEVELS || blocks > MAX_BLOCKS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_nests_without_end() {
        for part in ["(", "not ", "- ", "-(", "explain ", "case when ", "+1", "a[", " union select 1", "+(1,2)", "f(1,"]
        {
            assert!(is_too_deep(&format!("select 1 {}", part.repeat(50_000))), "{part}");
        }
    }

    #[test]
    fn takes_what_is_only_long() {
        assert!(!is_too_deep(&format!("insert into a values {}", "(1, 'x', f(2)), ".repeat(50_000))));
        assert!(!is_too_deep(&format!("select {} 1", "case when a then b else c end, ".repeat(5_000))));
    }
}
