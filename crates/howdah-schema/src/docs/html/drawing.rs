//! Drawings within pages.
//!
//! A drawing stands in the page itself, so that its links work and what is under the pointer can be followed; a large one
//! is a picture, since a page should open at once. Either way its file is there to be opened.
//!
//! [`crate::er`] promises what is used here: no ids, rules that begin with the drawing's own class, one a line, and `<` in
//! names only as an escape, so that `<a href="` is always a link.

use super::links::{Links, relative, resolve};
use super::markup::Html;
use crate::OutputFile;
use crate::docs::Sample;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A drawing over this many bytes is a picture.
const MAX_INLINE: usize = 256 * 1024;

const LINK: &str = "<a href=\"";

/// Writes a drawing as a figure.
pub(super) fn figure(html: &mut Html, path: &str, svg: &str, alt: &str, from: &str, links: &Links) {
    let url = relative(from, path);
    html.raw("<figure class=\"diagram\">\n<div class=\"drawing\">");
    if svg.len() <= MAX_INLINE {
        html.drawing(&within(svg, path, from, links));
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

/// The drawings as they are, and their style for where they stand in pages, whose policy refuses a style of their own.
pub(super) fn files(diagrams: &BTreeMap<String, String>) -> Vec<OutputFile> {
    let file = |(path, svg): (&String, &String)| {
        OutputFile::new(path, if svg.ends_with('\n') { svg.clone() } else { format!("{svg}\n") })
    };
    let mut files: Vec<_> = diagrams.iter().map(file).collect();
    // Drawings have the same rules, a larger one more of them.
    let (mut seen, mut rules) = (BTreeSet::new(), String::new());
    let within = diagrams.values().filter(|svg| svg.len() <= MAX_INLINE).filter_map(|svg| style(svg));
    for rule in within.flat_map(|(_, style, _)| style.lines()) {
        if seen.insert(rule) {
            rules.push_str(&on_screen(rule));
            rules.push('\n');
        }
    }
    files.push(OutputFile::new("data/diagrams.css", rules));
    files
}

/// Dark colours are for screens: a page is printed in the light ones, whatever its reader chose.
fn on_screen(rule: &str) -> Cow<'_, str> {
    const DARK: &str = "@media (prefers-color-scheme:dark)";
    if let Some(rest) = rule.strip_prefix(DARK) {
        Cow::Owned(format!("@media screen and (prefers-color-scheme:dark){rest}"))
    } else if rule.starts_with("[data-theme=\"dark\"]") {
        Cow::Owned(format!("@media screen{{{rule}}}"))
    } else {
        Cow::Borrowed(rule)
    }
}

/// The drawing as an element of a page, without its style, and with links that lead on from there.
fn within(svg: &str, path: &str, from: &str, links: &Links) -> String {
    let svg = svg.get(svg.find("<svg").unwrap_or(0)..).unwrap_or_default();
    let (before, after) = style(svg).map_or((svg, ""), |(before, _, after)| (before, after));
    let mut out = before.to_owned();
    let mut parts = after.split(LINK);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (url, rest) = part.split_once('"').unwrap_or((part, ""));
        match link(url, path, from, links) {
            Some(url) => out.extend([LINK, &url, "\""]),
            None => out.push_str("<a"),
        }
        out.push_str(rest);
    }
    out
}

/// What stands before, within and after the style of a drawing.
fn style(svg: &str) -> Option<(&str, &str, &str)> {
    let (before, style) = svg.split_once("<style>")?;
    let (style, after) = style.split_once("</style>")?;
    Some((before, style.trim_matches('\n'), after))
}

/// A link of the drawing as one of the page; `None` if nothing is there.
fn link(url: &str, path: &str, from: &str, links: &Links) -> Option<String> {
    let to = resolve(path, url)?;
    links.has_file(&to).then(|| relative(from, &to))
}
