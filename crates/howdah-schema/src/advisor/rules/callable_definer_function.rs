//! A function that callers run with its owner's rights.

use super::grantees;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::{Facts, and};
use crate::catalog::{Function, FunctionKind, ObjectId};
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "callable-definer-function",
        level: Level::Warning,
        class: Class::Security,
        summary: "API callers may call a SECURITY DEFINER function.",
        explanation: "It runs with the rights of its owner, so what the owner may do is done for every caller who may call it: no policy of theirs applies. A function is callable by everyone (PUBLIC) until that is revoked. Where the function checks who is asking, or shows only what all may see, a suppression says so. Quiet about trigger functions, which nobody can call, and functions in schemas that are not exposed.",
        bad: "create function public.count_users() returns bigint language sql security definer set search_path = '' return 1;",
        good: "create function public.count_users() returns bigint language sql security definer set search_path = '' return 1;\nrevoke execute on function public.count_users() from public;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for function in facts.catalog.functions.values().filter(|it| it.security_definer && !is_trigger(it)) {
        let roles = facts.roles_that_call(function);
        if roles.is_empty() {
            continue;
        }
        let message =
            format!("{} may call {}, which runs with the rights of its owner", and(&roles), function.signature);
        let kind = if function.kind == FunctionKind::Procedure { "procedure" } else { "function" };
        let fix = format!(
            "make it SECURITY INVOKER, move it to a schema that is not exposed, or take the right away: `revoke execute on {kind} {} from {};`",
            function.signature,
            grantees(&function.acl, &roles)
        );
        out.at(ObjectId::Function(function.signature.clone()), message, fix);
    }
}

fn is_trigger(function: &Function) -> bool {
    function.returns.as_ref().is_some_and(|returns| matches!(returns.sql.as_str(), "trigger" | "event_trigger"))
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, function, notes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let mut catalog = api([notes()]);
        function(&mut catalog, "count_users", |function| function.security_definer = true);
        check(ID, &catalog, &["warning public.count_users()"]);
    }

    #[test]
    fn quiet() {
        let mut catalog = api([notes()]);
        function(&mut catalog, "a", |_| {});
        function(&mut catalog, "private.b", |function| function.security_definer = true);
        function(&mut catalog, "c", |function| {
            function.security_definer = true;
            function.acl.grants.clear();
        });
        function(&mut catalog, "d", |function| {
            function.security_definer = true;
            function.returns.as_mut().unwrap().sql = "trigger".to_owned();
        });
        check(ID, &catalog, &[]);
    }
}
