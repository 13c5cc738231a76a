//! Regular expressions of PostgreSQL as regular expressions of JavaScript, where both say the same.
//!
//! Both look for a match anywhere, go by code points (JavaScript with the flag `u`), and take `^` and `$` for the ends of
//! the whole text. They differ in the rest, so only a part is translated: literal characters, `.`, brackets, groups,
//! alternatives, anchors and bounds. Whether a quantifier is greedy does not matter to whether there is a match. Back
//! references, constraints such as `\m` and `(?=…)`, embedded options and collating elements are refused.
//!
//! **Classes beyond ASCII.** What counts as a letter or as white space there is a matter of the database's locale, which a
//! catalog does not know. Each class is therefore known for ASCII and left open beyond, and a pattern with a class
//! becomes two: `widest` matches whatever any locale could match, `narrowest` only what all of them do. A client that
//! refuses what even the widest does not match never refuses what the database takes.
//!
//! PostgreSQL's patterns: "POSIX Regular Expressions" in its manual, and `regc_lex.c`, `regc_locale.c` in its source.

/// A pattern of ECMA-262, for the flag `u`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Matches where PostgreSQL's matches under some locale.
    pub widest: String,
    /// Matches where PostgreSQL's matches under every locale.
    pub narrowest: String,
}

impl Pattern {
    /// Whether it says the same under every locale.
    pub fn is_exact(&self) -> bool {
        self.widest == self.narrowest
    }
}

/// The pattern of `~`, or of `~*` if case does not matter; `None` if it holds something that is not carried.
pub fn regular_expression(pattern: &str, ignore_case: bool) -> Option<Pattern> {
    let mut reader = Reader {
        characters: pattern.chars().collect(),
        at: 0,
        depth: 0,
        ignore_case,
        out: Pattern { widest: String::new(), narrowest: String::new() },
    };
    reader.alternatives()?;
    if reader.at < reader.characters.len() {
        return None;
    }
    let mut out = reader.out;
    if out.widest.is_empty() {
        // `//` would begin a comment.
        out = Pattern { widest: "(?:)".to_owned(), narrowest: "(?:)".to_owned() };
    }
    Some(out)
}

/// The pattern of `LIKE`, whose escape character is the backslash; `None` if it ends in one.
pub fn like(pattern: &str) -> Option<Pattern> {
    let mut out = String::from("^");
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '%' => out.push_str("[\\s\\S]*"),
            '_' => out.push_str("[\\s\\S]"),
            '\\' => literal(characters.next()?, &mut out),
            c => literal(c, &mut out),
        }
    }
    out.push('$');
    Some(Pattern { widest: out.clone(), narrowest: out })
}

/// A pattern that matches what begins with this.
pub fn beginning_with(text: &str) -> String {
    let mut out = String::from("^");
    text.chars().for_each(|c| literal(c, &mut out));
    out
}

/// Groups within groups: more than anybody writes.
const DEPTH: usize = 50;

/// PostgreSQL's own limit of a bound.
const MOST: u32 = 255;

struct Reader {
    characters: Vec<char>,
    at: usize,
    depth: usize,
    ignore_case: bool,
    out: Pattern,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn peek_second(&self) -> Option<char> {
        self.characters.get(self.at + 1).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn push(&mut self, text: &str) {
        self.out.widest.push_str(text);
        self.out.narrowest.push_str(text);
    }

    fn alternatives(&mut self) -> Option<()> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        self.branch()?;
        while self.take('|') {
            self.push("|");
            self.branch()?;
        }
        self.depth -= 1;
        Some(())
    }

    fn branch(&mut self) -> Option<()> {
        loop {
            match self.peek() {
                None | Some('|' | ')') => return Some(()),
                Some(c @ ('^' | '$')) => {
                    self.at += 1;
                    self.push(&c.to_string());
                    // Nothing to repeat.
                    if self.is_quantifier() {
                        return None;
                    }
                }
                Some(_) => {
                    self.atom()?;
                    self.quantifier()?;
                }
            }
        }
    }

