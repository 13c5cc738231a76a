//! Sequences that stand behind their columns, and those near their end.
//!
//! The column is read first and the sequence after it: whatever was drawn in between only moves the sequence on, so that
//! writers at work do not make it look as if it were behind.

use crate::validate::Check;
use crate::validate::access::Access;
use crate::validate::report::{Finding, Level, rows};
use crate::validate::session::{Failed, Reading, Session};
use crate::validate::unit::{self, Plan, Sink, Unit, keys, number};
use crate::{Ident, Literal, QualifiedName};
use howdah_schema::catalog::{Column, DataType, ObjectId, Sequence, Table};
use std::collections::BTreeMap;

/// From here on it is worth knowing how much is used.
const NEARLY: i128 = 80;

/// A column and the sequence that its values come from.
#[derive(Debug)]
pub(in crate::validate) struct Work {
    sequence: QualifiedName,
    from: String,
    column: Ident<'static>,
    key: Vec<(String, String)>,
    increment: i64,
    least: i64,
    greatest: i64,
}

pub(in crate::validate) fn plan(plan: &Plan<'_>, units: &mut Vec<Unit>) {
    if !plan.options.wants(Check::Sequence) {
        return;
    }
    // A partition draws from its partitioned table's sequence.
    for table in plan.tables().filter(|table| table.partition_of.is_none()) {
        for column in &table.columns {
            let Some(limits) = limits(&column.data_type) else { continue };
            for sequence in drawn_from(plan, table, column).into_values().filter(|sequence| !sequence.cycle) {
                units.push(unit(plan, table, column, sequence, limits));
            }
        }
    }
}

fn unit(plan: &Plan<'_>, table: &Table, column: &Column, sequence: &Sequence, limits: (i64, i64)) -> Unit {
    let name = Ident::new(column.name.clone());
    let shown = plan.masks.column(&table.name, &column.name, &format!("t.{name}"));
    Unit {
        object: ObjectId::Sequence(sequence.name.clone()).to_string(),
        checks: vec![Check::Sequence],
        access: Access { reads: vec![table.name.clone()], reading: Reading::Indexes },
        weight: 1,
        work: unit::Work::Sequence(Work {
            sequence: sequence.name.clone(),
            from: format!("{} as t", plan.from(&table.name)),
            key: vec![(column.name.clone(), shown)],
            column: name,
            increment: sequence.increment,
            least: sequence.min.max(limits.0),
            greatest: sequence.max.min(limits.1),
        }),
    }
}

/// The sequences of a column, by name: its identity's, one that it owns, one that its default draws from.
fn drawn_from<'a>(plan: &Plan<'a>, table: &Table, column: &'a Column) -> BTreeMap<&'a QualifiedName, &'a Sequence> {
    let identity = column.identity.as_ref().and_then(|identity| identity.sequence.as_deref());
    let owned = plan.catalog.sequences.values().filter(|sequence| {
        sequence.owned_by.as_ref().is_some_and(|by| by.table == table.name && by.column == column.name)
    });
    let default = column.default.as_deref().and_then(nextval).and_then(|name| plan.catalog.sequences.get(&name));
    identity.into_iter().chain(owned).chain(default).map(|sequence| (&sequence.name, sequence)).collect()
}

/// The sequence in `nextval('public.orders_id_seq'::regclass)`.
fn nextval(default: &str) -> Option<QualifiedName> {
    let name = default.strip_prefix("nextval('")?.strip_suffix("'::regclass)")?;
    name.replace("''", "'").parse().ok()
}

