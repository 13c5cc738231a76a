//! What one request sends to the database: settings, statements, and how it ends, as one flight.

use std::fmt::Write as _;

use bytes::Bytes;
use howdah_http::{ApiError, Caller, RoleSettings, Trash};
use howdah_pg::Ident;
use howdah_pg::lane::{self, Flight, Isolation, Reply, Statement, Step, StepReply, TimeLimit};

use crate::api::Request;
use crate::explain::unrelated;
use crate::exposed::Hoisted;
use crate::options::ApiOptions;
use crate::request::prefer::{Prefer, Tx};
use crate::sql::{MERGED, Rendered};

/// A statement's place among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(usize);

impl Place {
    pub(crate) fn in_reply(self, reply: &Reply) -> Option<&StepReply> {
        reply.steps().get(self.0)
    }

    pub(crate) fn index(self) -> usize {
        self.0
    }
}

/// The steps of one request.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    steps: Vec<Step>,
    /// The statements of the request itself.
    pushed: Vec<Place>,
    read_only: bool,
    /// Others share the transaction.
    is_shared: bool,
    /// What takes back what holds for this request alone, where others share the transaction.
    taking_back: Vec<Step>,
    isolation: Option<Isolation>,
    time_limit: Option<TimeLimit>,
}

const SEARCH_PATH: &str = "select set_config('search_path', $1, true)";
const TIME_ZONE: &str = "select set_config('timezone', $1, true)";
const USUAL_TIME_ZONE: &str = "set local timezone to default";
/// In a transaction that is shared, what one operation says of its answer is not to be found by the next.
const NOTHING_SAID: &str = "select num_nulls(set_config('response.status', '', true), \
    set_config('response.headers', '', true), set_config('howdah.merged', '', true))";
/// In a transaction that is shared, a read is a subtransaction: that it may not write ends with it.
const BEGIN_READ: &str = "savepoint howdah_read";
const END_READ: &str = "release savepoint howdah_read";

impl Transaction {
    /// A transaction of the caller in a schema. The settings come first: should one fail, nothing else runs.
    pub(crate) fn begin(request: &Request<'_>, trash: Trash, read_only: bool) -> Self {
        Self::begin_hoisting(request, trash, read_only, None)
    }

