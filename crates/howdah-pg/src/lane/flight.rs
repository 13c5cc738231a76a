//! What travels: statements with their parameters, and how they are written to the wire.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use postgres_protocol::IsNull;
use postgres_protocol::message::frontend;

use super::reply::Field;
use super::{Isolation, LaneError};

/// Prepared statements kept per connection; the oldest is closed when one more comes.
const STATEMENTS_PER_CONNECTION: usize = 512;

/// SQL text and the role it runs as. Both name the prepared statement, because PostgreSQL plans row-level security for
/// one role: the same text prepared once per role is never planned again when callers alternate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Statement {
    role: Arc<str>,
    sql: Arc<str>,
}

impl Statement {
    /// `sql` with parameters `$1 …`, all sent as text and of the types that PostgreSQL infers.
    pub fn new(role: impl Into<Arc<str>>, sql: impl Into<Arc<str>>) -> Self {
        Self { role: role.into(), sql: sql.into() }
    }

    /// The text as PostgreSQL gets it.
    pub fn sql(&self) -> &str {
        &self.sql
    }
}

/// One statement of a flight with its parameters in text form (`None` is NULL).
#[derive(Debug, Clone)]
pub struct Step {
    /// What runs.
    pub statement: Statement,
    /// `$1 …` in text form.
    pub params: Vec<Option<Bytes>>,
}

impl Step {
    /// A statement of the lane's own, which is the same under every role.
    pub(super) fn plain(sql: &'static str) -> Self {
        Self { statement: Statement::new("", sql), params: Vec::new() }
    }
}

/// Steps that run as one transaction: all of them take effect, or none.
#[derive(Debug, Clone)]
pub struct Flight {
    steps: Vec<Step>,
    repeatable: bool,
    opens_block: bool,
    rolled_back: bool,
    undoable: bool,
    unhurried: bool,
    isolation: Option<Isolation>,
    time_limit: Option<TimeLimit>,
}

/// A limit to each statement that a flight sets for itself, and which of its parameters says so: whoever runs it may have to
/// set another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit {
    /// The index of the step that sets `statement_timeout`.
    pub step: usize,
    /// The index of the step's parameter whose value it is.
    pub param: usize,
    /// What it is set to; zero is no limit.
    pub limit: Duration,
}

/// What may stand before the steps of a flight: the beginning of a transaction block, a place to go back to within one …
static BEGIN: LazyLock<Step> = LazyLock::new(|| Step::plain("begin"));
static SAVE: LazyLock<Step> = LazyLock::new(|| Step::plain("savepoint howdah_flight"));
/// … and, for statements that may take as long as whoever reads their rows, that there is no limit to that.
static UNHURRY: LazyLock<Step> = LazyLock::new(|| Step::plain("select set_config('statement_timeout', '0', true)"));

/// What stands behind the steps of a flight that can be undone within its transaction.
static SAVED: LazyLock<[Step; 1]> = LazyLock::new(|| [Step::plain("release savepoint howdah_flight")]);

/// What stands behind the steps of a flight that is to leave nothing. A flight is one implicit transaction, and ROLLBACK
/// aborts that one too: all that the server has to say about the missing BEGIN is a warning. Constraints that are
/// deferred to a commit, which never comes, are asked before.
static UNDOING: LazyLock<[Step; 2]> =
    LazyLock::new(|| [Step::plain("set constraints all immediate"), Step::plain("rollback")]);

impl Flight {
    /// A flight that only reads: it may be repeated on another connection when its own breaks.
    pub fn read(steps: Vec<Step>) -> Self {
        Self::new(steps, true)
    }

    /// A flight that writes: never sent twice after it may have been received.
    pub fn write(steps: Vec<Step>) -> Self {
        Self::new(steps, false)
    }

    fn new(steps: Vec<Step>, repeatable: bool) -> Self {
        Self {
            steps,
            repeatable,
            opens_block: false,
            rolled_back: false,
            undoable: false,
            unhurried: false,
            isolation: None,
            time_limit: None,
        }
    }

