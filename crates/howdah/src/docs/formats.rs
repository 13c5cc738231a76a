//! The documentation as files.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use howdah_schema::docs::{self, DiagramSpec, Documentation, Facts, Page, html};
use howdah_schema::er::{self, SvgOptions};
use howdah_schema::{Catalog, OutputFile, QualifiedName};
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
    let pages =
        if has(Format::Markdown) || has(Format::Html) { docs::pages(&documentation, catalog) } else { Vec::new() };
    let mut files = std::thread::scope(|scope| {
        let (documentation, pages, specs) = (&documentation, &pages, &specs);
        // The site is as much work as all the rest.
        let site = has(Format::Html).then(|| scope.spawn(move || site(documentation, catalog, pages, specs)));
        let mut files = Vec::new();
        if has(Format::Markdown) {
            files.extend(docs::markdown(pages));
        }
        if has(Format::Markdown) || has(Format::Svg) {
            // Without pages there is nothing to lead to.
            let link = |path: String| format!("../{path}.md");
            let link: Option<&(dyn Fn(String) -> String + Sync)> =
                if has(Format::Markdown) { Some(&link) } else { None };
            files.extend(drawings(catalog, specs, link));
        }
        // A panic in a thread is one here: half a site must not be taken for a whole one.
        files.extend(
            site.into_iter().flat_map(|site| site.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))),
        );
        files
    });
    if has(Format::Mermaid) {
        files.extend(specs.iter().map(|spec| {
            let path = spec.path.strip_suffix(".svg").unwrap_or(&spec.path);
            OutputFile::new(format!("{path}.mmd"), er::mermaid(catalog, &spec.tables))
        }));
    }
    if has(Format::Dbml) {
        files.push(OutputFile::new("schema.dbml", er::dbml(catalog)));
    }
    if has(Format::Json) {
        files.push(OutputFile::new(MODEL, docs::json(&documentation)));
        files.push(OutputFile::new("schema.schema.json", docs::json_schema()));
    }
    files.sort();
    files
}

fn site(documentation: &Documentation, catalog: &Catalog, pages: &[Page], specs: &[DiagramSpec]) -> Vec<OutputFile> {
    let link = |path: String| format!("../{}", html::page_file(&path));
    let drawings = drawings(catalog, specs, Some(&link));
    let diagrams: BTreeMap<String, String> = drawings.into_iter().map(|file| (file.path, file.text)).collect();
    let site = html::Site { title: documentation.project.clone(), diagrams };
    let files = html::site(pages, &site).into_iter();
    files.map(|file| OutputFile { path: format!("site/{}", file.path), ..file }).collect()
}

/// The drawings, made on all cores; `link` leads from a page's path to its file.
fn drawings(
    catalog: &Catalog,
    specs: &[DiagramSpec],
    link: Option<&(dyn Fn(String) -> String + Sync)>,
) -> Vec<OutputFile> {
    let address = |name: &QualifiedName| {
        let is_view = catalog.views.contains_key(name);
        let path = if is_view { docs::view_path(name) } else { docs::table_path(name) };
        link.map(|link| link(path)).unwrap_or_default()
    };
    let draw = |spec: &DiagramSpec| {
        let link = link.is_some().then_some(&address as &dyn Fn(&QualifiedName) -> String);
        let options = SvgOptions { title: spec.title.clone(), link };
        OutputFile::new(spec.path.clone(), er::svg(catalog, &spec.tables, &options))
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Dealt out like cards: the large ones stand together.
    std::thread::scope(|scope| {
        let draw = &draw;
        let hands: Vec<_> = (0..cores)
            .map(|hand| scope.spawn(move || specs.iter().skip(hand).step_by(cores).map(draw).collect::<Vec<_>>()))
            .collect();
        let joined = hands.into_iter().map(|hand| hand.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    })
}
