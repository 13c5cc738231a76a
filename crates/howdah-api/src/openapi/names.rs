//! Names of the database where the documents have rules of their own for names.

use std::fmt::Write as _;

use howdah_schema::QualifiedName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but what RFC 3986 calls unreserved. Braces among them: they would begin a template.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Query parameters that are no filters.
pub(super) const RESERVED: [&str; 8] = ["select", "order", "limit", "offset", "columns", "on_conflict", "and", "or"];

/// A name as a segment of a path.
pub(super) fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

/// A name as (a part of) a key in `components` of OpenAPI 3.1, which may hold letters, digits and `.-_` alone. Any other byte
/// is a dot and two upper-case hexadecimal digits, the dot itself too: no two names have the same key, and what follows a key
/// after a dot and in lower case belongs to no name.
pub(super) fn key(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_') => out.push(char::from(b)),
            b => {
                let _ = write!(out, ".{b:02X}");
            }
        }
    }
    out
}

/// The key of a type. Those of relations have one dot at the most, before what is in lower case.
pub(super) fn type_key(name: &QualifiedName) -> String {
    format!("type.{}.{}", key(&name.schema), key(&name.name))
}

/// A name as the last part of a `$ref`: a JSON pointer in a URI's fragment.
pub(super) fn pointer(name: &str) -> String {
    segment(&name.replace('~', "~0").replace('/', "~1"))
}

/// A column as the key of a filter: in double quotes where it would otherwise be read as something else.
pub(super) fn filter(column: &str) -> String {
    let plain = column.split('-').all(|part| {
        !part.is_empty()
            && part.trim() == part
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ' ' | '$'))
    });
    if plain && !RESERVED.contains(&column) {
        return column.to_owned();
    }
    format!("\"{}\"", column.replace('\\', "\\\\").replace('"', "\\\""))
}
