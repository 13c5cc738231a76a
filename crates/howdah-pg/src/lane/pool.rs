//! Keeps lanes and exclusive sessions alive, and tells at once when there are none to be had.
//!
//! A supervisor task owns each shared lane: it opens it, replaces it when it ends or is held up by one slow flight
//! beyond its budget, and tries again with exponential backoff and jitter while the database is away. Requests never
//! open the lane themselves, so a thousand of them cannot storm a server that is coming up.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::counters::PoolCounters;
use super::exclusive::{Exclusive, Outcome, Streaming};
use super::flight::{Flight, Step};
use super::reply::{Field, Reply, Rows, StepReply};
use super::{Lane, LaneError, Transaction};
use crate::{Backoff, Target};

/// A lane with so much to do is one to go round if there is another.
const QUEUE: Duration = Duration::from_micros(200);

/// Sessions for everybody that the server has; read when a lane has opened.
const ROOM: &str = include_str!("sql/room.sql");

/// How the pool behaves. Times are upper bounds.
#[derive(Debug, Clone)]
pub struct LaneOptions {
    /// Shared lanes. Each is one process of the server, which keeps about a core busy when it is never idle. Fewer are fuller
    /// and cost less a request, so the next one is used only while those before it have a queue. One for every two cores by
    /// default, and two at the least.
    pub lanes: usize,
    /// Exclusive sessions at the most: four a core by default, 8 at the least and 64 at the most. With the lanes they take
    /// no more than half of the connections that the server has for everybody, whatever is asked for here.
    pub exclusive: usize,
    /// A read on a shared lane waits no longer than this behind somebody else's: by then the lane has been replaced, and
    /// those that waited run on the new one.
    pub lane_budget: Duration,
    /// `statement_timeout` on the shared lane. A read that runs into it moves to an exclusive session.
    pub lane_statement_timeout: Duration,
    /// `statement_timeout` on exclusive sessions; zero leaves it to what the database says of the login role. A flight may
    /// set another for itself, see [`Flight::limited`].
    pub statement_timeout: Duration,
    /// `lock_timeout` on exclusive sessions; zero leaves it to what the database says of the login role.
    pub lock_timeout: Duration,
    /// How long a request waits for an exclusive session to come free.
    pub acquire_timeout: Duration,
    /// How long a request waits for a database that is just coming back before it is told to try later.
    pub outage_grace: Duration,
    /// Opening a session, login included.
    pub connect_timeout: Duration,
    /// An idle lane is asked for a sign of life this often; idle exclusive sessions close after it.
    pub idle_check: Duration,
    /// Settings for the life of each session, such as `search_path`.
    pub session_settings: Vec<(String, String)>,
}

impl Default for LaneOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            lanes: (cores / 2).max(2),
            exclusive: (cores * 4).clamp(8, 64),
            lane_budget: Duration::from_millis(250),
            lane_statement_timeout: Duration::from_secs(1),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(10),
            acquire_timeout: Duration::from_secs(10),
            outage_grace: Duration::from_millis(500),
            connect_timeout: Duration::from_secs(5),
            idle_check: Duration::from_secs(15),
            session_settings: Vec::new(),
        }
    }
}

/// Which kind of connection a flight travels on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Known to be quick and to wait for no lock: a shared lane.
    Shared,
    /// Anything else.
    Exclusive,
}

/// What the pool knows about itself.
#[derive(Debug, Clone)]
pub struct PoolStatus {
    /// A lane is open.
    pub up: bool,
    /// Why there is none.
    pub error: Option<Arc<str>>,
    /// Exclusive sessions that serve a request at this moment.
    pub exclusive_busy: usize,
    /// Exclusive sessions that lie idle.
    pub exclusive_idle: usize,
    /// Exclusive sessions at the most.
    pub exclusive_max: usize,
    /// Shared lanes that there are to be.
    pub lanes: usize,
    /// Shared lanes that are open.
    pub lanes_up: usize,
    /// Flights on the shared lanes that PostgreSQL has not answered yet.
    pub lane_flights: usize,
}

