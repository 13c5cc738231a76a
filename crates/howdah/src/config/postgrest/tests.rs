//! What a PostgREST configuration becomes, and what is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{BESIDES, Config, Counterpart, InDatabase, Origin, Resolved, SETTINGS, Sources, Value, keys};
use crate::config::Override;
use crate::failure::Failure;

fn sources(file: &str, variables: &[(&str, &str)]) -> Result<Sources, Failure> {
    let variables: BTreeMap<_, _> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Sources::read_from(Some((Path::new("postgrest.conf"), file)), &variables)
}

fn resolve(file: &str, variables: &[(&str, &str)]) -> Result<Resolved, Failure> {
    sources(file, variables)?.over(&Config::load_from(None, &[], |_| None)?)
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "the cases read better without references")]
fn check(file: &str, variables: &[(&str, &str)], key: &str, expected: Option<Value>) {
    let resolved = resolve(file, variables).unwrap();
    assert_eq!(resolved.config.get(key).map(|(value, _)| value.clone()), expected, "{file} {variables:?}");
}

#[track_caller]
fn refused(file: &str, variables: &[(&str, &str)], code: &str, says: &[&str]) {
    let failure = resolve(file, variables).unwrap_err();
    assert_eq!(failure.code, code, "{}", failure.message);
    for text in says {
        assert!(failure.message.contains(text), "{text:?} is not in {}", failure.message);
    }
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.into()))
}

fn list(items: &[&str]) -> Option<Value> {
    Some(Value::List(items.iter().map(|item| (*item).to_owned()).collect()))
}

#[test]
fn the_table_is_sound() {
    let mut names = BTreeSet::new();
    for setting in SETTINGS {
        for name in std::iter::once(&setting.name).chain(setting.aliases) {
            assert!(names.insert(*name), "{name} twice");
        }
        if let Counterpart::Key(key) = setting.counterpart {
            assert!(keys::find(key).is_some(), "{}: no key {key}", setting.name);
        }
        assert!(!setting.in_database || setting.reloadable, "{}", setting.name);
    }
    for (name, value) in BESIDES {
        assert!(keys::find(name).is_some_and(|key| key.kind.read_text(value).is_some()), "{name}");
    }
}

#[test]
fn without_settings_it_is_postgrests_defaults() {
    let resolved = resolve("", &[]).unwrap();
    assert!(resolved.jwt_secret.is_none());
    let config = resolved.config;
    assert_eq!(config.anonymous_role(), None);
    assert_eq!(config.text("api.base_path"), Some("/"));
    assert_eq!(config.number::<u64>("server.max_rows", 0), 0);
    assert_eq!(config.bind().to_string(), "0.0.0.0");
    for (key, on) in [("api.aggregates", false), ("api.soft_delete", false), ("database.settings", true)] {
        assert_eq!(config.is_on(key), on, "{key}");
    }
}

#[test]
fn the_environment_wins_over_the_file_and_the_database_over_both() {
    let number = |number| Some(Value::Integer(number));
    check("db-max-rows = 10", &[], "server.max_rows", number(10));
    check("db-max-rows = \"10\"", &[("PGRST_DB_MAX_ROWS", "20")], "server.max_rows", number(20));
    // Empty is unset, also over a value of the file.
    check("db-max-rows = 10", &[("PGRST_DB_MAX_ROWS", "")], "server.max_rows", None);
    let found = InDatabase { name: "db_max_rows".into(), value: "30".into(), by: "role authenticator".into() };
    let sources = sources("db-max-rows = 10", &[("PGRST_DB_MAX_ROWS", "20")]).unwrap();
    let base = Config::load_from(None, &[], |_| None).unwrap();
    let resolved = sources.with_database(&[found]).unwrap().over(&base).unwrap();
    let (value, origin) = resolved.config.get("server.max_rows").unwrap();
    assert_eq!((value, origin.to_string()), (&Value::Integer(30), "the database, role authenticator".to_owned()));
}

#[test]
fn flags_and_howdahs_own_variables_win() {
    let flag = [Override { key: "server.port", flag: "--port", value: Value::Integer(9) }];
    let variable = |name: &str| (name == "HOWDAH_SERVER_MAX_BODY_BYTES").then(|| "2048".to_owned());
    let base = Config::load_from(None, &flag, variable).unwrap();
    let config = sources("server-port = 7", &[]).unwrap().over(&base).unwrap().config;
    assert_eq!(config.get("server.port"), Some((&Value::Integer(9), &Origin::Flag("--port"))));
    assert_eq!(config.number::<u64>("server.max_body_bytes", 0), 2048);
}

