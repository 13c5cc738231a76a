//! Rows in PostgreSQL's COPY text format, written field by field by name.
//!
//! Text, not binary: the staging table takes its types from the live table, and text is read by whatever input function
//! the column has, so that a project that widened `integer` to `bigint` still gets its rows.

use crate::calendar::{Day, Moment};
use std::fmt::Write as _;
use std::ops::Range;
use uuid::Uuid;

/// The rows of one table on their way into COPY. Fields are set in any order; what a row does not set is NULL.
#[derive(Debug)]
pub(crate) struct RowWriter {
    columns: &'static [&'static str],
    /// Whether the database has the column; the others are generated and dropped.
    kept: Vec<bool>,
    /// Where in `row` the escaped field of each column lies.
    fields: Vec<Option<Range<usize>>>,
    row: Vec<u8>,
    scratch: String,
    /// Where the next name is probably found: generators set fields in the order of the column list.
    next: usize,
    out: Vec<u8>,
    rows: u64,
    unknown: Vec<&'static str>,
}

impl RowWriter {
    /// A writer for rows with these columns, of which the database has those that `kept` says.
    pub(crate) fn new(columns: &'static [&'static str], kept: Vec<bool>) -> Self {
        Self {
            columns,
            kept,
            fields: vec![None; columns.len()],
            row: Vec::new(),
            scratch: String::new(),
            next: 0,
            out: Vec::new(),
            rows: 0,
            unknown: Vec::new(),
        }
    }

    /// Sets one field of the row being written. A name that is not in the column list is remembered
    /// (see [`unknown`](Self::unknown)) rather than a panic: a test asserts that there is none.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Field) -> &mut Self {
        let hit = self.columns.get(self.next).is_some_and(|column| *column == name);
        let slot = if hit { Some(self.next) } else { self.columns.iter().position(|column| *column == name) };
        let Some(slot) = slot else {
            if !self.unknown.contains(&name) {
                self.unknown.push(name);
            }
            return self;
        };
        self.next = slot + 1;
        self.scratch.clear();
        self.fields[slot] = value.write(&mut self.scratch).then(|| {
            let start = self.row.len();
            escape(&self.scratch, &mut self.row);
            start..self.row.len()
        });
        self
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        let mut first = true;
        for (slot, kept) in self.kept.iter().enumerate() {
            let field = self.fields[slot].take();
            if !kept {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.out.push(b'\t');
            }
            match field {
                Some(range) => self.out.extend_from_slice(&self.row[range]),
                None => self.out.extend_from_slice(b"\\N"),
            }
        }
        self.out.push(b'\n');
        self.row.clear();
        self.next = 0;
        self.rows += 1;
    }

    /// Rows ended so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes waiting to be taken.
    pub(crate) fn waiting(&self) -> usize {
        self.out.len()
    }

    /// Takes the bytes of the ended rows.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Names that were set but do not stand in the column list.
    pub(crate) fn unknown(&self) -> &[&'static str] {
        &self.unknown
    }
}

/// Escapes one field. A NUL byte, which no PostgreSQL text can hold, becomes U+FFFD; an empty field stays empty, which is
/// how COPY tells it from NULL.
fn escape(text: &str, out: &mut Vec<u8>) {
    for &byte in text.as_bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            _ => out.push(byte),
        }
    }
}

/// A value that PostgreSQL reads from text.
pub(crate) trait Field {
    /// Writes the value as its input function reads it; false is NULL.
    fn write(&self, text: &mut String) -> bool;
}

impl<T: Field + ?Sized> Field for &T {
    fn write(&self, text: &mut String) -> bool {
        (**self).write(text)
    }
}

impl<T: Field> Field for Option<T> {
    fn write(&self, text: &mut String) -> bool {
        self.as_ref().is_some_and(|value| value.write(text))
    }
}

impl Field for str {
    fn write(&self, text: &mut String) -> bool {
        text.push_str(self);
        true
    }
}

impl Field for String {
    fn write(&self, text: &mut String) -> bool {
        self.as_str().write(text)
    }
}

impl Field for bool {
    fn write(&self, text: &mut String) -> bool {
        text.push(if *self { 't' } else { 'f' });
        true
    }
}

/// Types whose `Display` is what the input function reads.
macro_rules! displayed {
    ($($type:ty),*) => {$(
        impl Field for $type {
            fn write(&self, text: &mut String) -> bool {
                write!(text, "{self}").is_ok()
            }
        }
    )*};
}

displayed!(i32, i64, u64, f64, Uuid, Day, Moment, serde_json::Value, Money);

/// An amount in ten-thousandths, the scale of numeric(19,4): integers add up where floats would not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Money(pub(crate) i64);

impl Money {
    /// From hundredths, what prices are made in.
    pub(crate) fn cents(cents: i64) -> Self {
        Self(cents * 100)
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let all = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:04}", all / 10_000, all % 10_000)
    }
}

/// A bytea.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Field for Bytes<'_> {
    fn write(&self, text: &mut String) -> bool {
        text.push_str("\\x");
        self.0.iter().all(|byte| write!(text, "{byte:02x}").is_ok())
    }
}

/// An array of one dimension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Array<'a, T>(pub(crate) &'a [T]);

impl<T: Field> Field for Array<'_, T> {
    fn write(&self, text: &mut String) -> bool {
        let mut item = String::new();
        text.push('{');
        for (i, value) in self.0.iter().enumerate() {
            if i > 0 {
                text.push(',');
            }
            item.clear();
            if !value.write(&mut item) {
                text.push_str("NULL");
                continue;
            }
            // Always quoted: a bare NULL, an empty item and a comma would all be read as something else.
            text.push('"');
            for c in item.chars() {
                if c == '"' || c == '\\' {
                    text.push('\\');
                }
                text.push(c);
            }
            text.push('"');
        }
        text.push('}');
        true
    }
}

#[cfg(test)]
mod tests;
