//! A thousand tables.

use super::check;
use crate::Catalog;
use crate::catalog::PolicyCommand;
use crate::docs::tests::sample::{acl, policy, with_policy};
use crate::docs::{Documentation, Facts, json, markdown, pages};
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
    catalog.roles.insert("app".into(), super::sample::role("app"));
    catalog
}

#[test]
fn sixty_tables_are_consistent() {
    let (documentation, pages) = check(&many(60), &Facts::default());
    assert_eq!((documentation.groups.len(), pages.len()), (3, 69));
}

#[test]
#[ignore = "prints times: cargo test --release -p howdah-schema a_thousand_tables -- --ignored --nocapture"]
fn a_thousand_tables() {
    let catalog = many(1000);
    let start = std::time::Instant::now();
    let documentation = Documentation::new(&catalog, &Facts::default());
    let model = start.elapsed();
    let pages = pages(&documentation, &catalog);
    let paged = start.elapsed();
    let files = markdown(&pages);
    let written = start.elapsed();
    let json = json(&documentation);
    let all = start.elapsed();
    let report = format!("model {model:?}, pages {paged:?}, Markdown {written:?}, JSON {all:?}");
    assert!(!json.is_empty() && files.len() > 1000, "{report}");
    std::fs::write("/tmp/docs-times.txt", report).unwrap();
}
