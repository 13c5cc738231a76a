//! `howdah lint`: what it finds, where, and what it does about it.

use std::collections::BTreeSet;
use std::path::Path;

use howdah_testkit::TestDb;
use serde_json::Value;

use super::support::{Project, Ran, folder, howdah, run, tree};

/// A schema that keeps the standards.
const GOOD: &str = "\
create table public.notes (
  id         uuid        not null default gen_random_uuid(),
  title      text        not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint notes_pkey primary key (id)
);
comment on table  public.notes            is 'What a person wrote down.';
comment on column public.notes.id         is 'The row''s id.';
comment on column public.notes.title      is 'What it is called.';
comment on column public.notes.created_at is 'When the row was made.';
comment on column public.notes.updated_at is 'When the row last changed.';
";

/// Each finding as `file:line:column level rule object`.
fn findings(ran: &Ran) -> Vec<String> {
    let document = ran.json();
    let found = document["data"]["findings"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    found
        .iter()
        .map(|it| {
            let place = match it.get("file") {
                Some(file) => format!("{}:{}:{} ", text(file), it["line"], it["column"]),
                None => String::new(),
            };
            format!("{place}{} {} {}", text(&it["level"]), text(&it["id"]), text(&it["object"]))
        })
        .collect()
}

fn rules(set: &str) -> BTreeSet<String> {
    let folder = folder();
    let document = run(howdah(folder.path()).args(["lint", "--rules", "--json"])).ok().json();
    let rules = document["data"]["rules"].as_array().unwrap().clone();
    rules.iter().filter(|rule| rule["set"] == set).map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_templates_are_clean() {
    for template in ["personal", "content", "commerce", "empty"] {
        let project = Project::init(template);
        let ran = project.run(["lint", "--level", "info"]).ok();
        assert_eq!(ran.stdout, "", "{template}");
        assert!(ran.stderr.contains("Nothing to say about"), "{template}: {}", ran.stderr);
        assert!(ran.stderr.contains("and 1 migration"), "{template}: {}", ran.stderr);
    }
}

#[test]
fn a_bad_schema_fires_every_rule() {
    let project = Project::of(&[("schema/bad.sql", include_str!("../fixtures/bad_schema.sql"))]);
    let ran = project.run(["lint", "--json"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    let found = findings(&ran);
    let fired: BTreeSet<String> = found.iter().map(|finding| finding.split(' ').nth(2).unwrap().to_owned()).collect();
    assert_eq!(fired, rules("standards"), "{found:#?}");
    for finding in [
        "schema/bad.sql:9:1 warning snake-case-table public.\"User\"",
        "schema/bad.sql:11:3 warning text-over-varchar public.\"User\".\"fullName\"",
        "schema/bad.sql:12:3 warning unique-name public.\"User\".\"User_email_key\"",
        "schema/bad.sql:21:38 error unknown-tag public.\"User\"",
        "schema/bad.sql:22:60 error misplaced-tag public.\"User\".email",
        "schema/bad.sql:28:3 warning no-on-delete public.invoice.invoice_user_id_fkey",
        "schema/bad.sql:31:1 warning index-name public.invoice_total_index",
        "schema/bad.sql:38:1 error broken-object public.idx_readings_taken_at",
        "schema/bad.sql:6:1 warning text-over-varchar public.short_text",
        "schema/bad.sql:7:14 warning check-name public.short_text.short_text_check",
    ] {
        assert!(found.contains(&finding.to_owned()), "{finding} is not in {found:#?}");
    }
    let text = project.run(["lint"]);
    assert_eq!(text.code, 3, "{text:#?}");
    insta::assert_snapshot!("a_bad_schema_as_text", text.stdout);
    assert!(text.stderr.contains("in 6 tables"), "{}", text.stderr);
}

#[test]
fn the_level_decides_about_the_exit_code() {
    let project = Project::of(&[("schema/notes.sql", &GOOD.replace("title      text ", "title      json "))]);
    let ran = project.run(["lint", "--level", "error"]).ok();
    assert!(ran.stdout.contains("warning[jsonb-over-json]"), "{}", ran.stdout);
    assert_eq!(project.run(["lint"]).code, 3);
}

#[test]
fn suppressions_have_reasons_and_are_used() {
    let due = |comment: &str| GOOD.replace("  title   ", &format!("{comment}\n  due date,\n  title   "));
    let comment = "comment on column public.notes.due is 'When it is due.';\n";
    let project = Project::of(&[]);
    let check = |sql: String, toml: &str, expected: &[&str]| {
        project.write("schema/notes.sql", &format!("{sql}{comment}"));
        project.write("howdah.toml", toml);
        let ran = project.run(["lint", "--json"]);
        assert_eq!(
            (findings(&ran), ran.code),
            (expected.iter().map(ToString::to_string).collect(), if expected.is_empty() { 0 } else { 3 }),
            "{toml}"
        );
    };
    check(due(""), "", &["schema/notes.sql:4:3 warning date-name public.notes.due"]);
    check(due("  -- howdah:allow date-name: as in the old system"), "", &[]);
    check(format!("-- howdah:allow-file date-name: as in the old system\n{}", due("")), "", &[]);
    check(format!("-- howdah:allow date-name: as in the old system\n{}", due("")), "", &[]);
    check(
        due("  -- howdah:allow date-name"),
        "",
        &[
            "schema/notes.sql:3:3 warning suppression-without-reason -",
            "schema/notes.sql:4:3 warning date-name public.notes.due",
        ],
    );
    check(
        due("  -- howdah:allow date-nam: x"),
        "",
        &[
            "schema/notes.sql:3:3 warning unknown-suppression date-nam",
            "schema/notes.sql:4:3 warning date-name public.notes.due",
        ],
    );
    check(
        due("  -- howdah:allow date-name, json-type: x"),
        "",
        &["schema/notes.sql:3:3 warning unknown-suppression json-type"],
    );
    check(
        due("  -- howdah:allow date-name, jsonb-over-json: x"),
        "",
        &["schema/notes.sql:3:3 warning unused-suppression jsonb-over-json"],
    );
    // Beside nothing, for whole projects.
    let allow = |rest: &str| format!("[[lint.allow]]\nrule = \"date-name\"\n{rest}");
    check(due(""), &allow("object = \"public.*.due\"\nreason = \"as in the old system\"\n"), &[]);
    check(due(""), &allow("file = \"schema/*\"\nreason = \"as in the old system\"\n"), &[]);
    check(due(""), &allow("reason = \"as in the old system\"\n"), &[]);
    let found = "schema/notes.sql:4:3 warning date-name public.notes.due";
    check(due(""), &allow(""), &[found, "howdah.toml:1:1 warning suppression-without-reason date-name"]);
    check(
        due(""),
        &allow("object = \"x\"\nreason = \"x\"\n"),
        &[found, "howdah.toml:1:1 warning unused-suppression date-name"],
    );
    check(
        due(""),
        "[[lint.allow]]\nrule = \"date-nme\"\nreason = \"x\"\n",
        &[found, "howdah.toml:1:1 warning unknown-suppression date-nme"],
    );
    let refuse = |toml: &str, said: &str| {
        project.write("howdah.toml", toml);
        let ran = project.run(["lint"]);
        assert_eq!(ran.code, 2, "{ran:#?}");
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    };
    refuse("[[lint.allow]]\nrul = \"x\"\n", "did you mean `rule`?");
    refuse("[[lint.allow]]\nreason = \"x\"\n", "rule is missing");
    refuse("[lint]\nallow = \"x\"\n", "[[lint.allow]]");
    refuse("[lint]\noff = [\"x\"]\n", "lint.off");
    refuse("[[lint.allow]]\nrule = 5\n", "text in quotes");
    project.write("howdah.toml", &allow("object = \"public.*\"\nreason = \"old\"\n"));
    let shown = project.run(["config", "show"]).ok();
    assert!(shown.stdout.contains("lint.allow.1\tdate-name\t"), "{}", shown.stdout);
}

#[test]
fn fixes_change_what_they_are_about_and_nothing_else() {
    let lists = "\
-- Lists.   \r
-- howdah:allow plural-table: there was one
create table public.lists (
  id         uuid        not null default gen_random_uuid(),
  name       varchar(40) not null, -- howdah:allow jsonb-over-json: none any more
  note_id    uuid        constraint fk_lists_note references public.notes (id) on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint lists_pkey primary key (id)
);   -- é

comment on table  public.lists            is 'Lists.';
comment on column public.lists.id         is 'The row''s id.';
comment on column public.lists.name       is 'What it is called.';
comment on column public.lists.note_id    is 'The note.';
comment on column public.lists.created_at is 'When the row was made.';
comment on column public.lists.updated_at is 'When the row last changed.';"
        .replace("\r\n", "\n");
    let project = Project::of(&[("schema/10_notes.sql", GOOD), ("schema/20_lists.sql", &lists)]);
    let before = tree(&project.root);
    let dry = project.run(["lint", "--fix", "--dry-run"]).ok();
    insta::assert_snapshot!("fixes_as_a_patch", dry.stdout);
    assert!(dry.stderr.contains("Would mend 4 findings"), "{}", dry.stderr);
    assert_eq!(tree(&project.root), before);
    let json = project.run(["lint", "--fix", "--json"]).ok().json();
    assert_eq!(json["data"]["fixed"].as_array().unwrap().len(), 4);
    let wanted = lists
        .replace("-- howdah:allow plural-table: there was one\n", "")
        .replace(" -- howdah:allow jsonb-over-json: none any more", "")
        .replace("varchar(40) not null,", "text not null constraint chk_lists_name check (char_length(name) <= 40),")
        .replace(");   -- é\n", ");   -- é\ncreate index idx_lists_note_id on public.lists (note_id);\n");
    assert_eq!(std::fs::read_to_string(project.root.join("schema/20_lists.sql")).unwrap(), wanted);
    assert_eq!(std::fs::read_to_string(project.root.join("schema/10_notes.sql")).unwrap(), GOOD);
    let again = project.run(["lint", "--fix"]).ok();
    assert!(again.stderr.contains("nothing that --fix mends"), "{}", again.stderr);
    assert_eq!(tree(&project.root).len(), before.len(), "a file was left behind");
}

#[test]
fn a_fix_that_cannot_be_loaded_is_not_written() {
    // A partition is left to its parent, so only that one would be mended, and then the two do not fit.
    let sql = "create table public.events (at date not null, code varchar(3)) partition by range (at);\ncreate table public.events_1 (at date not null, code varchar(3));\nalter table public.events attach partition public.events_1 default;\n";
    let project = Project::of(&[("schema/a.sql", sql)]);
    let before = tree(&project.root);
    project.run(["lint", "--fix"]).failed(1, "lint-fix-unproven", &["nothing was written", "different type"]);
    assert_eq!(tree(&project.root), before);
}

#[test]
fn migrations_are_judged_one_by_one() {
    let project = Project::init("empty");
    project.write(
        "migrations/0002_things.up.sql",
        "create table public.things (id uuid primary key, name varchar(40), size integer);\ncreate index idx_things_size on public.things (size);\n",
    );
    project.write("migrations/0002_things.down.sql", "drop table public.things;\n");
    project.write(
        "migrations/0003_wider.up.sql",
        "alter table public.things alter name type varchar(80);\ncreate index idx_things_name on public.things (name);\n",
    );
    project.write("migrations/0003_wider.down.sql", "drop index public.idx_things_name;\n");
    project.write(
        "migrations/0004_gone.up.sql",
        "-- howdah:destructive the sizes, which nobody reads\n\nalter table public.things drop column size;\n",
    );
    project
        .write("migrations/0004_gone.down.sql", "-- howdah:down lossy\nalter table public.things add size integer;\n");
    let ran = project.run(["lint", "migrations", "--json"]);
    // Making the type longer is instant, which only the catalog can tell.
    assert_eq!(
        findings(&ran),
        [
            "migrations/0002_things.up.sql:1:55 info varchar-type public.things.name",
            "migrations/0003_wider.up.sql:1:43 info varchar-type public.things.name",
            "migrations/0003_wider.up.sql:2:1 error index-not-concurrent public.things",
        ]
        .map(str::to_owned)
    );
    assert_eq!(ran.json()["data"]["judged"]["migrations"], 4);
    let one = project.run(["lint", "migrations/0002_things.up.sql", "--json"]);
    assert_eq!(one.json()["data"]["judged"]["migrations"], 1);
    // Going back is judged for who asks.
    let down = project.run(["lint", "migrations/0002_things.down.sql", "--json"]);
    assert_eq!(findings(&down).len(), 1, "{down:#?}");
    // One that does not run is judged by its text, and that is said.
    project.write("migrations/0002_things.up.sql", "create table public.things (id nonsense primary key);\n");
    let ran = project.run(["lint", "migrations", "--json"]);
    assert!(ran.stderr.contains("do not run on a scratch database"), "{}", ran.stderr);
    assert!(findings(&ran).iter().any(|it| it.contains("change-column-type")), "{ran:#?}");
}

#[test]
fn sql_is_judged_where_it_stands() {
    let folder = folder();
    std::fs::write(folder.path().join("b.sql"), "select 1;\n\ndrop table public.a;\n").unwrap();
    std::fs::write(folder.path().join("a.sql"), "create tabel public.a ();\n").unwrap();
    let lint = |arguments: &[&str]| run(howdah(folder.path()).arg("lint").args(arguments));
    let ran = lint(&["b.sql", "--json"]);
    assert_eq!(
        findings(&ran),
        [
            "b.sql:3:1 warning missing-lock-timeout public.a",
            "b.sql:3:1 warning missing-statement-timeout public.a",
            "b.sql:3:1 warning not-rerunnable -",
            "b.sql:3:12 error drop-table public.a",
        ]
        .map(str::to_owned)
    );
    // As psql runs it, an index can be made without locking anybody out.
    std::fs::write(
        folder.path().join("e.sql"),
        "set lock_timeout = '1s';\nset statement_timeout = '1h';\ncreate index concurrently if not exists i on public.a (b);\n",
    )
    .unwrap();
    lint(&["e.sql"]).ok();
    let ran = lint(&["a.sql"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    assert!(ran.stdout.contains("[syntax]") && ran.stdout.contains("create tabel"), "{}", ran.stdout);
    assert_eq!(findings(&lint(&[".", "--json"])).len(), 5);
    lint(&["c.sql"]).failed(2, "source-not-found", &["c.sql"]);
    lint(&["env:nowhere"]).failed(2, "env-unknown", &[]);
    lint(&[]).failed(2, "project-not-found", &["lint deploy.sql"]);
    // Only what holds nothing back is mended in such a file.
    std::fs::write(folder.path().join("c.sql"), "-- howdah:allow drop-table: gone\nselect 1;\n").unwrap();
    lint(&["c.sql", "--fix"]).ok();
    assert_eq!(std::fs::read_to_string(folder.path().join("c.sql")).unwrap(), "select 1;\n");
    std::fs::write(folder.path().join("d.sql"), [0xff, 0xfe]).unwrap();
    assert_eq!(lint(&["d.sql"]).code, 1);
}

#[test]
fn a_file_of_the_schema_is_judged_with_the_others() {
    let other = GOOD.replace("public.notes", "public.lists").replace("notes_pkey", "lists_pkey");
    let bad = other.replace("title      text ", "title      json ");
    let project =
        Project::of(&[("schema/10_notes.sql", &GOOD.replace("text ", "json ")), ("schema/20_lists.sql", &bad)]);
    let ran = project.run(["lint", "schema/20_lists.sql", "--json"]);
    assert_eq!(findings(&ran), ["schema/20_lists.sql:3:3 warning jsonb-over-json public.lists.title".to_owned()]);
    assert_eq!(findings(&project.run(["lint", "schema", "--json"])).len(), 2);
    project.write("schema/30_broken.sql", "create table public.broken (id nonsense);\n");
    let ran = project.run(["lint"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.stderr.contains("schema/30_broken.sql:1"), "{}", ran.stderr);
    // A view of what is not there.
    project.write("schema/30_broken.sql", "create view public.v as select * from public.gone;\n");
    let ran = project.run(["lint"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.stderr.contains("public.gone"), "{}", ran.stderr);
}

#[test]
fn a_project_without_anything_has_nothing_to_say_about() {
    let project = Project::of(&[]);
    let ran = project.run(["lint"]).ok();
    assert!(ran.stderr.contains("Nothing to say about 0 tables"), "{}", ran.stderr);
    std::fs::remove_dir(project.root.join("schema")).unwrap();
    project.run(["lint"]).ok();
}

#[test]
fn a_live_database_has_objects_and_no_places() {
    let db = TestDb::from_sql_blocking(
        "lint-live",
        [howdah_testkit::Sql::text(
            "bad",
            "create table public.thing (due date); create schema howdah; create table howdah.migrations (version int);",
        )],
    );
    let project = Project::of(&[]);
    project.write("howdah.toml", "[env.live]\ndatabase_url_env = \"LIVE_URL\"\n[[lint.allow]]\nrule = \"no-primary-key\"\nobject = \"public.thing\"\nreason = \"to come\"\n");
    let mut command = howdah(&project.root);
    let ran = run(command.args(["lint", "env:live", "--json"]).env("LIVE_URL", db.owner_url()));
    assert_eq!(ran.code, 3, "{ran:#?}");
    assert_eq!(
        findings(&ran),
        [
            "warning created-at public.thing",
            "warning plural-table public.thing",
            "warning table-comment public.thing",
            "warning updated-at public.thing",
            "warning column-comment public.thing.due",
            "warning date-name public.thing.due",
        ]
        .map(str::to_owned)
    );
    assert_eq!(ran.json()["data"]["suppressed"], 1);
    // What is said beside the SQL holds for the database that was made from it.
    project.write("schema/thing.sql", "-- howdah:allow-file plural-table, created-at, updated-at, table-comment, column-comment, date-name: old\ncreate table public.thing (due date);\n");
    let mut command = howdah(&project.root);
    run(command.args(["lint", "env:live"]).env("LIVE_URL", db.owner_url())).ok();
}

#[test]
fn names_of_any_kind_come_out_whole_in_every_format() {
    let long = "x".repeat(61) + "é";
    let names = ["a\"b", "select", "Ärger 😀", "50%, a: b", "<script>alert(1)</script>", "tab\tand\nline", &long];
    let sql: String =
        names.iter().map(|name| format!("create table public.\"{}\" ();\n", name.replace('"', "\"\""))).collect();
    let file = "schema/a b,é:%.sql";
    let project = Project::of(&[(file, &sql)]);
    let json = project.run(["lint", "--json"]);
    let objects: BTreeSet<String> = json.json()["data"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["object"].as_str().unwrap().to_owned())
        .collect();
    let wanted: BTreeSet<String> =
        names.iter().map(|name| howdah_schema::QualifiedName::new("public", *name).to_string()).collect();
    assert_eq!(objects, wanted);
    let number = findings(&json).len();

    let github = project.run(["lint", "--format", "github"]);
    assert_eq!(github.code, 3);
    assert_eq!(github.stdout.lines().count(), number, "{}", github.stdout);
    for line in github.stdout.lines() {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        assert!(head.contains("file=schema/a b%2Cé%3A%25.sql,line="), "{line}");
        assert!(!message.is_empty());
    }
    assert!(github.stdout.contains("50%25, a: b"), "{}", github.stdout);

    let sarif: Value = serde_json::from_str(&project.run(["lint", "--format", "sarif"]).stdout).unwrap();
    check_sarif(&sarif);
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), number);
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "schema/a%20b%2C%C3%A9%3A%25.sql");

    let text = project.run(["lint"]);
    assert!(!text.stdout.contains('\t') || text.stdout.contains("tab"), "{}", text.stdout);
    assert!(text.stdout.contains("Ärger 😀"), "{}", text.stdout);
}

/// What SARIF 2.1.0 requires, and what code scanning reads.
fn check_sarif(document: &Value) {
    assert_eq!(document["version"], "2.1.0");
    assert!(document["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let run = &document["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert!(driver["name"].is_string());
    let rules = driver["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());
    for rule in rules {
        assert!(rule["shortDescription"]["text"].is_string() && rule["fullDescription"]["text"].is_string());
        assert!(
            ["none", "note", "warning", "error"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap())
        );
    }
    for result in run["results"].as_array().unwrap() {
        assert!(result["message"]["text"].is_string());
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        for location in result["locations"].as_array().unwrap() {
            let region = &location["physicalLocation"]["region"];
            let number = |name: &str| region[name].as_u64().unwrap();
            assert!(number("startLine") >= 1 && number("startColumn") >= 1);
            assert!((number("endLine"), number("endColumn")) > (number("startLine"), number("startColumn")));
            assert!(location["logicalLocations"][0]["fullyQualifiedName"].is_string());
        }
    }
}

#[test]
fn rules_are_listed_and_explained() {
    let folder = folder();
    let lint = |arguments: &[&str]| run(howdah(folder.path()).arg("lint").args(arguments));
    let all = rules("standards").len() + rules("hazards").len();
    let listed = lint(&["--rules"]).ok();
    assert_eq!(listed.stdout.lines().count(), all);
    assert!(listed.stdout.contains("unindexed-foreign-key\twarning\tstandards\t--fix\t"), "{}", listed.stdout);
    insta::assert_snapshot!("a_rule_explained", lint(&["--explain", "no-on-delete"]).ok().stdout);
    lint(&["--explain", "no-on-delet"]).failed(2, "lint-unknown-rule", &["did you mean `no-on-delete`?"]);
    assert_eq!(lint(&["--explain", "drop-table", "--json"]).ok().json()["data"]["set"], "hazards");
    lint(&["--rules", "--format", "sarif"]).failed(2, "lint-format", &[]);
    lint(&["--format", "markdown"]).failed(2, "lint-format", &["--rules"]);
}

/// To write it anew: `cargo run -- lint --rules --format markdown > docs/lint-rules.md`
#[test]
fn the_page_of_the_rules_is_as_it_is_generated() {
    let folder = folder();
    let generated = run(howdah(folder.path()).args(["lint", "--rules", "--format", "markdown"])).ok().stdout;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lint-rules.md");
    let written = std::fs::read_to_string(page).unwrap();
    assert!(
        generated == written,
        "docs/lint-rules.md is not what the rules say: cargo run -- lint --rules --format markdown > docs/lint-rules.md"
    );
}
