//! From one list of privileges to another, in GRANT and REVOKE.
//!
//! Owners are compared as owners, not by name: when an object changes hands, its owner's privileges, and whatever it had
//! granted, go over to the new one by themselves.

use crate::Ident;
use crate::catalog::{Grant, PUBLIC, PrivilegeObjects};
use std::collections::BTreeMap;

/// Privileges in the order in which they are listed in a statement.
#[rustfmt::skip]
const ORDER: &[&str] = &[
    "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN", "USAGE", "CREATE", "EXECUTE",
];

/// Who grants or is granted something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Party {
    /// Whoever owns the object.
    Owner,
    /// Everyone.
    Public,
    /// This role, which is not the owner.
    Role(String),
}

impl Party {
    /// A role's name as the catalog has it, where these roles count as the owner.
    fn new(name: &str, owners: &[&str]) -> Self {
        match name {
            PUBLIC => Self::Public,
            name if owners.contains(&name) => Self::Owner,
            name => Self::Role(name.to_owned()),
        }
    }

    fn sql(&self, owner: &str) -> String {
        match self {
            Self::Owner => owner.to_owned(),
            Self::Public => "PUBLIC".to_owned(),
            Self::Role(name) => Ident::new(name).to_string(),
        }
    }
}

/// A privilege as somebody granted it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) grantor: Party,
    pub(super) grantee: Party,
    pub(super) privilege: String,
}

/// Privileges, and whether they may be passed on.
pub(super) type Privileges = BTreeMap<Key, bool>;

/// Reads a list; what is said of any of `owners` is said of the owner.
pub(super) fn read(grants: &[Grant], owners: &[&str]) -> Privileges {
    let mut privileges = Privileges::new();
    for grant in grants {
        let grantee = Party::new(&grant.grantee, owners);
        let key = Key { grantor: Party::new(&grant.grantor, owners), grantee, privilege: grant.privilege.clone() };
        *privileges.entry(key).or_default() |= grant.grantable;
    }
    privileges
}

/// What PostgreSQL gives when nothing was granted or revoked.
pub(super) fn built_in(objects: PrivilegeObjects, major: u32) -> Privileges {
    let (owner, public): (&[&str], &[&str]) = match objects {
        PrivilegeObjects::Tables if major >= 17 => (&ORDER[..8], &[]),
        PrivilegeObjects::Tables => (&ORDER[..7], &[]),
        PrivilegeObjects::Sequences => (&["SELECT", "UPDATE", "USAGE"], &[]),
        PrivilegeObjects::Functions => (&["EXECUTE"], &["EXECUTE"]),
        PrivilegeObjects::Types => (&["USAGE"], &["USAGE"]),
        PrivilegeObjects::Schemas => (&["USAGE", "CREATE"], &[]),
        PrivilegeObjects::LargeObjects => (&["SELECT", "UPDATE"], &[]),
    };
    let of = |grantee: Party, privilege: &&str| {
        (Key { grantor: Party::Owner, grantee, privilege: (*privilege).to_owned() }, false)
    };
    let owner = owner.iter().map(|privilege| of(Party::Owner, privilege));
    owner.chain(public.iter().map(|privilege| of(Party::Public, privilege))).collect()
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    Revoke,
    RevokeOption,
    Grant,
    GrantWithOption,
}

/// One GRANT or REVOKE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) grantor: Party,
    pub(super) grantee: Party,
    pub(super) action: Action,
    /// In their order.
    pub(super) privileges: Vec<String>,
}

impl Statement {
    /// As SQL. `on` is what stands after ON; `column` is the column of it that is meant, as SQL; `owner` is how to call the
    /// owner.
    pub(super) fn sql(&self, on: &str, column: Option<&str>, owner: &str) -> String {
        let column = column.map(|column| format!(" ({column})")).unwrap_or_default();
        let privileges: Vec<_> = self.privileges.iter().map(|privilege| format!("{privilege}{column}")).collect();
        let (privileges, grantee) = (privileges.join(", "), self.grantee.sql(owner));
        match self.action {
            Action::Revoke => format!("REVOKE {privileges} ON {on} FROM {grantee}"),
            Action::RevokeOption => format!("REVOKE GRANT OPTION FOR {privileges} ON {on} FROM {grantee}"),
            Action::Grant => format!("GRANT {privileges} ON {on} TO {grantee}"),
            Action::GrantWithOption => format!("GRANT {privileges} ON {on} TO {grantee} WITH GRANT OPTION"),
        }
    }
}

/// Privileges of statements, by how near to the owner they are, grantor, grantee and action.
type Unsorted<'p> = BTreeMap<(i32, &'p Party, &'p Party, Action), Vec<String>>;

