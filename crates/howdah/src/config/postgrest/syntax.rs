//! The syntax of PostgREST's configuration file: `key = value` lines, comments, strings with escapes.
//!
//! A string may take in a variable of the environment as `$(NAME)`; `$$` is one dollar sign. Deliberately not read:
//! `import`, which would take in files that nobody named, and lists, which no setting is.

use crate::config::file::Source;
use crate::failure::Failure;

/// One setting as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// With dots: `app.settings.secret`.
    pub(super) name: String,
    /// Strings without quotes and escapes; numbers and booleans as they stand.
    pub(super) text: String,
    /// Bytes of the name and of the value.
    pub(super) name_span: std::ops::Range<usize>,
    pub(super) value_span: std::ops::Range<usize>,
}

/// Reads the settings of a file in the order they stand.
///
/// # Errors
/// The first thing that is no setting, with its place.
pub(super) fn parse(source: &Source<'_>, environment: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Entry>, Failure> {
    let mut reader = Reader { source, at: 0, environment };
    let mut entries = Vec::new();
    let mut groups: Vec<String> = Vec::new();
    loop {
        reader.skip_blank();
        let start = reader.at;
        match reader.peek() {
            None if groups.is_empty() => return Ok(entries),
            None => return Err(reader.wrong(start, "the file ends inside of a group: a `}` is missing")),
            Some('}') if !groups.is_empty() => {
                reader.at += 1;
                groups.pop();
                continue;
            }
            Some(_) => {}
        }
        let name = reader.name()?;
        let name_span = start..reader.at;
        reader.skip_spaces();
        match reader.peek() {
            Some('{') => {
                reader.at += 1;
                groups.push(name);
                continue;
            }
            Some('=') => reader.at += 1,
            _ if name == "import" => {
                return Err(Failure::usage(
                    "postgrest-import",
                    "`import` is not supported in a PostgREST configuration",
                )
                .excerpt(source.excerpt(name_span, "not supported"))
                .hint("copy the settings of that file into this one"));
            }
            _ => return Err(reader.wrong(reader.at, &format!("`=` and a value must follow `{name}`"))),
        }
        reader.skip_blank();
        let value_start = reader.at;
        let text = reader.value(&name)?;
        let value_span = value_start..reader.at;
        reader.end_of_line()?;
        let name = groups.iter().chain([&name]).cloned().collect::<Vec<_>>().join(".");
        entries.push(Entry { name, text, name_span, value_span });
    }
}

