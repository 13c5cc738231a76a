//! Two indexes that are the same.

use super::{drop_index, index_id, indexed};
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::Facts;
use crate::catalog::{Index, ObjectId, ReplicaIdentity};
use crate::findings::{Class, Level, Rule};
use crate::{Catalog, QualifiedName};
use std::collections::BTreeSet;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "duplicate-index",
        level: Level::Warning,
        class: Class::Performance,
        summary: "Two indexes of a table are the same.",
        explanation: "Both are written at every change and kept in memory, and one of them serves nothing. The same are indexes of one method with the same keys in the same order, the same operator classes, included columns and condition; a plain index beside a unique one is one too many. What stands behind a constraint, or is needed by something else, is kept.",
        bad: "create table public.notes (id uuid primary key, title text);\ncreate index idx_notes_title on public.notes (title);\ncreate index idx_notes_by_title on public.notes (title);",
        good: "create table public.notes (id uuid primary key, title text);\ncreate index idx_notes_title on public.notes (title);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let needed: BTreeSet<&ObjectId> = facts.catalog.dependencies.iter().map(|(_, needed)| needed).collect();
    for (relation, mut indexes) in indexed(facts.catalog) {
        // What is kept comes first.
        indexes.sort_by_cached_key(|index| {
            let is_needed = needed.contains(&owner_id(relation, index)) || is_gone_by(facts.catalog, relation, index);
            (index.constraint.is_none(), !index.unique, !is_needed, index.name.clone())
        });
        let mut kept: Vec<&Index> = Vec::new();
        for index in indexes {
            let Some(same) = kept.iter().find(|kept| makes_redundant(kept, index)) else {
                kept.push(index);
                continue;
            };
            let message = format!("`{}` is the same as `{}`", index.name, same.name);
            out.at(index_id(relation, index), message, format!("run `{}`", drop_index(relation, index)));
        }
    }
}

/// What a foreign key needs of it: the constraint that it stands behind, or the index itself.
fn owner_id(relation: &QualifiedName, index: &Index) -> ObjectId {
    match &index.constraint {
        Some(constraint) => ObjectId::Constraint(relation.clone(), constraint.clone()),
        None => index_id(relation, index),
    }
}

/// Whether replication or CLUSTER goes by this very index.
fn is_gone_by(catalog: &Catalog, relation: &QualifiedName, index: &Index) -> bool {
    let identity = catalog.tables.get(relation).map(|table| &table.replica_identity);
    index.clustered || matches!(identity, Some(ReplicaIdentity::Index(name)) if *name == index.name)
}

/// Whether everything that `index` serves is served by `kept`.
fn makes_redundant(kept: &Index, index: &Index) -> bool {
    let refuses = |index: &Index| (index.unique, index.nulls_not_distinct);
    let included = |index: &Index| -> BTreeSet<String> { index.include.iter().cloned().collect() };
    kept.method == index.method
        && kept.keys == index.keys
        && included(kept) == included(index)
        && kept.predicate == index.predicate
        && (!index.unique || refuses(kept) == refuses(index))
        // An exclusion constraint's index refuses what its definition alone says.
        && (index.constraint.is_none() || index.unique)
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, notes};
    use crate::testing::TestTable;

    const ID: &str = super::CHECK.rule.id;

    fn indexed() -> TestTable {
        notes().index("idx_a", &["user_id"], "")
    }

    #[test]
    fn fires() {
        check(ID, &api([indexed().index("idx_b", &["user_id"], "")]), &["warning public.idx_b"]);
        // The plain one goes, whatever it is called.
        check(ID, &api([indexed().unique("uq_notes", &["user_id"])]), &["warning public.idx_a"]);
        let both = notes().unique("uq_a", &["user_id"]).unique("uq_b", &["user_id"]);
        check(ID, &api([both]), &["warning public.uq_b"]);
        let identity = indexed().index("idx_b", &["user_id"], "");
        let identity = identity.with(|it| {
            it.replica_identity = crate::catalog::ReplicaIdentity::Index("idx_b".to_owned());
        });
        check(ID, &api([identity]), &["warning public.idx_a"]);
    }

    #[test]
    fn quiet() {
        check(ID, &api([indexed().index("idx_b", &["user_id"], "(user_id IS NOT NULL)")]), &[]);
        let change = |change: fn(&mut crate::catalog::Index)| {
            let table = indexed().index("idx_b", &["user_id"], "");
            table.with(|table| change(table.indexes.get_mut("idx_b").unwrap()))
        };
        for table in [
            change(|index| index.method = "hash".to_owned()),
            change(|index| index.include = vec!["title".to_owned()]),
            change(|index| index.keys[0].descending = true),
            change(|index| index.valid = false),
            change(|index| index.parent = Some(crate::QualifiedName::new("public", "idx"))),
        ] {
            check(ID, &api([table]), &[]);
        }
        let strict = notes().unique("uq_a", &["user_id"]).unique("uq_b", &["user_id"]);
        check(ID, &api([strict.with(|it| it.indexes.get_mut("uq_b").unwrap().nulls_not_distinct = true)]), &[]);
    }
}
