//! Pages of tables and b-tree indexes, by the extension amcheck where it is installed and may be used.
//!
//! bt_index_check takes no lock stronger than ACCESS SHARE (bt_index_parent_check would block writers, and is not used). With
//! `heapallindexed` it also finds rows that the index has no entry for, which is how a lookup misses a row that is there.

use crate::validate::Check;
use crate::validate::access::Access;
use crate::validate::facts::Facts;
use crate::validate::report::{Finding, Level, Unchecked};
use crate::validate::session::{Failed, Reading, Session};
use crate::validate::unit::{self, Plan, Sink, Unit, keys, number, select_list};
use crate::{Literal, QualifiedName};
use howdah_schema::catalog::{Index, ObjectId};
use std::collections::BTreeMap;

/// One index or table.
#[derive(Debug)]
pub(in crate::validate) struct Work {
    call: Call,
}

#[derive(Debug)]
enum Call {
    /// Raises an error when something is wrong.
    Index { sql: String, index: QualifiedName },
    /// Returns what is wrong, for ranges of pages.
    Heap { function: String, table: QualifiedName },
}

pub(in crate::validate) fn plan(plan: &Plan<'_>, units: &mut Vec<Unit>, left_out: &mut Vec<Unchecked>) {
    if !plan.options.wants(Check::Corruption) {
        return;
    }
    left_out.extend(missing(plan.facts));
    let views = plan.catalog.views.values().filter(|view| view.materialized && plan.chosen.contains(&view.name));
    let tables = plan.tables().filter(|table| table.partition_key.is_none());
    let tables = tables.map(|table| (&table.name, &table.indexes, table.access_method.is_none()));
    for (table, indexes, heap) in
        tables.chain(views.map(|view| (&view.name, &view.indexes, view.access_method.is_none())))
    {
        units.extend(heap.then(|| of_heap(plan, table)).flatten());
        of_indexes(plan, table, indexes, units);
    }
}

/// What cannot be used here, and how it could.
fn missing(facts: &Facts) -> Option<Unchecked> {
    let unchecked = |reason: String, fix: String| {
        Some(Unchecked { checks: vec![Check::Corruption], object: "database".to_owned(), reason, fix })
    };
    if !facts.amcheck.installed {
        return unchecked(
            "the extension amcheck is not installed".to_owned(),
            "a superuser can: CREATE EXTENSION amcheck (it comes with PostgreSQL, on some systems in the package \
             postgresql-contrib)"
                .to_owned(),
        );
    }
    let functions: Vec<&str> = [
        (facts.amcheck.index.is_none(), "bt_index_check(regclass, boolean)"),
        (facts.amcheck.heap.is_none(), "verify_heapam"),
    ]
    .into_iter()
    .filter_map(|(missing, name)| missing.then_some(name))
    .collect();
    if functions.is_empty() {
        return None;
    }
    let (functions, role) = (functions.join(" and "), &facts.role);
    unchecked(
        format!("{role} may not execute {functions} of the extension amcheck, or it is too old to have it"),
        format!(
            "connect as a superuser, or GRANT EXECUTE ON FUNCTION … TO {}; ALTER EXTENSION amcheck UPDATE",
            crate::Ident::new(role.as_str())
        ),
    )
}

fn of_heap(plan: &Plan<'_>, table: &QualifiedName) -> Option<Unit> {
    let schema = plan.facts.amcheck.heap.as_ref()?;
    Some(Unit {
        object: ObjectId::Table(table.clone()).to_string(),
        checks: vec![Check::Corruption],
        access: Access { reads: Vec::new(), reading: Reading::Structure },
        weight: plan.rows(table),
        work: unit::Work::Corruption(Work {
            call: Call::Heap { function: format!("{schema}.verify_heapam"), table: table.clone() },
        }),
    })
}

