//! Foreign keys against the rows, and soft deletion along them.
//!
//! One join answers both: which rows point at nothing, and which live rows point at one in the trash. A key of a partitioned
//! table is asked once for all partitions, so that the referenced table is hashed once.

use crate::validate::Check;
use crate::validate::access::Access;
use crate::validate::facts::{ForeignKeyFacts, OperatorName};
use crate::validate::mask::row_key;
use crate::validate::report::{Finding, Level, Unchecked, rows};
use crate::validate::rule::{Rule, Standing};
use crate::validate::session::{Failed, Reading, Session};
use crate::validate::unit::{self, Plan, Sink, Unit, keys, number, places, select_list};
use crate::{Ident, QualifiedName};
use howdah_schema::catalog::{Constraint, ForeignKey, ForeignKeyAction, ForeignKeyMatch, ObjectId, Table};

/// The column that says when a row was moved to the trash.
const DELETED: &str = "deleted_at";

/// One key.
#[derive(Debug)]
pub(in crate::validate) struct Work {
    /// `None` when only soft deletion is asked for.
    pub(in crate::validate) rule: Option<Rule>,
    soft: Option<Soft>,
    /// The rows that point, as a relation `c`; and those pointed at, as `p`, with `found` and `gone`.
    child: String,
    parent: String,
    on: String,
    /// Of a row of `c` and `p`: it does not lead anywhere; it is live and its parent is not.
    orphan: String,
    left_behind: String,
    key: Vec<(String, String)>,
}

#[derive(Debug)]
struct Soft {
    object: String,
    level: Level,
    child: QualifiedName,
    parent: QualifiedName,
}

pub(in crate::validate) fn plan(plan: &Plan<'_>, units: &mut Vec<Unit>, left_out: &mut Vec<Unchecked>) {
    for table in plan.tables() {
        for (constraint, key) in table.foreign_keys().filter(|(constraint, _)| !constraint.inherited) {
            if let Some(unit) = unit(plan, table, constraint, key, left_out) {
                units.push(unit);
            }
        }
    }
}

fn unit(
    plan: &Plan<'_>,
    table: &Table,
    constraint: &Constraint,
    key: &ForeignKey,
    left_out: &mut Vec<Unchecked>,
) -> Option<Unit> {
    let standing = Standing::of(constraint.validated, constraint.enforced);
    let check = standing.check(Check::ForeignKey);
    let object = ObjectId::Constraint(table.name.clone(), constraint.name.clone()).to_string();
    let referenced = plan.catalog.tables.get(&key.references);
    let facts = plan.facts.foreign_keys.get(&(table.name.clone(), constraint.name.clone()));
    let (Some(parent), Some(facts)) = (referenced, facts) else {
        if plan.options.wants(check) {
            left_out.push(Unchecked {
                checks: vec![check],
                object,
                reason: "it was made, or what it points at was dropped, since the catalog was read".to_owned(),
                fix: "run it again".to_owned(),
            });
        }
        return None;
    };
    let both_soft = [table, parent].iter().all(|table| table.column(DELETED).is_some());
    let soft = (both_soft && !facts.has_period && plan.options.wants(Check::SoftDeletedParent)).then(|| Soft {
        object: object.clone(),
        level: level(key),
        child: table.name.clone(),
        parent: parent.name.clone(),
    });
    let rule = plan.options.wants(check).then(|| rule(table, constraint, key, standing, check, &object));
    if rule.is_none() && soft.is_none() {
        return None;
    }
    let mut checks: Vec<Check> = rule.iter().map(|rule| rule.check).collect();
    checks.extend(soft.as_ref().map(|_| Check::SoftDeletedParent));
    let shape = Shape { plan, table, parent, constraint, key, facts };
    Some(Unit {
        object,
        checks,
        access: Access { reads: vec![table.name.clone(), parent.name.clone()], reading: Reading::Rows },
        weight: plan.rows(&table.name) + plan.rows(&parent.name),
        work: unit::Work::ForeignKey(Work {
            rule,
            child: shape.child(soft.is_some()),
            parent: shape.parent(soft.is_some()),
            on: shape.on(),
            orphan: shape.orphan(),
            left_behind: "p.gone and num_nulls(c.deleted) = 1".to_owned(),
            key: shape.row_key(),
            soft,
        }),
    })
}

