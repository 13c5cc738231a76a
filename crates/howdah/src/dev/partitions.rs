//! Partitions that came with the data rather than with the schema, such as a month that a function made.
//!
//! They are no difference between what is wanted and what is there, and the rows in them need them: so they are left
//! out of the comparison and made again, with what hangs on each of them alone, before rows are carried over.

use howdah_pg::{Ident, Literal, PgError};
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{Catalog, Table};
use tokio_postgres::Client;

/// Takes out of `before` the partitions that `after` does not have although it has their parent, and returns them.
pub(crate) fn set_aside(before: &mut Catalog, after: &Catalog) -> Vec<Table> {
    let is_data = |name: &QualifiedName, table: &Table| {
        let Some(of) = &table.partition_of else { return false };
        let parent = after.tables.get(&of.parent);
        !after.tables.contains_key(name) && parent.is_some_and(|parent| parent.partition_key.is_some())
    };
    let names: Vec<QualifiedName> =
        before.tables.iter().filter(|(name, table)| is_data(name, table)).map(|(name, _)| name.clone()).collect();
    names.iter().filter_map(|name| before.tables.remove(name)).collect()
}

/// Makes them in the other database.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn carry_over(next: &Client, partitions: &[Table]) -> Result<(), PgError> {
    for table in partitions {
        let Some(of) = &table.partition_of else { continue };
        let name = &table.name;
        let mut statements = vec![
            format!("create table {name} partition of {} {}", of.parent, of.bounds),
            format!("alter table {name} owner to {}", Ident::new(table.owner.as_str())),
        ];
        if table.row_security.enabled {
            statements.push(format!("alter table {name} enable row level security"));
        }
        if table.row_security.forced {
            statements.push(format!("alter table {name} force row level security"));
        }
        if !table.comment.is_empty() {
            statements.push(format!("comment on table {name} is {}", Literal::text(table.comment.raw())));
        }
        let own = table.triggers.values().filter(|trigger| !trigger.inherited);
        statements.extend(own.map(|trigger| trigger.definition.clone()));
        for grant in &table.acl.grants {
            let option = if grant.grantable { " with grant option" } else { "" };
            let grantee = Ident::new(grant.grantee.as_str());
            statements.push(format!("grant {} on {name} to {grantee}{option}", grant.privilege));
        }
        next.batch_execute(&statements.join(";\n")).await?;
    }
    Ok(())
}
