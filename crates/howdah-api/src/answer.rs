//! From what the database has sent to an HTTP response: the body, whole or streamed, and the headers that tell of it.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream;
use howdah_http::{ApiError, Caller};
use howdah_pg::lane::{Field, PooledStream, Reply, Row, Rows, StepReply};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use crate::encode::{Encoder, Shape, csv_head};
use crate::query::Query;
use crate::request::media::Media;
use crate::request::range::unsatisfiable;
use crate::sql::Form;

/// A chunk of a streamed answer is sent once it has grown to this size.
const CHUNK: usize = 64 * 1024;

/// How the rows of an answer are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    shape: Shape,
    framing: Framing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// `[`, `,`, `]`
    Array,
    /// One row and nothing else.
    Single,
    /// A line a row.
    Lines,
    /// A line a row, after a line of names.
    LinesUnderNames,
}

impl Layout {
    /// Of rows as a media type; of values rather than rows when `is_value`.
    pub(crate) fn of(media: &Media, is_value: bool, is_set: bool) -> Self {
        let strip_nulls = media.strips_nulls();
        let row = if is_value { Shape::Value } else { Shape::Object { strip_nulls } };
        match media {
            Media::Csv => Self { shape: Shape::Csv, framing: Framing::LinesUnderNames },
            Media::NdJson => Self { shape: row, framing: Framing::Lines },
            Media::Object { .. } => Self { shape: row, framing: Framing::Single },
            Media::Plan(plan) if plan.is_json => Self { shape: Shape::Raw, framing: Framing::Single },
            Media::Plan(_) => Self { shape: Shape::Raw, framing: Framing::Lines },
            Media::GeoJson | Media::Custom(_) => Self { shape: Shape::Raw, framing: Framing::Single },
            Media::Json | Media::Stripped | Media::OpenApi | Media::Any => {
                let framing = if is_set { Framing::Array } else { Framing::Single };
                Self { shape: row, framing }
            }
        }
    }

    /// What PostgreSQL is to make of the columns.
    pub(crate) fn form(self) -> Form {
        match self.shape {
            Shape::Csv | Shape::Raw => Form::Text,
            Shape::Object { strip_nulls } => Form::Json { strip_nulls },
            Shape::Value => Form::Json { strip_nulls: false },
        }
    }

    fn open(self, keys: &[String], out: &mut BytesMut) {
        match self.framing {
            Framing::Array => out.put_u8(b'['),
            Framing::LinesUnderNames => {
                csv_head(keys, out);
                out.put_u8(b'\n');
            }
            Framing::Single | Framing::Lines => {}
        }
    }

    fn rows<'a>(self, encoder: &Encoder, rows: impl Iterator<Item = Row<'a>>, first: &mut bool, out: &mut BytesMut) {
        for row in rows {
            match (std::mem::take(first), self.framing) {
                (false, Framing::Array) => out.put_u8(b','),
                (false, Framing::LinesUnderNames) => out.put_u8(b'\n'),
                _ => {}
            }
            encoder.row(row, out);
            if self.framing == Framing::Lines {
                out.put_u8(b'\n');
            }
        }
    }

    fn close(self, out: &mut BytesMut) {
        if self.framing == Framing::Array {
            out.put_u8(b']');
        }
    }

    fn encoder(self, keys: &[String], fields: &[Field]) -> Encoder {
        Encoder::new(self.shape, keys, fields)
    }

    /// The rows of a step as a body.
    pub(crate) fn body(self, reply: &Reply, step: &StepReply, keys: &[String]) -> Bytes {
        self.body_of(reply, step, keys, u64::MAX)
    }

    /// The first so many rows of a step as a body.
    pub(crate) fn body_of(self, reply: &Reply, step: &StepReply, keys: &[String], most: u64) -> Bytes {
        let mut out = BytesMut::with_capacity(reply.size() * 2);
        self.open(keys, &mut out);
        let rows = reply.rows(step).take(usize::try_from(most).unwrap_or(usize::MAX));
        self.rows(&self.encoder(keys, &step.fields), rows, &mut true, &mut out);
        self.close(&mut out);
        out.freeze()
    }

    /// The rows of a step as an empty body would have them.
    pub(crate) fn no_rows(self, keys: &[String]) -> Bytes {
        let mut out = BytesMut::new();
        self.open(keys, &mut out);
        self.close(&mut out);
        out.freeze()
    }

    /// The rows as a body that is sent while they come.
    pub(crate) fn stream(self, rows: PooledStream, keys: Vec<String>) -> Body {
        let encoder = self.encoder(&keys, &rows.fields());
        let pump = Pump { layout: self, keys, rows, encoder, first: true, state: PumpState::Open };
        Body::from_stream(stream::try_unfold(pump, |mut pump| async move {
            let chunk = pump.chunk().await?;
            Ok::<_, std::io::Error>(chunk.map(|chunk| (chunk, pump)))
        }))
    }
}

