//! The requests of the data API that pages show, sent through it without a network.

use std::fmt;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use howdah_api::{Api, ApiOptions, RequestCheck};
use howdah_http::{App, Gate, GateOptions, Tokens};
use howdah_pg::lane::{LaneOptions, LanePool};
use howdah_pg::tokio_postgres::Client;
use howdah_pg::trial::{self, Values};
use howdah_pg::{Literal, Target};
use howdah_schema::Catalog;
use howdah_schema::docs::queries::{Candidate, Request};
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use super::queries::Failed;
use crate::serve::Keys;

/// The roles that callers have, from the one that may most.
const ROLES: [&str; 3] = ["service_role", "authenticated", "anon"];

/// SQLSTATE `insufficient_privilege`.
const NO_RIGHT: &str = "42501";

/// No answer of a query that is shown is larger.
const LARGEST: usize = 64 * 1024 * 1024;

/// How many requests there are, and what became of them.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Tried {
    /// As whom they were sent; none if there is no such role.
    pub(crate) role: Option<String>,
    pub(crate) ran: usize,
    /// Of those, the ones with values of which some are no row's.
    pub(crate) made_up: usize,
    /// Understood; what they would have done to the rows was refused.
    pub(crate) refused: usize,
    /// Read by the API and not sent.
    pub(crate) read: usize,
    pub(crate) failed: Vec<Failed>,
}

/// What became of one.
enum Sent {
    Ran,
    RanMadeUp,
    Refused,
    Read,
    Failed(String),
}

/// Sends the requests of the candidates, and takes those away that fail. The database is thrown away afterwards: what is
/// written stays written. `client` is a superuser's.
///
/// # Errors
/// Those of PostgreSQL, and a server that does not get ready.
pub(super) async fn run(
    target: &Target,
    client: &Client,
    catalog: &Catalog,
    schemas: &[String],
    candidates: &mut [Candidate],
) -> anyhow::Result<Tried> {
    let Some(role) = role(client, catalog).await? else { return Ok(read(catalog, schemas, candidates)) };
    let mut tried = Tried { role: Some(role.clone()), ..Tried::default() };
    let check = RequestCheck::new(catalog, schemas);
    let sender = Sender::start(target, schemas, &role).await?;
    // What goes, goes last: the others want rows.
    for methods in [&["GET", "HEAD"][..], &["PATCH"], &["POST"], &["DELETE"]] {
        for candidate in candidates.iter_mut() {
            let Some(request) = candidate.request.clone().filter(|request| methods.contains(&request.method)) else {
                continue;
            };
            let sent = one(&sender, client, catalog, &check, candidate, &request).await?;
            remark(candidate, &sent);
            note(&mut tried, candidate, sent);
        }
    }
    Ok(tried)
}

/// Reads the requests of the candidates as the API would, and takes those away that it does not understand.
pub(super) fn read(catalog: &Catalog, schemas: &[String], candidates: &mut [Candidate]) -> Tried {
    let mut tried = Tried::default();
    let check = RequestCheck::new(catalog, schemas);
    for candidate in candidates {
        if let Some(request) = candidate.request.clone() {
            let sent = as_read(&check, candidate, &request);
            note(&mut tried, candidate, sent);
        }
    }
    tried
}

fn note(tried: &mut Tried, candidate: &mut Candidate, sent: Sent) {
    match sent {
        Sent::Ran => tried.ran += 1,
        Sent::RanMadeUp => {
            tried.ran += 1;
            tried.made_up += 1;
        }
        Sent::Refused => tried.refused += 1,
        Sent::Read => tried.read += 1,
        Sent::Failed(message) => {
            let title = format!("{}, over HTTP", candidate.query.title);
            tried.failed.push(Failed { relation: candidate.relation.clone(), title, message });
            candidate.query.rest = None;
            candidate.query.typescript = None;
        }
    }
}

/// Tells the reader of one query how its request was tried, where that differs from what is said of its SQL.
fn remark(candidate: &mut Candidate, sent: &Sent) {
    let more = match sent {
        Sent::Refused => "The request was understood; what it would have done to the rows was refused.",
        Sent::Read => {
            "The request was read by the data API and not run: it has no value of a type that is known, or the role no right."
        }
        Sent::Ran | Sent::RanMadeUp | Sent::Failed(_) => return,
    };
    candidate.query.remark = Some(match candidate.query.remark.take() {
        Some(remark) => format!("{remark} {more}"),
        None => more.to_owned(),
    });
}

/// The role that requests are sent as: one that the schema speaks of. The server may have others, of other databases.
async fn role(client: &Client, catalog: &Catalog) -> anyhow::Result<Option<String>> {
    const THERE: &str = "select rolname::text from pg_roles where rolname = any ($1) and not rolsuper";
    let rows = client.query(THERE, &[&ROLES.as_slice()]).await?;
    let there: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let is_there = |role: &&&str| there.iter().any(|there| there == **role) && catalog.roles.contains_key(**role);
    Ok(ROLES.iter().find(is_there).map(ToString::to_string))
}

/// What the API said; code and message are empty if all is well.
struct Answer {
    method: &'static str,
    status: StatusCode,
    code: String,
    message: String,
}

