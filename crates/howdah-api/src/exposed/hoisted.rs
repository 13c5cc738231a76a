//! Settings of a function that become those of the transaction it is called in.
//!
//! PostgreSQL takes a function's settings on when it enters the function, which is too late for a limit to the statement
//! that calls it, and for the level of its transaction.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use howdah_http::is_settable;
use howdah_pg::lane::{Isolation, Statement, Step, TimeLimit};
use howdah_pg::{Ident, Literal, time_setting};

/// What to do before the function is called, and, where the transaction goes on with others, afterwards.
#[derive(Debug, Default, Clone)]
pub(crate) struct Hoisted {
    /// Sets them.
    pub(crate) step: Option<Step>,
    /// The level of a transaction that begins with the call.
    pub(crate) isolation: Option<Isolation>,
    /// The names, quoted.
    names: Vec<String>,
    /// How long the call may take, and which parameter of the step says so.
    time_limit: Option<(usize, Duration)>,
}

impl Hoisted {
    /// Those of a function's settings whose names are listed; nothing where there are none.
    pub(super) fn of(config: &BTreeMap<String, String>, listed: &[String]) -> Option<Self> {
        let mut hoisted = Self::default();
        let (mut calls, mut params) = (Vec::new(), Vec::new());
        let is_listed = |name: &str| is_settable(name) && listed.iter().any(|known| known.eq_ignore_ascii_case(name));
        for (name, value) in config.iter().filter(|(name, _)| is_listed(name)) {
            match name.as_str() {
                "default_transaction_isolation" => {
                    hoisted.isolation = value.parse().ok();
                    continue;
                }
                "statement_timeout" => hoisted.time_limit = time_setting(value).map(|limit| (params.len(), limit)),
                _ => {}
            }
            params.push(Some(Bytes::from(value.clone())));
            calls.push(format!("set_config({}, ${}, true)", Literal::text(name.as_str()), params.len()));
            hoisted.names.push(name.split('.').map(|part| Ident::new(part).to_string()).collect::<Vec<_>>().join("."));
        }
        if !calls.is_empty() {
            let sql = format!("select num_nulls({})", calls.join(", "));
            hoisted.step = Some(Step { statement: Statement::new("", sql), params });
        }
        (hoisted.step.is_some() || hoisted.isolation.is_some()).then_some(hoisted)
    }

    /// The limit that the step sets when it is the one of this number in its flight.
    pub(crate) fn time_limit(&self, step: usize) -> Option<TimeLimit> {
        self.time_limit.map(|(param, limit)| TimeLimit { step, param, limit })
    }

    /// What takes them back for those who come after it in the transaction. What the caller's role sets, each of these sets
    /// anew.
    pub(crate) fn taking_back(&self) -> impl Iterator<Item = Step> {
        let sql = self.names.iter().map(|name| format!("set local {name} to default"));
        sql.map(|sql| Step { statement: Statement::new("", sql), params: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hoisted(config: &[(&str, &str)], listed: &[&str]) -> Option<Hoisted> {
        let config = config.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Hoisted::of(&config, &listed.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_listed_is_hoisted() {
        let config = [
            ("search_path", "x"),
            ("statement_timeout", "4s"),
            ("a.b", "'; --"),
            ("default_transaction_isolation", "serializable"),
        ];
        assert!(hoisted(&config, &[]).is_none());
        assert!(hoisted(&[("role", "x")], &["role"]).is_none());
        let level = hoisted(&config, &["default_transaction_isolation"]).unwrap();
        assert_eq!((level.isolation, level.step.is_none()), (Some(Isolation::Serializable), true));
        let some = hoisted(&config, &["Statement_Timeout", "a.b"]).unwrap();
        let step = some.step.as_ref().unwrap();
        assert_eq!(
            step.statement.sql(),
            "select num_nulls(set_config('a.b', $1, true), set_config('statement_timeout', $2, true))"
        );
        assert_eq!(step.params, ["'; --", "4s"].map(|value| Some(Bytes::from(value))));
        assert_eq!(some.time_limit(3), Some(TimeLimit { step: 3, param: 1, limit: Duration::from_secs(4) }));
        let back: Vec<_> = some.taking_back().map(|step| step.statement.sql().to_owned()).collect();
        assert_eq!(back, ["set local a.b to default", "set local statement_timeout to default"]);
    }
}
