//! Tables and views as a client sees them: what each column is when it is read, when it is inserted and when it is changed.

use super::rules::{self, TableRules};
use super::touched::{RowEvent, Touched, touched};
use super::updatable::{self, Target};
use crate::QualifiedName;
use crate::catalog::{Catalog, Column, Comment, Relation, Table};

/// Whether a client gives a value for a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must.
    Required,
    /// It may.
    Optional,
    /// The database refuses any.
    Never,
}

/// A column of a table or view.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// The column itself.
    pub column: &'a Column,
    /// Whether it may be null.
    pub nullable: bool,
    /// In a new row.
    pub insert: Presence,
    /// In a change.
    pub update: Presence,
    /// Whether it is null when a new row leaves it out. Otherwise nobody knows what it then is.
    pub null_if_absent: bool,
    /// Whether a trigger may put another value in its place before it is checked.
    pub touched_on_insert: bool,
    /// The same for a change.
    pub touched_on_update: bool,
}

/// A table or view.
#[derive(Debug, Clone)]
pub struct Shape<'a> {
    /// Its name.
    pub name: &'a QualifiedName,
    /// Whether it is a view.
    pub view: bool,
    /// Its comment.
    pub comment: &'a Comment,
    /// In their order.
    pub fields: Vec<Field<'a>>,
    /// Whether rows can be inserted.
    pub insertable: bool,
    /// Whether rows can be changed.
    pub updatable: bool,
    /// Whether rows can be deleted.
    pub deletable: bool,
    /// The primary key, in its order; of a view, that of the table under it, if the view shows all of it.
    pub primary_key: Vec<String>,
    /// Its CHECKs; of a view, none.
    pub rules: TableRules,
    /// The foreign keys that a client can follow, by name.
    pub links: Vec<Link>,
}

/// A foreign key as a client follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The constraint.
    pub name: String,
    /// The columns that point.
    pub columns: Vec<String>,
    /// Whether at most one row points at each.
    pub one_to_one: bool,
    /// Where to.
    pub references: QualifiedName,
    /// The columns there.
    pub referenced_columns: Vec<String>,
}

/// How a client sees it.
pub fn shape<'a>(catalog: &'a Catalog, relation: Relation<'a>) -> Shape<'a> {
    match relation {
        Relation::Table(table) => table_shape(catalog, table),
        Relation::View(view) => {
            let target = updatable::target(catalog, view);
            let written = |column: &Column| match &target {
                Target::Nothing => false,
                Target::Trigger { .. } => true,
                Target::Table(columns) => columns.iter().any(|(own, _)| *own == column.name),
            };
            let presence = |column: &Column| if written(column) { Presence::Optional } else { Presence::Never };
            let fields = view.columns.iter().map(|column| Field {
                column,
                // Nothing in a catalog says that a view's column is never null.
                nullable: true,
                insert: presence(column),
                update: presence(column),
                null_if_absent: false,
                touched_on_insert: true,
                touched_on_update: true,
            });
            let (insertable, updatable) = match &target {
                Target::Nothing => (false, false),
                Target::Trigger { insert, update } => (*insert, *update),
                Target::Table(_) => (true, true),
            };
            Shape {
                name: &view.name,
                view: true,
                comment: &view.comment,
                fields: fields.collect(),
                insertable,
                updatable,
                deletable: updatable::deletable(catalog, view),
                primary_key: updatable::primary_key(catalog, view),
                rules: TableRules::default(),
                links: updatable::links(catalog, view),
            }
        }
    }
}

fn table_shape<'a>(catalog: &'a Catalog, table: &'a Table) -> Shape<'a> {
    let on_insert = touched(catalog, table, RowEvent::Insert);
    let on_update = touched(catalog, table, RowEvent::Update);
    let fields = table.columns.iter().map(|column| field(catalog, column, &on_insert, &on_update));
    let fields: Vec<Field<'_>> = fields.collect();
    Shape {
        name: &table.name,
        view: false,
        comment: &table.comment,
        insertable: true,
        updatable: true,
        deletable: true,
        primary_key: table.primary_key().to_vec(),
        rules: rules::of_table(catalog, table),
        links: links(table),
        fields,
    }
}

fn field<'a>(catalog: &Catalog, column: &'a Column, on_insert: &Touched, on_update: &Touched) -> Field<'a> {
    let nullable = !column.not_null && !rules::refuses_null(catalog, &column.data_type);
    let always = column.identity.as_ref().is_some_and(|identity| identity.always);
    let computed = always || column.generated.is_some();
    let domain_default = !column.data_type.array && domain_default(catalog, &column.data_type.name);
    let filled = column.default.is_some() || column.identity.is_some() || domain_default;
    let touched_on_insert = on_insert.holds(&column.name);
    let insert = if computed {
        Presence::Never
    } else if nullable || filled || on_insert.surely_holds(&column.name) {
        Presence::Optional
    } else {
        Presence::Required
    };
    Field {
        column,
        nullable,
        insert,
        update: if computed { Presence::Never } else { Presence::Optional },
        null_if_absent: nullable && !computed && !filled && !touched_on_insert,
        touched_on_insert,
        touched_on_update: on_update.holds(&column.name),
    }
}

/// Whether a domain, or one under it, has a default.
fn domain_default(catalog: &Catalog, name: &QualifiedName) -> bool {
    let domain = catalog.domains.get(name);
    domain.is_some_and(|domain| domain.default.is_some() || domain_default(catalog, &domain.base.name))
}

/// The foreign keys of a table.
pub(crate) fn links(table: &Table) -> Vec<Link> {
    let keys = table.unique_keys();
    let links = table.foreign_keys().map(|(constraint, key)| Link {
        name: constraint.name.clone(),
        columns: constraint.columns.clone(),
        // As PostgREST sees it: the very columns of a key.
        one_to_one: keys.iter().any(|unique| {
            unique.len() == constraint.columns.len()
                && unique.iter().all(|column| constraint.columns.iter().any(|own| own == column))
        }),
        references: key.references.clone(),
        referenced_columns: key.referenced_columns.clone(),
    });
    links.collect()
}
