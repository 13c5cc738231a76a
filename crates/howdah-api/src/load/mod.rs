//! Inserts of bodies too large to hold: rows are taken from the body as it arrives, and each slice of them is one flight of
//! the same statement, all in one transaction. Memory stays the same however large the body is, and the client sends no
//! faster than PostgreSQL takes the rows.

mod rows;
mod source;

use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::future::try_join;
use howdah_http::{ApiError, BodyReader, Trash};
use howdah_pg::lane::{self, Flight, LaneError, Reply};
use serde_json::{Value, json};

use crate::answer::{Outcome, too_many};
use crate::api::Request;
use crate::conditional::Conditions;
use crate::explain::{explain, unrelated};
use crate::exposed::Relation;
use crate::payload::{Payload, content_type};
use crate::request::media::Media;
use crate::request::parameters::Parameters;
use crate::request::prefer::Return;
use crate::sql::{self, Form, Rendered, Rendering, Returning, Write};
use crate::transaction::{Transaction, end};
use crate::write::{Intent, Written};

pub(crate) use rows::{CsvRows, Slice, UNEVEN};
pub(crate) use source::Format;
use source::Source;

/// Bytes of the body that one flight takes, about. A larger body takes several.
const SLICE: usize = 512 * 1024;

/// A body, as far as it had to be read to know how to go on.
pub(crate) enum Arrived {
    /// All of it.
    Whole(Bytes),
    /// More than is held.
    Part(Part),
}

/// The beginning of a body, and where the rest comes from.
pub(crate) struct Part {
    format: Format,
    buffer: BytesMut,
    reader: BodyReader,
}

/// Reads the beginning of a body whose rows can be told apart. What answers with rows, or with a plan, takes a whole body;
/// so do operations of a batch, whose bodies are here already.
pub(crate) async fn arrive(
    request: &Request<'_>,
    media: &Media,
    body: Body,
) -> Result<Result<Arrived, Body>, ApiError> {
    let format = Format::of(&content_type(request.caller.headers));
    let answers_rows = request.prefer.returning == Some(Return::Representation) || matches!(media, Media::Plan(_));
    let Some(format) = format.filter(|_| !answers_rows && !request.executor.is_shared()) else { return Ok(Err(body)) };
    let gate = request.api.gate();
    let mut reader = BodyReader::new(body, gate);
    let mut buffer = BytesMut::new();
    let has_ended = reader.fill(&mut buffer, SLICE.min(gate.options.max_body) + 1).await?;
    let part = Part { format, buffer, reader };
    Ok(Ok(if has_ended { Arrived::Whole(part.buffer.freeze()) } else { Arrived::Part(part) }))
}

/// Inserts the rows of a body that is still arriving: all of them, or none.
pub(crate) async fn load(
    request: &Request<'_>,
    relation: Arc<Relation>,
    parameters: Parameters,
    media: &Media,
    part: Part,
) -> Result<Response, ApiError> {
    let Part { format, buffer, reader } = part;
    let (caller, options) = (request.caller, request.options());
    let most = request.api.gate().options.max_body;
    let columns = parameters.columns.clone();
    let mut source = Source::new(format, reader, buffer, columns.is_some(), (SLICE.min(most), most));
    let mut slice = source.next().await?.unwrap_or_default();
    let names = columns.as_deref().or_else(|| source.names()).unwrap_or_default();
    let payload = Payload::of_rows(names, &relation, slice.len() as u64)?;

    let resolver = request.resolver(None);
    let intent = Intent {
        method: caller.method,
        prefer: &request.prefer,
        media,
        conditions: &Conditions::of(caller.headers)?,
        role: &caller.principal.role,
    };
    let mut write = intent.plan(&resolver, relation, parameters, &payload)?;
    // Rows are counted here, over all flights; of many rows no key is answered.
    let guard = std::mem::take(&mut write.guard);
    write.returning = Returning::Count;

    let trash = if write.query.relation.has_soft_delete { Trash::Visible } else { Trash::Hidden };
    let transaction = request.api.gate().pool.transaction().await.map_err(|error| unrelated(&error, caller))?;
    let mut load = Load { request, write, transaction, done: 0 };
    load.run(Transaction::begin(request, trash, false).in_block()).await?;
    let mut affected = 0;
    loop {
        // While PostgreSQL works on these rows, the next ones arrive.
        let (reply, next) = try_join(load.insert(slice), source.next()).await?;
        affected += reply.last().map_or(0, lane::StepReply::affected);
        if guard.most.is_some_and(|most| affected > most) {
            return Err(too_many(affected));
        }
        match next {
            Some(next) => slice = next,
            None => break,
        }
    }
    let mut said = Transaction::nothing();
    let place = said.push_outcome(caller);
    let reply = load.run(said.in_block()).await?;
    let outcome = place.in_reply(&reply).map_or(Ok(Outcome::default()), |step| Outcome::read(reply.rows(step)))?;
    let Load { transaction, write, .. } = load;
    let written = Written { request, write: &write, media, affected, outcome };
    let response = written.respond(None, None)?;
    end(transaction, caller, options, &request.prefer).await?;
    Ok(response)
}

