//! What grants, memberships and policies come to.

use super::sample::{acl, grant, policy, with_policy};
use crate::Catalog;
use crate::catalog::{Membership, Policy, PolicyCommand};
use crate::docs::model::{AccessCell, RoleAccess, RowSecurityDoc, Rows};
use crate::docs::{Documentation, Facts};
use crate::testing::role;
use crate::testing::{TestTable, catalog, qualified, table};

fn document(table: TestTable, roles: &[(&str, &[&str])]) -> Catalog {
    let mut catalog = catalog([table]);
    for (name, member_of) in roles {
        let mut role = role(name);
        role.member_of = member_of.iter().map(|group| ((*group).to_owned(), Membership::default())).collect();
        catalog.roles.insert((*name).to_owned(), role);
    }
    catalog
}

fn cell(cell: &AccessCell) -> String {
    if !cell.granted {
        return "-".to_owned();
    }
    let rows = match &cell.rows {
        Rows::None => "none".to_owned(),
        Rows::All { by } if by.is_empty() => "all".to_owned(),
        Rows::All { by } => format!("all by {}", by.join("|")),
        Rows::Policies { any_of, all_of } if all_of.is_empty() => any_of.join("|"),
        Rows::Policies { any_of, all_of } => format!("{} & {}", any_of.join("|"), all_of.join("&")),
    };
    let columns = cell.columns.as_ref().map(|columns| format!(" ({})", columns.join(","))).unwrap_or_default();
    let through = if cell.through.is_empty() { String::new() } else { format!(" via {}", cell.through.join(",")) };
    format!("{rows}{columns}{through}")
}

/// One line a role: what SELECT, INSERT, UPDATE and DELETE reach.
fn check(catalog: &Catalog, expect: &[&str]) {
    let documentation = Documentation::new(catalog, &Facts::default());
    let access = &documentation.tables[&qualified("t")].access;
    let line = |row: &RoleAccess| {
        let cells = [&row.select, &row.insert, &row.update, &row.delete].map(cell);
        format!("{}: {}", row.role, cells.join(", "))
    };
    assert_eq!(access.matrix.iter().map(line).collect::<Vec<_>>(), expect);
}

fn plain(grants: &[(&str, &str)]) -> TestTable {
    table("t").column("a", "text", "").column("b", "text", "").with(|table| table.acl = acl(grants))
}

fn restrictive(mut policy: Policy) -> Policy {
    policy.permissive = false;
    policy
}

#[test]
fn without_row_security_grants_decide() {
    let catalog =
        document(plain(&[("app", "SELECT"), ("public", "SELECT"), ("app", "UPDATE")]), &[("app", &[]), ("idle", &[])]);
    check(&catalog, &["PUBLIC: all, -, -, -", "app: all, -, all, -"]);
}

#[test]
fn column_grants_add_up() {
    let table = plain(&[("app", "INSERT")]).with(|table| {
        table.columns[0].grants = vec![grant("app", "SELECT"), grant("public", "SELECT")];
        table.columns[1].grants = vec![grant("public", "SELECT"), grant("app", "INSERT")];
    });
    let catalog = document(table, &[("app", &[])]);
    check(&catalog, &["PUBLIC: all (a,b), -, -, -", "app: all (a,b), all, -, -"]);
}

#[test]
fn members_have_what_they_inherit() {
    let mut catalog = document(
        with_policy(
            plain(&[("app", "SELECT"), ("late", "INSERT")]),
            policy("own", PolicyCommand::All, "app", "(a = 'x')", ""),
        ),
        &[("app", &[]), ("member", &["app"]), ("far", &["member"]), ("late", &["app"])],
    );
    // Nothing speaks of `member` and `far`: whoever an operator adds is not documented.
    check(&catalog, &["app: own, -, -, -", "late: own via app, own, -, -"]);
    catalog.roles.get_mut("late").unwrap().inherit = false;
    check(&catalog, &["app: own, -, -, -", "late: -, none, -, -"]);
    let membership = Membership { inherit: Some(true), ..Membership::default() };
    catalog.roles.get_mut("late").unwrap().member_of.insert("app".into(), membership);
    check(&catalog, &["app: own, -, -, -", "late: own via app, own, -, -"]);
}

#[test]
fn policies_choose_rows() {
    let all = [("app", "SELECT"), ("app", "INSERT"), ("app", "UPDATE"), ("app", "DELETE")];
    let roles: &[(&str, &[&str])] = &[("app", &[])];
    let secured = || with_policy(plain(&all), policy("all", PolicyCommand::All, "public", "true", ""));
    check(&document(secured(), roles), &["app: all by all, all by all, all by all, all by all"]);
    let reads = with_policy(plain(&all), policy("reads", PolicyCommand::Select, "app", "true", ""));
    check(&document(reads, roles), &["app: all by reads, none, none, none"]);
    let guarded = with_policy(secured(), restrictive(policy("live", PolicyCommand::Select, "public", "(a = 'x')", "")));
    check(&document(guarded, roles), &["app: all & live, all by all, all by all, all by all"]);
    let checked = with_policy(secured(), restrictive(policy("new", PolicyCommand::Update, "app", "", "(b = 'x')")));
    check(&document(checked, roles), &["app: all by all, all by all, all & new, all by all"]);
    let writes = with_policy(plain(&all), policy("own", PolicyCommand::All, "app", "true", "(a = 'x')"));
    check(&document(writes, roles), &["app: all by own, own, own, all by own"]);
    let others = with_policy(plain(&all), policy("other", PolicyCommand::All, "nobody", "true", ""));
    check(&document(others, roles), &["app: none, none, none, none"]);
}

#[test]
fn some_roles_are_bound_by_no_policy() {
    let table = with_policy(plain(&[("app", "SELECT")]), policy("own", PolicyCommand::All, "owner", "(a = 'x')", ""));
    let mut catalog = document(table, &[("app", &[]), ("owner", &[])]);
    check(&catalog, &["owner: own, own, own, own", "app: none, -, -, -"]);
    catalog.roles.get_mut("app").unwrap().bypass_rls = true;
    catalog.tables.get_mut(&qualified("t")).unwrap().row_security.forced = false;
    check(&catalog, &["owner: all, all, all, all", "app: all, -, -, -"]);
    let documentation = Documentation::new(&catalog, &Facts::default());
    assert_eq!(documentation.tables[&qualified("t")].access.row_security, RowSecurityDoc::On);
}

#[test]
fn a_schema_that_may_not_be_used_is_remarked() {
    let mut catalog = document(plain(&[("app", "SELECT")]), &[("app", &[])]);
    let usage = |catalog: &Catalog| {
        Documentation::new(catalog, &Facts::default()).tables[&qualified("t")].access.matrix[0].schema_usage
    };
    assert!(!usage(&catalog));
    catalog.schemas.get_mut("public").unwrap().acl.grants.push(grant("public", "USAGE"));
    assert!(usage(&catalog));
}
