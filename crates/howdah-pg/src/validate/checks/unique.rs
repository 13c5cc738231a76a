//! Duplicates under unique indexes.
//!
//! The rows are asked, not the index: it is the index that may be broken. Columns are grouped behind a subquery that the
//! planner does not look into, because it would leave out columns that a primary key makes superfluous, and that key is in
//! doubt as well.

use crate::validate::Check;
use crate::validate::access::Access;
use crate::validate::report::{Finding, Level, Unchecked, rows};
use crate::validate::session::{Failed, Reading, Session};
use crate::validate::unit::{self, Plan, Sink, Unit, keys, number, places, select_list};
use crate::{Ident, QualifiedName};
use howdah_schema::catalog::{Index, IndexTarget, ObjectId};
use std::collections::{BTreeMap, BTreeSet};

/// One index.
#[derive(Debug)]
pub(in crate::validate) struct Work {
    table: QualifiedName,
    index: QualifiedName,
    valid: bool,
    /// `(select … ) as g`, with a column `k0`, `k1` … for each key.
    grouped: String,
    key: Vec<(String, String)>,
    key_count: usize,
    /// What is unique when no duplicate is found; `None` where that says nothing of other indexes.
    proves: Option<BTreeSet<String>>,
    /// The columns that duplicates would share; `None` where it does not follow from others that there are none.
    follows_from: Option<BTreeSet<String>>,
}

pub(in crate::validate) fn plan(plan: &Plan<'_>, units: &mut Vec<Unit>, left_out: &mut Vec<Unchecked>) {
    if !plan.options.wants(Check::Unique) {
        return;
    }
    let views = plan.catalog.views.values().filter(|view| view.materialized && plan.chosen.contains(&view.name));
    let tables = plan.tables().filter(|table| table.partition_key.is_none()).map(|table| (&table.name, &table.indexes));
    for (table, indexes) in tables.chain(views.map(|view| (&view.name, &view.indexes))) {
        of_table(plan, table, indexes, units, left_out);
    }
}

fn of_table(
    plan: &Plan<'_>,
    table: &QualifiedName,
    indexes: &BTreeMap<String, Index>,
    units: &mut Vec<Unit>,
    left_out: &mut Vec<Unchecked>,
) {
    // Those that prove others come first.
    let mut unique: Vec<&Index> = indexes.values().filter(|index| index.unique && index.method == "btree").collect();
    unique.sort_by_key(|index| (index.predicate.is_some(), index.keys.len(), index.name.clone()));
    for index in unique {
        let name = QualifiedName::new(table.schema.as_str(), index.name.as_str());
        let object = ObjectId::Index(name.clone()).to_string();
        let Some(facts) = plan.facts.indexes.get(&name) else { continue };
        if !facts.usual_equality {
            left_out.push(Unchecked {
                checks: vec![Check::Unique],
                object,
                reason: "its operator class has an equality of its own, by which rows cannot be grouped".to_owned(),
                fix: "REINDEX INDEX CONCURRENTLY finds duplicates, too".to_owned(),
            });
            continue;
        }
        let (grouped, key) = grouped(plan, table, index);
        let columns: Option<BTreeSet<String>> = index
            .keys
            .iter()
            .map(|key| match &key.target {
                IndexTarget::Column(column) if key.collation.is_none() => Some(column.clone()),
                _ => None,
            })
            .collect();
        let plain: BTreeSet<String> = index
            .keys
            .iter()
            .filter_map(|key| match &key.target {
                IndexTarget::Column(column) if key.collation.is_none() => Some(column.clone()),
                _ => None,
            })
            .collect();
        units.push(Unit {
            object,
            checks: vec![Check::Unique],
            access: Access { reads: vec![table.clone()], reading: Reading::Rows },
            weight: plan.rows(table),
            work: unit::Work::Unique(Work {
                table: table.clone(),
                index: name,
                valid: facts.is_valid,
                grouped,
                key,
                key_count: index.keys.len(),
                proves: columns.filter(|_| index.predicate.is_none()),
                follows_from: (!index.nulls_not_distinct).then_some(plain),
            }),
        });
    }
}

