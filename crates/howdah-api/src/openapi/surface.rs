//! What one schema shows to a caller, and what can be done with it: the one answer that both formats are written from.

use std::collections::BTreeMap;

use howdah_schema::catalog::{Argument, ArgumentMode, Comment, DataType, Function, FunctionKind, TypeKind, Volatility};
use howdah_schema::clients::relation::{Field, Link, Presence, Shape, shape};
use howdah_schema::clients::rules::Kind;
use howdah_schema::{Catalog, QualifiedName, Relation};

use super::names::RESERVED;
use super::privileges::{OnColumn, Privileges};
use crate::options::ApiOptions;

/// A schema as a caller sees it.
#[derive(Debug)]
pub(super) struct Surface<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) options: &'a ApiOptions,
    pub(super) schema: &'a str,
    /// By name.
    pub(super) resources: Vec<Resource<'a>>,
    /// By name.
    pub(super) routines: Vec<Routine<'a>>,
}

/// A table or view.
#[derive(Debug)]
pub(super) struct Resource<'a> {
    pub(super) name: &'a str,
    pub(super) comment: &'a Comment,
    /// Whether it is a table, whose rows have versions.
    pub(super) is_table: bool,
    pub(super) primary_key: Vec<String>,
    pub(super) links: Vec<Link>,
    /// The columns that something may be done with, in their order.
    pub(super) columns: Vec<Visible<'a>>,
    /// GET and HEAD.
    pub(super) can_read: bool,
    /// DELETE.
    pub(super) can_delete: bool,
    /// Rows are marked as deleted.
    pub(super) soft_delete: bool,
    /// All its columns are among `columns`, to be read.
    pub(super) whole_row: bool,
}

/// A column, and what may be done with it.
#[derive(Debug)]
pub(super) struct Visible<'a> {
    pub(super) field: Field<'a>,
    pub(super) kind: Kind,
    pub(super) select: bool,
    pub(super) insert: bool,
    pub(super) update: bool,
}

/// The functions of one name.
#[derive(Debug)]
pub(super) struct Routine<'a> {
    pub(super) name: &'a str,
    /// At least one.
    pub(super) overloads: Vec<Overload<'a>>,
}

/// One function.
#[derive(Debug)]
pub(super) struct Overload<'a> {
    pub(super) function: &'a Function,
    pub(super) call: Call<'a>,
    /// GET, too.
    pub(super) by_get: bool,
}

/// How arguments are given.
#[derive(Debug)]
pub(super) enum Call<'a> {
    /// By their names.
    Named(Vec<(&'a str, &'a Argument)>),
    /// The body of the request is the only one.
    Body(&'a Argument),
}

impl<'a> Surface<'a> {
    pub(super) fn new(catalog: &'a Catalog, options: &'a ApiOptions, schema: &'a str, privileges: &Privileges) -> Self {
        let relations = catalog.relations().filter(|relation| {
            // A partition is reached through its table.
            relation.name().schema == schema && relation.table().is_none_or(|table| table.partition_of.is_none())
        });
        let mut resources: Vec<Resource<'a>> =
            relations.filter_map(|relation| resource(catalog, options, relation, privileges)).collect();
        resources.sort_by_key(|resource| resource.name);
        let mut routines: BTreeMap<&str, Vec<Overload<'a>>> = BTreeMap::new();
        for function in catalog.functions.values() {
            let name = &function.signature.name;
            if name.schema == schema
                && privileges.execute(function)
                && let Some(overload) = overload(function)
            {
                routines.entry(&name.name).or_default().push(overload);
            }
        }
        let routines = routines.into_iter().map(|(name, overloads)| Routine { name, overloads }).collect();
        Self { catalog, options, schema, resources, routines }
    }

    /// The comment of the schema itself.
    pub(super) fn comment(&self) -> Option<&'a Comment> {
        self.catalog.schemas.get(self.schema).map(|schema| &schema.comment)
    }

    /// A relation of this schema.
    pub(super) fn resource(&self, name: &QualifiedName) -> Option<&Resource<'a>> {
        let own = self.resources.binary_search_by_key(&name.name.as_str(), |resource| resource.name);
        own.ok().filter(|_| name.schema == self.schema).and_then(|at| self.resources.get(at))
    }
}

fn resource<'a>(
    catalog: &'a Catalog,
    options: &ApiOptions,
    relation: Relation<'a>,
    privileges: &Privileges,
) -> Option<Resource<'a>> {
    let Shape { name, fields, comment, insertable, updatable, deletable, primary_key, links, view, .. } =
        shape(catalog, relation);
    let all = fields.len();
    let columns = fields.into_iter().map(|field| {
        let may = |privilege| privileges.column(name, &field.column.name, privilege);
        Visible {
            select: may(OnColumn::Select),
            insert: insertable && field.insert != Presence::Never && may(OnColumn::Insert),
            update: updatable && field.update != Presence::Never && may(OnColumn::Update),
            kind: Kind::of(catalog, &field.column.data_type),
            field,
        }
    });
    let columns: Vec<Visible<'a>> = columns.filter(|c| c.select || c.insert || c.update).collect();
    let soft_delete = options.soft_delete
        && relation.column("deleted_at").is_some_and(|column| {
            !column.not_null && !column.data_type.array && Kind::of(catalog, &column.data_type) == Kind::TimestampTz
        });
    let marks = soft_delete && columns.iter().any(|column| column.update && column.field.column.name == "deleted_at");
    let readable = columns.iter().filter(|column| column.select).count();
    let resource = Resource {
        name: &name.name,
        comment,
        is_table: !view,
        // A table may have no columns, and rows all the same.
        can_read: readable > 0 || (all == 0 && privileges.column(name, "", OnColumn::Select)),
        can_delete: marks || (deletable && privileges.delete(name)),
        whole_row: readable == all,
        primary_key,
        links,
        columns,
        soft_delete,
    };
    (resource.can_read || resource.can_insert() || resource.can_update() || resource.can_delete).then_some(resource)
}

