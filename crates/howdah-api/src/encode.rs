//! Rows as JSON, from PostgreSQL's text format. Doing it here costs less than `json_agg` in the server.

use std::ops::Range;

use bytes::{BufMut, BytesMut};
use howdah_pg::lane::{Field, Row};

/// How a column's text form becomes JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Already JSON.
    Raw,
    /// `t` or `f`.
    Boolean,
    /// A number, unless it is NaN or infinite.
    Number,
    /// A date and time, in ISO 8601 with a `T`.
    Timestamp,
    /// Anything else.
    Text,
}

/// From `pg_type.dat`: object ids of built-in types never change.
fn form(type_oid: u32) -> Form {
    match type_oid {
        16 => Form::Boolean,
        // int2, int4, int8, oid, float4, float8, numeric. A whole number has no NaN, but looking costs nothing.
        20 | 21 | 23 | 700 | 701 | 1700 => Form::Number,
        114 | 3802 => Form::Raw,
        1114 | 1184 => Form::Timestamp,
        _ => Form::Text,
    }
}

/// What a row becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A JSON object; members that are null are left out when `strip_nulls` says so.
    Object { strip_nulls: bool },
    /// The JSON value of its only column.
    Value,
    /// A line of CSV.
    Csv,
    /// The text of its only column, as it is.
    Raw,
}

/// Writes rows of one shape.
#[derive(Debug)]
pub(crate) struct Encoder {
    shape: Shape,
    /// The keys as JSON, each with a colon.
    names: BytesMut,
    /// Per column: where its key stands in `names`, and its form.
    columns: Vec<(Range<usize>, Form)>,
    /// The first column holds bytes, whose text form stands for them.
    is_bytea: bool,
}

impl Encoder {
    /// `keys` name the columns; further result columns are left out.
    pub(crate) fn new(shape: Shape, keys: &[String], fields: &[Field]) -> Self {
        let mut names = BytesMut::with_capacity(keys.iter().map(|key| key.len() + 3).sum());
        let columns = keys.iter().zip(fields).map(|(key, field)| {
            let start = names.len();
            string(key.as_bytes(), &mut names);
            names.put_u8(b':');
            (start..names.len(), form(field.type_oid))
        });
        let columns = columns.collect();
        // From `pg_type.dat`.
        let is_bytea = fields.first().is_some_and(|field| field.type_oid == 17);
        Self { shape, names, columns, is_bytea }
    }

    pub(crate) fn row(&self, row: Row<'_>, out: &mut BytesMut) {
        match self.shape {
            Shape::Object { strip_nulls } => self.object(row, strip_nulls, out),
            Shape::Value => match (self.columns.first(), row.into_iter().next().flatten()) {
                (Some((_, form)), Some(text)) => encode(*form, text, out),
                _ => out.put_slice(b"null"),
            },
            Shape::Csv => {
                for (at, value) in row.take(self.columns.len()).enumerate() {
                    if at > 0 {
                        out.put_u8(b',');
                    }
                    csv_field(value, out);
                }
            }
            Shape::Raw => match row.into_iter().next().flatten() {
                Some(text) if self.is_bytea => bytes_of(text, out),
                Some(text) => out.put_slice(text),
                None => {}
            },
        }
    }

    fn object(&self, row: Row<'_>, strip_nulls: bool, out: &mut BytesMut) {
        let mut before = b'{';
        for ((name, form), value) in self.columns.iter().zip(row) {
            if value.is_none() && strip_nulls {
                continue;
            }
            out.put_u8(before);
            before = b',';
            out.put_slice(&self.names[name.clone()]);
            match value {
                None => out.put_slice(b"null"),
                Some(text) => encode(*form, text, out),
            }
        }
        if before == b'{' {
            out.put_u8(b'{');
        }
        out.put_u8(b'}');
    }
}

/// The bytes that bytea's text form stands for: `\x` and two digits a byte, or, where `bytea_output` says so, the bytes
/// themselves, with `\\` for a backslash and `\ooo` for what is not printable.
fn bytes_of(text: &[u8], out: &mut BytesMut) {
    if let Some(digits) = text.strip_prefix(b"\\x") {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
        out.extend(digits.chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])));
        return;
    }
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        (rest, _) = match (first, after) {
            (b'\\', [b'\\', left @ ..]) => (left, out.put_u8(b'\\')),
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', left @ ..]) => {
                (left, out.put_u8((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')))
            }
            _ => (after, out.put_u8(*first)),
        };
    }
}

/// The first line of CSV.
pub(crate) fn csv_head(keys: &[String], out: &mut BytesMut) {
    for (at, key) in keys.iter().enumerate() {
        if at > 0 {
            out.put_u8(b',');
        }
        csv_field(Some(key.as_bytes()), out);
    }
}

