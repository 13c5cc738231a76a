//! Row-level security for tables that people own, written from their `@owner` tags.
//!
//! Whose a row is, is found in three ways, the first that holds:
//! - the `@owner` column holds an account's id: it is compared with `(select auth.uid())`. So it does where it points at nothing
//!   owned, or at a column that is the owner itself: the two are the same value;
//! - it points at another column of a table that is owned (`customer_id` at `customers.id`, owned by `user_id`): the row is the
//!   caller's if that row is;
//! - there is no tag, but one required foreign key that cascades from an owned table: a child's rows are its parent's owner's.
//!
//! A table whose owner cannot be told from the catalog gets no policy but a reason: [`Skipped`].

use crate::catalog::{Catalog, Column, ForeignKey, ForeignKeyAction, Table};
use crate::{Ident, Literal, QualifiedName};
use std::fmt::Write as _;

/// For whom policies are written. A role that the server does not have is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRoles {
    /// Signed-in people: their own rows.
    pub people: String,
    /// Trusted server code: every row.
    pub service: String,
    /// Reporting: rows that are not in the trash, to read.
    pub reporting: String,
}

/// The roles of Howdah's templates.
impl Default for PolicyRoles {
    fn default() -> Self {
        Self {
            people: "authenticated".to_owned(),
            service: "service_role".to_owned(),
            reporting: "howdah_readonly".to_owned(),
        }
    }
}

/// A table that gets no policies, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The table.
    pub table: QualifiedName,
    /// Why, and what to do about it.
    pub reason: String,
}

/// Policies as SQL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Generated {
    /// The tables that they are on, by name.
    pub tables: Vec<QualifiedName>,
    /// The statements; empty for none.
    pub sql: String,
    /// The tables that were asked for and get none.
    pub skipped: Vec<Skipped>,
}

/// Owned tables of these schemas, by their tag or through a foreign key, by name.
pub fn owned<'a>(catalog: &'a Catalog, schemas: &[String]) -> Vec<&'a Table> {
    let tables = catalog.tables.values().filter(|table| schemas.contains(&table.name.schema));
    tables.filter(|table| table.partition_of.is_none() && is_owned(catalog, table)).collect()
}

fn is_owned(catalog: &Catalog, table: &Table) -> bool {
    table.comment.tags().owner.is_some() || !parents(catalog, table).is_empty()
}

/// Writes the policies of these tables.
pub fn generate(catalog: &Catalog, tables: &[&Table], roles: &PolicyRoles) -> Generated {
    let mut generated = Generated::default();
    for table in tables {
        match is_callers(catalog, table) {
            Ok(condition) => {
                write(catalog, table, &condition, roles, &mut generated.sql);
                generated.tables.push(table.name.clone());
            }
            Err(reason) => generated.skipped.push(Skipped { table: table.name.clone(), reason }),
        }
    }
    generated
}

/// The condition on a row of an owned table that it is the caller's: what the policy for people says of whose rows are whose,
/// without what it says of the trash.
///
/// # Errors
/// Why nothing says whose the rows are, in words.
pub fn is_callers(catalog: &Catalog, table: &Table) -> Result<String, String> {
    condition(catalog, table, 0)
}

/// More tables than this are not followed to an owner: it is a circle.
const MAX_STEPS: usize = 8;

/// When a row is the caller's.
fn condition(catalog: &Catalog, table: &Table, steps: usize) -> Result<String, String> {
    match &table.comment.tags().owner {
        Some(owner) => match table.column(owner) {
            Some(column) => by_owner(catalog, table, owner, column, steps),
            None => Err(format!("`@owner` names the column `{owner}`, which is not there")),
        },
        None => through_parent(catalog, table, steps),
    }
}

/// When a value of the owner's column of `table` is the caller's. `shown` is what is compared: that column, or one that holds the
/// same value.
fn by_owner(catalog: &Catalog, table: &Table, owner: &str, shown: &Column, steps: usize) -> Result<String, String> {
    if steps > MAX_STEPS {
        return Err(format!("whose the rows of {} are goes round in a circle", table.name));
    }
    let mut composite = None;
    for (constraint, key) in table.foreign_keys() {
        let at = constraint.columns.iter().position(|name| name == owner);
        let Some(referenced) = at.and_then(|at| key.referenced_columns.get(at)) else { continue };
        let Some(parent) = catalog.tables.get(&key.references).filter(|parent| parent.name != table.name) else {
            continue;
        };
        let Some(theirs) = &parent.comment.tags().owner else { continue };
        let is_single = constraint.columns.len() == 1;
        if theirs == referenced && is_single {
            return by_owner(catalog, parent, theirs, shown, steps + 1);
        } else if theirs == referenced {
            composite = Some((parent, theirs));
        } else if is_single {
            let inner = condition(catalog, parent, steps + 1)?;
            return Ok(within(std::slice::from_ref(&shown.name), key, parent, &inner));
        }
    }
    match composite {
        Some((parent, theirs)) => by_owner(catalog, parent, theirs, shown, steps + 1),
        None => by_account(shown),
    }
}

