//! Links to whatever has a place in the documentation.

use super::write::Line;
use crate::QualifiedName;
use crate::catalog::{Catalog, Signature, TypeKind};
use crate::docs::block::{Block, Inline};
use crate::docs::diagrams::DiagramSpec;
use crate::docs::model::{Documentation, LineageObject, TypeRef, TypeUse};
use crate::docs::paths::{qualified_slug, signature_slug, slug, table_path, view_path};
use crate::er;
use std::collections::BTreeMap;

/// What the pages are written from.
pub(super) struct Links<'a> {
    pub(super) documentation: &'a Documentation,
    catalog: &'a Catalog,
    /// The first function of a name: of trigger functions, which have no arguments, the one that is meant.
    functions: BTreeMap<&'a QualifiedName, &'a Signature>,
}

/// A group's heading on the first page and that of diagrams.
pub(super) fn group_anchor(group: &str) -> String {
    format!("group-{}", slug(group))
}

impl<'a> Links<'a> {
    pub(super) fn new(documentation: &'a Documentation, catalog: &'a Catalog) -> Self {
        let mut functions = BTreeMap::new();
        for function in &documentation.functions {
            functions.entry(&function.name).or_insert(&function.signature);
        }
        Self { documentation, catalog, functions }
    }

    /// A table or view, or just its name if it has no page.
    pub(super) fn relation(&self, name: &QualifiedName) -> Inline {
        self.relation_as(name, name.to_string(), None)
    }

    /// A part of a table's page.
    pub(super) fn part_of(&self, name: &QualifiedName, anchor: &str, text: impl Into<String>) -> Inline {
        self.relation_as(name, text.into(), Some(anchor))
    }

    fn relation_as(&self, name: &QualifiedName, text: String, anchor: Option<&str>) -> Inline {
        let page = if self.documentation.tables.contains_key(name) {
            table_path(name)
        } else if self.documentation.views.contains_key(name) {
            view_path(name)
        } else {
            return Inline::code(text);
        };
        Inline::Link { page, anchor: anchor.map(str::to_owned), text, code: true }
    }

    /// Tables or views, with commas.
    pub(super) fn relations<'n>(&self, names: impl IntoIterator<Item = &'n QualifiedName>) -> Line {
        Line::joined(names.into_iter().map(|name| self.relation(name).into()), ", ")
    }

    /// A type, linked to its description.
    pub(super) fn data_type(&self, data_type: &TypeRef) -> Inline {
        let Some(name) = &data_type.described else { return Inline::code(short(&data_type.sql)) };
        let page = match data_type.kind {
            TypeKind::Enum => "ENUMS",
            TypeKind::Domain | TypeKind::Range => "DOMAINS",
            // A table's or view's row.
            _ if self.documentation.tables.contains_key(name) || self.documentation.views.contains_key(name) => {
                return self.relation_as(name, data_type.sql.clone(), None);
            }
            _ => "DOMAINS",
        };
        anchored(page, qualified_slug(name), &data_type.sql)
    }

    /// A function by its name alone.
    pub(super) fn function(&self, name: &QualifiedName) -> Inline {
        match self.functions.get(name) {
            Some(signature) => anchored("FUNCTIONS", signature_slug(signature), &name.to_string()),
            None => Inline::code(name.to_string()),
        }
    }

    /// One of several functions of a name.
    pub(super) fn signature(&self, signature: &Signature) -> Inline {
        if self.functions.contains_key(&signature.name) {
            anchored("FUNCTIONS", signature_slug(signature), &signature.to_string())
        } else {
            Inline::code(signature.to_string())
        }
    }

    /// What a view reads.
    pub(super) fn lineage(&self, object: &LineageObject) -> Line {
        match object {
            LineageObject::Table(name) => self.relation(name).into(),
            LineageObject::View(name) => Line::from(self.relation(name)).text(" (view)"),
            LineageObject::Function(signature) => self.signature(signature).into(),
        }
    }

    /// A group on the first page.
    pub(super) fn group(&self, name: &str) -> Inline {
        Inline::Link { page: "README".to_owned(), anchor: Some(group_anchor(name)), text: name.to_owned(), code: false }
    }

    /// Columns of a type: `public.tasks.status`, the table linked.
    pub(super) fn uses(&self, uses: &[TypeUse]) -> Line {
        let one = |used: &TypeUse| {
            let text = format!("{}.{}", used.relation, crate::Ident::new(used.column.as_str()));
            Line::from(self.part_of(&used.relation, "columns", text))
        };
        Line::joined(uses.iter().map(one), ", ")
    }

    /// A drawing with its text form.
    pub(super) fn diagram(&self, spec: &DiagramSpec) -> Block {
        Block::Diagram {
            svg: spec.path.clone(),
            alt: spec.title.clone(),
            mermaid: er::mermaid(self.catalog, &spec.tables),
        }
    }
}

/// The name that people write for a type of PostgreSQL's own.
fn short(sql: &str) -> String {
    let long = [
        ("timestamp with time zone", "timestamptz"),
        ("timestamp without time zone", "timestamp"),
        ("time without time zone", "time"),
        ("character varying", "varchar"),
    ];
    match long.into_iter().find_map(|(long, short)| Some((short, sql.strip_prefix(long)?))) {
        Some((short, rest)) => format!("{short}{rest}"),
        None => sql.to_owned(),
    }
}

/// A heading of a page about everything.
pub(super) fn anchored(page: &str, anchor: impl Into<String>, text: &str) -> Inline {
    Inline::Link { page: page.to_owned(), anchor: Some(anchor.into()), text: text.to_owned(), code: true }
}

/// A page about everything, by its title.
pub(super) fn page(path: &str, text: &str) -> Inline {
    Inline::Link { page: path.to_owned(), anchor: None, text: text.to_owned(), code: false }
}
