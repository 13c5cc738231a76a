//! Roles as SQL for the schema folder.
//!
//! Roles are the server's, so each is made only where it is missing; whoever operates the server gives it a password. Every kind
//! is granted the use of the schemas by its own name: a role that nothing in a database speaks of is no part of its schema, and a
//! migration would not make it.

use crate::catalog::{Catalog, Table};
use crate::mask;
use crate::{Ident, Literal};
use std::fmt::Write as _;

/// What a role is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleKind {
    /// Reads what reporting may read.
    Readonly,
    /// A server that speaks SQL for its users and switches to their role.
    App,
    /// Trusted server code that works on all rows.
    Service,
    /// A role that tokens name, for the data API.
    Api,
}

/// Why a role cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// It stands on roles that are not there.
    #[error("a role of this kind is a member of {0}, which the schema does not have")]
    Missing(String),
    /// There is one of that name already.
    #[error("the schema has a role {0} already")]
    Exists(String),
    /// Howdah or PostgreSQL means something else by that name.
    #[error("the name {0} is taken: Howdah or PostgreSQL means something else by it")]
    Reserved(String),
}

impl RoleError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "role-group-missing",
            Self::Exists(_) => "role-exists",
            Self::Reserved(_) => "role-reserved",
        }
    }
}

/// Names that are no new role's: those of tokens and of SQL. Besides these, `howdah_…` is Howdah's and `pg_…` PostgreSQL's.
const RESERVED: [&str; 8] =
    ["anon", "authenticated", "service_role", "public", "none", "current_role", "current_user", "session_user"];

/// The reporting role of the templates.
pub const REPORTING: &str = "howdah_readonly";

/// The schema file that makes the role.
///
/// # Errors
/// There is such a role already, the name means something else, or a role that it stands on is missing.
pub fn create(catalog: &Catalog, kind: RoleKind, name: &str, schemas: &[String]) -> Result<String, RoleError> {
    if catalog.roles.contains_key(name) {
        return Err(RoleError::Exists(name.to_owned()));
    }
    if RESERVED.contains(&name) || name.starts_with("howdah_") || name.starts_with("pg_") {
        return Err(RoleError::Reserved(name.to_owned()));
    }
    let has = |role: &str| catalog.roles.contains_key(role) || catalog.server_roles.contains(role);
    let member_of: &[&str] = match kind {
        RoleKind::Readonly if has(REPORTING) => &[REPORTING],
        RoleKind::Readonly => &[],
        RoleKind::App => &["anon", "authenticated"],
        RoleKind::Service => &["service_role"],
        RoleKind::Api => &[],
    };
    let login = "howdah_login";
    let wanted = member_of.iter().copied().chain((kind == RoleKind::Api).then_some(login));
    if let Some(missing) = wanted.clone().find(|role| !has(role)) {
        return Err(RoleError::Missing(missing.to_owned()));
    }
    let (attributes, purpose, about) = match kind {
        RoleKind::Readonly => (
            "nologin inherit",
            "Reporting: reads rows that are not in the trash, and of personal data only what is masked.",
            "Whoever logs in for reporting becomes a member of it, or the operator lets it log in:\n--   alter role NAME login; and \\password NAME in psql",
        ),
        RoleKind::App => (
            "login noinherit",
            "An application server: has no right of its own and becomes anon or authenticated for each transaction.",
            "It begins each transaction with SET LOCAL ROLE and the caller's claims in request.jwt.claims. The operator gives it\n-- its password: \\password NAME in psql",
        ),
        RoleKind::Service => (
            "login inherit",
            "Trusted server code: has what service_role has, and sees every row by its policies.",
            "The operator gives it its password: \\password NAME in psql",
        ),
        RoleKind::Api => (
            "nologin noinherit",
            "A role of callers of the data API: tokens name it in their claim \"role\".",
            "It may do nothing yet: grant it what it needs, and write policies for it. That the server's login may become it is said\n-- below; a generated migration leaves that out, because howdah_login is the server's: add the line to it.",
        ),
    };
    let (quoted, literal) = (Ident::new(name), Literal::text(name));
    let mut out = format!(
        "-- Role {quoted}. {purpose}\n--\n-- {}\n\ndo $role$\nbegin\n  \
         if not exists (select from pg_catalog.pg_roles r where r.rolname = {literal}) then\n    \
         create role {quoted} {attributes};\n    comment on role {quoted} is {};\n  end if;\n\
         exception\n  -- Another database on this server loads the same file at this very moment; it made the role.\n  \
         when duplicate_object or unique_violation then null;\nend\n$role$;\n\n",
        about.replace("NAME", &quoted.to_string()),
        Literal::text(purpose),
    );
    for group in member_of {
        let _ = writeln!(out, "grant {} to {quoted};", Ident::new(*group));
    }
    if kind == RoleKind::Api {
        let _ = writeln!(out, "grant {quoted} to {login};");
    }
    for schema in schemas {
        let _ = writeln!(out, "grant usage on schema {} to {quoted};", Ident::new(schema.as_str()));
    }
    if kind == RoleKind::Readonly && member_of.is_empty() {
        let tables = catalog
            .tables
            .values()
            .filter(|table| table.partition_of.is_none() && schemas.contains(&table.name.schema));
        tables.for_each(|table| reading(table, &quoted, &mut out));
    }
    Ok(out)
}