    /// In a transaction of this level, where one is given. Of the flights of a [`super::Transaction`], the first says it.
    #[must_use]
    pub fn isolated(mut self, isolation: Option<Isolation>) -> Self {
        self.isolation = isolation;
        self
    }

    /// A flight that sets a limit to its statements, where it does. Without one, that of its session holds.
    #[must_use]
    pub fn limited(mut self, time_limit: Option<TimeLimit>) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// The same steps with the same answers, and nothing of their effects remains (sequences and what a function does
    /// outside the transaction excepted). Constraints are checked as at a commit. Its answer is held whole, it does not
    /// stream. Not for a [`super::Transaction`], which has a rollback of its own.
    #[must_use]
    pub fn rolled_back(mut self) -> Self {
        self.rolled_back = true;
        self
    }

    /// The first flight of a transaction block.
    pub(super) fn opening_block(mut self) -> Self {
        self.opens_block = true;
        self
    }

    /// A flight that no `statement_timeout` cuts off: whoever sends it watches the clock.
    pub(super) fn unhurried(mut self) -> Self {
        self.unhurried = self.time_limit.is_none();
        self.within(Duration::ZERO)
    }

    /// The same with another limit in the place of the one that it sets, if it sets one.
    pub(super) fn within(mut self, limit: Duration) -> Self {
        if let Some(own) = &mut self.time_limit
            && let Some(param) = self.steps.get_mut(own.step).and_then(|step| step.params.get_mut(own.param))
        {
            own.limit = limit;
            *param = Some(limit.as_millis().to_string().into());
        }
        self
    }

    /// The limit that it sets to its statements.
    pub(super) fn time_limit(&self) -> Option<Duration> {
        self.time_limit.map(|own| own.limit)
    }

    /// A flight within a transaction block that leaves the block alive when it fails.
    pub(super) fn undoable(mut self) -> Self {
        self.undoable = true;
        self
    }

    /// Brings a block back to where it was before an undoable flight that has failed.
    pub(super) fn undoing() -> Self {
        Self::write(vec![Step::plain("rollback to savepoint howdah_flight"), SAVED[0].clone()])
    }

    /// The level comes before whatever reads, because PostgreSQL takes it no later.
    fn opening(&self) -> impl Iterator<Item = &Step> {
        let begin = self.opens_block.then(|| &*BEGIN);
        let isolate = self.isolation.map(Isolation::step);
        let save = self.undoable.then(|| &*SAVE);
        let unhurry = self.unhurried.then(|| &*UNHURRY);
        [begin, isolate, save, unhurry].into_iter().flatten()
    }

    fn closing(&self) -> &'static [Step] {
        match (self.rolled_back, self.undoable) {
            (true, _) => &*UNDOING,
            (false, true) => &*SAVED,
            (false, false) => &[],
        }
    }

    /// The steps as they are sent, with those that frame the caller's.
    fn sent(&self) -> impl Iterator<Item = &Step> {
        self.opening().chain(&self.steps).chain(self.closing())
    }

    /// Which of the answers are the caller's.
    pub(super) fn answered(&self) -> std::ops::Range<usize> {
        let start = self.opening().count();
        start..start + self.steps.len()
    }

    /// The steps in the order in which they run.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) fn is_repeatable(&self) -> bool {
        self.repeatable
    }
}

/// A statement prepared on one connection, or about to be.
#[derive(Debug)]
pub(super) struct Prepared {
    name: String,
    /// Its result columns, known once the server has confirmed it.
    pub(super) fields: OnceLock<Arc<[Field]>>,
    /// The server refused to prepare it: the name is free again.
    pub(super) refused: AtomicBool,
}

/// How the reply of one step is to be read.
#[derive(Debug)]
pub(super) enum Expect {
    /// Prepared earlier: no description comes.
    Known(Arc<[Field]>),
    /// Described in this flight, and kept under its name for the next.
    Registers(Arc<Prepared>),
    /// Described in this flight, not kept.
    Described,
}

