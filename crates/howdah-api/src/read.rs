//! GET and HEAD.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream;
use howdah_http::{ApiError, Caller, Trash};
use howdah_pg::lane::{Answer, Flight, PooledStream, Reply, Route, Rows, Statement, Step, StepReply};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::api::Api;
use crate::encode::Encoder;
use crate::explain::explain;
use crate::exposed::Relation;
use crate::query::{Liveness, Read, SelectItem, Source};
use crate::request::range::unsatisfiable;
use crate::request::{ParseError, filter, not_yet, order, prefer, range, select};
use crate::sql::{self, Rendered};

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const OBJECT: HeaderValue = HeaderValue::from_static("application/vnd.pgrst.object+json; charset=utf-8");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// A chunk of a streamed answer is sent once it has grown to this size.
const CHUNK: usize = 64 * 1024;

/// Array or object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Array,
    Object,
}

impl Media {
    /// What the `Accept` header asks for; 406 when it names nothing that is here.
    pub(crate) fn wanted(headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut named = Vec::new();
        for value in headers.get_all(header::ACCEPT) {
            for media in value.to_str().unwrap_or_default().split(',') {
                let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                match media.as_str() {
                    "application/json" | "application/*" | "*/*" | "application/vnd.pgrst.array+json" => {
                        return Ok(Self::Array);
                    }
                    "application/vnd.pgrst.object+json" => return Ok(Self::Object),
                    "" => {}
                    _ => named.push(media),
                }
            }
        }
        if named.is_empty() {
            return Ok(Self::Array);
        }
        let message = format!("None of these media types are available: {}", named.join(", "));
        Err(ApiError::new(StatusCode::NOT_ACCEPTABLE, "PGRST107", message)
            .with_hint("There are application/json and application/vnd.pgrst.object+json"))
    }

    pub(crate) fn content_type(self) -> HeaderValue {
        match self {
            Self::Array => JSON,
            Self::Object => OBJECT,
        }
    }
}

/// The parameters that choose rows, common to reads and writes.
#[derive(Debug, Default)]
pub(crate) struct Common {
    pub(crate) select: Option<Vec<SelectItem>>,
    filter: Vec<crate::query::Logic>,
    order: Vec<crate::query::OrderTerm>,
    limit: Option<u64>,
    offset: Option<u64>,
    trash: Option<Liveness>,
}

/// Sorts the query string into its parts.
pub(crate) fn common(params: &[(String, String)]) -> Result<Common, ApiError> {
    let mut common = Common::default();
    for (key, value) in params {
        match key.as_str() {
            "select" => common.select = Some(select::select(value)?),
            "order" => common.order = order::order(value)?,
            "limit" => common.limit = Some(range::number(key, value)?),
            "offset" => common.offset = Some(range::number(key, value)?),
            "and" | "or" | "not.and" | "not.or" => common.filter.push(filter::logic(key, value)?),
            "trash" => {
                common.trash = Some(match value.as_str() {
                    "only" => Liveness::Trash,
                    "with" => Liveness::Both,
                    _ => {
                        let part = format!("trash={value}");
                        let reason = "there are trash=only and trash=with".to_owned();
                        return Err(ParseError { part, reason, hint: None }.into());
                    }
                });
            }
            "on_conflict" | "columns" | "cursor" => return Err(not_yet(&format!("The parameter \"{key}\""))),
            _ if key.contains('.') && !key.starts_with('"') => {
                return Err(not_yet(&format!("\"{key}\" (filtering an embedded table)")));
            }
            _ => common.filter.push(filter::filter(key, value)?),
        }
    }
    Ok(common)
}

impl Common {
    pub(crate) fn has_range(&self) -> bool {
        self.limit.is_some() || self.offset.is_some() || !self.order.is_empty()
    }

    pub(crate) fn take_order(&mut self) -> Vec<crate::query::OrderTerm> {
        std::mem::take(&mut self.order)
    }

    pub(crate) fn into_source(self, relation: Arc<Relation>) -> Source {
        let looks_itself =
            self.filter.iter().flat_map(|logic| logic.filters()).any(|filter| filter.field.column == "deleted_at");
        let liveness = self.trash.unwrap_or(if looks_itself { Liveness::Both } else { Liveness::Live });
        Source { relation, filter: self.filter, liveness }
    }
}

