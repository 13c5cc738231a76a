//! Text of TypeScript and JavaScript: whatever a name, a comment or a constant holds, it stays what it is.

use crate::catalog::Comment;
use std::fmt::Write as _;

/// A string in double quotes.
pub(crate) fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Controls would not be seen, and the two separators end lines.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Strings joined by ` | `; `never` without any.
pub(crate) fn union(texts: &[String]) -> String {
    if texts.is_empty() {
        return "never".to_owned();
    }
    texts.iter().map(|text| string(text)).collect::<Vec<_>>().join(" | ")
}

/// Strings joined by `, `.
pub(crate) fn list(texts: &[String]) -> String {
    texts.iter().map(|text| string(text)).collect::<Vec<_>>().join(", ")
}

/// Whether a name can stand as it is after a dot and before a colon.
pub(crate) fn is_identifier(name: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    name.starts_with(starts) && name.chars().all(|c| starts(c) || c.is_ascii_digit())
}

/// The name of a property of a type.
pub(crate) fn type_key(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { string(name) }
}

/// The name of a property of a value. `__proto__` by itself would set the prototype.
pub(crate) fn value_key(name: &str) -> String {
    if name == "__proto__" { "[\"__proto__\"]".to_owned() } else { type_key(name) }
}

/// Whether every object has something of that name already.
pub(crate) fn is_inherited(name: &str) -> bool {
    matches!(
        name,
        "constructor"
            | "hasOwnProperty"
            | "isPrototypeOf"
            | "propertyIsEnumerable"
            | "toLocaleString"
            | "toString"
            | "valueOf"
            | "__defineGetter__"
            | "__defineSetter__"
            | "__lookupGetter__"
            | "__lookupSetter__"
            | "__proto__"
    )
}

/// A property of something.
pub(crate) fn member(of: &str, name: &str) -> String {
    if is_identifier(name) { format!("{of}.{name}") } else { format!("{of}[{}]", string(name)) }
}

/// A regular expression that is looked for by code points.
pub(crate) fn pattern(pattern: &str) -> String {
    format!("/{pattern}/u")
}

/// Text on one line.
pub(crate) fn in_line(text: &str) -> String {
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Text on one line that ends no comment.
fn in_comment(text: &str) -> String {
    in_line(text).replace("*/", "*\\/")
}

/// A comment of the database as one of TSDoc, at this depth; nothing where there is none.
pub(crate) fn documentation(comment: &Comment, depth: usize) -> String {
    let text = in_comment(comment.text());
    let deprecated = comment.tags().deprecated.as_ref().map(|why| format!("@deprecated {}", in_comment(why)));
    let lines: Vec<&str> =
        [text.as_str(), deprecated.as_deref().unwrap_or("")].into_iter().filter(|line| !line.is_empty()).collect();
    let indent = "  ".repeat(depth);
    match lines[..] {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        _ => {
            let lines: String = lines.iter().map(|line| format!("{indent} * {line}\n")).collect();
            format!("{indent}/**\n{lines}{indent} */\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_names() {
        assert_eq!(string("a\"b\\c\n\u{2028}😀`${x}"), "\"a\\\"b\\\\c\\n\\u2028😀`${x}\"");
        assert_eq!(type_key("class"), "class");
        assert_eq!(type_key("my col"), "\"my col\"");
        assert_eq!(type_key("é"), "\"é\"");
        assert_eq!(value_key("__proto__"), "[\"__proto__\"]");
        assert_eq!(member("row", "a-b"), "row[\"a-b\"]");
        assert_eq!(union(&[]), "never");
    }

    #[test]
    fn comments_cannot_be_left() {
        let comment = Comment::new("Ends */ here\nand `${there}` <script> @deprecated use */ that");
        assert_eq!(
            documentation(&comment, 1),
            "  /**\n   * Ends *\\/ here and `${there}` <script>\n   * @deprecated use *\\/ that\n   */\n"
        );
        assert_eq!(documentation(&Comment::default(), 1), "");
        assert_eq!(in_line("a\u{2028}b\r\nc"), "a b c");
    }
}