#[derive(Clone)]
enum Link {
    Up(Lane),
    Down(Arc<str>),
}

struct Inner {
    target: ArcSwap<Target>,
    options: LaneOptions,
    /// One a lane.
    links: Vec<watch::Sender<Link>>,
    exclusive_max: AtomicUsize,
    idle: Mutex<Vec<Exclusive>>,
    permits: Arc<Semaphore>,
    /// Sessions opened before this moment are not used again.
    fresh_since: Mutex<Instant>,
    counters: Arc<PoolCounters>,
}

/// Lanes and exclusive sessions to one database. Cheap to clone; everything closes with the last clone.
#[derive(Clone)]
pub struct LanePool {
    inner: Arc<Inner>,
    /// Ends the supervisors when the last clone goes.
    _alive: Arc<[AbortOnDrop]>,
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl std::fmt::Debug for LanePool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LanePool").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl LanePool {
    /// Starts the supervisors and returns at once: whether the database is there shows in [`LanePool::status`] and in
    /// [`LanePool::ready`].
    pub fn start(target: Target, options: LaneOptions) -> Self {
        Self::counted(target, options, Arc::default())
    }

    /// As [`LanePool::start`]; what the pool does is added to what `counters` say already.
    pub fn counted(target: Target, options: LaneOptions, counters: Arc<PoolCounters>) -> Self {
        let links = || watch::Sender::new(Link::Down("not connected yet".into()));
        let inner = Arc::new(Inner {
            target: ArcSwap::from_pointee(target),
            permits: Arc::new(Semaphore::new(options.exclusive)),
            exclusive_max: AtomicUsize::new(options.exclusive),
            links: (0..options.lanes.max(1)).map(|_| links()).collect(),
            options,
            idle: Mutex::default(),
            fresh_since: Mutex::new(Instant::now()),
            counters,
        });
        let supervise = |lane| AbortOnDrop(tokio::spawn(supervise(Arc::clone(&inner), lane)));
        let alive = (0..inner.links.len()).map(supervise).collect();
        Self { inner, _alive: alive }
    }

    /// Waits until a lane is open, for `limit` at the most.
    ///
    /// # Errors
    /// [`LaneError::Down`] with the last reason.
    pub async fn ready(&self, limit: Duration) -> Result<(), LaneError> {
        self.lane(limit).await.map(drop)
    }

    /// Asks the database for a sign of life over the shared lane.
    ///
    /// # Errors
    /// As [`LanePool::run`].
    pub async fn ping(&self, limit: Duration) -> Result<(), LaneError> {
        let lane = self.lane(Duration::ZERO).await?;
        match tokio::time::timeout(limit, lane.run(ping())).await {
            Ok(reply) => reply.map(drop),
            Err(_) => Err(LaneError::Down("no answer to a ping".into())),
        }
    }

    /// How things stand.
    pub fn status(&self) -> PoolStatus {
        let (mut lanes_up, mut lane_flights, mut error) = (0, 0, None);
        for link in &self.inner.links {
            match &*link.borrow() {
                Link::Up(lane) if !lane.is_closed() => {
                    lanes_up += 1;
                    lane_flights += lane.flights_under_way();
                }
                Link::Up(_) => {}
                Link::Down(reason) => error = Some(Arc::clone(reason)),
            }
        }
        let up = lanes_up > 0;
        error = error.filter(|_| !up);
        let exclusive_max = self.inner.exclusive_max.load(Ordering::Acquire);
        PoolStatus {
            up,
            error,
            exclusive_busy: exclusive_max.saturating_sub(self.inner.permits.available_permits()),
            exclusive_idle: self.inner.idle().len(),
            exclusive_max,
            lanes: self.inner.links.len(),
            lanes_up,
            lane_flights,
        }
    }

    /// What has been counted.
    pub fn counters(&self) -> &Arc<PoolCounters> {
        &self.inner.counters
    }

    /// Closes what is idle and replaces the lane: after the schema or the settings of the login role have changed.
    pub fn renew(&self) {
        *self.inner.fresh_since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.inner.idle().clear();
        for link in &self.inner.links {
            if let Link::Up(lane) = &*link.borrow() {
                lane.kill("the pool is being renewed");
            }
        }
    }

