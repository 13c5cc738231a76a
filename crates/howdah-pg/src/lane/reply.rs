//! What comes back: the raw messages of a flight, walked without copying.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use postgres_protocol::message::backend::{self, Message};
use tokio_postgres::fallible_iterator::FallibleIterator;

use super::LaneError;
use super::error::DatabaseError;
use super::flight::Expect;

/// A result column: its name and the object id of its type (of the base type where the column has a domain).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// As PostgreSQL names it, unquoted.
    pub name: String,
    /// `pg_type.oid`.
    pub type_oid: u32,
}

/// What one step answered. Rows lie as raw DataRow messages in the reply's buffer.
#[derive(Debug, Clone)]
pub struct StepReply {
    /// The columns; empty for a statement that returns no rows.
    pub fields: Arc<[Field]>,
    /// PostgreSQL's command tag, such as `UPDATE 3`.
    pub tag: String,
    /// Rows returned.
    pub row_count: u64,
    start: usize,
    end: usize,
}

impl StepReply {
    /// Rows that the command touched, from its tag (`INSERT 0 3` → 3).
    pub fn affected(&self) -> u64 {
        self.tag.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    pub(super) fn rows_in<'a>(&self, bytes: &'a [u8]) -> Rows<'a> {
        Rows(bytes.get(self.start..self.end).unwrap_or_default())
    }
}

/// The whole answer to a flight that succeeded.
#[derive(Debug, Clone)]
pub struct Reply {
    bytes: Bytes,
    steps: Vec<StepReply>,
    took: Duration,
}

impl Reply {
    /// How long the server worked on it: from when nothing else of this connection was before it to the end of its
    /// answer. Waiting behind others is not in it.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// The answers, one a step.
    pub fn steps(&self) -> &[StepReply] {
        &self.steps
    }

    /// The answer of the last step, which is the statement that the request is about.
    pub fn last(&self) -> Option<&StepReply> {
        self.steps.last()
    }

    /// The rows of one step.
    pub fn rows(&self, step: &StepReply) -> Rows<'_> {
        step.rows_in(&self.bytes)
    }

    /// Size of the raw messages, in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}

/// Walks the DataRow messages of a buffer of whole messages.
#[derive(Debug, Clone)]
pub struct Rows<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        loop {
            let (tag, body, rest) = split_message(self.0)?;
            self.0 = rest;
            if tag == backend::DATA_ROW_TAG {
                return Some(Row { body: body.get(2..)? });
            }
        }
    }
}

/// One row; iterate it for its columns in order, `None` being NULL.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    body: &'a [u8],
}

impl<'a> Iterator for Row<'a> {
    type Item = Option<&'a [u8]>;

    fn next(&mut self) -> Option<Option<&'a [u8]>> {
        let (len, rest) = self.body.split_first_chunk::<4>()?;
        let len = i32::from_be_bytes(*len);
        let Ok(len) = usize::try_from(len) else {
            self.body = rest;
            return Some(None);
        };
        let (value, rest) = rest.split_at_checked(len)?;
        self.body = rest;
        Some(Some(value))
    }
}

/// The first message of `buf`: tag, body, what follows. `None` while it is not complete.
fn split_message(buf: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (head, _) = buf.split_first_chunk::<5>()?;
    let len = usize::try_from(i32::from_be_bytes([head[1], head[2], head[3], head[4]])).ok()?;
    let (message, rest) = buf.split_at_checked(len.checked_add(1)?)?;
    Some((head[0], message.get(5..)?, rest))
}

/// Follows the messages of one flight as they arrive in a growing buffer.
#[derive(Debug)]
pub(super) struct Collector {
    expects: Vec<Expect>,
    /// The step whose messages come now.
    step: usize,
    steps: Vec<StepReply>,
    /// The columns of the step under way.
    fields: Arc<[Field]>,
    rows_start: Option<usize>,
    row_count: u64,
    /// How far the buffer has been looked at.
    position: usize,
    error: Option<LaneError>,
    /// The steps that the caller knows of.
    answered: Range<usize>,
    is_idle: bool,
}

impl Collector {
    /// `answered`: which of the answers the reply is to hold.
    pub(super) fn new(expects: Vec<Expect>, answered: Range<usize>) -> Self {
        let steps = Vec::with_capacity(expects.len());
        Self {
            expects,
            step: 0,
            steps,
            fields: Arc::default(),
            rows_start: None,
            row_count: 0,
            position: 0,
            error: None,
            answered,
            is_idle: true,
        }
    }

    /// For messages that belong to no flight.
    pub(super) fn of_nothing() -> Self {
        Self::new(Vec::new(), 0..0)
    }

    /// Whether no transaction block is open after the flight.
    pub(super) fn is_idle(&self) -> bool {
        self.is_idle
    }

