//! Names of Rust for names of PostgreSQL.
//!
//! Names are ASCII here: Rust forbids other letters in the names of files, and warns about many elsewhere. A name that
//! reads as Rust already is left as it is; where two become the same, the one that needed no change keeps it.

use std::collections::{BTreeMap, BTreeSet};

/// Longer names are cut, so that a line of code has a bounded length.
const MAX_CHARS: usize = 60;

/// Words that need `r#` in some edition.
const RAW_WORDS: [&str; 47] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while",
];

/// Those that cannot be names at all, and one that `RAW_WORDS` would make an error in older editions.
const NO_NAMES: [&str; 5] = ["Self", "crate", "self", "super", "yield"];

/// How words become a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Fields, modules, functions.
    Snake,
    /// Types and their variants.
    Camel,
}

/// Hands out names, each once.
#[derive(Debug, Clone)]
pub(super) struct Names {
    case: Case,
    taken: BTreeSet<String>,
}

impl Names {
    /// All but these are free.
    pub(super) fn new(case: Case, reserved: &[&str]) -> Self {
        let taken = reserved.iter().chain(&NO_NAMES).map(|&word| word.to_owned()).collect();
        Self { case, taken }
    }

    /// A free name for this one.
    pub(super) fn take(&mut self, name: &str) -> String {
        let wanted = convert(name, self.case);
        let mut free = wanted.clone();
        let mut number = 2_u32;
        while !self.taken.insert(free.clone()) {
            free = match self.case {
                Case::Snake => format!("{wanted}_{number}"),
                Case::Camel => format!("{wanted}{number}"),
            };
            number += 1;
        }
        free
    }

    /// Names for all of these: first for those that stay as they are, then for the others in their order.
    pub(super) fn take_all<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
        let (same, other): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| convert(name, self.case) == *name);
        same.into_iter().chain(other).map(|name| (name, self.take(name))).collect()
    }
}

/// As it is written in code.
pub(super) fn raw(name: &str) -> String {
    if RAW_WORDS.binary_search(&name).is_ok() { format!("r#{name}") } else { name.to_owned() }
}

fn convert(name: &str, case: Case) -> String {
    let words = words(name);
    let mut converted = match case {
        Case::Snake => words.join("_"),
        Case::Camel => words.iter().map(|word| capitalised(word)).collect(),
    };
    if converted.is_empty() {
        converted = capitalised_if(case, "unnamed");
    } else if converted.starts_with(|c: char| c.is_ascii_digit()) {
        converted.insert(0, if case == Case::Camel { 'N' } else { 'n' });
    }
    converted.truncate(MAX_CHARS);
    converted.truncate(converted.trim_end_matches('_').len());
    converted
}

fn capitalised_if(case: Case, word: &str) -> String {
    if case == Case::Camel { capitalised(word) } else { word.to_owned() }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

/// The words of a name, in lower case: `userID`, `user_id` and `User Id` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = name.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(char::is_ascii_lowercase);
        let begins = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && next_is_lower));
        if begins {
            words.push(String::new());
        }
        before = c;
        let Some(word) = words.last_mut() else { break };
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        } else if c.is_ascii() {
            words.push(String::new());
        } else if let Some(letters) = latin(c) {
            word.push_str(letters);
        } else {
            words.push(format!("u{:x}", u32::from(c)));
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Letters of western Europe in ASCII.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'À'..='Å' | 'à'..='å' => "a",
        'Æ' | 'æ' => "ae",
        'Ç' | 'ç' => "c",
        'È'..='Ë' | 'è'..='ë' => "e",
        'Ì'..='Ï' | 'ì'..='ï' => "i",
        'Ñ' | 'ñ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' => "o",
        'Œ' | 'œ' => "oe",
        'Ù'..='Ü' | 'ù'..='ü' => "u",
        'Ý' | 'ý' | 'ÿ' => "y",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_need_a_prefix_are_sorted() {
        assert!(RAW_WORDS.is_sorted());
    }

    #[test]
    fn names_become_names_of_rust() {
        for (name, snake, camel) in [
            ("tasks", "tasks", "Tasks"),
            ("userID", "user_id", "UserId"),
            ("HTTPServer2", "http_server2", "HttpServer2"),
            ("in progress", "in_progress", "InProgress"),
            ("9 lives", "n9_lives", "N9Lives"),
            ("größe", "grosse", "Grosse"),
            ("😀", "u1f600", "U1f600"),
            ("", "unnamed", "Unnamed"),
            ("--!\"'", "unnamed", "Unnamed"),
            ("__x__", "x", "X"),
            ("self", "self_2", "Self2"),
            ("a\"; drop table b; --", "a_drop_table_b", "ADropTableB"),
        ] {
            assert_eq!(Names::new(Case::Snake, &[]).take(name), snake, "{name}");
            assert_eq!(Names::new(Case::Camel, &[]).take(name), camel, "{name}");
        }
        assert_eq!(raw("type"), "r#type");
        assert_eq!(raw("kind"), "kind");
    }

    #[test]
    fn names_that_meet_are_told_apart_the_same_way_always() {
        let mut names = Names::new(Case::Snake, &["client"]);
        let taken = names.take_all(["A", "a", "a!", "client", "a_2"]);
        let expected = [("A", "a_3"), ("a", "a"), ("a!", "a_4"), ("a_2", "a_2"), ("client", "client_2")];
        assert_eq!(taken, expected.map(|(name, taken)| (name, taken.to_owned())).into());
    }

    #[test]
    fn long_names_are_cut() {
        let mut names = Names::new(Case::Snake, &[]);
        let long = "😀".repeat(15);
        assert!(names.take(&long).len() <= MAX_CHARS && names.take(&long).len() <= MAX_CHARS + 2);
    }
}
