//! What a diagram shows, before anybody knows where: tables with their rows, and the foreign keys between them.
//!
//! Three decisions keep a large diagram readable:
//! - Partitions are their parent. Their own foreign keys are copies of the parent's.
//! - Above [`KEYS_ONLY_ABOVE`] tables, or [`KEYS_ONLY_ABOVE_COLUMNS`] columns, a table shows its key columns and says how
//!   many others it has.
//! - A foreign key that would be a line across the whole picture is written into its row instead, as `→ users`: keys to
//!   tables outside the selection, and keys to a **hub**, a table that so many others point at that its lines would
//!   bury the rest. The hub says how many tables point at it.

use crate::QualifiedName;
use crate::catalog::{Catalog, Column, Constraint, ForeignKey, Table, View};
use std::collections::{BTreeMap, BTreeSet};

/// More tables than this show their keys only.
const KEYS_ONLY_ABOVE: usize = 40;

/// And so do tables that have more columns than this together: a page of them could not be read as a whole.
const KEYS_ONLY_ABOVE_COLUMNS: usize = 500;

/// As many other tables pointing at one make it a hub, if there is anything else to draw.
const HUB_FROM: usize = 15;

/// A diagram's contents.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// In the order of their names, tables first.
    pub(crate) entities: Vec<Entity>,
    /// In the order of the tables they start from and of their names.
    pub(crate) relations: Vec<Relation>,
    /// Pairs of tables that a foreign key joins without a line, the referencing one first.
    pub(crate) unlined: BTreeSet<(usize, usize)>,
    /// The names of the groups, in alphabetical order.
    pub(crate) groups: Vec<String>,
    /// Whether names are shown with their schema.
    pub(crate) with_schema: bool,
    /// Whether only keys are shown.
    pub(crate) keys_only: bool,
}

/// A table or a view.
#[derive(Debug)]
pub(crate) struct Entity {
    pub(crate) name: QualifiedName,
    pub(crate) kind: EntityKind,
    /// An index into [`Graph::groups`].
    pub(crate) group: usize,
    pub(crate) rows: Vec<Row>,
    /// Columns that are not shown.
    pub(crate) hidden: usize,
    /// Tables whose foreign keys to this one are written in their rows rather than drawn.
    pub(crate) pointed_at_by: usize,
    /// What its comment says.
    pub(crate) comment: String,
}

/// What kind of relation an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntityKind {
    Table,
    Partitioned,
    View,
    MaterializedView,
}

/// A column as it is shown.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) column: String,
    /// As SQL, with the usual short names.
    pub(crate) data_type: String,
    pub(crate) not_null: bool,
    pub(crate) primary: bool,
    /// Unique by itself.
    pub(crate) unique: bool,
    /// Part of a foreign key.
    pub(crate) foreign: bool,
    /// Foreign keys that are written here rather than drawn.
    pub(crate) stubs: Vec<Stub>,
}

/// A foreign key that is written in its row.
#[derive(Debug)]
pub(crate) struct Stub {
    pub(crate) to: QualifiedName,
    /// For the reader who wants to know exactly.
    pub(crate) title: String,
}

/// A foreign key that is drawn as a line.
#[derive(Debug)]
pub(crate) struct Relation {
    /// The table that has the foreign key, and the row it starts at.
    pub(crate) from: (usize, usize),
    /// The table that it points at, and the row it ends at.
    pub(crate) to: (usize, usize),
    /// How many rows may point at one.
    pub(crate) children: Children,
    /// Whether each row points at one.
    pub(crate) parent: Parent,
    /// Its name.
    pub(crate) constraint: String,
    /// For the reader who wants to know exactly.
    pub(crate) title: String,
}

/// How many rows may point at one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Children {
    Many,
    ZeroOrOne,
}

/// How many rows a row points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    One,
    ZeroOrOne,
}

/// The cardinalities of a foreign key: many where nothing makes the columns unique, and none where a null is allowed.
pub(crate) fn cardinality(table: &Table, constraint: &Constraint) -> (Children, Parent) {
    let has = |column: &&str| constraint.columns.iter().any(|own| own == column);
    let unique = table.unique_keys().iter().any(|key| key.iter().all(has));
    let nullable = constraint.columns.iter().any(|name| table.column(name).is_some_and(|column| !column.not_null));
    (if unique { Children::ZeroOrOne } else { Children::Many }, if nullable { Parent::ZeroOrOne } else { Parent::One })
}

