//! `/rpc/function`: GET, HEAD and POST.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use howdah_http::{ApiError, read_body};
use http::{Method, StatusCode};

use crate::api::{Request, allowed, not_allowed};
use crate::cursor;
use crate::exposed::{Arguments, Call, Exposed, Function, Returns, Whole};
use crate::payload;
use crate::query::Source;
use crate::read::{self, Reading};
use crate::request::filter::has_operator;
use crate::request::media::Media;
use crate::request::parameters::Parameters;
use crate::scope;

/// Whether there is a function of that name at all. What the request gives to it is not known yet, so that [`choose`] says
/// more about one that is not there.
pub(crate) fn known(exposed: &Exposed, schema: &str, name: &str) -> Result<(), ApiError> {
    if exposed.functions(schema, name).is_empty() {
        Err(unknown(exposed, schema, name, &Given::Named(Vec::new())))
    } else {
        Ok(())
    }
}

/// Answers a call.
pub(crate) async fn call(
    request: &Request<'_>,
    name: &str,
    pairs: &[(String, String)],
    body: Body,
) -> Result<Response, ApiError> {
    let candidates = request.exposed.functions(&request.schema, name);
    let method = request.caller.method;
    if !matches!(*method, Method::GET | Method::HEAD | Method::POST) {
        if *method == Method::OPTIONS {
            known(&request.exposed, &request.schema, name)?;
        }
        let only_post = candidates.iter().all(|function| function.is_volatile);
        let allow = if only_post { "OPTIONS,POST" } else { "OPTIONS,GET,HEAD,POST" };
        if *method == Method::OPTIONS {
            return Ok(allowed(allow));
        }
        let mut error = not_allowed(method, allow);
        error.code = "PGRST101".into();
        error.message = format!("Cannot use the {method} method on RPC");
        return Err(error);
    }
    scope::allow_call(request, name)?;
    let (given, rest) = if *method == Method::POST { (Vec::new(), pairs.to_vec()) } else { split(pairs) };
    let parameters = request.parameters(&rest)?;
    if parameters.cursor.is_some() {
        return Err(cursor::not_here());
    }
    let given = match *method {
        Method::POST => Given::of_body(request, parameters.columns.clone(), body).await?,
        _ => Given::Named(request.values(given)),
    };
    let call = choose(request, name, candidates, given)?;
    run(request, call, parameters).await
}

async fn run(request: &Request<'_>, call: Call, parameters: Parameters) -> Result<Response, ApiError> {
    let function = Arc::clone(&call.function);
    let read_only = *request.caller.method != Method::POST || !function.is_volatile;
    let (relation, is_value) = match &function.returns {
        Returns::Rows(relation) => (Arc::clone(relation), false),
        Returns::Value(relation) | Returns::Void(relation) => (Arc::clone(relation), true),
    };
    let (media, whole) = media(request, &function, &parameters)?;
    if request.prefer.max_affected().is_some() && !function.is_set {
        let message = "Function must return SETOF or TABLE when max-affected preference is used with handling=strict";
        return Err(ApiError::bad_request("PGRST128", message));
    }
    let max_rows = request.options().max_rows.filter(|_| function.is_set);
    let mut query = read::query(request, relation, parameters, max_rows)?;
    query.source = Source::Call(Box::new(call));
    let reading = Reading {
        query: &query,
        media: &media,
        whole: whole.as_ref(),
        is_value,
        is_set: function.is_set,
        read_only,
        may_stream: false,
    };
    let response = read::rows(request, reading).await?;
    if matches!(function.returns, Returns::Void(_)) && !matches!(media, Media::Plan(_)) {
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(http::header::CONTENT_TYPE);
        if parts.status == StatusCode::OK {
            parts.status = StatusCode::NO_CONTENT;
        }
        return Ok((parts, ()).into_response());
    }
    Ok(response)
}