    /// Goes on at another address: the same database has moved, such as to another port after a restart.
    pub fn move_to(&self, target: Target) {
        self.inner.target.store(Arc::new(target));
        self.renew();
    }

    /// Runs a flight to its end.
    ///
    /// A read whose connection breaks, whose statement the schema has left behind, or that is too slow for the shared
    /// lane, runs once more; a write never does unless PostgreSQL itself has refused it whole. A limit that the flight sets
    /// itself holds on both: where it is the shorter one, what the lane cut off is not tried again.
    ///
    /// # Errors
    /// See [`LaneError`].
    pub async fn run(&self, flight: Flight, route: Route) -> Result<Reply, LaneError> {
        let flight = Arc::new(flight);
        match route {
            Route::Shared => self.run_shared(flight).await,
            Route::Exclusive => self.run_exclusive(&flight).await,
        }
    }

    async fn run_shared(&self, flight: Arc<Flight>) -> Result<Reply, LaneError> {
        self.inner.counters.lane_flight();
        let limit = self.inner.options.lane_statement_timeout;
        let is_longer = |own: Duration| !limit.is_zero() && (own.is_zero() || own > limit);
        let (on_lane, is_final) = match flight.time_limit() {
            None => (Arc::clone(&flight), false),
            // For as long, it may run on a session of its own: the lane is for others, too.
            Some(own) if is_longer(own) => (Arc::new(Flight::clone(&flight).within(limit)), false),
            Some(_) => (Arc::clone(&flight), true),
        };
        let mut tries = 2;
        loop {
            let lane = self.lane(self.inner.options.outage_grace).await?;
            tries -= 1;
            match lane.run(Arc::clone(&on_lane)).await {
                Err(LaneError::Lost(_)) if flight.is_repeatable() && tries > 0 => {}
                // Never sent.
                Err(LaneError::Down(_)) if tries > 0 => {}
                Err(LaneError::HeldUp) if tries > 0 => {}
                Err(LaneError::HeldUp) => return self.run_exclusive(&flight).await,
                Err(error) if error.is_stale_statement() && tries > 0 => {}
                Err(error) if is_timeout(&error) && flight.is_repeatable() && !is_final => {
                    return self.run_exclusive(&flight).await;
                }
                result => return result,
            }
        }
    }

    async fn run_exclusive(&self, flight: &Flight) -> Result<Reply, LaneError> {
        let mut tries = 2;
        loop {
            let mut checkout = self.checkout().await?;
            tries -= 1;
            match checkout.session.run(flight).await {
                Err(LaneError::Lost(_)) if flight.is_repeatable() && tries > 0 => {}
                Err(error) if error.is_stale_statement() && tries > 0 => checkout.give_back(),
                result => {
                    checkout.give_back();
                    return result;
                }
            }
        }
    }

