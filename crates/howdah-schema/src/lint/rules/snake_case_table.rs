//! A table or view is named so that it must be quoted everywhere.

use crate::catalog::{ObjectId, Relation};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;
use crate::lint::words::{is_plural, is_snake_case, plural, to_snake_case};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "snake-case-table",
        level: Level::Warning,
        class: Class::Naming,
        summary: "A table or view is not named in snake_case.",
        explanation: "PostgreSQL folds names to lower case unless they are quoted, so a name with capitals, blanks or hyphens must be quoted in every statement, and each forgotten pair of quotes is an error.",
        bad: r#"create table public."OrderItems" (id uuid primary key);"#,
        good: "create table public.order_items (id uuid primary key);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let views = facts.catalog.views.values().map(Relation::View);
    for relation in facts.tables().map(Relation::Table).chain(views) {
        let name = relation.name();
        if is_snake_case(&name.name) {
            continue;
        }
        let id = match relation {
            Relation::Table(_) => ObjectId::Table(name.clone()),
            Relation::View(_) => ObjectId::View(name.clone()),
        };
        let fix = match to_snake_case(&name.name) {
            snake if is_snake_case(&snake) && relation.table().is_some() && !is_plural(&snake) => {
                format!("name it `{}`", plural(&snake))
            }
            snake if is_snake_case(&snake) => format!("name it `{snake}`"),
            _ => "use lower-case words with single underscores between them".to_owned(),
        };
        out.at(id, format!("`{}` is not snake_case, so it must be quoted everywhere", name.name), fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, [table("OrderItems")], &["warning public.\"OrderItems\""]);
        check(ID, [table("a b"), table("2x")], &["warning public.\"2x\"", "warning public.\"a b\""]);
    }

    #[test]
    fn quiet() {
        check(ID, [table("order_items"), table("größen")], &[]);
    }
}
