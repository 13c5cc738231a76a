//! Every link of a folder of documentation, followed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::support::tree;

/// What a file has: where it leads, and where one can be led to in it.
#[derive(Debug, Default)]
struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

/// Follows all links of all pages and drawings; how many there were. Fails with those that lead nowhere.
#[track_caller]
pub(super) fn follow(folder: &Path) -> usize {
    let mut pages: BTreeMap<String, Page> = BTreeMap::new();
    for (path, content) in tree(folder) {
        if path.is_dir() {
            continue;
        }
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        let text = String::from_utf8_lossy(&content);
        let page = match name.rsplit('.').next() {
            Some("md") => markdown(&text),
            Some("html" | "svg") => html(&text),
            _ => Page::default(),
        };
        pages.insert(name, page);
    }
    let mut dead = Vec::new();
    let mut count = 0;
    for (name, page) in &pages {
        for link in &page.links {
            count += 1;
            if !leads(&pages, name, link) {
                dead.push(format!("{name}: {link}"));
            }
        }
    }
    let some: Vec<&str> = dead.iter().take(20).map(String::as_str).collect();
    assert!(dead.is_empty(), "{} dead links:\n{}", dead.len(), some.join("\n"));
    count
}

fn leads(pages: &BTreeMap<String, Page>, from: &str, link: &str) -> bool {
    // The icon of each page is in its link. Nothing leads out of the folder.
    if link.starts_with("data:image/svg+xml,") {
        return true;
    }
    if link.contains("://") {
        return false;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let mut parts: Vec<&str> = from.split('/').collect();
    if !path.is_empty() {
        parts.pop();
        for part in path.split('/') {
            match part {
                ".." if parts.pop().is_none() => return false,
                ".." | "." => {}
                part => parts.push(part),
            }
        }
    }
    let Some(page) = pages.get(&decode(&parts.join("/"))) else { return false };
    anchor.is_none_or(|anchor| page.anchors.contains(&decode(anchor)))
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn markdown(text: &str) -> Page {
    let mut page = Page::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.into_string());
            }
            // An anchor is written as HTML, on a line of its own or not.
            Event::Html(raw) | Event::InlineHtml(raw) => {
                let inner = html(&raw);
                page.links.extend(inner.links);
                page.anchors.extend(inner.anchors);
            }
            _ => {}
        }
    }
    page
}

fn html(text: &str) -> Page {
    let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(text);
    let mut page = Page::default();
    collect(&dom.document, &mut page);
    page
}

fn collect(node: &Handle, page: &mut Page) {
    if let NodeData::Element { attrs, .. } = &node.data {
        for attribute in attrs.borrow().iter() {
            match attribute.name.local.as_ref() {
                "href" | "src" | "data" => page.links.push(attribute.value.to_string()),
                "id" => drop(page.anchors.insert(attribute.value.to_string())),
                _ => {}
            }
        }
    }
    for child in node.children.borrow().iter() {
        collect(child, page);
    }
}

/// The elements of a page by name, and the attributes of each.
pub(super) fn elements(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    fn walk(node: &Handle, found: &mut Vec<(String, BTreeMap<String, String>)>) {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attributes = attrs.borrow();
            let attributes = attributes.iter().map(|it| (it.name.local.to_string(), it.value.to_string()));
            found.push((name.local.to_string(), attributes.collect()));
        }
        for child in node.children.borrow().iter() {
            walk(child, found);
        }
    }
    let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(text);
    let mut found = Vec::new();
    walk(&dom.document, &mut found);
    found
}