struct Load<'a> {
    request: &'a Request<'a>,
    write: Write,
    transaction: lane::Transaction,
    /// Rows of the flights before.
    done: u64,
}

impl Load<'_> {
    async fn run(&mut self, flight: Flight) -> Result<Reply, ApiError> {
        let reply = self.transaction.run(flight).await;
        reply.map_err(|error| unrelated(&error, self.request.caller))
    }

    /// Inserts some rows; an error names the first that PostgreSQL refuses.
    async fn insert(&mut self, slice: Slice) -> Result<Reply, ApiError> {
        match self.attempt(&slice, 0..slice.len()).await? {
            Ok(reply) => {
                self.done += slice.len() as u64;
                Ok(reply)
            }
            Err(error) => Err(self.blame(&slice, error).await),
        }
    }

    /// Tries to insert some rows; when PostgreSQL refuses them the transaction goes on without them.
    async fn attempt(&mut self, slice: &Slice, rows: Range<usize>) -> Result<Result<Reply, LaneError>, ApiError> {
        let mut rendered = self.render(slice.array(rows))?;
        let mut flight = Transaction::nothing();
        flight.push(self.request.caller, &mut rendered);
        Ok(self.transaction.attempt(flight.in_block()).await)
    }

    fn render(&self, rows: Bytes) -> Result<Rendered, ApiError> {
        let form = Form::Json { strip_nulls: false };
        sql::write(Rendering { role: &self.request.caller.principal.role, form }, &self.write, rows)
    }

    /// Finds the row that PostgreSQL refuses: halves are tried until one row is left. The rows before it are inserted
    /// meanwhile, so that it meets what it met at first; nothing of it all is committed.
    async fn blame(&mut self, slice: &Slice, error: LaneError) -> ApiError {
        let mut error = error;
        let (mut start, mut end) = (0, slice.len());
        // What is refused without any row is not a row's fault.
        let is_of_rows = is_about_rows(&error) && matches!(self.attempt(slice, 0..0).await, Ok(Ok(_)));
        while is_of_rows && end - start > 1 {
            let middle = start + (end - start) / 2;
            match self.attempt(slice, start..middle).await {
                Ok(Ok(_)) => start = middle,
                Ok(Err(refused)) if is_about_rows(&refused) => (error, end) = (refused, middle),
                _ => break,
            }
        }
        if is_of_rows && end - start == 1 {
            match self.attempt(slice, start..end).await {
                Ok(Err(refused)) => error = refused,
                // It is refused together with others only.
                _ => (start, end) = (0, slice.len()),
            }
        }
        let rows = slice.array(start..end);
        let rendered = self.render(Bytes::new()).unwrap_or_default();
        let explained = explain(&error, self.request.caller, &self.write.query.relation, &rendered, Some(&rows));
        if !is_of_rows {
            return explained;
        }
        let place = match (self.done + start as u64 + 1, self.done + end as u64) {
            (first, last) if first == last => format!("Row {first}"),
            (first, last) => format!("Rows {first} to {last}"),
        };
        at(explained, &place)
    }
}

/// An error with the place of what it is about in its details.
fn at(mut error: ApiError, place: &str) -> ApiError {
    let details = match error.details.take().map(|details| *details) {
        None | Some(Value::Null) => Value::from(place),
        Some(Value::String(details)) => Value::from(format!("{place}: {details}")),
        Some(other) => json!({ "at": place, "details": other }),
    };
    error.with_json_details(details)
}

/// Whether an error can be due to one of several rows: a value, a constraint, a right to it, what a trigger raises.
fn is_about_rows(error: &LaneError) -> bool {
    error
        .database()
        .and_then(|error| error.code.get(..2))
        .is_some_and(|class| matches!(class, "21" | "22" | "23" | "42" | "44" | "P0" | "PT" | "PG"))
}