#[test]
fn values_are_read_as_postgrest_reads_them() {
    check("db-schemas = \"a, b\"", &[], "api.schemas", list(&["a", "b"]));
    check("db-schema = \"a\"", &[], "api.schemas", list(&["a"]));
    check("db-schema = \"a\"\ndb-schemas = \"b\"", &[], "api.schemas", list(&["b"]));
    check("", &[("PGRST_DB_SCHEMA", "a")], "api.schemas", list(&["a"]));
    check("db-extra-search-path = \"\"", &[], "api.extra_search_path", list(&[]));
    check("", &[], "api.extra_search_path", list(&["public"]));
    check("db-hoisted-tx-settings = \"work_mem, a.b\"", &[], "api.hoisted_settings", list(&["work_mem", "a.b"]));
    check("", &[("PGRST_DB_HOISTED_TX_SETTINGS", "work_mem")], "api.hoisted_settings", list(&["work_mem"]));
    check("db-hoisted-tx-settings = \"\"", &[], "api.hoisted_settings", list(&[]));
    let default = ["statement_timeout", "plan_filter.statement_cost_limit", "default_transaction_isolation"];
    check("", &[], "api.hoisted_settings", list(&default));
    check("role-claim-key = \".a\"", &[], "jwt.role_claim", text(".a"));
    check(
        "server-cors-allowed-origins = \"https://a.example\"",
        &[],
        "server.cors_origins",
        list(&["https://a.example"]),
    );
    check("server-cors-allowed-origins = \"\"", &[], "server.cors_origins", None);
    check("admin-server-host = \"!4\"", &[], "server.admin_bind", text("0.0.0.0"));
    check("pre-request = \"public.Check_it\"", &[], "api.pre_request", text("public.\"Check_it\""));
    check("root-spec = \"a.root\"", &[], "api.root_spec", text("a.root"));
    check("db-pool-timeout = 60", &[], "server.pool_idle_seconds", Some(Value::Integer(60)));
    for on in ["true", "\"true\"", "\"True\"", "\"1\"", "1", "on"] {
        check(&format!("db-plan-enabled = {on}"), &[], "api.plan", Some(Value::Boolean(true)));
    }
    check("db-plan-enabled = \"0\"", &[], "api.plan", Some(Value::Boolean(false)));
    for (host, address) in
        [("*", "0.0.0.0"), ("!4", "0.0.0.0"), ("*6", "::"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1")]
    {
        check(&format!("server-host = \"{host}\""), &[], "server.bind", text(address));
    }
    check(
        "app.settings.a = \"x=y\"\napp.settings.b = 1",
        &[("PGRST_APP_SETTINGS_b", "2")],
        "api.app_settings",
        list(&["a=x=y", "b=2"]),
    );
}

#[test]
fn files_are_read_for_at_names() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let secret = write("secret", "a secret of the file\n");
    let uri = write("uri", "  postgres://me:hunter2@db/shop\n");
    let resolved = resolve(&format!("jwt-secret = \"@{secret}\"\ndb-uri = \"@{uri}\""), &[]).unwrap();
    assert_eq!(resolved.jwt_secret.unwrap().expose(), "a secret of the file");
    assert_eq!(resolved.config.database_url(), Some("postgres://me:hunter2@db/shop"));
    refused(
        "jwt-secret = \"@/nowhere/secret\"",
        &[],
        "file-not-found",
        &["jwt-secret", "postgrest.conf:1", "/nowhere/secret"],
    );
}

#[test]
fn what_is_not_known_or_not_supported_is_refused_by_name() {
    refused("\ndb-shemas = \"a\"", &[], "postgrest-unknown-setting", &["db-shemas", "postgrest.conf:2"]);
    refused("", &[("PGRST_DB_SHEMAS", "a")], "postgrest-unknown-setting", &["db-shemas", "$PGRST_DB_SHEMAS"]);
    refused("raw-media-types = \"a/b\"", &[], "postgrest-setting-gone", &["raw-media-types"]);
    refused(
        "db-pool-automatic-recovery = false",
        &[],
        "postgrest-unsupported-setting",
        &["db-pool-automatic-recovery"],
    );
    resolve("db-pool-automatic-recovery = true", &[("PGRST_NO_SUCH", "")]).unwrap();
    let warned = sources("jwt-cache-max-lifetime = 10", &[]).unwrap();
    assert!(warned.warnings()[0].contains("jwt-cache-max-lifetime"), "{:?}", warned.warnings());
}

#[test]
fn a_wrong_value_is_refused_with_what_is_accepted() {
    for (file, says) in [
        ("db-pool = \"many\"", &["db-pool", "`many`", "postgrest.conf:1", "a whole number"][..]),
        ("db-pool = -1", &["db-pool", "`-1`"]),
        ("db-plan-enabled = \"perhaps\"", &["db-plan-enabled", "true, false"]),
        ("db-tx-end = \"abort\"", &["db-tx-end", "rollback-allow-override"]),
        ("openapi-mode = \"on\"", &["openapi-mode", "ignore-privileges"]),
        ("openapi-server-proxy-uri = \"example\"", &["openapi-server-proxy-uri", "https://"]),
        ("log-level = \"loud\"", &["log-level", "crit"]),
        ("db-pre-request = \"unqualified\"", &["db-pre-request", "with its schema"]),
        ("server-port = 70000", &["server-port", "65535"]),
        ("db-uri = \"hunter2\"", &["db-uri", "connection string"]),
    ] {
        refused(file, &[], "postgrest-value", says);
    }
    let failure = resolve("db-uri = \"hunter2\"", &[]).unwrap_err();
    assert!(!format!("{failure:?}").contains("hunter2"));
    refused(
        "db-schemas = \"public, pg_catalog\"",
        &[],
        "config-value",
        &["api.schemas", "postgrest.conf:1", "pg_catalog"],
    );
    refused("app.settings.a-b = \"1\"", &[], "config-value", &["api.app_settings"]);
}

#[test]
fn the_database_sets_what_postgrest_lets_it_set() {
    let set = |name: &str, value: &str| {
        let found = InDatabase { name: name.into(), value: value.into(), by: "role authenticator".into() };
        Sources::default().with_database(&[found])
    };
    let base = Config::load_from(None, &[], |_| None).unwrap();
    // Over Howdah's own settings, the others keep theirs.
    let config = set("db_schemas", "shop").unwrap().over(&base).unwrap().config;
    assert_eq!(config.api_schemas(), ["shop"]);
    let hoisted = set("db_hoisted_tx_settings", "work_mem").unwrap().over(&base).unwrap().config;
    assert_eq!(hoisted.list("api.hoisted_settings"), ["work_mem"]);
    assert_eq!(config.anonymous_role(), Some("anon"));
    for (name, code) in [
        ("server_port", "postgrest-not-in-database"),
        ("db_schema", "postgrest-not-in-database"),
        ("db_shemas", "postgrest-unknown-setting"),
    ] {
        assert_eq!(set(name, "1").unwrap_err().code, code);
    }
}

/// docs/serving.md holds both tables between marks; `INSTA_UPDATE=always` writes them there.
#[test]
fn the_tables_of_the_documentation_are_these() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/serving.md");
    let before = std::fs::read_to_string(&path).unwrap();
    let page = between(&before, "settings", &settings_table());
    let page = between(&page, "postgrest", &postgrest_table());
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        std::fs::write(&path, &page).unwrap();
    } else {
        assert!(page == before, "docs/serving.md is out of date: run this test with INSTA_UPDATE=always");
    }
}

