//! What stands around the blocks of every page.

use super::Site;
use super::blocks::Blocks;
use super::contents::is_object;
use super::links::{Links, push_encoded, relative};
use super::markup::Html;
use super::navigation::Navigation;
use super::outline::Outline;
use crate::OutputFile;
use crate::docs::Page;

/// Nothing but the site's own files, and nothing inline: see the module.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'; \
    script-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'\">\n";

/// A browser that finds no icon asks the server for one.
const ICON: &str = "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 \
    16'%3E%3Crect width='16' height='16' rx='3' fill='%230E6656'/%3E%3Cpath d='M4 5h8M4 8h8M4 11h5' stroke='%23fff' \
    stroke-width='1.5'/%3E%3C/svg%3E\">\n";

/// In the order in which they run; the first before anything is shown, so that a chosen theme does not flicker.
const SCRIPTS: [&str; 7] = [
    "assets/theme.js",
    "data/pages.js",
    "assets/navigation.js",
    "assets/contents.js",
    "assets/search.js",
    "assets/samples.js",
    "assets/diagram.js",
];

/// The search field, which a script shows; the theme, likewise.
const CONTROLS: &str = include_str!("controls.html");

/// What is to be done about a mistake in a page.
const FOOTER: &str = "<footer><p>Written by <code>howdah docs</code> from the database’s catalog. What it says of a table \
    or a column is the comment on it: to change it, change the comment.</p></footer>\n";

/// So many headings stand beside the text where there is room, but not above it.
const MANY: usize = 16;

/// Makes pages of one site.
pub(super) struct Shell<'s> {
    pub(super) site: &'s Site,
    pub(super) links: &'s Links,
    pub(super) navigation: &'s Navigation<'s>,
    /// The file of the list of all pages.
    pub(super) contents: &'s str,
}

impl Shell<'_> {
    /// The file of a page; `outline` is what [`Links`] knows of it.
    pub(super) fn page(&self, page: &Page, outline: &Outline) -> OutputFile {
        let file = outline.file.as_str();
        let mut html = Html::default();
        self.head(&mut html, page, file);
        html.raw("<body>\n<a class=\"skip\" href=\"#:main\">Skip to the content</a>\n<header class=\"bar\">\n");
        html.raw("<a class=\"menu\" href=\"#:navigation\">Menu</a>\n");
        html.raw("<a class=\"project\"").attribute("href", &relative(file, "index.html")).raw(">");
        html.text(&self.site.title).raw("</a>\n");
        html.raw("<a class=\"all\"").attribute("href", &relative(file, self.contents)).raw(">All pages</a>\n");
        html.raw(CONTROLS).raw("</header>\n<div class=\"columns\">\n");
        self.navigation.write(&mut html, file, self.contents);
        html.raw("<main id=\":main\" tabindex=\"-1\">\n");
        title(&mut html, page);
        on_this_page(&mut html, outline);
        html.raw("<div class=\"text\">\n");
        Blocks { links: self.links, outline, diagrams: &self.site.diagrams }.write(&mut html, &page.blocks);
        html.raw("</div>\n</main>\n").raw(FOOTER).raw("</div>\n</body>\n</html>\n");
        OutputFile::new(file, html.finish())
    }

    fn head(&self, html: &mut Html, page: &Page, file: &str) {
        html.raw("<!doctype html>\n<html lang=\"en\"")
            .attribute("data-root", &relative(file, ""))
            .attribute("data-file", file);
        html.raw(">\n<head>\n<meta charset=\"utf-8\">\n").raw(POLICY);
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw("<meta name=\"description\"").attribute("content", &page.summary).raw(">\n<title>").text(&page.title);
        if page.title != self.site.title {
            html.raw(" · ").text(&self.site.title);
        }
        html.raw("</title>\n").raw(ICON);
        for style in ["assets/site.css", "data/diagrams.css"] {
            html.raw("<link rel=\"stylesheet\"").attribute("href", &relative(file, style)).raw(">\n");
        }
        for (at, script) in SCRIPTS.iter().enumerate() {
            html.raw(if at == 0 { "<script" } else { "<script defer" });
            html.attribute("src", &relative(file, script)).raw("></script>\n");
        }
        html.raw("</head>\n");
    }
}

fn title(html: &mut Html, page: &Page) {
    html.raw("<div class=\"title\">\n");
    if let Some(section) = &page.section {
        html.raw("<p class=\"section\">").text(section).raw("</p>\n");
    }
    html.raw(if is_object(page) { "<h1 class=\"object\">" } else { "<h1>" }).text(&page.title).raw("</h1>\n</div>\n");
}

/// The list of headings, unless there is but one.
fn on_this_page(html: &mut Html, outline: &Outline) {
    let listed: Vec<_> = outline.headings.iter().filter(|heading| heading.level <= 3).collect();
    if listed.len() < 2 {
        return;
    }
    let many = listed.iter().filter(|heading| heading.level <= 2).count() > MANY;
    html.raw(if many { "<nav class=\"contents many\"" } else { "<nav class=\"contents\"" });
    html.raw(" aria-labelledby=\":contents\">\n<p id=\":contents\">On this page</p>\n<ul>\n");
    for heading in listed {
        let mut url = "#".to_owned();
        push_encoded(&mut url, &heading.id);
        html.raw(if heading.level == 3 { "<li class=\"inner\"><a" } else { "<li><a" });
        html.attribute("href", &url).raw(">").text(&heading.text).raw("</a></li>\n");
    }
    html.raw("</ul>\n</nav>\n");
}