/// Rows of `source` that the policies must let through.
pub(crate) fn trash_of(source: &Source) -> Trash {
    if source.relation.has_soft_delete && source.liveness != Liveness::Live { Trash::Visible } else { Trash::Hidden }
}

fn plan(
    api: &Api,
    headers: &HeaderMap,
    relation: Arc<Relation>,
    common: Common,
    count: bool,
) -> Result<Read, ApiError> {
    let mut common = common;
    let header = if common.limit.is_none() && common.offset.is_none() { range::header(headers)? } else { None };
    let (offset, limit) = header.unwrap_or((common.offset.unwrap_or(0), common.limit));
    let limit = [limit, api.options().max_rows].into_iter().flatten().min();
    let select = common.select.take().unwrap_or_else(|| vec![SelectItem::All]);
    let order = common.take_order();
    Ok(Read { source: common.into_source(relation), select, order, limit, offset, count })
}

/// Answers GET and HEAD.
pub(crate) async fn read(
    api: &Api,
    caller: &Caller<'_>,
    relation: Arc<Relation>,
    params: &[(String, String)],
) -> Result<Response, ApiError> {
    let media = Media::wanted(caller.headers)?;
    let prefer = prefer::prefer(caller.headers)?;
    let read = plan(api, caller.headers, Arc::clone(&relation), common(params)?, prefer.count)?;
    let rendered = sql::read(&read)?;

    let mut steps = vec![caller.step(trash_of(&read.source), true)];
    if read.count {
        steps.push(step(caller, sql::count(&read.source)?).0);
    }
    let (main, rendered) = step(caller, rendered);
    let shape = api.history().shape(main.statement.sql());
    steps.push(main);
    let flight = Flight::read(steps);

    let route = shape.route(&read);
    let answer = match route {
        Route::Shared => api.gate().pool.run(flight, route).await.map(Answer::Whole),
        Route::Exclusive => api.gate().pool.stream(flight, api.options().stream_above).await,
    };
    let answer = answer.map_err(|error| explain(&error, caller, &relation, &rendered, None))?;
    match &answer {
        Answer::Whole(reply) => shape.note(reply.took(), reply.size()),
        Answer::Stream(_) => shape.note(Duration::ZERO, usize::MAX),
    }

    let mut response = match answer {
        Answer::Whole(reply) => whole(&reply, &rendered, &read, media)?,
        Answer::Stream(stream) => streamed(stream, &rendered, &read, media)?,
    };
    if *caller.method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    if let Some(applied) = prefer.applied_to_read().and_then(|applied| HeaderValue::try_from(applied).ok()) {
        response.headers_mut().insert(PREFERENCE_APPLIED, applied);
    }
    Ok(response)
}

/// The rendered statement as a step of the flight, and what is needed of it afterwards.
pub(crate) fn step(caller: &Caller<'_>, mut rendered: Rendered) -> (Step, Rendered) {
    let statement = Statement::new(Arc::clone(&caller.principal.role), std::mem::take(&mut rendered.sql));
    (Step { statement, params: std::mem::take(&mut rendered.params) }, rendered)
}

fn whole(reply: &Reply, rendered: &Rendered, read: &Read, media: Media) -> Result<Response, ApiError> {
    let Some(last) = reply.last() else { return Err(unexpected()) };
    let total = match (read.count, reply.steps()) {
        (true, [_, count, _]) => Some(count_of(reply.rows(count)).ok_or_else(unexpected)?),
        _ => None,
    };
    let body = body(reply, last, &rendered.keys, media)?;
    let (status, headers) = head(read, Some(last.row_count), total)?;
    Ok((status, headers, [(header::CONTENT_TYPE, media.content_type())], body).into_response())
}

/// The rows of a step as JSON; 406 when an object was asked for and there is not exactly one row.
pub(crate) fn body(reply: &Reply, step: &StepReply, keys: &[String], media: Media) -> Result<Bytes, ApiError> {
    let encoder = Encoder::new(keys, &step.fields);
    let mut out = BytesMut::with_capacity(reply.size() * 2);
    match media {
        Media::Object => {
            let mut rows = reply.rows(step);
            match (rows.next(), step.row_count) {
                (Some(row), 1) => encoder.row(row, &mut out),
                (_, count) => return Err(not_singular(count)),
            }
        }
        Media::Array => {
            out.put_u8(b'[');
            append_rows(&encoder, reply.rows(step), &mut true, &mut out);
            out.put_u8(b']');
        }
    }
    Ok(out.freeze())
}

