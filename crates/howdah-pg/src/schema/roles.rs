//! Roles that files speak of and do not make.
//!
//! Roles are the server's: a schema that is deployed to a server with a role `app` may grant to it without making it. On
//! the scratch server it must be there all the same, with the attributes that it really has, so that they are no difference.

use crate::script::SqlFile;
use crate::script::split::{TokenKind, tokens};
use crate::{Ident, Literal, PgError};
use howdah_schema::Catalog;
use howdah_schema::catalog::Role;
use std::collections::BTreeSet;
use tokio_postgres::Client;

/// Makes the roles of the server that `live` was read from, as far as they are missing here and the files do not make them.
pub(super) async fn make_missing(client: &Client, live: &Catalog, files: &[SqlFile]) -> Result<(), PgError> {
    let there = super::scratch::server_roles(client).await?;
    let made = made_by(files);
    let wanted = |name: &&String| !there.contains(*name) && !made.contains(*name) && !name.starts_with("pg_");
    let missing: Vec<&String> = live.server_roles.iter().filter(wanted).collect();
    for name in &missing {
        let create = format!("create role {}", Ident::new(name.as_str()));
        client.batch_execute(&create).await?;
    }
    for name in &missing {
        if let Some(role) = live.roles.get(*name) {
            // A group that the files make is theirs to grant.
            let is_there = |group: &str| there.contains(group) || missing.iter().any(|made| *made == group);
            client.batch_execute(&attributes(role, is_there)).await?;
        }
    }
    Ok(())
}

/// The statements that give a plain new role what the real one has. What this server refuses would be refused there, too.
fn attributes(role: &Role, is_there: impl Fn(&str) -> bool) -> String {
    let name = Ident::new(role.name.as_str());
    let mut words = Vec::new();
    for (has, word) in [
        (role.superuser, "superuser"),
        (!role.inherit, "noinherit"),
        (role.create_role, "createrole"),
        (role.create_db, "createdb"),
        (role.login, "login"),
        (role.replication, "replication"),
        (role.bypass_rls, "bypassrls"),
    ] {
        if has {
            words.push(word.to_owned());
        }
    }
    if role.connection_limit >= 0 {
        words.push(format!("connection limit {}", role.connection_limit));
    }
    let mut statements = Vec::new();
    if !words.is_empty() {
        statements.push(format!("alter role {name} {}", words.join(" ")));
    }
    // Files that make a role only where it is missing say nothing of its comment either.
    if !role.comment.is_empty() {
        statements.push(format!("comment on role {name} is {}", Literal::text(role.comment.raw())));
    }
    for group in role.member_of.keys().filter(|group| is_there(group)) {
        statements.push(format!("grant {} to {name}", Ident::new(group.as_str())));
    }
    statements.join(";\n")
}

/// The names after CREATE ROLE, USER or GROUP, wherever they stand: in a statement, in the body of a DO block, or in a
/// string that such a body executes.
fn made_by(files: &[SqlFile]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files {
        collect(&file.text, &mut found);
    }
    found
}

fn collect(text: &str, found: &mut BTreeSet<String>) {
    let words: Vec<&str> =
        tokens(text).filter(|token| token.kind != TokenKind::Blank).map(|token| &text[token.span]).collect();
    for window in words.windows(3) {
        let [create, kind, name] = window else { continue };
        let is_role = ["role", "user", "group"].iter().any(|word| kind.eq_ignore_ascii_case(word));
        if create.eq_ignore_ascii_case("create") && is_role {
            found.insert(match name.strip_prefix('"') {
                Some(quoted) => quoted.trim_end_matches('"').to_owned(),
                None => name.to_lowercase(),
            });
        }
    }
    for word in words {
        if let Some(inner) = inside(word) {
            collect(inner, found);
        }
    }
}

/// What stands within the quotes of a string; shorter than the string, so that this comes to an end.
fn inside(word: &str) -> Option<&str> {
    if let Some(rest) = word.strip_prefix('\'') {
        return Some(rest.trim_end_matches('\''));
    }
    let tag = &word[..word.strip_prefix('$')?.find('$')? + 2];
    word.strip_prefix(tag)?.strip_suffix(tag)
}

#[cfg(test)]
mod tests {
    use super::made_by;
    use crate::script::SqlFile;

    #[test]
    fn roles_that_files_make() {
        let check = |text: &str, expected: &[&str]| {
            let found = made_by(&[SqlFile::new("a.sql", text)]);
            assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected, "{text}");
        };
        check("create role App; create table role (id int); grant x to y", &["app"]);
        check("do $$ begin if true then create role anon nologin; end if; end $$;", &["anon"]);
        check("do $do$ begin execute 'create user \"Odd One\" login'; end $do$", &["Odd One"]);
        check("-- create role nobody\n/* create role x */ select 'it''s', $$a$$, ''", &[]);
        check("select '", &[]);
    }
}
