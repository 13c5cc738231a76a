//! Statements that read and do nothing else, and that stop on the server when they are stopped here.
//!
//! Each step of a validation runs in a transaction of its own (see [`super`] for why); what holds in it stands in [`begin`].

use super::ValidateOptions;
use super::access::{Access, open_by_policy};
use super::facts::{self, Facts};
use crate::{Literal, PgError, QualifiedName, ServerError, Target};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_postgres::{CancelToken, Client, Row};

/// What every transaction begins with.
///
/// - Read-only, and reading all rows or failing: with `row_security` off a policy that would hide rows is an error.
/// - An empty `search_path`, so that nobody's function stands in for one of PostgreSQL's. Names in the catalog's expressions
///   come with their schemas.
/// - Neither an index nor a constraint is believed, because they are what is in doubt: no index scans, no exclusion of what a
///   CHECK or a partition's bounds rule out. Without index scans a nested loop reads its inner table over and over.
/// - No time limit but for locks: a scan may take hours, and waiting behind an ALTER TABLE blocks those that come after.
const SETTINGS: &str = "\
    set local search_path = ''; set local enable_indexscan = off; set local enable_indexonlyscan = off; \
    set local enable_bitmapscan = off; set local enable_nestloop = off; set local constraint_exclusion = off; \
    set local enable_partition_pruning = off; set local enable_partitionwise_join = off; \
    set local jit = off; set local extra_float_digits = 1; set local bytea_output = 'hex'; \
    select set_config(name, '0', true) from pg_catalog.pg_settings \
    where name in ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')";

/// How a step reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// One snapshot, rows from scans.
    Rows,
    /// One snapshot, with indexes: for the highest value of a column.
    Indexes,
    /// A snapshot a statement, for amcheck: it refuses the first kind where an index is younger than the snapshot.
    Structure,
}

fn begin(reading: Reading, row_security: bool, lock_timeout_ms: u32) -> String {
    let isolation = if reading == Reading::Structure { "read committed" } else { "repeatable read" };
    let mut sql = format!("begin isolation level {isolation} read only; {SETTINGS}");
    let row_security = if row_security { "on" } else { "off" };
    let timeout = Literal::Int(lock_timeout_ms.into());
    let _ = write!(sql, "; set local row_security = {row_security}; set local lock_timeout = {timeout}");
    if reading == Reading::Indexes {
        sql += "; set local enable_indexscan = on; set local enable_indexonlyscan = on";
    }
    sql
}

/// Why a statement gave no rows.
#[derive(Debug)]
pub(super) enum Failed {
    /// The server refused it, and the session goes on.
    Refused(Box<ServerError>),
    /// It was stopped on purpose.
    Stopped,
    /// There is no session any more.
    Fatal(PgError),
}

/// A connection in use by one validation.
#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) client: &'a Client,
    pub(super) target: &'a Target,
    pub(super) stopped: &'a AtomicBool,
    pub(super) options: &'a ValidateOptions,
    pub(super) facts: &'a Facts,
}

impl Session<'_> {
    /// Begins a transaction.
    ///
    /// Where a policy shows this role every row, row-level security may stay on; it is locked and asked again, because a
    /// policy that is changed meanwhile would hide rows without a word.
    pub(super) async fn begin(&self, access: &Access) -> Result<(), Failed> {
        if self.is_stopped() {
            return Err(Failed::Stopped);
        }
        let open = open_by_policy(self.facts, access);
        let began =
            self.client.batch_execute(&begin(access.reading, !open.is_empty(), self.options.lock_timeout_ms)).await;
        began.map_err(|error| self.sort(error))?;
        if open.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = open.iter().map(ToString::to_string).collect();
        self.query(&format!("lock table {} in access share mode", names.join(", "))).await?;
        let now = facts::relations(self.client).await.map_err(Failed::Fatal)?;
        let hidden =
            open.into_iter().find(|name| now.get(*name).is_none_or(|facts| facts.hides_rows && !facts.open_policy));
        match hidden {
            None => Ok(()),
            Some(name) => Err(Failed::Refused(Box::new(ServerError {
                sqlstate: "42501".to_owned(),
                message: format!("the policies of {name} were changed, and now hide rows"),
                detail: None,
                hint: None,
                context: None,
                position: None,
                internal: None,
                constraint: None,
                table: None,
                column: None,
            }))),
        }
    }

    /// Ends it; nothing was changed, so there is nothing to commit.
    pub(super) async fn end(&self) -> Result<(), PgError> {
        Ok(self.client.batch_execute("rollback").await?)
    }

    /// Runs one statement. When this future is dropped before the answer is here, the server is told to stop.
    pub(super) async fn query(&self, sql: &str) -> Result<Vec<Row>, Failed> {
        if self.is_stopped() {
            return Err(Failed::Stopped);
        }
        tracing::trace!(sql, "validating");
        let mut running = Running { target: self.target, token: Some(self.client.cancel_token()) };
        let rows = self.client.query_typed(sql, &[]).await;
        running.token = None;
        rows.map_err(|error| self.sort(error))
    }

    /// How many pages a table has now.
    pub(super) async fn pages(&self, access: &Access, table: &QualifiedName) -> Result<u64, Failed> {
        self.begin(access).await?;
        let table = Literal::from(table.to_string());
        let sql =
            format!("select coalesce(pg_relation_size({table}::regclass), 0) / current_setting('block_size')::bigint");
        let rows = self.query(&sql).await?;
        self.end().await.map_err(Failed::Fatal)?;
        super::unit::number(&rows, 0)
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    fn sort(&self, error: tokio_postgres::Error) -> Failed {
        match PgError::from(error) {
            PgError::Server(error) if error.sqlstate == "57014" && self.is_stopped() => Failed::Stopped,
            PgError::Server(error) if !error.ends_session() => Failed::Refused(error),
            error => Failed::Fatal(error),
        }
    }
}

/// A statement under way.
struct Running<'a> {
    target: &'a Target,
    /// `None` once the answer is here.
    token: Option<CancelToken>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // Whoever waited is gone. A connection that closes does not stop a statement: the server only notices when it
        // has something to send, which a count has after the last row.
        if let (Some(token), Ok(runtime)) = (self.token.take(), tokio::runtime::Handle::try_current()) {
            let target = self.target.clone();
            runtime.spawn(async move {
                if let Err(error) = cancel(&target, &token).await {
                    tracing::debug!(%error, "an abandoned statement could not be cancelled");
                }
            });
        }
    }
}

/// Asks the server to stop what the client of `token` is doing.
pub(super) async fn cancel(target: &Target, token: &CancelToken) -> Result<(), PgError> {
    let mut result = Ok(());
    let mut delivered = false;
    // Which of several servers the client is connected to is not known; the others do not know the token and ignore it.
    for endpoint in &target.endpoints {
        let target = Target { endpoints: vec![endpoint.clone()], ..target.clone() };
        match target.cancel(token).await {
            Ok(()) => delivered = true,
            Err(error) => result = Err(error),
        }
    }
    if delivered { Ok(()) } else { result }
}
