//! Where the flight of a request runs: by itself, or in a transaction that it shares with others.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::lock::Mutex;
use howdah_pg::lane::{self, Answer, Flight, LaneError, LanePool, Reply, Route};

use crate::batch::References;

/// What runs the flight of a request.
#[derive(Clone, Copy)]
pub(crate) enum Executor<'a> {
    /// The flight is the transaction.
    Alone(&'a LanePool),
    /// The flight is one of several in a transaction.
    Shared(&'a Shared<'a>),
}

/// A transaction that operations share, one after the other.
pub(crate) struct Shared<'a> {
    pub(crate) transaction: &'a Mutex<lane::Transaction>,
    /// What the operation that is under way names of the answers before it.
    pub(crate) references: References,
    /// The transaction is going to be rolled back, whatever its operations do.
    pub(crate) is_taken_back: bool,
    /// A prepared statement was left behind by the schema: all of it may be run once more.
    pub(crate) is_stale: AtomicBool,
}

impl Executor<'_> {
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::Shared(_))
    }

    /// Whether what runs here is going to be rolled back together with others.
    pub(crate) fn is_taken_back(&self) -> bool {
        matches!(self, Self::Shared(shared) if shared.is_taken_back)
    }

    /// Runs a flight and waits for its whole answer.
    pub(crate) async fn run(&self, flight: Flight, route: Route) -> Result<Reply, LaneError> {
        match self {
            Self::Alone(pool) => pool.run(flight, route).await,
            Self::Shared(shared) => {
                let reply = shared.transaction.lock().await.run(flight).await;
                if reply.as_ref().is_err_and(LaneError::is_stale_statement) {
                    shared.is_stale.store(true, Ordering::Relaxed);
                }
                reply
            }
        }
    }

    /// Runs a flight; an answer with more than `buffer` bytes of rows comes as a stream, unless other flights wait for it.
    pub(crate) async fn stream(&self, flight: Flight, buffer: usize) -> Result<Answer, LaneError> {
        match self {
            Self::Alone(pool) => pool.stream(flight, buffer).await,
            Self::Shared(_) => self.run(flight, Route::Exclusive).await.map(Answer::Whole),
        }
    }
}
