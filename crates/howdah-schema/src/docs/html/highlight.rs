//! Code with its comments, strings, numbers and words told apart. It is coarse on purpose: what it does not know stays
//! plain, and the text is never changed.

use super::markup::Html;

/// What a language looks like, as far as it is told apart here.
struct Language {
    line_comment: &'static str,
    block_comments: bool,
    quotes: &'static [char],
    /// Whether a backslash keeps a quote from ending a string.
    escapes: bool,
    words: &'static [&'static str],
    any_case: bool,
}

#[rustfmt::skip]
const SQL: Language = Language {
    line_comment: "--", block_comments: true, quotes: &['\''], escapes: false, any_case: true,
    words: &[
        "all", "alter", "and", "any", "as", "asc", "begin", "between", "by", "case", "cascade", "check", "comment", "commit",
        "conflict", "constraint", "create", "cross", "current_date", "current_timestamp", "default", "delete", "desc",
        "distinct", "do", "drop", "else", "end", "exists", "explain", "false", "for", "foreign", "from", "full", "grant",
        "group", "having", "ilike", "in", "index", "inner", "insert", "into", "is", "join", "key", "lateral", "left",
        "like", "limit", "not", "nothing", "null", "nulls", "of", "offset", "on", "only", "or", "order", "outer", "over",
        "partition", "policy", "primary", "recursive", "references", "returning", "revoke", "right", "role", "rollback",
        "row", "rows", "schema", "security", "select", "set", "share", "table", "then", "to", "trigger", "true", "type",
        "union", "unique", "update", "using", "values", "view", "when", "where", "window", "with",
    ],
};
#[rustfmt::skip]
const TYPESCRIPT: Language = Language {
    line_comment: "//", block_comments: true, quotes: &['\'', '"', '`'], escapes: true, any_case: false,
    words: &[
        "as", "async", "await", "boolean", "break", "case", "catch", "class", "const", "default", "else", "export",
        "extends", "false", "for", "from", "function", "if", "import", "in", "interface", "let", "new", "null", "number",
        "of", "return", "string", "switch", "throw", "true", "try", "type", "typeof", "undefined", "void", "while",
    ],
};
#[rustfmt::skip]
const RUST: Language = Language {
    line_comment: "//", block_comments: true, quotes: &['"'], escapes: true, any_case: false,
    words: &[
        "as", "async", "await", "const", "crate", "else", "enum", "false", "fn", "for", "if", "impl", "in", "let", "loop",
        "match", "mod", "move", "mut", "pub", "ref", "return", "self", "static", "struct", "true", "type", "use", "where",
        "while",
    ],
};
#[rustfmt::skip]
const JSON: Language = Language {
    line_comment: "", block_comments: false, quotes: &['"'], escapes: true, any_case: false,
    words: &["false", "null", "true"],
};
#[rustfmt::skip]
const SHELL: Language = Language {
    line_comment: "# ", block_comments: false, quotes: &['\'', '"'], escapes: false, any_case: false,
    words: &[],
};
#[rustfmt::skip]
const HTTP: Language = Language {
    line_comment: "", block_comments: false, quotes: &['"'], escapes: true, any_case: false,
    words: &["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
};

/// How a piece is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Comment,
    String,
    Number,
    Word,
}

/// Writes code.
pub(super) fn write(html: &mut Html, language: &str, code: &str) {
    let language = match language {
        "sql" => &SQL,
        "typescript" | "ts" | "javascript" | "js" => &TYPESCRIPT,
        "rust" => &RUST,
        "json" => &JSON,
        "sh" | "bash" | "shell" => &SHELL,
        "http" => &HTTP,
        _ => {
            html.text(code);
            return;
        }
    };
    let mut rest = code;
    while !rest.is_empty() {
        let (kind, length) = piece(rest, language);
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let open = match kind {
            Kind::Plain => "",
            Kind::Comment => "<span class=\"c\">",
            Kind::String => "<span class=\"s\">",
            Kind::Number => "<span class=\"n\">",
            Kind::Word => "<span class=\"k\">",
        };
        html.raw(open).text(piece).raw(if kind == Kind::Plain { "" } else { "</span>" });
        rest = after;
    }
}

/// The piece that `rest` begins with: how it is shown, and its length in bytes, at least one character.
fn piece(rest: &str, language: &Language) -> (Kind, usize) {
    if !language.line_comment.is_empty() && rest.starts_with(language.line_comment) {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if language.block_comments && rest.starts_with("/*") {
        return (Kind::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    let first = rest.chars().next().unwrap_or_default();
    let run = |accept: fn(char) -> bool| rest.find(|character| !accept(character)).unwrap_or(rest.len());
    if language.quotes.contains(&first) {
        (Kind::String, string(rest, first, language.escapes))
    } else if first.is_ascii_digit() {
        (Kind::Number, run(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '_')))
    } else if first == '$' && rest.chars().nth(1).is_some_and(|second| second.is_ascii_digit()) {
        (Kind::Number, 1 + rest.chars().skip(1).take_while(char::is_ascii_digit).count())
    } else if is_word(first) {
        let length = run(is_word);
        let word = rest.get(..length).unwrap_or_default();
        let is_known = language
            .words
            .iter()
            .any(|known| if language.any_case { known.eq_ignore_ascii_case(word) } else { *known == word });
        (if is_known { Kind::Word } else { Kind::Plain }, length)
    } else {
        (Kind::Plain, first.len_utf8())
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// To behind the closing quote.
fn string(rest: &str, quote: char, escapes: bool) -> usize {
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        if character == '\\' && escapes {
            characters.next();
        } else if character == quote {
            return at + quote.len_utf8();
        }
    }
    rest.len()
}
