//! Text as Rust: literals, doc comments, attributes; and the layout that rustfmt would give it.

/// rustfmt's `max_width`.
const LINE: usize = 100;
/// rustfmt's `fn_call_width`, also that of macros.
const CALL: usize = 60;
/// rustfmt's `struct_lit_width`.
const STRUCT: usize = 18;

/// Characters that a terminal shows as one place each, which is what rustfmt counts for all but wide letters.
fn width(text: &str) -> usize {
    text.chars().count()
}

/// A string literal. What cannot be seen is escaped: the compiler refuses letters that change the direction of text.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if is_visible(c) => literal.push(c),
            c => literal.extend(c.escape_unicode()),
        }
    }
    literal.push('"');
    literal
}

/// Whether a letter can be seen, or belongs to the one before it.
fn is_visible(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    // At the beginning of a text, a letter that belongs to the one before it would be escaped, too.
    let after_another: String = ['a', c].iter().collect();
    !after_another.escape_debug().any(|escaped| escaped == '{')
}

/// Prose as Markdown that says the same, in lines without white space around them.
pub(super) fn markdown(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| markdown_line(line.trim())).collect();
    lines.join("\n").trim().to_owned()
}

fn markdown_line(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let mut escaped = String::with_capacity(line.len());
    let number = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    for (at, &c) in chars.iter().enumerate() {
        let in_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
        let is_markup = match c {
            '\\' | '`' | '*' | '<' | '>' | '[' | ']' | '&' | '~' | '|' | '$' => true,
            '_' => !(at > 0 && in_word(chars.get(at - 1)) && in_word(chars.get(at + 1))),
            '#' | '+' | '-' | '=' | ':' => at == 0,
            '.' | ')' => at > 0 && at == number,
            _ => false,
        };
        if is_visible(c) {
            if is_markup {
                escaped.push('\\');
            }
            escaped.push(c);
        } else if c == '\t' {
            escaped.push(' ');
        } else {
            escaped.push('\\');
            escaped.extend(c.escape_unicode());
        }
    }
    escaped
}

/// A piece of code within Markdown.
pub(super) fn code(text: &str) -> String {
    let plain = !text.contains('`') && !text.starts_with(' ') && !text.ends_with(' ') && text.chars().all(is_visible);
    if plain && !text.is_empty() { format!("`{text}`") } else { markdown(&text.replace('\n', " ")) }
}

/// Code under construction.
#[derive(Debug, Default)]
pub(super) struct Code {
    text: String,
    indent: usize,
}