fn of_indexes(plan: &Plan<'_>, table: &QualifiedName, indexes: &BTreeMap<String, Index>, units: &mut Vec<Unit>) {
    let Some((schema, unique)) = &plan.facts.amcheck.index else { return };
    for index in indexes.values().filter(|index| index.method == "btree") {
        let name = QualifiedName::new(table.schema.as_str(), index.name.as_str());
        let Some(facts) = plan.facts.indexes.get(&name) else { continue };
        // What is invalid is told by another check, and refused by this one.
        if facts.is_partitioned || facts.unreadable_here || !(facts.is_valid && facts.is_ready && facts.is_live) {
            continue;
        }
        let more = if *unique { ", true" } else { "" };
        let regclass = Literal::from(name.to_string());
        units.push(Unit {
            object: ObjectId::Index(name.clone()).to_string(),
            checks: vec![Check::Corruption],
            access: Access { reads: Vec::new(), reading: Reading::Structure },
            weight: plan.rows(table),
            work: unit::Work::Corruption(Work {
                call: Call::Index {
                    sql: format!("select {schema}.bt_index_check({regclass}::regclass, true{more})"),
                    index: name,
                },
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
        match &self.call {
            Call::Index { sql, .. } => {
                session.begin(&unit.access).await?;
                // Damage is an error of the statement; who runs the step reads it.
                session.query(sql).await?;
                session.end().await.map_err(Failed::Fatal)?;
            }
            Call::Heap { function, table } => heap(function, table, unit, session, sink).await?,
        }
        sink.read(unit.weight, unit.weight);
        Ok(())
    }

    /// What to do about an error that tells of damage.
    pub(in crate::validate) fn fix(&self) -> String {
        match &self.call {
            Call::Index { index, .. } => format!(
                "REINDEX INDEX CONCURRENTLY {index}; and find out why: another version of the collation's library, the disk, or \
                 fsync that was off"
            ),
            Call::Heap { .. } => DAMAGED.to_owned(),
        }
    }
}

/// What to do about a damaged table.
pub(in crate::validate) const DAMAGED: &str =
    "copy the whole data folder before anything else, look for failing hardware, and restore the table from a backup";

async fn heap(
    function: &str,
    table: &QualifiedName,
    unit: &Unit,
    session: &Session<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), Failed> {
    let regclass = Literal::from(table.to_string());
    let parts: Vec<(String, String)> = [("page", "blkno::text"), ("item", "offnum::text"), ("message", "msg")]
        .map(|(name, sql)| (name.to_owned(), sql.to_owned()))
        .into();
    let size = u64::from(session.options.pages_at_once.max(1));
    let pages = session.pages(&unit.access, table).await?;
    let (mut damaged, mut found) = (0, Vec::new());
    for from in (0..pages).step_by(usize::try_from(size).unwrap_or(usize::MAX)) {
        let to = (from + size).min(pages) - 1;
        let call = format!(
            "{function}({regclass}::regclass, on_error_stop => false, check_toast => true, skip => 'none', \
             startblock => {from}, endblock => {to})"
        );
        session.begin(&unit.access).await?;
        let counted = session.query(&format!("select count(distinct (blkno, offnum)) from {call}")).await?;
        let here = number(&counted, 0)?;
        let wanted = u64::from(session.options.limit).saturating_sub(found.len() as u64);
        if here > 0 && wanted > 0 {
            let sql = format!("select {} from {call} order by blkno, offnum limit {wanted}", select_list(&parts));
            found.extend(keys(&session.query(&sql).await?, &parts)?);
        }
        session.end().await.map_err(Failed::Fatal)?;
        damaged += here;
    }
    if damaged > 0 {
        let what = if damaged == 1 { "1 row is damaged".to_owned() } else { format!("{damaged} rows are damaged") };
        sink.found(Finding {
            id: Check::Corruption,
            level: Level::Error,
            object: unit.object.clone(),
            message: what,
            fix: DAMAGED.to_owned(),
            rows: Some(damaged),
            keys: found,
        });
    }
    Ok(())
}
