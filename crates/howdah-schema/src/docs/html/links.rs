//! Where pages are, and how one leads to another.

use super::outline::Outline;
use crate::docs::Page;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The pages of a site, in order, with their files and anchors.
pub(super) struct Links {
    outlines: Vec<Outline>,
    by_path: BTreeMap<String, usize>,
}

impl Links {
    pub(super) fn new<'p>(pages: impl Iterator<Item = &'p Page> + Clone) -> Self {
        // Names that differ in case only are one file on some systems. README first: the start page is `index.html`
        // whatever else is called `index`.
        let mut taken = BTreeSet::new();
        let mut files = BTreeMap::new();
        let (start, others): (Vec<_>, Vec<_>) = pages.clone().enumerate().partition(|(_, page)| page.path == "README");
        for (at, page) in start.into_iter().chain(others) {
            let mut file = wanted_file(&page.path);
            while !taken.insert(file.to_ascii_lowercase()) {
                file.insert(file.len().saturating_sub(".html".len()), '~');
            }
            files.insert(at, file);
        }
        let mut by_path = BTreeMap::new();
        for (at, page) in pages.clone().enumerate() {
            by_path.entry(page.path.clone()).or_insert(at);
        }
        let outlines = pages.zip(files.into_values()).map(|(page, file)| Outline::new(page, file)).collect();
        Self { outlines, by_path }
    }

    /// What each page has, in their order.
    pub(super) fn outlines(&self) -> &[Outline] {
        &self.outlines
    }

    /// What the page at this place has.
    pub(super) fn outline(&self, at: usize) -> Option<&Outline> {
        self.outlines.get(at)
    }

    /// From a file to a page; to its top if it has no such anchor. `None` if there is no such page.
    pub(super) fn to(&self, from: &str, path: &str, anchor: Option<&str>) -> Option<String> {
        let outline = self.outlines.get(*self.by_path.get(path)?)?;
        let mut url = relative(from, &outline.file);
        if let Some(anchor) = anchor.filter(|anchor| outline.has(anchor)) {
            url.push('#');
            push_encoded(&mut url, anchor);
        }
        Some(url)
    }
}

/// The file that a page has if no other took it.
fn wanted_file(path: &str) -> String {
    if path == "README" { "index.html".to_owned() } else { format!("{path}.html") }
}

/// The URL of a file as seen from another; both below the site's folder.
pub(super) fn relative(from: &str, to: &str) -> String {
    let mut folders = from.split('/').collect::<Vec<_>>();
    folders.pop();
    let mut rest = to;
    let mut common = 0;
    for folder in &folders {
        let Some(below) = rest.strip_prefix(folder).and_then(|below| below.strip_prefix('/')) else { break };
        rest = below;
        common += 1;
    }
    let mut url = "../".repeat(folders.len() - common);
    push_encoded(&mut url, rest);
    url
}

/// What a relative URL names, as a path below the site's folder: the inverse of [`relative`] for what our own drawings
/// link to. `None` if it leaves the folder, or is no relative path.
pub(super) fn resolve(from: &str, url: &str) -> Option<String> {
    if url.starts_with('/') || url.contains(':') {
        return None;
    }
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in url.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// All but what is plain in every part of a URL. `:` is, unless it comes first in a relative URL, where it would end a
/// scheme.
pub(super) fn push_encoded(url: &mut String, part: &str) {
    let starts = url.is_empty();
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'~' | b'/' => url.push(char::from(byte)),
            b':' if !starts => url.push(':'),
            _ => {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
}
