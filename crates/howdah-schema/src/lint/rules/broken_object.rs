//! Something that is there and does not work.

use crate::QualifiedName;
use crate::catalog::{ObjectId, Table};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;

pub(crate) const CHECK: Check = Check {
    rule: Rule {
        id: "broken-object",
        level: Level::Error,
        class: Class::Integrity,
        summary: "An index is invalid, or something leads to what is not there.",
        explanation: "An invalid index is what a failed CREATE INDEX CONCURRENTLY leaves, or one of a partitioned table that a partition lacks: it costs at every write and serves nothing. A view or a foreign key whose table is gone cannot be in a database by itself; it is in a catalog that was put together by hand or read from a damaged one.",
        bad: "create table public.events (id bigint, at timestamptz) partition by range (at);\ncreate table public.events_1 partition of public.events default;\ncreate index idx_events_at on only public.events (at);",
        good: "create table public.events (id bigint, at timestamptz) partition by range (at);\ncreate table public.events_1 partition of public.events default;\ncreate index idx_events_at on public.events (at);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let catalog = facts.catalog;
    let of_tables = catalog.tables.values().flat_map(|table| table.indexes.values().map(|index| (&table.name, index)));
    let of_views = catalog.views.values().flat_map(|view| view.indexes.values().map(|index| (&view.name, index)));
    for (relation, index) in of_tables.chain(of_views).filter(|(_, index)| !index.valid) {
        let id = ObjectId::Index(QualifiedName::new(relation.schema.clone(), index.name.clone()));
        let message = format!("the index `{}` is invalid: it serves nothing", index.name);
        out.at(
            id,
            message,
            "drop it and make it again; of a partitioned table, attach the indexes that its partitions lack",
        );
    }
    for table in catalog.tables.values() {
        for (constraint, key) in table.foreign_keys() {
            let there = catalog.tables.get(&key.references);
            let missing = match there {
                None => Some(key.references.to_string()),
                Some(there) => missing(there, &key.referenced_columns),
            };
            let gone = missing.or_else(|| self::missing(table, &constraint.columns));
            if let Some(gone) = gone {
                let id = ObjectId::Constraint(table.name.clone(), constraint.name.clone());
                let message = format!("the foreign key `{}` leads to {gone}, which is not there", constraint.name);
                out.at(id, message, "read the catalog again, or drop the key");
            }
        }
    }
    for view in catalog.views.values() {
        let id = ObjectId::View(view.name.clone());
        for gone in catalog.dependencies.of(&id).filter(|needed| is_gone(facts, needed)) {
            let message = format!("{} reads the {gone}, which is not there", view.name);
            out.at(id.clone(), message, "make the view again from what there is, or drop it");
        }
    }
}

fn missing(table: &Table, columns: &[String]) -> Option<String> {
    let gone = columns.iter().find(|column| table.column(column).is_none())?;
    Some(format!("{}.{}", table.name, crate::Ident::new(gone.as_str())))
}

/// Of the kinds that every catalog has in full.
fn is_gone(facts: &Facts<'_>, needed: &ObjectId) -> bool {
    let catalog = facts.catalog;
    match needed {
        ObjectId::Table(name) | ObjectId::View(name) => catalog.relation(&name.schema, &name.name).is_none(),
        ObjectId::Column(name, column) => {
            catalog.relation(&name.schema, &name.name).is_none_or(|relation| relation.column(column).is_none())
        }
        ObjectId::Function(signature) => !catalog.functions.contains_key(signature),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::QualifiedName;
    use crate::catalog::ObjectId;
    use crate::lint::rules::testing::check;
    use crate::lint::rules::testing::check_catalog;
    use crate::testing::{catalog, table, view};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let notes = table("notes").column("user_id", "uuid", "").index("idx_notes_user_id", &["user_id"], "");
        let broken = notes.with(|notes| notes.indexes.values_mut().for_each(|index| index.valid = false));
        check(ID, [broken], &["error public.idx_notes_user_id"]);
        let notes = table("notes").column("user_id", "uuid", "");
        let notes = notes.foreign_key("fk_notes_user", &["user_id"], "users", &["id"]);
        check(ID, [notes.clone()], &["error public.notes.fk_notes_user"]);
        check(ID, [notes, table("users")], &["error public.notes.fk_notes_user"]);
    }

    #[test]
    fn a_view_whose_base_is_gone() {
        let mut catalog = catalog([table("notes").column("id", "uuid", "")]);
        let name = QualifiedName::new("public", "recent_notes");
        catalog.views.insert(name.clone(), view(&name));
        let column = |table: &str| ObjectId::Column(QualifiedName::new("public", table), "id".to_owned());
        catalog.dependencies.insert(ObjectId::View(name.clone()), column("notes"));
        check_catalog(ID, &catalog, &[]);
        catalog.dependencies.insert(ObjectId::View(name), column("gone"));
        check_catalog(ID, &catalog, &["error public.recent_notes"]);
    }

    #[test]
    fn quiet() {
        let notes = table("notes").column("user_id", "uuid", "");
        let notes = notes.foreign_key("fk_notes_user", &["user_id"], "users", &["id"]);
        check(ID, [notes, table("users").column("id", "uuid", "").primary_key(&["id"])], &[]);
    }
}
