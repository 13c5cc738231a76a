//! The locks of a statement, one by one, with the work done under them. The sources are named in [`super::effect`].

use super::effect::{LockMode, Work};
use super::facts;
use super::seen::Seen;
use super::statement::{
    Action, ActionKind, Constraint, ConstraintKind, CreateTable, Drop, Kind, Name, ReindexTarget, Statement, What,
};
use crate::QualifiedName;
use LockMode::{AccessExclusive, Exclusive, RowExclusive, RowShare, Share, ShareRowExclusive, ShareUpdateExclusive};

/// A lock on a relation, and the work done while it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) relation: QualifiedName,
    pub(crate) lock: LockMode,
    pub(crate) work: Work,
}

/// The strongest lock that the statement takes on each relation that it names and did not make itself.
pub(crate) fn of(statement: &Statement, seen: &Seen<'_>) -> Vec<Taken> {
    let mut locks = Locks { seen, taken: Vec::new() };
    locks.statement(&statement.kind);
    locks.taken
}

struct Locks<'s, 'a> {
    seen: &'s Seen<'a>,
    taken: Vec<Taken>,
}

impl Locks<'_, '_> {
    fn take(&mut self, relation: QualifiedName, lock: LockMode, work: Work) {
        if self.seen.is_new(&relation) || self.seen.is_new_object(&relation) {
            return;
        }
        match self.taken.iter_mut().find(|taken| taken.relation == relation) {
            Some(taken) => (taken.lock, taken.work) = (taken.lock.max(lock), taken.work.max(work)),
            None => self.taken.push(Taken { relation, lock, work }),
        }
    }

    fn on(&mut self, name: &Name, lock: LockMode, work: Work) {
        self.take(self.seen.qualify(name), lock, work);
    }

    fn statement(&mut self, kind: &Kind) {
        match kind {
            Kind::AlterTable { table, actions } => {
                for action in actions {
                    self.alter_table(table, action);
                }
            }
            Kind::CreateTable(it) => self.create_table(it),
            Kind::CreateIndex { table, concurrently, .. } => {
                self.on(table, if *concurrently { ShareUpdateExclusive } else { Share }, Work::Scan);
            }
            Kind::Drop(it) => self.drop(it),
            Kind::Reindex { target, concurrently } => {
                // On the index itself, ACCESS EXCLUSIVE: a query that would use it waits too.
                let lock = if *concurrently { ShareUpdateExclusive } else { Share };
                match target {
                    ReindexTarget::Table(table) => self.on(table, lock, Work::Scan),
                    ReindexTarget::Index(index) => {
                        let index = self.seen.qualify(index);
                        if let Some(table) = self.seen.table_of_index(&index) {
                            self.take(table, lock, Work::Scan);
                        }
                        self.take(index, if *concurrently { lock } else { AccessExclusive }, Work::Scan);
                    }
                    ReindexTarget::Schema | ReindexTarget::Database | ReindexTarget::System => {}
                }
            }
            Kind::Truncate { tables, .. } => tables.iter().for_each(|it| self.on(it, AccessExclusive, Work::Instant)),
            Kind::Vacuum { full, tables } => {
                let (lock, work) =
                    if *full { (AccessExclusive, Work::Rewrite) } else { (ShareUpdateExclusive, Work::Scan) };
                tables.iter().for_each(|table| self.on(table, lock, work));
            }
            Kind::Cluster { table: Some(table) } => self.on(table, AccessExclusive, Work::Rewrite),
            Kind::AlterDomain { name, change } => self.alter_domain(name, change),
            Kind::Rename { what, name, .. } | Kind::SetSchema { what, name, .. } => match what {
                // The index alone: its table is not locked.
                What::Index => self.on(name, ShareUpdateExclusive, Work::Instant),
                What::View | What::MaterializedView => self.on(name, AccessExclusive, Work::Instant),
                _ => {}
            },
            Kind::Update { table, filtered, .. } => {
                self.on(table, RowExclusive, if *filtered { Work::Scan } else { Work::Rewrite });
            }
            Kind::Delete { table, filtered } => {
                self.on(table, RowExclusive, if *filtered { Work::Scan } else { Work::Rewrite });
            }
            Kind::Write { table, .. } => self.on(table, RowExclusive, Work::Instant),
            Kind::Refresh { view, concurrently } => {
                self.on(view, if *concurrently { Exclusive } else { AccessExclusive }, Work::Rewrite);
            }
            Kind::Lock { tables, mode } => tables.iter().for_each(|table| self.on(table, *mode, Work::Instant)),
            Kind::Create { what, name, guarded, on } => self.create(*what, name.as_ref(), *guarded, on.as_ref()),
            Kind::Touch { table, mode } => self.on(table, *mode, Work::Instant),
            Kind::Cluster { table: None }
            | Kind::AddEnumValue { .. }
            | Kind::RenameEnumValue { .. }
            | Kind::AlterComposite { .. }
            | Kind::CreateDomain { .. }
            | Kind::Begin
            | Kind::Commit
            | Kind::Rollback
            | Kind::Set { .. }
            | Kind::Other { .. } => {}
        }
    }