    fn is_quantifier(&self) -> bool {
        match self.peek() {
            Some('*' | '+' | '?') => true,
            Some('{') => self.peek_second().is_some_and(|c| c.is_ascii_digit()),
            _ => false,
        }
    }

    fn atom(&mut self) -> Option<()> {
        match self.next()? {
            '(' => {
                // What begins with a question mark is a group without a number, or something that is not carried.
                if self.take('?') && !self.take(':') {
                    return None;
                }
                self.push("(?:");
                self.alternatives()?;
                if !self.take(')') {
                    return None;
                }
                self.push(")");
            }
            '.' => self.push("[\\s\\S]"),
            '[' => {
                let set = self.bracket()?;
                self.push_set(&set);
            }
            '\\' => self.escape()?,
            '*' | '+' | '?' => return None,
            // Not before a digit, it is a brace.
            '{' if self.peek().is_some_and(|c| c.is_ascii_digit()) => return None,
            c => self.character(c)?,
        }
        Some(())
    }

    fn character(&mut self, c: char) -> Option<()> {
        if !self.ignore_case || (c.is_ascii() && !c.is_ascii_alphabetic()) {
            let mut text = String::new();
            literal(c, &mut text);
            self.push(&text);
            return Some(());
        }
        let mut set = Set::default();
        set.add(c, c, true)?;
        self.push_set(&set);
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        let c = self.next()?;
        match c {
            'd' | 's' | 'w' | 'D' | 'S' | 'W' => {
                let mut set = Set { negated: c.is_ascii_uppercase(), ..Set::default() };
                set.class(shorthand(c)?, self.ignore_case)?;
                self.push_set(&set);
            }
            c => {
                let c = escaped(c)?;
                self.character(c)?;
            }
        }
        Some(())
    }

    fn quantifier(&mut self) -> Option<()> {
        if !self.is_quantifier() {
            return Some(());
        }
        match self.next()? {
            '{' => {
                let least = self.number()?;
                let most = match (self.take(','), self.peek()) {
                    (false, _) => Some(Some(least)),
                    (true, Some('}')) => Some(None),
                    (true, _) => Some(Some(self.number()?)),
                }?;
                if !self.take('}') || most.is_some_and(|most| most < least) {
                    return None;
                }
                let text = match most {
                    Some(most) if most == least => format!("{{{least}}}"),
                    Some(most) => format!("{{{least},{most}}}"),
                    None => format!("{{{least},}}"),
                };
                self.push(&text);
            }
            c => self.push(&c.to_string()),
        }
        // The reluctant form finds a match where the greedy one does.
        self.take('?');
        if self.is_quantifier() { None } else { Some(()) }
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0_u32;
        let mut digits = 0;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            self.at += 1;
            digits += 1;
            number = number.checked_mul(10)?.checked_add(digit)?;
        }
        (digits > 0 && number <= MOST).then_some(number)
    }

    fn bracket(&mut self) -> Option<Set> {
        let mut set = Set { negated: self.take('^'), ..Set::default() };
        let mut first = true;
        loop {
            let c = self.next()?;
            if c == ']' && !first {
                return Some(set);
            }
            first = false;
            let from = match self.member(c, &mut set)? {
                Some(from) => from,
                // A class; it begins no range.
                None if self.peek() == Some('-') && self.peek_second() != Some(']') => return None,
                None => continue,
            };
            if self.peek() == Some('-') && self.peek_second() != Some(']') {
                self.at += 1;
                let c = self.next()?;
                let to = self.member(c, &mut set)??;
                set.add(from, to, self.ignore_case)?;
            } else {
                set.add(from, from, self.ignore_case)?;
            }
        }
    }

    /// One member of a bracket, whose first character has been read; a class is added at once, and then there is `None`.
    fn member(&mut self, c: char, set: &mut Set) -> Option<Option<char>> {
        match c {
            '[' if matches!(self.peek(), Some('.' | '=')) => None,
            '[' if self.take(':') => {
                let mut name = String::new();
                loop {
                    match self.next()? {
                        ':' => break,
                        c => name.push(c),
                    }
                }
                if !self.take(']') {
                    return None;
                }
                set.class(&name, self.ignore_case)?;
                Some(None)
            }
            '\\' => match self.next()? {
                c @ ('d' | 's' | 'w') => {
                    set.class(shorthand(c)?, self.ignore_case)?;
                    Some(None)
                }
                'D' | 'S' | 'W' => None,
                c => escaped(c).map(Some),
            },
            c => Some(Some(c)),
        }
    }

    fn push_set(&mut self, set: &Set) {
        let (widest, narrowest) = set.written();
        self.out.widest.push_str(&widest);
        self.out.narrowest.push_str(&narrowest);
    }
}

