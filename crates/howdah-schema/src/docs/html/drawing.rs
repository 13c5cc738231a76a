//! Drawings within pages.
//!
//! A drawing stands in the page itself, so that its links work and what is under the pointer can be followed; a large one
//! is a picture, since a page should open at once. It is stored once: a file is only what is a picture, or else drawings
//! would be half of a large site, and stand there twice.
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
    html.raw("<figure class=\"diagram\">\n<div class=\"drawing\">");
    if is_within(svg) {
        within(html, svg, path, from, links);
        html.raw("</div>\n<figcaption>").text(alt);
    } else {
        let url = relative(from, path);
        html.raw("<img loading=\"lazy\"").attribute("src", &url).attribute("alt", alt).raw(">");
        html.raw("</div>\n<figcaption>").text(alt);
        html.raw(" <a").attribute("href", &url).raw(">Open full size</a>");
    }
    html.raw("</figcaption>\n</figure>\n");
}

/// Whether a drawing stands in its page.
fn is_within(svg: &str) -> bool {
    svg.len() <= MAX_INLINE
}

/// What stands in for a drawing that is not there.
pub(super) fn source(alt: &str, mermaid: &str) -> Sample {
    Sample { language: "mermaid".to_owned(), label: alt.to_owned(), code: mermaid.to_owned() }
}

/// The pictures, and the style of drawings that stand in pages, whose policy refuses a style of their own.
pub(super) fn files(diagrams: &BTreeMap<String, String>, links: &Links) -> Vec<OutputFile> {
    let (inside, pictures): (Vec<_>, Vec<_>) = diagrams.iter().partition(|(_, svg)| is_within(svg));
    let picture = |(path, svg): (&String, &String)| {
        let mut out = Html::default();
        linked(&mut out, svg, path, path, links);
        OutputFile::new(path, out.finish())
    };
    let mut files: Vec<_> = pictures.into_iter().map(picture).collect();
    // Drawings have the same rules, a larger one more of them.
    let (mut seen, mut rules) = (BTreeSet::new(), String::new());
    let styles = inside.into_iter().filter_map(|(_, svg)| style(svg));
    for rule in styles.flat_map(|(_, style, _)| style.lines()) {
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

/// Writes the drawing as an element of a page, without its style.
fn within(html: &mut Html, svg: &str, path: &str, from: &str, links: &Links) {
    let svg = svg.get(svg.find("<svg").unwrap_or(0)..).unwrap_or_default();
    let (before, after) = style(svg).map_or((svg, ""), |(before, _, after)| (before, after));
    html.drawing(before);
    linked(html, after, path, from, links);
}

/// Writes a drawing, or a part of it, with links that lead on from the file that it is written into.
fn linked(html: &mut Html, svg: &str, path: &str, from: &str, links: &Links) {
    let mut parts = svg.split(LINK);
    html.drawing(parts.next().unwrap_or_default());
    for part in parts {
        let (url, rest) = part.split_once('"').unwrap_or((part, ""));
        match link(url, path, from, links) {
            Some(url) => html.drawing(LINK).drawing(&url).drawing("\""),
            None => html.drawing("<a"),
        };
        html.drawing(rest);
    }
}

/// What stands before, within and after the style of a drawing.
fn style(svg: &str) -> Option<(&str, &str, &str)> {
    let (before, style) = svg.split_once("<style>")?;
    let (style, after) = style.split_once("</style>")?;
    Some((before, style.trim_matches('\n'), after))
}

/// A link of the drawing as one of the site; `None` if nothing is there.
fn link(url: &str, path: &str, from: &str, links: &Links) -> Option<String> {
    links.to(from, resolve(path, url)?.strip_suffix(".md")?, None)
}
