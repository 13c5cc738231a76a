//! By what rows are found and listed: keys, foreign keys and the indexes that serve them.

use super::names::{Case, Names};
use crate::catalog::{Column, Index, IndexKey, Table, View};
use crate::{Ident, QualifiedName};
use std::collections::BTreeSet;

/// A set of columns that tells rows apart.
#[derive(Debug)]
pub(super) struct Key<'a> {
    pub(super) columns: Vec<&'a Column>,
    /// Whether it is the one by which rows are changed.
    pub(super) is_main: bool,
    pub(super) function: String,
}

/// A way to go through rows page by page.
#[derive(Debug)]
pub(super) struct Listing<'a> {
    /// Columns that have given values.
    pub(super) filter: Vec<&'a Column>,
    /// What tells the rows apart beside that, in the order of the pages.
    pub(super) order: Vec<Order<'a>>,
    pub(super) function: String,
    /// The index that serves it.
    pub(super) index: Option<&'a str>,
}

/// One column of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order<'a> {
    pub(super) column: &'a Column,
    pub(super) descending: bool,
    pub(super) nulls_first: bool,
    pub(super) nullable: bool,
}

/// What a table's functions are about.
#[derive(Debug)]
pub(super) struct Keys<'a> {
    pub(super) keys: Vec<Key<'a>>,
    /// The first goes by the main key. Without one there is no order to page by.
    pub(super) listings: Vec<Listing<'a>>,
    /// Deleting marks the row.
    pub(super) has_soft_delete: bool,
    /// The column that counts a row's changes.
    pub(super) version: Option<&'a Column>,
}

/// The column that marks a row as deleted, and its type.
pub(super) const DELETED: &str = "deleted_at";

impl<'a> Keys<'a> {
    /// Of a table.
    pub(super) fn of_table(table: &'a Table) -> Self {
        let has_soft_delete = table.column(DELETED).is_some_and(|column| {
            let timestamptz = QualifiedName::new("pg_catalog", "timestamptz");
            let data_type = &column.data_type;
            !column.not_null && !data_type.array && data_type.name == timestamptz && column.generated.is_none()
        });
        let version = table.comment.tags().version.as_deref().and_then(|name| table.column(name));
        let mut keys = Self {
            keys: Vec::new(),
            listings: Vec::new(),
            has_soft_delete,
            version: version.filter(|column| column.not_null && column.generated.is_none()),
        };
        // `insert` and the like are taken whether or not the table has them: so adding a key renames nothing.
        let mut names = Names::new(Case::Snake, &FUNCTIONS);
        keys.find(table, &mut names);
        let main = keys.keys.iter().find(|key| key.is_main).map(|key| key.columns.clone());
        if let Some(main) = main {
            keys.list(table, &main, &mut names);
        }
        keys
    }

    /// Of a view: a materialized one may have a unique index, whose columns then tell its rows apart.
    pub(super) fn of_view(view: &'a View) -> Self {
        let mut keys = Self { keys: Vec::new(), listings: Vec::new(), has_soft_delete: false, version: None };
        let unique = view.indexes.values().find(|index| index.unique && index.predicate.is_none() && is_orderly(index));
        let column = |name: &str| view.columns.iter().find(|column| column.name == name);
        if let Some(index) = unique {
            let order = index.keys.iter().zip(index.leading_columns());
            let order = order.filter_map(|(key, name)| Some(Order::new(column(name)?, key))).collect();
            let index = Some(index.name.as_str());
            keys.listings.push(Listing { filter: Vec::new(), order, function: "list".to_owned(), index });
        }
        keys
    }

    fn find(&mut self, table: &'a Table, names: &mut Names) {
        let primary = table.primary_key();
        let mut unique: Vec<Vec<&str>> = table.unique_keys();
        if self.has_soft_delete {
            // Unique among the rows that are not marked as deleted, which are those that are looked for.
            let live = table.indexes.values().filter(|index| index.unique && index.valid && is_live_only(index));
            for index in live.filter(|index| index.leading_columns().count() == index.keys.len()) {
                let columns: Vec<&str> = index.leading_columns().collect();
                if !unique.contains(&columns) {
                    unique.push(columns);
                }
            }
        }
        let whole = table.unique_keys();
        for names_of in unique {
            let columns: Vec<&Column> = names_of.iter().filter_map(|name| table.column(name)).collect();
            if columns.is_empty() || columns.len() != names_of.len() {
                continue;
            }
            let is_primary = primary.iter().map(String::as_str).eq(names_of.iter().copied());
            let has_main = self.keys.iter().any(|key| key.is_main);
            let is_main = !has_main && whole.contains(&names_of) && columns.iter().all(|column| column.not_null);
            let function = match is_primary {
                true => "find".to_owned(),
                false => names.take(&format!("find_by_{}", joined(&columns))),
            };
            self.keys.push(Key { columns, is_main, function });
        }
    }