fn add<'p>(statements: &mut Unsorted<'p>, rank: i32, key: &'p Key, action: Action) {
    statements.entry((rank, &key.grantor, &key.grantee, action)).or_default().push(key.privilege.clone());
}

/// The statements that lead to `wanted` from privileges of which `certain` are there and `possible` may be there.
///
/// What others granted is revoked before what let them grant it, and granted after.
pub(super) fn changes(certain: &Privileges, possible: &Privileges, wanted: &Privileges) -> Vec<Statement> {
    let mut statements = Unsorted::new();
    let depths = depths(possible);
    for (key, &grantable) in possible {
        let rank = -1 - depth(&depths, &key.grantor);
        match wanted.get(key) {
            None => add(&mut statements, rank, key, Action::Revoke),
            Some(false) if grantable => add(&mut statements, rank, key, Action::RevokeOption),
            Some(_) => {}
        }
    }
    let depths = self::depths(wanted);
    for (key, &grantable) in wanted {
        let action = if grantable { Action::GrantWithOption } else { Action::Grant };
        if certain.get(key).is_none_or(|&there| grantable && !there) {
            add(&mut statements, 1 + depth(&depths, &key.grantor), key, action);
        }
    }
    let statements = statements.into_iter().map(|((_, grantor, grantee, action), mut privileges)| {
        privileges.sort_by_key(|privilege| ORDER.iter().position(|known| known == privilege).unwrap_or(ORDER.len()));
        Statement { grantor: grantor.clone(), grantee: grantee.clone(), action, privileges }
    });
    statements.collect()
}

/// How many grants away from the owner everyone is who may grant: the owner 0, whom it let grant 1 …
fn depths(privileges: &Privileges) -> BTreeMap<&Party, i32> {
    let mut depths = BTreeMap::from([(&Party::Owner, 0)]);
    loop {
        let next = privileges.iter().find_map(|(key, grantable)| {
            let depth = depths.get(&key.grantor)?;
            (*grantable && !depths.contains_key(&key.grantee)).then_some((&key.grantee, depth + 1))
        });
        let Some((party, depth)) = next else { return depths };
        depths.insert(party, depth);
    }
}

fn depth(depths: &BTreeMap<&Party, i32>, grantor: &Party) -> i32 {
    depths.get(grantor).copied().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::kinds::testing::grant;

    /// Grants as `grantee=PRIVILEGE/grantor`, with `*` when they may be passed on; the owner is `o`.
    #[track_caller]
    fn check(from: &[&str], to: &[&str], expected: &[&str]) {
        let read = |grants: &[&str]| read(&grants.iter().map(|text| grant(text)).collect::<Vec<_>>(), &["o"]);
        let (from, to) = (read(from), read(to));
        let statements = changes(&from, &from, &to);
        let sql = statements.iter().map(|statement| {
            let by = statement.grantor.sql("o");
            format!("{by}: {}", statement.sql("TABLE t", None, "o"))
        });
        assert_eq!(sql.collect::<Vec<_>>(), expected);
        assert_eq!(changes(&to, &to, &to), []);
    }

    #[test]
    fn grouped_and_ordered() {
        check(
            &["a=UPDATE/o", "public=SELECT/o"],
            &["a=UPDATE/o", "a=DELETE/o", "a=SELECT/o", "b=SELECT*/o"],
            &[
                "o: REVOKE SELECT ON TABLE t FROM PUBLIC",
                "o: GRANT SELECT, DELETE ON TABLE t TO a",
                "o: GRANT SELECT ON TABLE t TO b WITH GRANT OPTION",
            ],
        );
    }

    #[test]
    fn the_option_alone() {
        check(&["a=SELECT*/o"], &["a=SELECT/o"], &["o: REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM a"]);
        check(&["a=SELECT/o"], &["a=SELECT*/o"], &["o: GRANT SELECT ON TABLE t TO a WITH GRANT OPTION"]);
    }

    #[test]
    fn the_owner_too() {
        check(&["o=SELECT/o", "o=DELETE/o"], &[], &["o: REVOKE SELECT, DELETE ON TABLE t FROM o"]);
    }

    #[test]
    fn along_the_chain_of_grantors() {
        let chain = ["a=SELECT/b", "b=SELECT*/c", "c=SELECT*/o"];
        check(
            &[],
            &chain,
            &[
                "o: GRANT SELECT ON TABLE t TO c WITH GRANT OPTION",
                "c: GRANT SELECT ON TABLE t TO b WITH GRANT OPTION",
                "b: GRANT SELECT ON TABLE t TO a",
            ],
        );
        check(
            &chain,
            &[],
            &[
                "b: REVOKE SELECT ON TABLE t FROM a",
                "c: REVOKE SELECT ON TABLE t FROM b",
                "o: REVOKE SELECT ON TABLE t FROM c",
            ],
        );
    }
}