    /// The same with settings of the function that is to be called.
    pub(crate) fn begin_hoisting(
        request: &Request<'_>,
        trash: Trash,
        read_only: bool,
        hoisted: Option<&Hoisted>,
    ) -> Self {
        let (caller, options, schema) = (request.caller, request.options(), &request.schema);
        let is_shared = request.executor.is_shared();
        let mut transaction = Self { read_only, is_shared, ..Self::default() };
        if is_shared && read_only {
            transaction.add(Step { statement: Statement::new("", BEGIN_READ), params: Vec::new() });
        }
        let who = if is_shared { caller.step_after_others(trash, read_only) } else { caller.step(trash, read_only) };
        let Place(who) = transaction.add(who);
        let own = caller.role_settings.as_deref();
        transaction.isolation = own.and_then(RoleSettings::isolation);
        let time_limit = own.and_then(RoleSettings::time_limit);
        transaction.time_limit = time_limit.map(|(param, limit)| TimeLimit { step: who, param, limit });
        let is_own = |name: &str| own.is_some_and(|settings| settings.sets(name));
        let mut set = |sql: &'static str, value: Option<String>| {
            let params = value.into_iter().map(|value| Some(Bytes::from(value))).collect();
            transaction.add(Step { statement: Statement::new("", sql), params });
        };
        if is_shared {
            set(NOTHING_SAID, None);
        }
        // Sessions begin with the path of the first schema.
        let is_other = is_shared || options.schemas.first().is_none_or(|first| first != schema);
        if is_other && !is_own("search_path") {
            set(SEARCH_PATH, Some(options.search_path(schema)));
        }
        match &request.prefer.time_zone {
            Some(zone) => set(TIME_ZONE, Some(zone.clone())),
            None if is_shared && !is_own("timezone") => set(USUAL_TIME_ZONE, None),
            None => {}
        }
        if let Some(hoisted) = hoisted {
            transaction.hoist(hoisted);
        }
        if let Some(function) = &options.pre_request {
            transaction.fixed(caller, format!("select {function}()"));
        }
        transaction
    }

    /// For a flight in a transaction that has been begun.
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    /// A function's settings go over the role's.
    fn hoist(&mut self, hoisted: &Hoisted) {
        self.isolation = hoisted.isolation.or(self.isolation);
        if let Some(step) = &hoisted.step {
            let Place(at) = self.add(step.clone());
            self.time_limit = hoisted.time_limit(at).or(self.time_limit);
        }
        if self.is_shared {
            self.taking_back = hoisted.taking_back().collect();
        }
    }

    fn fixed(&mut self, caller: &Caller<'_>, sql: impl Into<std::sync::Arc<str>>) -> Place {
        let statement = Statement::new(std::sync::Arc::clone(&caller.principal.role), sql);
        self.add(Step { statement, params: Vec::new() })
    }

    /// Adds a statement, and leaves of it what is needed afterwards.
    pub(crate) fn push(&mut self, caller: &Caller<'_>, rendered: &mut Rendered) -> Place {
        let sql = std::mem::take(&mut rendered.sql);
        let statement = Statement::new(std::sync::Arc::clone(&caller.principal.role), sql);
        let place = self.add(Step { statement, params: std::mem::take(&mut rendered.params) });
        self.pushed.push(place);
        place
    }

    fn add(&mut self, step: Step) -> Place {
        self.steps.push(step);
        Place(self.steps.len() - 1)
    }

    /// Asks what the statements so far have set of the answer.
    pub(crate) fn push_outcome(&mut self, caller: &Caller<'_>) -> Place {
        let sql = format!(
            "select current_setting('response.status', true), current_setting('response.headers', true), \
             current_setting('{MERGED}', true)"
        );
        self.fixed(caller, sql)
    }

    /// The SQL of a statement.
    pub(crate) fn sql(&self, place: Place) -> &str {
        self.steps[place.0].statement.sql()
    }

    /// The same transaction with plans in the place of the request's statements, and where these are. Nothing of it remains.
    pub(crate) fn planning(&self, caller: &Caller<'_>) -> (Flight, Vec<Place>) {
        let mut steps = self.steps.clone();
        for place in &self.pushed {
            let step = &mut steps[place.0];
            let sql = format!("explain (format json) {}", Rendered::unexplained(step.statement.sql()));
            step.statement = Statement::new(std::sync::Arc::clone(&caller.principal.role), sql);
        }
        let planned = Self { steps, pushed: Vec::new(), taking_back: self.taking_back.clone(), ..*self };
        let flight = match planned {
            Self { is_shared: true, .. } => planned.in_block(),
            Self { read_only: true, .. } => planned.alone(),
            Self { .. } => planned.alone().rolled_back(),
        };
        (flight, self.pushed.clone())
    }

    /// The flight, which ends as the client and the options have it.
    pub(crate) fn finish(self, options: &ApiOptions, prefer: &Prefer) -> Flight {
        if self.is_shared {
            return self.in_block();
        }
        let may_be_undone = !self.read_only;
        let flight = self.alone();
        if may_be_undone && prefer.tx(options) == Tx::Rollback { flight.rolled_back() } else { flight }
    }

    /// The flight as a transaction of its own.
    fn alone(self) -> Flight {
        let flight = if self.read_only { Flight::read(self.steps) } else { Flight::write(self.steps) };
        flight.isolated(self.isolation).limited(self.time_limit)
    }

    /// The flight as one of several in a transaction, which ends by [`end`]. Where it is the first of them, the transaction
    /// is of its level.
    pub(crate) fn in_block(mut self) -> Flight {
        if !self.is_shared {
            return Flight::write(self.steps).isolated(self.isolation);
        }
        if self.read_only {
            self.add(Step { statement: Statement::new("", END_READ), params: Vec::new() });
        }
        self.steps.append(&mut self.taking_back);
        Flight::write(self.steps)
    }
}

/// Ends a transaction of several flights as the client and the options have it.
pub(crate) async fn end(
    transaction: lane::Transaction,
    caller: &Caller<'_>,
    options: &ApiOptions,
    prefer: &Prefer,
) -> Result<(), ApiError> {
    let ended = match prefer.tx(options) {
        Tx::Commit => transaction.commit().await,
        Tx::Rollback => transaction.rehearse().await,
    };
    ended.map_err(|error| unrelated(&error, caller))
}

impl ApiOptions {
    /// Where unqualified names are looked for in requests to a schema.
    pub(crate) fn search_path(&self, schema: &str) -> String {
        let mut path = String::new();
        for (at, name) in std::iter::once(schema).chain(self.extra_search_path.iter().map(String::as_str)).enumerate() {
            if at == 0 || name != schema {
                let _ = write!(path, "{}{}", if at == 0 { "" } else { ", " }, Ident::new(name));
            }
        }
        path
    }

    /// What every database session must begin with for this API.
    pub fn session_settings(&self) -> Vec<(String, String)> {
        let mut settings: Vec<(String, String)> = howdah_http::SESSION_DEFAULTS
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let first = self.schemas.first().map_or("public", String::as_str);
        settings.push(("search_path".to_owned(), self.search_path(first)));
        settings
    }
}
