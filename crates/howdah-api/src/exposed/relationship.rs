//! How rows of one relation belong to rows of another: what embedding goes by.
//!
//! Relationships come from foreign keys, seen from both ends, also through a table between them and through views that
//! show the keys' columns; and from functions of a row that return rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use howdah_schema::catalog::{ConstraintKind, Table};
use howdah_schema::{Catalog, QualifiedName};

use super::relation::Mapping;

/// Columns that must be equal: of the one side and of the other.
pub(crate) type Pairs = Vec<(String, String)>;

/// In the order in which errors list relationships.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cardinality {
    OneToMany,
    ManyToOne,
    OneToOne,
    ManyToMany,
}

impl Cardinality {
    /// As PostgREST's errors name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ManyToOne => "many-to-one",
            Self::OneToMany => "one-to-many",
            Self::OneToOne => "one-to-one",
            Self::ManyToMany => "many-to-many",
        }
    }
}

/// What ties the two ends together.
#[derive(Debug, Clone)]
pub(crate) enum Link {
    /// A foreign key of one of them; columns of the origin and of the target.
    Direct {
        constraint: String,
        pairs: Pairs,
        /// The key is the origin's.
        is_own: bool,
    },
    /// Two foreign keys of a table between them, or of a view of one.
    Through {
        junction: QualifiedName,
        /// The foreign keys to the origin and to the target.
        constraints: [String; 2],
        /// Columns of the origin and of the junction.
        origin: Pairs,
        /// Columns of the junction and of the target.
        target: Pairs,
    },
    /// A function of the origin's row, quoted and with its schema.
    Computed { function: String, name: String },
}

#[derive(Debug, Clone)]
pub(crate) struct Relationship {
    pub(crate) origin: QualifiedName,
    pub(crate) target: QualifiedName,
    pub(crate) cardinality: Cardinality,
    pub(crate) link: Link,
    /// The target is a view over the table that the foreign key is of or to.
    pub(crate) is_to_view: bool,
}

impl Relationship {
    /// Whether a row of the origin has one row of the target at the most.
    pub(crate) fn is_to_one(&self) -> bool {
        matches!(self.cardinality, Cardinality::ManyToOne | Cardinality::OneToOne)
    }

    /// The origin's columns that the join needs.
    pub(crate) fn origin_columns(&self) -> impl Iterator<Item = &str> {
        let pairs = match &self.link {
            Link::Direct { pairs, .. } | Link::Through { origin: pairs, .. } => pairs.as_slice(),
            Link::Computed { .. } => &[],
        };
        pairs.iter().map(|(origin, _)| origin.as_str())
    }

    /// Whether it leads from a table to the table itself.
    pub(crate) fn is_self(&self) -> bool {
        self.origin == self.target
    }

    /// Whether a request that embeds `name`, perhaps with a hint, may mean this one.
    pub(crate) fn is_meant_by(&self, name: &str, hint: Option<&str>) -> bool {
        if let Link::Computed { name: function, .. } = &self.link {
            return function == name;
        }
        let is_target = self.target.name == name;
        if self.is_self() && self.cardinality != Cardinality::ManyToMany {
            // One foreign key, two relationships: the table's name means the many, the column's name the one.
            let is_own = matches!(&self.link, Link::Direct { is_own: true, .. });
            return match hint {
                None if is_own => self.is_column(name) || self.is_constraint(name),
                None => is_target,
                Some(hint) if is_own => is_target && self.is_referenced_column(hint),
                Some(hint) => is_target && (self.is_constraint(hint) || self.is_column(hint)),
            };
        }
        match hint {
            // The name of a key means its table, not the views over it.
            None => is_target || (!self.is_to_view && (self.is_constraint(name) || self.is_column(name))),
            Some(hint) => {
                is_target
                    && (self.is_constraint(hint)
                        || self.is_column(hint)
                        || self.is_referenced_column(hint)
                        || matches!(&self.link, Link::Through { junction, .. } if junction.name == hint))
            }
        }
    }

    fn is_constraint(&self, name: &str) -> bool {
        matches!(&self.link, Link::Direct { constraint, .. } if constraint == name)
    }

