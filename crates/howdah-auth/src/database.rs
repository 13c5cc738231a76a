//! Statements on schema `auth`, run as the role that may.
//!
//! A [`Database`] is made of a request: every flight begins with the settings that make the session `howdah_auth`'s and
//! tell the database whose request it is, so that audit triggers find actor, session, address and request id.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use howdah_http::{Caller, Principal, Trash};
use howdah_pg::lane::{self, Field, Flight, LaneError, LanePool, Reply, Route, Statement, Step};
use http::header;
use http::request::Parts;
use serde_json::Value;

use crate::error::AuthError;
use crate::token::Digest;

/// The role that may read and write `auth.*`.
pub(crate) const AUTH_ROLE: &str = "howdah_auth";

/// Runs statements for one request. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pool: LanePool,
    role: &'static str,
    reading: Step,
    writing: Step,
    address: Option<IpAddr>,
    user_agent: Option<String>,
}

impl Database {
    /// For a request of somebody who has not signed in, or not yet.
    pub(crate) fn new(pool: &LanePool, parts: &Parts) -> Self {
        Self::with_claims(pool, parts, Bytes::from_static(br#"{"role":"howdah_auth"}"#))
    }

    /// For a request whose token has these claims, as JSON: `auth.uid()` and the audit trail name its account.
    pub(crate) fn with_claims(pool: &LanePool, parts: &Parts, claims: Bytes) -> Self {
        Self::with_role(AUTH_ROLE, pool, parts, claims)
    }

    /// The same under another role, for what `howdah_auth` may not see.
    pub(crate) fn with_role(role: &'static str, pool: &LanePool, parts: &Parts, claims: Bytes) -> Self {
        let principal = Principal { claims, ..Principal::inner(role) };
        let caller = Caller::new(&principal, parts);
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            pool: pool.clone(),
            role,
            reading: caller.step(Trash::Hidden, true),
            writing: caller.step(Trash::Hidden, false),
            address: caller.address,
            user_agent: user_agent.map(|agent| agent.chars().take(500).collect()),
        }
    }

    /// Where the request comes from.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// What the client calls itself, 500 characters of it at the most.
    pub(crate) fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// A quick lookup by a key; it may be run again when its connection breaks.
    pub(crate) async fn read(&self, query: Query) -> Result<Vec<Row>, AuthError> {
        let flight = Flight::read(vec![self.reading.clone(), query.into_step(self.role)]);
        let reply = self.pool.run(flight, Route::Shared).await.map_err(|error| AuthError::from(&error))?;
        Ok(last_rows(&reply))
    }

    /// The first row of a quick lookup.
    pub(crate) async fn read_one(&self, query: Query) -> Result<Option<Row>, AuthError> {
        Ok(self.read(query).await?.into_iter().next())
    }

    /// A read that may take its time, such as a list.
    pub(crate) async fn read_slowly(&self, query: Query) -> Result<Vec<Row>, AuthError> {
        let flight = Flight::read(vec![self.reading.clone(), query.into_step(self.role)]);
        let reply = self.pool.run(flight, Route::Exclusive).await.map_err(|error| AuthError::from(&error))?;
        Ok(last_rows(&reply))
    }

    /// One statement that writes, in a transaction of its own.
    pub(crate) async fn write(&self, query: Query) -> Result<Vec<Row>, AuthError> {
        Ok(self.write_all(vec![query]).await?.pop().unwrap_or_default())
    }

    /// The first row that a statement which writes returns.
    pub(crate) async fn write_one(&self, query: Query) -> Result<Option<Row>, AuthError> {
        Ok(self.write(query).await?.into_iter().next())
    }

    /// Statements that take effect together or not at all, in one round trip; the rows of each. What one of them needs to
    /// know of another before it is sent takes a [`Database::transaction`].
    pub(crate) async fn write_all(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, AuthError> {
        self.try_write_all(queries).await.map_err(|error| AuthError::from(&error))
    }

    /// As [`Database::write_all`], for callers that look at what PostgreSQL refused, such as a key that exists.
    pub(crate) async fn try_write_all(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, LaneError> {
        let steps =
            std::iter::once(self.writing.clone()).chain(queries.into_iter().map(|query| query.into_step(self.role)));
        let reply = self.pool.run(Flight::write(steps.collect()), Route::Exclusive).await?;
        Ok(reply.steps().iter().skip(1).map(|step| rows(&reply, step)).collect())
    }

    /// A transaction for statements that depend on each other's answers. Dropped before its commit it leaves nothing.
    pub(crate) async fn transaction(&self) -> Result<Transaction, AuthError> {
        let mut inner = self.pool.transaction().await.map_err(|error| AuthError::from(&error))?;
        let begun = inner.run(Flight::write(vec![self.writing.clone()])).await;
        begun.map_err(|error| AuthError::from(&error))?;
        Ok(Transaction { inner, role: self.role })
    }
}

/// Several round trips that take effect together.
#[derive(Debug)]
pub(crate) struct Transaction {
    inner: lane::Transaction,
    role: &'static str,
}

impl Transaction {
    /// Runs one statement; an error ends the transaction.
    pub(crate) async fn run(&mut self, query: Query) -> Result<Vec<Row>, AuthError> {
        let reply = self.inner.run(Flight::write(vec![query.into_step(self.role)])).await;
        Ok(last_rows(&reply.map_err(|error| AuthError::from(&error))?))
    }

    /// The first row of a statement.
    pub(crate) async fn run_one(&mut self, query: Query) -> Result<Option<Row>, AuthError> {
        Ok(self.run(query).await?.into_iter().next())
    }

    /// Without an error it has happened.
    pub(crate) async fn commit(self) -> Result<(), AuthError> {
        self.inner.commit().await.map_err(|error| AuthError::from(&error))
    }
}

/// A statement and its parameters, `$1 …` in the order in which they are bound.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    sql: &'static str,
    params: Vec<Option<Bytes>>,
}

impl Query {
    /// A statement without parameters so far.
    pub(crate) fn new(sql: &'static str) -> Self {
        Self { sql, params: Vec::new() }
    }

    /// Binds the next parameter.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "values and references alike, without an ampersand at each")]
    pub(crate) fn bind(mut self, value: impl Parameter) -> Self {
        self.params.push(value.to_text().map(Bytes::from));
        self
    }

    fn into_step(self, role: &'static str) -> Step {
        Step { statement: Statement::new(role, self.sql), params: self.params }
    }
}

/// What can be a parameter: its text as PostgreSQL reads it, `None` for NULL. The statement says its type (`$1::uuid`).
pub(crate) trait Parameter {
    /// As PostgreSQL reads it.
    fn to_text(&self) -> Option<String>;
}

impl Parameter for &str {
    fn to_text(&self) -> Option<String> {
        Some((*self).to_owned())
    }
}

macro_rules! printed {
    ($($kind:ty),*) => {
        $(impl Parameter for $kind {
            fn to_text(&self) -> Option<String> {
                Some(self.to_string())
            }
        })*
    };
}

printed!(String, &String, bool, i32, i64, u32, u64, IpAddr, Value, &Value);

impl Parameter for Digest {
    fn to_text(&self) -> Option<String> {
        Some(self.hex())
    }
}

impl<P: Parameter> Parameter for Option<P> {
    fn to_text(&self) -> Option<String> {
        self.as_ref().and_then(Parameter::to_text)
    }
}

/// A row whose columns are found by name.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    fields: Arc<[Field]>,
    values: Vec<Option<String>>,
}

impl Row {
    /// A column as PostgreSQL prints it, `None` for NULL.
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        let at = self.fields.iter().position(|field| field.name == name);
        if at.is_none() {
            // A statement of ours and the code that reads it do not go together: every test of it fails.
            tracing::error!(column = name, "a statement returns no such column");
        }
        self.values.get(at?)?.as_deref()
    }

    /// A text column, empty for NULL.
    pub(crate) fn text(&self, name: &str) -> String {
        self.optional(name).unwrap_or_default().to_owned()
    }

    /// A text column that may be NULL.
    pub(crate) fn text_or_null(&self, name: &str) -> Option<String> {
        self.optional(name).map(str::to_owned)
    }

    /// A boolean; NULL is false.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.optional(name) == Some("t")
    }

    /// A whole number; NULL is 0.
    pub(crate) fn integer(&self, name: &str) -> i64 {
        self.optional(name).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// A JSON column; NULL is null.
    pub(crate) fn json(&self, name: &str) -> Value {
        self.optional(name).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

fn last_rows(reply: &Reply) -> Vec<Row> {
    reply.last().map(|step| rows(reply, step)).unwrap_or_default()
}

fn rows(reply: &Reply, step: &lane::StepReply) -> Vec<Row> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let rows = reply.rows(step).map(|row| row.map(|column| column.map(text)).collect());
    rows.map(|values| Row { fields: Arc::clone(&step.fields), values }).collect()
}