    /// An index and, where it is known, the table that it stands on.
    fn index(&mut self, name: &Name, lock: LockMode) {
        let index = self.seen.qualify(name);
        let relation = self.seen.table_of_index(&index).unwrap_or(index);
        self.take(relation, lock, Work::Instant);
    }

    fn create(&mut self, what: What, name: Option<&Name>, guarded: bool, on: Option<&Name>) {
        let mode = match what {
            What::Trigger => ShareRowExclusive,
            What::Other("statistics") => ShareUpdateExclusive,
            _ => AccessExclusive,
        };
        match (what, on, name) {
            (What::Trigger | What::Policy | What::Rule | What::Other("statistics"), Some(on), _) => {
                self.on(on, mode, Work::Instant);
            }
            // Only OR REPLACE finds a view that is there.
            (What::View, _, Some(name)) if guarded => self.on(name, AccessExclusive, Work::Instant),
            _ => {}
        }
    }

    fn create_table(&mut self, it: &CreateTable) {
        let all = it.constraints.iter().chain(it.columns.iter().flat_map(|column| &column.constraints));
        for constraint in all {
            if let ConstraintKind::ForeignKey { references, .. } = &constraint.kind
                && references.name != it.name.name
            {
                self.on(references, ShareRowExclusive, Work::Instant);
            }
        }
        if let Some(parent) = &it.partition_of {
            self.on(parent, AccessExclusive, Work::Instant);
            self.default_partition(&self.seen.qualify(parent));
        }
        it.inherits.iter().for_each(|parent| self.on(parent, ShareUpdateExclusive, Work::Instant));
    }

    fn drop(&mut self, it: &Drop) {
        match it.what {
            What::Table | What::ForeignTable | What::View | What::MaterializedView => {
                for name in &it.names {
                    self.on(name, AccessExclusive, Work::Instant);
                    let table = self.seen.qualify(name);
                    let live = self.seen.live(&table).into_iter().flat_map(crate::Table::foreign_keys);
                    for (_, key) in live {
                        self.take(self.seen.now(&key.references), AccessExclusive, Work::Instant);
                    }
                }
            }
            What::Index => {
                let mode = if it.concurrently { ShareUpdateExclusive } else { AccessExclusive };
                it.names.iter().for_each(|name| self.index(name, mode));
            }
            What::Trigger | What::Policy | What::Rule => {
                it.on.iter().for_each(|table| self.on(table, AccessExclusive, Work::Instant));
            }
            _ => {}
        }
    }

    /// The tables with columns of the domain are read under SHARE; without a catalog they are not known.
    fn alter_domain(&mut self, name: &Name, change: &super::statement::DomainChange) {
        use super::statement::DomainChange;
        let scans = match change {
            DomainChange::Add(constraint) => !constraint.not_valid,
            DomainChange::SetNotNull | DomainChange::Validate => true,
            DomainChange::Other => false,
        };
        if scans {
            let domain = self.seen.qualify(name);
            for table in facts::tables_with_domain(&domain, self.seen).unwrap_or_default() {
                self.take(table, Share, Work::Scan);
            }
        }
    }