struct Pump {
    layout: Layout,
    keys: Vec<String>,
    rows: PooledStream,
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

impl Pump {
    /// An error ends the response before its proper end, which is how a client of HTTP/1.1 notices.
    async fn chunk(&mut self) -> std::io::Result<Option<Bytes>> {
        if self.state == PumpState::Done {
            return Ok(None);
        }
        let mut out = BytesMut::with_capacity(CHUNK + CHUNK / 2);
        if self.state == PumpState::Open {
            self.layout.open(&self.keys, &mut out);
            self.state = PumpState::Rows;
        }
        while out.len() < CHUNK {
            let (layout, encoder, first) = (self.layout, &self.encoder, &mut self.first);
            let more = self.rows.next(|rows| layout.rows(encoder, rows, first, &mut out)).await;
            match more {
                Ok(true) => {}
                Ok(false) => {
                    self.layout.close(&mut out);
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

/// 406.
pub(crate) fn not_singular(count: u64) -> ApiError {
    let message = "Cannot coerce the result to a single JSON object";
    ApiError::new(StatusCode::NOT_ACCEPTABLE, "PGRST116", message)
        .with_details(format!("The result contains {count} rows"))
}

/// 400.
pub(crate) fn too_many(count: u64) -> ApiError {
    let message = "Query result exceeds max-affected preference constraint";
    ApiError::bad_request("PGRST124", message).with_details(format!("The query affects {count} rows"))
}

pub(crate) fn unexpected() -> ApiError {
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "PGRSTX00", "An unexpected error; see the server's log.")
}

/// Status and Content-Range of a page. `rows` is `None` while their number is not known, in a stream.
pub(crate) fn page(
    query: &Query,
    rows: Option<u64>,
    total: Option<u64>,
) -> Result<(StatusCode, HeaderValue), ApiError> {
    let offset = query.offset;
    if let Some(total) = total
        && offset > total
    {
        let details = format!("An offset of {offset} was requested, but there are only {total} rows.");
        return Err(unsatisfiable(&details, Some(total)));
    }
    let range = match rows {
        Some(0) => "*".to_owned(),
        // Where a page by keyset stands among all rows, nobody has counted.
        Some(_) if query.keyset.is_some() => "*".to_owned(),
        Some(rows) => format!("{offset}-{}", offset + rows - 1),
        None => format!("{offset}-*"),
    };
    let is_partial = match (rows, total) {
        (Some(rows), Some(total)) => rows < total,
        (None, Some(total)) => offset > 0 || query.limit.is_some_and(|limit| limit < total),
        _ => false,
    };
    let total = total.map_or("*".to_owned(), |total| total.to_string());
    let status = if is_partial { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    Ok((status, HeaderValue::try_from(format!("{range}/{total}")).unwrap_or(HeaderValue::from_static("*/*"))))
}

/// The first value of a step's first row, as a number.
pub(crate) fn number(mut rows: Rows<'_>) -> Option<u64> {
    let value = rows.next()?.next()??;
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// What statements have set of the answer: `response.status`, `response.headers`, and how many rows an upsert has merged.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    status: Option<StatusCode>,
    headers: HeaderMap,
    pub(crate) merged: u64,
}

impl Outcome {
    pub(crate) fn read(mut rows: Rows<'_>) -> Result<Self, ApiError> {
        let Some(mut row) = rows.next() else { return Ok(Self::default()) };
        let mut text = || row.next().flatten().filter(|text| !text.is_empty()).map(String::from_utf8_lossy);
        let (status, headers, merged) = (text(), text(), text());
        let status = status.map(|status| {
            status
                .parse::<u16>()
                .ok()
                .and_then(|status| StatusCode::from_u16(status).ok())
                .ok_or_else(|| invalid("PGRST112", "response.status guc must be a valid status code"))
        });
        let headers = headers.map(|headers| {
            parse_headers(&headers).ok_or_else(|| {
            invalid(
                "PGRST111",
                "response.headers guc must be a JSON array composed of objects with a single key and a string value",
            )
        })
        });
        Ok(Self {
            status: status.transpose()?,
            headers: headers.transpose()?.unwrap_or_default(),
            merged: merged.and_then(|merged| merged.parse().ok()).unwrap_or(0),
        })
    }

    /// Sets status and headers of a response.
    pub(crate) fn apply(self, response: &mut Response) {
        if let Some(status) = self.status {
            *response.status_mut() = status;
        }
        let mut last = None;
        for (name, value) in self.headers {
            // A name comes once for several values.
            match (name, &last) {
                (Some(name), _) => {
                    response.headers_mut().insert(name.clone(), value);
                    last = Some(name);
                }
                (None, Some(name)) => {
                    response.headers_mut().append(name.clone(), value);
                }
                (None, None) => {}
            }
        }
    }
}

fn invalid(code: &str, message: &str) -> ApiError {
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, code, message)
}

fn parse_headers(json: &str) -> Option<HeaderMap> {
    let list: Vec<serde_json::Map<String, Value>> = serde_json::from_str(json).ok()?;
    let mut headers = HeaderMap::new();
    for member in list {
        let mut members = member.into_iter();
        let (Some((name, Value::String(value))), None) = (members.next(), members.next()) else { return None };
        headers.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    Some(headers)
}

/// Sets a header, unless its value cannot be one.
pub(crate) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

pub(crate) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Takes the body away where the method is HEAD.
pub(crate) fn without_body(mut response: Response, caller: &Caller<'_>) -> Response {
    if *caller.method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

/// A response of a media type.
pub(crate) fn response(status: StatusCode, media: &Media, body: impl IntoResponse) -> Response {
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, media.content_type());
    response
}