/// A reference that is let go when its parent goes does not belong to it.
fn level(key: &ForeignKey) -> Level {
    match key.on_delete {
        ForeignKeyAction::SetNull | ForeignKeyAction::SetDefault => Level::Info,
        ForeignKeyAction::NoAction | ForeignKeyAction::Restrict | ForeignKeyAction::Cascade => Level::Warning,
    }
}

fn rule(
    table: &Table,
    constraint: &Constraint,
    key: &ForeignKey,
    standing: Standing,
    check: Check,
    object: &str,
) -> Rule {
    let list = |columns: &[String]| {
        columns.iter().map(|column| Ident::new(column.as_str()).to_string()).collect::<Vec<_>>().join(", ")
    };
    let (own, theirs) = (list(&constraint.columns), list(&key.referenced_columns));
    let name = Ident::new(constraint.name.as_str());
    let full = if key.match_type == ForeignKeyMatch::Full { " MATCH FULL" } else { "" };
    Rule {
        check,
        standing,
        object: object.to_owned(),
        says: format!("FOREIGN KEY ({own}) REFERENCES {} ({theirs}){full}", key.references),
        mend: format!("put back the missing rows of {}, or correct or delete those that point at them", key.references),
        validate: match standing {
            Standing::NotEnforced => format!("ALTER TABLE {} ALTER CONSTRAINT {name} ENFORCED", table.name),
            _ => format!("ALTER TABLE {} VALIDATE CONSTRAINT {name}", table.name),
        },
    }
}

/// What the SQL is made from.
struct Shape<'a> {
    plan: &'a Plan<'a>,
    table: &'a Table,
    parent: &'a Table,
    constraint: &'a Constraint,
    key: &'a ForeignKey,
    facts: &'a ForeignKeyFacts,
}

impl Shape<'_> {
    /// Pairs of columns with their operators, and names for them inside the join.
    fn columns(&self) -> impl Iterator<Item = (usize, Ident<'_>, Ident<'_>, &OperatorName, Option<&QualifiedName>)> {
        let pairs = self.constraint.columns.iter().zip(&self.key.referenced_columns);
        let compared = self.facts.operators.iter().zip(&self.facts.collations);
        pairs.zip(compared).enumerate().map(|(at, ((own, theirs), (operator, collation)))| {
            (at, Ident::new(own.as_str()), Ident::new(theirs.as_str()), operator, collation.as_ref())
        })
    }

    fn is_period(&self, at: usize) -> bool {
        self.facts.has_period && at + 1 == self.constraint.columns.len()
    }

    /// The rows that point somewhere.
    fn child(&self, soft: bool) -> String {
        let mut select: Vec<String> = self.columns().map(|(at, own, ..)| format!("t.{own} as k{at}")).collect();
        select.extend(self.row_key_of("t").into_iter().enumerate().map(|(at, (_, sql))| format!("{sql} as key{at}")));
        if soft {
            select.push(format!("t.{} as deleted", Ident::new(DELETED)));
        }
        let own: Vec<String> = self.columns().map(|(_, own, ..)| format!("t.{own}")).collect();
        let own = own.join(", ");
        // SIMPLE: a row with a null anywhere points nowhere. FULL: only one with nothing but nulls.
        let points = match self.key.match_type {
            ForeignKeyMatch::Simple => format!("num_nulls({own}) = 0"),
            ForeignKeyMatch::Full => format!("num_nonnulls({own}) > 0"),
        };
        format!("(select {} from {} as t where {points})", select.join(", "), self.plan.from(&self.table.name))
    }

    fn parent(&self, soft: bool) -> String {
        let from = self.plan.from(&self.parent.name);
        let plain = self.columns().filter(|(at, ..)| !self.is_period(*at));
        let plain: Vec<(usize, String)> = plain
            .map(|(at, _, theirs, _, collation)| {
                let collate = collation.map(|name| format!(" collate {name}")).unwrap_or_default();
                (at, format!("t.{theirs}{collate}"))
            })
            .collect();
        let mut select: Vec<String> = plain.iter().map(|(at, sql)| format!("{sql} as k{at}")).collect();
        select.push("true as found".to_owned());
        if !self.facts.has_period {
            if soft {
                select.push(format!("num_nonnulls(t.{}) = 1 as gone", Ident::new(DELETED)));
            }
            return format!("(select {} from {from} as t)", select.join(", "));
        }
        // What the rows of one key cover together.
        let periods = self.columns().filter(|(at, ..)| self.is_period(*at));
        select.extend(periods.map(|(_, _, theirs, ..)| format!("range_agg(t.{theirs}) as covered")));
        let group: Vec<&str> = plain.iter().map(|(_, sql)| sql.as_str()).collect();
        format!("(select {} from {from} as t group by {})", select.join(", "), group.join(", "))
    }

    fn on(&self) -> String {
        let plain = self.columns().filter(|(at, ..)| !self.is_period(*at));
        let same: Vec<String> = plain.map(|(at, _, _, operator, _)| format!("p.k{at} {operator} c.k{at}")).collect();
        same.join(" and ")
    }

    fn orphan(&self) -> String {
        if self.facts.has_period {
            let last = self.constraint.columns.len().saturating_sub(1);
            return format!("not coalesce(c.k{last} <@ p.covered, false)");
        }
        "num_nulls(p.found) = 1".to_owned()
    }

    /// The row's own key, and what it points with.
    fn row_key_of(&self, row: &str) -> Vec<(String, String)> {
        let masks = self.plan.masks;
        let mut key = row_key(masks, &self.table.name, row);
        if self.table.partition_key.is_some() && key.iter().any(|(name, _)| name == "ctid") {
            key.insert(0, ("partition".to_owned(), format!("{row}.tableoid::regclass::text")));
        }
        for column in &self.constraint.columns {
            if !key.iter().any(|(name, _)| name == column) {
                let value = format!("{row}.{}", Ident::new(column.as_str()));
                key.push((column.clone(), masks.column(&self.table.name, column, &value)));
            }
        }
        key
    }

    fn row_key(&self) -> Vec<(String, String)> {
        self.row_key_of("t").into_iter().enumerate().map(|(at, (name, _))| (name, format!("c.key{at}"))).collect()
    }
}

