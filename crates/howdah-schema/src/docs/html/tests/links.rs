//! Every link leads somewhere.

use super::dom::{Element, parse};
use super::{Site, files_of, heading, page, random};
use crate::docs::{Block, Inline, Page};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// As [`crate::er`] makes them, with links to pages that may be there or not.
const DRAWING: &str = concat!(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>"##,
    "\n.a{}\n@media (prefers-color-scheme:dark){.a{fill:red}}\n[data-theme=\"dark\"] .a{fill:red}\n",
    r##"</style><g><a href="../tables/a.b.md"><text>1 > "href="x"</text></a><a href="../README.md"><path d="M0 0"/></a>"##,
    r##"<a href="none.md"><rect/></a></g></svg>"##,
);

fn site(pages: &[Page]) -> BTreeMap<String, String> {
    let diagrams = [("diagrams/a.svg".to_owned(), DRAWING.to_owned())].into();
    files_of(pages, &Site { title: "Project".to_owned(), diagrams })
}

/// The number of links that were followed.
fn check(pages: &[Page]) -> usize {
    let files = site(pages);
    let lower: BTreeSet<_> = files.keys().map(|path| path.to_ascii_lowercase()).collect();
    assert_eq!(lower.len(), files.len(), "files that are one where case is ignored");
    let parsed: BTreeMap<&str, Vec<Element>> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .map(|(path, html)| (path.as_str(), parse(html).0))
        .collect();
    let mut ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, elements) in &parsed {
        for id in elements.iter().filter_map(|element| element.get("id")) {
            assert!(ids.entry(path).or_default().insert(id), "{id} twice in {path}");
        }
    }
    assert!(parsed.contains_key("index.html"));
    let mut followed = 0;
    for (path, elements) in &parsed {
        for element in elements {
            for name in ["href", "src"] {
                let Some(url) = element.get(name).filter(|url| !url.starts_with("data:image/svg+xml,")) else {
                    continue;
                };
                let (file, anchor) = follow(path, url);
                assert!(files.contains_key(&file), "{path}: {url} leads to {file}");
                if let Some(anchor) = anchor {
                    assert!(ids[file.as_str()].contains(anchor.as_str()), "{path}: {url} has no such anchor");
                }
                followed += 1;
            }
            for id in ["aria-labelledby", "aria-controls"].iter().filter_map(|name| element.get(name)) {
                assert!(id.split(' ').all(|id| ids[path].contains(id)), "{path}: {id}");
            }
        }
    }
    followed
}

/// What a browser makes of a relative URL.
fn follow(from: &str, url: &str) -> (String, Option<String>) {
    let (path, anchor) = match url.split_once('#') {
        Some((path, anchor)) => (path, Some(decode(anchor))),
        None => (url, None),
    };
    assert!(!path.contains(':') && !path.starts_with('/'), "{url} is not relative");
    if path.is_empty() {
        return (from.to_owned(), anchor);
    }
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        if part == ".." {
            parts.pop().unwrap();
        } else {
            parts.push(part);
        }
    }
    (decode(&parts.join("/")), anchor)
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn link(page: &str, anchor: Option<&str>) -> Block {
    let anchor = anchor.map(str::to_owned);
    Block::Paragraph { text: vec![Inline::Link { page: page.to_owned(), anchor, text: "to".to_owned(), code: false }] }
}

/// Where the links of a page's text lead.
fn urls(pages: &[Page], file: &str) -> Vec<String> {
    let elements = parse(&site(pages)[file]).0;
    let is_text = |element: &&Element| element.name == "a" && ["p", "svg", "g"].contains(&element.parent.as_str());
    elements.iter().filter(is_text).map(|element| element.get("href").unwrap_or("none").to_owned()).collect()
}

