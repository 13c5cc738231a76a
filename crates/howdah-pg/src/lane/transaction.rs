//! Several flights that commit together.

use super::LaneError;
use super::flight::{Flight, Step};
use super::pool::Checkout;
use super::reply::Reply;

/// One transaction over one exclusive session. The first flight carries BEGIN before its own steps, so settings that are
/// local to the transaction (role, claims) hold for the flights that follow, and end with it.
///
/// An error ends it: whatever came before is undone and no later flight is sent, so nothing ever runs without the
/// settings of a first flight that failed. Dropped before [`Transaction::commit`], it closes its session, cancelling what
/// runs there, and PostgreSQL undoes everything.
pub struct Transaction {
    checkout: Checkout,
    state: State,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").field("state", &self.state).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing has been sent.
    Fresh,
    /// BEGIN and every flight since have succeeded.
    Open,
    /// A flight failed, or is still unanswered because its future was dropped.
    Failed,
}

impl Transaction {
    pub(super) fn new(mut checkout: Checkout) -> Self {
        checkout.session.enter_block();
        Self { checkout, state: State::Fresh }
    }

    /// Runs a flight in the transaction and waits for its whole answer. However many there are, no more than one is held
    /// in memory.
    ///
    /// A first flight whose prepared statement the schema has left behind is run once more, in a new transaction.
    ///
    /// # Errors
    /// As [`super::Exclusive::run`], and [`LaneError::Protocol`] after an earlier error, or when a step has ended the
    /// transaction by itself. After any error nothing but [`Transaction::rollback`] is left to do.
    pub async fn run(&mut self, flight: Flight) -> Result<Reply, LaneError> {
        let is_first = self.state == State::Fresh;
        let flight = match self.state {
            State::Fresh => flight.opening_block(),
            State::Open => flight,
            State::Failed => return Err(failed()),
        };
        // Until the answer is here; should it never be waited for, it stays that way.
        self.state = State::Failed;
        let session = &mut self.checkout.session;
        let mut reply = session.run(&flight).await;
        if is_first && reply.as_ref().is_err_and(LaneError::is_stale_statement) {
            session.run(&Flight::write(vec![Step::plain("rollback")])).await?;
            reply = session.run(&flight).await;
        }
        let reply = reply?;
        if !session.is_in_block() {
            return Err(LaneError::protocol("a step of the flight ended the transaction"));
        }
        self.state = State::Open;
        Ok(reply)
    }

    /// Runs a flight as [`Transaction::run`] does, except that a refusal by PostgreSQL undoes this flight alone and the
    /// transaction goes on. What the flights before have set holds. Costs a subtransaction.
    ///
    /// # Errors
    /// As [`Transaction::run`]; only after [`LaneError::Database`] may another flight follow.
    pub async fn attempt(&mut self, flight: Flight) -> Result<Reply, LaneError> {
        if self.state == State::Fresh {
            self.run(Flight::write(Vec::new())).await?;
        }
        match self.run(flight.undoable()).await {
            Err(error @ LaneError::Database(_)) if self.checkout.session.is_open() => {
                self.state = State::Open;
                self.run(Flight::undoing()).await?;
                Err(error)
            }
            result => result,
        }
    }

    /// Undoes everything after asking the constraints that are deferred to a commit, which never comes.
    ///
    /// # Errors
    /// As [`Transaction::commit`] would have them.
    pub async fn rehearse(mut self) -> Result<(), LaneError> {
        if self.state == State::Open {
            self.run(Flight::write(vec![Step::plain("set constraints all immediate")])).await?;
        }
        self.rollback().await
    }

    /// Commits. Without an error it has happened, and is as durable as the server's settings make it.
    ///
    /// # Errors
    /// [`LaneError::Database`] when PostgreSQL refuses it (a deferred constraint) and [`LaneError::Protocol`] after an
    /// earlier error: nothing has taken effect. [`LaneError::Lost`]: it may or may not have been committed.
    pub async fn commit(self) -> Result<(), LaneError> {
        match self.state {
            State::Fresh => {
                self.end();
                Ok(())
            }
            State::Open => self.finish("commit").await,
            State::Failed => {
                self.rollback().await?;
                Err(failed())
            }
        }
    }

    /// Undoes everything and returns the session to the pool.
    ///
    /// # Errors
    /// None that matters for the data: when the session breaks here, PostgreSQL undoes the transaction by itself.
    pub async fn rollback(self) -> Result<(), LaneError> {
        // A session that is lost, or still busy with a flight that nobody waits for, closes when it is dropped.
        if self.state == State::Fresh || !self.checkout.session.is_open() {
            self.end();
            return Ok(());
        }
        self.finish("rollback").await
    }

    async fn finish(mut self, command: &'static str) -> Result<(), LaneError> {
        let reply = self.checkout.session.run(&Flight::write(vec![Step::plain(command)])).await;
        self.end();
        // PostgreSQL answers a COMMIT of what has failed with the tag ROLLBACK, and no error.
        let done = reply?.last().is_some_and(|last| last.tag.eq_ignore_ascii_case(command));
        if done { Ok(()) } else { Err(failed()) }
    }

    fn end(self) {
        let mut checkout = self.checkout;
        checkout.session.leave_block();
        checkout.give_back();
    }
}

fn failed() -> LaneError {
    LaneError::protocol("the transaction has failed before; nothing of it was kept")
}
