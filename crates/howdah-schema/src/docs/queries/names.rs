//! Names and values as the three languages write them.

/// Parts of the query string that are no columns.
const PARAMETERS: [&str; 12] =
    ["select", "order", "limit", "offset", "and", "or", "not", "trash", "on_conflict", "columns", "cursor", "not.and"];

/// Words that no variable of TypeScript can be called, and those that the samples use themselves.
const TYPESCRIPT_WORDS: [&str; 53] = [
    "any",
    "arguments",
    "as",
    "async",
    "await",
    "boolean",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "count",
    "data",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "error",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "supabase",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
];

/// A name in a query string, before it is percent-encoded: in double quotes where a plain one would be read as something
/// else.
pub(super) fn rest_name(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !PARAMETERS.contains(&name);
    if plain { name.to_owned() } else { quoted(name) }
}

/// In double quotes, in which a backslash keeps the next character.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// Percent-encoded, as far as a query string or a part of a path needs it.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'*' | b'(' | b')' | b',') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A string of TypeScript.
pub(super) fn string(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// What stands between the backticks of a template of TypeScript.
pub(super) fn template(text: &str) -> String {
    let quoted = string(text);
    let inner = quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or_default();
    inner.replace("\\'", "'").replace('`', "\\`").replace("${", "\\${")
}

/// Whether a name needs no quotes as a key of an object, and may be a variable's.
fn is_word(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What a variable for a value of that name is called; `number` is its place, 1 for the first.
pub(super) fn variable(name: &str, number: usize) -> String {
    if !is_word(name) {
        format!("value{number}")
    } else if TYPESCRIPT_WORDS.binary_search(&name).is_ok() {
        format!("{name}Value")
    } else {
        name.to_owned()
    }
}

/// A member of an object.
pub(super) fn member(name: &str, variable: &str) -> String {
    match name {
        name if name == variable => name.to_owned(),
        name if is_word(name) => format!("{name}: {variable}"),
        name => format!("{}: {variable}", string(name)),
    }
}

/// Whether supabase-js can ask for it: what it puts into the path it does not encode.
pub(super) fn is_reachable(relation: &str) -> bool {
    !relation.contains(['/', '?', '#', '%', '\\']) && !relation.trim().is_empty() && relation.trim() == relation
}

/// One of what a table has many of: `categories` → `category`.
pub(super) fn singular(name: &str) -> String {
    let cut = |end: &str, with: &str| name.strip_suffix(end).map(|stem| format!("{stem}{with}"));
    if ["ss", "us", "is", "news", "series"].iter().any(|end| name.ends_with(end)) {
        return name.to_owned();
    }
    for (end, with) in [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", "")] {
        if let Some(found) = cut(end, with).filter(|found| found.len() > 1) {
            return found;
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{TYPESCRIPT_WORDS, encoded, member, quoted, rest_name, singular, string, template, variable};

    #[test]
    fn names_that_need_no_quotes_have_none() {
        assert_eq!(rest_name("created_at"), "created_at");
        assert_eq!(rest_name("Straße"), "Straße");
        for name in ["select", "a.b", "a b", "x->y", "1st", "a,b", "a:b", "*", "", "not"] {
            assert_eq!(rest_name(name), format!("\"{name}\""), "{name}");
        }
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }

    #[test]
    fn everything_else_is_percent_encoded() {
        assert_eq!(encoded("a b&c=d+%é"), "a%20b%26c%3Dd%2B%25%C3%A9");
    }

    #[test]
    fn strings_of_typescript() {
        assert_eq!(string("it's a \\ and\na line \u{2028}\u{7}"), r"'it\'s a \\ and\na line \u{2028}\u{7}'");
        assert_eq!(template("a`b${c}'d'"), r"a\`b\${c}'d'");
    }

    #[test]
    fn variables() {
        assert!(TYPESCRIPT_WORDS.is_sorted());
        assert_eq!(variable("id", 1), "id");
        assert_eq!(variable("data", 1), "dataValue");
        assert_eq!(variable("odd name", 3), "value3");
        assert_eq!(member("id", "id"), "id");
        assert_eq!(member("data", "dataValue"), "data: dataValue");
        assert_eq!(member("it's", "value1"), r"'it\'s': value1");
    }

    #[test]
    fn one_of_many() {
        for (many, one) in [
            ("tasks", "task"),
            ("categories", "category"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("media", "media"),
            ("status", "status"),
            ("analysis", "analysis"),
            ("s", "s"),
        ] {
            assert_eq!(singular(many), one);
        }
    }
}
