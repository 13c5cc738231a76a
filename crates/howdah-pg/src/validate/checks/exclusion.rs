//! Exclusion constraints against the rows: a join of the table with itself by the constraint's own operators.
//!
//! Where one of them is an equality, rows are only compared with those that are equal there. Where none is, each row is compared
//! with each other, and that is only done while it is quick.

use crate::Ident;
use crate::QualifiedName;
use crate::validate::Check;
use crate::validate::access::Access;
use crate::validate::mask::row_key;
use crate::validate::report::{Finding, Level, Unchecked};
use crate::validate::session::{Failed, Reading, Session};
use crate::validate::unit::{self, Plan, Sink, Unit, keys, number, places, select_list};
use howdah_schema::catalog::{IndexTarget, ObjectId, Table};

/// So many rows are compared each with each other: 12.5 million comparisons.
const FEW: u64 = 5_000;

/// One constraint.
#[derive(Debug)]
pub(in crate::validate) struct Work {
    candidates: String,
    conflict: String,
    key: Vec<(String, String)>,
    index: QualifiedName,
}

pub(in crate::validate) fn plan(plan: &Plan<'_>, units: &mut Vec<Unit>, left_out: &mut Vec<Unchecked>) {
    if !plan.options.wants(Check::Exclusion) {
        return;
    }
    for table in plan.tables().filter(|table| table.partition_key.is_none()) {
        of_table(plan, table, units, left_out);
    }
}

fn of_table(plan: &Plan<'_>, table: &Table, units: &mut Vec<Unit>, left_out: &mut Vec<Unchecked>) {
    for index in table.indexes.values() {
        let name = QualifiedName::new(table.name.schema.as_str(), index.name.as_str());
        let Some(operators) = plan.facts.indexes.get(&name).and_then(|facts| facts.exclusion.as_ref()) else {
            continue;
        };
        let constraint = index.constraint.clone().unwrap_or_else(|| index.name.clone());
        let object = ObjectId::Constraint(table.name.clone(), constraint).to_string();
        let rows = plan.rows(&table.name);
        if rows > FEW && !operators.iter().any(|(_, hashable)| *hashable) {
            left_out.push(Unchecked {
                checks: vec![Check::Exclusion],
                object,
                reason: format!(
                    "none of its operators is an equality, and {rows} rows are too many to compare each with each"
                ),
                fix: format!("REINDEX INDEX {name} (which locks out writers) fails when rows conflict"),
            });
            continue;
        }
        let (mut select, mut values, mut conflict) = (Vec::new(), Vec::new(), vec!["a.n < b.n".to_owned()]);
        for (at, (key, (operator, _))) in index.keys.iter().zip(operators).enumerate() {
            let value = match &key.target {
                IndexTarget::Column(column) => format!("t.{}", Ident::new(column.as_str())),
                IndexTarget::Expression(expression) => format!("({expression})"),
            };
            let collate = key.collation.as_ref().map(|name| format!(" collate {name}")).unwrap_or_default();
            select.push(format!("{value}{collate} as k{at}"));
            values.push(value);
            conflict.push(format!("a.k{at} {operator} b.k{at}"));
        }
        let own = row_key(plan.masks, &table.name, "t");
        select.extend(own.iter().enumerate().map(|(at, (_, sql))| format!("{sql} as key{at}")));
        let predicate = index.predicate.as_ref().map(|sql| format!("({sql}) and ")).unwrap_or_default();
        let side = |row: &'static str, prefix: &'static str| {
            own.iter().enumerate().map(move |(at, (name, _))| (format!("{prefix}{name}"), format!("{row}.key{at}")))
        };
        units.push(Unit {
            object,
            checks: vec![Check::Exclusion],
            access: Access { reads: vec![table.name.clone()], reading: Reading::Rows },
            weight: rows,
            work: unit::Work::Exclusion(Work {
                // A null conflicts with nothing.
                candidates: format!(
                    "(select row_number() over () as n, {} from {} as t where {predicate}num_nulls({}) = 0)",
                    select.join(", "),
                    plan.from(&table.name),
                    values.join(", ")
                ),
                conflict: conflict.join(" and "),
                key: side("a", "").chain(side("b", "conflicts with ")).collect(),
                index: name,
            }),
        });
    }
}

impl Work {
    pub(in crate::validate) async fn run(
        &self,
        unit: &Unit,
        session: &Session<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Failed> {
        let Self { candidates, conflict, key, index } = self;
        let joined = format!("with rows as materialized {candidates} select");
        session.begin(&unit.access).await?;
        let counted = session.query(&format!("{joined} count(*) from rows a join rows b on {conflict}")).await?;
        let pairs = number(&counted, 0)?;
        let mut found = Vec::new();
        if pairs > 0 && session.options.limit > 0 {
            let (list, order, limit) = (select_list(key), places(key.len()), session.options.limit);
            let sql = format!("{joined} {list} from rows a join rows b on {conflict} order by {order} limit {limit}");
            found = keys(&session.query(&sql).await?, key)?;
        }
        session.end().await.map_err(Failed::Fatal)?;
        sink.read(unit.weight, unit.weight);
        if pairs > 0 {
            let what = if pairs == 1 {
                "1 pair of rows conflicts".to_owned()
            } else {
                format!("{pairs} pairs of rows conflict")
            };
            sink.found(Finding {
                id: Check::Exclusion,
                level: Level::Error,
                object: unit.object.clone(),
                message: format!("{what} that the constraint should have kept apart"),
                fix: format!("change one row of each pair, then REINDEX INDEX {index}"),
                rows: Some(pairs),
                keys: found,
            });
        }
        Ok(())
    }
}