/// The table that stands for another in a diagram: the uppermost parent of a partition, else itself.
pub(crate) fn representative<'a>(catalog: &'a Catalog, name: &'a QualifiedName) -> &'a QualifiedName {
    let mut name = name;
    // Partitions cannot form a circle, but a catalog from a file might.
    for _ in 0..catalog.tables.len() {
        match catalog.tables.get(name).and_then(|table| table.partition_of.as_ref()) {
            Some(of) if catalog.tables.contains_key(&of.parent) => name = &of.parent,
            _ => break,
        }
    }
    name
}

/// The group that a table or view stands in: its `@group`, else its schema.
pub(crate) fn group_of<'a>(tags: &'a crate::Tags, name: &'a QualifiedName) -> &'a str {
    tags.group.as_deref().unwrap_or(&name.schema)
}

/// The tables that stand in a diagram of this selection.
pub(crate) fn selected<'a>(
    catalog: &'a Catalog,
    selection: &'a BTreeSet<QualifiedName>,
) -> BTreeSet<&'a QualifiedName> {
    selection
        .iter()
        .map(|name| representative(catalog, name))
        .filter(|name| catalog.tables.contains_key(name))
        .collect()
}

/// The column of a foreign key that says most, by its place: one that points into the primary key, of these the one that
/// the fewest foreign keys share, of these the last. In `(user_id, album_id)` that is `album_id`, where `user_id` stands in
/// other keys too.
fn telling_column(catalog: &Catalog, table: &Table, constraint: &Constraint, key: &ForeignKey) -> usize {
    let primary = catalog.tables.get(&key.references).map_or(&[][..], Table::primary_key);
    let shared = |column: &String| table.foreign_keys().filter(|(other, _)| other.columns.contains(column)).count();
    let places = constraint.columns.iter().zip(&key.referenced_columns).enumerate();
    let rank = |(place, (column, referenced)): &(usize, (&String, &String))| {
        (!primary.contains(referenced), shared(column), usize::MAX - place)
    };
    places.min_by_key(rank).map_or(0, |(place, _)| place)
}

impl Graph {
    /// The diagram of a selection; names that are not in the catalog are passed over.
    pub(crate) fn new(catalog: &Catalog, selection: &BTreeSet<QualifiedName>) -> Self {
        let tables = selected(catalog, selection);
        let views: Vec<&View> = selection.iter().filter_map(|name| catalog.views.get(name)).collect();
        let tables: Vec<&Table> = tables.into_iter().filter_map(|name| catalog.tables.get(name)).collect();
        let columns = tables.iter().map(|table| table.columns.len()).sum::<usize>()
            + views.iter().map(|view| view.columns.len()).sum::<usize>();
        let keys_only = tables.len() + views.len() > KEYS_ONLY_ABOVE || columns > KEYS_ONLY_ABOVE_COLUMNS;

        let table_groups = tables.iter().map(|table| group_of(table.comment.tags(), &table.name));
        let view_groups = views.iter().map(|view| group_of(view.comment.tags(), &view.name));
        let groups: BTreeSet<&str> = table_groups.chain(view_groups).collect();
        let groups: Vec<String> = groups.into_iter().map(str::to_owned).collect();
        let group_number = |name: &str| groups.binary_search_by(|group| group.as_str().cmp(name)).unwrap_or_default();

        let places: BTreeMap<&QualifiedName, usize> =
            tables.iter().enumerate().map(|(place, table)| (&table.name, place)).collect();
        let keys = foreign_keys(catalog, &tables, &places);
        let drawn = drawn(&keys, tables.len());

        let mut graph = Self { with_schema: several_schemas(&tables, &views), keys_only, ..Self::default() };
        let referenced: BTreeSet<(usize, &str)> =
            keys.iter().filter(|key| drawn.contains(&key.id())).filter_map(ForeignKeyUse::target).collect();
        for (place, table) in tables.iter().enumerate() {
            let keys = Keys::of(table);
            let shown = |column: &Column| {
                !keys_only
                    || keys.primary.contains(&column.name)
                    || keys.foreign.contains(column.name.as_str())
                    || referenced.contains(&(place, column.name.as_str()))
            };
            let kind = if table.partition_key.is_some() { EntityKind::Partitioned } else { EntityKind::Table };
            let rows: Vec<Row> =
                table.columns.iter().filter(|column| shown(column)).map(|column| keys.row(column)).collect();
            graph.entities.push(Entity {
                name: table.name.clone(),
                kind,
                group: group_number(group_of(table.comment.tags(), &table.name)),
                hidden: table.columns.len() - rows.len(),
                rows,
                pointed_at_by: 0,
                comment: table.comment.text().to_owned(),
            });
        }
        for view in views {
            let rows: Vec<Row> = if keys_only {
                Vec::new()
            } else {
                view.columns.iter().map(|column| Keys::default().row(column)).collect()
            };
            graph.entities.push(Entity {
                name: view.name.clone(),
                kind: if view.materialized { EntityKind::MaterializedView } else { EntityKind::View },
                group: group_number(group_of(view.comment.tags(), &view.name)),
                hidden: view.columns.len() - rows.len(),
                rows,
                pointed_at_by: 0,
                comment: view.comment.text().to_owned(),
            });
        }
        graph.groups = groups;
        graph.connect(&keys, &drawn);
        graph
    }

