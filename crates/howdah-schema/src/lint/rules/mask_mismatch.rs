//! Masked views that do not say what the tags say.

use crate::catalog::{Column, ObjectId, Table, View};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};
use crate::mask::{self, views};
use crate::tags::Mask;

const AGAIN: &str = "write the views again: `howdah role masks`";

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "mask-mismatch",
        level: Level::Error,
        class: Class::Security,
        summary: "A masked view and the tags of its table disagree.",
        explanation: "Reporting reads personal data through the views of a schema NAME_masked, which are generated from @mask and @pii. When a column is added, or its tag changes, the view still shows what it showed before: too much, or another mask than the documentation promises. The mask of a view's column stands in its comment, and is compared with the table's. A view that reads as its caller needs the right to the very columns that it hides, and one without security_barrier lets functions of the caller look at rows before they are chosen. A role that reads such a view and also the masked column in the table sees past the mask.",
        bad: "create table public.contacts (id uuid primary key, email text);\ncomment on column public.contacts.email is 'Where mail goes. @pii email';\ncreate schema public_masked;\ncreate view public_masked.contacts with (security_barrier) as select id, email from public.contacts;",
        good: "create table public.contacts (id uuid primary key, email text);\ncomment on column public.contacts.email is 'Where mail goes. @pii email';\ncreate schema public_masked;\ncreate view public_masked.contacts with (security_barrier) as select id, (left(email, 1) || '***')::text as email from public.contacts;\ncomment on column public_masked.contacts.email is 'Where mail goes. @mask email';",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        let name = views::view_of(&table.name);
        if !facts.catalog.schemas.contains_key(&name.schema) {
            // Nobody has asked for masked views here.
            continue;
        }
        match facts.catalog.views.get(&name) {
            Some(view) => of_view(facts, table, view, out),
            None if views::is_masked(table)
                && readers(facts, &name.schema).any(|role| views::is_read_by(facts.catalog, table, role)) =>
            {
                let message = format!("{} has masked columns and no view in {}", table.name, name.schema);
                out.at(ObjectId::Table(table.name.clone()), message, AGAIN);
            }
            None => {}
        }
    }
}

/// The roles for which there are masked views in a schema.
fn readers<'a>(facts: &Facts<'a>, schema: &str) -> impl Iterator<Item = &'a str> {
    let schema = facts.catalog.schemas.get(schema).into_iter();
    schema.flat_map(|schema| {
        let others =
            schema.acl.grants.iter().filter(|grant| grant.privilege == "USAGE" && grant.grantee != schema.owner);
        others.map(|grant| grant.grantee.as_str())
    })
}

fn of_view(facts: &Facts<'_>, table: &Table, view: &View, out: &mut Out<'_>) {
    let id = || ObjectId::View(view.name.clone());
    let masks = mask::all(&table.columns);
    if view.security_invoker() {
        let fix = format!("run `alter view {} reset (security_invoker);`", view.name);
        out.at(id(), format!("{} reads as its caller, who has no right to what it masks", view.name), fix);
    }
    if !view.options.get("security_barrier").is_some_and(|value| matches!(value.as_str(), "true" | "on" | "yes" | "1"))
    {
        let fix = format!("run `alter view {} set (security_barrier = true);`", view.name);
        out.at(id(), format!("{} is no security barrier", view.name), fix);
    }
    for column in &table.columns {
        let wanted = masks.get(column.name.as_str()).copied();
        match view.columns.iter().find(|shown| shown.name == column.name) {
            None => out.at(id(), format!("{} lacks the column `{}`", view.name, column.name), AGAIN),
            Some(shown) if said(shown) != wanted => {
                let message = format!(
                    "{} shows `{}` {}, and the tags of {} ask for {}",
                    view.name,
                    column.name,
                    by(said(shown)),
                    table.name,
                    asked(wanted)
                );
                out.at(column_id(&view.name, shown), message, AGAIN);
            }
            Some(_) => {}
        }
    }
    for grant in view.acl.grants.iter().filter(|grant| grant.privilege == "SELECT" && grant.grantee != view.owner) {
        let open = views::open_columns(facts.catalog, table, &grant.grantee);
        if !open.is_empty() {
            let role = &grant.grantee;
            let message = format!("{role} reads {} and, past its masks, in the table: {}", view.name, open.join(", "));
            out.at(
                ObjectId::Table(table.name.clone()),
                message,
                format!(
                    "grant {role} the other columns only: revoke select on {} from {role}, then grant select (…)",
                    table.name
                ),
            );
        }
    }
}