/// `user_id = (select auth.uid())`
fn by_account(column: &Column) -> Result<String, String> {
    let name = Ident::new(column.name.as_str());
    match crate::mask::bare(&column.data_type) {
        "uuid" => Ok(format!("{name} = (select auth.uid())")),
        "text" | "character varying" => Ok(format!("{name} = (select auth.uid())::text")),
        other => Err(format!(
            "the owner's column `{}` is {other}, and a caller is known by a uuid (auth.uid()): make it uuid, or write the \
             policies by hand",
            column.name
        )),
    }
}

fn through_parent(catalog: &Catalog, table: &Table, steps: usize) -> Result<String, String> {
    match parents(catalog, table).as_slice() {
        [] => Err("nothing says whose its rows are: give it an `@owner` tag".to_owned()),
        [(columns, key, parent)] => {
            let owner = parent.comment.tags().owner.as_deref().unwrap_or_default();
            let at = key.referenced_columns.iter().position(|name| name == owner);
            match at.and_then(|at| table.column(columns.get(at)?)) {
                Some(shown) => by_owner(catalog, parent, owner, shown, steps + 1),
                None => Ok(within(columns, key, parent, &condition(catalog, parent, steps + 1)?)),
            }
        }
        several => {
            let names: Vec<String> = several.iter().map(|(_, _, parent)| parent.name.to_string()).collect();
            Err(format!("its rows may belong to {}: say by `@owner` which column decides", names.join(" or to ")))
        }
    }
}

/// The owned tables whose rows take this table's rows along when they go.
fn parents<'a>(catalog: &'a Catalog, table: &'a Table) -> Vec<(&'a [String], &'a ForeignKey, &'a Table)> {
    let required =
        |columns: &[String]| columns.iter().all(|name| table.column(name).is_some_and(|column| column.not_null));
    table
        .foreign_keys()
        .filter(|(constraint, key)| key.on_delete == ForeignKeyAction::Cascade && required(&constraint.columns))
        .filter_map(|(constraint, key)| {
            let parent = catalog.tables.get(&key.references)?;
            let owner = parent.comment.tags().owner.as_ref()?;
            // Who points at an owner alone could say `@owner`, and does not: a hold on somebody's data is not theirs.
            let is_child = parent.name != table.name && key.referenced_columns != [owner.clone()];
            is_child.then_some((constraint.columns.as_slice(), key, parent))
        })
        .collect()
}

/// `order_id in (select id from public.orders where …)`. The parent's own policies hold within it, too.
fn within(columns: &[String], key: &ForeignKey, parent: &Table, condition: &str) -> String {
    let quoted = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| Ident::new(name.as_str()).to_string()).collect();
        names.join(", ")
    };
    let (own, theirs) = (quoted(columns), quoted(&key.referenced_columns));
    let own = if columns.len() > 1 { format!("({own})") } else { own };
    format!("{own} in (select {theirs} from {} where {condition})", parent.name)
}

fn write(catalog: &Catalog, table: &Table, own: &str, roles: &PolicyRoles, out: &mut String) {
    let name = &table.name;
    if !out.is_empty() {
        out.push('\n');
    }
    let _ =
        write!(out, "alter table {name} enable row level security;\nalter table {name} force  row level security;\n\n");
    let in_trash = table.column("deleted_at").is_some();
    // The read policy is checked on the new version of a row, too: a bare `deleted_at is null` would refuse to delete softly.
    let sees_trash = catalog.overloads("auth", "sees_trash").next().is_some();
    let has = |role: &str| catalog.roles.contains_key(role) || catalog.server_roles.contains(role);
    let mut comments = String::new();
    let mut policy = |called: &str, command: &str, role: &str, using: &str, check: Option<&str>, about: &str| {
        let role = Ident::new(role);
        let _ = write!(out, "create policy {called} on {name}\n  for {command} to {role}\n  using ({using})");
        if let Some(check) = check {
            let _ = write!(out, "\n  with check ({check})");
        }
        out.push_str(";\n");
        let _ = writeln!(comments, "comment on policy {called} on {name} is {};", Literal::text(about));
    };
    if has(&roles.people) {
        let (using, about) = match in_trash && sees_trash {
            true => (
                format!("{own} and (deleted_at is null or (select auth.sees_trash()))"),
                "A person sees and writes their own rows; those in the trash when the request asks for them.",
            ),
            false => (own.to_owned(), "A person sees and writes their own rows."),
        };
        policy("owner_manages_own", "all", &roles.people, &using, Some(own), about);
    }
    if has(&roles.service) {
        let about = "Trusted server code sees and writes every row.";
        policy("service_manages_all", "all", &roles.service, "true", Some("true"), about);
    }
    if has(&roles.reporting) {
        let using = if in_trash { "deleted_at is null" } else { "true" };
        let about = "Reporting reads live rows; column grants keep personal and encrypted data out.";
        policy("readonly_reads_live", "select", &roles.reporting, using, None, about);
    }
    out.push_str(&comments);
}

