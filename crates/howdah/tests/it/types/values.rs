//! What the database refuses, Zod refuses, and the other way round: for every CHECK that is carried, and for every type.

use std::path::Path;

use howdah_pg::introspect::{IntrospectOptions, introspect};
use howdah_pg::tokio_postgres::Client;
use howdah_schema::catalog::{DataType, Relation};
use howdah_schema::clients::relation::{Field, Presence, Shape, shape};
use howdah_schema::clients::rules::{Kind, Rule};
use howdah_schema::{Catalog, Ident};
use serde_json::{Map, Value, json};

use super::{Subject, client_folder, compile, node, workspace};

/// The keys of a document.
type Keys = Map<String, Value>;

/// Whether client and database must agree on a text and its document.
type Exact = dyn Fn(&str, &Keys) -> bool;

/// A column or a set of columns whose values are tried.
struct Trial {
    /// For messages.
    name: String,
    /// What is asked of the database, for a document with these keys.
    statement: Box<dyn Fn(&Keys) -> String>,
    /// Around a single value, its column.
    column: Option<String>,
    /// Whether the client and the database must agree on this document; otherwise the client may let it pass.
    exact: Box<Exact>,
    /// For the script.
    spec: Value,
}

#[test]
fn zod_says_what_the_database_says() {
    let subjects: Vec<Subject> = Subject::all().into_iter().filter(|subject| subject.name != "empty").collect();
    let folder = workspace(&subjects);
    compile(folder.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut clients = Vec::new();
        let mut trials = Vec::new();
        for subject in &subjects {
            let client = subject.db.client_owner().await;
            let catalog = introspect(&client, &IntrospectOptions::default()).await.unwrap();
            let sql = std::fs::read_to_string(client_folder().join("verdict.sql")).unwrap();
            client.batch_execute(&sql).await.unwrap();
            clients.push(client);
            trials.push(trials_of(subject, &catalog));
        }
        let answers = answers(folder.path(), &subjects, &trials);
        let mut wrong = Vec::new();
        let (mut tried, mut refused) = (0, 0);
        for ((client, (columns, rows)), answer) in clients.iter().zip(&trials).zip(&answers) {
            for (kind, trials) in [("columns", columns), ("rows", rows)] {
                for (trial, answer) in trials.iter().zip(answer[kind].as_array().unwrap()) {
                    let cases = answer["cases"].as_array().unwrap();
                    assert!(!cases.is_empty(), "{}", trial.name);
                    tried += cases.len();
                    refused += compare(client, trial, cases, &mut wrong).await;
                }
            }
        }
        wrong.dedup();
        assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
        // That nothing is refused, or nothing tried, would be no agreement.
        assert!(tried > 20_000 && refused > tried / 20, "{refused} of {tried} were refused");
    });
}

/// Tries all documents of a trial; how many the database refused.
async fn compare(client: &Client, trial: &Trial, cases: &[Value], wrong: &mut Vec<String>) -> usize {
    let mut documents = Vec::new();
    let mut statements = Vec::new();
    let mut exact = Vec::new();
    for case in cases {
        let written = case[0].as_str().unwrap();
        let keys: Keys = match &trial.column {
            Some(column) => [(column.clone(), Value::Null)].into_iter().collect(),
            None => serde_json::from_str(written).unwrap(),
        };
        exact.push((trial.exact)(written, &keys));
        statements.push((trial.statement)(&keys));
        documents.push(match &trial.column {
            Some(column) => format!("{{{}:{written}}}", json!(column)),
            None => written.to_owned(),
        });
    }
    let sql = "select pg_temp.verdict(statement, document) from unnest($1::text[], $2::text[]) as tried (statement, document)";
    let rows = client.query(sql, &[&statements, &documents]).await.unwrap();
    assert_eq!(rows.len(), cases.len(), "{}", trial.name);
    let mut refused = 0;
    for (((case, row), document), exact) in cases.iter().zip(&rows).zip(&documents).zip(exact) {
        let verdict: String = row.get(0);
        let known = verdict == "yes" || verdict == "no" || verdict.starts_with("22") || verdict.starts_with("23");
        assert!(known, "{}: {document}: {verdict}: {}", trial.name, statements[0]);
        let takes = verdict == "yes";
        refused += usize::from(!takes);
        let (zod, json, claims) = (case[1] == true, case[2] == true, case[3] == true);
        if (takes && !zod) || (exact && !takes && zod) {
            wrong.push(format!("{}: {document}: the database says {verdict}, Zod says {zod}", trial.name));
        }
        if (takes && !json) || (exact && claims && !takes && json) {
            wrong.push(format!("{}: {document}: the database says {verdict}, JSON Schema says {json}", trial.name));
        }
    }
    refused
}

