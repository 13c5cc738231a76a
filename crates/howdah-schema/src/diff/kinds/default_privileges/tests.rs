use super::*;
use crate::diff::kinds::testing;

fn setting(schema: Option<&str>, objects: PrivilegeObjects, grants: &[&str]) -> DefaultPrivilege {
    let grants = grants.iter().map(|text| testing::grant(text)).collect();
    DefaultPrivilege { role: "o".to_owned(), schema: schema.map(str::to_owned), objects, grants }
}

fn catalog(files: bool, current: &str) -> Catalog {
    Catalog { current_role: current.to_owned().into(), loaded_from_files: files.into(), ..Catalog::default() }
}

#[track_caller]
fn check(from: &[DefaultPrivilege], to: &[DefaultPrivilege], expected: &[&str]) {
    let (from, to) = (DefaultPrivilegesOf { settings: from }, DefaultPrivilegesOf { settings: to });
    let sql = testing::with(&catalog(false, "x"), &catalog(true, "y"), |context| {
        match (from.settings.is_empty(), to.settings.is_empty()) {
            (true, _) => testing::texts(&to.create(context)),
            (_, true) => testing::texts(&from.drop(context)),
            _ => testing::sql(&from.change(to, context)),
        }
    });
    assert_eq!(sql, expected);
}

#[test]
fn in_a_schema_it_adds() {
    let some = [setting(Some("s"), PrivilegeObjects::Tables, &["a=SELECT/o", "a=INSERT*/o"])];
    check(
        &[],
        &some,
        &[
            "ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s GRANT SELECT ON TABLES TO a",
            "ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s GRANT INSERT ON TABLES TO a WITH GRANT OPTION",
        ],
    );
    check(&some, &[], &["ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s REVOKE SELECT, INSERT ON TABLES FROM a"]);
    let other = [setting(Some("s"), PrivilegeObjects::Types, &["a=USAGE/o"])];
    check(
        &some,
        &other,
        &[
            "ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s REVOKE SELECT, INSERT ON TABLES FROM a",
            "ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s GRANT USAGE ON TYPES TO a",
        ],
    );
}

#[test]
fn without_one_it_replaces() {
    let some = [setting(None, PrivilegeObjects::Functions, &["o=EXECUTE/o", "a=EXECUTE/o"])];
    check(
        &[],
        &some,
        &[
            "ALTER DEFAULT PRIVILEGES FOR ROLE o REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
            "ALTER DEFAULT PRIVILEGES FOR ROLE o GRANT EXECUTE ON FUNCTIONS TO a",
        ],
    );
    check(
        &some,
        &[],
        &[
            "ALTER DEFAULT PRIVILEGES FOR ROLE o REVOKE EXECUTE ON FUNCTIONS FROM a",
            "ALTER DEFAULT PRIVILEGES FOR ROLE o GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
        ],
    );
}

#[test]
fn of_whoever_migrates() {
    let nothing = [setting(None, PrivilegeObjects::Types, &[])];
    let new = DefaultPrivilegesOf { settings: &nothing };
    let steps = testing::with(&catalog(false, "x"), &catalog(true, "o"), |context| new.create(context));
    assert_eq!(
        testing::texts(&steps),
        [
            "ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM CURRENT_USER",
            "ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC",
        ]
    );
    assert!(steps.iter().all(|step| step.object == ObjectId::DefaultPrivileges(String::new(), None)));
}
