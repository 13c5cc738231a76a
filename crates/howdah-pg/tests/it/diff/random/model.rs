//! A schema as a value that can be edited and always stands for SQL that PostgreSQL takes.
//!
//! Things refer to each other by numbers that stay the same when a name changes, so after a rename every mention follows,
//! and what has another name in two models was renamed. What an edit leaves without its ground is taken away by
//! [`Model::prune`].

use super::children::Child;
use super::default_privileges::DefaultPrivilege;
use super::partitions::Partitions;
use super::parts::Part;
use super::publications::Publication;
use super::settings::Settings;
use super::things::Thing;
use std::collections::BTreeSet;

/// What stays the same when a thing is renamed.
pub(super) type Id = u32;

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) next: Id,
    pub(super) schemas: Vec<Schema>,
    pub(super) enums: Vec<Enum>,
    pub(super) domains: Vec<Domain>,
    pub(super) composites: Vec<Composite>,
    pub(super) sequences: Vec<Sequence>,
    pub(super) functions: Vec<Function>,
    pub(super) tables: Vec<Table>,
    pub(super) views: Vec<View>,
    pub(super) publications: Vec<Publication>,
    pub(super) things: Vec<Thing>,
    pub(super) default_privileges: Vec<DefaultPrivilege>,
    /// The server's major version: not every form is known to all.
    pub(super) major: u32,
}

/// Which thing it is, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) id: Id,
    pub(super) name: String,
}

/// What every object can have.
#[derive(Debug, Clone, Default)]
pub(super) struct Meta {
    pub(super) comment: Option<u16>,
    pub(super) owner: Option<usize>,
    /// A role, a privilege of those that the kind has, and whether it may be passed on.
    pub(super) grants: BTreeSet<(usize, usize, bool)>,
}

/// An object in a schema.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) name: Name,
    pub(super) schema: Id,
    pub(super) meta: Meta,
}

#[derive(Debug, Clone)]
pub(super) struct Schema {
    pub(super) name: Name,
    pub(super) meta: Meta,
    /// Renamed by an edit, or something moved into it or out of it: after both, a thing in it would have two old names.
    pub(super) renamed: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Enum {
    pub(super) object: Object,
    /// Rows hold the two with the smallest numbers.
    pub(super) values: Vec<Name>,
}

#[derive(Debug, Clone)]
pub(super) struct Domain {
    pub(super) object: Object,
    pub(super) base: Type,
    pub(super) checks: Vec<(Name, u16)>,
    pub(super) default: Option<u16>,
    pub(super) not_null: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Composite {
    pub(super) object: Object,
    pub(super) attributes: Vec<(Name, Type)>,
}

#[derive(Debug, Clone)]
pub(super) struct Sequence {
    pub(super) object: Object,
    pub(super) increment: u16,
    pub(super) cache: u16,
    pub(super) cycle: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) object: Object,
    pub(super) body: Body,
    /// Changes the body's text and nothing else.
    pub(super) variant: u16,
    /// Returns bigint rather than integer.
    pub(super) big: bool,
    /// A further argument with a default.
    pub(super) further: Option<u16>,
    pub(super) definer: bool,
    pub(super) revoked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// Takes an integer, immutable: for checks, defaults and indexes.
    Immutable,
    Plpgsql,
    /// SQL in quotes that reads a table.
    Reads(Id),
    /// `BEGIN ATOMIC`, on a table's column.
    Atomic(Id, Id),
    /// Takes a table's row.
    TakesRow(Id),
    /// Returns a table's rows.
    ReturnsRows(Id),
    /// For triggers.
    Trigger,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Smallint,
    Integer,
    Bigint,
    Numeric(u16),
    Text,
    Varchar(u16),
    Boolean,
    Date,
    Timestamp,
    Uuid,
    Json,
    Integers,
    Texts,
    Bytes,
    Enum(Id),
    Enums(Id),
    Domain(Id),
    Composite(Id),
    /// The type of that table's key, and a foreign key to it.
    Key(Id),
    /// A range, or a type of an extension.
    Thing(Id),
}

/// What can be done with a type's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Number,
    Text,
    Document,
    Array,
    Other,
}

