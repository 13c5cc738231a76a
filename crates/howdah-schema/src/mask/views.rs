//! The views through which a reporting role reads tables that hold personal data.
//!
//! A table `public.contacts` with masked columns gets a view `public_masked.contacts` with the same columns in the same order
//! and of the same types. The role reads the view; on the table it has no right to the masked columns.
//!
//! Why a view that reads as its owner, and not `security_invoker`: an invoker view would need the caller's right to the very
//! columns it hides. So the view has to choose the rows itself, and it chooses those that the role's own policies on the table
//! show, written into its WHERE; a role with no policy sees none. It is a `security_barrier`: a function of the caller is called
//! for rows that passed this WHERE and gets values that are masked already. Conditions, orders and joins on the view meet the
//! mask, never what is under it, because the mask is the column.

use super::{all, expression};
use crate::catalog::{Catalog, Column, Grant, PUBLIC, Policy, PolicyCommand, Table};
use crate::tags::Mask;
use crate::{Ident, Literal, QualifiedName};
use std::fmt::Write as _;

/// What the schema of the views is called beside that of the tables.
pub const SUFFIX: &str = "_masked";
/// Where the keys of hashes are, in the schema of the views.
pub const HASH_KEYS: &str = "hash_keys";

/// The name of the view of a table.
pub fn view_of(table: &QualifiedName) -> QualifiedName {
    QualifiedName::new(format!("{}{SUFFIX}", table.schema), table.name.clone())
}

/// The name of the table that a view of this name would be of.
pub fn table_of(view: &QualifiedName) -> Option<QualifiedName> {
    let schema = view.schema.strip_suffix(SUFFIX).filter(|schema| !schema.is_empty())?;
    Some(QualifiedName::new(schema, view.name.clone()))
}

/// Whether a table has columns to mask. A partition is read through its parent.
pub fn is_masked(table: &Table) -> bool {
    table.partition_of.is_none() && !all(&table.columns).is_empty()
}

/// The tables of these schemas that get a view for a role, by name: those with masked columns of which it may read some column at
/// all. A view opens nothing that was closed.
pub fn tables<'a>(catalog: &'a Catalog, schemas: &[String], role: &str) -> Vec<&'a Table> {
    let of_schemas = catalog.tables.values().filter(|table| schemas.contains(&table.name.schema));
    of_schemas.filter(|table| is_masked(table) && is_read_by(catalog, table, role)).collect()
}

/// Whether a role may read any column of a table.
pub fn is_read_by(catalog: &Catalog, table: &Table, role: &str) -> bool {
    let names = catalog.rights_of(role);
    let columns = table.columns.iter().flat_map(|column| &column.grants);
    let mut grants = table.acl.grants.iter().chain(columns);
    grants.any(|grant| grant.privilege == "SELECT" && names.contains(grant.grantee.as_str()))
}

/// The schema file that makes these views for `role`; `None` if there is no such table. The same catalog gives the same text, and
/// the views that are there already change nothing.
pub fn sql(catalog: &Catalog, schemas: &[String], role: &str) -> Option<String> {
    let tables = tables(catalog, schemas, role);
    if tables.is_empty() {
        return None;
    }
    let mut out = header(role);
    let mut at = "";
    for table in &tables {
        if table.name.schema != at {
            at = &table.name.schema;
            let of_schema: Vec<&Table> = tables.iter().copied().filter(|table| table.name.schema == at).collect();
            schema(at, &of_schema, role, &mut out);
        }
        view(catalog, table, role, &mut out);
    }
    Some(out)
}

fn header(role: &str) -> String {
    format!(
        "-- Masked views: what {role} sees of tables that hold personal data.\n\
         --\n\
         -- Generated from the @mask and @pii tags by `howdah role masks`: change the tags and run it again.\n\
         -- The views read as their owner, show the rows that {role}'s own policies show, and mask by\n\
         -- expression, so that no condition, order or join on them meets a value that is hidden.\n"
    )
}