/// The character that an escape means.
fn escaped(c: char) -> Option<char> {
    Some(match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'f' => '\u{c}',
        'v' => '\u{b}',
        // Others mean something else, or nothing.
        c if c.is_alphanumeric() => return None,
        c => c,
    })
}

fn shorthand(c: char) -> Option<&'static str> {
    Some(match c.to_ascii_lowercase() {
        'd' => "digit",
        's' => "space",
        'w' => "word",
        _ => return None,
    })
}

/// What a bracket matches.
#[derive(Debug, Default)]
struct Set {
    negated: bool,
    /// As they stand between the brackets of JavaScript.
    certain: String,
    /// What belongs to it under some locales.
    doubtful: bool,
    /// The same within ASCII.
    doubtful_ascii: &'static str,
}

impl Set {
    fn add(&mut self, from: char, to: char, ignore_case: bool) -> Option<()> {
        if from > to {
            return None;
        }
        member(from, &mut self.certain);
        if from != to {
            self.certain.push('-');
            member(to, &mut self.certain);
        }
        if ignore_case {
            // What the other case of other letters is, the locale says.
            if !to.is_ascii() {
                return None;
            }
            for c in from..=to {
                let other = if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
                if other != c && !(from..=to).contains(&other) {
                    member(other, &mut self.certain);
                }
            }
        }
        Some(())
    }

    fn class(&mut self, name: &str, ignore_case: bool) -> Option<()> {
        let ascii = match name {
            "upper" | "lower" if ignore_case => "A-Za-z",
            "alpha" => "A-Za-z",
            "upper" => "A-Z",
            "lower" => "a-z",
            "digit" => "0-9",
            "alnum" => "0-9A-Za-z",
            "word" => "0-9A-Z_a-z",
            "xdigit" => "0-9A-Fa-f",
            "space" => "\\t-\\r ",
            "blank" => "\\t ",
            "cntrl" => "\\x00-\\x1f\\x7f",
            "graph" => "!-~",
            "print" => " -~",
            // Whether `$` and `+` are punctuation is a matter of the locale, too.
            _ => return None,
        };
        self.certain.push_str(ascii);
        self.doubtful = true;
        if name == "space" {
            // ICU counts the four separators.
            self.doubtful_ascii = "\\x1c-\\x1f";
        }
        Some(())
    }

    /// The widest and the narrowest.
    fn written(&self) -> (String, String) {
        let doubt = if self.doubtful { format!("{}\\x80-\\u{{10ffff}}", self.doubtful_ascii) } else { String::new() };
        let (less, more) = (&self.certain, format!("{}{doubt}", self.certain));
        if self.negated {
            (format!("[^{less}]"), format!("[^{more}]"))
        } else {
            (format!("[{more}]"), format!("[{less}]"))
        }
    }
}

/// A character outside of brackets.
fn literal(c: char, out: &mut String) {
    match c {
        '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' => {
            out.push('\\');
            out.push(c);
        }
        c => plain(c, out),
    }
}

