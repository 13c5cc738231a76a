//! Settings that a role's requests run under besides those of every request: `ALTER ROLE … SET …`.
//!
//! PostgreSQL applies them when the role logs in, which none does here, so they are sent with the others that make a
//! session the caller's, and only for roles that have some. They come before the role itself: what the login role was
//! granted to set, the caller need not be.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use howdah_pg::lane::{Isolation, Statement};
use howdah_pg::time_setting;

use crate::caller::{CHOICES, become_caller};

/// The level of a role's transactions is not a setting within them.
const ISOLATION: &str = "default_transaction_isolation";
const TIME_LIMIT: &str = "statement_timeout";
/// Running into one of these ends the session, which is therefore no one else's.
const ENDS_THE_SESSION: [&str; 2] = ["transaction_timeout", "exit_on_error"];
/// What is the server's to say: who asks, what the transaction may do, and in what form texts come and go.
const NOT_TO_BE_SET: [&str; 10] = [
    "role",
    "session_authorization",
    "transaction_isolation",
    "transaction_read_only",
    "transaction_deferrable",
    "client_encoding",
    "datestyle",
    "intervalstyle",
    "standard_conforming_strings",
    "backslash_quote",
];

/// The settings of one role.
#[derive(Debug)]
pub struct RoleSettings {
    /// In the order of the names.
    values: Vec<Bytes>,
    statements: Arc<Statements>,
    isolation: Option<Isolation>,
    time_limit: Option<(usize, Duration)>,
}

/// What sets certain settings and those of a caller, by which of the caller's it sets. Roles with settings of the same names
/// share them.
#[derive(Debug)]
struct Statements {
    names: Vec<String>,
    by_choice: Box<[OnceLock<Statement>]>,
}

/// Whether a setting may be one of a role or a function for a whole transaction: not what is the server's to say.
pub fn is_settable(name: &str) -> bool {
    let own = ["request.", "response.", "howdah.", "pgrst."];
    !NOT_TO_BE_SET.iter().any(|known| known.eq_ignore_ascii_case(name))
        && !own.iter().any(|prefix| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
}

impl RoleSettings {
    /// The settings of each role, from role, name and value, the names as PostgreSQL lists them.
    pub fn of_roles(settings: impl IntoIterator<Item = (String, String, String)>) -> HashMap<Arc<str>, Arc<Self>> {
        let mut by_role: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (role, name, value) in settings.into_iter().filter(|(_, name, _)| is_settable(name)) {
            by_role.entry(role).or_default().insert(name, value);
        }
        let mut known: HashMap<Vec<String>, Arc<Statements>> = HashMap::new();
        let settings = by_role.into_iter().map(|(role, settings)| {
            let settings = Self::new(&role, settings, &mut known);
            (Arc::from(role), Arc::new(settings))
        });
        settings.collect()
    }

    fn new(
        role: &str,
        mut settings: BTreeMap<String, String>,
        known: &mut HashMap<Vec<String>, Arc<Statements>>,
    ) -> Self {
        let isolation = settings.remove(ISOLATION).and_then(|level| level.parse().ok());
        let limit = settings.get(TIME_LIMIT).and_then(|value| {
            let limit = time_setting(value);
            if limit.is_none() {
                tracing::warn!(role, value, "the statement_timeout of a role is not understood, and not applied");
            }
            limit
        });
        if limit.is_none() {
            settings.remove(TIME_LIMIT);
        }
        let (names, values): (Vec<_>, Vec<_>) = settings.into_iter().unzip();
        let time_limit = limit.and_then(|limit| Some((names.iter().position(|name| name == TIME_LIMIT)?, limit)));
        let statements = known.entry(names).or_insert_with_key(|names| Arc::new(Statements::of(names.clone())));
        Self {
            values: values.into_iter().map(Bytes::from).collect(),
            statements: Arc::clone(statements),
            isolation,
            time_limit,
        }
    }

    /// The level of the role's transactions, where it is not the session's.
    pub fn isolation(&self) -> Option<Isolation> {
        self.isolation
    }

    /// How long one of the role's statements may take, zero for no limit, and which parameter of [`crate::Caller::step`]
    /// says so.
    pub fn time_limit(&self) -> Option<(usize, Duration)> {
        self.time_limit
    }

    /// Whether it sets this one.
    pub fn sets(&self, name: &str) -> bool {
        self.statements.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether what the role asks for may end the session that its requests run on.
    pub fn may_end_the_session(&self) -> bool {
        ENDS_THE_SESSION.iter().any(|name| self.sets(name))
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.statements.names
    }

    pub(crate) fn values(&self) -> &[Bytes] {
        &self.values
    }

    /// What sets these settings and a choice of the caller's.
    pub(crate) fn statement(&self, choice: usize) -> Statement {
        self.statements.statement(choice)
    }
}

impl Statements {
    fn of(names: Vec<String>) -> Self {
        Self { names, by_choice: (0..CHOICES).map(|_| OnceLock::new()).collect() }
    }

    fn statement(&self, choice: usize) -> Statement {
        self.by_choice[choice].get_or_init(|| Statement::new("", become_caller(&self.names, choice, false))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(of: &[(&str, &str, &str)]) -> HashMap<Arc<str>, Arc<RoleSettings>> {
        RoleSettings::of_roles(
            of.iter().map(|(role, name, value)| ((*role).to_owned(), (*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn each_role_has_its_own_and_what_is_the_servers_to_say_is_left_out() {
        let all = settings(&[
            ("web", "work_mem", "8MB"),
            ("web", "statement_timeout", "5s"),
            ("web", "default_transaction_isolation", "REPEATABLE READ"),
            ("web", "DateStyle", "German"),
            ("web", "request.jwt.claims", "{}"),
            ("job", "statement_timeout", "0"),
            ("job", "work_mem", "1GB"),
            ("odd", "statement_timeout", "0x10"),
            ("odd", "transaction_timeout", "1s"),
        ]);
        let web = &all["web"];
        assert_eq!(
            (web.names(), web.values()),
            (&["statement_timeout", "work_mem"].map(str::to_owned)[..], &["5s", "8MB"].map(Bytes::from)[..])
        );
        assert_eq!(
            (web.isolation(), web.time_limit()),
            (Some(Isolation::RepeatableRead), Some((0, Duration::from_secs(5))))
        );
        assert!(web.sets("Work_Mem") && !web.sets("datestyle") && !web.may_end_the_session());
        let job = &all["job"];
        assert_eq!((job.isolation(), job.time_limit()), (None, Some((0, Duration::ZERO))));
        assert!(Arc::ptr_eq(&web.statements, &job.statements));
        assert_eq!((all["odd"].time_limit(), all["odd"].may_end_the_session()), (None, true));
        assert!(!all.contains_key("anon"));
    }

    #[test]
    fn names_are_quoted_and_values_are_parameters() {
        let all = settings(&[("web", "a'b.c", "x'); drop table t; --")]);
        let sql = all["web"].statement(0);
        assert_eq!(
            sql.sql(),
            "select num_nulls(set_config('a''b.c', $1, true), set_config('role', $2, true), \
             set_config('request.jwt.claims', $3, true))"
        );
    }
}
