//! ALTER DEFAULT PRIVILEGES.
//!
//! Without a schema, a setting replaces the built-in default; in a schema, it adds to what holds without one.

use super::privileges::{self, Privileges};
use crate::Ident;
use crate::catalog::{Catalog, DefaultPrivilege, ObjectId, PrivilegeObjects};
use crate::diff::Context;
use crate::diff::object::{Change, DefaultPrivilegesOf, Facets, Kind};
use crate::diff::objects::WHOEVER;
use crate::diff::step::{Step, Verb};

const ALL_OBJECTS: [PrivilegeObjects; 6] = [
    PrivilegeObjects::Tables,
    PrivilegeObjects::Sequences,
    PrivilegeObjects::Functions,
    PrivilegeObjects::Types,
    PrivilegeObjects::Schemas,
    PrivilegeObjects::LargeObjects,
];

impl DefaultPrivilegesOf<'_> {
    fn privileges(self, objects: PrivilegeObjects, schema: Option<&String>, major: u32) -> Privileges {
        match self.settings.iter().find(|setting| setting.objects == objects) {
            Some(setting) => privileges::read(&setting.grants, &[&setting.role]),
            None if schema.is_none() => privileges::built_in(objects, major),
            None => Privileges::new(),
        }
    }
}

/// The statements from one state to another of what `of` is about, a setting of `catalog`.
fn steps(
    from: DefaultPrivilegesOf<'_>,
    to: DefaultPrivilegesOf<'_>,
    of: Option<&DefaultPrivilege>,
    catalog: &Catalog,
    verb: Verb,
    context: &Context<'_>,
) -> Vec<Step> {
    let Some(DefaultPrivilege { role, schema, .. }) = of else { return Vec::new() };
    let (mut prefix, mut owner) = ("ALTER DEFAULT PRIVILEGES".to_owned(), Ident::new(role).to_string());
    // Files that name no role mean whoever migrates; so does what such a role has in a database that is compared with files.
    let files = *context.from.loaded_from_files || *context.to.loaded_from_files;
    let whoever = files && role == catalog.current_role.as_str();
    if whoever {
        "CURRENT_USER".clone_into(&mut owner);
    } else {
        prefix += &format!(" FOR ROLE {owner}");
    }
    let id = ObjectId::DefaultPrivileges(if whoever { WHOEVER.to_owned() } else { role.clone() }, schema.clone());
    if let Some(schema) = schema {
        prefix += &format!(" IN SCHEMA {}", Ident::new(schema));
    }
    let mut steps = Vec::new();
    for objects in ALL_OBJECTS {
        let from = from.privileges(objects, schema.as_ref(), context.major());
        let to = to.privileges(objects, schema.as_ref(), context.major());
        for statement in privileges::changes(&from, &from, &to) {
            let sql = format!("{prefix} {}", statement.sql(objects.as_sql(), None, &owner));
            steps.push(Step::new(verb, id.clone(), sql));
        }
    }
    steps
}

const NONE: DefaultPrivilegesOf<'static> = DefaultPrivilegesOf { settings: &[] };

impl Kind for DefaultPrivilegesOf<'_> {
    fn create(self, context: &Context<'_>) -> Vec<Step> {
        steps(NONE, self, self.settings.first(), context.to, Verb::Create, context)
    }

    fn drop(self, context: &Context<'_>) -> Vec<Step> {
        steps(self, NONE, self.settings.first(), context.from, Verb::Drop, context)
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        Change::from_steps(steps(self, to, to.settings.first(), context.to, Verb::Alter, context))
    }

    fn facets(self) -> Facets {
        Facets::default()
    }
}

#[cfg(test)]
mod tests;
