//! Splitting what the protocol nests: quotes, parentheses and braces keep commas and dots inside.

use super::ParseError;

/// Deeper nesting is refused: every level is a level of recursion here and in the SQL.
pub(super) const DEEPEST: usize = 16;

/// Follows a text character by character, and knows what stands in double quotes. A quote opens where a name or a value may
/// begin; within one, as in `5" pipe`, it is a character like others.
struct Quotes {
    quoted: bool,
    escaped: bool,
    before: char,
}

impl Quotes {
    fn new() -> Self {
        Self { quoted: false, escaped: false, before: ',' }
    }

    /// Whether the next character is part of something quoted, or a quote around it.
    fn take(&mut self, c: char) -> bool {
        let was_quoted = self.quoted;
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' if self.quoted => self.escaped = true,
            '"' if self.quoted => self.quoted = false,
            '"' if self.before.is_whitespace() || "(,.>:!{".contains(self.before) => self.quoted = true,
            _ => {}
        }
        self.before = c;
        was_quoted || self.quoted
    }
}

/// Splits `text` at the commas that stand outside quotes, parentheses and braces.
pub(super) fn split_commas<'a>(text: &'a str, part: &str) -> Result<Vec<&'a str>, ParseError> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut quotes = Quotes::new();
    for (at, c) in text.char_indices() {
        match c {
            _ if quotes.take(c) => {}
            '(' | '{' => depth += 1,
            ')' | '}' => {
                depth = depth
                    .checked_sub(1)
                    .ok_or_else(|| ParseError::new(part, format!("unexpected \"{c}\" at character {}", at + 1)))?;
            }
            ',' if depth == 0 => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if quotes.quoted {
        return Err(ParseError::new(part, "a double quote is not closed"));
    }
    if depth > 0 {
        return Err(ParseError::new(part, "a parenthesis or brace is not closed"));
    }
    pieces.push(&text[start..]);
    Ok(pieces)
}

/// Takes `(` … `)` off.
pub(super) fn inside_parentheses<'a>(text: &'a str, part: &str) -> Result<&'a str, ParseError> {
    text.strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
        .ok_or_else(|| ParseError::new(part, format!("expected a list in parentheses, found \"{text}\"")))
}

/// A value that may be in double quotes, in which `\` keeps the next character.
pub(super) fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return text.to_owned() };
    let mut value = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        value.push(if c == '\\' { chars.next().unwrap_or('\\') } else { c });
    }
    value
}

/// The first place of `needle` outside double quotes.
pub(super) fn find_unquoted(text: &str, needle: &str) -> Option<usize> {
    let mut quotes = Quotes::new();
    text.char_indices().find(|(at, c)| !quotes.take(*c) && text[*at..].starts_with(needle)).map(|(at, _)| at)
}

/// Where the parenthesis that opens at `open` closes.
pub(super) fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quotes = Quotes::new();
    for (at, c) in text[open..].char_indices() {
        match c {
            _ if quotes.take(c) => {}
            '(' => depth += 1,
            ')' if depth == 1 => return Some(open + at),
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// Splits at the dots that stand outside quotes and before any arrow: the path of a parameter's name.
pub(super) fn split_dots(text: &str) -> Vec<&str> {
    let end = find_unquoted(text, "->").unwrap_or(text.len());
    let mut pieces = Vec::new();
    let mut start = 0;
    while let Some(dot) = find_unquoted(&text[start..end], ".") {
        pieces.push(&text[start..start + dot]);
        start += dot + 1;
    }
    pieces.push(&text[start..]);
    pieces
}
