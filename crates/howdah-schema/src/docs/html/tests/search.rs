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
                [0, "", "tables/a.tasks", "", "Tasks. Things to do."],
                [0, "columns", "columns", "", "one · two"],
                [0, "columns:title", "title", "columns", "What is to be done."],
                [0, "columns::1", "Title", "columns", ""],
            ],
        })
    );
}

#[test]
fn long_text_is_cut() {
    let long = page("a", vec![Block::Paragraph { text: vec![Inline::text("ü🐘 ".repeat(500))] }]);
    let index = index(&[long]);
    let text = index["entries"][0][4].as_str().unwrap();
    assert_eq!((text.chars().count(), text.ends_with('…')), (281, true));
}
