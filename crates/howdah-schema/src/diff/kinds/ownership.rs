//! Whose an object is, and whose it shall be.
//!
//! Files name no owner unless they say ALTER … OWNER TO: what they make belongs to whoever loads them. So when one side comes
//! from files and the other does not, an object of the role that loaded the files may belong to anyone on the other side.

use crate::catalog::{Catalog, ObjectId, Table};
use crate::diff::Context;
use crate::{Ident, QualifiedName};

/// Who owns an object once its owner is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ownership {
    /// The owner's name, as well as it is known.
    pub(super) name: String,
    /// How a statement calls it.
    pub(super) sql: String,
    /// Whether that takes an ALTER … OWNER TO.
    pub(super) step: bool,
}

/// Who shall own `id`, which `to` says to be `wanted`'s. `fresh` means that it was made just now, by whoever migrates.
pub(super) fn ownership<'a>(context: &Context<'a>, id: &ObjectId, fresh: bool, wanted: &'a str) -> Ownership {
    let (from, to) = (context.from, context.to);
    let (from_files, to_files) = (*from.loaded_from_files, *to.loaded_from_files);
    let creator = from.current_role.as_str();
    let previous = owner(from, id);
    let target = match table_of_sequence(to, id) {
        // It cannot have another than its table.
        Some(table) => target(context, owner(from, &ObjectId::Table(table.name.clone())), &table.owner),
        None => target(context, previous, wanted),
    };
    let is_migrator = |role: &str| role == creator || (from_files && to_files && role == to.current_role.as_str());
    let same = |left: &str, right: &str| left == right || (is_migrator(left) && is_migrator(right));
    let step = match previous {
        _ if fresh => !is_migrator(target),
        // That of a sequence changes with its table's.
        _ if table_of_sequence(to, id).is_some() && table_of_sequence(from, id).is_some() => false,
        previous => previous.is_some_and(|previous| !same(previous, target)),
    };
    // A migration is run by other roles elsewhere: only a plan from one database to another names the one at hand.
    let sql = if is_migrator(target) && (from_files || to_files) {
        "CURRENT_USER".to_owned()
    } else {
        Ident::new(target).to_string()
    };
    Ownership { name: target.to_owned(), sql, step }
}

/// Whose what was `previous`'s shall be, when the wanted catalog says `wanted`.
fn target<'a>(context: &Context<'a>, previous: Option<&'a str>, wanted: &'a str) -> &'a str {
    let (from, to) = (context.from, context.to);
    let (from_files, to_files) = (*from.loaded_from_files, *to.loaded_from_files);
    let creator = from.current_role.as_str();
    let says_nothing = to_files && !from_files && wanted == to.current_role.as_str();
    match previous {
        Some(previous) if says_nothing || (from_files && !to_files && previous == creator) => previous,
        None if says_nothing => creator,
        _ => wanted,
    }
}

/// The table whose column a sequence belongs to.
fn table_of_sequence<'a>(catalog: &'a Catalog, id: &ObjectId) -> Option<&'a Table> {
    let ObjectId::Sequence(name) = id else { return None };
    match catalog.sequences.get(name) {
        Some(sequence) => catalog.tables.get(&sequence.owned_by.as_ref()?.table),
        None => table_of_identity(catalog, name),
    }
}

