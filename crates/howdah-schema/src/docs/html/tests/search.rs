//! What search knows.

use super::{files, heading, page};
use crate::docs::{Block, Inline, Page};
use serde_json::{Value, json};

fn index(pages: &[Page]) -> Value {
    let script = &files(pages)["data/search.js"];
    serde_json::from_str(script.strip_prefix("window.howdahSearch = ").unwrap().strip_suffix(";\n").unwrap()).unwrap()
}

fn row(name: Inline, meaning: &str) -> Vec<Vec<Inline>> {
    vec![vec![name], vec![Inline::text(meaning)], vec![]]
}

#[test]
fn pages_headings_and_what_rows_define() {
    let columns = ["Column", "Meaning", "Tags"].map(str::to_owned).to_vec();
    let rows = vec![
        row(Inline::code("title"), "What is to\n be done."),
        row(Inline::code("Title"), ""),
        row(Inline::name_link("tables/b.c", "elsewhere"), "Is found where it is defined."),
        row(Inline::text("5"), "Is data."),
    ];
    let blocks = vec![
        Block::Paragraph { text: vec![Inline::text("Things to do.")] },
        heading("columns"),
        Block::Table { columns, rows },
        Block::List { items: vec![vec![Inline::text("one")], vec![Inline::text("two")]] },
    ];
    let tasks =
        Page { section: Some("Tables".to_owned()), summary: "Tasks.".to_owned(), ..page("tables/a.tasks", blocks) };
    assert_eq!(
        index(&[tasks]),
        json!({
            "pages": [["tables/a.tasks.html", "tables/a.tasks", "Tables"]],
            "entries": [
                [0, "", "tables/a.tasks", "", "Tasks. Things to do. one · two"],
                [0, "columns:title", "title", "Column", "What is to be done."],
                [0, "columns::1", "Title", "Column", ""],
            ],
        })
    );
}

#[test]
fn what_fixed_pages_define() {
    let blocks = || {
        let argument = vec![vec![Inline::code("text")], vec![Inline::text("in")]];
        vec![
            Block::Heading { level: 2, id: "a.f".to_owned(), text: vec![Inline::code("a.f(text)")] },
            Block::Paragraph { text: vec![Inline::text("Does it.")] },
            Block::Table { columns: vec!["Argument".to_owned(), "Mode".to_owned()], rows: vec![argument] },
            heading("see-also"),
        ]
    };
    let index = index(&[page("FUNCTIONS", blocks()), page("TABLE-REFERENCE", blocks())]);
    assert_eq!(
        index["entries"],
        json!([
            [0, "", "FUNCTIONS", "", ""],
            [0, "a.f", "a.f(text)", "FUNCTIONS", "Does it."],
            [0, "a.f:text", "text", "FUNCTIONS", "a.f(text) · in"],
            [0, "see-also", "see-also", "", ""],
            [1, "", "TABLE-REFERENCE", "", ""],
        ])
    );
}

#[test]
fn long_text_is_cut() {
    let long = page("a", vec![Block::Paragraph { text: vec![Inline::text("ü🐘 ".repeat(500))] }]);
    let index = index(&[long]);
    let text = index["entries"][0][4].as_str().unwrap();
    assert_eq!((text.chars().count(), text.ends_with('…')), (281, true));
}