fn grouped(plan: &Plan<'_>, table: &QualifiedName, index: &Index) -> (String, Vec<(String, String)>) {
    let (mut select, mut show, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for (at, key) in index.keys.iter().enumerate() {
        let inner = format!("g.k{at}");
        let value = match &key.target {
            IndexTarget::Column(column) => {
                show.push((column.clone(), plan.masks.column(table, column, &inner)));
                format!("t.{}", Ident::new(column.as_str()))
            }
            IndexTarget::Expression(expression) => {
                show.push((expression.clone(), plan.masks.expression(table, &inner)));
                format!("({expression})")
            }
        };
        let collate = key.collation.as_ref().map(|name| format!(" collate {name}")).unwrap_or_default();
        select.push(format!("{value}{collate} as k{at}"));
        keys.push(value);
    }
    show.push(("rows".to_owned(), "g.n::text".to_owned()));
    let mut conditions = vec!["true".to_owned()];
    conditions.extend(index.predicate.iter().map(|predicate| format!("({predicate})")));
    if !index.nulls_not_distinct {
        conditions.push(format!("num_nulls({}) = 0", keys.join(", ")));
    }
    let sql = format!(
        "(select {} from {} as t where {} offset 0)",
        select.join(", "),
        plan.from(table),
        conditions.join(" and ")
    );
    (sql, show)
}

impl Work {
    pub(in crate::validate) async fn run(
        &self,
        unit: &Unit,
        session: &Session<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Failed> {
        let proven = sink.unique.get(&self.table).into_iter().flatten();
        if let Some(columns) = &self.follows_from
            && proven.into_iter().any(|key| key.is_subset(columns))
        {
            sink.watch.advance(unit.weight);
            return Ok(());
        }
        let by: Vec<String> = (0..self.key_count).map(|at| format!("k{at}")).collect();
        let by = by.join(", ");
        let groups = format!(
            "(select {by}, count(*) as n from {} as rows group by {by} having count(*) > 1) as g",
            self.grouped
        );
        session.begin(&unit.access).await?;
        let counted = session.query(&format!("select count(*), coalesce(sum(n), 0)::bigint from {groups}")).await?;
        let (doubled, on) = (number(&counted, 0)?, number(&counted, 1)?);
        let mut found = Vec::new();
        if doubled > 0 && session.options.limit > 0 {
            let sql = format!(
                "select {} from {groups} order by g.n desc, {} limit {}",
                select_list(&self.key),
                places(self.key_count),
                session.options.limit
            );
            found = keys(&session.query(&sql).await?, &self.key)?;
        }
        session.end().await.map_err(Failed::Fatal)?;
        sink.read(unit.weight, unit.weight);
        if doubled == 0 {
            if let Some(columns) = &self.proves {
                sink.unique.entry(self.table.clone()).or_default().push(columns.clone());
            }
            return Ok(());
        }
        let (count, index) = (rows(on), &self.index);
        let keys = if doubled == 1 { "key".to_owned() } else { format!("{doubled} keys") };
        let why = if self.valid { "" } else { "; the index is invalid, so it does not refuse more of them" };
        sink.found(Finding {
            id: Check::Unique,
            level: Level::Error,
            object: unit.object.clone(),
            message: format!("{count} of {} share {} that should be unique{why}", self.table, if doubled == 1 { format!("one {keys}") } else { keys }),
            fix: format!(
                "SET enable_indexscan = off, enable_bitmapscan = off and enable_indexonlyscan = off to see the rows, keep one of each \
                 (ctid tells them apart); then REINDEX INDEX CONCURRENTLY {index}"
            ),
            rows: Some(on),
            keys: found,
        });
        Ok(())
    }
}