/// The prepared statements of one connection.
#[derive(Debug, Default)]
pub(super) struct Statements {
    known: HashMap<Statement, Arc<Prepared>>,
    age: VecDeque<Statement>,
    next: u64,
}

impl Statements {
    /// Writes `flight` into `out`, Sync included, and says what will come back.
    ///
    /// A statement that another flight is preparing at this moment is sent unnamed: were it named and the other's
    /// preparation refused, this flight would fail for a fault that is not its own.
    pub(super) fn encode(&mut self, flight: &Flight, out: &mut BytesMut) -> Result<Vec<Expect>, LaneError> {
        let start = out.len();
        let mut expects = Vec::with_capacity(flight.steps.len());
        for step in flight.sent() {
            match self.encode_step(step, out) {
                Ok(expect) => expects.push(expect),
                Err(error) => {
                    // Nothing of this flight may reach the wire; names that it was to register are free again.
                    out.truncate(start);
                    for expect in &expects {
                        if let Expect::Registers(prepared) = expect {
                            prepared.refused.store(true, Ordering::Release);
                        }
                    }
                    return Err(LaneError::protocol(&format!("the request cannot be encoded: {error}")));
                }
            }
        }
        frontend::sync(out);
        Ok(expects)
    }

    fn encode_step(&mut self, step: &Step, out: &mut BytesMut) -> std::io::Result<Expect> {
        let known = self.known.get(&step.statement).filter(|p| !p.refused.load(Ordering::Acquire)).cloned();
        let expect = match known {
            Some(prepared) => match prepared.fields.get() {
                Some(fields) => {
                    bind(&prepared.name, &step.params, out)?;
                    frontend::execute("", 0, out)?;
                    return Ok(Expect::Known(Arc::clone(fields)));
                }
                None => Expect::Described,
            },
            None => Expect::Registers(self.register(&step.statement, out)?),
        };
        let name = match &expect {
            Expect::Registers(prepared) => prepared.name.as_str(),
            _ => "",
        };
        frontend::parse(name, step.statement.sql(), std::iter::empty(), out)?;
        // The statement is described, not the portal: a value that Bind refuses must not cost what Parse has made.
        frontend::describe(b'S', name, out)?;
        bind(name, &step.params, out)?;
        frontend::execute("", 0, out)?;
        Ok(expect)
    }

    fn register(&mut self, statement: &Statement, out: &mut BytesMut) -> std::io::Result<Arc<Prepared>> {
        if self.known.remove(statement).is_some() {
            self.age.retain(|s| s != statement);
        }
        if self.known.len() >= STATEMENTS_PER_CONNECTION
            && let Some(oldest) = self.age.pop_front()
            && let Some(gone) = self.known.remove(&oldest)
        {
            frontend::close(b'S', &gone.name, out)?;
        }
        self.next += 1;
        let prepared = Arc::new(Prepared {
            name: format!("h{}", self.next),
            fields: OnceLock::new(),
            refused: AtomicBool::new(false),
        });
        self.known.insert(statement.clone(), Arc::clone(&prepared));
        self.age.push_back(statement.clone());
        Ok(prepared)
    }

    /// Drops what is known of a flight's statements: the next flight prepares them anew under new names.
    pub(super) fn forget(&mut self, flight: &Flight) {
        for step in flight.sent() {
            if let Some(prepared) = self.known.get(&step.statement) {
                prepared.refused.store(true, Ordering::Release);
            }
        }
    }
}

fn bind(name: &str, params: &[Option<Bytes>], out: &mut BytesMut) -> std::io::Result<()> {
    frontend::bind(
        "",
        name,
        std::iter::empty(),
        params.iter(),
        |param, buf| match param {
            Some(text) => {
                buf.extend_from_slice(text);
                Ok(IsNull::No)
            }
            None => Ok(IsNull::Yes),
        },
        std::iter::empty(),
        out,
    )
    .map_err(|error| match error {
        frontend::BindError::Conversion(error) => std::io::Error::other(error),
        frontend::BindError::Serialization(error) => error,
    })
}