fn between(page: &str, mark: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {mark}: begin -->\n"), format!("<!-- {mark}: end -->"));
    let (before, rest) = page.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{table}{end}{after}")
}

fn code(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { format!("`{text}`") }
}

fn settings_table() -> String {
    let sections = ["api.", "database.", "jwt.", "server."];
    let keys = keys::KEYS.iter().filter(|key| sections.iter().any(|section| key.name.starts_with(section)));
    let rows = keys.map(|key| {
        let default = key.default.map_or_else(|| "–".to_owned(), code);
        format!("| `{}` | {default} | {} |\n", key.name, key.about)
    });
    format!("| key | default | |\n|---|---|---|\n{}", rows.collect::<String>())
}

fn postgrest_table() -> String {
    let rows = SETTINGS.iter().map(|setting| {
        let older = setting.aliases.iter().map(|alias| format!(", `{alias}`")).collect::<String>();
        let counterpart = match setting.counterpart {
            Counterpart::Key(key) => code(key),
            Counterpart::Variable(variable) => format!("`{variable}` (environment)"),
            Counterpart::DefaultOnly(why) => format!("only its default: {why}"),
        };
        let default = setting.default.map_or_else(|| "–".to_owned(), code);
        let reload = if setting.reloadable { "reload" } else { "" };
        let database = if setting.in_database { ", database" } else { "" };
        format!("| `{}`{older} | {default} | {counterpart} | {reload}{database} |\n", setting.name)
    });
    let app = "| `app.settings.*` | – | `api.app_settings` | reload |\n";
    format!("| PostgREST | its default | Howdah | |\n|---|---|---|---|\n{app}{}", rows.collect::<String>())
}
