//! Roles, which are the server's: made when they are missing, adjusted, and never dropped.
//!
//! Whoever operates a server gives its roles their passwords, and with them the right to log in. So no statement here speaks of
//! a password, none makes or unmakes a superuser, and files cannot take a login away from a role that has one: that a role
//! may not log in is what files say of every role to which they leave that for later.

use super::setting;
use crate::catalog::{Membership, ObjectId, Role};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::{Ident, Literal};

/// Whether anything is to be said of an object that is a role; of one that is none, always.
///
/// The role that loaded the files stands for whoever migrates. Of a role that is on the server, but that nothing in the database
/// mentions yet, it is not known what it is.
pub(super) fn is_managed(id: &ObjectId, fresh: bool, context: &Context<'_>) -> bool {
    let ObjectId::Role(name) = id else { return true };
    let is_unknown = fresh && context.from.server_roles.contains(name);
    !is_loader(name, context) && !is_unknown
}

fn is_loader(name: &str, context: &Context<'_>) -> bool {
    *context.to.loaded_from_files && name == context.to.current_role.as_str()
}

impl Role {
    fn id(&self) -> ObjectId {
        ObjectId::Role(self.name.clone())
    }

    /// The attributes that differ from `from`'s, in SQL's words.
    fn attributes(&self, from: &Self, context: &Context<'_>) -> Vec<String> {
        let operated = *context.to.loaded_from_files && !*context.from.loaded_from_files;
        let flags = [
            (self.inherit, from.inherit, "INHERIT"),
            (self.create_role, from.create_role, "CREATEROLE"),
            (self.create_db, from.create_db, "CREATEDB"),
            (self.login || (operated && from.login), from.login, "LOGIN"),
            (self.replication, from.replication, "REPLICATION"),
            (self.bypass_rls, from.bypass_rls, "BYPASSRLS"),
        ];
        let changed = flags.into_iter().filter(|(wanted, is, _)| wanted != is);
        let mut attributes: Vec<String> =
            changed.map(|(wanted, _, name)| format!("{}{name}", if wanted { "" } else { "NO" })).collect();
        if self.connection_limit != from.connection_limit {
            attributes.push(format!("CONNECTION LIMIT {}", self.connection_limit));
        }
        if self.valid_until != from.valid_until && !(operated && self.valid_until.is_none()) {
            let until = self.valid_until.as_deref().unwrap_or("infinity");
            attributes.push(format!("VALID UNTIL {}", Literal::text(until)));
        }
        attributes
    }

    /// A migration runs on many servers, and again after it was undone, which leaves the role; and there is no
    /// CREATE ROLE IF NOT EXISTS.
    fn create_if_missing(&self, options: &str) -> String {
        let (name, literal) = (Ident::new(&self.name), Literal::text(&self.name));
        let body = format!(
            "BEGIN\n    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal}) THEN\n        \
             CREATE ROLE {name}{options};\n    END IF;\nEND"
        );
        let quote = if body.contains("$$") { "$howdah$" } else { "$$" };
        format!("DO {quote}\n{body}\n{quote}")
    }

    fn config_steps(&self, from: &Self) -> Vec<Step> {
        let alter = |action: String| {
            Step::new(Verb::Alter, self.id(), format!("ALTER ROLE {} {action}", Ident::new(&self.name)))
        };
        let gone = from.config.keys().filter(|name| !self.config.contains_key(*name));
        let set = self.config.iter().filter(|(name, value)| from.config.get(*name) != Some(value));
        gone.map(|name| alter(format!("RESET {}", setting::name(name))))
            .chain(set.map(|(name, value)| alter(format!("SET {}", setting::assignment(name, value)))))
            .collect()
    }

    fn membership_steps(&self, from: &Self, context: &Context<'_>) -> Vec<Step> {
        let member = Ident::new(&self.name);
        let step = |sql: String| Step::new(Verb::Grant, self.id(), sql);
        let mut steps = Vec::new();
        for group in from.member_of.keys().filter(|group| !self.member_of.contains_key(*group)) {
            steps.push(step(format!("REVOKE {} FROM {member}", Ident::new(group))));
        }
        for (group, wanted) in &self.member_of {
            if is_loader(group, context) {
                continue;
            }
            let is = from.member_of.get(group);
            let group = Ident::new(group);
            if is.is_some_and(|is| is.admin && !wanted.admin) {
                steps.push(step(format!("REVOKE ADMIN OPTION FOR {group} FROM {member}")));
            }
            if let Some(options) = self.membership_options(is, wanted) {
                steps.push(step(format!("GRANT {group} TO {member}{options}")));
            }
        }
        steps
    }

    /// What follows GRANT … TO …; `None` when there is nothing to grant.
    fn membership_options(&self, from: Option<&Membership>, wanted: &Membership) -> Option<String> {
        // Without a word on it, a member inherits if it is a role that inherits, and may SET ROLE.
        let usual = Membership { admin: false, inherit: Some(self.inherit), set: Some(true) };
        let is = from.copied().unwrap_or(usual);
        let mut options = Vec::new();
        if wanted.admin && !is.admin {
            options.push("ADMIN OPTION");
        }
        if let Some(inherit) = wanted.inherit
            && is.inherit != Some(inherit)
        {
            options.push(if inherit { "INHERIT TRUE" } else { "INHERIT FALSE" });
        }
        if let Some(set) = wanted.set
            && is.set != Some(set)
        {
            options.push(if set { "SET TRUE" } else { "SET FALSE" });
        }
        match options.as_slice() {
            [] if from.is_some() => None,
            [] => Some(String::new()),
            options => Some(format!(" WITH {}", options.join(", "))),
        }
    }
}

impl Kind for &Role {
    fn create(self, context: &Context<'_>) -> Vec<Step> {
        if !is_managed(&self.id(), true, context) {
            return Vec::new();
        }
        let new = Role {
            name: self.name.clone(),
            superuser: false,
            inherit: true,
            create_role: false,
            create_db: false,
            login: false,
            replication: false,
            bypass_rls: false,
            connection_limit: -1,
            valid_until: None,
            config: Default::default(),
            member_of: Default::default(),
            comment: Default::default(),
        };
        let attributes = self.attributes(&new, context);
        let options = if attributes.is_empty() { String::new() } else { format!(" {}", attributes.join(" ")) };
        let mut steps = vec![Step::new(Verb::Create, self.id(), self.create_if_missing(&options))];
        steps.extend(self.config_steps(&new));
        steps.extend(self.membership_steps(&new, context));
        steps
    }

    /// Another database of the server may need it.
    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        Vec::new()
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        if !is_managed(&to.id(), false, context) {
            return Change::Same;
        }
        let mut steps = Vec::new();
        let attributes = to.attributes(self, context);
        if !attributes.is_empty() {
            let sql = format!("ALTER ROLE {} {}", Ident::new(&to.name), attributes.join(" "));
            steps.push(Step::new(Verb::Alter, to.id(), sql));
        }
        steps.extend(to.config_steps(self));
        steps.extend(to.membership_steps(self, context));
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        Facets {
            comment_on: format!("ROLE {}", Ident::new(&self.name)),
            comment: self.comment.clone(),
            ..Facets::default()
        }
    }
}

#[cfg(test)]
mod tests;
