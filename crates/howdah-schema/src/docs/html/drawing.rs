//! Drawings within pages.
//!
//! A drawing stands in the page itself, so that its links work and what is under the pointer can be followed; a large one
//! is a picture, since a page should open at once. Either way its file is there to be opened.

use super::links::{Links, relative, resolve};
use super::markup::Html;
use crate::docs::Sample;
use std::borrow::Cow;

/// A drawing over this many bytes is a picture.
const MAX_INLINE: usize = 192 * 1024;

/// Writes a drawing as a figure. `number` tells it from others on the page.
pub(super) fn figure(html: &mut Html, number: usize, path: &str, svg: &str, alt: &str, from: &str, links: &Links) {
    let url = relative(from, path);
    html.raw("<figure class=\"diagram\">\n<div class=\"drawing\">");
    if svg.len() <= MAX_INLINE {
        html.drawing(&within(svg, number, path, from, links));
    } else {
        html.raw("<img loading=\"lazy\"").attribute("src", &url).attribute("alt", alt).raw(">");
    }
    html.raw("</div>\n<figcaption>").text(alt).raw(" <a").attribute("href", &url);
    html.raw(">Open full size</a></figcaption>\n</figure>\n");
}

/// What stands in for a drawing that is not there.
pub(super) fn source(alt: &str, mermaid: &str) -> Sample {
    Sample { language: "mermaid".to_owned(), label: alt.to_owned(), code: mermaid.to_owned() }
}

/// A drawing as a file ends with a line break, as all files do.
pub(super) fn file(svg: &str) -> String {
    if svg.ends_with('\n') { svg.to_owned() } else { format!("{svg}\n") }
}

/// The drawing as an element of a page: links lead on from there, ids are the page's own, and its style is left out
/// (`site.css` has it; the page's policy would refuse it).
fn within(svg: &str, number: usize, path: &str, from: &str, links: &Links) -> String {
    let start = svg.find("<svg").unwrap_or(0);
    let mut rest = svg.get(start..).unwrap_or_default();
    let mut out = String::with_capacity(rest.len());
    // Text holds no `<` but as an escape, so each begins a tag; and a tag ends at the first `>` that is not in quotes.
    while let Some(open) = rest.find('<') {
        let (text, tag_on) = rest.split_at(open);
        out.push_str(text);
        let (tag, after) = tag_on.split_at(tag_length(tag_on));
        rest = after;
        if tag.starts_with("<style") {
            rest = rest.split_once("</style>").map_or("", |(_, after)| after);
            continue;
        }
        push_tag(&mut out, tag, |name, value| match name {
            "href" => link(value, path, from, links).map(Cow::Owned),
            "id" => Some(Cow::Owned(format!("d{number}:{value}"))),
            "aria-labelledby" | "aria-describedby" => {
                let ids: Vec<_> = value.split(' ').map(|id| format!("d{number}:{id}")).collect();
                Some(Cow::Owned(ids.join(" ")))
            }
            _ => Some(match value.strip_prefix("url(#") {
                Some(id) => Cow::Owned(format!("url(#d{number}:{id}")),
                None => Cow::Borrowed(value),
            }),
        });
    }
    out.push_str(rest);
    out
}

/// A link of the drawing as one of the page; `None` if nothing is there.
fn link(url: &str, path: &str, from: &str, links: &Links) -> Option<String> {
    let (file, anchor) = match url.split_once('#') {
        Some((file, anchor)) => (file, Some(anchor)),
        None => (url, None),
    };
    let to = if file.is_empty() { from.to_owned() } else { resolve(path, file)? };
    links.has_file(&to, anchor).then(|| match anchor {
        Some(anchor) => format!("{}#{anchor}", relative(from, &to)),
        None => relative(from, &to),
    })
}

/// To behind its `>`.
fn tag_length(tag: &str) -> usize {
    let mut quote = None;
    for (at, character) in tag.char_indices() {
        match (quote, character) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// Copies a tag with each attribute's value changed; `None` leaves the attribute out.
fn push_tag<'t>(out: &mut String, tag: &'t str, change: impl Fn(&str, &'t str) -> Option<Cow<'t, str>>) {
    let mut rest = tag;
    while let Some((before, value_on)) = rest.split_once("=\"") {
        let Some((value, after)) = value_on.split_once('"') else { break };
        let (kept, name) = before.rsplit_once(char::is_whitespace).unwrap_or(("", before));
        out.push_str(kept);
        if let Some(value) = change(name, value) {
            for part in [" ", name, "=\"", &value, "\""] {
                out.push_str(part);
            }
        }
        rest = after;
    }
    out.push_str(rest);
}