impl<'a> Resource<'a> {
    /// POST.
    pub(super) fn can_insert(&self) -> bool {
        self.columns.iter().any(|column| column.insert)
    }

    /// PATCH.
    pub(super) fn can_update(&self) -> bool {
        self.columns.iter().any(|column| column.update)
    }

    /// PUT: the row is named by its key, and changed if it is there.
    pub(super) fn can_put(&self) -> bool {
        let insertable = |name: &String| self.columns.iter().any(|c| c.insert && c.field.column.name == *name);
        !self.primary_key.is_empty() && self.primary_key.iter().all(insertable) && self.can_update()
    }

    /// Columns that filters, orders and answers may name.
    pub(super) fn readable(&self) -> impl Iterator<Item = &Visible<'a>> {
        self.columns.iter().filter(|column| column.select)
    }

    /// Whether one of its columns has this name, so that a parameter of the same name is a filter.
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|visible| visible.field.column.name == column)
    }
}

/// Types that an argument without a name may have: it is the body of the request.
const BODIES: [&str; 5] = ["json", "jsonb", "text", "xml", "bytea"];

/// How a function is called; `None` for what cannot be: procedures, triggers, arguments without names.
fn overload(function: &Function) -> Option<Overload<'_>> {
    let returns = function.returns.as_ref()?;
    let result = returns.data_type.name.name.as_str();
    let inner =
        returns.data_type.kind == TypeKind::Pseudo && matches!(result, "trigger" | "event_trigger" | "internal");
    if function.kind != FunctionKind::Function || inner {
        return None;
    }
    let inputs: Vec<&Argument> = function.arguments.iter().filter(|argument| argument.mode.is_input()).collect();
    let named: Option<Vec<(&str, &Argument)>> =
        inputs.iter().map(|argument| argument.name.as_deref().map(|name| (name, *argument))).collect();
    let reads = function.volatility != Volatility::Volatile;
    match (named, &inputs[..]) {
        (Some(named), _) => {
            // A parameter that means something else can only be left out.
            let nameable = named.iter().all(|(name, argument)| !RESERVED.contains(name) || argument.default.is_some());
            Some(Overload { function, call: Call::Named(named), by_get: reads && nameable })
        }
        (None, [only]) if !only.data_type.array && only.data_type.name.schema == "pg_catalog" => {
            let whole = BODIES.contains(&only.data_type.name.name.as_str());
            whole.then_some(Overload { function, call: Call::Body(only), by_get: false })
        }
        _ => None,
    }
}

impl<'a> Overload<'a> {
    /// Arguments that are given by name.
    pub(super) fn named(&self) -> &[(&'a str, &'a Argument)] {
        match &self.call {
            Call::Named(arguments) => arguments,
            Call::Body(_) => &[],
        }
    }

    /// What a row of the result is made of, where the function itself says so: as soon as it has an output argument, even one
    /// alone.
    pub(super) fn outputs(&self) -> Vec<&'a Argument> {
        let is_output = |mode| matches!(mode, ArgumentMode::Out | ArgumentMode::InOut | ArgumentMode::Table);
        self.function.arguments.iter().filter(|one| is_output(one.mode)).collect()
    }
}

/// Whether a call must give it.
pub(super) fn is_required(argument: &Argument) -> bool {
    argument.default.is_none()
}

/// The media type of a body that is a value of this type.
pub(super) fn body_media(data_type: &DataType) -> &'static str {
    match data_type.name.name.as_str() {
        "text" => "text/plain",
        "xml" => "text/xml",
        "bytea" => "application/octet-stream",
        _ => "application/json",
    }
}

impl<'a> Routine<'a> {
    /// Arguments of all its functions that are given by name.
    pub(super) fn named_arguments(&self) -> impl Iterator<Item = &'a Argument> {
        self.overloads.iter().flat_map(|overload| overload.named().iter().map(|(_, argument)| *argument))
    }

    /// What GET takes, each name once: name, whether all functions need it, and the first argument of this name.
    pub(super) fn get_arguments(&self) -> Vec<(&'a str, bool, &'a Argument)> {
        let callable: Vec<&Overload<'a>> = self.overloads.iter().filter(|overload| overload.by_get).collect();
        let mut found: Vec<(&str, bool, &Argument)> = Vec::new();
        for (name, argument) in callable.iter().flat_map(|overload| overload.named()) {
            if RESERVED.contains(name) || found.iter().any(|(known, ..)| known == name) {
                continue;
            }
            let needed = |overload: &&Overload<'_>| {
                overload.named().iter().any(|(own, argument)| own == name && is_required(argument))
            };
            found.push((name, callable.iter().all(needed), argument));
        }
        found
    }
}
