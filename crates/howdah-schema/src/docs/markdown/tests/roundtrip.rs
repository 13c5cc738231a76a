//! What a Markdown parser makes of the output is what the blocks said.

use super::*;
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

/// What a page says, in a form that both sides can be brought to.
fn said(page: &Page) -> Vec<String> {
    let mut said = vec![format!("heading 1: {}", spaced(&page.title))];
    if page.path != "README" {
        said.push("paragraph: [README|← Index]".to_owned());
    }
    for block in &page.blocks {
        match block {
            Block::Heading { level, id, text } => {
                said.push(format!("anchor {id}"));
                said.push(format!("heading {level}: {}", inlines(text)));
            }
            Block::Paragraph { text } => said.push(format!("paragraph: {}", inlines(text))),
            Block::List { items } => said.extend(items.iter().map(|item| format!("item: {}", inlines(item)))),
            Block::Table { columns, rows } => {
                said.push(format!(
                    "header: {}",
                    columns.iter().map(|name| spaced(name)).collect::<Vec<_>>().join(" ¦ ")
                ));
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell| inlines(cell)).collect();
                    said.push(format!("row: {}", cells.join(" ¦ ")));
                }
            }
            Block::Code { samples } => {
                for sample in samples {
                    if samples.len() > 1 {
                        said.push(format!("paragraph: {}:", sample.label));
                    }
                    let code = sample.code.replace("\r\n", "\n").replace('\r', "\n");
                    said.push(format!("code {}: {}", sample.language, code.trim_end_matches('\n')));
                }
            }
            Block::Note { text, .. } => said.push(format!("note: {}", inlines(text))),
            Block::Diagram { svg, mermaid, .. } => {
                said.push(format!("code mermaid: {}", mermaid.trim_end_matches('\n')));
                said.push(format!("paragraph: [{svg}|As a drawing]"));
            }
        }
    }
    said
}

fn spaced(text: &str) -> String {
    let blank = |c: char| c.is_ascii_whitespace() || c == '\u{b}';
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn inlines(inlines: &[Inline]) -> String {
    let mut text = String::new();
    for inline in inlines {
        match inline {
            Inline::Text { text: part } | Inline::Strong { text: part } => text.push_str(part),
            Inline::Code { text: part } | Inline::Badge { text: part } => text.push_str(part),
            Inline::Link { page, anchor, text: part, .. } => {
                let anchor = anchor.as_ref().map(|anchor| format!("#{anchor}")).unwrap_or_default();
                text.push_str(&format!("[{page}{anchor}|{part}]"));
            }
            Inline::Break => text.push('⏎'),
        }
    }
    normal(&text)
}

/// Spaces are not what is compared: code keeps several, text does not, and neither matters to a reader.
fn normal(text: &str) -> String {
    spaced(text).replace(" ⏎", "⏎").replace("⏎ ", "⏎").trim_end_matches('⏎').replace(' ', "")
}

/// The same of what a parser sees. Panics on whatever the writer must not give.
fn read(page: &Page, markdown: &str) -> Vec<String> {
    let mut said = Vec::new();
    let mut text = String::new();
    let mut cells: Vec<String> = Vec::new();
    let (mut code, mut note, mut link, mut strong) = (None, false, None, 0);
    // What GitHub reads; the rest are other dialects.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::BlockQuote(kind)) => {
                assert!(kind.is_some(), "a quotation that is no note");
                note = true;
            }
            Event::End(TagEnd::BlockQuote(_)) => note = false,
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => code = Some(language.to_string()),
            Event::End(TagEnd::CodeBlock) => {
                let language = code.take().unwrap_or_default();
                said.push(format!("code {language}: {}", std::mem::take(&mut text).trim_end_matches('\n')));
            }
            Event::End(TagEnd::Paragraph) => {
                let what = if note { "note" } else { "paragraph" };
                let line = normal(&std::mem::take(&mut text));
                // An anchor's own paragraph says nothing.
                if !line.is_empty() || said.last().is_none_or(|last: &String| !last.starts_with("anchor")) {
                    said.push(format!("{what}: {line}"));
                }
            }
            Event::End(TagEnd::Heading(level)) => {
                said.push(format!("heading {}: {}", level as u8, normal(&std::mem::take(&mut text))));
            }
            Event::End(TagEnd::Item) => said.push(format!("item: {}", normal(&std::mem::take(&mut text)))),
            Event::End(TagEnd::TableCell) => cells.push(normal(&std::mem::take(&mut text))),
            Event::End(TagEnd::TableHead) => said.push(format!("header: {}", std::mem::take(&mut cells).join(" ¦ "))),
            Event::End(TagEnd::TableRow) => said.push(format!("row: {}", std::mem::take(&mut cells).join(" ¦ "))),
            Event::Start(Tag::Link { dest_url, .. }) => {
                link = Some(());
                text.push_str(&format!("[{}|", resolved(page, &dest_url)));
            }
            Event::End(TagEnd::Link) => {
                assert!(link.take().is_some());
                text.push(']');
            }
            Event::Start(Tag::Strong) => strong += 1,
            Event::End(TagEnd::Strong) => strong -= 1,
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak => text.push(' '),
            Event::HardBreak => text.push('⏎'),
            Event::InlineHtml(html) => inline_html(&html, &mut text, &mut said),
            Event::Html(html) => assert!(said.is_empty() && html.starts_with("<!-- Generated by"), "HTML: {html}"),
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::List(None)
                | Tag::Item
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell
                | Tag::HtmlBlock,
            )
            | Event::End(TagEnd::List(_) | TagEnd::Table | TagEnd::HtmlBlock) => {}
            other => panic!("nobody said this: {other:?}\n{markdown}"),
        }
    }
    assert_eq!(strong, 0);
    said
}

