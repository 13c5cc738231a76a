//! The model and the pages, on catalogs made for it.

mod access;
mod many;
mod model;
mod nasty;
mod sample;

use super::markdown::tests::roundtrip;
use super::{Block, Documentation, Facts, Inline, Page, diagrams, json, json_schema, markdown, pages};

use crate::Catalog;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn build(catalog: &Catalog, facts: &Facts) -> (Documentation, Vec<Page>) {
    let documentation = Documentation::new(catalog, facts);
    let pages = pages(&documentation, catalog);
    (documentation, pages)
}

/// What has to be true of any catalog's documentation.
fn check(catalog: &Catalog, facts: &Facts) -> (Documentation, Vec<Page>) {
    let (documentation, pages) = build(catalog, facts);
    links_resolve(&documentation, &pages);
    roundtrip::check(&pages);
    let printed: Value = serde_json::from_str(&json(&documentation)).unwrap();
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    matches(&printed, &schema, &schema, "");
    let read: Documentation = serde_json::from_value(printed).unwrap();
    assert_eq!(read, documentation);
    (documentation, pages)
}

/// Every link leads to a heading of a page that there is, every drawing is made, and no two paths are one where case is
/// ignored.
fn links_resolve(documentation: &Documentation, pages: &[Page]) {
    let mut ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut folded = BTreeSet::new();
    for page in pages {
        assert!(folded.insert(page.path.to_lowercase()), "{} twice", page.path);
        let of_page = ids.entry(&page.path).or_default();
        for block in &page.blocks {
            if let Block::Heading { id, .. } = block {
                assert!(of_page.insert(id), "#{id} twice in {}", page.path);
            }
        }
    }
    let drawn: BTreeSet<String> = diagrams(documentation).into_iter().map(|diagram| diagram.path).collect();
    for page in pages {
        for block in &page.blocks {
            for inline in inlines(block) {
                let Inline::Link { page: to, anchor, .. } = inline else { continue };
                let found = ids.get(to.as_str()).unwrap_or_else(|| panic!("{} links to {to}", page.path));
                let anchor = anchor.as_deref();
                assert!(anchor.is_none_or(|anchor| found.contains(anchor)), "{} links to {to}#{anchor:?}", page.path);
            }
            if let Block::Diagram { svg, .. } = block {
                assert!(drawn.contains(svg), "{} shows {svg}", page.path);
            }
            if let Block::Table { columns, rows } = block {
                assert!(rows.iter().all(|row| row.len() == columns.len()), "{}", page.path);
            }
        }
    }
}

fn inlines(block: &Block) -> Vec<&Inline> {
    match block {
        Block::Heading { text, .. } | Block::Paragraph { text } | Block::Note { text, .. } => text.iter().collect(),
        Block::List { items } => items.iter().flatten().collect(),
        Block::Table { rows, .. } => rows.iter().flatten().flatten().collect(),
        Block::Code { .. } | Block::Diagram { .. } => Vec::new(),
    }
}

/// Holds a value against as much of JSON Schema as ours uses; anything else in a schema is an error here.
fn matches(value: &Value, schema: &Value, root: &Value, at: &str) {
    let problem = fits(value, schema, root);
    assert!(problem.is_none(), "{at}: {}", problem.unwrap_or_default());
}

fn fits(value: &Value, schema: &Value, root: &Value) -> Option<String> {
    let object = match schema {
        Value::Bool(true) => return None,
        Value::Object(object) => object,
        other => return Some(format!("a schema of {other}")),
    };
    object.iter().find_map(|(word, rule)| match word.as_str() {
        "$schema" | "title" | "description" | "format" | "$defs" | "minimum" | "maximum" => None,
        "$ref" => {
            let target = rule.as_str().and_then(|path| root.pointer(path.strip_prefix('#')?));
            fits(value, target.unwrap_or(&Value::Null), root)
        }
        "type" => {
            let kind = match value {
                Value::Null => "null",
                Value::Bool(_) => "boolean",
                Value::Number(_) => "integer",
                Value::String(_) => "string",
                Value::Array(_) => "array",
                Value::Object(_) => "object",
            };
            let fits = rule == kind || rule.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind));
            (!fits).then(|| format!("{value} is no {rule}"))
        }
        "const" => (value != rule).then(|| format!("{value} is not {rule}")),
        "enum" => {
            (!rule.as_array().is_some_and(|all| all.contains(value))).then(|| format!("{value} is none of {rule}"))
        }
        "items" => value.as_array().into_iter().flatten().find_map(|item| fits(item, rule, root)),
        "properties" => {
            let known = rule.as_object()?;
            known.iter().find_map(|(name, rule)| fits(value.get(name)?, rule, root).map(|why| format!("{name}: {why}")))
        }
        "required" => rule
            .as_array()
            .into_iter()
            .flatten()
            .find_map(|name| value.get(name.as_str()?).is_none().then(|| format!("{name} is missing"))),
        "additionalProperties" => {
            let known = object.get("properties").and_then(Value::as_object);
            let others = value.as_object().into_iter().flatten();
            others.filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name))).find_map(|(name, value)| {
                if *rule == Value::Bool(false) { Some(format!("{name} is unknown")) } else { fits(value, rule, root) }
            })
        }
        "oneOf" | "anyOf" => {
            let fitting =
                rule.as_array().into_iter().flatten().filter(|rule| fits(value, rule, root).is_none()).count();
            (fitting == 0 || (word == "oneOf" && fitting != 1)).then(|| format!("{value} fits {fitting} of {rule}"))
        }
        other => Some(format!("the schema says {other}")),
    })
}

#[test]
fn every_field_of_the_schema_is_described() {
    let schema: Value = serde_json::from_str(&json_schema()).unwrap();
    let definitions = schema["$defs"].as_object().unwrap();
    for (name, definition) in definitions.iter().chain([(&"Documentation".to_owned(), &schema)]) {
        for (field, rule) in definition["properties"].as_object().into_iter().flatten() {
            assert!(rule["description"].is_string(), "{name}.{field}");
        }
    }
}

#[test]
fn nothing_is_a_documentation_too() {
    let (documentation, pages) = check(&Catalog::default(), &Facts::default());
    assert!(diagrams(&documentation).is_empty());
    assert_eq!(documentation.coverage.percent(), 100);
    assert!(pages.iter().any(|page| page.path == "README"));
}

#[test]
fn the_sample_reads_well() {
    let (_, pages) = check(&sample::catalog(), &sample::facts());
    let files: Vec<String> =
        markdown(&pages).into_iter().map(|file| format!("════ {}\n{}", file.path, file.text)).collect();
    insta::assert_snapshot!(files.join("\n"));
}

#[test]
fn a_database_and_its_files_are_documented_alike() {
    let files = sample::catalog();
    let live = sample::as_operated(&files);
    assert_ne!(files, live);
    let (one, one_pages) = build(&files, &sample::facts());
    let (other, other_pages) = build(&live, &sample::facts());
    assert_eq!(json(&one), json(&other));
    assert_eq!(markdown(&one_pages), markdown(&other_pages));
}