/// What the clients say.
fn answers(folder: &Path, subjects: &[Subject], trials: &[(Vec<Trial>, Vec<Trial>)]) -> Vec<Value> {
    let spec: Vec<Value> = subjects
        .iter()
        .zip(trials)
        .map(|(subject, (columns, rows))| {
            let specs = |trials: &[Trial]| trials.iter().map(|trial| trial.spec.clone()).collect::<Vec<_>>();
            json!({
                "zod": folder.join(format!("out/{}.zod.js", subject.name)),
                "json": folder.join(format!("{}.schema.json", subject.name)),
                "columns": specs(columns),
                "rows": specs(rows),
            })
        })
        .collect();
    std::fs::write(folder.join("spec.json"), json!(spec).to_string()).unwrap();
    node(folder, ["run.mjs", "spec.json", "answers.json"]);
    serde_json::from_slice(&std::fs::read(folder.join("answers.json")).unwrap()).unwrap()
}

/// Those about one column, and those about several.
fn trials_of(subject: &Subject, catalog: &Catalog) -> (Vec<Trial>, Vec<Trial>) {
    let (mut columns, mut rows) = (Vec::new(), Vec::new());
    let all = subject.name == "rules";
    for table in catalog.tables.values().filter(|table| subject.schemas.contains(&table.name.schema.as_str())) {
        let shape = shape(catalog, Relation::Table(table));
        for field in shape.fields.iter().filter(|field| field.insert != Presence::Never) {
            columns.extend(column_trial(catalog, &shape, field, all));
        }
        rows.extend(row_trial(catalog, &shape, "Update"));
        if all {
            rows.extend(row_trial(catalog, &shape, "Insert"));
        }
    }
    (columns, rows)
}

fn column_trial(catalog: &Catalog, shape: &Shape<'_>, field: &Field<'_>, all: bool) -> Option<Trial> {
    let name = field.column.name.clone();
    let data_type = &field.column.data_type;
    let rules: Vec<Rule> = if field.touched_on_insert { Vec::new() } else { rules_of(shape, &name).to_vec() };
    let domain = domain_text(catalog, data_type);
    if rules.is_empty() && domain.is_empty() && !all {
        return None;
    }
    let kind = kind_spec(catalog, data_type)?;
    let text: Vec<&str> = rules.iter().map(|rule| rule.expression.as_str()).chain([domain.as_str()]).collect();
    let checks = conjunction(&rules);
    let nullable = field.nullable;
    let (column, sql) = (Ident::new(name.clone()).to_string(), data_type.sql.clone());
    let statement = format!(
        "select ({nullable} or {column} is not null) and {checks} from json_to_record($1::json) as t({column} {sql})"
    );
    // What depends on the locale may pass, and is the database's to refuse.
    let exact = rules.iter().all(|rule| rule.exact) && !domain.contains("[[:") && !domain.contains("[:");
    let kind_of = Kind::of(catalog, data_type);
    let names: Vec<String> =
        rules.iter().map(|rule| rule.name.clone()).chain(domain_rules(catalog, data_type)).collect();
    let exact_json = !matches!(kind_of, Kind::Whole(64) | Kind::Single);
    Some(Trial {
        name: format!("{}.{name} {sql}", shape.name),
        statement: Box::new(move |_| statement.clone()),
        column: Some(name.clone()),
        exact: Box::new(move |written, _| exact || is_plain(written)),
        spec: json!({
            "schema": shape.name.schema, "table": shape.name.name, "part": "Insert", "column": name, "kind": kind,
            "text": format!("{} {}", text.join(" "), data_type.sql), "rules": names, "exact_json": exact_json,
        }),
    })
}