    /// Whether the foreign key is one column, of this name.
    fn is_column(&self, name: &str) -> bool {
        self.single().is_some_and(|(own, _)| own == name)
    }

    fn is_referenced_column(&self, name: &str) -> bool {
        self.single().is_some_and(|(_, referenced)| referenced == name)
    }

    /// The columns of a foreign key of one column: of the referencing side and of the referenced side.
    fn single(&self) -> Option<(&str, &str)> {
        let Link::Direct { pairs, is_own, .. } = &self.link else { return None };
        let [(origin, target)] = pairs.as_slice() else { return None };
        Some(if *is_own { (origin, target) } else { (target, origin) })
    }

    /// `constraint using orders(address_id) and addresses(id)`, as PostgREST's errors describe it.
    pub(crate) fn description(&self) -> String {
        let list = |columns: Vec<&String>| columns.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        match &self.link {
            Link::Direct { constraint, pairs, .. } => {
                let (origin, target): (Vec<_>, Vec<_>) = pairs.iter().map(|(a, b)| (a, b)).unzip();
                let (origin, target) = (list(origin), list(target));
                format!("{constraint} using {}({origin}) and {}({target})", self.origin.name, self.target.name)
            }
            Link::Through { junction, constraints: [to_origin, to_target], origin, target } => format!(
                "{} using {to_origin}({}) and {to_target}({})",
                junction.name,
                list(origin.iter().map(|(_, junction)| junction).collect()),
                list(target.iter().map(|(junction, _)| junction).collect()),
            ),
            Link::Computed { function, .. } => function.clone(),
        }
    }

    /// What tells it apart from others to the same target.
    pub(crate) fn hint(&self) -> &str {
        match &self.link {
            Link::Direct { constraint, .. } => constraint,
            Link::Through { junction, .. } => &junction.name,
            Link::Computed { name, .. } => name,
        }
    }
}

/// A foreign key, before it is known through which views it can be seen.
struct Key<'a> {
    table: &'a Table,
    constraint: &'a str,
    columns: &'a [String],
    references: &'a QualifiedName,
    referenced: &'a [String],
}

/// A relation that shows columns of a table under names of its own, or the table itself.
struct Shown<'a> {
    name: &'a QualifiedName,
    columns: Vec<String>,
}

/// A table between two others, or a view that shows the keys of one.
struct Junction<'a> {
    name: &'a QualifiedName,
    /// The columns of the foreign keys to the origin and to the target.
    to_origin: Vec<String>,
    to_target: Vec<String>,
}

/// Which view shows which columns of which table.
pub(super) type Views = HashMap<QualifiedName, BTreeMap<QualifiedName, Mapping>>;

/// All relationships by foreign keys, by their origin.
pub(super) fn by_foreign_keys(
    catalog: &Catalog,
    views: &Views,
    is_exposed: &dyn Fn(&QualifiedName) -> bool,
) -> HashMap<QualifiedName, Vec<Arc<Relationship>>> {
    let mut all: HashMap<QualifiedName, Vec<Arc<Relationship>>> = HashMap::new();
    let mut add = |relationship: Relationship| {
        if is_exposed(&relationship.origin) && is_exposed(&relationship.target) {
            all.entry(relationship.origin.clone()).or_default().push(Arc::new(relationship));
        }
    };
    for table in catalog.tables.values() {
        let keys: Vec<Key<'_>> = keys_of(table);
        for key in &keys {
            direct(key, views, &mut add);
        }
        let primary = table.primary_key();
        for (at, first) in keys.iter().enumerate() {
            for (other, second) in keys.iter().enumerate() {
                let in_key = |key: &Key<'_>| key.columns.iter().all(|column| primary.contains(column));
                if at != other && in_key(first) && in_key(second) {
                    for junction in junctions(first, second, views).iter().filter(|one| is_exposed(one.name)) {
                        through(first, second, junction, views, &mut add);
                    }
                }
            }
        }
    }
    for relationships in all.values_mut() {
        // Stable, so that a view that shows a key twice is told of in the order of its columns.
        relationships.sort_by(|a, b| (&a.target, a.cardinality, a.hint()).cmp(&(&b.target, b.cardinality, b.hint())));
    }
    all
}

