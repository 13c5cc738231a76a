//! Nothing that a catalog says becomes markup.

use super::dom::{Element, parse};
use super::{Site, files_of, random};
use crate::docs::{Block, Inline, NoteKind, Page, Sample};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What breaks out of one context or another, and what is only unusual.
const HOSTILE: [&str; 16] = [
    "<script>alert(1)</script>",
    "\"onmouseover=\"alert(1)",
    "'><img src=x onerror=alert(1)>",
    "]]>",
    "--></style><!--",
    "</title></textarea></code></pre></table><h1>",
    "&lt;b&gt;&amp;&#60;",
    "javascript:alert(1)",
    "a\u{2028}b\u{2029}c",
    "\\\"; alert(1); //",
    "${1}`*_|[x](y)",
    "\r\n\tb\rc",
    "\u{1}\u{8}\u{1b}\u{7f}",
    "🐘👩‍👩‍👧 ümläut",
    "قائمة \u{202e}المهام‏",
    "<![CDATA[<svg><style>",
];

/// A page that shows a text everywhere.
fn page(text: &str) -> Page {
    let every = vec![
        Inline::text(text),
        Inline::code(text),
        Inline::Strong { text: text.to_owned() },
        Inline::Badge { text: text.to_owned() },
        Inline::Link { page: "tables/a.b".to_owned(), anchor: Some("h".to_owned()), text: text.to_owned(), code: true },
        Inline::Break,
    ];
    // The line break at the end of code is not shown.
    let code = format!("{text};\n");
    let sample = |language: &str| Sample { language: language.to_owned(), label: text.to_owned(), code: code.clone() };
    Page {
        path: "tables/a.b".to_owned(),
        title: text.to_owned(),
        section: Some(text.to_owned()),
        summary: text.to_owned(),
        blocks: vec![
            Block::Heading { level: 2, id: "h".to_owned(), text: every.clone() },
            Block::Heading { level: 3, id: "i".to_owned(), text: every.clone() },
            Block::Paragraph { text: every.clone() },
            Block::List { items: vec![every.clone()] },
            Block::Table {
                columns: vec![text.to_owned(), String::new()],
                rows: vec![vec![vec![Inline::code(text)], every.clone()]],
            },
            Block::Code { samples: ["sql", "typescript", text].into_iter().map(sample).collect() },
            Block::Diagram { svg: text.to_owned(), alt: text.to_owned(), mermaid: code.clone() },
            Block::Diagram { svg: "diagrams/a.svg".to_owned(), alt: text.to_owned(), mermaid: String::new() },
            Block::Note { kind: NoteKind::Warning, text: every },
        ],
    }
}

fn site(text: &str) -> BTreeMap<String, String> {
    let large = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{}</svg>", "<g></g>".repeat(40_000));
    files_of(&[page(text)], &Site { title: text.to_owned(), diagrams: [("diagrams/a.svg".to_owned(), large)].into() })
}

/// Elements and their attributes, without values.
fn skeleton(elements: &[Element]) -> Vec<(String, String, Vec<String>)> {
    let names = |element: &Element| element.attributes.iter().map(|(name, _)| name.clone()).collect();
    elements.iter().map(|element| (element.parent.clone(), element.name.clone(), names(element))).collect()
}

/// The elements of a page without what depends on the length and the words of a text: how wide a column is, and the
/// elements that tell words of code apart.
fn elements(html: &str) -> Vec<Element> {
    let is_word = |element: &Element| element.name == "span" && element.parent == "code";
    let mut elements = parse(html).0;
    elements.retain(|element| !is_word(element));
    for header in elements.iter_mut().filter(|element| element.name == "th") {
        header.attributes.retain(|(name, _)| name != "class");
    }
    elements
}

/// What a reader gets of a text: U+0000 has no form in HTML.
fn read(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn check(text: &str) {
    let files = site(text);
    let harmless = site("harmless");
    assert_eq!(files.keys().collect::<Vec<_>>(), harmless.keys().collect::<Vec<_>>());
    for (path, html) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let (found, expected) = (elements(html), elements(&harmless[path]));
        assert_eq!(skeleton(&found), skeleton(&expected), "{path} of {text:?}");
        for (found, expected) in found.iter().zip(&expected) {
            let is_whole = ["html", "head", "body"].contains(&found.name.as_str());
            if !is_whole {
                assert_eq!(found.text, expected.text.replace("harmless", &read(text)), "{} of {text:?}", found.name);
            }
            for ((name, value), (_, expected)) in found.attributes.iter().zip(&expected.attributes) {
                // An id is made from the name, if it is plain.
                if name != "id" {
                    assert_eq!(*value, expected.replace("harmless", &read(text)), "{} of {text:?}", found.name);
                }
            }
        }
    }
}

#[test]
fn nothing_becomes_markup_and_all_text_survives() {
    for text in HOSTILE {
        check(text);
    }
}

#[test]
fn the_only_scripts_are_files() {
    for text in HOSTILE {
        for html in site(text).iter().filter(|(path, _)| path.ends_with(".html")).map(|(_, html)| html) {
            let (elements, _) = parse(html);
            for element in &elements {
                let mut attributes = element.attributes.iter().map(|(name, _)| name);
                assert!(attributes.all(|name| !name.starts_with("on") && name != "style"), "{element:?}");
                assert!(element.name != "style");
                if element.name == "script" {
                    assert!(element.text.is_empty());
                }
            }
            let sources: BTreeSet<_> = elements.iter().filter_map(|element| element.get("src")).collect();
            assert!(sources.iter().all(|source| source.ends_with(".js") || source.ends_with("diagrams/a.svg")));
            assert_eq!(elements.iter().filter(|element| element.name == "script").count(), 7);
        }
    }
}

#[test]
fn a_page_is_valid() {
    for (path, html) in site("harmless").iter().filter(|(path, _)| path.ends_with(".html")) {
        assert_eq!(parse(html).1, Vec::<String>::new(), "{path}");
    }
}

#[test]
fn data_cannot_leave_its_script() {
    for text in HOSTILE {
        let files = site(text);
        for path in ["data/pages.js", "data/search.js"] {
            let script = &files[path];
            assert!(script.chars().all(|character| !matches!(character, '<' | '\u{2028}' | '\u{2029}')), "{script}");
            assert_eq!(script.matches('\n').count(), 1, "{script}");
            let json = script.split_once(" = ").unwrap().1.strip_suffix(";\n").unwrap();
            let data: serde_json::Value = serde_json::from_str(json).unwrap();
            let mut texts = Vec::new();
            strings(&data, &mut texts);
            assert!(texts.iter().any(|found| found == text), "{text:?} is not in {path}");
        }
    }
}

fn strings(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => found.push(text.clone()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        serde_json::Value::Object(values) => values.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_survives(text in random::text()) {
        check(&text);
    }
}
