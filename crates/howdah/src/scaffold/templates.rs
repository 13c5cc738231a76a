//! The built-in templates, carried inside the binary so that it works alone.
//!
//! A template is the shared SQL (accounts, roles, audit) plus its own. Every folder of `schemas/` holds the files in
//! the order of their names and a `down.sql` that undoes them.

use rust_embed::Embed;

use crate::failure::Failure;

#[derive(Embed)]
#[folder = "../../schemas"]
struct Schemas;

/// One template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The folder of its own SQL; `empty` has none.
    folder: Option<&'static str>,
}

/// A file of a template or of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The template that `howdah dev` makes a project from.
pub(crate) const DEFAULT: &str = "personal";

const SHARED: &str = "shared";
const DOWN: &str = "down.sql";

pub(crate) const TEMPLATES: &[Template] = &[
    Template {
        name: "personal",
        about: "everything one person owns: notes, tasks, media, mail, contacts, money, places, health",
        folder: Some("personal"),
    },
    Template {
        name: "content",
        about: "a publication: posts, threaded comments, tags, categories",
        folder: Some("content"),
    },
    Template { name: "commerce", about: "a shop: products, categories, customers, orders", folder: Some("commerce") },
    Template { name: "empty", about: "accounts, roles and audit only; the tables are yours", folder: None },
];

/// The template of that name.
///
/// # Errors
/// There is none; the nearest is suggested.
pub(crate) fn find(name: &str) -> Result<&'static Template, Failure> {
    TEMPLATES.iter().find(|template| template.name == name).ok_or_else(|| {
        let names: Vec<&str> = TEMPLATES.iter().map(|template| template.name).collect();
        let failure = Failure::usage("template-unknown", format!("there is no template `{name}`"));
        match howdah_schema::nearest(name, names.iter().copied()) {
            Some(nearest) => failure.hint(format!("did you mean `{nearest}`? The templates are {}", names.join(", "))),
            None => failure.hint(format!("the templates are {}", names.join(", "))),
        }
    })
}

impl Template {
    /// The schema files, in the order in which they are loaded.
    pub(crate) fn schema(&self) -> Vec<TextFile> {
        let mut files: Vec<TextFile> = self.folders().flat_map(folder_files).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }

    /// What is expected of who may do what, for `howdah policy test`; the paths are below its folder.
    pub(crate) fn policies(&self) -> Vec<TextFile> {
        let all = self.folders().flat_map(|folder| {
            Schemas::iter().filter_map(move |path| {
                let name = path.strip_prefix(folder)?.strip_prefix("/policies/")?.to_owned();
                Some(TextFile { text: read(&path)?, path: name })
            })
        });
        let mut files: Vec<TextFile> = all.collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }

    /// The SQL that removes what the schema made: the template's first, because it stands on the shared part.
    pub(crate) fn down(&self) -> String {
        let parts: Vec<String> = self
            .folders()
            .filter_map(|folder| Some(format!("-- {folder}/{DOWN}\n{}", read(&format!("{folder}/{DOWN}"))?)))
            .collect();
        parts.join("\n")
    }

    fn folders(&self) -> impl Iterator<Item = &'static str> {
        self.folder.into_iter().chain([SHARED])
    }
}

/// `schema/*.sql` as one migration: each file under a line that names it.
pub(crate) fn concatenate<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (path, sql) in files {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("-- {path}\n"));
        text.push_str(sql);
        if !sql.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

fn folder_files(folder: &'static str) -> Vec<TextFile> {
    Schemas::iter()
        .filter_map(|path| {
            let name = path.strip_prefix(folder)?.strip_prefix('/')?.to_owned();
            if name == DOWN || !name.ends_with(".sql") || name.contains('/') {
                return None;
            }
            let text = read(&path)?;
            Some(TextFile { path: name, text })
        })
        .collect()
}

fn read(path: &str) -> Option<String> {
    let file = Schemas::get(path)?;
    Some(String::from_utf8_lossy(&file.data).into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{TEMPLATES, concatenate, find};

    #[test]
    fn every_template_has_its_files_each_name_once() {
        for template in TEMPLATES {
            let files = template.schema();
            assert!(!files.is_empty(), "{}", template.name);
            let names: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
            assert_eq!(names.len(), files.len(), "{}: two files of one name", template.name);
            assert!(files.windows(2).all(|pair| pair[0].path < pair[1].path));
            assert!(template.down().contains("shared/down.sql"), "{}", template.name);
        }
    }

    #[test]
    fn an_unknown_template_suggests_the_nearest() {
        assert_eq!(find("content").unwrap().name, "content");
        assert_eq!(
            find("persnal").unwrap_err().hint.as_deref().unwrap(),
            "did you mean `personal`? The templates are personal, content, commerce, empty"
        );
        assert_eq!(
            find("x").unwrap_err().hint.as_deref().unwrap(),
            "the templates are personal, content, commerce, empty"
        );
    }

    #[test]
    fn files_are_joined_under_their_names() {
        assert_eq!(
            concatenate([("a.sql", "select 1;"), ("b.sql", "select 2;\n")]),
            "-- a.sql\nselect 1;\n\n-- b.sql\nselect 2;\n"
        );
    }
}
