//! SVG as text: whatever a name holds, it stays a name.

use super::super::metrics::{Font, is_known, width};
use super::super::shape::{Label, printable_char};
use std::fmt::{self, Write as _};

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
        self.anchored(class, x, y, "", label, font, size);
    }

    /// A text that ends at `x`.
    pub(super) fn label_before(&mut self, class: &str, x: i32, y: i32, label: &Label, font: Font, size: u32) {
        self.anchored(class, x, y, " text-anchor=\"end\"", label, font, size);
    }

    #[expect(clippy::too_many_arguments, reason = "private; two callers above")]
    fn anchored(&mut self, class: &str, x: i32, y: i32, anchor: &str, label: &Label, font: Font, size: u32) {
        if !label.text.is_empty() {
            let _ = write!(self, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}{}>", fixed(label, font, size));
            self.content(label);
            self.push_str("</text>");
        }
    }

    /// A part of a text.
    pub(super) fn span(&mut self, class: &str, label: &Label, font: Font, size: u32) {
        if !label.text.is_empty() {
            let _ = write!(self, "<tspan class=\"{class}\"{}>", fixed(label, font, size));
            self.content(label);
            self.push_str("</tspan>");
        }
    }

    fn content(&mut self, label: &Label) {
        if let Some(whole) = &label.whole {
            let _ = write!(self, "<title>{}</title>", text(whole));
        }
        self.push_str(&text(&label.text));
    }
}

/// What the width tables do not know is made as wide as was reckoned.
fn fixed(label: &Label, font: Font, size: u32) -> String {
    if is_known(&label.text) {
        return String::new();
    }
    format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", width(&label.text, font, size))
}

impl fmt::Write for Markup {
    fn write_str(&mut self, markup: &str) -> fmt::Result {
        self.0.push_str(markup);
        Ok(())
    }
}

/// Text between tags or within quotes.
pub(super) fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(printable_char(c)),
        }
    }
    out
}