    /// Looks at what is new in `buf`. `Some(end)` once the flight is complete: its messages are `buf[..end]`.
    pub(super) fn scan(&mut self, buf: &[u8]) -> Result<Option<usize>, LaneError> {
        while let Some((tag, body, rest)) = buf.get(self.position..).and_then(split_message) {
            let end = buf.len() - rest.len();
            match tag {
                backend::DATA_ROW_TAG => {
                    self.rows_start.get_or_insert(self.position);
                    self.row_count += 1;
                }
                backend::PARSE_COMPLETE_TAG
                | backend::BIND_COMPLETE_TAG
                | backend::CLOSE_COMPLETE_TAG
                | backend::PARAMETER_DESCRIPTION_TAG
                | backend::NOTICE_RESPONSE_TAG
                | backend::PARAMETER_STATUS_TAG
                | backend::NOTIFICATION_RESPONSE_TAG => {}
                backend::ROW_DESCRIPTION_TAG => self.described(parse_fields(&buf[self.position..end])?),
                backend::NO_DATA_TAG => self.described(Arc::default()),
                backend::COMMAND_COMPLETE_TAG | backend::EMPTY_QUERY_RESPONSE_TAG => {
                    let tag = body.strip_suffix(b"\0").unwrap_or(body);
                    self.complete(String::from_utf8_lossy(tag).into_owned(), self.position);
                }
                backend::ERROR_RESPONSE_TAG => self.failed(parse_error(&buf[self.position..end])?),
                backend::READY_FOR_QUERY_TAG => {
                    self.is_idle = body == b"I";
                    self.position = end;
                    return Ok(Some(end));
                }
                other => {
                    return Err(LaneError::protocol(&format!("message '{}' in a flight", char::from(other))));
                }
            }
            self.position = end;
        }
        // An unsolicited shutdown (57P01) comes without a ReadyForQuery: the end of the stream ends the flight.
        Ok(None)
    }

    /// The error seen so far, for when the connection ends before the flight does.
    pub(super) fn take_error(&mut self) -> Option<LaneError> {
        self.error.take()
    }

    pub(super) fn is_failed(&self) -> bool {
        self.error.is_some()
    }

    pub(super) fn finish(mut self, bytes: Bytes, took: Duration) -> Result<Reply, LaneError> {
        match self.error.take() {
            Some(error) => Err(error),
            None if self.steps.len() == self.expects.len() => {
                let mut steps = std::mem::take(&mut self.steps);
                steps.truncate(self.answered.end);
                steps.drain(..self.answered.start);
                Ok(Reply { bytes, steps, took })
            }
            None => Err(LaneError::protocol("the flight ended before its last statement answered")),
        }
    }

    /// Whether rows of the last step have begun, and its columns. Streaming starts there.
    pub(super) fn streaming_fields(&self) -> Option<&Arc<[Field]>> {
        let last = self.step + 1 == self.expects.len();
        (last && self.rows_start.is_some()).then_some(match self.expects.last() {
            Some(Expect::Known(fields)) => fields,
            _ => &self.fields,
        })
    }

    pub(super) fn done_steps(&self) -> &[StepReply] {
        &self.steps
    }

    /// Where the rows of the step under way begin in the buffer, and how far whole messages reach.
    pub(super) fn rows_so_far(&self) -> Range<usize> {
        self.rows_start.unwrap_or(self.position)..self.position
    }

    /// The caller has taken `buf[..position]` away.
    pub(super) fn taken(&mut self) {
        self.position = 0;
        self.rows_start = self.rows_start.map(|_| 0);
    }

    fn described(&mut self, fields: Arc<[Field]>) {
        if let Some(Expect::Registers(prepared)) = self.expects.get(self.step) {
            // Two describes of one statement cannot happen; were they to, the first stands.
            let _ = prepared.fields.set(Arc::clone(&fields));
        }
        self.fields = fields;
    }

    fn complete(&mut self, tag: String, position: usize) {
        let fields = match self.expects.get(self.step) {
            Some(Expect::Known(fields)) => Arc::clone(fields),
            _ => std::mem::take(&mut self.fields),
        };
        let start = self.rows_start.take().unwrap_or(position);
        self.steps.push(StepReply { fields, tag, row_count: self.row_count, start, end: position });
        self.row_count = 0;
        self.step += 1;
    }

    fn failed(&mut self, error: DatabaseError) {
        for expect in self.expects.iter().skip(self.step) {
            if let Expect::Registers(prepared) = expect
                && prepared.fields.get().is_none()
            {
                prepared.refused.store(true, Ordering::Release);
            }
        }
        // The first error is the cause; after a shutdown notice nothing better comes.
        self.error.get_or_insert(LaneError::Database(Arc::new(error)));
    }
}

impl Drop for Collector {
    /// A flight that never finished prepared nothing that later ones may count on.
    fn drop(&mut self) {
        for expect in &self.expects {
            if let Expect::Registers(prepared) = expect
                && prepared.fields.get().is_none()
            {
                prepared.refused.store(true, Ordering::Release);
            }
        }
    }
}

fn parse_message(message: &[u8]) -> Result<Message, LaneError> {
    // Rare messages only (descriptions, errors): the copy buys postgres-protocol's parser.
    match Message::parse(&mut BytesMut::from(message)) {
        Ok(Some(message)) => Ok(message),
        Ok(None) => Err(LaneError::protocol("a message shorter than it says")),
        Err(error) => Err(LaneError::protocol(&error.to_string())),
    }
}

fn parse_fields(message: &[u8]) -> Result<Arc<[Field]>, LaneError> {
    let Message::RowDescription(body) = parse_message(message)? else {
        return Err(LaneError::protocol("a row description that is none"));
    };
    body.fields()
        .map(|field| Ok(Field { name: field.name().to_owned(), type_oid: field.type_oid() }))
        .collect::<Vec<_>>()
        .map(Into::into)
        .map_err(|error| LaneError::protocol(&error.to_string()))
}

fn parse_error(message: &[u8]) -> Result<DatabaseError, LaneError> {
    match parse_message(message)? {
        Message::ErrorResponse(body) => Ok(DatabaseError::from_body(&body)),
        _ => Err(LaneError::protocol("an error response that is none")),
    }
}