/// What an integer column can hold.
fn limits(data_type: &DataType) -> Option<(i64, i64)> {
    if data_type.array {
        return None;
    }
    match data_type.base.as_deref().unwrap_or(&data_type.sql) {
        "smallint" => Some((i16::MIN.into(), i16::MAX.into())),
        "integer" => Some((i32::MIN.into(), i32::MAX.into())),
        "bigint" => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

impl Work {
    pub(in crate::validate) async fn run(
        &self,
        unit: &Unit,
        session: &Session<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Failed> {
        let Self { sequence, from, column, key, increment, .. } = self;
        let (ascending, edge) = (*increment > 0, if *increment > 0 { "max" } else { "min" });
        // Values that the sequence never gives out cannot meet one that it does.
        let within = format!("t.{column} between {} and {}", Literal::Int(self.least), Literal::Int(self.greatest));
        session.begin(&unit.access).await?;
        let sql = format!("select {edge}(t.{column})::bigint from {from} where {within}");
        let furthest = value(&session.query(&sql).await?, 0)?;
        let state = session.query(&format!("select last_value, is_called from {sequence}")).await?;
        let last = value(&state, 0)?.unwrap_or_default();
        let called: bool = match state.first() {
            Some(row) => row.try_get(1).map_err(|error| Failed::Fatal(error.into()))?,
            None => false,
        };
        let next = i128::from(last) + if called { i128::from(*increment) } else { 0 };
        let behind = furthest
            .filter(|furthest| if ascending { i128::from(*furthest) >= next } else { i128::from(*furthest) <= next });
        if let Some(furthest) = behind {
            let side = if ascending { ">=" } else { "<=" };
            // `next` lies between two values of bigint then, so it is one.
            let next = Literal::Int(i64::try_from(next).unwrap_or(furthest));
            let step = Literal::Int(*increment);
            let meets =
                format!("{within} and t.{column} {side} {next} and (t.{column}::numeric - {next}) % {step} = 0");
            let taken = number(&session.query(&format!("select count(*) from {from} where {meets}")).await?, 0)?;
            let mut found = Vec::new();
            if taken > 0 && session.options.limit > 0 {
                let shown = key.first().map_or("null", |(_, sql)| sql.as_str());
                let direction = if ascending { "asc" } else { "desc" };
                let limit = session.options.limit;
                let sql =
                    format!("select {shown} from {from} where {meets} order by t.{column} {direction} limit {limit}");
                found = keys(&session.query(&sql).await?, key)?;
            }
            if taken > 0 {
                sink.found(self.behind(unit, taken, furthest, found));
            }
        } else {
            sink.report.findings.extend(self.near_its_end(unit, next));
        }
        session.end().await.map_err(Failed::Fatal)?;
        sink.read(0, unit.weight);
        Ok(())
    }

    fn behind(&self, unit: &Unit, taken: u64, furthest: i64, keys: Vec<crate::validate::report::Key>) -> Finding {
        let (count, hold) = (rows(taken), if taken == 1 { "holds a value" } else { "hold values" });
        Finding {
            id: Check::Sequence,
            level: Level::Error,
            object: unit.object.clone(),
            message: format!("it is behind its column {}: {count} {hold} that it is still to give out", self.column),
            fix: format!("SELECT setval({}, {})", Literal::from(self.sequence.to_string()), Literal::Int(furthest)),
            rows: Some(taken),
            keys,
        }
    }

    /// By what is left of the values that both the sequence and the column can take.
    fn near_its_end(&self, unit: &Unit, next: i128) -> Option<Finding> {
        let (least, greatest) = (i128::from(self.least), i128::from(self.greatest));
        let (all, left) = if self.increment > 0 {
            (greatest - least.max(0), greatest - next)
        } else {
            (greatest.min(0) - least, next - least)
        };
        if left < 0 {
            return Some(Finding {
                id: Check::Sequence,
                level: Level::Error,
                object: unit.object.clone(),
                message: format!("it has reached its end: the next row of column {} fails", self.column),
                fix: "make the column bigint, and the sequence AS bigint, if it is not".to_owned(),
                rows: None,
                keys: Vec::new(),
            });
        }
        let used = ((all - left) * 100 / all.max(1)).clamp(0, 100);
        (used >= NEARLY).then(|| Finding {
            id: Check::Sequence,
            level: Level::Info,
            object: unit.object.clone(),
            message: format!("{used} % of the values that column {} can take are used", self.column),
            fix: "plan for bigint in time: changing the type rewrites the table".to_owned(),
            rows: None,
            keys: Vec::new(),
        })
    }
}

fn value(rows: &[tokio_postgres::Row], column: usize) -> Result<Option<i64>, Failed> {
    let Some(row) = rows.first() else { return Ok(None) };
    row.try_get(column).map_err(|error| Failed::Fatal(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_defaults() {
        let name = |default| nextval(default).map(|name| name.to_string());
        assert_eq!(name("nextval('public.orders_id_seq'::regclass)").as_deref(), Some("public.orders_id_seq"));
        assert_eq!(name(r#"nextval('"A b"."it''s"'::regclass)"#).as_deref(), Some(r#""A b"."it's""#));
        assert_eq!(name("'INV-'::text || nextval('public.s'::regclass)"), None);
        assert_eq!(name("now()"), None);
    }
}
