//! One pass over a table for everything that can be said of a row by itself.
//!
//! All rules are counted in one statement, `count(*) FILTER (WHERE …)` for each; the offenders' keys are read afterwards and
//! only for rules that are broken. A large table is scanned in ranges of pages, each with a transaction of its own, so that no
//! snapshot is old: a row that moves between ranges was written meanwhile, and so was checked by the server.

use super::access::Access;
use super::mask::row_key;
use super::rule::Rule;
use super::selection::lineage;
use super::session::{Failed, Reading, Session};
use super::unit::{Plan, Sink, Unit, Work, keys, number, places, select_list};
use super::{checks, report::Unchecked};
use crate::QualifiedName;
use howdah_schema::Catalog;
use howdah_schema::catalog::Table;
use std::collections::BTreeSet;

/// More would need more columns than a result may have.
const RULES_AT_ONCE: usize = 400;

/// A rule, and SQL that is true of a row `t` that breaks it.
#[derive(Debug)]
pub(super) struct Predicate {
    pub(super) rule: Rule,
    pub(super) broken: String,
}

/// The pass over one table.
#[derive(Debug)]
pub(super) struct Scan {
    table: QualifiedName,
    from: String,
    key: Vec<(String, String)>,
    predicates: Vec<Predicate>,
    /// As the server last counted them; 0 where it never has.
    pages: u64,
    /// Whether rows can be read by page.
    heap: bool,
}

/// Pages from … to; all of the rest without an end.
#[derive(Debug, Clone, Copy)]
struct Range {
    from: u64,
    to: Option<u64>,
}

impl Range {
    fn condition(self) -> String {
        let mut conditions = Vec::new();
        if self.from > 0 {
            conditions.push(format!("t.ctid >= '({},0)'::tid", self.from));
        }
        if let Some(to) = self.to {
            conditions.push(format!("t.ctid < '({to},0)'::tid"));
        }
        if conditions.is_empty() { "true".to_owned() } else { conditions.join(" and ") }
    }
}

/// A pass for each chosen table that has rows of its own and something to look at.
pub(super) fn plan(plan: &Plan<'_>, units: &mut Vec<Unit>, left_out: &mut Vec<Unchecked>) {
    for table in plan.tables().filter(|table| table.partition_key.is_none()) {
        let mut predicates = checks::check_constraint::predicates(plan.catalog, table);
        predicates.extend(checks::not_null::predicates(plan.catalog, table));
        predicates.extend(checks::domain::predicates(plan.catalog, table, left_out, plan.options));
        predicates.retain(|predicate| plan.options.wants(predicate.rule.check));
        if predicates.is_empty() {
            continue;
        }
        let facts = plan.facts.relations.get(&table.name);
        let checks: BTreeSet<_> = predicates.iter().map(|predicate| predicate.rule.check).collect();
        units.push(Unit {
            object: format!("table {}", table.name),
            checks: checks.into_iter().collect(),
            access: Access { reads: vec![table.name.clone()], reading: Reading::Rows },
            weight: facts.map_or(0, |facts| facts.rows),
            work: Work::Scan(Scan {
                table: table.name.clone(),
                from: format!("only {} as t", table.name),
                key: row_key(plan.masks, &table.name, "t"),
                predicates,
                pages: facts.map_or(0, |facts| facts.pages),
                heap: table.access_method.is_none(),
            }),
        });
    }
}

/// What a rule of a table is called: after the partitioned table that it comes from, if it does.
pub(super) fn home<'a>(catalog: &'a Catalog, table: &'a Table, has: impl Fn(&Table) -> bool) -> &'a QualifiedName {
    let tables = lineage(catalog, &table.name).map_while(|name| catalog.tables.get(name).filter(|table| has(table)));
    tables.last().map_or(&table.name, |table| &table.name)
}