/// Nothing for a null: an empty text is in quotes. In quotes is what PostgreSQL would put there in a row's text form, which
/// is more than CSV asks for, because that is what PostgREST's clients have seen so far.
fn csv_field(value: Option<&[u8]>, out: &mut BytesMut) {
    let Some(text) = value else { return };
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | b'(' | b')' | b',' | b' ' | b'\t'..=b'\r');
    let is_plain = !text.is_empty() && !text.iter().any(is_special);
    if is_plain {
        return out.put_slice(text);
    }
    out.put_u8(b'"');
    for byte in text {
        if *byte == b'"' {
            out.put_u8(b'"');
        }
        out.put_u8(*byte);
    }
    out.put_u8(b'"');
}

fn encode(form: Form, text: &[u8], out: &mut BytesMut) {
    match form {
        Form::Raw => out.put_slice(text),
        Form::Boolean => out.put_slice(if text == b"t" { b"true" } else { b"false" }),
        Form::Number => {
            // NaN, Infinity and -Infinity are no JSON numbers; `to_json` writes them as strings too.
            let digit = text.strip_prefix(b"-").unwrap_or(text).first().is_some_and(u8::is_ascii_digit);
            if digit { out.put_slice(text) } else { string(text, out) }
        }
        Form::Timestamp => timestamp(text, out),
        Form::Text => string(text, out),
    }
}

/// `2026-11-20 13:03:39.5+00` → `"2026-11-20T13:03:39.5+00:00"`, as `to_json` writes it. Infinity and the like have no
/// space and stay as they are.
fn timestamp(text: &[u8], out: &mut BytesMut) {
    let (moment, era) = match text.strip_suffix(b" BC") {
        Some(moment) => (moment, &b" BC"[..]),
        None => (text, &b""[..]),
    };
    let Some(space) = moment.iter().position(|byte| *byte == b' ') else { return string(text, out) };
    let (date, time) = (&moment[..space], &moment[space + 1..]);
    out.put_u8(b'"');
    out.put_slice(date);
    out.put_u8(b'T');
    out.put_slice(time);
    // A zone of whole hours is written without minutes.
    if time.len() >= 3 && matches!(time[time.len() - 3], b'+' | b'-') {
        out.put_slice(b":00");
    }
    out.put_slice(era);
    out.put_u8(b'"');
}

/// A JSON string.
pub(crate) fn string(text: &[u8], out: &mut BytesMut) {
    out.reserve(text.len() + 2);
    out.put_u8(b'"');
    let mut start = 0;
    for (at, byte) in text.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x08 => b"\\b",
            0x0c => b"\\f",
            0..0x20 => b"",
            _ => continue,
        };
        out.put_slice(&text[start..at]);
        start = at + 1;
        if escape.is_empty() {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            out.put_slice(b"\\u00");
            out.put_u8(HEX[usize::from(byte >> 4)]);
            out.put_u8(HEX[usize::from(byte & 15)]);
        } else {
            out.put_slice(escape);
        }
    }
    out.put_slice(&text[start..]);
    out.put_u8(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(form: Form, text: &str, expected: &str) {
        let mut out = BytesMut::new();
        encode(form, text.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn forms() {
        check(Form::Boolean, "t", "true");
        check(Form::Boolean, "f", "false");
        check(Form::Number, "-12.50", "-12.50");
        check(Form::Number, "NaN", "\"NaN\"");
        check(Form::Number, "-Infinity", "\"-Infinity\"");
        check(Form::Number, "1e+20", "1e+20");
        check(Form::Timestamp, "2026-11-20 13:03:39.5+00", "\"2026-11-20T13:03:39.5+00:00\"");
        check(Form::Timestamp, "2026-11-20 13:03:39-03", "\"2026-11-20T13:03:39-03:00\"");
        check(Form::Timestamp, "2026-11-20 13:03:39+05:30", "\"2026-11-20T13:03:39+05:30\"");
        check(Form::Timestamp, "2026-11-20 13:03:39", "\"2026-11-20T13:03:39\"");
        check(Form::Timestamp, "0044-03-15 12:00:00+00 BC", "\"0044-03-15T12:00:00+00:00 BC\"");
        check(Form::Timestamp, "infinity", "\"infinity\"");
        check(Form::Text, "a\"b\\c\nd\u{1}", "\"a\\\"b\\\\c\\nd\\u0001\"");
    }

    #[test]
    fn bytea_is_its_bytes() {
        let check = |text: &str, expected: &[u8]| {
            let mut out = BytesMut::new();
            bytes_of(text.as_bytes(), &mut out);
            assert_eq!(&out[..], expected, "{text}");
        };
        check(r"\xDEad00", b"\xde\xad\x00");
        check(r"\x", b"");
        check(r"a\\b\000\377c", b"a\\b\x00\xffc");
        check("", b"");
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in ".*") {
            let mut out = BytesMut::new();
            string(text.as_bytes(), &mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
