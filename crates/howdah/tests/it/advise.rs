//! `howdah advise`: what it finds, where, and what holds it back.

use std::collections::BTreeSet;
use std::path::Path;

use howdah_testkit::{Sql, TestDb};
use serde_json::Value;

use super::support::{Project, Ran, folder, howdah, run};

/// A schema that is safe but for a table that a crash empties.
const CACHES: &str = "create unlogged table public.caches (id uuid primary key);\n";

/// Each finding as `file:line level rule object`.
fn findings(ran: &Ran) -> Vec<String> {
    let document = ran.json();
    let found = document["data"]["findings"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    found
        .iter()
        .map(|it| {
            let place = match it.get("file") {
                Some(file) => format!("{}:{} ", text(file), it["line"]),
                None => String::new(),
            };
            format!("{place}{} {} {}", text(&it["level"]), text(&it["id"]), text(&it["object"]))
        })
        .collect()
}

fn rules() -> BTreeSet<String> {
    let folder = folder();
    let document = run(howdah(folder.path()).args(["advise", "--rules", "--json"])).ok().json();
    let rules = document["data"]["rules"].as_array().unwrap().clone();
    rules.iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_templates_are_safe_or_say_why_not() {
    for template in ["personal", "content", "commerce", "empty"] {
        let project = Project::init(template);
        let ran = project.run(["advise"]).ok();
        assert_eq!(ran.stdout, "", "{template}");
        assert!(ran.stderr.contains("Nothing to say about"), "{template}: {}", ran.stderr);
    }
}

#[test]
fn an_unsafe_schema_fires_every_rule() {
    let project = Project::of(&[("schema/bad.sql", include_str!("../fixtures/bad_advice.sql"))]);
    let ran = project.run(["advise", "--json"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    let document = ran.json();
    assert_eq!(document["schema"], "howdah.advise/1");
    let found = document["data"]["findings"].as_array().unwrap();
    assert!(found.iter().all(|finding| finding["set"] == "advisor"), "{found:#?}");
    let fired: BTreeSet<String> = found.iter().map(|finding| finding["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(fired, rules(), "{:#?}", findings(&ran));
    insta::assert_snapshot!("an_unsafe_schema", findings(&ran).join("\n"));
    let text = project.run(["advise"]);
    assert_eq!(text.code, 3, "{text:#?}");
    assert!(text.stdout.contains("error[rls-disabled]"), "{}", text.stdout);
    assert!(text.stdout.contains("alter table public.people enable row level security;"), "{}", text.stdout);
    let github = project.run(["advise", "--format", "github"]);
    assert_eq!(github.stdout.lines().count(), found.len(), "{}", github.stdout);
    assert!(github.stdout.contains("::error file=schema/bad.sql,line="), "{}", github.stdout);
    let sarif: Value = serde_json::from_str(&project.run(["advise", "--format", "sarif"]).stdout).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "howdah advise");
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), rules().len());
    assert_eq!(run["results"].as_array().unwrap().len(), found.len());
}

#[test]
fn the_level_decides_about_the_exit_code() {
    let project = Project::of(&[("schema/caches.sql", CACHES)]);
    assert_eq!(project.run(["advise"]).code, 3);
    let ran = project.run(["advise", "--level", "error"]).ok();
    assert!(ran.stdout.contains("warning[unlogged-table]"), "{}", ran.stdout);
    // The standards have nothing to do with it.
    assert!(!ran.stdout.contains("table-comment"), "{}", ran.stdout);
}

#[test]
fn suppressions_hold_for_both_commands_and_are_told_of_once() {
    let project = Project::of(&[]);
    let check = |sql: &str, toml: &str, expected: &[&str]| {
        project.write("schema/caches.sql", sql);
        project.write("howdah.toml", toml);
        let ran = project.run(["advise", "--json"]);
        assert_eq!(
            (findings(&ran), ran.code),
            (expected.iter().map(ToString::to_string).collect(), if expected.is_empty() { 0 } else { 3 }),
            "{sql}{toml}"
        );
    };
    let found = "schema/caches.sql:1 warning unlogged-table public.caches";
    check(CACHES, "", &[found]);
    let beside = |rules: &str| format!("-- howdah:allow {rules}: it can be made again\n{CACHES}");
    check(&beside("unlogged-table"), "", &[]);
    check(
        &beside("unlogged-table, rls-disabled"),
        "",
        &["schema/caches.sql:1 warning unused-suppression rls-disabled"],
    );
    check(&beside("unlogged-table, plural-table"), "", &[]);
    check(&beside("unlogged-table, rls-disbled"), "", &["schema/caches.sql:1 warning unknown-suppression rls-disbled"]);
    let allow = |rule: &str, object: &str| {
        format!("[[lint.allow]]\nrule = \"{rule}\"\nobject = \"{object}\"\nreason = \"it can be made again\"\n")
    };
    check(CACHES, &allow("unlogged-table", "public.*"), &[]);
    check(
        CACHES,
        &allow("unlogged-table", "private.*"),
        &[found, "howdah.toml:1 warning unused-suppression unlogged-table"],
    );
    check(
        CACHES,
        &allow("unloged-table", "public.*"),
        &[found, "howdah.toml:1 warning unknown-suppression unloged-table"],
    );
    // The linter knows the rule and has no opinion on whether it is used.
    project.write("schema/caches.sql", &beside("unlogged-table, rls-disabled"));
    project.write("howdah.toml", &allow("rls-disabled", "public.*"));
    let lint = project.run(["lint", "--json"]);
    assert!(!lint.stdout.contains("suppression\""), "{}", lint.stdout);
}

#[test]
fn what_is_exposed_is_what_the_settings_say() {
    let sql = "create schema shop; grant usage on schema shop to public;\n\
        create table shop.orders (id uuid primary key); grant select on shop.orders to public;\n";
    let project = Project::of(&[("schema/shop.sql", sql)]);
    project.run(["advise"]).ok();
    project.write("howdah.toml", "[api]\nschemas = [\"shop\"]\n");
    assert_eq!(
        findings(&project.run(["advise", "--json"])),
        ["schema/shop.sql:2 error rls-disabled shop.orders".to_owned()]
    );
    // Another role may be the one without a token.
    let sql = sql.replace("on shop.orders to public", "on shop.orders to visitor");
    project.write("schema/shop.sql", &format!("create role visitor;\n{sql}"));
    project.run(["advise"]).ok();
    project.write("howdah.toml", "[api]\nschemas = [\"shop\"]\nanonymous_role = \"visitor\"\n");
    assert_eq!(project.run(["advise"]).code, 3);
}

#[test]
fn a_live_database_is_judged_by_what_is_in_it() {
    let bookkeeping = "create schema howdah; create unlogged table howdah.migrations (version int);";
    let db = TestDb::from_sql_blocking("advise-live", [Sql::text("bad", &format!("{CACHES}{bookkeeping}"))]);
    let project = Project::of(&[]);
    project.write("howdah.toml", "[env.live]\ndatabase_url_env = \"LIVE_URL\"\n");
    let live =
        |arguments: &[&str]| run(howdah(&project.root).arg("advise").args(arguments).env("LIVE_URL", db.owner_url()));
    for source in [["--env", "live"], ["--from", "env:live"], ["--from", &db.owner_url()]] {
        let ran = live(&[source[0], source[1], "--json"]);
        assert_eq!(findings(&ran), ["warning unlogged-table public.caches".to_owned()], "{ran:#?}");
    }
    // What is said beside the SQL holds for the database that was made from it.
    project.write("schema/caches.sql", &format!("-- howdah:allow unlogged-table: it can be made again\n{CACHES}"));
    live(&["--env", "live"]).ok();
    assert_eq!(live(&["--env", "live", "--from", "schema"]).code, 2);
    live(&["--env", "nowhere"]).failed(2, "env-unknown", &[]);
}

#[test]
fn sql_is_judged_without_a_project() {
    let folder = folder();
    std::fs::write(folder.path().join("a.sql"), CACHES).unwrap();
    let advise = |arguments: &[&str]| run(howdah(folder.path()).arg("advise").args(arguments));
    let ran = advise(&["--from", "a.sql", "--json"]);
    assert_eq!(findings(&ran), ["a.sql:1 warning unlogged-table public.caches".to_owned()]);
    advise(&[]).failed(2, "source-not-named", &["--from"]);
    advise(&["--from", "b.sql"]).failed(2, "source-not-found", &["b.sql"]);
}

#[test]
fn rules_are_listed_and_explained() {
    let folder = folder();
    let advise = |arguments: &[&str]| run(howdah(folder.path()).arg("advise").args(arguments));
    let listed = advise(&["--rules"]).ok();
    assert_eq!(listed.stdout.lines().count(), rules().len());
    assert!(listed.stdout.contains("rls-disabled\terror\tadvisor\t\t"), "{}", listed.stdout);
    let explained = advise(&["--explain", "unlogged-table"]).ok().stdout;
    assert!(explained.starts_with("unlogged-table (warning, advisor)\n"), "{explained}");
    advise(&["--explain", "unloged-table"]).failed(2, "advise-unknown-rule", &["did you mean `unlogged-table`?"]);
    advise(&["--rules", "--format", "sarif"]).failed(2, "advise-format", &[]);
    advise(&["--format", "markdown"]).failed(2, "advise-format", &["--rules"]);
}

/// To write it anew: `cargo run -- advise --rules --format markdown > docs/advisor-rules.md`
#[test]
fn the_page_of_the_rules_is_as_it_is_generated() {
    let folder = folder();
    let generated = run(howdah(folder.path()).args(["advise", "--rules", "--format", "markdown"])).ok().stdout;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/advisor-rules.md");
    let written = std::fs::read_to_string(page).unwrap();
    assert!(
        generated == written,
        "docs/advisor-rules.md is not what the rules say: cargo run -- advise --rules --format markdown > docs/advisor-rules.md"
    );
}
