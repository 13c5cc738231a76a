//! What it means that the server refused a step.

use super::Check;
use super::checks::corruption::DAMAGED;
use super::report::{Finding, Level, Unchecked};
use super::unit::{Sink, Unit, Work};
use crate::ServerError;

/// Damage is a finding; anything else means that the step was not done.
pub(super) fn handle(unit: &Unit, error: &ServerError, sink: &mut Sink<'_>) {
    for rule in unit.rules() {
        sink.partial(rule);
    }
    if !is_damage(error) {
        sink.not_checked(unchecked(unit, error));
        return;
    }
    let index = error.sqlstate == "XX002";
    let fix = match &unit.work {
        Work::Corruption(work) => work.fix(),
        _ if index => "REINDEX the index that is named, after copying the data folder".to_owned(),
        _ => DAMAGED.to_owned(),
    };
    sink.found(Finding {
        id: Check::Corruption,
        level: Level::Error,
        object: unit.object.clone(),
        message: format!("reading it fails: {} ({})", error.message, error.sqlstate),
        fix,
        rows: None,
        keys: Vec::new(),
    });
    // What was to be found out by reading is not known.
    if unit.checks != [Check::Corruption] {
        sink.not_checked(unchecked(unit, error));
    }
}

/// data_corrupted and index_corrupted.
fn is_damage(error: &ServerError) -> bool {
    matches!(error.sqlstate.as_str(), "XX001" | "XX002")
}

/// A step that was not done, in words.
pub(super) fn unchecked(unit: &Unit, error: &ServerError) -> Unchecked {
    let said = format!("PostgreSQL says: {} ({})", error.message, error.sqlstate);
    let (reason, fix) = match error.sqlstate.as_str() {
        "42501" => (said, "connect as a role that may read it all, such as a superuser or the owner".to_owned()),
        "55P03" => (
            "another session held it locked for longer than was waited for".to_owned(),
            "run it again when that is done; pg_locks and pg_blocking_pids() tell who it is".to_owned(),
        ),
        "57014" | "40001" => (said, "run it again".to_owned()),
        "42P01" | "42703" | "42704" => {
            (format!("it has changed since the catalog was read. {said}"), "run it again".to_owned())
        }
        "42883" => (
            said,
            "a function that is called there may find nothing under an empty search_path: give it its own with \
             ALTER FUNCTION … SET search_path"
                .to_owned(),
        ),
        "53100" | "53200" => (said, "free disk or memory on the server, and run it again".to_owned()),
        _ => (said, "correct what the message names; until then nothing is known about it".to_owned()),
    };
    Unchecked { checks: unit.checks.clone(), object: unit.object.clone(), reason, fix }
}