    /// Turns each foreign key into a line or into a stub in its row.
    fn connect(&mut self, keys: &[ForeignKeyUse<'_>], drawn: &BTreeSet<(usize, &str)>) {
        for key in keys {
            let Some(from_row) = self.row_of(key.from, key.column) else { continue };
            let to_row = key.target().and_then(|(to, column)| Some((to, self.row_of(to, column)?)));
            match to_row.filter(|_| drawn.contains(&key.id())) {
                Some(to) => {
                    let (children, parent) = cardinality(key.table, key.constraint);
                    let title = key.title(children, parent);
                    let constraint = key.constraint.name.clone();
                    self.relations.push(Relation {
                        from: (key.from, from_row),
                        to,
                        children,
                        parent,
                        constraint,
                        title,
                    });
                }
                None => {
                    let (children, parent) = cardinality(key.table, key.constraint);
                    let stub = Stub { to: key.to_name.clone(), title: key.title(children, parent) };
                    if let Some(row) = self.entities.get_mut(key.from).and_then(|entity| entity.rows.get_mut(from_row))
                    {
                        row.stubs.push(stub);
                    }
                    if let Some(to) = key.to {
                        self.unlined.insert((key.from, to));
                    }
                }
            }
        }
        for &(_, to) in &self.unlined {
            if let Some(entity) = self.entities.get_mut(to) {
                entity.pointed_at_by += 1;
            }
        }
    }

    fn row_of(&self, entity: usize, column: &str) -> Option<usize> {
        self.entities.get(entity)?.rows.iter().position(|row| row.column == column)
    }
}

/// Schemas are shown unless everything is in one.
fn several_schemas(tables: &[&Table], views: &[&View]) -> bool {
    let schemas: BTreeSet<&str> = tables
        .iter()
        .map(|table| &table.name)
        .chain(views.iter().map(|view| &view.name))
        .map(|n| n.schema.as_str())
        .collect();
    schemas.len() > 1
}

/// A foreign key of a table in the diagram.
struct ForeignKeyUse<'a> {
    from: usize,
    table: &'a Table,
    constraint: &'a Constraint,
    /// The column it is drawn at.
    column: &'a str,
    to_name: &'a QualifiedName,
    to: Option<usize>,
    to_column: Option<&'a str>,
}

impl<'a> ForeignKeyUse<'a> {
    fn id(&self) -> (usize, &'a str) {
        (self.from, &self.constraint.name)
    }

    fn target(&self) -> Option<(usize, &'a str)> {
        Some((self.to?, self.to_column?))
    }