impl Answer {
    /// Whether the request was understood, and what it would have done to the rows refused.
    fn is_about_rows(&self) -> bool {
        self.code.starts_with("23") || matches!(self.code.as_str(), "P0001" | NO_RIGHT | "44000")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.method, self.status.as_u16(), self.code, self.message)
    }
}

/// The API, and who speaks to it.
struct Sender {
    app: App,
    key: String,
}

impl Sender {
    async fn start(target: &Target, schemas: &[String], role: &str) -> anyhow::Result<Self> {
        // It lives as long as this command, and nobody else ever sees a token of it.
        let secret: [u8; 32] = rand::random();
        let tokens = Tokens::new(&secret, None)?;
        let options = ApiOptions { schemas: schemas.to_vec(), ..ApiOptions::default() };
        let lanes = LaneOptions { session_settings: options.session_settings(), ..LaneOptions::default() };
        let pool = LanePool::start(target.clone(), lanes);
        let gate = Gate::new(pool, tokens.clone(), GateOptions::default());
        let api = Api::new(gate, target.clone(), options);
        api.reload().await?;
        Ok(Self { app: howdah_api::app(api, Router::new().into()), key: Keys::new(tokens).key(role)? })
    }

    /// Sends a request with these values in it; `None` if one of those that it needs is missing.
    async fn send(&self, request: &Request, values: &Values) -> anyhow::Result<Option<Answer>> {
        let Some(target) = request.target(&values.text) else { return Ok(None) };
        let body = request.body.as_ref().map(|members| json(members, values));
        let response = self.app.answer(self.request(request, &target, body)?).await;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), LARGEST).await?;
        let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Some(Answer { method: request.method, status, code: text("code"), message: text("message") }))
    }

    fn request(&self, request: &Request, target: &str, body: Option<String>) -> anyhow::Result<http::Request<Body>> {
        let key = format!("Bearer {}", self.key);
        let mut builder =
            http::Request::builder().method(request.method).uri(target).header(header::AUTHORIZATION, key);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let builder = builder.header(header::CONTENT_TYPE, "application/json");
        Ok(builder.body(body.map_or_else(Body::empty, Body::from))?)
    }
}

async fn one(
    sender: &Sender,
    client: &Client,
    catalog: &Catalog,
    check: &RequestCheck,
    candidate: &Candidate,
    request: &Request,
) -> anyhow::Result<Sent> {
    let values = trial::values(client, catalog, candidate, false).await?;
    let Some(answer) = sender.send(request, &values).await? else { return Ok(as_read(check, candidate, request)) };
    if answer.status.is_success() {
        return Ok(if values.made_up { Sent::RanMadeUp } else { Sent::Ran });
    }
    // Somebody else's right: nothing that is wrong with the request.
    if answer.code == NO_RIGHT && !candidate.writes {
        return Ok(as_read(check, candidate, request));
    }
    if !candidate.writes || !answer.is_about_rows() {
        return Ok(Sent::Failed(answer.to_string()));
    }
    for others in trial::others(client, catalog, candidate, false).await? {
        if sender.send(request, &others).await?.is_some_and(|answer| answer.status.is_success()) {
            return Ok(if others.made_up { Sent::RanMadeUp } else { Sent::Ran });
        }
    }
    // Where there can be no other, the one that the values came from makes room.
    if candidate.is_insert()
        && let Some(row) = &values.row
    {
        let delete = format!("delete from {} where ctid = {}", candidate.relation, Literal::text(row.clone()));
        client
            .batch_execute(&format!("set session_replication_role = replica; {delete}; reset session_replication_role"))
            .await?;
        if sender.send(request, &values).await?.is_some_and(|answer| answer.status.is_success()) {
            return Ok(Sent::Ran);
        }
    }
    tracing::debug!(relation = %candidate.relation, title = candidate.query.title, %answer, "the rows are refused");
    Ok(Sent::Refused)
}

fn json(members: &[(String, usize)], values: &Values) -> String {
    let member = |(column, at): &(String, usize)| {
        let value = values.json.get(*at).and_then(Option::as_deref).unwrap_or("null");
        format!("{}: {value}", Value::from(column.as_str()))
    };
    format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
}

/// What is read of a request does not depend on its values.
fn as_read(check: &RequestCheck, candidate: &Candidate, request: &Request) -> Sent {
    let values: Vec<Option<String>> = candidate.values.iter().map(|_| Some("1".to_owned())).collect();
    let body = request.body.as_ref().map(|members| json(members, &Values::default())).unwrap_or_default();
    let Some(target) = request.target(&values) else { return Sent::Failed("a value is missing".to_owned()) };
    let mut builder = http::Request::builder().method(request.method).uri(&target);
    for (name, value) in &request.headers {
        builder = builder.header(*name, value);
    }
    let parts = match builder.body(()) {
        Ok(request) => request.into_parts().0,
        Err(error) => return Sent::Failed(error.to_string()),
    };
    match check.check(&parts, &Bytes::from(body)) {
        Ok(()) => Sent::Read,
        Err(error) => Sent::Failed(format!("{} {}: {}", request.method, error.code, error.message)),
    }
}