fn schema(of: &str, tables: &[&Table], role: &str, out: &mut String) {
    let name = Ident::new(format!("{of}{SUFFIX}"));
    let about = Literal::text(format!("The tables of schema {of} as reporting may see them: masked."));
    let role = Ident::new(role);
    let _ = write!(
        out,
        "\ncreate schema {name};\ncomment on schema {name} is {about};\ngrant usage on schema {name} to {role};\n"
    );
    let is_hashed = |table: &&&Table| {
        let masks = all(&table.columns);
        let hash = |column: &Column| masks.get(column.name.as_str()) == Some(&Mask::Hash);
        let takes_text = |column: &Column| super::is_text(&column.data_type) && !column.data_type.array;
        table.columns.iter().any(|column| hash(column) && takes_text(column))
    };
    if tables.iter().any(|table| is_hashed(&table)) {
        let keys = hash_keys(of);
        let random = "decode(replace(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), '-', ''), 'hex')";
        let _ = write!(
            out,
            "\n-- Without a row in here every hash is NULL. `howdah role masks --make-key` adds it, once a database; it is\n\
             -- random, so it is no part of a migration.\n\
             create table {keys} (\n  \
               id         uuid        not null default '00000000-0000-0000-0000-000000000000',\n  \
               inner_key  bytea       not null default {random},\n  \
               outer_key  bytea       not null default {random},\n  \
               created_at timestamptz not null default now(),\n  \
               updated_at timestamptz not null default now(),\n\n  \
               constraint hash_keys_pkey   primary key (id),\n  \
               constraint chk_hash_keys_id check (id = '00000000-0000-0000-0000-000000000000')\n);\n\
             comment on table  {keys}            is 'The keys of hashed values: one row, read by the views alone.';\n\
             comment on column {keys}.id         is 'Always the same: there is one row.';\n\
             comment on column {keys}.inner_key  is 'Goes before the value.';\n\
             comment on column {keys}.outer_key  is 'Goes before the digest of the value.';\n\
             comment on column {keys}.created_at is 'When the keys were made.';\n\
             comment on column {keys}.updated_at is 'When they last changed; hashes from before do not match later ones.';\n"
        );
    }
}

/// The table of the keys beside the views of a schema.
pub fn hash_keys(of: &str) -> QualifiedName {
    QualifiedName::new(format!("{of}{SUFFIX}"), HASH_KEYS)
}

fn view(catalog: &Catalog, table: &Table, role: &str, out: &mut String) {
    let name = view_of(&table.name);
    let masks = all(&table.columns);
    let keys = hash_keys(&table.name.schema).to_string();
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let quoted = Ident::new(column.name.as_str());
            match masks.get(column.name.as_str()) {
                Some(mask) => format!("  {} as {quoted}", expression(*mask, column, &keys)),
                None => format!("  {quoted}"),
            }
        })
        .collect();
    let _ = write!(
        out,
        "\n\ncreate view {name} with (security_barrier) as\nselect\n{}\nfrom {}",
        columns.join(",\n"),
        table.name
    );
    if let Some(rows) = rows_of(catalog, table, role) {
        let _ = write!(out, "\nwhere {rows}");
    }
    let about = format!("{} as reporting may see it.", table.name);
    let _ = write!(out, ";\ncomment on view {name} is {};\n", Literal::text(about));
    for column in &table.columns {
        let quoted = Ident::new(column.name.as_str());
        let said = column.comment.text();
        let said = if said.is_empty() { "As in the table." } else { said };
        let said = match masks.get(column.name.as_str()) {
            Some(mask) => format!("{said} @mask {}", mask.as_str()),
            None => said.to_owned(),
        };
        let _ = writeln!(out, "comment on column {name}.{quoted} is {};", Literal::text(said));
    }
    let _ = writeln!(out, "grant select on {name} to {};", Ident::new(role));
}

/// Which rows the policies of a table show to a role, as a condition; `None` for all of them.
pub fn rows_of(catalog: &Catalog, table: &Table, role: &str) -> Option<String> {
    let known = catalog.roles.get(role);
    if !table.row_security.enabled || known.is_some_and(|role| role.bypass_rls || role.superuser) {
        return None;
    }
    let names = catalog.rights_of(role);
    let applies = |policy: &&Policy| {
        matches!(policy.command, PolicyCommand::All | PolicyCommand::Select)
            && policy.roles.iter().any(|named| named == PUBLIC || names.contains(named.as_str()))
    };
    let (mut any, mut each) = (Vec::new(), Vec::new());
    for policy in table.policies.values().filter(applies) {
        if let Some(using) = &policy.using {
            if policy.permissive { any.push(bracketed(using)) } else { each.push(bracketed(using)) }
        }
    }
    if any.is_empty() {
        return Some("false".to_owned());
    }
    if any.iter().any(|condition| condition == "(true)") {
        any.clear();
    }
    let any = if any.len() > 1 { format!("({})", any.join(" or ")) } else { any.concat() };
    let conditions: Vec<String> = std::iter::once(any).filter(|any| !any.is_empty()).chain(each).collect();
    (!conditions.is_empty()).then(|| conditions.join(" and "))
}