/// Who owns an object, or what it is a part of.
pub(super) fn owner<'a>(catalog: &'a Catalog, id: &ObjectId) -> Option<&'a str> {
    let owner = match id {
        ObjectId::Schema(name) => catalog.schemas.get(name).map(|schema| &schema.owner),
        ObjectId::Collation(name) => catalog.collations.get(name).map(|collation| &collation.owner),
        ObjectId::Type(name) | ObjectId::DomainConstraint(name, _) => owner_of_type(catalog, name),
        ObjectId::Function(signature) => catalog.functions.get(signature).map(|function| &function.owner),
        ObjectId::Aggregate(signature) => catalog.aggregates.get(signature).map(|aggregate| &aggregate.owner),
        ObjectId::Operator(name, left, right) => {
            let operator = catalog.operators.get(&(name.clone(), left.clone(), right.clone()));
            operator.map(|operator| &operator.owner)
        }
        ObjectId::OperatorFamily(name, method) => {
            catalog.operator_families.get(&(name.clone(), method.clone())).map(|family| &family.owner)
        }
        ObjectId::OperatorClass(name, method) => {
            catalog.operator_classes.get(&(name.clone(), method.clone())).map(|class| &class.owner)
        }
        ObjectId::TextSearchDictionary(name) => {
            catalog.text_search_dictionaries.get(name).map(|dictionary| &dictionary.owner)
        }
        ObjectId::TextSearchConfiguration(name) => {
            catalog.text_search_configurations.get(name).map(|configuration| &configuration.owner)
        }
        ObjectId::Sequence(name) => {
            let sequence = catalog.sequences.get(name).map(|sequence| &sequence.owner);
            sequence.or_else(|| table_of_identity(catalog, name).map(|table| &table.owner))
        }
        ObjectId::Table(name)
        | ObjectId::View(name)
        | ObjectId::Column(name, _)
        | ObjectId::Default(name, _)
        | ObjectId::Constraint(name, _)
        | ObjectId::Rule(name, _)
        | ObjectId::Trigger(name, _)
        | ObjectId::Policy(name, _) => owner_of_relation(catalog, name),
        ObjectId::Statistics(name) => catalog.statistics.get(name).map(|statistics| &statistics.owner),
        ObjectId::Publication(name) => catalog.publications.get(name).map(|publication| &publication.owner),
        ObjectId::EventTrigger(name) => catalog.event_triggers.get(name).map(|trigger| &trigger.owner),
        ObjectId::Role(_)
        | ObjectId::Extension(_)
        | ObjectId::DefaultPrivileges(..)
        | ObjectId::Cast(..)
        | ObjectId::Index(_) => None,
    };
    owner.map(String::as_str)
}

fn owner_of_relation<'a>(catalog: &'a Catalog, name: &QualifiedName) -> Option<&'a String> {
    let table = catalog.tables.get(name).map(|table| &table.owner);
    table.or_else(|| catalog.views.get(name).map(|view| &view.owner))
}

/// The table with the identity column that a sequence stands behind.
fn table_of_identity<'a>(catalog: &'a Catalog, name: &QualifiedName) -> Option<&'a Table> {
    let is_behind = |table: &Table| {
        let mut sequences = table.columns.iter().filter_map(|column| column.identity.as_ref()?.sequence.as_ref());
        sequences.any(|sequence| sequence.name == *name)
    };
    // Usually it is called `<table>_<column>_seq`; then not all tables need to be looked at.
    let usual = name.name.match_indices('_').filter_map(|(end, _)| catalog.table(&name.schema, &name.name[..end]));
    let found = usual.into_iter().find(|table| is_behind(table));
    found.or_else(|| catalog.tables.values().find(|table| is_behind(table)))
}

