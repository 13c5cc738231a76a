//! A project from its first day on.

use std::collections::BTreeSet;
use std::path::Path;

use super::{all_ran, links};
use crate::support::{Project, tree};

fn read(project: &Project, file: &str) -> String {
    std::fs::read_to_string(project.root.join("docs/database").join(file)).unwrap()
}

#[test]
fn documentation_of_the_personal_template() {
    let project = Project::init("personal");
    let first = project.run(["docs", "--json"]).ok();
    assert!(first.stderr.contains("→ Reading schema"), "{}", first.stderr);
    let document = all_ran(&first);
    assert_eq!(document["schema"], "howdah.docs/1");
    let count = |pointer: &str| document["data"].pointer(pointer).unwrap().as_u64().unwrap();
    assert!(document["data"]["queries"]["with_rows"].as_bool().unwrap());
    assert!(count("/queries/ran") > 500, "{document}");
    assert!(count("/queries/planned") <= 4, "{document}");
    assert!(count("/queries/requests/ran") > 350, "{document}");
    all_sent(&document);
    assert_eq!(document["data"]["coverage"]["percent"], 100);

    let out = project.root.join("docs/database");
    for file in [
        "README.md",
        "TABLE-REFERENCE.md",
        "RELATIONSHIPS.md",
        "ER-DIAGRAM.md",
        "DATA-MANAGEMENT.md",
        "ENUMS.md",
        "DOMAINS.md",
        "FUNCTIONS.md",
        "VIEWS.md",
        "tables/public.tasks.md",
        "diagrams/all.svg",
        "diagrams/all.mmd",
        "schema.dbml",
        "schema.json",
        "schema.schema.json",
        "site/index.html",
        "site/tables/public.tasks.html",
    ] {
        assert!(out.join(file).is_file(), "{file}");
    }
    assert!(links::follow(&out) > 5_000);
    personal_data_is_masked(&out);
    let model: serde_json::Value = serde_json::from_str(&read(&project, "schema.json")).unwrap();
    let tasks = &model["tables"]["public.tasks"];
    assert_eq!(tasks["history"][0]["migration"], "0001_initial");
    assert!(tasks["queries"].as_array().unwrap().len() > 10);
    assert_eq!(tasks["example"]["rows"].as_array().unwrap().len(), 3);

    let again = project.run(["docs", "--json"]).ok().json();
    assert_eq!(again["data"]["files"]["written"], serde_json::json!([]));
    let clean = project.run(["docs", "--check"]).ok();
    assert_eq!(clean.stdout, "");

    // The database that the migrations make is documented by the same bytes as the files.
    project.run(["migrate", "up", "--quiet"]).ok();
    let clean = project.run(["docs", "--check"]).ok();
    assert!(clean.stderr.contains("(development)"), "{}", clean.stderr);
    project.run(["docs", "--out", "other", "--quiet"]).ok();
    assert_eq!(without_folder(&project.root.join("other")), without_folder(&out));

    project.run(["db", "start", "--quiet"]).ok();
    project.sql("alter table public.tasks add column effort integer");
    let before = tree(&out);
    let drifted = project.run(["docs", "--check"]);
    assert_eq!(drifted.code, 3, "{drifted:#?}");
    assert!(drifted.stdout.contains("table public.tasks\tcolumn effort added\n"), "{}", drifted.stdout);
    assert_eq!(tree(&out), before);
}

/// No request was only parsed, and none refused.
#[track_caller]
fn all_sent(document: &serde_json::Value) {
    let requests = &document["data"]["queries"]["requests"];
    assert_eq!(requests["role"], "service_role", "{requests}");
    assert_eq!((&requests["read"], &requests["refused"]), (&0.into(), &0.into()), "{requests}");
}

/// Names and addresses of the demo people, and whatever the clock or chance has made.
fn personal_data_is_masked(out: &Path) {
    let text = std::fs::read_to_string(out.join("schema.json")).unwrap();
    let model: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut cells = BTreeSet::new();
    let mut masked = 0;
    for table in model["tables"].as_object().unwrap().values() {
        let Some(example) = table["example"].as_object() else { continue };
        masked += example["masked"].as_array().unwrap().len();
        for row in example["rows"].as_array().unwrap() {
            assert_eq!(row.as_array().unwrap().len(), example["columns"].as_array().unwrap().len());
            cells.extend(row.as_array().unwrap().iter().filter_map(|cell| cell.as_str()).map(str::to_owned));
        }
    }
    assert!(cells.len() > 300 && masked > 50, "{} cells, {masked} masked columns", cells.len());
    for secret in ["Ada Lindqvist", "Ben Tavares", "ada@example.com", "ben@example.org", "$2b$12$"] {
        let found: Vec<&String> = cells.iter().filter(|cell| cell.contains(secret)).collect();
        assert!(found.is_empty(), "{secret}: {found:?}");
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let days = i64::try_from(now.as_secs() / 86_400).unwrap();
    let today = howdah_data::calendar::Day::from_ymd(1970, 1, 1).plus(i32::try_from(days).unwrap()).to_string();
    assert!(!cells.iter().any(|cell| cell.contains(&today)), "{today}");
}

fn without_folder(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    tree(folder).into_iter().map(|(path, content)| (name(&path), content)).collect()
}

#[test]
fn every_template_has_documentation_whose_queries_run() {
    for (template, at_least) in [("content", 140), ("commerce", 140), ("empty", 80)] {
        let project = Project::init(template);
        let document = all_ran(&project.run(["docs", "--json"]).ok());
        let queries = &document["data"]["queries"];
        let made = queries["made"].as_u64().unwrap();
        assert!(made > at_least, "{template}: {made}");
        // Tables that the demo leaves empty, such as that of the key of hashes.
        assert!(queries["planned"].as_u64().unwrap() <= 5, "{template}: {queries}");
        all_sent(&document);
        links::follow(&project.root.join("docs/database"));
        project.run(["docs", "--check"]).ok();
    }
}

#[test]
fn history_comes_from_the_migrations() {
    let project = Project::nowhere();
    project.write("howdah.toml", "[project]\nname = \"Small\"\n");
    project.write("schema/1.sql", "create table persons (id int primary key, name text not null, age bigint);");
    let up = |name: &str, sql: &str| {
        project.write(&format!("migrations/{name}.up.sql"), sql);
        project.write(&format!("migrations/{name}.down.sql"), "select 1;");
    };
    up("0001_initial", "create table people (id int primary key, name text);");
    up("0002_more", "alter table people rename to persons; alter table persons add age int;");
    up("0003_types", "alter table persons alter age type bigint, alter name set not null;");
    project.run(["docs"]).ok();
    let page = read(&project, "tables/public.persons.md");
    for line in [
        "| `0001_initial` |  | created |",
        "| `0002_more` |  | renamed from people |",
        "|  | `age` | added |",
        "| `0003_types` | `name` | now NOT NULL |",
        "|  | `age` | type: integer → bigint |",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
    // Two of three have been applied: that is what the database's documentation tells.
    project.run(["migrate", "up", "2", "--quiet"]).ok();
    project.run(["docs"]).ok();
    let page = read(&project, "tables/public.persons.md");
    assert!(page.contains("0002_more") && !page.contains("0003_types"), "{page}");
}
