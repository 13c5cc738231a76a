//! Which object an OID stands for.

use super::columns::ColumnNames;
use super::dependencies::Record;
use super::types::Types;
use super::{Oid, Rows, aggregates, functions, name, operators, rules};
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::ObjectId;
use std::collections::{HashMap, HashSet};
use tokio_postgres::Row;

// The OIDs of the catalogs are the same in every version: `src/include/catalog/*.h` of PostgreSQL.
pub(super) const PG_TYPE: Oid = 1247;
pub(super) const PG_PROC: Oid = 1255;
pub(super) const PG_CLASS: Oid = 1259;
pub(super) const PG_ATTRDEF: Oid = 2604;
pub(super) const PG_CAST: Oid = 2605;
pub(super) const PG_CONSTRAINT: Oid = 2606;
pub(super) const PG_NAMESPACE: Oid = 2615;
pub(super) const PG_OPCLASS: Oid = 2616;
pub(super) const PG_OPERATOR: Oid = 2617;
pub(super) const PG_REWRITE: Oid = 2618;
pub(super) const PG_TRIGGER: Oid = 2620;
pub(super) const PG_OPFAMILY: Oid = 2753;
pub(super) const PG_EXTENSION: Oid = 3079;
pub(super) const PG_POLICY: Oid = 3256;
pub(super) const PG_STATISTIC_EXT: Oid = 3381;
pub(super) const PG_COLLATION: Oid = 3456;
pub(super) const PG_EVENT_TRIGGER: Oid = 3466;
pub(super) const PG_TS_DICT: Oid = 3600;
pub(super) const PG_TS_CONFIG: Oid = 3602;
pub(super) const PG_PUBLICATION: Oid = 6104;
pub(super) const PG_PUBLICATION_REL: Oid = 6106;
pub(super) const PG_PUBLICATION_NAMESPACE: Oid = 6237;

/// What a type is a part of.
#[derive(Debug, Clone, Copy)]
enum PartOf {
    /// An array of this type, or a set of this range.
    Type(Oid),
    /// A row of this relation.
    Relation(Oid),
}

/// Every object that the catalog describes, by the OIDs of its catalog and its own.
pub(super) struct Identities<'a> {
    names: &'a ColumnNames,
    objects: HashMap<(Oid, Oid), ObjectId>,
    /// Defaults, by their OIDs: relation and attnum. Most are never asked for.
    defaults: HashMap<Oid, (Oid, i16)>,
    types: HashMap<Oid, PartOf>,
    /// What extensions own, by the name of the extension.
    owned: HashMap<(Oid, Oid), String>,
    /// Generated columns, by relation and attnum.
    generated: HashSet<(Oid, i32)>,
}

impl<'a> Identities<'a> {
    pub(super) fn read(
        rows: &Rows,
        records: &[Record],
        names: &'a ColumnNames,
        types: &Types,
    ) -> Result<Self, PgError> {
        let mut found = Self {
            names,
            objects: HashMap::with_capacity(rows.relations.len() + rows.indexes.len() + rows.constraints.len()),
            defaults: HashMap::new(),
            types: HashMap::new(),
            owned: HashMap::new(),
            generated: HashSet::new(),
        };
        let relations = found.relations(rows)?;
        found.parts(rows, &relations)?;
        found.others(rows, types)?;
        found.types(rows)?;
        found.owned(rows, records)?;
        Ok(found)
    }

    /// The object, or the column when `part` is one's attnum. `None` for what is no object of its own or is left out.
    pub(super) fn get(&self, class: Oid, object: Oid, part: i32) -> Option<ObjectId> {
        if let Some(extension) = self.owned.get(&(class, object)) {
            return Some(ObjectId::Extension(extension.clone()));
        }
        if class == PG_TYPE
            && let Some(of) = self.types.get(&object)
        {
            return match *of {
                PartOf::Type(element) => self.get(PG_TYPE, element, 0),
                PartOf::Relation(relation) => self.get(PG_CLASS, relation, 0),
            };
        }
        if class == PG_ATTRDEF {
            let (relation, number) = *self.defaults.get(&object)?;
            return match self.get(PG_CLASS, relation, i32::from(number))? {
                ObjectId::Column(relation, name) => Some(ObjectId::Default(relation, name)),
                _ => None,
            };
        }
        match (self.objects.get(&(class, object))?, i16::try_from(part)) {
            (ObjectId::Table(relation) | ObjectId::View(relation), Ok(number)) if number > 0 && class == PG_CLASS => {
                let (name, _) = self.names.get(object, number).ok()?;
                Some(ObjectId::Column(relation.clone(), name.to_owned()))
            }
            (object, _) => Some(object.clone()),
        }
    }

