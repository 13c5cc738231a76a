//! An index that is the beginning of another.

use super::{drop_index, index_id, indexed};
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::Facts;
use crate::catalog::{Index, IndexTarget};
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "overlapping-index",
        level: Level::Warning,
        class: Class::Performance,
        summary: "An index is the beginning of another.",
        explanation: "A B-tree over (a, b) finds by a as one over (a) does, so the shorter one is written at every change and saves little. Keys must begin alike in order, direction, operator class and collation, and the condition must be the same. Quiet about unique indexes, which refuse something, those behind constraints, and other methods. The shorter index is smaller; where that is what it is kept for, a suppression says so.",
        bad: "create table public.notes (id uuid primary key, user_id uuid, title text);\ncreate index idx_notes_user_id on public.notes (user_id);\ncreate index idx_notes_user_id_title on public.notes (user_id, title);",
        good: "create table public.notes (id uuid primary key, user_id uuid, title text);\ncreate index idx_notes_user_id_title on public.notes (user_id, title);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (relation, indexes) in indexed(facts.catalog) {
        for index in indexes.iter().filter(|index| !index.unique && index.constraint.is_none() && !index.clustered) {
            if let Some(longer) = indexes.iter().find(|longer| begins_with(longer, index)) {
                let message = format!("`{}` finds all that `{}` does", longer.name, index.name);
                out.at(index_id(relation, index), message, format!("run `{}`", drop_index(relation, index)));
            }
        }
    }
}

fn begins_with(longer: &Index, index: &Index) -> bool {
    let holds = |column: &String| {
        longer.include.contains(column)
            || longer.keys.iter().any(|key| matches!(&key.target, IndexTarget::Column(name) if name == column))
    };
    [longer, index].iter().all(|index| index.method == "btree")
        && longer.keys.len() > index.keys.len()
        && longer.keys.starts_with(&index.keys)
        && longer.predicate == index.predicate
        && index.include.iter().all(holds)
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, notes};
    use crate::testing::TestTable;

    const ID: &str = super::CHECK.rule.id;

    fn indexed() -> TestTable {
        notes().column("title", "text", "").index("idx_a", &["user_id"], "")
    }

    #[test]
    fn fires() {
        check(ID, &api([indexed().index("idx_b", &["user_id", "title"], "")]), &["warning public.idx_a"]);
        check(ID, &api([indexed().unique("uq_b", &["user_id", "title"])]), &["warning public.idx_a"]);
    }

    #[test]
    fn quiet() {
        check(ID, &api([indexed().index("idx_b", &["title", "user_id"], "")]), &[]);
        check(ID, &api([indexed().index("idx_b", &["user_id", "title"], "(title IS NOT NULL)")]), &[]);
        // The same is the other rule's.
        check(ID, &api([indexed().index("idx_b", &["user_id"], "")]), &[]);
        let unique = notes().column("title", "text", "").unique("uq_a", &["user_id"]);
        check(ID, &api([unique.index("idx_b", &["user_id", "title"], "")]), &[]);
        let gin = indexed().index("idx_b", &["user_id", "title"], "");
        check(ID, &api([gin.with(|it| it.indexes.values_mut().for_each(|it| it.method = "gin".to_owned()))]), &[]);
        let wide = indexed().index("idx_b", &["user_id", "title"], "");
        check(ID, &api([wide.with(|it| it.indexes.get_mut("idx_a").unwrap().include = vec!["body".to_owned()])]), &[]);
    }
}