/// 406.
pub(crate) fn not_singular(count: u64) -> ApiError {
    let message = "Cannot coerce the result to a single JSON object";
    ApiError::new(StatusCode::NOT_ACCEPTABLE, "PGRST116", message)
        .with_details(format!("The result contains {count} rows"))
}

pub(crate) fn unexpected() -> ApiError {
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "PGRSTX00", "An unexpected error; see the server's log.")
}

fn append_rows(encoder: &Encoder, rows: Rows<'_>, first: &mut bool, out: &mut BytesMut) {
    for row in rows {
        if !std::mem::take(first) {
            out.put_u8(b',');
        }
        encoder.row(row, out);
    }
}

fn count_of(mut rows: Rows<'_>) -> Option<u64> {
    let value = rows.next()?.next()??;
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// Status and Content-Range. `rows` is `None` while their number is not known, in a stream.
fn head(read: &Read, rows: Option<u64>, total: Option<u64>) -> Result<(StatusCode, HeaderMap), ApiError> {
    let offset = read.offset;
    if let Some(total) = total
        && offset > 0
        && offset >= total
    {
        return Err(unsatisfiable(&format!("An offset of {offset} was requested, but there are only {total} rows.")));
    }
    let range = match rows {
        Some(0) => "*".to_owned(),
        Some(rows) => format!("{offset}-{}", offset + rows - 1),
        None => format!("{offset}-*"),
    };
    let is_partial = match (rows, total) {
        (Some(rows), Some(total)) => rows < total,
        (None, Some(total)) => read.offset > 0 || read.limit.is_some_and(|limit| limit < total),
        _ => false,
    };
    let total = total.map_or("*".to_owned(), |total| total.to_string());
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::try_from(format!("{range}/{total}")) {
        headers.insert(header::CONTENT_RANGE, value);
    }
    Ok((if is_partial { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK }, headers))
}

struct Pump {
    stream: PooledStream,
    encoder: Encoder,
    first: bool,
    state: PumpState,
}

#[derive(PartialEq, Eq)]
enum PumpState {
    Open,
    Rows,
    Done,
}

/// An answer too large to hold. Its rows are counted by whoever reads them: Content-Range says `0-*`.
fn streamed(stream: PooledStream, rendered: &Rendered, read: &Read, media: Media) -> Result<Response, ApiError> {
    if media == Media::Object {
        // There is more than one row; how many more nobody needs to know.
        return Err(ApiError::new(
            StatusCode::NOT_ACCEPTABLE,
            "PGRST116",
            "Cannot coerce the result to a single JSON object",
        )
        .with_details("The result contains more than one row"));
    }
    let total = if read.count { stream.before().nth(1).and_then(|(_, rows)| count_of(rows)) } else { None };
    let (status, headers) = head(read, None, total)?;
    let encoder = Encoder::new(&rendered.keys, &stream.fields());
    let pump = Pump { stream, encoder, first: true, state: PumpState::Open };
    let chunks = stream::try_unfold(pump, |mut pump| async move {
        let chunk = pump.chunk().await?;
        Ok::<_, std::io::Error>(chunk.map(|chunk| (chunk, pump)))
    });
    let body = Body::from_stream(chunks);
    Ok((status, headers, [(header::CONTENT_TYPE, media.content_type())], body).into_response())
}

impl Pump {
    /// An error ends the response before its proper end, which is how a client of HTTP/1.1 notices.
    async fn chunk(&mut self) -> std::io::Result<Option<Bytes>> {
        if self.state == PumpState::Done {
            return Ok(None);
        }
        let mut out = BytesMut::with_capacity(CHUNK + CHUNK / 2);
        if self.state == PumpState::Open {
            out.put_u8(b'[');
            self.state = PumpState::Rows;
        }
        while out.len() < CHUNK {
            let (encoder, first) = (&self.encoder, &mut self.first);
            let more = self.stream.next(|rows| append_rows(encoder, rows, first, &mut out)).await;
            match more {
                Ok(true) => {}
                Ok(false) => {
                    out.put_u8(b']');
                    self.state = PumpState::Done;
                    break;
                }
                Err(error) => {
                    tracing::warn!(%error, "a streamed answer broke off");
                    return Err(std::io::Error::other(error));
                }
            }
        }
        Ok(Some(out.freeze()))
    }
}
