//! POST, PATCH and DELETE.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use howdah_http::{ApiError, Caller, Trash, read_body};
use howdah_pg::lane::{Flight, Reply, Route};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};

use crate::api::Api;
use crate::explain::explain;
use crate::exposed::Relation;
use crate::payload;
use crate::query::{Change, Returning, SelectItem, Write};
use crate::read::{Media, body, common, not_singular, step, unexpected};
use crate::request::{not_yet, prefer};
use crate::sql;

/// Answers POST, PATCH and DELETE.
pub(crate) async fn write(
    api: &Api,
    caller: &Caller<'_>,
    relation: Arc<Relation>,
    params: &[(String, String)],
    request_body: Body,
) -> Result<Response, ApiError> {
    let media = Media::wanted(caller.headers)?;
    let prefer = prefer::prefer(caller.headers)?;
    let mut common = common(params)?;
    if common.has_range() {
        return Err(not_yet("limit, offset and order on a write"));
    }
    let returning = match prefer.returning {
        Some(prefer::Return::Representation) => {
            Returning::Rows(common.select.take().unwrap_or_else(|| vec![SelectItem::All]))
        }
        Some(prefer::Return::HeadersOnly) if !relation.primary_key.is_empty() => Returning::Keys,
        _ => Returning::Count,
    };
    let (change, json, rows) = change(api, caller, &relation, prefer.purge, request_body).await?;
    let nothing_to_set = matches!(&change, Change::Update { columns } if columns.is_empty());
    if nothing_to_set || (rows == 0 && matches!(change, Change::Insert { .. })) {
        return untouched(caller.method, &returning, media, &prefer);
    }
    let source = common.into_source(Arc::clone(&relation));
    // A row that is marked as deleted must stay in sight of its own statement, so writes see the trash; which rows they
    // touch is in their WHERE.
    let trash = if relation.has_soft_delete { Trash::Visible } else { Trash::Hidden };
    let write = Write { source, change, returning, singular: media == Media::Object };
    let (main, rendered) = step(caller, sql::write(&write, json.clone())?);
    let flight = Flight::write(vec![caller.step(trash, false), main]);
    let reply = api.gate().pool.run(flight, Route::Exclusive).await;
    let reply = reply.map_err(|error| explain(&error, caller, &relation, &rendered, Some(&json)))?;
    respond(&reply, caller.method, &write, &rendered.keys, media, &prefer)
}

async fn change(
    api: &Api,
    caller: &Caller<'_>,
    relation: &Relation,
    purge: bool,
    body: Body,
) -> Result<(Change, Bytes, u64), ApiError> {
    if *caller.method == Method::DELETE {
        let change = if relation.has_soft_delete && !purge { Change::SoftDelete } else { Change::Delete };
        return Ok((change, Bytes::new(), 0));
    }
    let media = caller.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.and_then(|media| media.split(';').next()).unwrap_or("application/json").trim();
    if !media.eq_ignore_ascii_case("application/json") {
        let message = format!("Content-Type not acceptable: {media}");
        return Err(
            ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "PGRST102", message).with_hint("Send application/json")
        );
    }
    let body = read_body(caller.headers, body, api.gate()).await?;
    if *caller.method == Method::POST {
        let payload = payload::for_insert(&body, relation)?;
        return Ok((Change::Insert { columns: payload.columns }, payload.json, payload.rows));
    }
    let payload = payload::for_update(&body, relation)?;
    Ok((Change::Update { columns: payload.columns }, payload.json, payload.rows))
}

fn respond(
    reply: &Reply,
    method: &Method,
    write: &Write,
    keys: &[String],
    media: Media,
    prefer: &prefer::Prefer,
) -> Result<Response, ApiError> {
    let Some(last) = reply.last() else { return Err(unexpected()) };
    let is_insert = *method == Method::POST;
    let mut response = match &write.returning {
        Returning::Rows(_) => {
            let json = body(reply, last, keys, media)?;
            let status = if is_insert { StatusCode::CREATED } else { StatusCode::OK };
            (status, [(header::CONTENT_TYPE, media.content_type())], json).into_response()
        }
        Returning::Count | Returning::Keys => empty(is_insert),
    };
    if is_insert
        && write.returning == Returning::Keys
        && last.row_count == 1
        && let Some(row) = reply.rows(last).next()
    {
        let values: Vec<String> = row
            .zip(keys)
            .map(|(value, key)| {
                let value = String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
                format!("{key}=eq.{}", encode_component(&value))
            })
            .collect();
        let location = format!("/rest/v1/{}?{}", encode_component(&write.source.relation.name.name), values.join("&"));
        insert(&mut response, header::LOCATION, &location);
    }
    let affected = if matches!(write.returning, Returning::Count) { last.affected() } else { last.row_count };
    finish(&mut response, method, affected, prefer);
    Ok(response)
}

/// The answer to a write that had nothing to write.
fn untouched(
    method: &Method,
    returning: &Returning,
    media: Media,
    prefer: &prefer::Prefer,
) -> Result<Response, ApiError> {
    let is_insert = *method == Method::POST;
    let mut response = match (returning, media) {
        (Returning::Rows(_), Media::Object) => return Err(not_singular(0)),
        (Returning::Rows(_), Media::Array) => {
            let status = if is_insert { StatusCode::CREATED } else { StatusCode::OK };
            (status, [(header::CONTENT_TYPE, media.content_type())], "[]").into_response()
        }
        _ => empty(is_insert),
    };
    finish(&mut response, method, 0, prefer);
    Ok(response)
}

fn empty(is_insert: bool) -> Response {
    (if is_insert { StatusCode::CREATED } else { StatusCode::NO_CONTENT }).into_response()
}

fn finish(response: &mut Response, method: &Method, affected: u64, prefer: &prefer::Prefer) {
    let total = if prefer.count { affected.to_string() } else { "*".to_owned() };
    let range = match (method, affected) {
        (&Method::PATCH, 1..) => format!("0-{}/{total}", affected - 1),
        _ => format!("*/{total}"),
    };
    insert(response, header::CONTENT_RANGE, &range);
    if let Some(applied) = prefer.applied_to_write() {
        insert(response, HeaderName::from_static("preference-applied"), &applied);
    }
}

fn insert(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

fn encode_component(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%5F", "_")
}
