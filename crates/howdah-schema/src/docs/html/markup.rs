//! Text that becomes HTML, escaped in one place.

/// HTML that is being written. Markup is known when the program is built; whatever is not goes through
/// [`text`](Self::text) or [`attribute`](Self::attribute), which is all the escaping there is.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup of ours.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text between tags.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                _ => self.character(character),
            }
        }
        self
    }

    /// ` name="value"` inside a tag.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        for character in value.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.character(character),
            }
        }
        self.0.push('"');
        self
    }

    /// A drawing by [`crate::er`], which escapes what it shows itself.
    pub(super) fn drawing(&mut self, svg: &str) -> &mut Self {
        self.0.push_str(svg);
        self
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.0
    }

    /// A parser turns a carriage return into a line feed, and U+0000 has no form in HTML at all.
    fn character(&mut self, character: char) {
        match character {
            '\r' => self.0.push_str("&#13;"),
            '\0' => self.0.push('\u{fffd}'),
            _ => self.0.push(character),
        }
    }
}