    /// Whether this is a generated column.
    pub(super) fn is_generated(&self, class: Oid, object: Oid, part: i32) -> bool {
        class == PG_CLASS && self.generated.contains(&(object, part))
    }

    fn put(&mut self, class: Oid, row: &Row, id: ObjectId) -> Result<(), PgError> {
        self.objects.insert((class, row.try_get("oid")?), id);
        Ok(())
    }

    /// Tables and views; returns their names.
    fn relations(&mut self, rows: &Rows) -> Result<HashMap<Oid, QualifiedName>, PgError> {
        let mut names = HashMap::with_capacity(rows.relations.len());
        for row in &rows.relations {
            let name = name(row)?;
            names.insert(row.try_get("oid")?, name.clone());
            let is_view = matches!(row.try_get("kind")?, "v" | "m");
            self.put(PG_CLASS, row, if is_view { ObjectId::View(name) } else { ObjectId::Table(name) })?;
        }
        Ok(names)
    }

    /// What hangs on tables, views and domains.
    fn parts(&mut self, rows: &Rows, relations: &HashMap<Oid, QualifiedName>) -> Result<(), PgError> {
        let of = |row: &Row| -> Result<Option<QualifiedName>, PgError> {
            Ok(relations.get(&row.try_get("relation")?).cloned())
        };
        for row in &rows.columns {
            let Some(default) = row.try_get("default_oid")? else { continue };
            let (relation, number): (Oid, i16) = (row.try_get("relation")?, row.try_get("number")?);
            self.defaults.insert(default, (relation, number));
            if !row.try_get::<_, &str>("generated")?.is_empty() {
                self.generated.insert((relation, i32::from(number)));
            }
        }
        let mut domains: HashMap<Oid, QualifiedName> = HashMap::new();
        for row in &rows.defined_types {
            domains.insert(row.try_get("oid")?, name(row)?);
        }
        for row in &rows.constraints {
            if row.try_get::<_, &str>("kind")? == "n" {
                continue;
            }
            let name = row.try_get("name")?;
            if let Some(table) = of(row)? {
                self.put(PG_CONSTRAINT, row, ObjectId::Constraint(table, name))?;
            } else if let Some(domain) = domains.get(&row.try_get("domain")?) {
                self.put(PG_CONSTRAINT, row, ObjectId::DomainConstraint(domain.clone(), name))?;
            }
        }
        for row in &rows.indexes {
            let Some(table) = of(row)? else { continue };
            let id = match row.try_get("constraint_name")? {
                Some(constraint) => ObjectId::Constraint(table, constraint),
                None => ObjectId::Index(QualifiedName::new(table.schema, row.try_get::<_, String>("name")?)),
            };
            self.put(PG_CLASS, row, id)?;
        }
        for row in &rows.triggers {
            let Some(table) = of(row)? else { continue };
            self.put(PG_TRIGGER, row, ObjectId::Trigger(table, row.try_get("name")?))?;
        }
        for row in &rows.policies {
            let Some(table) = of(row)? else { continue };
            self.put(PG_POLICY, row, ObjectId::Policy(table, row.try_get("name")?))?;
        }
        for row in &rows.rules {
            let Some(relation) = of(row)? else { continue };
            let name: String = row.try_get("name")?;
            let id = if name == rules::QUERY { ObjectId::View(relation) } else { ObjectId::Rule(relation, name) };
            self.put(PG_REWRITE, row, id)?;
        }
        Ok(())
    }

