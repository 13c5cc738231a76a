//! Lists: a table for eyes, tab-separated lines for pipes.
//!
//! A pipe gets every value whole and no header, because `cut -f2` and `while read` are what reads it.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};

/// Rows under named columns.
#[derive(Debug)]
pub(crate) struct Listing {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
    when_empty: Option<String>,
}

impl Listing {
    pub(crate) fn new(columns: &'static [&'static str]) -> Self {
        Self { columns, rows: Vec::new(), when_empty: None }
    }

    /// What to say instead of an empty table: the command that would fill it.
    pub(crate) fn or_say(mut self, next: impl Into<String>) -> Self {
        self.when_empty = Some(next.into());
        self
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.columns.len());
        self.rows.push(cells.into());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn when_empty(&self) -> Option<&str> {
        self.when_empty.as_deref()
    }

    pub(crate) fn write(&self, out: &mut dyn Write, terminal: bool) -> io::Result<()> {
        if terminal { self.write_table(out) } else { self.write_lines(out) }
    }

    fn write_table(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        if self.columns.iter().any(|name| !name.is_empty()) {
            table.set_header(self.columns.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
        }
        for row in &self.rows {
            table.add_row(row);
        }
        writeln!(out, "{}", table.trim_fmt())
    }

    fn write_lines(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|cell| one_line(cell)).collect();
            writeln!(out, "{}", cells.join("\t"))?;
        }
        Ok(())
    }
}

/// A tab or a line break inside a value would shift every column after it.
fn one_line(cell: &str) -> String {
    cell.replace('\\', r"\\").replace('\t', r"\t").replace('\n', r"\n").replace('\r', r"\r")
}

#[cfg(test)]
mod tests {
    use super::Listing;

    #[test]
    fn a_pipe_gets_whole_values_on_one_line_without_a_header() {
        let mut listing = Listing::new(&["name", "value"]);
        listing.row(["a\tb".to_owned(), "x".repeat(300)]);
        let mut out = Vec::new();
        listing.write(&mut out, false).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), format!("a\\tb\t{}\n", "x".repeat(300)));
    }
}
