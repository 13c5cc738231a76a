//! The list of all pages, which is a page: where the navigation leads without scripts, and the start of a site that has
//! no other.

use crate::docs::{Block, Inline, Page};

/// Its title.
const TITLE: &str = "All pages";

/// Lists pages by section.
pub(super) fn page(pages: &[Page]) -> Page {
    let mut blocks = Vec::new();
    for (number, (section, members)) in sections(pages).into_iter().enumerate() {
        if let Some(section) = section {
            let text = vec![Inline::text(section)];
            blocks.push(Block::Heading { level: 2, id: section_id(number), text });
        }
        let rows = members.into_iter().filter_map(|at| pages.get(at)).map(row).collect();
        blocks.push(Block::Table { columns: vec!["Page".to_owned(), "What it says".to_owned()], rows });
    }
    let starts = !pages.iter().any(|page| page.path == "README");
    Page {
        path: if starts { "README" } else { "contents" }.to_owned(),
        title: TITLE.to_owned(),
        section: None,
        summary: "Every page of this documentation, by section.".to_owned(),
        blocks,
    }
}

/// The anchor of the section that is this many after the first.
pub(super) fn section_id(number: usize) -> String {
    format!("section-{number}")
}

/// The places of pages by section, each in order of its first page. Those without a section come first.
pub(super) fn sections(pages: &[Page]) -> Vec<(Option<&str>, Vec<usize>)> {
    let mut sections: Vec<(Option<&str>, Vec<usize>)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for (at, page) in pages.iter().enumerate() {
        let section = page.section.as_deref();
        let place = *places.entry(section).or_insert_with(|| {
            sections.push((section, Vec::new()));
            sections.len() - 1
        });
        if let Some((_, members)) = sections.get_mut(place) {
            members.push(at);
        }
    }
    sections.sort_by_key(|(section, _)| section.is_some());
    sections
}

fn row(page: &Page) -> Vec<Vec<Inline>> {
    let code = is_object(page);
    let link = Inline::Link { page: page.path.clone(), anchor: None, text: page.title.clone(), code };
    vec![vec![link], vec![Inline::text(&page.summary)]]
}

/// Whether a page is about one object and has its name as title: those stand in folders, the fixed pages do not.
pub(super) fn is_object(page: &Page) -> bool {
    page.path.contains('/')
}
