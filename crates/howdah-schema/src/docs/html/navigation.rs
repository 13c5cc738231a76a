//! The way to other pages.
//!
//! Every page on every page would be the larger part of a large site. So a page lists its own section, as far as it is
//! short, and leads to the list of all pages for the others; a script puts the whole list there, from one file.

use super::contents::{is_object, section_id, sections};
use super::links::{Links, relative};
use super::markup::Html;
use super::script;
use crate::OutputFile;
use crate::docs::Page;
use serde::Serialize;

/// How many pages of a section are listed before and after the current one.
const AROUND: usize = 20;

/// The pages of a site by section.
pub(super) struct Navigation<'p> {
    sections: Vec<Section<'p>>,
}

#[derive(Serialize)]
struct Section<'p> {
    name: Option<&'p str>,
    /// Its anchor on the list of all pages.
    anchor: String,
    entries: Vec<Entry<'p>>,
}

#[derive(Serialize)]
struct Entry<'p> {
    file: String,
    title: &'p str,
    /// Shown as code.
    object: bool,
}

impl<'p> Navigation<'p> {
    pub(super) fn new(pages: &'p [Page], links: &Links) -> Self {
        let entry = |at| {
            let page: &Page = pages.get(at)?;
            let file = links.outline(at)?.file.clone();
            Some(Entry { file, title: &page.title, object: is_object(page) })
        };
        let section = |(number, (name, members)): (usize, (_, Vec<usize>))| Section {
            name,
            anchor: section_id(number),
            entries: members.into_iter().filter_map(entry).collect(),
        };
        Self { sections: sections(pages).into_iter().enumerate().map(section).collect() }
    }

    /// What every page's script reads.
    pub(super) fn script(&self) -> OutputFile {
        script::file("pages", "howdahPages", &self.sections)
    }

    /// Writes what a page has without scripts.
    pub(super) fn write(&self, html: &mut Html, from: &str, contents: &str) {
        html.raw("<nav class=\"navigation\" id=\":navigation\" aria-label=\"Pages\">\n");
        for section in &self.sections {
            let here = section.entries.iter().position(|entry| entry.file == from);
            match (section.name, here) {
                (None, _) => entries(html, &section.entries, from),
                (Some(name), Some(here)) => {
                    html.raw("<details open><summary>").text(name).raw("</summary>\n");
                    let first = here.saturating_sub(AROUND);
                    let last = section.entries.len().min(here + AROUND + 1);
                    entries(html, section.entries.get(first..last).unwrap_or_default(), from);
                    if first > 0 || last < section.entries.len() {
                        let url = format!("{}#{}", relative(from, contents), section.anchor);
                        html.raw("<p class=\"more\"><a").attribute("href", &url).raw(">");
                        html.text(&format!("All {} in {name}", section.entries.len())).raw("</a></p>\n");
                    }
                    html.raw("</details>\n");
                }
                (Some(name), None) => {
                    let url = format!("{}#{}", relative(from, contents), section.anchor);
                    html.raw("<p class=\"section\"><a").attribute("href", &url).raw(">").text(name).raw("</a></p>\n");
                }
            }
        }
        html.raw("</nav>\n");
    }
}

fn entries(html: &mut Html, entries: &[Entry<'_>], from: &str) {
    html.raw("<ul>\n");
    for entry in entries {
        html.raw("<li><a").attribute("href", &relative(from, &entry.file));
        if entry.file == from {
            html.attribute("aria-current", "page");
        }
        if entry.object {
            html.attribute("class", "object");
        }
        html.raw(">").text(entry.title).raw("</a></li>\n");
    }
    html.raw("</ul>\n");
}
