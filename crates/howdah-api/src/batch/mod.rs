//! `POST /batch`: operations on relations and functions that take effect together or not at all.
//!
//! Each operation goes through what a request by itself goes through; only its flight runs in a transaction that it shares
//! with the others.

mod operation;
mod reference;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use futures_util::lock::Mutex;
use howdah_http::{ApiError, Caller, Principal, read_body};
use howdah_pg::lane::{self, Flight, LaneError};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::answer;
use crate::api::{Api, Asked, allowed, not_allowed, respond};
use crate::executor::{Executor, Shared};
use crate::explain::unrelated;
use crate::payload::content_type;
use crate::request::prefer::{self, Prefer};
use crate::transaction::end;
use operation::Operation;
use reference::Answers;

pub(crate) use reference::References;

const ALLOW: &str = "OPTIONS,POST";
/// How often a batch is run once more because the schema has left a prepared statement behind. Nothing has taken effect
/// then, and each time one more statement is prepared anew.
const TRIES: usize = 8;

/// Answers a batch.
pub(crate) async fn batch(api: &Api, request: axum::extract::Request) -> Response {
    match run(api, request).await {
        Ok(response) => response,
        Err(Failure { error, operation: None }) => error.into_response(),
        Err(Failure { error, operation: Some((index, id)) }) => blaming(*error, index, &id).await,
    }
}

/// Why a batch has not taken effect.
struct Failure {
    error: Box<ApiError>,
    /// The index and the id of the operation that failed; `None` when it was none of them.
    operation: Option<(usize, String)>,
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self { error: Box::new(error), operation: None }
    }
}

/// An error's answer that says which operation it is of.
async fn blaming(error: ApiError, index: usize, id: &str) -> Response {
    let (mut parts, body) = error.into_response().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(mut body) = serde_json::from_slice::<Value>(&bytes) else {
        return (parts, Body::from(bytes)).into_response();
    };
    body["operation"] = json!({ "index": index, "id": id });
    parts.headers.remove(header::CONTENT_LENGTH);
    (parts, Body::from(body.to_string())).into_response()
}

async fn run(api: &Api, request: axum::extract::Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    match parts.method {
        Method::POST => {}
        Method::OPTIONS => return Ok(allowed(ALLOW)),
        _ => return Err(not_allowed(&parts.method, ALLOW).into()),
    }
    let principal = Principal::from_parts(&parts, api.gate())?;
    let caller = api.caller(&principal, &parts);
    let media = content_type(&parts.headers);
    if media != "application/json" {
        let message = format!("Content-Type not acceptable: {media}");
        let error = ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "PGRST107", message);
        return Err(error.with_hint("A batch is sent as application/json").into());
    }
    let prefer = prefer::prefer(&parts.headers, &*api.exposed()?, api.options())?;
    let body = read_body(&parts.headers, body, api.gate()).await?;
    let operations = operation::read(&body, &parts.headers, api.options())?;
    let mut tries = TRIES;
    let results = loop {
        tries -= 1;
        match attempt(api, &caller, &prefer, &operations).await {
            Err(Attempt { is_stale: true, .. }) if tries > 0 => {}
            Err(Attempt { failure, .. }) => return Err(failure),
            Ok(results) => break results,
        }
    };
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    let mut response = (StatusCode::OK, [(header::CONTENT_TYPE, json)], results).into_response();
    if let Some(applied) = prefer.applied_to_batch() {
        answer::set(&mut response, answer::PREFERENCE_APPLIED, &applied);
    }
    Ok(response)
}

/// How a try has failed.
struct Attempt {
    failure: Failure,
    is_stale: bool,
}

/// Runs all operations in one transaction and ends it; the list of results as JSON.
async fn attempt(api: &Api, caller: &Caller<'_>, prefer: &Prefer, operations: &[Operation]) -> Result<String, Attempt> {
    let of_none = |error: ApiError| Attempt { failure: error.into(), is_stale: false };
    let transaction = begin(api, caller).await.map_err(|error| of_none(unrelated(&error, caller)))?;
    let transaction = Mutex::new(transaction);
    let results = perform_all(api, caller, operations, &transaction).await;
    let transaction = transaction.into_inner();
    match results {
        Ok(results) => end(transaction, caller, api.options(), prefer).await.map(|()| results).map_err(of_none),
        Err(failed) => {
            if let Err(error) = transaction.rollback().await {
                tracing::debug!(%error, "a session was lost at the rollback of a batch");
            }
            Err(failed)
        }
    }
}

