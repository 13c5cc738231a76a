//! A function whose names mean what its caller wants them to.

use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::Facts;
use crate::catalog::{Function, FunctionKind, ObjectId};
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "mutable-search-path",
        level: Level::Error,
        class: Class::Security,
        summary: "A function does not fix its search_path.",
        explanation: "Names without a schema are looked up in the search_path of whoever calls. Of a SECURITY DEFINER function that is a way to the owner's rights: the caller puts an object of the same name in front. One that runs with its caller's rights can only be led astray where somebody else may create objects in a schema of the path, which is worth knowing. A path that is fixed but does not name pg_temp has the caller's temporary tables in front all the same: an empty path with names in full, or pg_temp at the end, is safe. Quiet about bodies that are bound when they are made (RETURN, BEGIN ATOMIC) and languages other than sql and plpgsql. A function with a setting is not inlined; where that matters, write the body with RETURN.",
        bad: "create function public.count_notes() returns bigint language plpgsql security definer as $$ begin return 1; end $$;",
        good: "create function public.count_notes() returns bigint language plpgsql security definer set search_path = '' as $$ begin return 1; end $$;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for function in facts.catalog.functions.values().filter(|function| looks_up_when_called(function)) {
        let name = &function.signature;
        let kind = if function.kind == FunctionKind::Procedure { "procedure" } else { "function" };
        let run = |path: &str| format!("`alter {kind} {name} set search_path = {path};`");
        let (level, message, fix) = match (function.config.get("search_path"), function.security_definer) {
            (None, true) => (
                Level::Error,
                format!("{name} runs with its owner's rights and its caller's search_path"),
                format!("write its names in full and run {}", run("''")),
            ),
            (None, false) => (
                Level::Info,
                format!("{name} looks its names up in its caller's search_path"),
                format!("write its names in full and run {}", run("''")),
            ),
            (Some(path), true) if lets_temporary_tables_in(path) => (
                Level::Warning,
                format!("{name} runs with its owner's rights, and its caller's temporary tables come first"),
                format!("run {}", run(&format!("{path}, pg_temp"))),
            ),
            _ => continue,
        };
        out.at_level(level, ObjectId::Function(name.clone()), message, fix);
    }
}

/// In a language that looks names up, and with a body that was not bound when it was made.
fn looks_up_when_called(function: &Function) -> bool {
    let body = function.body.trim_start();
    // No body in quotes can begin so: neither begins a statement of SQL.
    let is_bound = function.language == "sql" && (body.starts_with("RETURN ") || body.starts_with("BEGIN ATOMIC"));
    matches!(function.language.as_str(), "sql" | "plpgsql") && !is_bound
}

/// pg_temp is searched first where it is not named, and an empty path leaves no name to be searched for.
fn lets_temporary_tables_in(path: &str) -> bool {
    let mut schemas = path.split(',').map(|schema| schema.trim().trim_matches(['"', '\''])).filter(|it| !it.is_empty());
    let is_empty = schemas.clone().all(|schema| schema == "pg_catalog");
    !is_empty && !schemas.any(|schema| schema == "pg_temp")
}

#[cfg(test)]
mod tests {
    use super::lets_temporary_tables_in;
    use crate::Catalog;
    use crate::advisor::rules::testing::{check, function};
    use crate::catalog::Function;

    const ID: &str = super::CHECK.rule.id;

    fn with(change: impl FnOnce(&mut Function)) -> Catalog {
        let mut catalog = Catalog::default();
        function(&mut catalog, "f", change);
        catalog
    }

    fn path(path: &str) -> impl FnOnce(&mut Function) {
        let path = path.to_owned();
        move |function| {
            function.security_definer = true;
            function.config.insert("search_path".to_owned(), path);
        }
    }

    #[test]
    fn fires() {
        check(ID, &with(|function| function.security_definer = true), &["error public.f()"]);
        check(ID, &with(|_| {}), &["info public.f()"]);
        check(ID, &with(path("public")), &["warning public.f()"]);
    }

    #[test]
    fn quiet() {
        check(ID, &with(path("\"\"")), &[]);
        check(ID, &with(path("public, pg_temp")), &[]);
        check(ID, &with(|function| function.language = "c".to_owned()), &[]);
        for body in ["RETURN 1", "BEGIN ATOMIC\n SELECT 1;\nEND"] {
            let bound = |function: &mut Function| {
                function.language = "sql".to_owned();
                function.body = body.to_owned();
            };
            check(ID, &with(bound), &[]);
        }
    }

    #[test]
    fn paths() {
        for (path, lets) in [
            ("", false),
            ("\"\"", false),
            ("pg_catalog", false),
            ("\"$user\", public", true),
            ("a, \"pg_temp\"", false),
        ] {
            assert_eq!(lets_temporary_tables_in(path), lets, "{path}");
        }
    }
}
