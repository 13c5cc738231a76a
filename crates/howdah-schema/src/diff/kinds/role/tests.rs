use super::*;
use crate::Catalog;
use crate::diff::kinds::testing;

fn role(name: &str) -> Role {
    let json = serde_json::json!({
        "name": name, "superuser": false, "inherit": true, "create_role": false, "create_db": false, "login": false,
        "replication": false, "bypass_rls": false, "connection_limit": -1, "valid_until": null, "config": {},
        "member_of": {}, "comment": "",
    });
    serde_json::from_value(json).unwrap()
}

fn catalog(files: bool) -> Catalog {
    let current_role = if files { "loader" } else { "migrator" }.to_owned().into();
    Catalog { current_role, loaded_from_files: files.into(), ..Catalog::default() }
}

/// With the plain CREATE ROLE out of its wrapping.
fn create(role: &Role) -> Vec<String> {
    let mut sql = testing::with(&catalog(false), &catalog(true), |context| testing::texts(&role.create(context)));
    let start = sql[0].find("CREATE ROLE").unwrap();
    sql[0] = sql[0][start..].split(';').next().unwrap().to_owned();
    sql
}

fn change(from: &Role, to: &Role) -> Vec<String> {
    testing::with(&catalog(false), &catalog(true), |context| testing::sql(&from.change(to, context)))
}

fn membership(admin: bool, inherit: Option<bool>, set: Option<bool>) -> Membership {
    Membership { admin, inherit, set }
}

#[test]
fn created_if_missing() {
    let sql =
        testing::with(&catalog(false), &catalog(true), |context| testing::texts(&(&role("my app")).create(context)));
    assert_eq!(
        sql,
        ["DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'my app') THEN
        CREATE ROLE \"my app\";
    END IF;
END
$$"]
    );
}

#[test]
fn created_with_what_is_not_usual() {
    assert_eq!(create(&role("app")), ["CREATE ROLE app"]);
    let mut app = role("app");
    (app.inherit, app.login, app.superuser) = (false, true, true);
    app.connection_limit = 5;
    app.valid_until = Some("2030-01-01 00:00:00+00".to_owned());
    app.config.insert("search_path".to_owned(), "app, public".to_owned());
    app.member_of.insert("readers".to_owned(), membership(true, None, None));
    assert_eq!(
        create(&app),
        [
            "CREATE ROLE app NOINHERIT LOGIN CONNECTION LIMIT 5 VALID UNTIL '2030-01-01 00:00:00+00'",
            "ALTER ROLE app SET search_path TO 'app', 'public'",
            "GRANT readers TO app WITH ADMIN OPTION",
        ]
    );
}

#[test]
fn not_created_twice_nor_for_who_loads_files() {
    let loader = role("loader");
    assert!(testing::with(&catalog(false), &catalog(true), |context| (&loader).create(context)).is_empty());
    let mut from = catalog(false);
    from.server_roles.insert("app".to_owned());
    let app = role("app");
    assert!(testing::with(&from, &catalog(true), |context| (&app).create(context)).is_empty());
    assert!(testing::with(&from, &catalog(true), |context| (&app).drop(context)).is_empty());
}

#[test]
fn changed() {
    let (mut from, mut to) = (role("app"), role("app"));
    from.create_db = true;
    from.config.insert("work_mem".to_owned(), "1MB".to_owned());
    from.member_of.insert("gone".to_owned(), membership(false, None, None));
    from.member_of.insert("left".to_owned(), membership(true, None, None));
    to.bypass_rls = true;
    to.config.insert("a.b".to_owned(), "it's".to_owned());
    to.member_of.insert("left".to_owned(), membership(false, None, None));
    to.member_of.insert("new".to_owned(), membership(false, None, None));
    assert_eq!(
        change(&from, &to),
        [
            "ALTER ROLE app NOCREATEDB BYPASSRLS",
            "ALTER ROLE app RESET work_mem",
            "ALTER ROLE app SET a.b TO 'it''s'",
            "REVOKE gone FROM app",
            "REVOKE ADMIN OPTION FOR \"left\" FROM app",
            "GRANT new TO app",
        ]
    );
}

#[test]
fn files_take_no_login_away() {
    let (mut operated, plain) = (role("app"), role("app"));
    operated.login = true;
    operated.valid_until = Some("infinity".to_owned());
    assert!(change(&operated, &plain).is_empty());
    assert_eq!(change(&plain, &operated), ["ALTER ROLE app LOGIN VALID UNTIL 'infinity'"]);
    let between = testing::with(&catalog(false), &catalog(false), |context| (&operated).change(&plain, context));
    assert_eq!(testing::sql(&between), ["ALTER ROLE app NOLOGIN VALID UNTIL 'infinity'"]);
}

#[test]
fn options_of_memberships() {
    let member = |wanted: Membership, from: Option<Membership>| {
        let (mut before, mut after) = (role("app"), role("app"));
        before.member_of.extend(from.map(|from| ("g".to_owned(), from)));
        after.member_of.insert("g".to_owned(), wanted);
        change(&before, &after)
    };
    let usual = membership(false, Some(true), Some(true));
    assert_eq!(member(usual, None), ["GRANT g TO app"]);
    assert!(member(usual, Some(usual)).is_empty());
    let odd = membership(true, Some(false), Some(false));
    assert_eq!(member(odd, None), ["GRANT g TO app WITH ADMIN OPTION, INHERIT FALSE, SET FALSE"]);
    let back = ["REVOKE ADMIN OPTION FOR g FROM app", "GRANT g TO app WITH INHERIT TRUE, SET TRUE"];
    assert_eq!(member(usual, Some(odd)), back);
}