/// The right to read a table but for its masked columns, with a policy where that takes one.
fn reading(table: &Table, role: &Ident<'_>, out: &mut String) {
    let masks = mask::all(&table.columns);
    let open: Vec<String> = table
        .columns
        .iter()
        .filter(|column| !masks.contains_key(column.name.as_str()))
        .map(|column| Ident::new(column.name.as_str()).to_string())
        .collect();
    if open.is_empty() {
        return;
    }
    let columns = if masks.is_empty() { String::new() } else { format!(" ({})", open.join(", ")) };
    let _ = writeln!(out, "\ngrant select{columns} on {} to {role};", table.name);
    if table.row_security.enabled {
        let rows = if table.column("deleted_at").is_some() { "deleted_at is null" } else { "true" };
        let policy = Ident::new(format!("{}_reads_live", role.as_str()));
        let _ = writeln!(
            out,
            "create policy {policy} on {0}\n  for select to {role}\n  using ({rows});\n\
             comment on policy {policy} on {0} is 'Reporting reads live rows; column grants keep personal data out.';",
            table.name
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{RoleError, RoleKind, create};
    use crate::Catalog;
    use crate::testing::{catalog, role, table};

    fn schema(roles: &[&str]) -> Catalog {
        let contacts = table("contacts")
            .column("id", "uuid", "")
            .column("email", "text", "@pii email")
            .column("deleted_at", "timestamp with time zone", "")
            .with(|table| table.row_security.enabled = true);
        let mut catalog = catalog([contacts, table("words").column("word", "text", "")]);
        for name in roles {
            catalog.roles.insert((*name).to_owned(), role(name));
        }
        catalog
    }

    fn made(kind: RoleKind, roles: &[&str]) -> Result<String, RoleError> {
        create(&schema(roles), kind, "reports", &["public".to_owned()])
    }

    #[test]
    fn each_kind_stands_on_its_roles() {
        let roles = ["anon", "authenticated", "service_role", "howdah_login", "howdah_readonly"];
        let kinds = [RoleKind::Readonly, RoleKind::App, RoleKind::Service, RoleKind::Api];
        let all: Vec<String> = kinds.iter().map(|kind| made(*kind, &roles).unwrap()).collect();
        insta::assert_snapshot!(all.join("\n\n"));
        assert_eq!(made(RoleKind::App, &["anon"]), Err(RoleError::Missing("authenticated".to_owned())));
        assert_eq!(made(RoleKind::Api, &[]), Err(RoleError::Missing("howdah_login".to_owned())));
        assert_eq!(made(RoleKind::Readonly, &["reports"]), Err(RoleError::Exists("reports".to_owned())));
        for name in ["howdah_sealer", "howdah_x", "anon", "public", "pg_x"] {
            let made = create(&schema(&["howdah_login"]), RoleKind::Api, name, &["public".to_owned()]);
            assert_eq!(made, Err(RoleError::Reserved(name.to_owned())));
        }
    }

    #[test]
    fn where_there_is_no_reporting_role_it_gets_its_own_rights() {
        insta::assert_snapshot!(made(RoleKind::Readonly, &[]).unwrap());
    }
}