impl Work {
    pub(in crate::validate) async fn run(
        &self,
        unit: &Unit,
        session: &Session<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Failed> {
        let Self { child, parent, on, orphan, left_behind, .. } = self;
        let left_behind_of_joined = if self.soft.is_some() { left_behind.as_str() } else { "false" };
        session.begin(&unit.access).await?;
        let counted = session
            .query(&format!(
                "select count(*), count(*) filter (where {orphan}), count(*) filter (where {left_behind_of_joined}) \
                 from {child} as c left join {parent} as p on {on}"
            ))
            .await?;
        let (orphans, mut left) = (number(&counted, 1)?, number(&counted, 2)?);
        let mut orphan_keys = Vec::new();
        if orphans > 0 && self.rule.is_some() {
            orphan_keys = self.keys(orphan, "left join", session).await?;
        }
        let mut left_keys = Vec::new();
        if left > 0 {
            // Counted again without what doubled parents would add: their keys may be what is broken.
            let exists = format!("exists (select from {parent} as p where {on} and {left_behind})");
            left = number(&session.query(&format!("select count(*) from {child} as c where {exists}")).await?, 0)?;
            left_keys = self.keys(left_behind, "join", session).await?;
        }
        session.end().await.map_err(Failed::Fatal)?;
        if let Some(rule) = &self.rule {
            sink.broken(rule, orphans, orphan_keys);
        }
        if let Some(soft) = self.soft.as_ref().filter(|_| left > 0) {
            let count = rows(left);
            let (verb, child, parent) = (if left == 1 { "is" } else { "are" }, &soft.child, &soft.parent);
            sink.found(Finding {
                id: Check::SoftDeletedParent,
                level: soft.level,
                object: soft.object.clone(),
                message: format!("{count} of {child} {verb} live though the row of {parent} they point at is in the trash"),
                fix: format!(
                    "move them to the trash as well or take the row of {parent} out of it; a trigger that carries {DELETED} on \
                     keeps it so"
                ),
                rows: Some(left),
                keys: left_keys,
            });
        }
        sink.read(number(&counted, 0)?, unit.weight);
        Ok(())
    }

    async fn keys(
        &self,
        condition: &str,
        join: &str,
        session: &Session<'_>,
    ) -> Result<Vec<crate::validate::report::Key>, Failed> {
        let limit = session.options.limit;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let (list, order) = (select_list(&self.key), places(self.key.len()));
        let Self { child, parent, on, .. } = self;
        // Grouped, because a doubled parent would show its children twice.
        let sql = format!(
            "select {list} from {child} as c {join} {parent} as p on {on} where {condition} \
             group by {order} order by {order} limit {limit}"
        );
        keys(&session.query(&sql).await?, &self.key)
    }
}