/// A transaction of the level that the caller's role has.
async fn begin(api: &Api, caller: &Caller<'_>) -> Result<lane::Transaction, LaneError> {
    let mut transaction = api.gate().pool.transaction().await?;
    let isolation = caller.role_settings.as_ref().and_then(|settings| settings.isolation());
    if isolation.is_some() {
        transaction.run(Flight::write(Vec::new()).isolated(isolation)).await?;
    }
    Ok(transaction)
}

async fn perform_all(
    api: &Api,
    caller: &Caller<'_>,
    operations: &[Operation],
    transaction: &Mutex<lane::Transaction>,
) -> Result<String, Attempt> {
    let mut answers = Answers::default();
    let mut results = String::from("[");
    for (index, operation) in operations.iter().enumerate() {
        let failure = |error| Failure { error: Box::new(error), operation: Some((index, operation.id.clone())) };
        let read = answers.pairs(&operation.query);
        let (pairs, references) = read.map_err(|error| Attempt { failure: failure(error), is_stale: false })?;
        let shared = Shared { transaction, references, is_stale: AtomicBool::new(false) };
        let result = perform(api, caller, operation, &pairs, &answers, &shared).await;
        let is_stale = shared.is_stale.load(Ordering::Relaxed);
        let result = result.map_err(|error| Attempt { failure: failure(error), is_stale })?;
        results.push_str(if index > 0 { ",\n" } else { "" });
        result.write(&operation.id, &mut results);
        answers.add(&operation.id, result.json);
    }
    results.push(']');
    Ok(results)
}

async fn perform(
    api: &Api,
    caller: &Caller<'_>,
    operation: &Operation,
    pairs: &[(String, String)],
    answers: &Answers,
    shared: &Shared<'_>,
) -> Result<Answered, ApiError> {
    let body = operation.body(answers)?;
    let caller = Caller {
        asked: caller.asked,
        principal: caller.principal,
        method: &operation.method,
        path: &operation.path,
        headers: &operation.headers,
        request_id: caller.request_id,
        address: caller.address,
        role_settings: caller.role_settings.clone(),
    };
    let resource = operation.resource.clone();
    let asked = Asked { resource, caller: &caller, pairs, body: body.into(), executor: Executor::Shared(shared) };
    Answered::read(respond(api, asked).await?).await
}

/// The answer to one operation.
struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    /// The body where it is JSON.
    json: Option<Box<RawValue>>,
    /// The body where it is not.
    text: String,
}

impl Answered {
    async fn read(response: Response) -> Result<Self, ApiError> {
        let (parts, body) = response.into_parts();
        let not_text = || {
            ApiError::new(StatusCode::NOT_ACCEPTABLE, "PGRST107", "The answer of an operation is not text")
                .with_hint("Ask for it by a request of its own")
        };
        let bytes = to_bytes(body, usize::MAX).await.map_err(|_| answer::unexpected())?;
        let text = String::from_utf8(bytes.into()).map_err(|_| not_text())?;
        let media = content_type(&parts.headers);
        let is_json =
            media.ends_with("json") && !media.ends_with("ndjson") && parts.headers.contains_key(header::CONTENT_TYPE);
        let json = if is_json { RawValue::from_string(text.clone()).ok() } else { None };
        let text = if json.is_some() { String::new() } else { text };
        Ok(Self { status: parts.status, headers: parts.headers, json, text })
    }

    fn write(&self, id: &str, out: &mut String) {
        let mut headers = serde_json::Map::new();
        for (name, value) in self.headers.iter().filter(|(name, _)| **name != header::CONTENT_LENGTH) {
            let value = String::from_utf8_lossy(value.as_bytes());
            match headers.get_mut(name.as_str()) {
                Some(Value::String(before)) => *before = format!("{before}, {value}"),
                _ => drop(headers.insert(name.to_string(), Value::from(value))),
            }
        }
        let (id, headers) = (Value::from(id), Value::Object(headers));
        let body = match &self.json {
            Some(json) => json.get().to_owned(),
            None if self.text.is_empty() => "null".to_owned(),
            None => Value::from(self.text.as_str()).to_string(),
        };
        let status = self.status.as_u16();
        // Writing to a String cannot fail.
        let _ = write!(out, "{{\"id\":{id},\"status\":{status},\"headers\":{headers},\"body\":{body}}}");
    }
}

/// 400: an operation that says how the transaction of all ends.
pub(crate) fn ends_alone() -> ApiError {
    ApiError::bad_request("HOWDAH400", "An operation cannot choose how the transaction of its batch ends")
        .with_hint("Send Prefer: tx= with the batch")
}
