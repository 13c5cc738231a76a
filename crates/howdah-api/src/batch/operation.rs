//! One operation of a batch, as it is asked for.

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;
use howdah_http::ApiError;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::reference::{Answers, literal};
use crate::api::Resource;
use crate::options::ApiOptions;
use crate::payload::content_type;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    operations: Vec<AskedOperation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedOperation {
    id: Option<String>,
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Box<RawValue>>,
}

/// An operation whose form is right.
pub(super) struct Operation {
    /// Its index where it was given none.
    pub(super) id: String,
    pub(super) method: Method,
    /// As that of a request by itself, without its query.
    pub(super) path: String,
    pub(super) resource: Resource,
    /// Not decoded.
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    body: Option<Box<RawValue>>,
}

/// Headers of the batch that are about its own body and answer.
const OF_THE_BATCH: [HeaderName; 9] = [
    header::ACCEPT,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
    header::EXPECT,
    header::RANGE,
    header::IF_MATCH,
    HeaderName::from_static("prefer"),
];

/// Headers that say who asks, which the batch has said for all.
const IDENTITY: [HeaderName; 3] = [header::AUTHORIZATION, header::COOKIE, HeaderName::from_static("apikey")];

/// Reads the body of a batch.
pub(super) fn read(body: &Bytes, headers: &HeaderMap, options: &ApiOptions) -> Result<Vec<Operation>, ApiError> {
    let asked: Asked = serde_json::from_slice(body).map_err(|error| {
        ApiError::bad_request("PGRST102", "The body is no batch").with_details(error.to_string()).with_hint(
            "Send {\"operations\": [{\"id\": …, \"method\": …, \"path\": …, \"headers\": {…}, \"body\": …}, …]}",
        )
    })?;
    let most = options.max_batch;
    if asked.operations.len() > most {
        let message = format!("The batch has {} operations; {most} are allowed", asked.operations.len());
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "HOWDAH413", message).with_hint(
            "Send several batches, or insert many rows of one table by one operation with an array as its body",
        ));
    }
    let mut ids = HashSet::new();
    let operations = asked.operations.into_iter().enumerate().map(|(index, asked)| {
        let id = asked.id.clone().unwrap_or_else(|| index.to_string());
        let wrong = |what: String| ApiError::bad_request("HOWDAH400", format!("Operation {index} (\"{id}\"): {what}"));
        if id.is_empty() || id.contains(['/', '{', '}']) {
            return Err(wrong("an id is not empty and holds no slash or brace".to_owned()));
        }
        if !ids.insert(id.clone()) {
            return Err(wrong("its id stands for an earlier one already".to_owned()));
        }
        Operation::of(id.clone(), asked, headers, options).map_err(wrong)
    });
    operations.collect()
}

impl Operation {
    fn of(id: String, asked: AskedOperation, of_batch: &HeaderMap, options: &ApiOptions) -> Result<Self, String> {
        let method = match asked.method.as_str() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "PATCH" => Method::PATCH,
            "PUT" => Method::PUT,
            "DELETE" => Method::DELETE,
            other => return Err(format!("the method is {other}; there are GET, POST, PATCH, PUT and DELETE")),
        };
        let base = options.base_path.trim_end_matches('/');
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let path = path.strip_prefix(base).unwrap_or(path).trim_start_matches('/');
        let name = |text: &str| literal(text).map_err(|error| error.message);
        let resource = match path.split_once('/') {
            None if !path.is_empty() => Resource::Relation(name(path)?),
            Some(("rpc", function)) if !function.is_empty() && !function.contains('/') => {
                Resource::Function(name(function)?)
            }
            _ => return Err(format!("the path {path:?} is neither of a relation nor of a function (rpc/…)")),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in of_batch.iter().filter(|(name, _)| !OF_THE_BATCH.contains(name)) {
            headers.append(name.clone(), value.clone());
        }
        for (name, value) in &asked.headers {
            let unreadable = || format!("the header {name:?} cannot be one");
            let key = HeaderName::try_from(name.as_str()).map_err(|_| unreadable())?;
            if IDENTITY.contains(&key) || key == header::CONTENT_LENGTH || key == header::TRANSFER_ENCODING {
                return Err(format!("the header {key} holds for the whole batch"));
            }
            headers.insert(key, HeaderValue::try_from(value.as_str()).map_err(|_| unreadable())?);
        }
        if asked.body.is_some() && matches!(method, Method::GET | Method::DELETE) {
            return Err(format!("a {method} has no body"));
        }
        let path = format!("{base}/{path}");
        Ok(Self { id, method, path, resource, query: query.to_owned(), headers, body: asked.body })
    }

    /// Its body with the values that it names: JSON as it stands there, other media types as the text of a JSON string.
    pub(super) fn body(&self, answers: &Answers) -> Result<Bytes, ApiError> {
        let Some(body) = &self.body else { return Ok(Bytes::new()) };
        if content_type(&self.headers).ends_with("json") && !content_type(&self.headers).ends_with("ndjson") {
            return answers.resolve(body);
        }
        let text: String = serde_json::from_str(body.get()).map_err(|_| {
            let message = format!("A body of {} is given as a JSON string", content_type(&self.headers));
            ApiError::bad_request("HOWDAH400", message)
        })?;
        Ok(text.into())
    }
}