fn owner_of_type<'a>(catalog: &'a Catalog, name: &QualifiedName) -> Option<&'a String> {
    let made_of = catalog.domains.get(name).map(|domain| &domain.owner);
    made_of
        .or_else(|| catalog.enums.get(name).map(|labels| &labels.owner))
        .or_else(|| catalog.composites.get(name).map(|composite| &composite.owner))
        .or_else(|| catalog.ranges.get(name).map(|range| &range.owner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Acl, Comment, Schema};
    use crate::diff::kinds::testing;

    fn catalog(files: bool, current: &str, owner: Option<&str>) -> Catalog {
        let mut catalog = Catalog { current_role: current.to_owned().into(), ..Catalog::default() };
        catalog.loaded_from_files = files.into();
        if let Some(owner) = owner {
            let (name, owner) = ("s".to_owned(), owner.to_owned());
            let schema = Schema { name, owner, acl: Acl::default(), comment: Comment::default() };
            catalog.schemas.insert("s".to_owned(), schema);
        }
        catalog
    }

    /// The statement's end, or who it is when there is none.
    #[track_caller]
    fn check(from: &Catalog, to: &Catalog, fresh: bool, expected: &str) {
        let id = ObjectId::Schema("s".to_owned());
        let wanted = owner(to, &id).unwrap();
        let owner = testing::with(from, to, |context| ownership(context, &id, fresh, wanted));
        let text = if owner.step { format!("OWNER TO {}", owner.sql) } else { format!("still {}", owner.sql) };
        assert_eq!(text, expected);
    }

    #[test]
    fn files_may_say_nothing() {
        let live = |owner| catalog(false, "migrator", owner);
        let files = |owner| catalog(true, "loader", Some(owner));
        check(&live(Some("app")), &files("loader"), false, "still app");
        check(&live(Some("app")), &files("app"), false, "still app");
        check(&live(Some("app")), &files("other"), false, "OWNER TO other");
        check(&live(None), &files("loader"), true, "still CURRENT_USER");
        check(&live(None), &files("other"), true, "OWNER TO other");
        // Dropped and made again: it goes back to whose it was.
        check(&live(Some("app")), &files("loader"), true, "OWNER TO app");
        check(&live(Some("migrator")), &files("loader"), true, "still CURRENT_USER");
    }

    #[test]
    fn from_files_to_a_database() {
        let files = |owner| catalog(true, "loader", owner);
        let live = |owner| catalog(false, "migrator", Some(owner));
        check(&files(Some("loader")), &live("app"), false, "still CURRENT_USER");
        check(&files(Some("other")), &live("app"), false, "OWNER TO app");
        check(&files(None), &live("app"), true, "OWNER TO app");
    }

    #[test]
    fn by_name_between_equals() {
        let files = |owner| catalog(true, "loader", owner);
        check(&files(Some("a")), &files(Some("b")), false, "OWNER TO b");
        check(&files(Some("a")), &files(Some("loader")), false, "OWNER TO CURRENT_USER");
        check(&files(Some("loader")), &catalog(true, "reader", Some("reader")), false, "still CURRENT_USER");
        check(&files(None), &files(Some("loader")), true, "still CURRENT_USER");
        let live = |owner| catalog(false, "migrator", owner);
        check(&live(Some("a")), &live(Some("migrator")), false, "OWNER TO migrator");
        check(&live(None), &live(Some("migrator")), true, "still migrator");
        check(&live(None), &live(Some("a")), true, "OWNER TO a");
    }
    #[test]
    fn a_sequence_belongs_to_its_tables_owner() {
        let with = |files: bool, current: &str, table: &str, sequence: Option<bool>| {
            let mut catalog = catalog(files, current, None);
            let json = serde_json::json!({
                "name": "s.t", "owner": table, "partition_key": null, "partition_of": null, "inherits": [],
                "unlogged": false, "columns": [], "constraints": {}, "indexes": {}, "triggers": {}, "policies": {},
                "row_security": {"enabled": false, "forced": false}, "options": {}, "replica_identity": "default",
                "tablespace": null, "access_method": null, "acl": {"explicit": false, "grants": []}, "comment": "",
            });
            catalog.tables.insert(QualifiedName::new("s", "t"), serde_json::from_value(json).unwrap());
            if let Some(owned) = sequence {
                let owned_by = owned.then(|| serde_json::json!({"table": "s.t", "column": "id"}));
                let json = serde_json::json!({
                    "name": "s.q", "owner": table, "data_type": "bigint", "start": 1, "increment": 1, "min": 1,
                    "max": 9, "cache": 1, "cycle": false, "unlogged": false, "owned_by": owned_by,
                    "acl": {"explicit": false, "grants": []}, "comment": "",
                });
                catalog.sequences.insert(QualifiedName::new("s", "q"), serde_json::from_value(json).unwrap());
            }
            catalog
        };
        let id = ObjectId::Sequence(QualifiedName::new("s", "q"));
        let step = |from: &Catalog, to: &Catalog, fresh: bool| {
            let owner = testing::with(from, to, |context| ownership(context, &id, fresh, "loader"));
            (owner.name, owner.step)
        };
        // New on a table that is another's: it must be given away before it can be tied to it.
        let from = with(false, "migrator", "app", None);
        assert_eq!(step(&from, &with(true, "loader", "loader", Some(true)), true), ("app".to_owned(), true));
        // When the table changes hands, it goes along.
        let from = with(false, "migrator", "app", Some(true));
        assert_eq!(step(&from, &with(true, "loader", "other", Some(true)), false), ("other".to_owned(), false));
        let free = with(false, "migrator", "app", Some(false));
        assert_eq!(step(&free, &with(true, "loader", "other", Some(true)), false), ("other".to_owned(), true));
    }
}