/// Rows and values can be had as ever; what is of a media type of its own, as that.
fn media(
    request: &Request<'_>,
    function: &Function,
    parameters: &Parameters,
) -> Result<(Media, Option<Whole>), ApiError> {
    let own = function.media_type.as_deref();
    let is_own = |name: &str| own.is_some_and(|own| own == name || own == "*/*");
    let made = |media: &Media| match &function.returns {
        Returns::Rows(relation) if own.is_none() => request.exposed.handlers().find(&relation.name, media, parameters),
        _ => None,
    };
    let media = request.media(|media| match media {
        Media::Custom(name) => {
            is_own(name) || function.raw_type().is_some_and(|raw| raw == name) || made(media).is_some()
        }
        other => other.is_of_rows(request.options().plan) || made(other).is_some(),
    })?;
    if let Some((media, whole)) = made(&media) {
        return Ok((media, Some(whole)));
    }
    let media = match (media, own) {
        // Whatever is asked for, it is what answers, and it says itself what that is, or nobody knows.
        (Media::Any | Media::Json | Media::Csv | Media::Custom(_), Some("*/*")) => {
            Media::Custom("application/octet-stream".to_owned())
        }
        (Media::Any, Some(own)) => Media::Custom(own.to_owned()),
        (Media::Any, None) => Media::Json,
        (media, _) => media,
    };
    Ok((media, None))
}

/// Arguments by name; several values of one name are for a variadic parameter.
type NamedValues = Vec<(String, Vec<String>)>;

/// What a request gives to the function.
#[derive(Debug)]
enum Given {
    Named(NamedValues),
    /// An object and its names; `whole` is the body that it is all or the first of, where JSON was sent.
    Object {
        names: Vec<String>,
        object: Bytes,
        whole: Option<Bytes>,
    },
    /// Anything else, with the types of the only parameter that could take it.
    Body {
        types: &'static [&'static str],
        body: Bytes,
    },
}

impl Given {
    async fn of_body(request: &Request<'_>, columns: Option<Vec<String>>, body: Body) -> Result<Self, ApiError> {
        let content_type = payload::content_type(request.caller.headers);
        let body = read_body(request.caller.headers, body, request.api.gate()).await?;
        Ok(match content_type.as_str() {
            "application/json" if body.iter().all(u8::is_ascii_whitespace) => Self::Object {
                names: columns.unwrap_or_default(),
                object: Bytes::from_static(b"{}"),
                whole: Some(Bytes::from_static(b"{}")),
            },
            "application/json" => match payload::first_object(&body)? {
                Some((names, object)) => Self::Object { names: columns.unwrap_or(names), object, whole: Some(body) },
                None => Self::Body { types: &["json", "jsonb"], body },
            },
            "text/csv" => match payload::first_object(&payload::as_json(&content_type, &body)?)? {
                Some((names, object)) => Self::Object { names: columns.unwrap_or(names), object, whole: None },
                None => Self::Named(Vec::new()),
            },
            "application/x-www-form-urlencoded" => Self::Named(grouped(payload::form(&body)?)),
            "text/plain" => Self::Body { types: &["text"], body },
            "text/xml" | "application/xml" => Self::Body { types: &["xml"], body },
            "application/octet-stream" => Self::Body { types: &["bytea"], body: hex(&body) },
            other => return Err(payload::unsupported(other)),
        })
    }

    fn names(&self) -> BTreeSet<&str> {
        match self {
            Self::Named(named) => named.iter().map(|(name, _)| name.as_str()).collect(),
            Self::Object { names, .. } => names.iter().map(String::as_str).collect(),
            Self::Body { .. } => BTreeSet::new(),
        }
    }

    /// Whether a parameter without a name, of a type, could take all of it.
    fn fits(&self, sql_type: &str) -> bool {
        match self {
            Self::Named(_) => false,
            Self::Object { whole, .. } => whole.is_some() && matches!(sql_type, "json" | "jsonb"),
            Self::Body { types, .. } => types.contains(&sql_type),
        }
    }
}

