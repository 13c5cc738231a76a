//! SVG as text: whatever a name holds, it stays a name.

use super::super::metrics::{Font, is_known, width};
use super::super::shape::{Label, printable};
use std::fmt;

/// An SVG document that is being written.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

impl Markup {
    pub(super) fn push_str(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    /// A text that begins at `x`, with the whole of it as a tooltip if it was cut.
    pub(super) fn label(&mut self, class: &str, x: i32, y: i32, label: &Label, font: Font, size: u32) {
        use fmt::Write as _;
        if label.text.is_empty() {
            return;
        }
        // What the width tables do not know is made as wide as was reckoned.
        let fixed = if is_known(&label.text) {
            String::new()
        } else {
            format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", width(&label.text, font, size))
        };
        let _ = write!(self, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{fixed}>");
        if let Some(whole) = &label.whole {
            let _ = write!(self, "<title>{}</title>", text(whole));
        }
        let _ = write!(self, "{}</text>", text(&label.text));
    }
}

impl fmt::Write for Markup {
    fn write_str(&mut self, markup: &str) -> fmt::Result {
        self.0.push_str(markup);
        Ok(())
    }
}

/// Text between tags.
pub(super) fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in printable(value).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

/// The value of an attribute in double quotes.
pub(super) fn attribute(value: &str) -> String {
    text(value).replace('"', "&quot;").replace('\'', "&#39;")
}
