//! What one request sends to the database: settings, statements, and how it ends, as one flight.

use std::fmt::Write as _;

use bytes::Bytes;
use howdah_http::{Caller, Trash};
use howdah_pg::Ident;
use howdah_pg::lane::{Flight, Reply, Statement, Step, StepReply};

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
#[derive(Debug)]
pub(crate) struct Transaction {
    steps: Vec<Step>,
    /// The statements of the request itself.
    pushed: Vec<Place>,
    read_only: bool,
}

const SEARCH_PATH: &str = "select set_config('search_path', $1, true)";
const TIME_ZONE: &str = "select set_config('timezone', $1, true)";

impl Transaction {
    /// A transaction of the caller in a schema. The settings come first: should one fail, nothing else runs.
    pub(crate) fn begin(
        caller: &Caller<'_>,
        options: &ApiOptions,
        schema: &str,
        prefer: &Prefer,
        trash: Trash,
        read_only: bool,
    ) -> Self {
        let mut steps = vec![caller.step(trash, read_only)];
        let mut set = |sql: &'static str, value: String| {
            steps.push(Step { statement: Statement::new("", sql), params: vec![Some(Bytes::from(value))] });
        };
        // Sessions begin with the path of the first schema.
        if options.schemas.first().is_none_or(|first| first != schema) {
            set(SEARCH_PATH, options.search_path(schema));
        }
        if let Some(zone) = &prefer.time_zone {
            set(TIME_ZONE, zone.clone());
        }
        let mut transaction = Self { steps, pushed: Vec::new(), read_only };
        if let Some(function) = &options.pre_request {
            transaction.fixed(caller, format!("select {function}()"));
        }
        transaction
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
        let flight = if self.read_only { Flight::read(steps) } else { Flight::write(steps).rolled_back() };
        (flight, self.pushed.clone())
    }

    /// The flight, which ends as the client and the options have it.
    pub(crate) fn finish(self, options: &ApiOptions, prefer: &Prefer) -> Flight {
        if self.read_only {
            return Flight::read(self.steps);
        }
        let flight = Flight::write(self.steps);
        if prefer.tx(options) == Tx::Rollback { flight.rolled_back() } else { flight }
    }
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