fn keys_of(table: &Table) -> Vec<Key<'_>> {
    let own = table.constraints.values().filter(|constraint| !constraint.inherited);
    own.filter_map(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => Some(Key {
            table,
            constraint: &constraint.name,
            columns: &constraint.columns,
            references: &key.references,
            referenced: &key.referenced_columns,
        }),
        _ => None,
    })
    .collect()
}

/// The table itself, and every view that shows the columns. A view that shows one of them twice does so in as many ways.
fn shown<'a>(table: &'a QualifiedName, columns: &[String], views: &'a Views) -> Vec<Shown<'a>> {
    let itself = Shown { name: table, columns: columns.to_vec() };
    let through_views = views.iter().flat_map(|(view, tables)| {
        let ways = tables.get(table).map(|mapping| ways(columns, mapping)).unwrap_or_default();
        ways.into_iter().map(move |columns| Shown { name: view, columns })
    });
    std::iter::once(itself).chain(through_views).collect()
}

/// Every choice of a view's columns that shows these of a table.
fn ways(columns: &[String], mapping: &Mapping) -> Vec<Vec<String>> {
    let mut ways = vec![Vec::with_capacity(columns.len())];
    for column in columns {
        let shown = mapping.get(column).map_or(&[][..], Vec::as_slice);
        ways = ways
            .iter()
            .flat_map(|way| shown.iter().map(move |name| way.iter().chain([name]).cloned().collect()))
            .collect();
    }
    ways
}

/// The table of both keys, and every view that shows them.
fn junctions<'a>(first: &Key<'a>, second: &Key<'_>, views: &'a Views) -> Vec<Junction<'a>> {
    let table = &first.table.name;
    let columns: Vec<String> = first.columns.iter().chain(second.columns).cloned().collect();
    let mut junctions: Vec<_> = shown(table, &columns, views)
        .into_iter()
        .map(|Shown { name, mut columns }| {
            let to_target = columns.split_off(first.columns.len());
            Junction { name, to_origin: columns, to_target }
        })
        .collect();
    junctions.sort_by(|a, b| (a.name != table, a.name).cmp(&(b.name != table, b.name)));
    junctions
}

fn pairs(left: &[String], right: &[String]) -> Pairs {
    left.iter().cloned().zip(right.iter().cloned()).collect()
}

fn direct(key: &Key<'_>, views: &Views, add: &mut impl FnMut(Relationship)) {
    let is_unique = key.table.unique_keys().iter().any(|unique| {
        unique.len() <= key.columns.len() && unique.iter().all(|column| key.columns.iter().any(|own| own == column))
    });
    let (there, back) = if is_unique {
        (Cardinality::OneToOne, Cardinality::OneToOne)
    } else {
        (Cardinality::ManyToOne, Cardinality::OneToMany)
    };
    for from in shown(&key.table.name, key.columns, views) {
        for to in shown(key.references, key.referenced, views) {
            let link = |pairs, is_own| Link::Direct { constraint: key.constraint.to_owned(), pairs, is_own };
            let (origin, target) = (from.name.clone(), to.name.clone());
            add(Relationship {
                origin: origin.clone(),
                target: target.clone(),
                cardinality: there,
                link: link(pairs(&from.columns, &to.columns), true),
                is_to_view: to.name != key.references,
            });
            add(Relationship {
                origin: target,
                target: origin,
                cardinality: back,
                link: link(pairs(&to.columns, &from.columns), false),
                is_to_view: *from.name != key.table.name,
            });
        }
    }
}

fn through(
    first: &Key<'_>,
    second: &Key<'_>,
    junction: &Junction<'_>,
    views: &Views,
    add: &mut impl FnMut(Relationship),
) {
    for from in shown(first.references, first.referenced, views) {
        for to in shown(second.references, second.referenced, views) {
            add(Relationship {
                origin: from.name.clone(),
                target: to.name.clone(),
                cardinality: Cardinality::ManyToMany,
                link: Link::Through {
                    junction: junction.name.clone(),
                    constraints: [first.constraint.to_owned(), second.constraint.to_owned()],
                    origin: pairs(&from.columns, &junction.to_origin),
                    target: pairs(&junction.to_target, &to.columns),
                },
                is_to_view: to.name != second.references,
            });
        }
    }
}