#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) object: Object,
    /// The first is the key.
    pub(super) columns: Vec<Column>,
    pub(super) checks: Vec<(Name, Id, u16)>,
    pub(super) uniques: Vec<(Name, Id)>,
    pub(super) indexes: Vec<Index>,
    pub(super) policies: Vec<Policy>,
    pub(super) triggers: Vec<Trigger>,
    pub(super) statistics: Vec<(Name, Id, Id, u16)>,
    pub(super) parts: Vec<Part>,
    pub(super) settings: Settings,
    pub(super) unlogged: bool,
    /// By the second column.
    pub(super) partitions: Option<Partitions>,
    pub(super) children: Vec<Child>,
    /// To a role, a privilege on a column.
    pub(super) column_grants: BTreeSet<(Id, usize, usize)>,
}

#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: Name,
    pub(super) kind: Type,
    pub(super) not_null: bool,
    pub(super) default: Option<Default_>,
    /// From that column.
    pub(super) generated: Option<Id>,
    /// `ALWAYS`, or `BY DEFAULT`.
    pub(super) identity: Option<bool>,
    pub(super) comment: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Default_ {
    Value(u16),
    Function(Id),
    Sequence(Id),
}

#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) name: Name,
    pub(super) column: Id,
    pub(super) second: Option<Id>,
    pub(super) form: u16,
    /// Instead of a column.
    pub(super) function: Option<Id>,
    pub(super) comment: Option<u16>,
}

#[derive(Debug, Clone)]
pub(super) struct Policy {
    pub(super) name: Name,
    pub(super) column: Id,
    pub(super) form: u16,
    pub(super) comment: Option<u16>,
}

#[derive(Debug, Clone)]
pub(super) struct Trigger {
    pub(super) name: Name,
    pub(super) function: Id,
    pub(super) column: Id,
    pub(super) form: u16,
}

#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) object: Object,
    pub(super) materialized: bool,
    /// A table or a view.
    pub(super) base: Id,
    /// Of the base.
    pub(super) columns: Vec<ViewColumn>,
    pub(super) filter: u16,
    /// Which of the view's options are set.
    pub(super) options: u16,
    /// Of a materialized one; by which of its columns.
    pub(super) indexes: Vec<(Name, u16)>,
    /// Calls it on a constant.
    pub(super) function: Option<Id>,
}

#[derive(Debug, Clone)]
pub(super) struct ViewColumn {
    pub(super) id: Id,
    /// A column of the base.
    pub(super) of: Id,
    /// A name of its own.
    pub(super) alias: Option<String>,
}

impl Model {
    pub(super) fn id(&mut self) -> Id {
        self.next += 1;
        self.next
    }

    /// A name for something new; now and then one that has to be quoted.
    pub(super) fn name(&mut self, prefix: &str) -> Name {
        let id = self.id();
        let name = if id.is_multiple_of(11) { format!("{prefix} {id}") } else { format!("{prefix}{id}") };
        Name { id, name }
    }

    pub(super) fn table(&self, id: Id) -> Option<&Table> {
        self.tables.iter().find(|table| table.object.name.id == id)
    }

    pub(super) fn view(&self, id: Id) -> Option<&View> {
        self.views.iter().find(|view| view.object.name.id == id)
    }

    pub(super) fn function(&self, id: Id) -> Option<&Function> {
        self.functions.iter().find(|function| function.object.name.id == id)
    }

    pub(super) fn family(&self, kind: Type) -> Family {
        match kind {
            Type::Smallint | Type::Integer | Type::Bigint | Type::Numeric(_) | Type::Key(_) => Family::Number,
            Type::Text | Type::Varchar(_) => Family::Text,
            Type::Json => Family::Document,
            Type::Integers | Type::Texts => Family::Array,
            _ => Family::Other,
        }
    }

    fn has_type(&self, kind: Type) -> bool {
        match kind {
            Type::Enum(id) | Type::Enums(id) => self.enums.iter().any(|item| item.object.name.id == id),
            Type::Domain(id) => self.domains.iter().any(|item| item.object.name.id == id),
            Type::Composite(id) => self.composites.iter().any(|item| item.object.name.id == id),
            Type::Key(id) => self.table(id).is_some_and(|table| table.partitions.is_none()),
            Type::Thing(id) => self.thing(id).is_some(),
            _ => true,
        }
    }

    /// Takes away what refers to something that is not there any more, until nothing does.
    pub(super) fn prune(&mut self) {
        loop {
            let before = self.size();
            self.prune_once();
            if self.size() == before {
                return;
            }
        }
    }

