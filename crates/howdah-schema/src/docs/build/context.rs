//! What is looked up again and again, found once.

use crate::QualifiedName;
use crate::catalog::{Acl, Catalog, DataType, ForeignKeyRef, Grant, ObjectId, PUBLIC, Policy, Statistics, TypeKind};
use crate::docs::Facts;
use crate::docs::model::{LineageObject, TriggerUse, TypeRef, TypeUse};
use std::collections::{BTreeMap, BTreeSet};

/// A catalog and what points where in it.
pub(super) struct Context<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) facts: &'a Facts,
    /// Foreign keys by the table that they point at, partitions' left out.
    pub(super) incoming: BTreeMap<&'a QualifiedName, Vec<ForeignKeyRef<'a>>>,
    /// Partitions by their parent.
    pub(super) partitions: BTreeMap<&'a QualifiedName, Vec<&'a QualifiedName>>,
    /// Tables by the one that they inherit from.
    pub(super) heirs: BTreeMap<&'a QualifiedName, Vec<&'a QualifiedName>>,
    /// What a view's own query names.
    pub(super) reads: BTreeMap<&'a QualifiedName, BTreeSet<LineageObject>>,
    /// What it reads through other views and functions.
    pub(super) reads_through: BTreeMap<&'a QualifiedName, BTreeSet<LineageObject>>,
    /// The views that read a table or view, through others too.
    pub(super) readers: BTreeMap<QualifiedName, BTreeSet<&'a QualifiedName>>,
    /// The columns of a type.
    pub(super) type_uses: BTreeMap<&'a QualifiedName, Vec<TypeUse>>,
    /// The triggers that call a function.
    pub(super) trigger_uses: BTreeMap<&'a QualifiedName, Vec<TriggerUse>>,
    /// Extended statistics of a table.
    pub(super) statistics: BTreeMap<&'a QualifiedName, Vec<&'a Statistics>>,
    /// The publications that send a table.
    pub(super) publications: BTreeMap<&'a QualifiedName, Vec<&'a str>>,
    /// The roles worth speaking of, in alphabetical order.
    pub(super) roles: BTreeSet<&'a str>,
    /// Of each, the roles whose privileges it has without switching.
    pub(super) inherits: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(catalog: &'a Catalog, facts: &'a Facts) -> Self {
        let roles = roles(catalog);
        let inherits = roles.iter().map(|role| (*role, inherited(catalog, role))).collect();
        let mut context = Self {
            catalog,
            facts,
            incoming: BTreeMap::new(),
            partitions: BTreeMap::new(),
            heirs: BTreeMap::new(),
            reads: BTreeMap::new(),
            reads_through: BTreeMap::new(),
            readers: BTreeMap::new(),
            type_uses: BTreeMap::new(),
            trigger_uses: BTreeMap::new(),
            statistics: BTreeMap::new(),
            publications: BTreeMap::new(),
            roles,
            inherits,
        };
        context.index_tables();
        context.index_uses();
        context.index_lineage();
        context
    }

    /// With every role that is described, whether or not the catalog grants it anything.
    pub(super) fn with_all_roles(mut self) -> Self {
        for role in self.catalog.roles.keys() {
            self.roles.insert(role);
            self.inherits.insert(role, inherited(self.catalog, role));
        }
        self
    }

    fn index_tables(&mut self) {
        for table in self.catalog.tables.values() {
            if let Some(partition) = &table.partition_of {
                self.partitions.entry(&partition.parent).or_default().push(&table.name);
            }
            for parent in &table.inherits {
                self.heirs.entry(parent).or_default().push(&table.name);
            }
            for (constraint, key) in table.foreign_keys() {
                // The parent says the same.
                if table.partition_of.is_none() || !constraint.inherited {
                    let reference = ForeignKeyRef { table, constraint, key };
                    self.incoming.entry(&key.references).or_default().push(reference);
                }
            }
        }
    }

    fn index_uses(&mut self) {
        for statistics in self.catalog.statistics.values() {
            self.statistics.entry(&statistics.table).or_default().push(statistics);
        }
        for publication in self.catalog.publications.values() {
            let named = |name: &QualifiedName| {
                publication.all_tables
                    || publication.schemas.contains(&name.schema)
                    || publication.tables.contains_key(name)
            };
            for table in self.catalog.tables.keys().filter(|name| named(name)) {
                self.publications.entry(table).or_default().push(&publication.name);
            }
        }
        for relation in self.catalog.relations() {
            if relation.table().is_some_and(|table| table.partition_of.is_some()) {
                continue;
            }
            for column in relation.columns() {
                let used = TypeUse { relation: relation.name().clone(), column: column.name.clone() };
                self.type_uses.entry(&column.data_type.name).or_default().push(used);
            }
        }
        let tables = self.catalog.tables.values().filter(|table| table.partition_of.is_none());
        let triggers = tables.map(|table| (&table.name, &table.triggers));
        let triggers = triggers.chain(self.catalog.views.values().map(|view| (&view.name, &view.triggers)));
        for (relation, trigger) in triggers.flat_map(|(name, all)| all.values().map(move |trigger| (name, trigger))) {
            let used = TriggerUse { relation: relation.clone(), trigger: trigger.name.clone() };
            self.trigger_uses.entry(&trigger.function).or_default().push(used);
        }
    }

    fn index_lineage(&mut self) {
        for view in self.catalog.views.values() {
            let direct = self.needs(&ObjectId::View(view.name.clone()));
            let mut seen = direct.clone();
            let mut open: Vec<LineageObject> = direct.iter().cloned().collect();
            while let Some(object) = open.pop() {
                let id = match object {
                    LineageObject::Table(_) => continue,
                    LineageObject::View(name) => ObjectId::View(name),
                    LineageObject::Function(signature) => ObjectId::Function(signature),
                };
                open.extend(self.needs(&id).into_iter().filter(|found| seen.insert(found.clone())));
            }
            seen.remove(&LineageObject::View(view.name.clone()));
            for object in &seen {
                if let LineageObject::Table(name) | LineageObject::View(name) = object {
                    self.readers.entry(name.clone()).or_default().insert(&view.name);
                }
            }
            let through = seen.difference(&direct).cloned().collect();
            self.reads.insert(&view.name, direct);
            self.reads_through.insert(&view.name, through);
        }
    }

    /// The tables, views and functions that an object names.
    fn needs(&self, id: &ObjectId) -> BTreeSet<LineageObject> {
        let relation = |name: &QualifiedName| {
            if self.catalog.tables.contains_key(name) {
                Some(LineageObject::Table(name.clone()))
            } else {
                self.catalog.views.contains_key(name).then(|| LineageObject::View(name.clone()))
            }
        };
        let needed = self.catalog.dependencies.of(id).filter_map(|needed| match needed {
            ObjectId::Table(name) | ObjectId::View(name) | ObjectId::Column(name, _) => relation(name),
            ObjectId::Function(signature) => Some(LineageObject::Function(signature.clone())),
            _ => None,
        });
        let own = match id {
            ObjectId::View(name) => Some(LineageObject::View(name.clone())),
            ObjectId::Function(signature) => Some(LineageObject::Function(signature.clone())),
            _ => None,
        };
        needed.filter(|found| Some(found) != own.as_ref()).collect()
    }

    /// A type, with its name if the documentation has a place for it.
    pub(super) fn type_ref(&self, data_type: &DataType) -> TypeRef {
        let name = &data_type.name;
        let described = match data_type.kind {
            TypeKind::Enum => self.catalog.enums.contains_key(name),
            TypeKind::Domain => self.catalog.domains.contains_key(name),
            TypeKind::Range => self.catalog.ranges.contains_key(name),
            TypeKind::Composite => {
                self.catalog.composites.contains_key(name)
                    || self.catalog.tables.contains_key(name)
                    || self.catalog.views.contains_key(name)
            }
            TypeKind::Base | TypeKind::Pseudo => false,
        };
        TypeRef {
            sql: data_type.sql.clone(),
            described: described.then(|| name.clone()),
            kind: data_type.kind,
            base: data_type.base.clone(),
        }
    }

    /// The group of a table: its own, or its parent's if it is a partition.
    pub(super) fn group(&self, name: &QualifiedName) -> String {
        let mut name = name;
        // Partitions of partitions; a catalog's are no circle, and one that was made up must not hang.
        for _ in 0..64 {
            let Some(table) = self.catalog.tables.get(name) else { break };
            match (&table.comment.tags().group, &table.partition_of) {
                (Some(group), _) => return group.clone(),
                (None, Some(partition)) => name = &partition.parent,
                (None, None) => break,
            }
        }
        name.schema.clone()
    }
}

