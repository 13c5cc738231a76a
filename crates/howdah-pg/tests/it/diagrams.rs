//! What others read: Mermaid and DBML through their own parsers, SVG through an XML parser.

use crate::support;
use howdah_schema::{Catalog, QualifiedName, er};
use howdah_testkit::{TestDb, npm};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/diagrams");

async fn nasty() -> Catalog {
    let db = TestDb::from_sql("diagrams", [Path::new(FIXTURES).join("nasty.sql")]).await;
    support::catalog(&db.client_owner().await).await
}

async fn template(name: &str) -> Catalog {
    let db = TestDb::template(name).await;
    support::catalog(&db.client_owner().await).await
}

/// What a parser understood.
fn parsed(script: &str, text: &str) -> Value {
    let modules = npm(Path::new(FIXTURES));
    let mut node = Command::new("node")
        .arg(Path::new(FIXTURES).join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    node.stdin.take().unwrap().write_all(json!({ "modules": modules, "text": text }).to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{script}: {}\n{text}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn strings(values: &Value, field: &str) -> Vec<String> {
    let values = values.as_array().unwrap().iter();
    values.map(|value| value[field].as_str().unwrap().to_owned()).collect()
}

fn all(catalog: &Catalog) -> BTreeSet<QualifiedName> {
    catalog.tables.keys().chain(catalog.views.keys()).cloned().collect()
}

/// A partition stands in no diagram.
fn tables(catalog: &Catalog) -> Vec<&howdah_schema::Table> {
    catalog.tables.values().filter(|table| table.partition_of.is_none()).collect()
}

fn check_mermaid(catalog: &Catalog) -> Value {
    let text = er::mermaid(catalog, &all(catalog));
    let read = parsed("mermaid.mjs", &text);
    let entities = read["entities"].as_array().unwrap();
    assert_eq!(entities.len(), tables(catalog).len() + catalog.views.len(), "{text}");
    let shown: BTreeSet<String> = entities
        .iter()
        .map(|entity| {
            let alias = entity["alias"].as_str().unwrap();
            if alias.is_empty() { entity["name"].as_str().unwrap() } else { alias }.to_owned()
        })
        .collect();
    assert_eq!(shown.len(), entities.len(), "{text}");
    let keys: usize = tables(catalog).iter().map(|table| table.foreign_keys().count()).sum();
    assert_eq!(read["relations"].as_array().unwrap().len(), keys, "{text}");
    read
}

#[tokio::test]
async fn mermaid_takes_the_templates() {
    for name in ["personal", "content", "commerce"] {
        let catalog = template(name).await;
        check_mermaid(&catalog);
    }
    check_mermaid(&Catalog::default());
}

#[tokio::test]
async fn mermaid_takes_any_name() {
    let catalog = nasty().await;
    let read = check_mermaid(&catalog);
    let aliases = strings(&read["entities"], "alias");
    for table in
        ["public.end", "<script>.</text>&amp;'\"`${x}|\\%%{init}", "a.b.end", "a_b.end", "public.one", "public.ONE"]
    {
        assert!(aliases.iter().any(|alias| alias == table), "{table} is not among {aliases:?}");
    }
    let end = read["entities"].as_array().unwrap().iter().find(|entity| entity["alias"] == "public.end").unwrap();
    let shown: Vec<String> = end["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| {
            format!("{} {} {} {}", column["type"], column["name"], column["keys"], column["comment"]).replace('"', "")
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    integer pk_ [PK] pk
    text fk_ [] fk
    a_b___mood___x uk_ [] uk
    numeric[] UK__2 [] UK
    char a_b [] a b
    timestamptz(3) a_b_2 [] a-b
    text tab_and_break [] tab�and�break
    ");
    let labels = strings(&read["relations"], "label");
    assert!(labels.iter().any(|label| label == "ААА, 表"), "{labels:?}");
}

fn check_dbml(catalog: &Catalog) -> Value {
    let text = er::dbml(catalog);
    let read = parsed("dbml.mjs", &text);
    for table in read["tables"].as_array().unwrap() {
        let name = QualifiedName::new(table["schema"].as_str().unwrap(), table["name"].as_str().unwrap());
        let columns = strings(&table["columns"], "name");
        let own: Vec<&String> = catalog.tables[&name].columns.iter().map(|column| &column.name).collect();
        assert_eq!(columns.iter().collect::<Vec<_>>(), own, "{name}");
    }
    let with_columns = tables(catalog).iter().filter(|table| !table.columns.is_empty()).count();
    assert_eq!(read["tables"].as_array().unwrap().len(), with_columns, "{text}");
    let enums: Vec<&Vec<String>> =
        catalog.enums.values().map(|found| &found.labels).filter(|labels| !labels.is_empty()).collect();
    let read_enums: Vec<Vec<String>> = read["enums"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| serde_json::from_value(found["values"].clone()).unwrap())
        .collect();
    assert_eq!(read_enums.iter().collect::<Vec<_>>(), enums);
    let keys: usize = tables(catalog).iter().map(|table| table.foreign_keys().count()).sum();
    let comments = text.lines().filter(|line| line.starts_with("// Ref ")).count();
    assert_eq!(read["refs"].as_array().unwrap().len() + comments, keys, "{text}");
    read
}

#[tokio::test]
async fn dbml_takes_the_templates() {
    for name in ["personal", "content", "commerce"] {
        let catalog = template(name).await;
        let read = check_dbml(&catalog);
        assert!(!read["groups"].as_array().unwrap().is_empty(), "{name}");
        // Comments go through as they are.
        let notes: BTreeSet<&str> =
            read["tables"].as_array().unwrap().iter().filter_map(|table| table["note"].as_str()).collect();
        let comments: BTreeSet<&str> = tables(&catalog).iter().map(|table| table.comment.text()).collect();
        assert_eq!(notes, comments, "{name}");
    }
    check_dbml(&Catalog::default());
}

#[tokio::test]
async fn dbml_takes_any_name() {
    let catalog = nasty().await;
    let read = check_dbml(&catalog);
    let end = read["tables"].as_array().unwrap().iter().find(|table| table["note"].as_str().is_some()).unwrap();
    assert_eq!(end["note"].as_str(), Some(catalog.tables[&QualifiedName::new("public", "end")].comment.text()));
    let reference = read["refs"].as_array().unwrap().iter().find(|reference| reference["name"] == "two").unwrap();
    assert_eq!(reference["ends"][0][1], json!(["ААА", "表"]));
}

/// Well-formed, whatever the names: xmllint is not everywhere, a browser's XML parser is in jsdom.
#[tokio::test]
async fn svg_is_xml() {
    let link = |name: &QualifiedName| format!("../tables/{name}.html?a=1&b='\"<>");
    for catalog in [nasty().await, template("personal").await, Catalog::default()] {
        for link in [None, Some(&link as &dyn Fn(&QualifiedName) -> String)] {
            let options = er::SvgOptions { title: "<Everything> & \"more\"".to_owned(), link };
            let read = parsed("svg.mjs", &er::svg(&catalog, &all(&catalog), &options));
            assert_eq!(read["title"], "<Everything> & \"more\"");
            let shown: BTreeSet<String> = serde_json::from_value(read["tables"].clone()).unwrap();
            let drawn = tables(&catalog);
            let names = drawn.iter().map(|table| &table.name).chain(catalog.views.keys());
            assert_eq!(shown, names.map(ToString::to_string).collect());
            assert_eq!(read["links"].as_u64().unwrap() > 0, link.is_some() && !catalog.tables.is_empty());
            assert_eq!(read["scripts"], 0);
        }
    }
}