fn bracketed(sql: &str) -> String {
    format!("({})", crate::sql::bare(sql))
}

/// Of a table with masked columns: those that a role may read as they are, beside its view.
pub fn open_columns<'a>(catalog: &Catalog, table: &'a Table, role: &str) -> Vec<&'a str> {
    let names = catalog.rights_of(role);
    let may = |grants: &[Grant]| {
        grants.iter().any(|grant| grant.privilege == "SELECT" && names.contains(grant.grantee.as_str()))
    };
    if role == table.owner {
        return Vec::new();
    }
    let whole = may(&table.acl.grants);
    let masks = all(&table.columns);
    let open = |column: &&Column| masks.contains_key(column.name.as_str()) && (whole || may(&column.grants));
    table.columns.iter().filter(open).map(|column| column.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::{rows_of, sql, table_of, view_of};
    use crate::catalog::{Comment, Grant, Policy, PolicyCommand};
    use crate::testing::{TestTable, catalog, qualified, table};

    fn policy(name: &str, role: &str, using: &str, permissive: bool) -> Policy {
        Policy {
            name: name.to_owned(),
            command: PolicyCommand::Select,
            permissive,
            roles: vec![role.to_owned()],
            using: Some(using.to_owned()),
            check: None,
            comment: Comment::default(),
        }
    }

    fn secured(policies: &[(&str, &str, bool)]) -> TestTable {
        let mut table = table("contacts")
            .column("id", "uuid", "The row's id.")
            .column("email", "text", "Where mail goes. @pii email")
            .column("slug", "text", "In URLs. @mask hash")
            .with(|table| table.row_security.enabled = true);
        table.0.columns[0].grants.push(Grant {
            grantee: "reporting".to_owned(),
            privilege: "SELECT".to_owned(),
            grantor: "owner".to_owned(),
            grantable: false,
        });
        for (at, (role, using, permissive)) in policies.iter().enumerate() {
            let name = format!("p{at}");
            table.0.policies.insert(name.clone(), policy(&name, role, using, *permissive));
        }
        table
    }

    #[test]
    fn rows_are_those_of_the_roles_own_policies() {
        let check = |policies: &[(&str, &str, bool)], expected: Option<&str>| {
            let catalog = catalog([secured(policies)]);
            let found = rows_of(&catalog, &catalog.tables[&qualified("contacts")], "reporting");
            assert_eq!(found.as_deref(), expected, "{policies:?}");
        };
        check(&[], Some("false"));
        check(&[("somebody", "true", true)], Some("false"));
        check(&[("reporting", "true", true)], None);
        check(&[("public", "(deleted_at IS NULL)", true)], Some("(deleted_at IS NULL)"));
        check(
            &[("reporting", "a", true), ("reporting", "b", true), ("public", "c", false)],
            Some("((a) or (b)) and (c)"),
        );
        check(&[("reporting", "true", true), ("reporting", "b", true), ("reporting", "c", false)], Some("(c)"));
        let catalog = catalog([secured(&[]).with(|table| table.row_security.enabled = false)]);
        assert_eq!(rows_of(&catalog, &catalog.tables[&qualified("contacts")], "reporting"), None);
    }

    #[test]
    fn the_file() {
        let public = vec!["public".to_owned()];
        let plain = table("notes").column("id", "uuid", "");
        let both = catalog([secured(&[("reporting", "(deleted_at IS NULL)", true)]), plain.clone()]);
        insta::assert_snapshot!(sql(&both, &public, "reporting").unwrap());
        assert_eq!(sql(&catalog([plain]), &public, "reporting"), None);
        assert_eq!(sql(&both, &["shop".to_owned()], "reporting"), None);
        // Who may read nothing of the table is shown nothing of it.
        assert_eq!(sql(&both, &public, "somebody"), None);
    }

    #[test]
    fn names_lead_there_and_back() {
        let table = qualified("shop.orders");
        assert_eq!(table_of(&view_of(&table)), Some(table));
        assert_eq!(table_of(&qualified("public.orders")), None);
        assert_eq!(table_of(&qualified("_masked.orders")), None);
    }
}