/// The mask that a view says it uses.
fn said(column: &Column) -> Option<Mask> {
    column.comment.tags().mask
}

fn by(mask: Option<Mask>) -> String {
    mask.map_or_else(|| "as it is".to_owned(), |mask| format!("by mask `{}`", mask.as_str()))
}

fn asked(mask: Option<Mask>) -> String {
    mask.map_or_else(|| "no mask".to_owned(), |mask| format!("`{}`", mask.as_str()))
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::catalog::{Acl, Comment, Grant, Schema};
    use crate::lint::rules::testing::check_catalog;
    use crate::testing::{TestTable, catalog, qualified, table, view};

    const ID: &str = super::CHECK.rule.id;

    fn contacts() -> TestTable {
        table("contacts").column("id", "uuid", "").column("email", "text", "Where mail goes. @pii email")
    }

    /// The table and its masked view, whose columns have these comments.
    fn masked(columns: &[(&str, &str)], options: &[(&str, &str)]) -> Catalog {
        let mut catalog = catalog([contacts()]);
        let (owner, acl, comment) = ("owner".to_owned(), Acl::default(), Comment::default());
        let name = "public_masked".to_owned();
        catalog.schemas.insert(name.clone(), Schema { name, owner, acl, comment });
        let name = qualified("public_masked.contacts");
        let mut view = view(&name);
        let mut shown = table("shown");
        for (column, comment) in columns {
            shown = shown.column(column, "text", comment);
        }
        view.columns = shown.0.columns;
        for (option, value) in options {
            view.options.insert((*option).to_owned(), (*value).to_owned());
        }
        catalog.views.insert(name, view);
        catalog
    }

    const BARRIER: (&str, &str) = ("security_barrier", "true");

    #[test]
    fn fires() {
        let check = |catalog: &Catalog, expected: &[&str]| check_catalog(ID, catalog, expected);
        check(&masked(&[("id", ""), ("email", "")], &[BARRIER]), &["error public_masked.contacts.email"]);
        check(&masked(&[("id", ""), ("email", "@mask name")], &[BARRIER]), &["error public_masked.contacts.email"]);
        check(
            &masked(&[("id", "@mask null"), ("email", "@mask email")], &[BARRIER]),
            &["error public_masked.contacts.id"],
        );
        check(&masked(&[("email", "@mask email")], &[BARRIER]), &["error public_masked.contacts"]);
        let right = [("id", ""), ("email", "@mask email")];
        check(&masked(&right, &[]), &["error public_masked.contacts"]);
        check(&masked(&right, &[BARRIER, ("security_invoker", "on")]), &["error public_masked.contacts"]);
        let mut bare = masked(&right, &[BARRIER]);
        bare.views.clear();
        check(&bare, &[]);
        let usage = Grant { privilege: "USAGE".to_owned(), ..crate::lint::rules::testing::select("reporting") };
        bare.schemas.get_mut("public_masked").unwrap().acl.grants.push(usage);
        check(&bare, &[]);
        let reads_some = crate::lint::rules::testing::select("reporting");
        bare.tables.values_mut().for_each(|table| table.columns[0].grants.push(reads_some.clone()));
        check(&bare, &["error public.contacts"]);
        let mut past = masked(&right, &[BARRIER]);
        let grant = crate::lint::rules::testing::select("reporting");
        past.views.values_mut().for_each(|view| view.acl.grants.push(grant.clone()));
        past.tables.values_mut().for_each(|table| table.columns[1].grants.push(grant.clone()));
        check(&past, &["error public.contacts"]);
    }

    #[test]
    fn quiet() {
        check_catalog(ID, &catalog([contacts()]), &[]);
        let mut right = masked(&[("id", ""), ("email", "@mask email")], &[BARRIER]);
        let grant = crate::lint::rules::testing::select("reporting");
        right.views.values_mut().for_each(|view| view.acl.grants.push(grant.clone()));
        right.tables.values_mut().for_each(|table| table.columns[0].grants.push(grant.clone()));
        check_catalog(ID, &right, &[]);
    }
}
