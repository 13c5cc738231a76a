//! The roles that a catalog speaks of.

use howdah_schema::catalog::{Acl, Catalog, Grant, PUBLIC, Sequence};
use std::collections::BTreeSet;

/// Owners, grantees, grantors, and those whom policies name.
pub(super) fn mentioned(catalog: &Catalog) -> BTreeSet<String> {
    let mut roles = Roles(BTreeSet::new());
    for schema in catalog.schemas.values() {
        roles.object(&schema.owner, &schema.acl);
    }
    for table in catalog.tables.values() {
        roles.object(&table.owner, &table.acl);
        for column in &table.columns {
            roles.grants(&column.grants);
            if let Some(sequence) = column.identity.as_ref().and_then(|identity| identity.sequence.as_ref()) {
                roles.sequence(sequence);
            }
        }
        for policy in table.policies.values() {
            policy.roles.iter().for_each(|role| roles.add(role));
        }
    }
    for view in catalog.views.values() {
        roles.object(&view.owner, &view.acl);
        view.columns.iter().for_each(|column| roles.grants(&column.grants));
    }
    catalog.functions.values().for_each(|function| roles.object(&function.owner, &function.acl));
    catalog.domains.values().for_each(|domain| roles.object(&domain.owner, &domain.acl));
    catalog.enums.values().for_each(|found| roles.object(&found.owner, &found.acl));
    catalog.composites.values().for_each(|composite| roles.object(&composite.owner, &composite.acl));
    catalog.sequences.values().for_each(|sequence| roles.sequence(sequence));
    for setting in &catalog.default_privileges {
        roles.add(&setting.role);
        roles.grants(&setting.grants);
    }
    roles.0
}

struct Roles(BTreeSet<String>);

impl Roles {
    fn add(&mut self, role: &str) {
        if role != PUBLIC && !self.0.contains(role) {
            self.0.insert(role.to_owned());
        }
    }

    fn grants(&mut self, grants: &[Grant]) {
        for grant in grants {
            self.add(&grant.grantee);
            self.add(&grant.grantor);
        }
    }

    fn object(&mut self, owner: &str, acl: &Acl) {
        self.add(owner);
        self.grants(&acl.grants);
    }

    fn sequence(&mut self, sequence: &Sequence) {
        self.object(&sequence.owner, &sequence.acl);
    }
}
