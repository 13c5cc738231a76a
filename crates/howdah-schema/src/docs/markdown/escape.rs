//! Plain text as Markdown that shows exactly that text.

/// Where a text stands: what has to be escaped depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Within a line.
    Text,
    /// Where a line begins, and a `#` or `1.` would begin a heading or a list.
    LineStart,
    /// In a cell of a table.
    Cell,
}

impl Place {
    /// The same, after something else.
    pub(super) fn within(self) -> Self {
        match self {
            Self::Cell => Self::Cell,
            Self::Text | Self::LineStart => Self::Text,
        }
    }
}

/// Text as text: no emphasis, no link, no HTML, no entity. White space is one space each.
pub(super) fn escape(text: &str, place: Place) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    if place == Place::LineStart {
        rest = rest.trim_start_matches(is_blank);
        rest = escape_start(rest, &mut out);
    }
    let mut previous = None;
    for (at, c) in rest.char_indices() {
        let after = rest.get(at + c.len_utf8()..).unwrap_or_default();
        let next = after.chars().next();
        match c {
            c if is_blank(c) => {
                if previous.is_none_or(|previous| !is_blank(previous)) {
                    out.push(' ');
                }
            }
            // Cells are told apart by it before anything else is read.
            '|' if place == Place::Cell => out.push_str("&#124;"),
            // Between letters it is one.
            '_' if is_word(previous) && is_word(after.chars().find(|c| *c != '_')) => out.push('_'),
            // A heading's end may be marked by it.
            '#' if previous.is_none_or(is_blank) => out.push_str("\\#"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' | '|' | '$' => out.extend(['\\', c]),
            '&' if next.is_some_and(|next| next.is_ascii_alphabetic() || next == '#') => out.push_str("\\&"),
            // Before a link it would make a picture of it.
            '!' if next.is_none_or(|next| next == '[') => out.push_str("\\!"),
            // `https://` would become a link, and its end would be guessed; `:tada:` would become a picture.
            ':' if after.starts_with("//") || is_shortcode(after) => out.push_str("\\:"),
            '.' if ends_with_www(&out) => out.push_str("\\."),
            c => out.push(c),
        }
        // A run of underscores counts as what stood before it.
        if c != '_' {
            previous = Some(c);
        }
    }
    out
}

/// Escapes what would begin a block; gives what is left.
fn escape_start<'t>(text: &'t str, out: &mut String) -> &'t str {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, after) = text.split_at(digits);
    match after.chars().next() {
        Some(c @ ('.' | ')')) if digits > 0 => {
            out.push_str(number);
            out.extend(['\\', c]);
            &after[1..]
        }
        Some(c @ ('#' | '+' | '-' | '>' | '=')) if digits == 0 => {
            out.extend(['\\', c]);
            &after[1..]
        }
        _ => text,
    }
}

fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric())
}

fn is_shortcode(after: &str) -> bool {
    let name = after.split(':').next().unwrap_or_default();
    let closed = after.len() > name.len();
    closed && !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
}

fn ends_with_www(out: &str) -> bool {
    out.len() >= 3 && out.get(out.len() - 3..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// Text as a span of code.
pub(super) fn code_span(text: &str, place: Place) -> String {
    let text: String = text.chars().map(|c| if is_blank(c) { ' ' } else { c }).collect();
    if text.is_empty() {
        return String::new();
    }
    if place == Place::Cell && (text.contains("\\|") || (text.contains('|') && text.ends_with('\\'))) {
        // In a cell `\|` is a pipe even within code, and parsers disagree about a backslash before it.
        return escape(&text, place);
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let padded = text.starts_with('`')
        || text.ends_with('`')
        || (text.starts_with(' ') && text.ends_with(' ') && text.contains(|c| c != ' '));
    let pad = if padded { " " } else { "" };
    let text = if place == Place::Cell { text.replace('|', "\\|") } else { text };
    format!("{fence}{pad}{text}{pad}{fence}")
}
