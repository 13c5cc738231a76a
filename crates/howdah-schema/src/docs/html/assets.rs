//! The files that every site has: written by hand, served as they are.

use crate::OutputFile;

const FILES: [(&str, &str); 7] = [
    ("assets/site.css", include_str!("assets/site.css")),
    ("assets/theme.js", include_str!("assets/theme.js")),
    ("assets/navigation.js", include_str!("assets/navigation.js")),
    ("assets/contents.js", include_str!("assets/contents.js")),
    ("assets/search.js", include_str!("assets/search.js")),
    ("assets/samples.js", include_str!("assets/samples.js")),
    ("assets/diagram.js", include_str!("assets/diagram.js")),
];

pub(super) fn files() -> impl Iterator<Item = OutputFile> {
    FILES.into_iter().map(|(path, text)| OutputFile::new(path, text))
}
