//! What the statements before have done: what the migration made itself is nobody else's yet, so it is no hazard.

use super::context::{Context, Sizes, TableSize};
use super::names::Names;
use super::statement::{
    ActionKind, Constraint, ConstraintKind, CreateTable, Kind, Name, Statement, TypeRef, What, Within,
};
use super::{locks, read};
use crate::QualifiedName;
use crate::catalog::{Column, Constraint as LiveConstraint, ConstraintKind as LiveKind, Index, Table};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// The schema that temporary tables are filed under here.
const TEMPORARY: &str = "pg_temp";

/// The state between two statements.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) context: &'a Context<'a>,
    default_schema: String,
    /// The text chose its search_path: what is not qualified is still clear.
    pub(crate) chose_schema: bool,
    tables: BTreeSet<QualifiedName>,
    columns: BTreeSet<(QualifiedName, String)>,
    /// Types and domains; domains with whether they have constraints.
    types: BTreeMap<QualifiedName, bool>,
    type_transactions: BTreeMap<QualifiedName, u32>,
    /// Indexes with their table and columns.
    indexes: BTreeMap<QualifiedName, (QualifiedName, Vec<String>)>,
    not_null: BTreeSet<(QualifiedName, String)>,
    objects: BTreeSet<QualifiedName>,
    /// What some statement of the migration creates, sooner or later.
    foretold: BTreeSet<QualifiedName>,
    schemas: BTreeSet<String>,
    names: Names,
    /// The tables of the catalog's indexes, all by their names before.
    live_indexes: OnceCell<BTreeMap<(&'a str, &'a str), &'a Table>>,
    /// By table and name.
    checks: BTreeMap<(QualifiedName, String), Check>,
    /// Columns whose type was changed.
    retyped: BTreeSet<(QualifiedName, String)>,
    /// Constraints dropped with IF EXISTS.
    pub(crate) cleared: BTreeSet<(QualifiedName, String)>,
    lock_timeout: Option<Setting>,
    statement_timeout: Option<Setting>,
    /// A lock that writes wait for was taken in this file.
    pub(crate) has_locked: bool,
    /// The text began a transaction.
    pub(crate) began: bool,
    /// Enum values, with the transaction that added them.
    pub(crate) enum_values: Vec<(u32, QualifiedName, String)>,
}

/// A constraint that the migration added.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    /// The column that it says is never null.
    not_null: Option<String>,
    valid: bool,
    /// Where it was added.
    pub(crate) transaction: u32,
}