impl Code {
    /// Nothing so far.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// A line.
    pub(super) fn line(&mut self, line: &str) {
        self.begin();
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A line, and what follows stands deeper.
    pub(super) fn open(&mut self, line: &str) {
        self.line(line);
        self.indent += 1;
    }

    /// What follows stands less deep, from this line on.
    pub(super) fn close(&mut self, line: &str) {
        self.indent = self.indent.saturating_sub(1);
        self.line(line);
    }

    /// What follows stands deeper again, after a `close` that ends in a brace.
    pub(super) fn open_again(&mut self) {
        self.indent += 1;
    }

    /// `before = value;`
    pub(super) fn value(&mut self, before: &str, value: &str) {
        let line = format!("{before} = {value};");
        // What is too long for a line of its own, too, is left where it is.
        if self.fits(&line) || !self.fits(&format!("    {value};")) {
            return self.line(&line);
        }
        self.open(&format!("{before} ="));
        self.line(&format!("{value};"));
        self.indent -= 1;
    }

    fn begin(&mut self) {
        for _ in 0..self.indent {
            self.text.push_str("    ");
        }
    }

    fn fits(&self, line: &str) -> bool {
        self.indent * 4 + width(line) <= LINE
    }

    /// A doc comment of finished Markdown: `///`, or `//!` for what it stands in.
    pub(super) fn doc(&mut self, marker: &str, markdown: &str) {
        for line in markdown.lines() {
            self.line(format!("{marker} {line}").trim_end());
        }
    }

    /// An attribute with one value: `#[serde(rename = "…")]`.
    pub(super) fn attribute(&mut self, before: &str, value: &str, after: &str) {
        let line = format!("#[{before}({after} = {})]", literal(value));
        if self.fits(&line) {
            self.line(&line);
        } else {
            self.open(&format!("#[{before}("));
            self.line(&format!("{after} = {}", literal(value)));
            self.close(")]");
        }
    }

    /// `before: of,` as a field.
    pub(super) fn field(&mut self, before: &str, of: &str) {
        let line = format!("{before}: {of},");
        if self.fits(&line) {
            self.line(&line);
        } else {
            self.open(&format!("{before}:"));
            self.line(&format!("{of},"));
            self.indent -= 1;
        }
    }

    /// The head of a function, and what follows is its body.
    pub(super) fn function(&mut self, before: &str, parameters: &[String], after: &str) {
        let line = format!("{before}({}){after} {{", parameters.join(", "));
        if self.fits(&line) {
            return self.open(&line);
        }
        self.open(&format!("{before}("));
        for parameter in parameters {
            self.line(&format!("{parameter},"));
        }
        self.indent -= 1;
        self.open(&format!("){after} {{"));
    }

    /// A call of a function or macro.
    pub(super) fn call(&mut self, before: &str, arguments: &[String], after: &str) {
        let joined = arguments.join(", ");
        let line = format!("{before}({joined}){after}");
        if width(&joined) <= CALL && self.fits(&line) {
            return self.line(&line);
        }
        self.open(&format!("{before}("));
        for (at, argument) in arguments.iter().enumerate() {
            // A macro takes what it is given: rustfmt adds no comma there, and takes none away.
            self.line(&format!(
                "{argument}{}",
                if before.ends_with('!') && at + 1 == arguments.len() { "" } else { "," }
            ));
        }
        self.close(&format!("){after}"));
    }

    /// A value of a struct.
    pub(super) fn structure(&mut self, before: &str, fields: &[String], after: &str) {
        let joined = fields.join(", ");
        if fields.is_empty() {
            return self.line(&format!("{before} {{}}{after}"));
        }
        if width(&joined) <= STRUCT {
            return self.line(&format!("{before} {{ {joined} }}{after}"));
        }
        self.open(&format!("{before} {{"));
        for field in fields {
            self.line(&format!("{field},"));
        }
        self.close(&format!("}}{after}"));
    }

    /// An arm of a match.
    pub(super) fn arm(&mut self, pattern: &str, value: &str) {
        let line = format!("{pattern} => {value},");
        if self.fits(&line) {
            return self.line(&line);
        }
        self.open(&format!("{pattern} => {{"));
        self.line(value);
        self.close("}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_hold_any_text() {
        for (text, expected) in [
            ("a\"b\\c", r#""a\"b\\c""#),
            ("é 😀", "\"é 😀\""),
            ("\n\r\t\u{0}", r#""\n\r\t\u{0}""#),
            ("\u{202e}\u{200b}", r#""\u{202e}\u{200b}""#),
            ("e\u{301}", "\"e\u{301}\""),
        ] {
            assert_eq!(literal(text), expected);
        }
    }

    #[test]
    fn prose_stays_prose() {
        for (text, expected) in [
            ("Plain, with a_name.", "Plain, with a_name."),
            ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
            ("```\ncode\n```", "\\`\\`\\`\ncode\n\\`\\`\\`"),
            ("    let x = 1;", "let x = 1;"),
            ("# Title\n- a\n1. b\n---", "\\# Title\n\\- a\n1\\. b\n\\---"),
            ("[link](x) *a* _b_", r"\[link\](x) \*a\* \_b\_"),
            ("*/ #![allow(x)]", r"\*/ #!\[allow(x)\]"),
            ("a\u{202e}b", "a\\\\u{202e}b"),
            (" \n\n ", ""),
        ] {
            assert_eq!(markdown(text), expected, "{text:?}");
        }
        assert_eq!(code("a.b"), "`a.b`");
        assert_eq!(code("a`b"), r"a\`b");
    }
}
