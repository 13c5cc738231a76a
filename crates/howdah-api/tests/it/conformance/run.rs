//! Runs the cases of a file against a server of its own.

use howdah_api::{ApiOptions, TxEnd};
use howdah_pg::lane::LaneOptions;
use howdah_schema::QualifiedName;
use howdah_testkit::{Sql, TestDb};
use serde_json::{Value, json};
use tokio_postgres::Client;

use super::case::{Caller, Case, Database, File, Step};
use super::compare::differences;
use super::folder;
use crate::server::{Answer, Server, now};

/// What came of a file.
pub(super) struct Report {
    pub(super) file: String,
    pub(super) outcomes: Vec<Outcome>,
}

pub(super) enum Outcome {
    Passed,
    /// It failed, and the case says that it does.
    KnownGap,
    /// For people: where, what was asked, what differs.
    Failed(String),
}

/// Runs a file, its cases one after another.
pub(super) async fn file(file: File) -> Report {
    let (db, server) = server(file.database, &file.options).await;
    let rows = std::fs::read_to_string(folder(file.database).join("data.sql")).unwrap();
    let owner = db.client_owner().await;
    let mut outcomes = Vec::with_capacity(file.cases.len());
    for case in &file.cases {
        outcomes.push(run(&server, &file.name, case).await);
        let only_reads = case.steps.iter().all(|step| matches!(step.method.as_str(), "GET" | "HEAD" | "OPTIONS"));
        if !only_reads {
            reset(&owner, &rows).await;
        }
    }
    Report { file: file.name, outcomes }
}

async fn reset(owner: &Client, rows: &str) {
    owner.batch_execute(rows).await.unwrap();
}

/// The railway in a database of its own, and a server over it.
pub(crate) async fn rail(options: &[(String, String)]) -> (TestDb, Server) {
    server(Database::Rail, options).await
}

async fn server(database: Database, options: &[(String, String)]) -> (TestDb, Server) {
    let sql = |name: &str| Sql::file(&folder(database).join(name));
    let name = match database {
        Database::Rail => "rail",
        Database::Harbour => "harbour",
    };
    let db = TestDb::from_sql(name, [sql("schema.sql"), sql("data.sql")]).await;
    let options = api_options(database, options);
    let lanes = LaneOptions { session_settings: options.session_settings(), ..LaneOptions::default() };
    let server = Server::start(&db.login_url(), lanes, options).await;
    (db, server)
}

/// What the documentation describes is switched on, unless the file says otherwise.
fn api_options(database: Database, options: &[(String, String)]) -> ApiOptions {
    let schemas: &[&str] = match database {
        Database::Rail => &["rail", "archive"],
        Database::Harbour => &["harbour", "depot", "Odd \"@/\\#~_-"],
    };
    let mut api = ApiOptions {
        schemas: schemas.iter().map(ToString::to_string).collect(),
        extra_search_path: vec!["shared".into()],
        plan: true,
        max_rows: None,
        ..ApiOptions::default()
    };
    for (name, value) in options {
        match (name.as_str(), value.as_str()) {
            ("max-rows", rows) => api.max_rows = Some(rows.parse().unwrap()),
            ("aggregates", "off") => api.aggregates = false,
            ("plan", "off") => api.plan = false,
            ("tx-end", "commit-allow-override") => api.tx_end = TxEnd::CommitAllowOverride,
            ("tx-end", "rollback") => api.tx_end = TxEnd::Rollback,
            ("tx-end", "rollback-allow-override") => api.tx_end = TxEnd::RollbackAllowOverride,
            ("pre-request", function) => api.pre_request = Some(QualifiedName::new("rail", function)),
            ("root-spec", function) => api.root_spec = Some(QualifiedName::new("rail", function)),
            _ => panic!("there is no option {name}={value}"),
        }
    }
    api
}

async fn run(server: &Server, file: &str, case: &Case) -> Outcome {
    let mut failure = None;
    for step in &case.steps {
        let answer = send(server, step).await;
        let found = differences(&step.method, &step.expected, &answer);
        if !found.is_empty() {
            failure = Some(describe(file, case, step, &found, &answer));
            break;
        }
    }
    match (failure, &case.known_gap) {
        (None, None) => Outcome::Passed,
        (Some(_), Some(_)) => Outcome::KnownGap,
        (Some(text), None) => Outcome::Failed(text),
        (None, Some(reason)) => Outcome::Failed(format!(
            "{file}.txt:{}  {}\n    passes now: take away \"# fails: {reason}\"\n",
            case.line, case.title
        )),
    }
}

async fn send(server: &Server, step: &Step) -> Answer {
    let token = match &step.caller {
        Caller::Anonymous => None,
        Caller::Claims(claims) => Some(server.sign(&lasting(claims))),
    };
    let mut request = server.request(step.method.clone(), &step.path, token.as_deref());
    for (name, value) in &step.headers {
        request = request.header(name, value.as_str());
    }
    if let Some(body) = &step.body {
        let names_type = step.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !names_type {
            request = request.header("content-type", "application/json");
        }
        request = request.body(body.clone());
    }
    server.send(request).await
}

/// The claims, valid for ten minutes unless they say how long.
fn lasting(claims: &Value) -> Value {
    let mut claims = claims.clone();
    if let Some(object) = claims.as_object_mut() {
        object.entry("exp").or_insert_with(|| json!(now() + 600));
    }
    claims
}

fn describe(file: &str, case: &Case, step: &Step, found: &[String], answer: &Answer) -> String {
    let mut text = format!("{file}.txt:{}  {}\n    {} /{}", step.line, case.title, step.method, step.path);
    if let Caller::Claims(claims) = &step.caller {
        text.push_str(&format!("  as {claims}"));
    }
    text.push('\n');
    for (name, value) in &step.headers {
        text.push_str(&format!("    {name}: {value}\n"));
    }
    if let Some(body) = &step.body {
        text.push_str(&format!("    {}\n", body.replace('\n', "\n    ")));
    }
    for line in found {
        text.push_str(&format!("      {line}\n"));
    }
    let says_body = found.iter().any(|line| line.contains("got ") && line.contains('{'));
    if !says_body && !answer.text.is_empty() {
        text.push_str(&format!("      answer    {}\n", answer.text.chars().take(400).collect::<String>()));
    }
    text
}