/// The page that a link leads to, with its anchor.
fn resolved(page: &Page, url: &str) -> String {
    if url.starts_with('#') {
        return format!("{}{url}", page.path);
    }
    let mut folder: Vec<&str> = page.path.split('/').collect();
    folder.pop();
    for part in url.split('/') {
        if part == ".." {
            assert!(folder.pop().is_some(), "{url} leads out of the documentation");
        } else {
            folder.push(part);
        }
    }
    folder.join("/").replacen(".md", "", 1)
}

fn inline_html(html: &CowStr<'_>, text: &mut String, said: &mut Vec<String>) {
    if let Some(id) = html.strip_prefix("<a id=\"").and_then(|rest| rest.strip_suffix("\">")) {
        said.push(format!("anchor {id}"));
    } else if &**html == "<br>" {
        text.push('⏎');
    } else {
        assert_eq!(&**html, "</a>");
    }
}

/// Compares what was said with what is read.
pub(in crate::docs) fn check(pages: &[Page]) {
    for (page, file) in pages.iter().zip(markdown(pages)) {
        let squeezed: Vec<String> = said(page)
            .into_iter()
            .map(|line| {
                let (what, rest) = line.split_once(": ").unwrap_or((&line, ""));
                if what.starts_with("code ") || rest.is_empty() {
                    line.clone()
                } else {
                    format!("{what}: {}", row(what, rest))
                }
            })
            .collect();
        let read: Vec<String> = read(page, &file.text).into_iter().filter(|line| !line.is_empty()).collect();
        for (read, said) in read.iter().zip(&squeezed) {
            assert_eq!(read, said, "{}", file.path);
        }
        assert_eq!(read.len(), squeezed.len(), "{}\n{}", file.path, file.text);
    }
}

fn row(what: &str, rest: &str) -> String {
    if matches!(what, "row" | "header") {
        rest.split(" ¦ ").map(normal).collect::<Vec<_>>().join(" ¦ ")
    } else {
        normal(rest)
    }
}

/// Texts made of what Markdown and HTML read as something.
fn nasty() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "b",
        "1",
        "12",
        " ",
        "  ",
        "\n",
        "\t",
        "\r\n",
        "|",
        "\\",
        "\\|",
        "`",
        "``",
        "```",
        "*",
        "**",
        "_",
        "__",
        "~",
        "~~",
        "#",
        "##",
        "+",
        "-",
        "---",
        "=",
        ">",
        "<",
        "<b>",
        "</b>",
        "<script>",
        "<!--",
        "-->",
        "<?",
        "&",
        "&amp;",
        "&#65;",
        "[",
        "]",
        "[x]",
        "(",
        ")",
        "![",
        "](",
        "[^1]",
        "http://a.b",
        "https://",
        "www.",
        "a@b.c",
        "@x",
        ":",
        ":tada:",
        "$",
        "$$",
        "^",
        "{",
        "}",
        ".",
        ")",
        "1.",
        "!",
        "\"",
        "'",
        "é",
        "🦀",
        "\u{b}",
        "\u{c}",
        "snake_case",
        "::",
        "*/",
        "${x}",
        "%20",
        ";",
        ",",
        "?",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 1..9)
        .prop_map(|pieces| pieces.concat())
        // A name or comment is never nothing but white space.
        .prop_filter("something to see", |text| !spaced(text).is_empty())
}

fn inline() -> impl Strategy<Value = Inline> {
    prop_oneof![
        4 => nasty().prop_map(Inline::text),
        3 => nasty().prop_map(Inline::code),
        1 => nasty().prop_map(|text| Inline::Strong { text }),
        1 => nasty().prop_map(|text| Inline::Badge { text }),
        2 => (nasty(), any::<bool>()).prop_map(|(text, code)| Inline::Link {
            page: "ENUMS".into(), anchor: None, text, code
        }),
        1 => Just(Inline::Break),
    ]
}

fn line() -> impl Strategy<Value = Vec<Inline>> {
    (nasty(), proptest::collection::vec(inline(), 0..4)).prop_map(|(first, mut rest)| {
        rest.insert(0, Inline::text(first));
        rest
    })
}

fn block() -> impl Strategy<Value = Block> {
    let kinds = [NoteKind::Info, NoteKind::Warning, NoteKind::Deprecated];
    prop_oneof![
        nasty().prop_map(|text| Block::Heading { level: 2, id: "a.b".into(), text: vec![Inline::code(text)] }),
        line().prop_map(|text| Block::Paragraph { text }),
        proptest::collection::vec(line(), 1..3).prop_map(|items| Block::List { items }),
        (nasty(), line(), line(), nasty()).prop_map(|(name, one, other, code)| Block::Table {
            columns: vec![name, "B".into()],
            rows: vec![vec![one, vec![Inline::code(code)]], vec![other, Vec::new()]],
        }),
        nasty().prop_map(|code| Block::Code {
            samples: vec![Sample { language: "sql".into(), label: "SQL".into(), code }],
        }),
        (proptest::sample::select(kinds.to_vec()), line()).prop_map(|(kind, text)| Block::Note { kind, text }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_is_said_is_read(title in nasty(), blocks in proptest::collection::vec(block(), 1..5)) {
        check(&[Page { path: "README".into(), title, section: None, summary: String::new(), blocks }]);
    }
}