fn row_trial(catalog: &Catalog, shape: &Shape<'_>, part: &'static str) -> Option<Trial> {
    let field = |name: &String| shape.fields.iter().find(|field| field.column.name == *name).unwrap();
    let usable = |name: &String| {
        let field = field(name);
        let (presence, touched) = match part {
            "Insert" => (field.insert, field.touched_on_insert),
            _ => (field.update, field.touched_on_update),
        };
        presence != Presence::Never && !touched && kind_spec(catalog, &field.column.data_type).is_some()
    };
    let rules: Vec<Rule> =
        shape.rules.rows.iter().filter(|rule| rule.test.columns().iter().all(usable)).cloned().collect();
    if rules.is_empty() {
        return None;
    }
    let names: std::collections::BTreeSet<String> = rules.iter().flat_map(|rule| rule.test.columns()).collect();
    let text: Vec<&str> = rules.iter().map(|rule| rule.expression.as_str()).collect();
    let text = text.join(" ");
    let mut conditions = vec![conjunction(&rules)];
    let mut specs = Vec::new();
    let mut unknown_if_absent = Vec::new();
    for name in &names {
        let field = field(name);
        conditions.push(conjunction(rules_of(shape, name)));
        if !field.nullable {
            conditions.push(format!("t.{} is not null", Ident::new(name.as_str())));
        }
        if !field.null_if_absent {
            unknown_if_absent.push(name.clone());
        }
        let own: Vec<&str> = rules_of(shape, name).iter().map(|rule| rule.expression.as_str()).collect();
        let about = format!("{text} {} {}", own.join(" "), domain_text(catalog, &field.column.data_type));
        specs.push(json!({
            "column": name, "kind": kind_spec(catalog, &field.column.data_type), "text": about,
            "optional": part == "Insert" && field.insert == Presence::Optional,
        }));
    }
    let table = shape.name.to_string();
    let condition = conditions.join(" and ");
    let typed = names.iter().map(|name| format!("{} {}", Ident::new(name.as_str()), field(name).column.data_type.sql));
    let typed = typed.collect::<Vec<_>>().join(", ");
    let types = {
        let all: Vec<(String, String)> =
            names.iter().map(|name| (name.clone(), field(name).column.data_type.sql.clone())).collect();
        move |keys: &Keys| {
            let given = all.iter().filter(|(name, _)| keys.contains_key(name));
            given.map(|(name, sql)| format!("{} {sql}", Ident::new(name.as_str()))).collect::<Vec<_>>().join(", ")
        }
    };
    let statement = move |keys: &Keys| {
        if part == "Update" {
            return format!("select {condition} from json_to_record($1::json) as t({typed})");
        }
        if keys.is_empty() {
            return format!("insert into {table} select from json_to_record($1::json) as t(nothing text)");
        }
        let columns: Vec<String> = keys.keys().map(|key| Ident::new(key.as_str()).to_string()).collect();
        let columns = columns.join(", ");
        format!("insert into {table} ({columns}) select {columns} from json_to_record($1::json) as t({})", types(keys))
    };
    Some(Trial {
        name: format!("{} {part}", shape.name),
        statement: Box::new(statement),
        column: None,
        exact: Box::new(move |_, keys| unknown_if_absent.iter().all(|name| keys.contains_key(name))),
        spec: json!({
            "schema": shape.name.schema, "table": shape.name.name, "part": part, "columns": specs,
        }),
    })
}

fn rules_of<'a>(shape: &'a Shape<'_>, column: &str) -> &'a [Rule] {
    shape.rules.columns.get(column).map_or(&[], Vec::as_slice)
}

fn conjunction(rules: &[Rule]) -> String {
    let checks: Vec<String> = rules.iter().map(|rule| format!("coalesce({}, true)", rule.expression)).collect();
    if checks.is_empty() { "true".to_owned() } else { checks.join(" and ") }
}

/// ASCII, without the separators that only some locales count as white space.
fn is_plain(written: &str) -> bool {
    written.is_ascii() && !written.contains("\\u00") && !written.contains("\\u2")
}

/// The CHECKs of a domain and of those under it.
fn domain_text(catalog: &Catalog, data_type: &DataType) -> String {
    let Some(domain) = catalog.domains.get(&data_type.name) else { return String::new() };
    let checks: Vec<&str> = domain.checks.values().map(|check| check.definition.as_str()).collect();
    format!("{} {} {}", checks.join(" "), domain.base.sql, domain_text(catalog, &domain.base))
}

fn domain_rules(catalog: &Catalog, data_type: &DataType) -> Vec<String> {
    let Some(domain) = catalog.domains.get(&data_type.name) else { return Vec::new() };
    domain.checks.keys().cloned().chain(domain_rules(catalog, &domain.base)).collect()
}

/// Which values are tried; `None` for types whose text only the database reads.
fn kind_spec(catalog: &Catalog, data_type: &DataType) -> Option<Value> {
    spec_of(catalog, &Kind::of(catalog, data_type))
}

fn spec_of(catalog: &Catalog, kind: &Kind) -> Option<Value> {
    Some(match kind {
        Kind::Text | Kind::Cut(_) | Kind::Padded(_) => json!({ "is": "text" }),
        Kind::Whole(_) | Kind::Numeric(_) | Kind::Double | Kind::Single => json!({ "is": "number" }),
        Kind::Boolean => json!({ "is": "boolean" }),
        Kind::Json | Kind::JsonBinary => json!({ "is": "json" }),
        Kind::Bytes => json!({ "is": "bytes" }),
        Kind::Uuid => json!({ "is": "uuid" }),
        Kind::Date => json!({ "is": "date" }),
        Kind::Timestamp => json!({ "is": "timestamp" }),
        Kind::TimestampTz => json!({ "is": "timestamptz" }),
        Kind::Time => json!({ "is": "time" }),
        Kind::TimeTz => json!({ "is": "timetz" }),
        Kind::Enum(name) => json!({ "is": "enum", "labels": catalog.enums[name].labels }),
        Kind::Array(element) => json!({ "array": spec_of(catalog, element)? }),
        Kind::Composite(name) => {
            let mut members = Map::new();
            for attribute in &catalog.composites.get(name)?.attributes {
                members.insert(attribute.name.clone(), kind_spec(catalog, &attribute.data_type)?);
            }
            json!({ "members": members })
        }
        Kind::Oid | Kind::Other | Kind::Unknown | Kind::Nothing => return None,
    })
}
