//! More tables than one looks at.

use super::check;
use crate::Catalog;
use crate::catalog::PolicyCommand;
use crate::docs::Facts;
use crate::docs::tests::sample::{acl, policy, with_policy};
use crate::testing::{catalog, table};

fn many(number: usize) -> Catalog {
    let tables = (0..number).map(|n| {
        let name = format!("table_{n:04}");
        let group = n / 20;
        let mut made = table(&name).comment(&format!("Table number {n}. @group group_{group}"));
        made = made.column("id", "uuid not null", "Its id.").column("parent_id", "uuid", "Its parent.");
        for column in 2..10 {
            made = made.column(&format!("column_{column}"), "text", "Some text.");
        }
        made = made
            .primary_key(&["id"])
            .index(&format!("idx_{name}"), &["parent_id"], "")
            .foreign_key("fk_parent", &["parent_id"], &format!("table_{:04}", n / 3), &["id"])
            .check("chk", &["column_2"], "(char_length(column_2) <= 100)")
            .with(|table| table.acl = acl(&[("app", "SELECT"), ("app", "INSERT")]));
        with_policy(made, policy("own", PolicyCommand::All, "app", "(id = auth.uid())", ""))
    });
    let mut catalog = catalog(tables);
    catalog.roles.insert("app".into(), crate::testing::role("app"));
    catalog
}

#[test]
fn sixty_tables_are_consistent() {
    let (documentation, pages) = check(&many(60), &Facts::default());
    assert_eq!((documentation.groups.len(), pages.len()), (3, 69));
}
