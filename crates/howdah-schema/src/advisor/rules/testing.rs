//! Catalogs of an API in a few words, and one way through which every rule is tested.

use crate::advisor::{self, AdvisorOptions};
use crate::catalog::{
    Acl, Comment, Function, FunctionKind, Grant, Membership, ObjectId, Parallel, Policy, PolicyCommand, Returns, Role,
    Signature, View, Volatility,
};
use crate::testing::{self, TestTable, base_type, catalog, check_found, qualified, table};
use crate::{Catalog, QualifiedName, Table};
use std::collections::BTreeMap;

/// What the rule finds, each as `level object`, in order of the objects.
pub(super) fn check(id: &str, catalog: &Catalog, expected: &[&str]) {
    check_found(&advisor::check(catalog, &AdvisorOptions::default(), &[]), id, expected);
}

/// A catalog of these tables, whose schemas everyone may use.
pub(super) fn api(tables: impl IntoIterator<Item = TestTable>) -> Catalog {
    let mut catalog = catalog(tables);
    for schema in catalog.schemas.values_mut() {
        schema.acl.grants.push(grant_of("public", "USAGE"));
    }
    catalog
}

/// A table with nothing but a column.
pub(super) fn notes() -> TestTable {
    table("notes").column("user_id", "uuid", "")
}

fn grant_of(grantee: &str, privilege: &str) -> Grant {
    Grant {
        grantee: grantee.to_owned(),
        privilege: privilege.to_owned(),
        grantor: "owner".to_owned(),
        grantable: false,
    }
}

/// Privileges on the whole table.
pub(super) fn grant<'a>(grantee: &'a str, privileges: &'a [&'a str]) -> impl FnOnce(&mut Table) + use<'a> {
    move |table| table.acl.grants.extend(privileges.iter().map(|privilege| grant_of(grantee, privilege)))
}

/// A permissive policy; the expression is what it checks if it is for INSERT, else what it uses.
pub(super) fn policy<'a>(
    name: &'a str,
    command: PolicyCommand,
    roles: &'a [&'a str],
    expression: &'a str,
) -> impl FnOnce(&mut Table) + use<'a> {
    let (using, check) = match command {
        PolicyCommand::Insert => (None, Some(expression.to_owned())),
        _ => (Some(expression.to_owned()), None),
    };
    let policy = Policy {
        name: name.to_owned(),
        command,
        permissive: true,
        roles: roles.iter().map(ToString::to_string).collect(),
        using,
        check,
        comment: Comment::default(),
    };
    move |table| {
        table.policies.insert(name.to_owned(), policy);
    }
}

/// Makes a role a member of another.
pub(super) fn inherits(catalog: &mut Catalog, role: &str, group: &str, inherit: bool) {
    let role =
        Role { inherit, member_of: BTreeMap::from([(group.to_owned(), Membership::default())]), ..testing::role(role) };
    catalog.roles.insert(role.name.clone(), role);
}

/// A function without arguments that everyone may call, to be changed further.
pub(super) fn function(catalog: &mut Catalog, name: &str, change: impl FnOnce(&mut Function)) {
    let signature = Signature { name: qualified(name), arguments: String::new() };
    let mut function = Function {
        signature: signature.clone(),
        kind: FunctionKind::Function,
        owner: "owner".to_owned(),
        arguments: Vec::new(),
        returns: Some(Returns { sql: "uuid".to_owned(), data_type: base_type("uuid"), set: false }),
        language: "plpgsql".to_owned(),
        volatility: Volatility::Volatile,
        parallel: Parallel::Unsafe,
        security_definer: false,
        strict: false,
        leakproof: false,
        cost: "100".to_owned(),
        rows: "0".to_owned(),
        support: None,
        config: BTreeMap::new(),
        body: "begin end".to_owned(),
        definition: String::new(),
        acl: Acl { explicit: false, grants: vec![grant_of("public", "EXECUTE")] },
        comment: Comment::default(),
    };
    change(&mut function);
    catalog.functions.insert(signature, function);
}

/// A view that anon may read, over columns `user_id` of these relations.
pub(super) fn view(catalog: &mut Catalog, name: &str, reads: &[&str], change: impl FnOnce(&mut View)) {
    let name = qualified(name);
    let acl = Acl { explicit: true, grants: vec![grant_of("anon", "SELECT")] };
    let mut view = View { acl, ..testing::view(&name) };
    change(&mut view);
    for read in reads {
        let column = ObjectId::Column(qualified(read), "user_id".to_owned());
        catalog.dependencies.insert(ObjectId::View(name.clone()), column);
    }
    catalog.views.insert(name, view);
}

/// As its caller.
pub(super) fn invoker(view: &mut View) {
    view.options.insert("security_invoker".to_owned(), "true".to_owned());
}

/// Notes that a policy calls a function.
pub(super) fn policy_calls(catalog: &mut Catalog, table: &str, policy: &str, function: &str) {
    let signature = Signature { name: qualified(function), arguments: String::new() };
    let id = ObjectId::Policy(QualifiedName::new("public", table), policy.to_owned());
    catalog.dependencies.insert(id, ObjectId::Function(signature));
}