#[derive(Debug, Clone, Copy)]
struct Setting {
    /// Ends with this transaction.
    only: Option<u32>,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            default_schema: context.default_schema.to_owned(),
            chose_schema: false,
            tables: BTreeSet::new(),
            columns: BTreeSet::new(),
            types: BTreeMap::new(),
            type_transactions: BTreeMap::new(),
            indexes: BTreeMap::new(),
            not_null: BTreeSet::new(),
            objects: BTreeSet::new(),
            foretold: BTreeSet::new(),
            schemas: BTreeSet::new(),
            names: Names::default(),
            live_indexes: OnceCell::new(),
            checks: BTreeMap::new(),
            retyped: BTreeSet::new(),
            cleared: BTreeSet::new(),
            lock_timeout: None,
            statement_timeout: None,
            has_locked: false,
            began: false,
            enum_values: Vec::new(),
        }
    }

    /// Remembers what the migration will create: what it drops may come back.
    pub(crate) fn foretell<'s>(&mut self, statements: impl Iterator<Item = &'s Statement>) {
        for statement in statements.filter(|statement| statement.within != Within::Routine) {
            let name = match &statement.kind {
                Kind::CreateTable(it) => Some(&it.name),
                Kind::CreateDomain { name, .. } => Some(name),
                Kind::Create { name, .. } => name.as_ref(),
                _ => None,
            };
            let name = name.map(|name| self.qualify(name));
            self.foretold.extend(name);
        }
    }

    /// Whether the migration creates something of that name.
    pub(crate) fn will_be_created(&self, name: &QualifiedName) -> bool {
        self.foretold.contains(name)
    }

    /// Every file has a session of its own.
    pub(crate) fn enter_file(&mut self) {
        self.default_schema = self.context.default_schema.to_owned();
        self.chose_schema = false;
        self.lock_timeout = None;
        self.statement_timeout = None;
        self.has_locked = false;
        self.began = false;
    }

    /// The full name of what is written.
    pub(crate) fn qualify(&self, name: &Name) -> QualifiedName {
        let schema = match &name.schema {
            Some(schema) => schema.clone(),
            None if self.is_temporary(name) => TEMPORARY.to_owned(),
            None => self.default_schema.clone(),
        };
        QualifiedName::new(schema, name.name.clone())
    }

    pub(crate) fn is_temporary(&self, name: &Name) -> bool {
        name.schema.as_deref().is_none_or(|schema| schema == TEMPORARY)
            && self.tables.contains(&QualifiedName::new(TEMPORARY, name.name.clone()))
    }

    /// Whether the migration made the table, so that nobody uses it and it has no rows but the migration's own.
    pub(crate) fn is_new(&self, table: &QualifiedName) -> bool {
        self.tables.contains(table)
    }

    pub(crate) fn is_new_column(&self, table: &QualifiedName, column: &str) -> bool {
        self.is_new(table) || self.columns.contains(&(table.clone(), column.to_owned()))
    }

    pub(crate) fn is_new_type(&self, name: &QualifiedName) -> bool {
        self.types.contains_key(name)
    }

    /// Whether the type was made in that transaction.
    pub(crate) fn is_type_of(&self, name: &QualifiedName, transaction: u32) -> bool {
        self.type_transactions.get(name) == Some(&transaction)
    }

    pub(crate) fn is_new_object(&self, name: &QualifiedName) -> bool {
        self.objects.contains(name) || self.is_new(name) || self.is_new_type(name)
    }

    pub(crate) fn is_new_schema(&self, name: &str) -> bool {
        self.schemas.contains(name)
    }

    /// The table that an index stands on: the migration's own, else by the catalog.
    pub(crate) fn table_of_index(&self, index: &QualifiedName) -> Option<QualifiedName> {
        if let Some((table, _)) = self.indexes.get(index) {
            return Some(table.clone());
        }
        Some(self.now(&self.live_index(index)?.0.name))
    }

    /// An index before the migration, with its table.
    fn live_index(&self, index: &QualifiedName) -> Option<(&'a Table, &'a Index)> {
        let catalog = self.context.catalog?;
        let tables = self.live_indexes.get_or_init(|| {
            let of = |table: &'a Table| {
                table.indexes.keys().map(move |index| ((table.name.schema.as_str(), index.as_str()), table))
            };
            catalog.tables.values().flat_map(of).collect()
        });
        let before = self.names.index_before(index);
        let table = tables.get(&(before.schema.as_str(), before.name.as_str())).or_else(|| {
            // It goes where its table goes.
            let mut moved = self.names.moved_into(&index.schema);
            moved.find_map(|table| {
                tables.get(&(table.schema.as_str(), before.name.as_str())).filter(|found| found.name == *table)
            })
        })?;
        Some((table, table.indexes.get(&before.name)?))
    }

    /// The columns of an index; `None` when they are not known.
    pub(crate) fn columns_of_index(&self, index: &QualifiedName) -> Option<Vec<String>> {
        if let Some((_, columns)) = self.indexes.get(index) {
            return Some(columns.clone());
        }
        let (_, live) = self.live_index(index)?;
        Some(live.leading_columns().map(str::to_owned).collect())
    }

    pub(crate) fn is_new_index(&self, index: &QualifiedName) -> bool {
        self.indexes.contains_key(index)
    }

    /// What a table, view or type that is now called so was called before the migration.
    pub(crate) fn before(&self, name: &QualifiedName) -> QualifiedName {
        self.names.before(name)
    }

    /// What a table, view or type of the catalog is called now.
    pub(crate) fn now(&self, name: &QualifiedName) -> QualifiedName {
        self.names.now(name)
    }

    pub(crate) fn size(&self, table: &QualifiedName) -> Option<TableSize> {
        self.context.sizes.of(&self.before(table))
    }

    /// The table before the migration.
    pub(crate) fn live(&self, table: &QualifiedName) -> Option<&'a Table> {
        self.context.catalog?.tables.get(&self.before(table))
    }

    fn live_column(&self, table: &QualifiedName, column: &str) -> Option<&'a Column> {
        self.live(table)?.column(&self.names.column_before(table, column))
    }

    /// The table's constraint of that name before the migration.
    pub(crate) fn live_constraint(&self, table: &QualifiedName, name: &str) -> Option<&'a LiveConstraint> {
        self.live(table)?.constraints.get(&self.names.constraint_before(table, name))
    }

    /// The type that a column has before the statement; `None` when that is not known.
    pub(crate) fn column_type(&self, table: &QualifiedName, column: &str) -> Option<TypeRef> {
        if self.retyped.contains(&(table.clone(), column.to_owned())) {
            return None;
        }
        let data_type = read::data_type(&self.live_column(table, column)?.data_type.sql)?;
        let Some(schema) = &data_type.schema else { return Some(data_type) };
        let now = self.now(&QualifiedName::new(schema.clone(), data_type.name.clone()));
        Some(TypeRef { schema: Some(now.schema), name: now.name, ..data_type })
    }

    pub(crate) fn was_retyped(&self, table: &QualifiedName, column: &str) -> bool {
        self.retyped.contains(&(table.clone(), column.to_owned()))
    }

    /// Whether a valid constraint already says that the column is never null.
    pub(crate) fn is_proven_not_null(&self, table: &QualifiedName, column: &str) -> bool {
        self.not_null.contains(&(table.clone(), column.to_owned()))
            || self.checks_of(table).any(|check| check.valid && check.not_null.as_deref() == Some(column))
            || self.live(table).is_some_and(|live| {
                let before = self.names.column_before(table, column);
                let says = |constraint: &LiveConstraint| {
                    matches!(&constraint.kind, LiveKind::Check { expression, .. } if says_not_null(expression, &before))
                };
                live.column(&before).is_some_and(|column| column.not_null)
                    || live.constraints.values().any(|constraint| constraint.validated && says(constraint))
            })
    }

    /// Whether some valid CHECK stands on the table.
    pub(crate) fn has_valid_check(&self, table: &QualifiedName) -> bool {
        self.checks_of(table).any(|check| check.valid)
            || self.live(table).is_some_and(|table| {
                let valid = |it: &LiveConstraint| matches!(it.kind, LiveKind::Check { .. }) && it.validated;
                table.constraints.values().any(valid)
            })
    }

    fn checks_of(&self, table: &QualifiedName) -> impl Iterator<Item = &Check> {
        let own = self.checks.range((table.clone(), String::new())..);
        own.take_while(move |((of, _), _)| of == table).map(|(_, check)| check)
    }

    /// A constraint that the migration added.
    pub(crate) fn added_constraint(&self, table: &QualifiedName, name: &str) -> Option<&Check> {
        self.checks.get(&(table.clone(), name.to_owned()))
    }

    /// Whether the type is a domain with constraints; `false` when nothing says so.
    pub(crate) fn is_constrained_domain(&self, data_type: &TypeRef) -> bool {
        let schema = data_type.schema.clone().unwrap_or_else(|| self.default_schema.clone());
        let name = QualifiedName::new(schema, data_type.name.clone());
        if let Some(&constrained) = self.types.get(&name) {
            return constrained;
        }
        let domain = self.context.catalog.and_then(|catalog| catalog.domains.get(&self.before(&name)));
        domain.is_some_and(|domain| domain.not_null || !domain.checks.is_empty())
    }

    pub(crate) fn has_lock_timeout(&self, transaction: u32) -> bool {
        self.lock_timeout.is_some_and(|setting| setting.only.is_none_or(|only| only == transaction))
    }

    pub(crate) fn has_statement_timeout(&self, transaction: u32) -> bool {
        self.statement_timeout.is_some_and(|setting| setting.only.is_none_or(|only| only == transaction))
    }

    /// Remembers what the statement does. What is in a function has not happened yet.
    pub(crate) fn apply(&mut self, statement: &Statement) {
        if statement.within == Within::Routine {
            return;
        }
        let locks = locks::of(statement, self);
        self.has_locked |= locks.iter().any(|taken| taken.lock.blocks_writes());
        let transaction = statement.transaction;
        match &statement.kind {
            Kind::CreateTable(it) => self.create_table(it),
            Kind::AlterTable { table, actions } => {
                let mut table = self.qualify(table);
                for action in actions {
                    self.alter_table(&mut table, &action.kind, transaction);
                }
            }
            Kind::CreateIndex { name: Some(name), table, columns, .. } => {
                let table = self.qualify(table);
                let index = QualifiedName::new(table.schema.clone(), name.name.clone());
                self.indexes.insert(index, (table, columns.clone()));
            }
            Kind::CreateDomain { name, constraints } => {
                let checked =
                    |it: &Constraint| matches!(it.kind, ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. });
                let name = self.qualify(name);
                self.types.insert(name, constraints.iter().any(checked));
            }
            Kind::Create { what, name: Some(name), guarded, .. } => self.create(*what, name, *guarded, transaction),
            Kind::Rename { what, name, to } => {
                let old = self.qualify(name);
                match what {
                    What::Schema => self.names.rename_schema(&name.name, to),
                    What::Index => self.rename_index(&old, QualifiedName::new(old.schema.clone(), to.clone())),
                    _ => self.rename_object(&old, QualifiedName::new(old.schema.clone(), to.clone())),
                }
            }
            Kind::SetSchema { name, to, .. } => {
                let old = self.qualify(name);
                self.rename_object(&old, QualifiedName::new(to.clone(), old.name.clone()));
            }
            Kind::AddEnumValue { of, value, .. } => {
                let of = self.qualify(of);
                self.enum_values.push((transaction, of, value.clone()));
            }
            Kind::Set { name, value, local } => self.set(name, value, local.then_some(transaction)),
            Kind::Begin => self.began = true,
            Kind::Commit | Kind::Rollback => self.began = false,
            _ => {}
        }
    }

    fn create_table(&mut self, it: &CreateTable) {
        let mut name = self.qualify(&it.name);
        if it.temporary {
            TEMPORARY.clone_into(&mut name.schema);
        }
        // IF NOT EXISTS makes nothing new of a table that is there.
        let exists = it.guarded
            && match &self.context.sizes {
                Sizes::Live(sizes) => sizes.contains_key(&name),
                Sizes::Unknown => self.live(&name).is_some(),
            };
        if !exists {
            self.tables.insert(name);
        }
    }

    fn create(&mut self, what: What, name: &Name, guarded: bool, transaction: u32) {
        let full = self.qualify(name);
        match what {
            What::Schema => {
                self.schemas.insert(name.name.clone());
            }
            What::Type => {
                self.types.insert(full.clone(), false);
                self.type_transactions.insert(full, transaction);
            }
            // OR REPLACE may have found one that others use.
            _ if guarded => {}
            What::View | What::MaterializedView | What::Sequence | What::Routine | What::ForeignTable => {
                self.objects.insert(full.clone());
                if what == What::MaterializedView {
                    self.tables.insert(full);
                }
            }
            _ => {}
        }
    }

    fn alter_table(&mut self, table: &mut QualifiedName, action: &ActionKind, transaction: u32) {
        match action {
            ActionKind::AddColumn { column, .. } => {
                self.columns.insert((table.clone(), column.name.clone()));
            }
            ActionKind::AlterType { column, .. } => {
                self.retyped.insert((table.clone(), column.clone()));
            }
            ActionKind::SetNotNull { column } => {
                self.not_null.insert((table.clone(), column.clone()));
            }
            ActionKind::DropNotNull { column } => {
                self.not_null.remove(&(table.clone(), column.clone()));
            }
            ActionKind::AddConstraint(constraint) => self.add_constraint(table, constraint, transaction),
            ActionKind::ValidateConstraint { name } => {
                if let Some(check) = self.checks.get_mut(&(table.clone(), name.clone())) {
                    check.valid = true;
                }
            }
            ActionKind::DropConstraint { name, guarded, .. } => {
                let key = (table.clone(), name.clone());
                self.checks.remove(&key);
                if *guarded {
                    self.cleared.insert(key);
                }
            }
            ActionKind::RenameColumn { from, to } if self.is_new_column(table, from) => {
                self.columns.insert((table.clone(), to.clone()));
            }
            ActionKind::RenameColumn { from, to } => self.names.rename_column(table, from, to),
            ActionKind::RenameConstraint { from, to } => self.names.rename_constraint(table, from, to),
            ActionKind::RenameTable { to } => self.rename(table, QualifiedName::new(table.schema.clone(), to.clone())),
            ActionKind::SetSchema { schema } => {
                self.rename(table, QualifiedName::new(schema.clone(), table.name.clone()));
            }
            _ => {}
        }
    }

    fn add_constraint(&mut self, table: &QualifiedName, constraint: &Constraint, transaction: u32) {
        let not_null = match &constraint.kind {
            ConstraintKind::Check { not_null } => not_null.clone(),
            ConstraintKind::NotNull { column } => column.clone(),
            ConstraintKind::ForeignKey { .. } => None,
            _ => return,
        };
        if let Some(name) = &constraint.name {
            let check = Check { not_null, valid: !constraint.not_valid, transaction };
            self.checks.insert((table.clone(), name.clone()), check);
        }
    }

    fn rename(&mut self, table: &mut QualifiedName, to: QualifiedName) {
        if self.is_new(table) {
            self.tables.insert(to.clone());
        } else {
            self.names.rename(table, to.clone());
        }
        *table = to;
    }

    /// A view, a type, or anything else that is not known to be a table.
    fn rename_object(&mut self, old: &QualifiedName, new: QualifiedName) {
        if let Some(&constrained) = self.types.get(old) {
            self.types.insert(new.clone(), constrained);
        }
        if self.objects.contains(old) {
            self.objects.insert(new);
        } else if !self.is_new_object(old) {
            self.names.rename(old, new);
        }
    }

    fn rename_index(&mut self, old: &QualifiedName, new: QualifiedName) {
        match self.indexes.remove(old) {
            Some(own) => drop(self.indexes.insert(new, own)),
            None => self.names.rename_index(old, new),
        }
    }

    fn set(&mut self, name: &str, value: &str, only: Option<u32>) {
        // Zero turns a time-out off.
        let is_on = !matches!(value, "0" | "default") && !value.starts_with("0 ");
        let setting = is_on.then_some(Setting { only });
        match name {
            "lock_timeout" => self.lock_timeout = setting,
            "statement_timeout" => self.statement_timeout = setting,
            "search_path" if !value.is_empty() && value != "default" => {
                value.clone_into(&mut self.default_schema);
                self.chose_schema = true;
            }
            _ => {}
        }
    }
}

impl Check {
    /// Whether it still waits for VALIDATE.
    pub(crate) fn is_pending(&self) -> bool {
        !self.valid
    }
}

/// Whether a deparsed condition says no more than `column IS NOT NULL`.
fn says_not_null(expression: &str, column: &str) -> bool {
    let bare: String = expression.chars().filter(|c| !matches!(c, '(' | ')' | '"')).collect();
    let words: Vec<&str> = bare.split_whitespace().collect();
    let [subject, rest @ ..] = words.as_slice() else { return false };
    *subject == column
        && rest.len() == 3
        && rest.iter().zip(["is", "not", "null"]).all(|(word, wanted)| word.eq_ignore_ascii_case(wanted))
}
