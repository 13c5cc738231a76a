//! What a client holds: the relations and functions of the schemas it is made for, and the types that these use.

use super::ClientOptions;
use super::relation::{Shape, shape};
use super::rules::Kind;
use crate::QualifiedName;
use crate::catalog::{Catalog, DataType, Domain, Enum, Function, FunctionKind, Relation, TypeKind};
use std::collections::{BTreeMap, BTreeSet};

/// What a client holds.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    pub(crate) catalog: &'a Catalog,
    /// By name.
    pub(crate) tables: BTreeMap<&'a QualifiedName, Shape<'a>>,
    /// By name.
    pub(crate) views: BTreeMap<&'a QualifiedName, Shape<'a>>,
    /// Those that the API can call, by name; overloads in the order of their arguments.
    pub(crate) functions: BTreeMap<&'a QualifiedName, Vec<&'a Function>>,
    /// By name; those of the schemas, and those that something here uses.
    pub(crate) enums: BTreeMap<&'a QualifiedName, &'a Enum>,
    /// The same.
    pub(crate) domains: BTreeMap<&'a QualifiedName, &'a Domain>,
    /// The same; row types of tables and views of other schemas, too.
    pub(crate) composites: BTreeMap<QualifiedName, Vec<Member<'a>>>,
}

/// A part of a composite type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) data_type: &'a DataType,
    pub(crate) comment: &'a crate::catalog::Comment,
}

impl<'a> Selection<'a> {
    pub(crate) fn new(catalog: &'a Catalog, options: &ClientOptions) -> Self {
        let chosen = |name: &QualifiedName| options.schemas.contains(&name.schema);
        let tables = catalog.tables.values().filter(|table| chosen(&table.name));
        let views = catalog.views.values().filter(|view| chosen(&view.name));
        let mut selection = Self {
            catalog,
            tables: tables.map(|table| (&table.name, shape(catalog, Relation::Table(table)))).collect(),
            views: views.map(|view| (&view.name, shape(catalog, Relation::View(view)))).collect(),
            functions: BTreeMap::new(),
            enums: catalog.enums.iter().filter(|(name, _)| chosen(name)).collect(),
            domains: catalog.domains.iter().filter(|(name, _)| chosen(name)).collect(),
            composites: BTreeMap::new(),
        };
        for function in catalog.functions.values().filter(|function| chosen(&function.signature.name)) {
            if is_callable(function) {
                selection.functions.entry(&function.signature.name).or_default().push(function);
            }
        }
        for name in catalog.composites.keys().filter(|name| chosen(name)) {
            selection.add_composite(name);
        }
        let own: Vec<&DataType> =
            catalog.domains.values().filter(|domain| chosen(&domain.name)).map(|d| &d.base).collect();
        own.into_iter().for_each(|data_type| selection.add(data_type));
        let columns: Vec<&DataType> = selection
            .tables
            .values()
            .chain(selection.views.values())
            .flat_map(|shape| shape.fields.iter().map(|field| &field.column.data_type))
            .collect();
        columns.into_iter().for_each(|data_type| selection.add(data_type));
        let used: Vec<&DataType> = selection
            .functions
            .values()
            .flatten()
            .flat_map(|function| {
                let arguments = function.arguments.iter().map(|argument| &argument.data_type);
                arguments.chain(function.returns.as_ref().map(|returns| &returns.data_type))
            })
            .collect();
        used.into_iter().for_each(|data_type| selection.add(data_type));
        selection
    }

    /// A type that something uses, and what it is made of.
    fn add(&mut self, data_type: &'a DataType) {
        match data_type.kind {
            TypeKind::Enum => {
                if let Some((name, found)) = self.catalog.enums.get_key_value(&data_type.name) {
                    self.enums.insert(name, found);
                }
            }
            TypeKind::Domain => {
                if let Some((name, domain)) = self.catalog.domains.get_key_value(&data_type.name)
                    && (self.domains.insert(name, domain).is_none() || domain.base.kind != TypeKind::Base)
                {
                    self.add(&domain.base);
                }
            }
            TypeKind::Composite => self.add_composite(&data_type.name),
            TypeKind::Base | TypeKind::Range | TypeKind::Pseudo => {}
        }
    }

    fn add_composite(&mut self, name: &QualifiedName) {
        if self.composites.contains_key(name) || self.tables.contains_key(name) || self.views.contains_key(name) {
            return;
        }
        let members = members(self.catalog, name);
        self.composites.insert(name.clone(), members.clone());
        members.into_iter().for_each(|member| self.add(member.data_type));
    }

    /// The schemas that anything here is in.
    pub(crate) fn schemas(&self, options: &ClientOptions) -> BTreeSet<String> {
        let known = options.schemas.iter().filter(|name| self.catalog.schemas.contains_key(*name) || *name == "public");
        let types = self.enums.keys().map(|name| &name.schema).chain(self.composites.keys().map(|name| &name.schema));
        known.chain(types).cloned().collect()
    }

    /// What a value of this type is to a client.
    pub(crate) fn kind(&self, data_type: &DataType) -> Kind {
        Kind::of(self.catalog, data_type)
    }
}

/// The parts of a composite type, or of the rows of a table or view.
fn members<'a>(catalog: &'a Catalog, name: &QualifiedName) -> Vec<Member<'a>> {
    if let Some(composite) = catalog.composites.get(name) {
        let members = composite.attributes.iter().map(|attribute| Member {
            name: &attribute.name,
            data_type: &attribute.data_type,
            comment: &attribute.comment,
        });
        return members.collect();
    }
    let relation = catalog.relation(&name.schema, &name.name);
    let columns = relation.into_iter().flat_map(|relation| relation.columns().iter());
    let members =
        columns.map(|column| Member { name: &column.name, data_type: &column.data_type, comment: &column.comment });
    members.collect()
}

/// Types that an argument without a name may have: the body of the request is then its value.
const BODIES: [&str; 5] = ["json", "jsonb", "text", "xml", "bytea"];

/// Whether a client can call it by `/rpc`: as PostgREST, by names, or with the whole body as its one argument.
fn is_callable(function: &Function) -> bool {
    let Some(returns) = &function.returns else { return false };
    let result = returns.data_type.name.name.as_str();
    let pseudo = returns.data_type.kind == TypeKind::Pseudo;
    if function.kind != FunctionKind::Function || (pseudo && matches!(result, "trigger" | "event_trigger" | "internal"))
    {
        return false;
    }
    let inputs: Vec<_> = function.arguments.iter().filter(|argument| argument.mode.is_input()).collect();
    if inputs.iter().all(|argument| argument.name.is_some()) {
        return true;
    }
    match inputs[..] {
        // A row's computed field, or the body.
        [only] => {
            only.data_type.kind == TypeKind::Composite
                || (only.data_type.name.schema == "pg_catalog" && BODIES.contains(&only.data_type.name.name.as_str()))
        }
        _ => false,
    }
}