/// A character inside of brackets.
fn member(c: char, out: &mut String) {
    match c {
        '^' | '\\' | '[' | ']' | '-' | '/' => {
            out.push('\\');
            out.push(c);
        }
        c => plain(c, out),
    }
}

/// What is no syntax, so that it can be seen and stands on one line.
fn plain(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        }
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: &str) {
        let found = regular_expression(pattern, false).map(|pattern| pattern.widest);
        assert_eq!(found.as_deref().unwrap_or("refused"), expected, "{pattern}");
    }

    #[test]
    fn what_means_the_same() {
        check("^[a-z][a-z0-9_.]{0,99}$", "^[a-z][a-z0-9_.]{0,99}$");
        check("^(--[0-9]{2}(-?[0-9]{2})?|---[0-9]{2})$", "^(?:--[0-9]{2}(?:-?[0-9]{2})?|---[0-9]{2})$");
        check("^(/([^/\\\\]|$)|https?://)", "^(?:\\/(?:[^\\/\\\\]|$)|https?:\\/\\/)");
        check("(^|/)\\.{1,2}(/|$)", "(?:^|\\/)\\.{1,2}(?:\\/|$)");
        check("a.c", "a[\\s\\S]c");
        check("[]a-]", "[\\]a\\-]");
        check("[^]^]", "[^\\]\\^]");
        check("[\\]\\-\\\\]", "[\\]\\-\\\\]");
        check("a{2,}?b*?", "a{2,}b*");
        check("x{y}", "x\\{y\\}");
        check("", "(?:)");
        check("(|a)", "(?:|a)");
        check("ü😀\n", "ü😀\\n");
    }

    #[test]
    fn what_is_refused() {
        let refused = [
            "(a)\\1",
            "\\mword",
            "\\yx",
            "\\Aa",
            "a\\Z",
            "(?i)a",
            "(?=a)",
            "(?!a)",
            "(?<=a)b",
            "***=a",
            "a**",
            "^*",
            "*a",
            "(+a)",
            "[[.a.]]",
            "[[=a=]]",
            "[[:<:]]a",
            "[[:punct:]]",
            "[a",
            "(a",
            "a)",
            "a\\",
            "[z-a]",
            "a{2,1}",
            "a{256}",
            "a{1",
            "\\x41",
            "\\u0041",
            "[\\D]",
            "[[:alpha:]-z]",
            "{1}",
            "a{1}{2}",
            "\\b",
            "[[:nothing:]]",
        ];
        for pattern in refused {
            check(pattern, "refused");
        }
        check(&"(".repeat(10_000), "refused");
    }

    #[test]
    fn classes_are_open_beyond_ascii() {
        let found = regular_expression("^[^@[:space:]]+\\d$", false).unwrap();
        assert!(!found.is_exact());
        assert_eq!(found.widest, "^[^@\\t-\\r ]+[0-9\\x80-\\u{10ffff}]$");
        assert_eq!(found.narrowest, "^[^@\\t-\\r \\x1c-\\x1f\\x80-\\u{10ffff}]+[0-9]$");
    }

    #[test]
    fn without_case() {
        let found = |pattern: &str| regular_expression(pattern, true).map(|pattern| pattern.widest);
        assert_eq!(found("^k1:").as_deref(), Some("^[kK]1:"));
        assert_eq!(found("[a-c_]").as_deref(), Some("[a-cABC_]"));
        assert_eq!(found("ß"), None);
        assert_eq!(found("[a-ü]"), None);
    }

    #[test]
    fn like_patterns() {
        let found = |pattern: &str| like(pattern).map(|pattern| pattern.widest);
        assert_eq!(found("a%_.").as_deref(), Some("^a[\\s\\S]*[\\s\\S]\\.$"));
        assert_eq!(found("100\\%\\\\").as_deref(), Some("^100%\\\\$"));
        assert_eq!(found("a\\"), None);
        assert_eq!(beginning_with("a/"), "^a\\/");
    }
}