    fn list(&mut self, table: &'a Table, main: &[&'a Column], names: &mut Names) {
        let ascending = |column: &&'a Column| Order { column, descending: false, nulls_first: false, nullable: false };
        let function = "list".to_owned();
        let order: Vec<Order<'a>> = main.iter().map(ascending).collect();
        self.listings.push(Listing { filter: Vec::new(), order: order.clone(), function, index: None });

        let serving: Vec<&Index> = table
            .indexes
            .values()
            .filter(|index| is_orderly(index))
            .filter(|index| {
                index.predicate.is_none() || (self.has_soft_delete && is_live_only(index)) || is_of_set(index)
            })
            .collect();
        let mut foreign: Vec<Vec<&'a Column>> = Vec::new();
        for (constraint, _) in table.foreign_keys() {
            let columns: Vec<&Column> = constraint.columns.iter().filter_map(|name| table.column(name)).collect();
            let tells_apart = self.keys.iter().any(|key| key.columns.iter().all(|column| columns.contains(column)));
            if !columns.is_empty() && !tells_apart && !foreign.contains(&columns) {
                foreign.push(columns);
            }
        }
        for columns in &foreign {
            let Some(index) = serving.iter().find(|index| leads(index, columns)) else { continue };
            let order = self.completed(columns, Vec::new(), &order);
            let function = names.take(&format!("list_by_{}", joined(columns)));
            self.listings.push(Listing { filter: columns.clone(), order, function, index: Some(&index.name) });
        }
        for index in serving {
            self.by_index(table, index, &foreign, &order, names);
        }
    }

    /// In the order of an index; of those that lead with a foreign key, for one value of it.
    fn by_index(
        &mut self,
        table: &'a Table,
        index: &'a Index,
        foreign: &[Vec<&'a Column>],
        main: &[Order<'a>],
        names: &mut Names,
    ) {
        let filter = foreign.iter().filter(|columns| leads(index, columns)).max_by_key(|columns| columns.len());
        let filter = filter.cloned().unwrap_or_default();
        let rest: Vec<Order<'a>> = (index.keys.iter().zip(index.leading_columns()))
            .skip(filter.len())
            .filter_map(|(key, name)| Some(Order::new(table.column(name)?, key)))
            .collect();
        // An index over the rows that have a value serves a listing only if that value is given.
        if rest.is_empty() || (is_of_set(index) && !index_is_set_by(index, &filter)) {
            return;
        }
        let by = joined(&rest.iter().map(|order| order.column).collect::<Vec<_>>());
        let order = self.completed(&filter, rest, main);
        if self.listings.iter().any(|listing| listing.filter == filter && listing.order == order) {
            return;
        }
        let wanted = match filter.as_slice() {
            [] => format!("list_ordered_by_{by}"),
            filter => format!("list_by_{}_ordered_by_{by}", joined(filter)),
        };
        let function = names.take(&wanted);
        self.listings.push(Listing { filter, order, function, index: Some(&index.name) });
    }

    /// An order that tells all rows apart: with the main key after it, unless it does already.
    fn completed(&self, filter: &[&'a Column], mut order: Vec<Order<'a>>, main: &[Order<'a>]) -> Vec<Order<'a>> {
        let given = |column: &&Column| {
            filter.contains(column) || order.iter().any(|order| order.column == *column && !order.nullable)
        };
        let whole = self.keys.iter().filter(|key| key.columns.iter().all(|column| column.not_null));
        if !whole.into_iter().any(|key| key.columns.iter().all(given)) {
            let missing: Vec<Order<'a>> = main.iter().filter(|key| !filter.contains(&key.column)).copied().collect();
            for key in missing {
                if order.iter().all(|order| order.column != key.column) {
                    order.push(key);
                }
            }
        }
        order
    }
}

impl<'a> Order<'a> {
    fn new(column: &'a Column, key: &IndexKey) -> Self {
        Self { column, descending: key.descending, nulls_first: key.nulls_first, nullable: !column.not_null }
    }
}

/// Functions of a table that are not named after columns, and what their parameters must not hide.
const FUNCTIONS: [&str; 10] = [
    "find",
    "list",
    "insert",
    "update",
    "update_at_version",
    "delete",
    "delete_at_version",
    "restore",
    "delete_permanently",
    "why_not",
];

fn joined(columns: &[&Column]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join("_and_")
}

/// A whole and valid B-tree over plain columns, in the order that the columns' types have themselves.
fn is_orderly(index: &Index) -> bool {
    let is_plain = index.keys.iter().all(|key| key.opclass.is_none() && key.collation.is_none());
    index.valid && index.method == "btree" && is_plain && index.leading_columns().count() == index.keys.len()
}

fn is_live_only(index: &Index) -> bool {
    index.predicate.as_deref().is_some_and(|predicate| bare(predicate) == "deleted_at IS NULL")
}

/// Whether it covers the rows that have a value in one of its first columns.
fn is_of_set(index: &Index) -> bool {
    index.predicate.as_deref().and_then(|predicate| bare(predicate).strip_suffix(" IS NOT NULL")).is_some()
}

/// Whether the value that the index asks for is one of these columns'.
fn index_is_set_by(index: &Index, columns: &[&Column]) -> bool {
    let set = index.predicate.as_deref().and_then(|predicate| bare(predicate).strip_suffix(" IS NOT NULL"));
    set.is_some_and(|set| columns.iter().any(|column| Ident::new(column.name.as_str()).to_string() == set))
}

fn bare(predicate: &str) -> &str {
    predicate.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(predicate)
}

/// Whether the index's first columns are these, in any order.
fn leads(index: &Index, columns: &[&Column]) -> bool {
    let wanted: BTreeSet<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let leading: BTreeSet<&str> = index.leading_columns().take(columns.len()).collect();
    leading == wanted && (!is_of_set(index) || index_is_set_by(index, columns))
}
