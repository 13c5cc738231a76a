//! Pages of any shape.

use crate::docs::{Block, Inline, NoteKind, Page, Sample};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Text of any characters, markup more often than chance would have it. Not empty, and not white space alone.
pub(super) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        select(vec![
            "<",
            ">",
            "&",
            "\"",
            "'",
            "</script>",
            "<!--",
            "-->",
            "&lt;",
            "\r",
            "\n",
            "=",
            " on=",
            "*/",
            "--",
            "$1"
        ])
        .prop_map(str::to_owned),
    ];
    vec(piece, 1..6).prop_map(|pieces| format!("x{}", pieces.concat()))
}

/// Sets of pages that link to each other, and to some that are not there. Paths are distinct ignoring case.
pub(super) fn pages() -> impl Strategy<Value = Vec<Page>> {
    vec((path(), text(), proptest::option::of(select(vec!["One", "Two", "\"<Three>"])), vec(block(), 0..8)), 0..7)
        .prop_map(|pages| {
            let mut taken = std::collections::BTreeSet::new();
            let page = |(path, title, section, mut blocks): (String, String, Option<&str>, Vec<Block>)| {
                let mut number = 0;
                blocks.iter_mut().for_each(|block| {
                    if let Block::Heading { id, .. } = block {
                        *id = format!("h{number}");
                        number += 1;
                    }
                });
                taken.insert(path.to_ascii_lowercase()).then(|| Page {
                    path,
                    summary: title.clone(),
                    title,
                    section: section.map(str::to_owned),
                    blocks,
                })
            };
            pages.into_iter().filter_map(page).collect()
        })
}

fn path() -> impl Strategy<Value = String> {
    let fixed = [
        "README",
        "INDEX",
        "index",
        "contents",
        "contents~",
        "section-0",
        "tables/a.b",
        "tables/a.~b",
        "views/a.b",
        "x/y/z",
    ];
    select(fixed.to_vec()).prop_map(str::to_owned)
}

fn anchor() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(select(vec!["h0", "h1", "h7", "section-0", ":main"]).prop_map(str::to_owned))
}

fn line() -> impl Strategy<Value = Vec<Inline>> {
    let inline = prop_oneof![
        text().prop_map(Inline::text),
        text().prop_map(Inline::code),
        select(vec!["a", "b", "A b", "<", ""]).prop_map(Inline::code),
        text().prop_map(|text| Inline::Badge { text }),
        (path(), anchor(), text(), any::<bool>()).prop_map(|(page, anchor, text, code)| Inline::Link {
            page,
            anchor,
            text,
            code
        }),
        Just(Inline::Break),
    ];
    vec(inline, 0..4)
}

fn block() -> impl Strategy<Value = Block> {
    let sample = (select(vec!["sql", "json", "sh", "http", "rust", "typescript", "?"]), text(), text())
        .prop_map(|(language, label, code)| Sample { language: language.to_owned(), label, code });
    let svg = select(vec!["diagrams/a.svg", "diagrams/none.svg"]);
    prop_oneof![
        (2_u8..=4, line()).prop_map(|(level, text)| Block::Heading { level, id: String::new(), text }),
        line().prop_map(|text| Block::Paragraph { text }),
        vec(line(), 0..3).prop_map(|items| Block::List { items }),
        vec(vec(line(), 2), 0..4)
            .prop_map(|rows| Block::Table { columns: vec!["One".to_owned(), String::new()], rows }),
        vec(sample, 1..3).prop_map(|samples| Block::Code { samples }),
        (svg, text()).prop_map(|(svg, alt)| Block::Diagram { svg: svg.to_owned(), mermaid: alt.clone(), alt }),
        line().prop_map(|text| Block::Note { kind: NoteKind::Info, text }),
    ]
}
