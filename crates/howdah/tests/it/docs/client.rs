//! The samples for supabase-js, run by supabase-js as they stand on the pages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use howdah_pg::tokio_postgres::Client;
use howdah_pg::{Literal, Target, schema, trial};
use howdah_schema::Catalog;
use howdah_schema::docs::queries::{Candidate, Queries};
use howdah_testkit::npm;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};

use crate::support::{Project, run, tree};
use crate::types::client_folder;

/// A sample as a page has it: the page's relation, the heading above it, and the code.
type Sample = (String, String, String);

#[test]
fn supabase_js_runs_every_sample_of_the_personal_template() {
    let project = Project::init("personal");
    let dev = project.dev(&[]);
    project.run(["docs", "--quiet"]).ok();
    let samples = on_pages(&project.root.join("docs/database"));
    assert!(samples.len() > 350, "{}", samples.len());

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let url = project.run(["db", "url"]).ok().stdout;
    let specs = runtime.block_on(specs(url.trim(), &samples));
    let answers = answers(&dev.url, &dev.secret(), &specs);

    assert_eq!(answers.len(), samples.len());
    let mut wrong = Vec::new();
    for (spec, answer) in specs.iter().zip(&answers) {
        if !answer["error"].is_null() || answer["counted"] != true {
            wrong.push(format!("{}\n{}\n{answer}", spec["about"], spec["code"].as_str().unwrap()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), answers.len(), wrong.join("\n\n"));
    // That nothing is found and nothing written would be no error either.
    let with_rows = |writes: bool| {
        let both = specs.iter().zip(&answers).filter(|(spec, _)| spec["writes"] == writes);
        both.filter(|(_, answer)| answer["rows"].as_u64().unwrap() > 0).count()
    };
    let (found, written) = (with_rows(false), with_rows(true));
    println!("{} samples ran; {found} found rows, {written} wrote some", answers.len());
    assert!(found > 150 && written > 40, "{found} found rows, {written} wrote some");
}

/// All samples of all pages, in the order of the pages.
fn on_pages(folder: &Path) -> Vec<Sample> {
    let is_page = |path: &PathBuf| {
        path.extension().is_some_and(|end| end == "md") && path.parent() != Some(folder) && path.is_file()
    };
    let mut samples = Vec::new();
    for (path, content) in tree(folder).into_iter().filter(|(path, _)| is_page(path)) {
        let relation = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = String::from_utf8(content).unwrap();
        let (mut title, mut code) = (String::new(), None);
        let mut in_title = false;
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    in_title = level == HeadingLevel::H3;
                    title.clear();
                }
                Event::End(TagEnd::Heading(_)) => in_title = false,
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "typescript" => {
                    code = Some(String::new());
                }
                Event::End(TagEnd::CodeBlock) => {
                    let taken =
                        code.take().map(|code: String| (relation.clone(), title.clone(), code.trim().to_owned()));
                    samples.extend(taken);
                }
                Event::Text(text) | Event::Code(text) => match &mut code {
                    Some(code) => code.push_str(&text),
                    None if in_title => title.push_str(&text),
                    None => {}
                },
                _ => {}
            }
        }
    }
    // The pages are all there is of it: no sample is in a form that was not looked for.
    let all = tree(folder).into_iter().filter(|(path, _)| is_page(path));
    let fences: usize =
        all.map(|(_, content)| String::from_utf8(content).unwrap().matches("await supabase").count()).sum();
    assert_eq!(samples.len(), fences);
    samples
}