    fn prune_once(&mut self) {
        let was = self.clone();
        let schemas: BTreeSet<Id> = self.schemas.iter().map(|schema| schema.name.id).collect();
        self.enums.retain(|item| schemas.contains(&item.object.schema));
        self.domains.retain(|item| schemas.contains(&item.object.schema));
        self.composites.retain(|item| schemas.contains(&item.object.schema));
        self.sequences.retain(|item| schemas.contains(&item.object.schema));
        self.tables.retain(|item| schemas.contains(&item.object.schema));
        self.views.retain(|view| {
            let base = was.table(view.base).is_some() || was.view(view.base).is_some();
            schemas.contains(&view.object.schema) && base
        });
        self.things.retain(|item| schemas.contains(&item.object.schema));
        self.default_privileges.retain(|item| item.schema.is_none_or(|schema| schemas.contains(&schema)));
        self.functions.retain(|function| {
            let ground = match function.body {
                Body::Reads(table) | Body::TakesRow(table) | Body::ReturnsRows(table) => was.table(table).is_some(),
                Body::Atomic(table, column) => was.table(table).is_some_and(|table| table.column(column).is_some()),
                _ => true,
            };
            schemas.contains(&function.object.schema) && ground
        });
        for view in &mut self.views {
            view.columns.retain(|column| was.has_output(view.base, column.of));
            view.function = view.function.filter(|id| was.function(*id).is_some());
        }
        for publication in &mut self.publications {
            publication.tables.retain(|id| was.table(*id).is_some());
        }
        for table in &mut self.tables {
            let columns: BTreeSet<Id> = table.columns.iter().map(|column| column.name.id).collect();
            let usable = |column: &Column| {
                was.has_type(column.kind) && column.generated.is_none_or(|source| columns.contains(&source))
            };
            table.columns.retain(usable);
            for column in &mut table.columns {
                column.default = column.default.filter(|default| match default {
                    Default_::Value(_) => true,
                    Default_::Function(id) => was.function(*id).is_some(),
                    Default_::Sequence(id) => was.sequences.iter().any(|sequence| sequence.object.name.id == *id),
                });
            }
            let there = |id: &Id| columns.contains(id);
            table.checks.retain(|(_, column, _)| there(column));
            table.uniques.retain(|(_, column)| there(column));
            table.indexes.retain(|index| there(&index.column));
            for index in &mut table.indexes {
                index.second = index.second.filter(|id| there(id));
                index.function = index.function.filter(|id| was.function(*id).is_some());
            }
            table.policies.retain(|policy| there(&policy.column));
            table.triggers.retain(|trigger| there(&trigger.column) && was.function(trigger.function).is_some());
            table.statistics.retain(|(_, left, right, _)| there(left) && there(right));
            table.column_grants.retain(|(column, ..)| there(column));
            let ground = was.table(table.object.name.id);
            table.parts.retain(|part| ground.is_some_and(|ground| part.stands(&was, ground)));
            for child in &mut table.children {
                child.default = child.default.filter(|(column, _)| there(column));
            }
        }
    }

    fn has_output(&self, base: Id, column: Id) -> bool {
        self.table(base).is_some_and(|table| table.column(column).is_some())
            || self.view(base).is_some_and(|view| view.columns.iter().any(|output| output.id == column))
    }

    /// Counts whatever [`Model::prune`] can take away.
    fn size(&self) -> usize {
        let tables = self.tables.iter().map(|table| {
            let column = |column: &Column| 1 + usize::from(column.default.is_some());
            let index = |index: &Index| 1 + usize::from(index.second.is_some()) + usize::from(index.function.is_some());
            1 + table.columns.iter().map(column).sum::<usize>()
                + table.indexes.iter().map(index).sum::<usize>()
                + table.checks.len()
                + table.uniques.len()
                + table.policies.len()
                + table.triggers.len()
                + table.statistics.len()
                + table.column_grants.len()
                + table.parts.len()
                + table.children.iter().filter(|child| child.default.is_some()).count()
        });
        let views = self.views.iter().map(|view| 1 + view.columns.len() + usize::from(view.function.is_some()));
        let lists = self.enums.len() + self.domains.len() + self.composites.len() + self.sequences.len();
        let published = self.publications.iter().map(|publication| publication.tables.len());
        let others = self.things.len() + self.default_privileges.len();
        lists + others + self.functions.len() + tables.sum::<usize>() + views.sum::<usize>() + published.sum::<usize>()
    }
}

impl Table {
    pub(super) fn column(&self, id: Id) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.id == id)
    }
}
