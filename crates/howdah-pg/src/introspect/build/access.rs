//! Privileges.

use super::unknown;
use crate::PgError;
use howdah_schema::catalog::{Acl, DefaultPrivilege, Grant, PrivilegeObjects};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;

/// Kinds of privilege lists, in `acldefault`'s letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Relation,
    Sequence,
    Function,
    Type,
    Schema,
    Column,
}

impl Kind {
    fn letter(self) -> &'static str {
        match self {
            Self::Relation => "r",
            Self::Sequence => "s",
            Self::Function => "f",
            Self::Type => "T",
            Self::Schema => "n",
            Self::Column => "c",
        }
    }
}

/// Every distinct list: by kind, owner, and the list as text (`None` for the default).
type Lists = HashMap<(String, String, Option<String>), Vec<Grant>>;

/// Looks lists up by what stands in an object's row.
#[derive(Debug)]
pub(super) struct Access {
    lists: Lists,
}

impl Access {
    pub(super) fn read(rows: &[Row]) -> Result<Self, PgError> {
        let mut lists = Lists::new();
        for row in rows {
            let key = (row.try_get("kind")?, row.try_get("owner")?, row.try_get("acl")?);
            lists.entry(key).or_default().extend(grant(row)?);
        }
        lists.values_mut().for_each(|grants| grants.sort());
        Ok(Self { lists })
    }

    /// The privileges in a row's column `acl`.
    pub(super) fn acl(&self, kind: Kind, owner: &str, row: &Row) -> Result<Acl, PgError> {
        let list: Option<String> = row.try_get("acl")?;
        let default = self.list(kind, owner, None)?;
        let Some(list) = list else { return Ok(Acl { explicit: false, grants: default.clone() }) };
        let grants = self.list(kind, owner, Some(list))?;
        Ok(Acl { explicit: grants != default, grants: grants.clone() })
    }

    /// The privileges of a column of a relation that `owner` owns.
    pub(super) fn column(&self, owner: &str, acl: Option<String>) -> Result<Vec<Grant>, PgError> {
        match acl {
            None => Ok(Vec::new()),
            Some(acl) => self.list(Kind::Column, owner, Some(acl)).cloned(),
        }
    }

    fn list(&self, kind: Kind, owner: &str, acl: Option<String>) -> Result<&Vec<Grant>, PgError> {
        let key = (kind.letter().to_owned(), owner.to_owned(), acl);
        self.lists.get(&key).ok_or_else(|| PgError::Catalog {
            what: "privileges".to_owned(),
            reason: format!("the list {:?} of {owner} was not read", key.2),
        })
    }
}

/// The privilege in a row; `None` in the row that stands for an empty list.
fn grant(row: &Row) -> Result<Option<Grant>, PgError> {
    let Some(privilege) = row.try_get("privilege")? else { return Ok(None) };
    Ok(Some(Grant {
        grantee: row.try_get("grantee")?,
        privilege,
        grantor: row.try_get("grantor")?,
        grantable: row.try_get("grantable")?,
    }))
}

pub(super) fn default_privileges(rows: &[Row]) -> Result<Vec<DefaultPrivilege>, PgError> {
    let mut settings: BTreeMap<(String, Option<String>, PrivilegeObjects), Vec<Grant>> = BTreeMap::new();
    for row in rows {
        let objects = match row.try_get("objects")? {
            "r" => PrivilegeObjects::Tables,
            "S" => PrivilegeObjects::Sequences,
            "f" => PrivilegeObjects::Functions,
            "T" => PrivilegeObjects::Types,
            "n" => PrivilegeObjects::Schemas,
            "L" => PrivilegeObjects::LargeObjects,
            code => return Err(unknown("a default privilege", code)),
        };
        settings.entry((row.try_get("role")?, row.try_get("schema")?, objects)).or_default().extend(grant(row)?);
    }
    Ok(settings
        .into_iter()
        .map(|((role, schema, objects), mut grants)| {
            grants.sort();
            DefaultPrivilege { role, schema, objects, grants }
        })
        .collect())
}
