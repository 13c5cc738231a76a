//! The roles that a catalog speaks of.

use super::{Rows, comment, options};
use crate::PgError;
use howdah_schema::catalog::{Acl, Catalog, Circumstance, Grant, Membership, PUBLIC, Role, Sequence};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Row;

/// Describes the roles that the catalog mentions and those that they are members of, or every role.
pub(super) fn read(rows: &Rows, every: bool, catalog: &mut Catalog) -> Result<(), PgError> {
    let mut all = BTreeMap::new();
    for row in &rows.roles {
        let role = role(row)?;
        all.insert(role.name.clone(), role);
    }
    for row in &rows.memberships {
        let Some(member) = all.get_mut(row.try_get::<_, &str>("member")?) else { continue };
        let (admin, inherit, set): (bool, Option<bool>, Option<bool>) =
            (row.try_get("admin")?, row.try_get("inherit")?, row.try_get("set")?);
        let membership = member.member_of.entry(row.try_get("role")?).or_insert_with(Membership::default);
        membership.admin |= admin;
        membership.inherit = membership.inherit.max(inherit);
        membership.set = membership.set.max(set);
    }
    catalog.server_roles = Circumstance(all.keys().cloned().collect());
    let mut wanted: Vec<String> =
        if every { all.keys().cloned().collect() } else { mentioned(catalog).into_iter().collect() };
    while let Some(name) = wanted.pop() {
        // The server's own roles are the same everywhere.
        if !name.starts_with("pg_")
            && let Some(role) = all.remove(&name)
        {
            wanted.extend(role.member_of.keys().cloned());
            catalog.roles.insert(name, role);
        }
    }
    Ok(())
}

fn role(row: &Row) -> Result<Role, PgError> {
    Ok(Role {
        name: row.try_get("name")?,
        superuser: row.try_get("is_superuser")?,
        inherit: row.try_get("inherits")?,
        create_role: row.try_get("create_role")?,
        create_db: row.try_get("create_db")?,
        login: row.try_get("can_login")?,
        replication: row.try_get("replication")?,
        bypass_rls: row.try_get("bypass_rls")?,
        connection_limit: row.try_get("connection_limit")?,
        valid_until: row.try_get("valid_until")?,
        config: options(row, "config")?.into(),
        member_of: BTreeMap::new(),
        comment: comment(row)?,
    })
}

/// Owners, grantees, grantors, and those whom policies name.
fn mentioned(catalog: &Catalog) -> BTreeSet<String> {
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
    catalog.aggregates.values().for_each(|aggregate| roles.object(&aggregate.owner, &aggregate.acl));
    catalog.ranges.values().for_each(|range| roles.object(&range.owner, &range.acl));
    catalog.domains.values().for_each(|domain| roles.object(&domain.owner, &domain.acl));
    catalog.enums.values().for_each(|found| roles.object(&found.owner, &found.acl));
    catalog.composites.values().for_each(|composite| roles.object(&composite.owner, &composite.acl));
    catalog.sequences.values().for_each(|sequence| roles.sequence(sequence));
    let others = [
        catalog.collations.values().map(|found| &found.owner).collect::<Vec<_>>(),
        catalog.operators.values().map(|found| &found.owner).collect(),
        catalog.operator_families.values().map(|found| &found.owner).collect(),
        catalog.operator_classes.values().map(|found| &found.owner).collect(),
        catalog.text_search_dictionaries.values().map(|found| &found.owner).collect(),
        catalog.text_search_configurations.values().map(|found| &found.owner).collect(),
        catalog.statistics.values().map(|found| &found.owner).collect(),
        catalog.publications.values().map(|found| &found.owner).collect(),
        catalog.event_triggers.values().map(|found| &found.owner).collect(),
    ];
    others.into_iter().flatten().for_each(|owner| roles.add(owner));
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