    fn alter_table(&mut self, table: &Name, action: &Action) {
        let full = self.seen.qualify(table);
        let (lock, work) = match &action.kind {
            ActionKind::AddColumn { column, .. } => {
                for constraint in &column.constraints {
                    self.referenced(constraint);
                }
                (AccessExclusive, facts::add_column(column, self.seen))
            }
            ActionKind::AlterType { column, to, using } => {
                let from = self.seen.column_type(&full, column);
                (AccessExclusive, facts::type_change(from.as_ref(), to, using.as_ref(), column))
            }
            ActionKind::SetNotNull { column } => {
                let proven = self.seen.is_proven_not_null(&full, column);
                (AccessExclusive, if proven { Work::Instant } else { Work::Scan })
            }
            ActionKind::SetExpression { .. } => (AccessExclusive, Work::Rewrite),
            ActionKind::Other { mode } => (*mode, Work::Instant),
            ActionKind::AddConstraint(constraint) => {
                self.referenced(constraint);
                self.constraint(&full, constraint)
            }
            ActionKind::ValidateConstraint { name } => {
                self.other_side(&full, name, RowShare, Work::Scan);
                (ShareUpdateExclusive, Work::Scan)
            }
            ActionKind::DropConstraint { name, .. } => {
                self.other_side(&full, name, AccessExclusive, Work::Instant);
                (AccessExclusive, Work::Instant)
            }
            ActionKind::AttachPartition { partition } => {
                let part = self.seen.qualify(partition);
                let work = if self.seen.has_valid_check(&part) { Work::Instant } else { Work::Scan };
                self.take(part, AccessExclusive, work);
                self.default_partition(&full);
                (ShareUpdateExclusive, Work::Instant)
            }
            ActionKind::DetachPartition { partition, concurrently, finalize } => {
                self.on(partition, AccessExclusive, Work::Instant);
                (if *concurrently || *finalize { ShareUpdateExclusive } else { AccessExclusive }, Work::Instant)
            }
            ActionKind::SetLogged
            | ActionKind::SetUnlogged
            | ActionKind::SetTablespace
            | ActionKind::SetAccessMethod => (AccessExclusive, Work::Rewrite),
            ActionKind::DropColumn { .. }
            | ActionKind::DropNotNull { .. }
            | ActionKind::RenameColumn { .. }
            | ActionKind::RenameTable { .. }
            | ActionKind::RenameConstraint { .. }
            | ActionKind::SetSchema { .. } => (AccessExclusive, Work::Instant),
        };
        self.take(full, lock, work);
    }

    /// The table that a live foreign key refers to.
    fn other_side(&mut self, table: &QualifiedName, constraint: &str, lock: LockMode, work: Work) {
        if let Some(key) =
            self.seen.live_constraint(table, constraint).and_then(crate::catalog::Constraint::foreign_key)
        {
            self.take(self.seen.now(&key.references), lock, work);
        }
    }

    /// A new partition takes its range out of the default one, where no row of it may be.
    fn default_partition(&mut self, parent: &QualifiedName) {
        let parent = self.seen.before(parent);
        let mut tables = self.seen.context.catalog.into_iter().flat_map(|catalog| catalog.tables.values());
        let default = |table: &&crate::Table| {
            table.partition_of.as_ref().is_some_and(|of| of.parent == parent && of.bounds == "DEFAULT")
        };
        if let Some(table) = tables.find(default) {
            self.take(self.seen.now(&table.name), AccessExclusive, Work::Scan);
        }
    }

    /// A foreign key puts triggers on the table it refers to.
    fn referenced(&mut self, constraint: &Constraint) {
        if let ConstraintKind::ForeignKey { references, .. } = &constraint.kind {
            // Validating it reads that table under ROW SHARE, which is the weaker.
            let work = if constraint.not_valid { Work::Instant } else { Work::Scan };
            self.on(references, ShareRowExclusive.max(RowShare), work);
        }
    }

    fn constraint(&self, table: &QualifiedName, constraint: &Constraint) -> (LockMode, Work) {
        let scan = if constraint.not_valid { Work::Instant } else { Work::Scan };
        match &constraint.kind {
            ConstraintKind::ForeignKey { .. } => (ShareRowExclusive, scan),
            ConstraintKind::PrimaryKey { using_index: Some(index), .. } => {
                // Each column must be NOT NULL, or is read through.
                let index = QualifiedName::new(table.schema.clone(), index.name.clone());
                let columns = self.seen.columns_of_index(&index).unwrap_or_default();
                let proven =
                    !columns.is_empty() && columns.iter().all(|column| self.seen.is_proven_not_null(table, column));
                (AccessExclusive, if proven { Work::Instant } else { Work::Scan })
            }
            ConstraintKind::Unique { using_index: Some(_) } => (AccessExclusive, Work::Instant),
            ConstraintKind::NotNull { column: Some(column) } if self.seen.is_proven_not_null(table, column) => {
                (AccessExclusive, Work::Instant)
            }
            _ => (AccessExclusive, scan),
        }
    }
}
