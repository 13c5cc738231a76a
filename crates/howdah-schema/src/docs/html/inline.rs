//! Pieces of a line.

use super::links::Links;
use super::markup::Html;
use crate::docs::Inline;

/// Writes a line as it stands in a file.
pub(super) fn line(html: &mut Html, line: &[Inline], links: &Links, from: &str) {
    for inline in line {
        match inline {
            Inline::Text { text } => _ = html.text(text),
            Inline::Code { text } => _ = html.raw("<code>").text(text).raw("</code>"),
            Inline::Strong { text } => _ = html.raw("<strong>").text(text).raw("</strong>"),
            Inline::Badge { text } => _ = html.raw("<span class=\"badge\">").text(text).raw("</span>"),
            Inline::Link { page, anchor, text, code } => {
                let url = links.to(from, page, anchor.as_deref());
                if let Some(url) = &url {
                    html.raw("<a").attribute("href", url).raw(">");
                }
                if *code {
                    html.raw("<code>").text(text).raw("</code>");
                } else {
                    html.text(text);
                }
                if url.is_some() {
                    html.raw("</a>");
                }
            }
            Inline::Break => _ = html.raw("<br>"),
        }
    }
}
