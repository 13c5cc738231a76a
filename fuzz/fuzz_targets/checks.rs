//! Any text of a CHECK constraint is carried into the clients or left to the database.
#![no_main]

#[path = "../catalog.rs"]
mod catalog;

use std::sync::OnceLock;

use howdah_schema::catalog::{Catalog, ConstraintKind, Domain, Table};
use howdah_schema::clients::rules::{of_domain, of_table};
use howdah_schema::clients::{ClientOptions, json_schema, rust, typescript, zod};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|expression: &str| {
    let (mut table, mut domain) = subjects().clone();
    for constraint in table.constraints.values_mut() {
        if let ConstraintKind::Check { expression: checked, .. } = &mut constraint.kind {
            expression.clone_into(checked);
        }
    }
    for check in domain.checks.values_mut() {
        check.definition = format!("CHECK ({expression})");
    }
    let catalog = catalog::catalog();
    let rules = of_table(catalog, &table);
    let carried = !rules.columns.is_empty() || !rules.rows.is_empty() || !of_domain(catalog, &domain).rules.is_empty();
    // Writing clients is a thousand times the work, and only what is carried is in them.
    if carried {
        let catalog = catalog_of(table, domain);
        let options = ClientOptions { schemas: ["public".to_owned()].into() };
        for files in [zod::files, typescript::files, json_schema::files, rust::files] {
            assert!(!files(&catalog, &options).is_empty());
        }
    }
});

/// The table and the domain whose CHECKs are replaced.
fn subjects() -> &'static (Table, Domain) {
    static SUBJECTS: OnceLock<(Table, Domain)> = OnceLock::new();
    SUBJECTS.get_or_init(|| {
        let catalog = catalog::catalog();
        let table = catalog.tables.values().find(|table| table.name.name == "checked").expect("shop.sql has it");
        let domain = catalog.domains.values().next().expect("shop.sql has one");
        (table.clone(), domain.clone())
    })
}

fn catalog_of(table: Table, domain: Domain) -> Catalog {
    let mut catalog = catalog::catalog().clone();
    catalog.tables.insert(table.name.clone(), table);
    catalog.domains.insert(domain.name.clone(), domain);
    catalog
}
