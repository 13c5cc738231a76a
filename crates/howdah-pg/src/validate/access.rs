//! What this role may read, and whether it is all there is.

use super::facts::{Facts, RelationFacts};
use super::session::Reading;
use crate::QualifiedName;

/// What a step reads.
#[derive(Debug)]
pub(super) struct Access {
    /// Relations whose rows it reads, the one it is about first.
    pub(super) reads: Vec<QualifiedName>,
    pub(super) reading: Reading,
}

/// Why this role cannot do it, and what would help. What is found out here is found out before a scan of an hour.
pub(super) fn refusal(facts: &Facts, access: &Access) -> Option<(String, String)> {
    let role = &facts.role;
    access.reads.iter().find_map(|name| match facts.relations.get(name) {
        None => Some((format!("{name} is gone since the catalog was read"), "run it again".to_owned())),
        Some(RelationFacts { may_read: false, .. }) => Some((
            format!("{role} may not read {name}"),
            format!("connect as a role that may, or GRANT SELECT ON {name} TO {}", crate::Ident::new(role.as_str())),
        )),
        Some(RelationFacts { hides_rows: true, open_policy: false, .. }) => Some((
            format!("row-level security hides rows of {name} from {role}"),
            "connect as a superuser or a role with BYPASSRLS, or as one that a permissive policy USING (true) shows every row"
                .to_owned(),
        )),
        Some(_) => None,
    })
}

/// Those of the relations that row-level security applies to, and that a policy opens as a whole.
pub(super) fn open_by_policy<'a>(facts: &Facts, access: &'a Access) -> Vec<&'a QualifiedName> {
    let open = |name: &&QualifiedName| facts.relations.get(*name).is_some_and(|facts| facts.open_policy);
    access.reads.iter().filter(open).collect()
}