impl Scan {
    pub(super) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.predicates.iter().map(|predicate| &predicate.rule)
    }

    pub(super) async fn run(&self, unit: &Unit, session: &Session<'_>, sink: &mut Sink<'_>) -> Result<(), Failed> {
        let pages = if self.pages > 0 { self.pages } else { session.pages(&unit.access, &self.table).await? };
        let ranges = self.ranges(pages, session.options.pages_at_once);
        let weight = unit.weight / ranges.len().max(1) as u64;
        let rest = unit.weight - weight * ranges.len() as u64;
        for range in ranges {
            let mut read = 0;
            for predicates in self.predicates.chunks(RULES_AT_ONCE) {
                let all: Vec<&Predicate> = predicates.iter().collect();
                match self.count(unit, &all, range, session, sink).await {
                    // One that cannot be evaluated must not hide the others.
                    Err(Failed::Refused(_)) if predicates.len() > 1 => {
                        session.end().await.map_err(Failed::Fatal)?;
                        read = self.one_by_one(unit, predicates, range, session, sink).await?;
                    }
                    result => read = result?,
                }
            }
            sink.read(read, weight);
        }
        sink.watch.advance(rest);
        Ok(())
    }

    async fn one_by_one(
        &self,
        unit: &Unit,
        predicates: &[Predicate],
        range: Range,
        session: &Session<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<u64, Failed> {
        let (mut read, mut refused) = (0, 0);
        for predicate in predicates {
            match self.count(unit, &[predicate], range, session, sink).await {
                Err(Failed::Refused(error)) => {
                    session.end().await.map_err(Failed::Fatal)?;
                    refused += 1;
                    // A table that cannot be read is one thing that is wrong with it, not one for each rule.
                    if refused == predicates.len() {
                        return Err(Failed::Refused(error));
                    }
                    sink.partial(&predicate.rule);
                    let mut unchecked = super::refusal::unchecked(unit, &error);
                    unchecked.checks = vec![predicate.rule.check];
                    unchecked.object.clone_from(&predicate.rule.object);
                    sink.not_checked(unchecked);
                }
                result => read = result?,
            }
        }
        Ok(read)
    }

    /// Counts, and reads the keys of offenders, in one transaction.
    async fn count(
        &self,
        unit: &Unit,
        predicates: &[&Predicate],
        range: Range,
        session: &Session<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<u64, Failed> {
        let counts: Vec<String> =
            predicates.iter().map(|predicate| format!("count(*) filter (where {})", predicate.broken)).collect();
        let (from, condition) = (&self.from, range.condition());
        session.begin(&unit.access).await?;
        let sql = format!("select count(*), {} from {from} where {condition}", counts.join(", "));
        let rows = session.query(&sql).await?;
        let mut results = Vec::new();
        for (at, predicate) in predicates.iter().enumerate() {
            let broken = number(&rows, at + 1)?;
            let wanted = if broken > 0 { sink.keys_wanted(&predicate.rule) } else { 0 };
            let mut found = Vec::new();
            if wanted > 0 {
                let sql = format!(
                    "select {} from {from} where {condition} and {} order by {} limit {wanted}",
                    select_list(&self.key),
                    predicate.broken,
                    places(self.key.len())
                );
                found = keys(&session.query(&sql).await?, &self.key)?;
            }
            results.push((predicate, broken, found));
        }
        session.end().await.map_err(Failed::Fatal)?;
        // Only now: what is refused is counted again, one by one.
        for (predicate, broken, found) in results {
            sink.broken(&predicate.rule, broken, found);
        }
        number(&rows, 0)
    }

    fn ranges(&self, pages: u64, pages_at_once: u32) -> Vec<Range> {
        let size = u64::from(pages_at_once.max(1));
        if !self.heap || pages <= size {
            return vec![Range { from: 0, to: None }];
        }
        let count = pages.div_ceil(size);
        (0..count)
            .map(|index| Range { from: index * size, to: (index + 1 < count).then_some((index + 1) * size) })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(pages: u64, heap: bool) -> Vec<String> {
        let table = QualifiedName::new("public", "t");
        let scan = Scan { table, from: String::new(), key: Vec::new(), predicates: Vec::new(), pages, heap };
        scan.ranges(pages, 100).into_iter().map(Range::condition).collect()
    }

    #[test]
    fn large_tables_are_read_in_pieces() {
        assert_eq!(ranges(0, true), ["true"]);
        assert_eq!(ranges(100, true), ["true"]);
        assert_eq!(ranges(500, false), ["true"]);
        assert_eq!(
            ranges(201, true),
            [
                "t.ctid < '(100,0)'::tid",
                "t.ctid >= '(100,0)'::tid and t.ctid < '(200,0)'::tid",
                "t.ctid >= '(200,0)'::tid"
            ]
        );
    }
}
