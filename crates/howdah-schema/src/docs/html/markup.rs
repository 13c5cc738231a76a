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
        self.escaped(text, |byte| match byte {
            b'&' => Some("&amp;"),
            b'<' => Some("&lt;"),
            b'>' => Some("&gt;"),
            _ => never_as_it_is(byte),
        })
    }

    /// ` name="value"` inside a tag.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"");
        self.escaped(value, |byte| match byte {
            b'&' => Some("&amp;"),
            b'<' => Some("&lt;"),
            b'>' => Some("&gt;"),
            b'"' => Some("&quot;"),
            b'\'' => Some("&#39;"),
            _ => never_as_it_is(byte),
        });
        self.raw("\"")
    }

    /// A drawing by [`crate::er`], which escapes what it shows itself, or a part of one.
    pub(super) fn drawing(&mut self, svg: &str) -> &mut Self {
        self.0.push_str(svg);
        self
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.0
    }

    /// `escape` knows ASCII characters only, so each cut is at a character's boundary.
    fn escaped(&mut self, text: &str, escape: impl Fn(u8) -> Option<&'static str>) -> &mut Self {
        let mut done = 0;
        for (at, byte) in text.bytes().enumerate() {
            if let Some(escaped) = escape(byte) {
                self.0.push_str(text.get(done..at).unwrap_or_default());
                self.0.push_str(escaped);
                done = at + 1;
            }
        }
        self.0.push_str(text.get(done..).unwrap_or_default());
        self
    }
}

/// A parser turns a carriage return into a line feed, and U+0000 has no form in HTML at all.
fn never_as_it_is(byte: u8) -> Option<&'static str> {
    match byte {
        b'\r' => Some("&#13;"),
        0 => Some("\u{fffd}"),
        _ => None,
    }
}
