//! What a client consists of, and what it is called.

use super::names::{Case, Names, raw};
use crate::catalog::{ArgumentMode, DataType, FunctionKind, TypeKind};
use crate::clients::ClientOptions;
use crate::{Catalog, Function, QualifiedName, Relation};
use std::collections::{BTreeMap, BTreeSet};

/// Modules of the root that no schema may be called; and files that a crate or an operating system has a use for.
const ROOT: [&str; 9] = ["support", "trash", "mod", "lib", "main", "aux", "con", "nul", "prn"];
/// The same in a schema.
const SCHEMA: [&str; 9] = ["types", "functions", "mod", "lib", "main", "aux", "con", "nul", "prn"];
/// Names that a module of types uses.
const TYPES: [&str; 20] = [
    "Box", "Clone", "Copy", "Default", "Drop", "Eq", "Err", "From", "Into", "Iterator", "None", "Ok", "Option",
    "Result", "Send", "Some", "String", "Sync", "ToString", "Vec",
];

/// What a client consists of, and what it is called.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) catalog: &'a Catalog,
    /// Modules, by schema.
    pub(super) schemas: BTreeMap<&'a str, String>,
    /// Modules, by table or view.
    pub(super) relations: BTreeMap<&'a QualifiedName, String>,
    /// Types, by the enum, domain or composite type.
    pub(super) types: BTreeMap<&'a QualifiedName, String>,
    /// Functions and procedures that can be called.
    pub(super) functions: Vec<&'a Function>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(catalog: &'a Catalog, options: &ClientOptions) -> Self {
        let relations: Vec<Relation<'a>> = catalog
            .relations()
            .filter(|relation| options.schemas.contains(&relation.name().schema))
            // A partition's rows are reached through the table that it is a part of.
            .filter(|relation| relation.table().is_none_or(|table| table.partition_of.is_none()))
            .collect();
        let functions: Vec<&'a Function> = catalog
            .functions
            .values()
            .filter(|function| options.schemas.contains(&function.signature.name.schema) && is_callable(function))
            .collect();
        let mut used = Used { catalog, types: BTreeSet::new() };
        for relation in &relations {
            relation.columns().iter().for_each(|column| used.data_type(&column.data_type));
        }
        for function in &functions {
            function.arguments.iter().for_each(|argument| used.data_type(&argument.data_type));
            function.returns.iter().for_each(|returns| used.data_type(&returns.data_type));
        }
        let own = catalog.enums.keys().chain(catalog.domains.keys()).chain(catalog.composites.keys());
        own.filter(|name| options.schemas.contains(&name.schema)).for_each(|name| used.named(name));

        let schemas: BTreeSet<&str> = (relations.iter().map(|relation| relation.name().schema.as_str()))
            .chain(functions.iter().map(|function| function.signature.name.schema.as_str()))
            .chain(used.types.iter().map(|name| name.schema.as_str()))
            .collect();
        let mut plan = Self {
            catalog,
            schemas: Names::new(Case::Snake, &ROOT).take_all(schemas.iter().copied()),
            relations: BTreeMap::new(),
            types: BTreeMap::new(),
            functions,
        };
        for schema in schemas {
            let names = relations.iter().map(|relation| relation.name()).filter(|name| name.schema == schema);
            plan.relations.extend(named(Case::Snake, &SCHEMA, names));
            let names = used.types.iter().copied().filter(|name| name.schema == schema);
            plan.types.extend(named(Case::Camel, &TYPES, names));
        }
        plan
    }

    /// A schema's module, as written.
    pub(super) fn schema(&self, name: &str) -> String {
        self.schemas.get(name).map_or_else(String::new, |module| raw(module))
    }

    /// A type's path from a module of `from`; `None` if it has no type of its own.
    pub(super) fn type_path(&self, name: &QualifiedName, from: &str) -> Option<String> {
        let own = self.types.get(name)?;
        Some(if name.schema == from {
            format!("super::types::{own}")
        } else {
            format!("super::super::{}::types::{own}", self.schema(&name.schema))
        })
    }

    /// The path of a table's or view's module, from a module of `from`.
    pub(super) fn relation_path(&self, name: &QualifiedName, from: &str) -> Option<String> {
        let module = raw(self.relations.get(name)?);
        Some(if name.schema == from {
            format!("super::{module}")
        } else {
            format!("super::super::{}::{module}", self.schema(&name.schema))
        })
    }
}

fn named<'a>(
    case: Case,
    reserved: &[&str],
    names: impl Iterator<Item = &'a QualifiedName>,
) -> Vec<(&'a QualifiedName, String)> {
    let names: Vec<&QualifiedName> = names.collect();
    let taken = Names::new(case, reserved).take_all(names.iter().map(|name| name.name.as_str()));
    names.into_iter().filter_map(|name| Some((name, taken.get(name.name.as_str())?.clone()))).collect()
}

/// Whether SQL can call it, with arguments whose types are known beforehand.
fn is_callable(function: &Function) -> bool {
    let is_known = |data_type: &DataType| data_type.kind != TypeKind::Pseudo;
    let result = function.returns.as_ref().is_none_or(|returns| {
        let has_columns = function
            .arguments
            .iter()
            .any(|argument| !matches!(argument.mode, ArgumentMode::In | ArgumentMode::Variadic));
        match returns.data_type.name.name.as_str() {
            "void" => true,
            "record" => has_columns,
            _ => is_known(&returns.data_type),
        }
    });
    function.kind != FunctionKind::Window
        && result
        && function.arguments.iter().all(|argument| is_known(&argument.data_type))
}

/// Gathers types, and those that they are made of.
struct Used<'a> {
    catalog: &'a Catalog,
    types: BTreeSet<&'a QualifiedName>,
}

impl<'a> Used<'a> {
    fn data_type(&mut self, data_type: &DataType) {
        self.named(&data_type.name);
    }

    fn named(&mut self, name: &QualifiedName) {
        let catalog = self.catalog;
        if let Some((name, _)) = catalog.enums.get_key_value(name) {
            self.types.insert(name);
        } else if let Some((name, domain)) = catalog.domains.get_key_value(name) {
            if self.types.insert(name) {
                self.data_type(&domain.base);
            }
        } else if let Some((name, composite)) = catalog.composites.get_key_value(name) {
            if self.types.insert(name) {
                composite.attributes.iter().for_each(|attribute| self.data_type(&attribute.data_type));
            }
        } else if let Some(range) = catalog.ranges.get(name) {
            self.data_type(&range.subtype);
        }
    }
}
