//! The documentation as files.

use std::collections::BTreeSet;

use clap::ValueEnum;
use howdah_schema::docs::{self, DiagramSpec, Documentation, Facts, html};
use howdah_schema::er::{self, SvgOptions};
use howdah_schema::{Catalog, OutputFile, QualifiedName, cores};
use serde::{Deserialize, Serialize};

/// What documentation is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Pages to be read in a repository, with their drawings
    Markdown,
    /// A site that works from disk, offline, with search
    Html,
    /// Entity-relationship diagrams as drawings
    Svg,
    /// The same as Mermaid
    Mermaid,
    /// One file for dbdiagram.io and others
    Dbml,
    /// Everything as data, with its JSON Schema
    Json,
}

impl Format {
    /// All of them, which is what is written unless some are named.
    pub(crate) fn all() -> BTreeSet<Self> {
        Self::value_variants().iter().copied().collect()
    }
}

/// The model as it is stored.
pub(crate) const MODEL: &str = "schema.json";

/// All files, in the order of their paths.
pub(crate) fn files(catalog: &Catalog, facts: &Facts, formats: &BTreeSet<Format>) -> Vec<OutputFile> {
    let documentation = Documentation::new(catalog, facts);
    let has = |format| formats.contains(&format);
    let specs = docs::diagrams(&documentation);
    let mut files = std::thread::scope(|scope| {
        // One file each, which cannot be divided.
        let whole = scope.spawn(|| {
            let mut files = Vec::new();
            if has(Format::Dbml) {
                files.push(OutputFile::new("schema.dbml", er::dbml(catalog)));
            }
            if has(Format::Json) {
                files.push(OutputFile::new(MODEL, docs::json(&documentation)));
                files.push(OutputFile::new("schema.schema.json", docs::json_schema()));
            }
            files
        });
        let mut files = Vec::new();
        if has(Format::Markdown) || has(Format::Html) {
            let pages = docs::pages(&documentation, catalog);
            // The same drawings for both; the site has their links lead to its own pages.
            let diagrams = drawings(catalog, &specs, true).into_iter().map(|file| (file.path, file.text)).collect();
            let site = html::Site { title: documentation.project.clone(), diagrams };
            if has(Format::Html) {
                let below = |file: OutputFile| OutputFile { path: format!("site/{}", file.path), ..file };
                files.extend(html::site(&pages, &site).into_iter().map(below));
            }
            if has(Format::Markdown) {
                files.extend(docs::markdown(&pages));
                files.extend(site.diagrams.into_iter().map(|(path, text)| OutputFile { path, text }));
            }
        }
        if has(Format::Svg) && !has(Format::Markdown) {
            // Without pages there is nothing to lead to.
            files.extend(drawings(catalog, &specs, false));
        }
        if has(Format::Mermaid) {
            files.extend(cores::map(&specs, |spec| {
                let path = spec.path.strip_suffix(".svg").unwrap_or(&spec.path);
                OutputFile::new(format!("{path}.mmd"), er::mermaid(catalog, &spec.tables))
            }));
        }
        // A panic in a thread is one here: half of it must not be taken for all.
        files.extend(whole.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        files
    });
    files.sort();
    files
}

/// The drawings, with links to the pages in Markdown or without links.
fn drawings(catalog: &Catalog, specs: &[DiagramSpec], linked: bool) -> Vec<OutputFile> {
    let address = |name: &QualifiedName| {
        let is_view = catalog.views.contains_key(name);
        format!("../{}.md", if is_view { docs::view_path(name) } else { docs::table_path(name) })
    };
    cores::map(specs, |spec| {
        let link = linked.then_some(&address as &dyn Fn(&QualifiedName) -> String);
        let options = SvgOptions { title: spec.title.clone(), link };
        OutputFile::new(spec.path.clone(), er::svg(catalog, &spec.tables, &options))
    })
}
