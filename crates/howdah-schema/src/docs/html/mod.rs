//! The documentation as a static site: pages that read from disk, without a server, a network or a script.
//!
//! What a site needs is in it: no font, script or picture comes from elsewhere, and each page forbids the browser to try
//! (`Content-Security-Policy`; `'self'` covers `file:` in Chromium and Firefox, and both refuse inline scripts and
//! styles then, so there are none). `fetch` does not work from `file:`, so what scripts read are scripts too: `data/*.js`.
//!
//! Scripts only add: search, the whole navigation, tabs, copying, a choice of theme, zoom. The navigation of every page
//! on every page would be a million links for a thousand tables; so a page carries its own section, and the list of all
//! is one file that each page's script reads.

mod assets;
mod blocks;
mod contents;
mod drawing;
mod highlight;
mod inline;
mod links;
mod markup;
mod navigation;
mod outline;
mod script;
mod search;
mod shell;
#[cfg(test)]
mod tests;

use super::Page;
use crate::{OutputFile, cores};
use links::Links;
use std::collections::BTreeMap;

/// What a site has besides its pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// The project's name, which every page shows.
    pub title: String,
    /// By path, such as `diagrams/media.svg`: drawings by [`crate::er`]. Their links are those of drawings beside pages in
    /// Markdown, relative to the drawing's own path (`../tables/public.tasks.md`); the site makes them lead to its own.
    pub diagrams: BTreeMap<String, String>,
}

/// All files of the site, below its folder: a file a page, the drawings that are too large to stand in a page, `assets/`
/// (the same for every site) and `data/`.
///
/// A link to a page or an anchor that is not in `pages` is written as plain text, or leads to the page's top: a site has
/// no dead links.
pub fn site(pages: &[Page], site: &Site) -> Vec<OutputFile> {
    let contents = contents::page(pages);
    let links = Links::new(pages.iter().chain([&contents]));
    let navigation = navigation::Navigation::new(pages, &links);
    let list = links.outlines().last().map_or("index.html", |outline| outline.file.as_str());
    let shell = shell::Shell { site, links: &links, navigation: &navigation, contents: list };

    let outlined: Vec<_> = pages.iter().chain([&contents]).zip(links.outlines()).collect();
    let mut files = cores::map(&outlined, |(page, outline)| shell.page(page, outline));
    files.extend(drawing::files(&site.diagrams, &links));
    files.extend(assets::files());
    files.push(navigation.script());
    files.push(search::script(pages, &links));
    files
}