    /// What stands in a schema or in none.
    fn others(&mut self, rows: &Rows, types: &Types) -> Result<(), PgError> {
        for row in &rows.schemas {
            self.put(PG_NAMESPACE, row, ObjectId::Schema(row.try_get("name")?))?;
        }
        for row in &rows.sequences {
            // That of an identity column is a part of its column.
            if row.try_get::<_, Option<bool>>("is_identity")? != Some(true) {
                self.put(PG_CLASS, row, ObjectId::Sequence(name(row)?))?;
            }
        }
        for row in &rows.functions {
            self.put(PG_PROC, row, ObjectId::Function(functions::signature(row)?))?;
        }
        for row in &rows.aggregates {
            self.put(PG_PROC, row, ObjectId::Aggregate(aggregates::signature(row, types)?))?;
        }
        for row in &rows.defined_collations {
            self.put(PG_COLLATION, row, ObjectId::Collation(name(row)?))?;
        }
        for row in &rows.operators {
            let (name, left, right) = operators::operator_key(row)?;
            self.put(PG_OPERATOR, row, ObjectId::Operator(name, left, right))?;
        }
        for row in &rows.operator_families {
            self.put(PG_OPFAMILY, row, ObjectId::OperatorFamily(name(row)?, row.try_get("method")?))?;
        }
        for row in &rows.operator_classes {
            self.put(PG_OPCLASS, row, ObjectId::OperatorClass(name(row)?, row.try_get("method")?))?;
        }
        for row in &rows.family_members {
            let owner = (row.try_get("owner_class")?, row.try_get("owner")?);
            if let Some(owner) = self.objects.get(&owner).cloned() {
                self.put(row.try_get("class")?, row, owner)?;
            }
        }
        for row in &rows.casts {
            let (source, target) = operators::cast_key(row)?;
            self.put(PG_CAST, row, ObjectId::Cast(source, target))?;
        }
        for row in &rows.search_dictionaries {
            self.put(PG_TS_DICT, row, ObjectId::TextSearchDictionary(name(row)?))?;
        }
        for row in &rows.search_configurations {
            self.put(PG_TS_CONFIG, row, ObjectId::TextSearchConfiguration(name(row)?))?;
        }
        for row in &rows.statistics {
            self.put(PG_STATISTIC_EXT, row, ObjectId::Statistics(name(row)?))?;
        }
        for row in &rows.event_triggers {
            self.put(PG_EVENT_TRIGGER, row, ObjectId::EventTrigger(row.try_get("name")?))?;
        }
        for row in &rows.publications {
            self.put(PG_PUBLICATION, row, ObjectId::Publication(row.try_get("name")?))?;
        }
        for row in &rows.publication_tables {
            let publication = (PG_PUBLICATION, row.try_get("publication")?);
            if let Some(publication) = self.objects.get(&publication).cloned() {
                self.put(PG_PUBLICATION_REL, row, publication)?;
            }
        }
        Ok(())
    }

    fn types(&mut self, rows: &Rows) -> Result<(), PgError> {
        for row in &rows.defined_types {
            let name = name(row)?;
            self.put(PG_TYPE, row, ObjectId::Type(name.clone()))?;
            let relation: Oid = row.try_get("relation")?;
            if relation != 0 {
                self.objects.insert((PG_CLASS, relation), ObjectId::Type(name));
            }
        }
        for row in &rows.types {
            let oid: Oid = row.try_get("oid")?;
            let (element, relation): (Option<Oid>, Oid) = (row.try_get("element")?, row.try_get("relation")?);
            if let Some(element) = element {
                self.types.insert(oid, PartOf::Type(element));
            } else if relation != 0 {
                self.types.insert(oid, PartOf::Relation(relation));
            }
        }
        for row in &rows.ranges {
            self.put(PG_TYPE, row, ObjectId::Type(name(row)?))?;
            self.types.insert(row.try_get("multirange")?, PartOf::Type(row.try_get("oid")?));
        }
        Ok(())
    }

    fn owned(&mut self, rows: &Rows, records: &[Record]) -> Result<(), PgError> {
        for row in &rows.extensions {
            self.put(PG_EXTENSION, row, ObjectId::Extension(row.try_get("name")?))?;
        }
        for record in records {
            if record.kind == "e" {
                let extension = self.objects.get(&(PG_EXTENSION, record.needed_object));
                if let Some(ObjectId::Extension(extension)) = extension {
                    self.owned.insert((record.class, record.object), extension.clone());
                }
            } else if record.class == PG_PUBLICATION_NAMESPACE && record.needed_class == PG_PUBLICATION {
                // That a publication has a schema is an object of its own to the server.
                if let Some(publication) = self.objects.get(&(PG_PUBLICATION, record.needed_object)).cloned() {
                    self.objects.insert((record.class, record.object), publication);
                }
            }
        }
        Ok(())
    }
}