#[cfg(test)]
mod tests {
    use super::{PolicyRoles, generate, owned};
    use crate::testing::{TestTable, catalog, table};
    use std::collections::BTreeSet;

    fn notes() -> TestTable {
        table("notes").comment("N. @owner user_id").column("id", "uuid", "").column("user_id", "uuid not null", "")
    }

    fn people() -> TestTable {
        table("customers").comment("C. @owner user_id").column("id", "uuid", "").column("user_id", "uuid", "")
    }

    /// Of the last table in order of names: the condition of the policy for people, or why there is none.
    fn check(tables: impl IntoIterator<Item = TestTable>, expected: &str) {
        let mut catalog = catalog(tables);
        catalog.server_roles.0.insert("authenticated".to_owned());
        let tables = owned(&catalog, &["public".to_owned()]);
        let last = tables.last().unwrap();
        let made = generate(&catalog, &[*last], &PolicyRoles::default());
        let found = match made.skipped.first() {
            Some(skipped) => skipped.reason.clone(),
            None => {
                let check = made.sql.split("with check (").nth(1).unwrap();
                check.split(");\n").next().unwrap().to_owned()
            }
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn whose_a_row_is() {
        check([notes()], "user_id = (select auth.uid())");
        let text = table("notes").comment("@owner who").column("who", "text", "");
        check([text], "who = (select auth.uid())::text");
        let number = table("notes").comment("@owner who").column("who", "bigint", "");
        check(
            [number],
            "the owner's column `who` is bigint, and a caller is known by a uuid (auth.uid()): make it uuid, or write the \
             policies by hand",
        );
        check([table("notes").comment("@owner who")], "`@owner` names the column `who`, which is not there");
    }

    #[test]
    fn through_a_table_that_is_owned() {
        let orders = || {
            table("orders").comment("@owner customer_id").column("customer_id", "uuid not null", "").foreign_key(
                "fk",
                &["customer_id"],
                "customers",
                &["id"],
            )
        };
        let of_customer = "customer_id in (select id from public.customers where user_id = (select auth.uid()))";
        check([people(), orders()], of_customer);
        // A key that is the owner is compared itself.
        let same = people().comment("@owner id");
        check([same, orders()], "customer_id = (select auth.uid())");
        // A key over both tells whose it is as well.
        let lines = table("parts").comment("@owner customer_id").column("customer_id", "uuid", "").foreign_key(
            "fk",
            &["customer_id", "order_id"],
            "orders",
            &["customer_id", "id"],
        );
        check([people(), orders(), lines], of_customer);
        let items = |second: bool| {
            let items = table("parts").column("order_id", "uuid not null", "").column("note_id", "uuid not null", "");
            let items = items.foreign_key("a", &["order_id"], "customers", &["id"]);
            if second { items.foreign_key("b", &["note_id"], "notes", &["id"]) } else { items }
        };
        check(
            [people(), items(false)],
            "order_id in (select id from public.customers where user_id = (select auth.uid()))",
        );
        check(
            [people(), notes(), items(true)],
            "its rows may belong to public.customers or to public.notes: say by `@owner` which column decides",
        );
    }

    #[test]
    fn all_of_it() {
        let trashed = notes().column("deleted_at", "timestamp with time zone", "");
        let mut catalog = catalog([trashed]);
        let roles = PolicyRoles::default();
        assert!(!generate(&catalog, &owned(&catalog, &["public".to_owned()]), &roles).sql.contains("create policy"));
        catalog.server_roles.0 = BTreeSet::from([roles.people.clone(), roles.service.clone(), roles.reporting.clone()]);
        let made = generate(&catalog, &owned(&catalog, &["public".to_owned()]), &roles);
        insta::assert_snapshot!(made.sql);
    }
}