/// The roles that are granted something they do not own or that a policy names, and those that these are members of.
///
/// Who owns a database differs from server to server; an owner appears here only where it is given something as well.
fn roles(catalog: &Catalog) -> BTreeSet<&str> {
    let mut roles: BTreeSet<&str> = BTreeSet::new();
    for (owner, grants) in grants(catalog) {
        roles.extend(grants.iter().map(|grant| grant.grantee.as_str()).filter(|grantee| *grantee != owner));
    }
    for table in catalog.tables.values() {
        let named = table.policies.values().flat_map(|policy| &policy.roles).map(String::as_str);
        roles.extend(named.filter(|role| *role != table.owner));
    }
    // PUBLIC is none, and the server's own are not described.
    roles.retain(|role| catalog.roles.contains_key(*role));
    let mut open: Vec<&str> = roles.iter().copied().collect();
    while let Some(role) = open.pop() {
        for group in catalog.roles.get(role).into_iter().flat_map(|role| role.member_of.keys()) {
            if catalog.roles.contains_key(group) && roles.insert(group) {
                open.push(group);
            }
        }
    }
    roles
}

/// Every list of grants with the owner of its object.
fn grants(catalog: &Catalog) -> impl Iterator<Item = (&str, &[Grant])> {
    fn of<'a>(owner: &'a str, acl: &'a Acl) -> (&'a str, &'a [Grant]) {
        (owner, &acl.grants)
    }
    let schemas = catalog.schemas.values().map(|schema| of(&schema.owner, &schema.acl));
    let relations = catalog.relations().flat_map(|relation| {
        let columns = relation.columns().iter().map(move |column| (relation.owner(), column.grants.as_slice()));
        columns.chain([of(relation.owner(), relation.acl())])
    });
    let functions = catalog.functions.values().map(|function| of(&function.owner, &function.acl));
    let aggregates = catalog.aggregates.values().map(|aggregate| of(&aggregate.owner, &aggregate.acl));
    let sequences = catalog.sequences.values().map(|sequence| of(&sequence.owner, &sequence.acl));
    schemas.chain(relations).chain(functions).chain(aggregates).chain(sequences)
}

/// The roles whose privileges a role has without SET ROLE, through others as well.
fn inherited<'a>(catalog: &'a Catalog, role: &str) -> BTreeSet<&'a str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![role];
    while let Some(member) = open.pop() {
        let Some(member) = catalog.roles.get(member) else { continue };
        for (group, membership) in &member.member_of {
            if membership.inherit.unwrap_or(member.inherit) && group != role && found.insert(group) {
                open.push(group);
            }
        }
    }
    found
}

/// Whether a policy is for a role that has these others' privileges.
pub(super) fn applies(policy: &Policy, role: &str, inherits: Option<&BTreeSet<&str>>) -> bool {
    policy.roles.iter().any(|named| {
        named == PUBLIC || named == role || inherits.is_some_and(|inherits| inherits.contains(named.as_str()))
    })
}
