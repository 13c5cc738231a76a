//! Tests of the whole: what is known, where findings stand, and what holds them back.

use super::*;
use crate::findings::{Level, Report, Source};
use crate::lint::{self, Allowance, hold};
use crate::testing::{catalog, table};
use crate::{Catalog, hazards};
use std::collections::BTreeSet;

/// A table that a crash empties.
fn cache() -> Catalog {
    catalog([table("caches").column("id", "uuid", "").primary_key(&["id"]).with(|table| table.unlogged = true)])
}

fn advise(sql: &str) -> Report {
    check(&cache(), &AdvisorOptions::default(), &[Source { name: "a.sql", text: sql }])
}

/// Each as `line rule`.
fn found(report: &Report) -> Vec<String> {
    let line =
        |at: &Option<crate::findings::Place>| at.as_ref().map_or_else(|| "-".to_owned(), |it| it.line.to_string());
    report.findings.iter().map(|it| format!("{} {}", line(&it.place), it.rule)).collect()
}

#[test]
fn ids_are_in_order_and_shared_only_where_that_is_said() {
    let ids: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted());
    let own: BTreeSet<&str> = rules::ALL.iter().map(|check| check.rule.id).collect();
    assert_eq!(own.len(), rules::ALL.len());
    assert!(rules::ALL.iter().map(|check| check.rule.id).is_sorted());
    for others in [lint::rules(), hazards::rules()] {
        assert!(others.iter().all(|rule| !own.contains(rule.id)));
    }
    assert_eq!(ids.len(), own.len() + rules::SHARED.len());
}

#[test]
fn a_finding_stands_where_its_object_is_made() {
    assert_eq!(found(&advise("select 1;\ncreate table caches (id uuid);")), ["2 unlogged-table"]);
    assert_eq!(found(&advise("select 1;")), ["- unlogged-table"]);
}

#[test]
fn what_is_allowed_beside_the_sql_is_held_back() {
    let report = advise("-- howdah:allow unlogged-table: it can be made again\ncreate table caches (id uuid);");
    assert_eq!((found(&report), report.suppressed), (vec![], 1));
    let report =
        advise("-- howdah:allow-file unlogged-table: all of it can be made again\ncreate table caches (id uuid);");
    assert_eq!((found(&report), report.suppressed), (vec![], 1));
}

#[test]
fn what_is_wrong_with_an_allowance_is_told_by_the_set_that_it_is_about() {
    // Nothing triggers the first, the second is the standards', the third is nobody's.
    let sql = "-- howdah:allow rls-disabled, plural-table, unloged-table: x\ncreate table caches (id uuid);";
    assert_eq!(found(&advise(sql)), ["1 unknown-suppression", "1 unused-suppression", "2 unlogged-table"]);
    let standards = lint::check(&cache(), &[Source { name: "a.sql", text: sql }]);
    let of_suppressions: Vec<String> = found(&standards).into_iter().filter(|it| it.ends_with("suppression")).collect();
    assert_eq!(of_suppressions, ["1 unknown-suppression", "1 unused-suppression"]);
    let object = |report: &Report| {
        let unused = report.findings.iter().find(|it| it.rule == "unused-suppression");
        unused.and_then(|it| it.object.clone()).unwrap()
    };
    assert_eq!((object(&advise(sql)), object(&standards)), ("rls-disabled".to_owned(), "plural-table".to_owned()));
}

#[test]
fn a_project_allows_the_advisors_rules_as_it_does_all_others() {
    let allow = |rule: &str, object: &str| Allowance {
        rule: rule.to_owned(),
        object: Some(object.to_owned()),
        reason: "it can be made again".to_owned(),
        ..Allowance::default()
    };
    let held =
        |allowances: &[Allowance], judged: &[crate::findings::Rule]| found(&hold(advise(""), allowances, judged));
    assert_eq!(held(&[allow("unlogged-table", "public.caches")], rules()), [""; 0]);
    assert_eq!(held(&[allow("unlogged-table", "public.x")], rules()), ["- unlogged-table", "- unused-suppression"]);
    // By the standards nobody can say that it is unused.
    assert_eq!(held(&[allow("unlogged-table", "public.x")], lint::rules()), ["- unlogged-table"]);
    assert_eq!(held(&[allow("unloged-table", "*")], rules()), ["- unlogged-table", "- unknown-suppression"]);
}

#[test]
fn what_is_shared_with_the_standards_is_found_by_both() {
    let catalog = catalog([table("readings").column("value", "numeric", "")]);
    for report in [check(&catalog, &AdvisorOptions::default(), &[]), lint::check(&catalog, &[])] {
        let of_rule: Vec<Level> =
            report.findings.iter().filter(|it| it.rule == "no-primary-key").map(|it| it.level).collect();
        assert_eq!(of_rule, [Level::Error]);
    }
}