/// What PostgreSQL reads as bytes.
fn hex(body: &Bytes) -> Bytes {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Vec::with_capacity(body.len() * 2 + 2);
    text.extend_from_slice(b"\\x");
    for byte in body {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text.into()
}

/// In a query string, a name with a plain value is an argument; with an operator it is a filter of the result.
fn split(pairs: &[(String, String)]) -> (NamedValues, Vec<(String, String)>) {
    const RESERVED: [&str; 10] =
        ["select", "order", "limit", "offset", "and", "or", "columns", "on_conflict", "cursor", "trash"];
    let (given, rest): (Vec<_>, Vec<_>) = pairs
        .iter()
        .cloned()
        .partition(|(name, value)| !RESERVED.contains(&name.as_str()) && !name.contains('.') && !has_operator(value));
    (grouped(given), rest)
}

fn grouped(pairs: Vec<(String, String)>) -> NamedValues {
    let mut named = NamedValues::new();
    for (name, value) in pairs {
        match named.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => named.push((name, vec![value])),
        }
    }
    named
}

/// The one function that takes what is given. Those that take it by name come before one that takes it whole.
fn choose(request: &Request<'_>, name: &str, candidates: &[Arc<Function>], given: Given) -> Result<Call, ApiError> {
    let names = given.names();
    let by_name: Vec<_> = match given {
        Given::Body { .. } => Vec::new(),
        _ => candidates.iter().filter(|function| function.takes(&names)).collect(),
    };
    let whole =
        || candidates.iter().filter(|function| function.whole_body().is_some_and(|sql_type| given.fits(sql_type)));
    match by_name.as_slice() {
        [one] => {
            let function = Arc::clone(one);
            let arguments = match given {
                Given::Named(named) => Arguments::Named(named),
                Given::Object { names, object, .. } => Arguments::Json { names, body: object },
                Given::Body { body, .. } => Arguments::Body(body),
            };
            Ok(Call { function, arguments })
        }
        [] => {
            let whole: Vec<_> = whole().collect();
            match whole.as_slice() {
                [] => Err(unknown(&request.exposed, &request.schema, name, &given)),
                [one] => {
                    let function = Arc::clone(one);
                    match given {
                        Given::Object { whole: Some(body), .. } | Given::Body { body, .. } => {
                            Ok(Call { function, arguments: Arguments::Body(body) })
                        }
                        Given::Object { .. } | Given::Named(_) => {
                            Err(unknown(&request.exposed, &request.schema, name, &given))
                        }
                    }
                }
                several => Err(ambiguous(several)),
            }
        }
        several => Err(ambiguous(several)),
    }
}

fn unknown(exposed: &Exposed, schema: &str, name: &str, given: &Given) -> ApiError {
    let function = format!("{schema}.{name}");
    let names = given.names();
    let list = names.iter().copied().collect::<Vec<_>>().join(", ");
    let (called, searched) = match given {
        // Nothing is known of what it should be called with but the type of its parameter.
        Given::Body { types: [sql_type], .. } => {
            (String::new(), format!(" with a single unnamed {sql_type} parameter"))
        }
        _ => {
            let (called, searched) = match names.len() {
                0 => (" without parameters".to_owned(), " without parameters".to_owned()),
                1 => (format!("({list})"), format!(" with parameter {list}")),
                _ => (format!("({list})"), format!(" with parameters {list}")),
            };
            let is_json = matches!(given, Given::Object { whole: Some(_), .. } | Given::Body { .. });
            let or_whole = if is_json { " or with a single unnamed json/jsonb parameter" } else { "" };
            (called, searched + or_whole)
        }
    };
    let message = format!("Could not find the function {function}{called} in the schema cache");
    let details =
        format!("Searched for the function {function}{searched}, but no matches were found in the schema cache.");
    let near = if called.is_empty() { None } else { exposed.nearest_call(schema, name, &names) };
    let hint = near.map(|near| format!("Perhaps you meant to call the function {near}"));
    ApiError::new(StatusCode::NOT_FOUND, "PGRST202", message).with_details(details).with_hint_if(hint)
}

fn ambiguous(several: &[&Arc<Function>]) -> ApiError {
    let signatures: Vec<_> = several.iter().map(|function| function.signature()).collect();
    let message = format!("Could not choose the best candidate function between: {}", signatures.join(", "));
    ApiError::new(StatusCode::MULTIPLE_CHOICES, "PGRST203", message).with_hint(
        "Try renaming the parameters or the function itself in the database so function overloading can be resolved",
    )
}