    /// `public.a (b, c) → public.d (b, id): many to one, constraint a_c_fkey`
    fn title(&self, children: Children, parent: Parent) -> String {
        let columns = |names: &[String]| names.join(", ");
        let referenced = self.constraint.foreign_key().map_or_else(String::new, |key| columns(&key.referenced_columns));
        let children = match children {
            Children::Many => "many",
            Children::ZeroOrOne => "zero or one",
        };
        let parent = match parent {
            Parent::One => "one",
            Parent::ZeroOrOne => "zero or one",
        };
        format!(
            "{} ({}) → {} ({referenced}): {children} to {parent}, constraint {}",
            self.table.name,
            columns(&self.constraint.columns),
            self.to_name,
            self.constraint.name,
        )
    }
}

fn foreign_keys<'a>(
    catalog: &'a Catalog,
    tables: &[&'a Table],
    places: &BTreeMap<&QualifiedName, usize>,
) -> Vec<ForeignKeyUse<'a>> {
    let mut keys = Vec::new();
    for (from, table) in tables.iter().enumerate() {
        for (constraint, key) in table.foreign_keys() {
            let place = telling_column(catalog, table, constraint, key);
            let Some(column) = constraint.columns.get(place) else { continue };
            let to_name = representative(catalog, &key.references);
            keys.push(ForeignKeyUse {
                from,
                table,
                constraint,
                column,
                to_name,
                to: places.get(to_name).copied(),
                to_column: key.referenced_columns.get(place).map(String::as_str),
            });
        }
    }
    keys
}

/// The foreign keys that are lines: those within the selection, without those to hubs.
///
/// A table is no hub where little would be left to draw: the picture of a star is a star.
fn drawn<'a>(keys: &[ForeignKeyUse<'a>], tables: usize) -> BTreeSet<(usize, &'a str)> {
    let mut pointing: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for key in keys {
        if let Some(to) = key.to.filter(|&to| to != key.from) {
            pointing.entry(to).or_default().insert(key.from);
        }
    }
    let hub = |to: usize| pointing.get(&to).is_some_and(|from| from.len() >= HUB_FROM);
    let inside = || keys.iter().filter(|key| key.to.is_some());
    let without: BTreeSet<_> = inside().filter(|key| !key.to.is_some_and(hub)).map(ForeignKeyUse::id).collect();
    if without.len() * 4 >= tables { without } else { inside().map(ForeignKeyUse::id).collect() }
}

/// What the keys of a table say about its columns.
#[derive(Default)]
struct Keys<'a> {
    primary: &'a [String],
    /// Columns that are unique by themselves.
    unique: BTreeSet<&'a str>,
    /// Columns of foreign keys.
    foreign: BTreeSet<&'a str>,
}

impl<'a> Keys<'a> {
    fn of(table: &'a Table) -> Self {
        let single = |key: Vec<&'a str>| match key.as_slice() {
            &[column] => Some(column),
            _ => None,
        };
        Self {
            primary: table.primary_key(),
            unique: table.unique_keys().into_iter().filter_map(single).collect(),
            foreign: table.foreign_keys().flat_map(|(key, _)| &key.columns).map(String::as_str).collect(),
        }
    }

    fn row(&self, column: &Column) -> Row {
        Row {
            column: column.name.clone(),
            data_type: short_type(&column.data_type.sql),
            not_null: column.not_null,
            primary: self.primary.contains(&column.name),
            unique: self.unique.contains(column.name.as_str()),
            foreign: self.foreign.contains(column.name.as_str()),
            stubs: Vec::new(),
        }
    }
}

/// A type in the words that people use: `timestamptz` for `timestamp with time zone`, no `public.`.
fn short_type(sql: &str) -> String {
    let sql = sql.strip_prefix("public.").unwrap_or(sql);
    let (base, zone) = match sql.split_once(" with time zone") {
        Some((base, rest)) => (format!("{base}{rest}"), "tz"),
        None => (sql.replacen(" without time zone", "", 1), ""),
    };
    let base = base.replacen("character varying", "varchar", 1).replacen("double precision", "float8", 1);
    match zone {
        "" => base,
        // timestamp(3) with time zone → timestamptz(3)
        zone => {
            let end = base.find(['(', '[']).unwrap_or(base.len());
            let (word, rest) = base.split_at(end);
            format!("{word}{zone}{rest}")
        }
    }
}