/// The samples with values for their variables, those last that make rows and those that take rows away.
async fn specs(url: &str, samples: &[Sample]) -> Vec<Value> {
    let client = Target::parse(url).unwrap().client().await.unwrap();
    let catalog = schema::catalog(&client).await.unwrap();
    let schemas = ["public".to_owned()];
    let queries = Queries::new(&catalog, &schemas);
    let mut made: BTreeMap<(String, String), Candidate> = BTreeMap::new();
    for candidate in catalog.relations().flat_map(|relation| queries.of(relation)) {
        made.insert((candidate.relation.to_string(), candidate.query.title.clone()), candidate);
    }
    // Before any other values are looked for: none shall be of a row that goes.
    let mut rooms = BTreeMap::new();
    for candidate in made.values().filter(|it| it.is_insert() && it.request.is_some()) {
        if let Some(values) = room(&client, candidate, options(&client, &catalog, candidate).await).await {
            rooms.insert(candidate.relation.to_string(), values);
        }
    }
    let mut specs = Vec::new();
    for (relation, title, code) in samples {
        let candidate = made.get(&(relation.clone(), title.clone())).unwrap_or_else(|| panic!("{relation}: {title}"));
        assert_eq!(candidate.query.typescript.as_deref(), Some(code.as_str()), "{relation}: {title}");
        let values = match rooms.get(&candidate.relation.to_string()) {
            Some(values) if candidate.is_insert() => vec![values.clone()],
            _ => options(&client, &catalog, candidate).await,
        };
        let variables = |values: &trial::Values| -> Value {
            let of = |(name, json): (&String, &Option<String>)| {
                let json = json.as_ref().unwrap_or_else(|| panic!("{relation}: {title}: no value for {name}"));
                (name.clone(), serde_json::from_str(json).unwrap())
            };
            candidate.variables.iter().zip(&values.json).map(of).collect::<serde_json::Map<_, _>>().into()
        };
        let order = match candidate.request.as_ref().unwrap().method {
            "GET" | "HEAD" => 0,
            "PATCH" => 1,
            "POST" => 2,
            _ => 3,
        };
        specs.push((
            order,
            json!({
                "about": format!("{relation}: {title}"), "code": code, "writes": candidate.writes,
                "values": values.iter().map(variables).collect::<Vec<_>>(),
            }),
        ));
    }
    specs.sort_by_key(|(order, _)| *order);
    specs.into_iter().map(|(_, spec)| spec).collect()
}

/// Values for a sample, and others should the rows refuse them.
async fn options(client: &Client, catalog: &Catalog, candidate: &Candidate) -> Vec<trial::Values> {
    let mut values = vec![trial::values(client, catalog, candidate, false).await.unwrap()];
    values.extend(trial::others(client, catalog, candidate, false).await.unwrap());
    values
}

/// Where no values make a new row, because there can be only one like it, the row that the first are from goes; its values.
async fn room(client: &Client, candidate: &Candidate, values: Vec<trial::Values>) -> Option<trial::Values> {
    let sql = candidate.query.sql.trim_end_matches(';');
    for values in &values {
        let literals = values.text.iter().map(|text| Literal::text(text.clone().unwrap()).to_string());
        let execute = match literals.collect::<Vec<_>>() {
            none if none.is_empty() => "execute trial".to_owned(),
            some => format!("execute trial ({})", some.join(", ")),
        };
        let tried = client.batch_execute(&format!("begin; prepare trial as {sql}; {execute}")).await;
        client.batch_execute("rollback; deallocate all").await.unwrap();
        if tried.is_ok() {
            return None;
        }
    }
    let from_row =
        values.into_iter().find(|values| values.row.is_some()).unwrap_or_else(|| panic!("{sql}: nothing fits"));
    let row = from_row.row.clone().unwrap();
    let delete = format!("delete from {} where ctid = {}", candidate.relation, Literal::text(row));
    let alone = "set session_replication_role = replica";
    client.batch_execute(&format!("{alone}; {delete}; reset session_replication_role")).await.unwrap();
    Some(from_row)
}

/// What the client answered to each.
fn answers(url: &str, key: &str, specs: &[Value]) -> Vec<Value> {
    let folder = tempfile::Builder::new().prefix("samples-").tempdir_in(npm(&client_folder())).unwrap();
    let path = |name: &str| folder.path().join(name);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/docs_client/run.mjs");
    std::fs::copy(script, path("run.mjs")).unwrap();
    let spec = json!({ "url": url, "key": key, "samples": specs });
    std::fs::write(path("spec.json"), spec.to_string()).unwrap();
    let mut node = std::process::Command::new("node");
    let ran = run(node.args(["run.mjs", "spec.json", "out.json"]).current_dir(folder.path()));
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    serde_json::from_slice(&std::fs::read(path("out.json")).unwrap()).unwrap()
}