struct Reader<'a> {
    source: &'a Source<'a>,
    /// The byte that is read next.
    at: usize,
    environment: &'a dyn Fn(&str) -> Option<String>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.source.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let taken: String = self.rest().chars().take_while(|character| wanted(*character)).collect();
        self.at += taken.len();
        taken
    }

    fn skip_spaces(&mut self) {
        self.take_while(|character| character == ' ' || character == '\t');
    }

    /// White space, line ends and comments.
    fn skip_blank(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if self.peek() != Some('#') {
                return;
            }
            self.take_while(|character| character != '\n');
        }
    }

    fn end_of_line(&mut self) -> Result<(), Failure> {
        self.skip_spaces();
        match self.peek() {
            None | Some('\n' | '\r' | '#' | '}') => Ok(()),
            Some(_) => Err(self.wrong(self.at, "a line holds one setting; text belongs into double quotes")),
        }
    }

    fn name(&mut self) -> Result<String, Failure> {
        let start = self.at;
        let name = self.take_while(|character| character.is_alphanumeric() || "-_.".contains(character));
        let is_name = name.split('.').all(|part| part.starts_with(char::is_alphabetic));
        if is_name { Ok(name) } else { Err(self.wrong(start, "the name of a setting must stand here")) }
    }

    fn value(&mut self, name: &str) -> Result<String, Failure> {
        let start = self.at;
        match self.peek() {
            Some('"') => self.string(),
            Some('[') => {
                Err(self
                    .wrong(start, &format!("`{name}` is no list: write the values in one pair of quotes, with commas")))
            }
            _ => {
                let word = self.take_while(|character| character.is_alphanumeric() || "+-._".contains(character));
                match word.as_str() {
                    // The format's other words for them.
                    "on" => Ok("true".to_owned()),
                    "off" => Ok("false".to_owned()),
                    "true" | "false" => Ok(word),
                    _ if word.parse::<f64>().is_ok() => Ok(word),
                    _ => Err(self.wrong(start, "a value is text in double quotes, a number, true or false")),
                }
            }
        }
    }

    fn string(&mut self) -> Result<String, Failure> {
        let start = self.at;
        self.next();
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.next() {
                None => return Err(self.wrong(start, "this text has no closing quote")),
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape(at)?),
                Some('$') => self.dollar(at, &mut text)?,
                Some(character) => text.push(character),
            }
        }
    }

    fn escape(&mut self, at: usize) -> Result<char, Failure> {
        let known = match self.next() {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some(same @ ('"' | '\\')) => Some(same),
            Some('u') => {
                let digits: String = self.rest().chars().take(4).collect();
                self.at += digits.len();
                u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4).and_then(char::from_u32)
            }
            _ => None,
        };
        known
            .ok_or_else(|| self.wrong(at, "the escapes are \\n \\r \\t \\\" \\\\ and \\u with four hexadecimal digits"))
    }

    fn dollar(&mut self, at: usize, text: &mut String) -> Result<(), Failure> {
        match self.next() {
            Some('$') => text.push('$'),
            Some('(') => {
                let variable = self.take_while(|character| character != ')' && character != '\n' && character != '"');
                if self.next() != Some(')') {
                    return Err(self.wrong(at, "`$(` must be closed with `)`"));
                }
                let Some(value) = (self.environment)(&variable) else {
                    return Err(Failure::usage(
                        "postgrest-interpolation",
                        format!("`$({variable})` names no variable of the environment"),
                    )
                    .excerpt(self.source.excerpt(at..self.at, "not set"))
                    .hint("set that variable; other settings of the file cannot be named this way"));
                };
                text.push_str(&value);
            }
            _ => return Err(self.wrong(at, "write `$$` for a dollar sign: `$(NAME)` takes in a variable")),
        }
        Ok(())
    }

    fn wrong(&self, at: usize, what: &str) -> Failure {
        Failure::usage("postgrest-syntax", format!("the PostgREST configuration cannot be read: {what}"))
            .excerpt(self.source.excerpt(at..self.at.max(at + 1), "here"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Source, parse};

    fn read(text: &str) -> Result<Vec<(String, String)>, String> {
        let source = Source { path: Path::new("postgrest.conf"), text };
        let environment = |name: &str| (name == "SECRET").then(|| "s3".to_owned());
        let entries = parse(&source, &environment);
        let pairs = entries.map(|entries| entries.into_iter().map(|entry| (entry.name, entry.text)).collect());
        pairs.map_err(|failure| {
            let line = failure.excerpt.as_ref().map_or(0, |excerpt| excerpt.line);
            format!("{} at line {line}: {}", failure.code, failure.message)
        })
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let expected = expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        assert_eq!(read(text), Ok(expected));
    }

    #[test]
    fn settings_are_read() {
        check("", &[]);
        check("# only a comment", &[]);
        check("db-pool = 10 # ten\n\n  server-port=3000", &[("db-pool", "10"), ("server-port", "3000")]);
        check("a = true\nb = \"true\"\nc = off", &[("a", "true"), ("b", "true"), ("c", "false")]);
        check("app.settings.a = \"#no comment\"", &[("app.settings.a", "#no comment")]);
        check("app {\n settings { a = \"1\" }\n}\nb = 2\r\n", &[("app.settings.a", "1"), ("b", "2")]);
        check(r#"a = "\".\"https://x\".key\" \u00e9 \\""#, &[("a", "\".\"https://x\".key\" é \\")]);
        check(r#"a = "$$1 $(SECRET)""#, &[("a", "$1 s3")]);
        check("a =\n  \"next line\"", &[("a", "next line")]);
    }

    #[test]
    fn what_is_no_setting_is_refused_at_its_place() {
        for (text, code, says) in [
            ("\nimport \"other.conf\"", "postgrest-import at line 2", "import"),
            ("\na = \"$(NOT_SET)\"", "postgrest-interpolation at line 2", "NOT_SET"),
            ("a = \"1$\"", "postgrest-syntax at line 1", "$$"),
            ("a = anon", "postgrest-syntax at line 1", "double quotes"),
            ("a = [\"b\"]", "postgrest-syntax at line 1", "no list"),
            ("a = \"b", "postgrest-syntax at line 1", "closing quote"),
            ("a = 1 b = 2", "postgrest-syntax at line 1", "one setting"),
            ("a { b = 1", "postgrest-syntax at line 1", "`}` is missing"),
            ("a", "postgrest-syntax at line 1", "must follow `a`"),
            ("= 1", "postgrest-syntax at line 1", "name"),
            ("a = \"\\x\"", "postgrest-syntax at line 1", "escapes"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(code) && error.contains(says), "{text}: {error}");
        }
    }
}