#[test]
fn from_and_to_folders() {
    let links = || {
        let links = [("README", None), ("tables/a.b", Some("columns")), ("views/a.b", Some("gone")), ("GONE", None)];
        links.map(|(page, anchor)| link(page, anchor))
    };
    let blocks = || [heading("columns")].into_iter().chain(links()).collect();
    let pages = [page("README", blocks()), page("tables/a.b", blocks()), page("views/a.b", blocks())];
    assert_eq!(urls(&pages, "index.html"), ["index.html", "tables/a.b.html#columns", "views/a.b.html"]);
    assert_eq!(urls(&pages, "tables/a.b.html"), ["../index.html", "a.b.html#columns", "../views/a.b.html"]);
    assert!(check(&pages) > 50);
}

#[test]
fn within_drawings() {
    let diagram =
        Block::Diagram { svg: "diagrams/a.svg".to_owned(), alt: String::new(), mermaid: "erDiagram".to_owned() };
    let pages =
        [page("README", vec![heading("h0"), diagram.clone()]), page("tables/a.b", vec![diagram.clone(), diagram])];
    assert_eq!(urls(&pages, "index.html"), ["tables/a.b.html", "index.html", "none"]);
    let one = ["a.b.html", "../index.html", "none"];
    assert_eq!(urls(&pages, "tables/a.b.html"), [one, one].concat());
    check(&pages);
    let (elements, _) = parse(&site(&pages)["tables/a.b.html"]);
    assert!(elements.iter().all(|element| element.name != "style"), "the policy of a page refuses it");
    // Once, and dark on screens only.
    assert_eq!(
        site(&pages)["data/diagrams.css"],
        ".a{}\n@media screen and (prefers-color-scheme:dark){.a{fill:red}}\n@media screen{[data-theme=\"dark\"] .a{fill:red}}\n"
    );
    assert!(!site(&pages).contains_key("diagrams/a.svg"), "it is in the pages already");
    let text = elements.iter().find(|element| element.name == "text").unwrap();
    assert_eq!((text.text.as_str(), text.attributes.len()), ("1 > \"href=\"x\"", 0));
}

#[test]
fn a_large_drawing_is_a_file_of_its_own() {
    let large = DRAWING.replace("<g>", &format!("<g>{}", " ".repeat(300_000)));
    let diagram = Block::Diagram { svg: "diagrams/a.svg".to_owned(), alt: String::new(), mermaid: String::new() };
    let of = Site { title: String::new(), diagrams: [("diagrams/a.svg".to_owned(), large.clone())].into() };
    let files = files_of(&[page("tables/a.b", vec![diagram])], &of);
    // As in a page, links lead to the site's own pages, or nowhere.
    let linked =
        large.replace("a.b.md", "a.b.html").replace("README.md", "index.html").replace(" href=\"none.md\"", "");
    assert_eq!(files["diagrams/a.svg"], linked);
    assert_eq!(files["data/diagrams.css"], "");
    let (elements, _) = parse(&files["tables/a.b.html"]);
    let leads = |name| elements.iter().any(|element| element.get(name) == Some("../diagrams/a.svg"));
    assert!(leads("src") && leads("href"));
}

#[test]
fn a_site_without_pages_has_a_start() {
    assert!(check(&[]) > 5);
}

#[test]
fn names_that_differ_in_case_only_are_different_files() {
    let pages = ["README", "index", "INDEX", "contents", "Contents"].map(|path| page(path, vec![link("index", None)]));
    assert_eq!(urls(&pages, "index.html"), ["index~.html"]);
    check(&pages);
}

#[test]
fn a_long_section_is_not_written_into_each_of_its_pages() {
    let in_section =
        |number| Page { section: Some("Tables".to_owned()), ..page(&format!("tables/a.t{number}"), vec![]) };
    let pages: Vec<_> = (0..500).map(in_section).collect();
    let files = site(&pages);
    let pages: Vec<_> =
        files.iter().filter(|(path, _)| path.starts_with("tables/")).map(|(_, text)| text.len()).collect();
    assert_eq!(pages.len(), 500);
    assert!(pages.iter().all(|length| *length < 10_000), "{pages:?}");
    assert!(files["tables/a.t250.html"].contains("All 500 in Tables"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn of_any_pages(pages in random::pages()) {
        check(&pages);
    }
}
