//! A table without a primary key.

use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;

pub(crate) const CHECK: Check = Check {
    rule: Rule {
        id: "no-primary-key",
        level: Level::Error,
        class: Class::Integrity,
        summary: "A table has no primary key.",
        explanation: "Nothing tells its rows apart: the same row can come in twice, one of two cannot be changed alone, logical replication cannot apply updates to it, and the API can address none of its rows. A join table's key is the pair that it joins.",
        bad: "create table public.readings (taken_at timestamptz not null, value numeric);",
        good: "create table public.readings (\n  id bigint generated always as identity primary key,\n  taken_at timestamptz not null,\n  value numeric\n);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables().filter(|table| table.primary_key().is_empty()) {
        let message = format!("{} has no primary key: nothing tells its rows apart", table.name);
        let fix =
            "add `id uuid primary key default gen_random_uuid()`, or make a key of the columns that tell rows apart";
        out.at(ObjectId::Table(table.name.clone()), message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, [table("readings").column("value", "numeric", "")], &["error public.readings"]);
        check(
            ID,
            [table("readings").column("id", "uuid", "").unique("uq_readings_id", &["id"])],
            &["error public.readings"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, [table("readings").column("id", "uuid", "").primary_key(&["id"])], &[]);
        check(ID, [table("a").column("id", "uuid", "").primary_key(&["id"]), table("a_1").partition_of("a")], &[]);
    }
}