    /// Runs a flight on an exclusive session; an answer with more than `buffer` bytes of rows comes as a stream.
    ///
    /// # Errors
    /// See [`LaneError`].
    pub async fn stream(&self, flight: Flight, buffer: usize) -> Result<Answer, LaneError> {
        // PostgreSQL counts the time in which the client takes the rows as the statement's own, so its limit would end every
        // export after that time. Here it holds until the rows have begun to come.
        let own = flight.time_limit();
        let mut flight = flight;
        let mut tries = 2;
        loop {
            let Checkout { session, permit, pool } = self.checkout().await?;
            tries -= 1;
            let limit = own.unwrap_or(session.statement_timeout);
            if !limit.is_zero() {
                flight = flight.unhurried();
            }
            let begun = session.stream(&flight, buffer);
            let begun = if limit.is_zero() {
                begun.await
            } else {
                match tokio::time::timeout(limit, begun).await {
                    Ok(begun) => begun,
                    // The session was dropped with its flight: it cancels what runs, and closes.
                    Err(_) => return Err(LaneError::timed_out()),
                }
            };
            match begun {
                Ok(Outcome::Whole(reply, session)) => {
                    Checkout { session: *session, permit, pool }.give_back();
                    return Ok(Answer::Whole(reply));
                }
                Ok(Outcome::Streaming(stream)) => {
                    return Ok(Answer::Stream(PooledStream { stream: Some(stream), permit: Some(permit), pool }));
                }
                Err((LaneError::Lost(_), _)) if flight.is_repeatable() && tries > 0 => {}
                Err((error, session)) => {
                    let again = error.is_stale_statement() && tries > 0;
                    Checkout { session, permit, pool }.give_back();
                    if !again {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Takes a session for several flights that commit together. Nothing is sent yet.
    ///
    /// # Errors
    /// [`LaneError::Down`] and [`LaneError::Busy`].
    pub async fn transaction(&self) -> Result<Transaction, LaneError> {
        self.checkout().await.map(Transaction::new)
    }

    /// A lane, waiting `grace` for one while there is none.
    async fn lane(&self, grace: Duration) -> Result<Lane, LaneError> {
        let mut down: Arc<str> = "the connection was lost".into();
        let mut best: Option<(Duration, Lane)> = None;
        for link in &self.inner.links {
            match &*link.borrow() {
                Link::Up(lane) if !lane.is_closed() => {
                    let backlog = lane.backlog();
                    if backlog < QUEUE {
                        return Ok(lane.clone());
                    }
                    if best.as_ref().is_none_or(|(least, _)| backlog < *least) {
                        best = Some((backlog, lane.clone()));
                    }
                }
                Link::Up(_) => {}
                Link::Down(error) => down = Arc::clone(error),
            }
        }
        if let Some((_, lane)) = best {
            return Ok(lane);
        }
        let link = &self.inner.links[0];
        let mut changes = link.subscribe();
        let up = changes.wait_for(|link| matches!(link, Link::Up(lane) if !lane.is_closed()));
        match tokio::time::timeout(grace, up).await {
            Ok(Ok(link)) => match &*link {
                Link::Up(lane) => Ok(lane.clone()),
                Link::Down(error) => Err(LaneError::Down(Arc::clone(error))),
            },
            _ => Err(LaneError::Down(match &*link.borrow() {
                Link::Down(error) => Arc::clone(error),
                Link::Up(_) => down,
            })),
        }
    }

    /// The right to hold an exclusive session. Those who wait get it in turn.
    async fn permit(&self) -> Result<OwnedSemaphorePermit, LaneError> {
        let Inner { permits, counters, options, .. } = &*self.inner;
        if let Ok(permit) = Arc::clone(permits).try_acquire_owned() {
            return Ok(permit);
        }
        let _waiting = counters.wait();
        match tokio::time::timeout(options.acquire_timeout, Arc::clone(permits).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => {
                counters.timed_out();
                Err(LaneError::Busy(options.acquire_timeout))
            }
        }
    }

    async fn checkout(&self) -> Result<Checkout, LaneError> {
        let options = &self.inner.options;
        let permit = self.permit().await?;
        self.inner.counters.session_taken();
        loop {
            let Some(mut session) = self.inner.idle().pop() else { break };
            if session.is_usable() && !session.is_disturbed() && session.idle_since.elapsed() < options.idle_check {
                return Ok(Checkout { session, permit, pool: Arc::clone(&self.inner) });
            }
        }
        // While the lane is down, so is the server: saying so at once beats a connect timeout per request.
        self.lane(options.outage_grace).await?;
        let target = self.inner.target.load_full();
        let settings = self.inner.settings(options.statement_timeout);
        let borrowed: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let open = Exclusive::open(target, &borrowed);
        let session = match tokio::time::timeout(options.connect_timeout, open).await {
            Ok(session) => session?,
            Err(_) => return Err(LaneError::Down("connecting took too long".into())),
        };
        Ok(Checkout { session, permit, pool: Arc::clone(&self.inner) })
    }
}

impl Inner {
    /// Closes exclusive sessions that have lain idle for too long. Never ends.
    async fn close_idle(&self) {
        loop {
            tokio::time::sleep(self.options.idle_check).await;
            self.idle().retain(|session| session.idle_since.elapsed() < self.options.idle_check);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Exclusive>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settings(&self, statement_timeout: Duration) -> Vec<(String, String)> {
        let mut settings = self.options.session_settings.clone();
        for (name, limit) in [("statement_timeout", statement_timeout), ("lock_timeout", self.options.lock_timeout)] {
            if !limit.is_zero() {
                settings.push((name.into(), limit.as_millis().to_string()));
            }
        }
        // A flight is one implicit transaction, so this is for a client that breaks off in the middle of sending one.
        settings.push(("idle_in_transaction_session_timeout".into(), "60000".into()));
        settings
    }

    /// Makes do with fewer exclusive sessions where the server has too few connections: half of them are left to others,
    /// such as another Howdah process, a migration, and whoever comes to see what is wrong.
    async fn fit(&self, lane: &Lane) {
        let ask = Flight::read(vec![Step::plain(ROOM)]);
        let reply = tokio::time::timeout(self.options.connect_timeout, lane.run(Arc::new(ask))).await;
        // Without an answer this lane does not last, and the next one asks again.
        let Ok(Ok(reply)) = reply else { return };
        let value = reply.last().and_then(|last| reply.rows(last).next()?.next()?);
        let Some(room) = value.and_then(|value| std::str::from_utf8(value).ok()?.parse::<usize>().ok()) else { return };
        let allowed = (room / 2).saturating_sub(self.links.len()).max(1);
        let before = self.exclusive_max.fetch_min(allowed, Ordering::AcqRel);
        if let Some(surplus) = before.checked_sub(allowed).and_then(|surplus| u32::try_from(surplus).ok())
            && surplus > 0
        {
            tracing::info!(
                room,
                allowed,
                wanted = before,
                "fewer exclusive sessions, because the server has few connections"
            );
            let permits = Arc::clone(&self.permits);
            // Those in use are given up when they come back.
            tokio::spawn(async move {
                if let Ok(surplus) = permits.acquire_many_owned(surplus).await {
                    surplus.forget();
                }
            });
        }
    }

    fn is_fresh(&self, session: &Exclusive) -> bool {
        session.opened >= *self.fresh_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session with the right to hold it.
pub(super) struct Checkout {
    pub(super) session: Exclusive,
    permit: OwnedSemaphorePermit,
    pool: Arc<Inner>,
}

impl Checkout {
    /// Returns the session to the pool; one that cannot be used again closes.
    pub(super) fn give_back(self) {
        if self.session.is_usable() && self.pool.is_fresh(&self.session) {
            self.pool.idle().push(self.session);
        }
        drop(self.permit);
    }
}

/// An answer that is here, or one that is on its way.
#[derive(Debug)]
pub enum Answer {
    /// All of it.
    Whole(Reply),
    /// Too large to hold.
    Stream(PooledStream),
}

/// A [`Streaming`] answer that returns its session to the pool when it has been taken to its end.
pub struct PooledStream {
    stream: Option<Box<Streaming>>,
    permit: Option<OwnedSemaphorePermit>,
    pool: Arc<Inner>,
}

impl std::fmt::Debug for PooledStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PooledStream").field("stream", &self.stream).finish_non_exhaustive()
    }
}

impl PooledStream {
    /// The columns of the rows.
    pub fn fields(&self) -> Arc<[Field]> {
        self.stream.as_ref().map(|stream| Arc::clone(stream.fields())).unwrap_or_default()
    }

    /// The answers of the steps before the one that streams, with the rows of each.
    pub fn before(&self) -> impl Iterator<Item = (&StepReply, Rows<'_>)> {
        self.stream.iter().flat_map(|s| s.steps_before().iter().map(|step| (step, s.rows_before(step))))
    }

    /// As [`Streaming::next`].
    ///
    /// # Errors
    /// As [`Streaming::next`].
    pub async fn next(&mut self, take: impl FnMut(Rows<'_>)) -> Result<bool, LaneError> {
        let Some(stream) = &mut self.stream else { return Ok(false) };
        let more = stream.next(take).await?;
        if !more
            && let Some(stream) = self.stream.take()
            && let (Some(session), Some(permit)) = (stream.into_exclusive(), self.permit.take())
        {
            Checkout { session, permit, pool: Arc::clone(&self.pool) }.give_back();
        }
        Ok(more)
    }
}

fn ping() -> Arc<Flight> {
    Arc::new(Flight::read(vec![Step::plain("select 1")]))
}

fn is_timeout(error: &LaneError) -> bool {
    error.database().is_some_and(|e| e.code == "57014")
}

async fn supervise(inner: Arc<Inner>, number: usize) {
    let options = &inner.options;
    let link = &inner.links[number];
    let backoff = Backoff { first: Duration::from_millis(50), cap: Duration::from_secs(1), give_up_after: None };
    let mut attempt = 0;
    // Lanes that were replaced and still have flights to answer.
    let mut retired: Vec<Lane> = Vec::new();
    loop {
        let target = inner.target.load_full();
        let mut settings = inner.settings(options.lane_statement_timeout);
        // Lanes only read, so a lock that makes one wait is DDL: those behind it must not wait along for long.
        settings.push(("lock_timeout".into(), options.lane_budget.as_millis().to_string()));
        let borrowed: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let opened = tokio::time::timeout(options.connect_timeout, Lane::open(&target, &borrowed)).await;
        let lane = match opened {
            Ok(Ok(lane)) => lane,
            Ok(Err(error)) => {
                let reason: Arc<str> = match error {
                    LaneError::Down(reason) => reason,
                    other => other.to_string().into(),
                };
                tracing::warn!(%reason, "the database cannot be reached");
                inner.idle().clear();
                link.send_replace(Link::Down(reason));
                tokio::time::sleep(backoff.wait(attempt)).await;
                attempt += 1;
                continue;
            }
            Err(_) => {
                tracing::warn!("connecting to the database took too long");
                link.send_replace(Link::Down("connecting took too long".into()));
                tokio::time::sleep(backoff.wait(attempt)).await;
                attempt += 1;
                continue;
            }
        };
        attempt = 0;
        link.send_replace(Link::Up(lane.clone()));
        if let Some(held_up) = retired.last() {
            held_up.retire();
        }
        tracing::debug!("lane open");
        inner.fit(&lane).await;
        tokio::select! {
            () = watch_lane(&lane, &mut retired, &inner) => {}
            () = inner.close_idle() => {}
        }
        if !lane.is_closed() {
            retired.push(lane);
        }
    }
}

/// Returns when the lane has ended or is held up by one flight: early enough for another one to be open before those who
/// wait have waited for longer than the budget.
async fn watch_lane(lane: &Lane, retired: &mut Vec<Lane>, inner: &Inner) {
    let options = &inner.options;
    let mut tick = tokio::time::interval((options.lane_budget / 8).max(Duration::from_millis(10)));
    let patience = options.lane_budget * 3 / 4;
    let mut flights = lane.flights();
    let mut moved = Instant::now();
    let hopeless = options.lane_statement_timeout + Duration::from_secs(5);
    loop {
        tokio::select! {
            () = lane.closed() => return,
            _ = tick.tick() => {}
        }
        retired.retain(|old| {
            if old.head_age() > hopeless {
                old.kill("no answer for longer than any statement may take");
            }
            // A lane that has answered all closes when it is dropped here.
            !old.is_closed() && old.head_age() > Duration::ZERO
        });
        if lane.head_age() > patience {
            tracing::info!(held = ?lane.head_age(), "a lane is held up and is being replaced");
            inner.counters.lane_held_up();
            return;
        }
        if flights != lane.flights() {
            flights = lane.flights();
            moved = Instant::now();
        } else if moved.elapsed() > options.idle_check {
            moved = Instant::now();
            let alive = tokio::time::timeout(Duration::from_secs(5), lane.run(ping())).await;
            if !matches!(alive, Ok(Ok(_))) {
                lane.kill("no answer to a health check");
                return;
            }
        }
    }
}
