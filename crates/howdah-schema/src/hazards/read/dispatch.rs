//! Which kind of statement it is.

use super::super::effect::LockMode;
use super::super::statement::{Drop, Kind, Name, ReindexTarget, Target, What};
use super::tree::{Tree, child, has, plain};
use super::{alter, create};
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};
use std::ops::Range;

/// A kind, and its place where that is not the whole statement's.
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) span: Option<Range<usize>>,
}

/// What the statement does: one thing, and whatever its WITH clause writes.
pub(super) fn kinds(tree: Tree<'_>, statement: &ast::Stmt) -> Vec<Found> {
    let head = || {
        let words = statement.syntax().text().to_string();
        Kind::Other { head: words.split_whitespace().take(2).collect::<Vec<_>>().join(" ").to_lowercase() }
    };
    let main = kind(tree, statement).unwrap_or_else(head);
    let mut found = vec![Found { kind: main, span: None }];
    for node in statement.syntax().children().filter(|node| node.kind() == SyntaxKind::WITH_CLAUSE) {
        for inner in node.descendants() {
            let kind = match inner.kind() {
                SyntaxKind::UPDATE => ast::Update::cast(inner.clone()).and_then(|it| update(tree, &it)),
                SyntaxKind::DELETE => ast::Delete::cast(inner.clone()).and_then(|it| delete(tree, &it)),
                _ => None,
            };
            found.extend(kind.map(|kind| Found { kind, span: Some(tree.span(&inner)) }));
        }
    }
    found
}

/// `None` for what has no kind of its own or is cut short.
#[rustfmt::skip]
fn kind(tree: Tree<'_>, statement: &ast::Stmt) -> Option<Kind> {
    use ast::Stmt as S;
    let name = |node: &SyntaxNode| tree.name(node);
    let node = statement.syntax();
    Some(match statement {
        S::AlterTable(it) => Kind::AlterTable {
            table: name(it.table_relation_name()?.syntax())?,
            actions: alter::table(tree, it.actions()),
        },
        S::AlterMaterializedView(_) => alter::other(tree, What::MaterializedView, node)?,
        S::AlterView(_) => alter::other(tree, What::View, node)?,
        S::AlterIndex(_) => alter::other(tree, What::Index, node)?,
        S::AlterSequence(_) => alter::other(tree, What::Sequence, node)?,
        S::AlterSchema(_) => alter::other(tree, What::Schema, node)?,
        S::AlterFunction(_) | S::AlterProcedure(_) | S::AlterRoutine(_) => alter::other(tree, What::Routine, node)?,
        S::AlterType(it) => alter::alter_type(tree, it)?,
        S::AlterDomain(it) => alter::alter_domain(tree, it)?,
        S::AlterSystem(_) => Kind::Other { head: "alter system".to_owned() },
        S::AlterPolicy(_) | S::AlterRule(_) | S::AlterTrigger(_) => {
            let on = node.children().find(|child| matches!(child.kind(), SyntaxKind::ON_TABLE | SyntaxKind::ON_RELATION))?;
            Kind::Touch { table: name(&on)?, mode: LockMode::AccessExclusive }
        }
        S::CommentOn(it) => comment(tree, it)?,
        S::CreateTable(it) => create::table(tree, it)?,
        S::CreateTableAs(it) => create::table_as(tree, &it.table_name()?, node, it.if_not_exists().is_some())?,
        S::SelectInto(it) => create::table_as(tree, &it.into_clause()?.table_name()?, node, false)?,
        S::CreateIndex(it) => create::index(tree, it)?,
        S::CreateDomain(it) => create::domain(tree, it)?,
        S::CreateView(_) => create::other(tree, What::View, node),
        S::CreateMaterializedView(_) => create::other(tree, What::MaterializedView, node),
        S::CreateForeignTable(_) => create::other(tree, What::ForeignTable, node),
        S::CreateSequence(_) => create::other(tree, What::Sequence, node),
        S::CreateType(_) => create::other(tree, What::Type, node),
        S::CreateSchema(it) => Kind::Create {
            what: What::Schema,
            name: it.schema_name().and_then(|node| name(&node)),
            guarded: it.if_not_exists().is_some(),
            on: None,
        },
        S::CreateFunction(_) | S::CreateProcedure(_) => create::other(tree, What::Routine, node),
        S::CreateTrigger(_) => create::other(tree, What::Trigger, node),
        S::CreatePolicy(_) => create::other(tree, What::Policy, node),
        S::CreateRule(_) => create::other(tree, What::Rule, node),
        S::CreateStatistics(_) => create::other(tree, What::Other("statistics"), node),
        S::CreateExtension(_) => create::other(tree, What::Other("extension"), node),
        S::CreateDatabase(_) => create::other(tree, What::Database, node),
        S::CreateTablespace(_) => create::other(tree, What::Other("tablespace"), node),
        S::CreateSubscription(_) => create::other(tree, What::Other("subscription"), node),
        S::CreatePublication(_) => create::other(tree, What::Other("publication"), node),
        S::CreateAggregate(_) => create::other(tree, What::Routine, node),
        S::CreateCollation(_) => create::other(tree, What::Other("collation"), node),
        S::CreateRole(_) | S::CreateUser(_) | S::CreateGroup(_) => create::other(tree, What::Other("role"), node),
        S::DropTable(it) => drop(What::Table, node, tree.names(it.table_name_refs())),
        S::DropForeignTable(it) => drop(What::ForeignTable, node, tree.names(it.table_name_refs())),
        S::DropView(it) => drop(What::View, node, tree.names(it.view_refs())),
        S::DropMaterializedView(it) => drop(What::MaterializedView, node, tree.names(it.view_refs())),
        S::DropIndex(it) => drop(What::Index, node, tree.names(it.index_refs())),
        S::DropSequence(it) => drop(What::Sequence, node, tree.names(it.sequence_refs())),
        S::DropType(it) => drop(What::Type, node, tree.names(it.type_name_refs())),
        S::DropDomain(it) => drop(What::Domain, node, tree.names(it.domain_refs())),
        S::DropSchema(it) => drop(What::Schema, node, tree.names(it.schema_refs())),
        S::DropDatabase(it) => drop(What::Database, node, tree.names(it.database_ref().into_iter())),
        S::DropOwned(_) => drop(What::Owned, node, Vec::new()),
        S::DropFunction(it) => drop(What::Routine, node, tree.names(it.function_sig_list().iter().flat_map(ast::FunctionSigList::function_sigs))),
        S::DropProcedure(_) | S::DropRoutine(_) => {
            let list = node.children().find(|child| matches!(child.kind(), SyntaxKind::PROCEDURE_SIG_LIST | SyntaxKind::ROUTINE_SIG_LIST))?;
            drop(What::Routine, node, list.children().filter_map(|it| name(&it)).collect())
        }
        S::DropTrigger(it) => drop_on(tree, What::Trigger, node, it.on_relation()?.syntax()),
        S::DropPolicy(it) => drop_on(tree, What::Policy, node, it.on_table()?.syntax()),
        S::DropRule(it) => drop_on(tree, What::Rule, node, it.on_relation()?.syntax()),
        S::DropTablespace(_) => drop(What::Other("tablespace"), node, Vec::new()),
        S::DropSubscription(_) => drop(What::Other("subscription"), node, Vec::new()),
        S::Reindex(it) => Kind::Reindex { target: reindex(tree, &it.reindex_target()?)?, concurrently: it.is_concurrently() },
        S::Truncate(it) => Kind::Truncate {
            tables: tree.names(it.table_list()?.table_relation_names()),
            cascade: has(node, SyntaxKind::CASCADE),
        },
        S::Vacuum(it) => Kind::Vacuum {
            full: it.is_full(),
            tables: tree.names(it.table_and_columns_list().iter().flat_map(ast::TableAndColumnsList::table_and_columnss)),
        },
        S::Cluster(it) => Kind::Cluster { table: match (it.table_name_ref(), it.cluster_legacy()) {
            (Some(table), _) => name(table.syntax()),
            (None, Some(legacy)) => legacy.on_path().and_then(|path| name(path.syntax())),
            (None, None) => None,
        } },
        S::Repack(it) => Kind::Cluster { table: it.table_and_columns_list().and_then(|list| name(list.syntax())) },
        S::Update(it) => update(tree, it)?,
        S::Delete(it) => delete(tree, it)?,
        S::Insert(it) => {
            let set = it.syntax().children().find(|child| child.kind() == SyntaxKind::ON_CONFLICT_CLAUSE);
            let set = set.and_then(|clause| clause.descendants().find_map(ast::SetClause::cast));
            Kind::Write { table: name(it.relation_name_ref()?.syntax())?, targets: targets(tree, set) }
        }
        S::Merge(it) => Kind::Write { table: name(it.table_relation_name()?.syntax())?, targets: Vec::new() },
        S::Copy(it) => match (it.copy_table(), it.copy_direction()) {
            (Some(table), Some(ast::CopyDirection::CopyFrom(_))) => {
                Kind::Write { table: name(table.table_name_ref()?.syntax())?, targets: Vec::new() }
            }
            _ => return None,
        },
        S::Begin(_) => Kind::Begin,
        S::Commit(ast::Commit::CommitTransaction(_)) | S::PrepareTransaction(_) => Kind::Commit,
        S::Rollback(ast::Rollback::RollbackTransaction(_)) => Kind::Rollback,
        S::Set(it) => set(it)?,
        S::Refresh(it) => Kind::Refresh { view: name(it.view_ref()?.syntax())?, concurrently: it.concurrently_token().is_some() },
        S::Lock(it) => Kind::Lock {
            tables: tree.names(it.relation_list()?.relation_names()),
            mode: it.lock_mode_clause().and_then(|clause| clause.lock_mode()).map_or(LockMode::AccessExclusive, |mode| lock_mode(&mode)),
        },
        _ => return None,
    })
}

fn update(tree: Tree<'_>, it: &ast::Update) -> Option<Kind> {
    Some(Kind::Update {
        table: tree.name(it.relation_name()?.syntax())?,
        targets: targets(tree, it.set_clause()),
        filtered: it.where_clause_or_current_of().is_some() || it.from_clause().is_some(),
    })
}

fn delete(tree: Tree<'_>, it: &ast::Delete) -> Option<Kind> {
    Some(Kind::Delete {
        table: tree.name(it.relation_name()?.syntax())?,
        filtered: it.where_clause_or_current_of().is_some() || it.using_clause().is_some(),
    })
}

fn targets(tree: Tree<'_>, set: Option<ast::SetClause>) -> Vec<Target> {
    let columns = set.and_then(|set| set.set_column_list());
    let columns = columns.iter().flat_map(ast::SetColumnList::set_columns).flat_map(|column| match column {
        ast::SetColumn::SetSingleColumn(it) => it.column_target().into_iter().collect::<Vec<_>>(),
        ast::SetColumn::SetMultipleColumns(it) => {
            it.column_target_list().iter().flat_map(ast::ColumnTargetList::column_targets).collect()
        }
    });
    columns
        .filter_map(|target| {
            let part = target.accessors().next().is_some();
            Some(Target { column: plain(&target.name()?), span: tree.span(target.syntax()), part })
        })
        .collect()
}

fn drop(what: What, node: &SyntaxNode, names: Vec<Name>) -> Kind {
    Kind::Drop(Drop {
        what,
        names,
        concurrently: has(node, SyntaxKind::CONCURRENTLY_KW),
        cascade: has(node, SyntaxKind::CASCADE),
        guarded: child(node, SyntaxKind::IF_EXISTS).is_some(),
        on: None,
    })
}

fn drop_on(tree: Tree<'_>, what: What, node: &SyntaxNode, on: &SyntaxNode) -> Kind {
    match drop(what, node, Vec::new()) {
        Kind::Drop(it) => Kind::Drop(Drop { on: tree.name(on), ..it }),
        other => other,
    }
}

fn reindex(tree: Tree<'_>, target: &ast::ReindexTarget) -> Option<ReindexTarget> {
    Some(match target {
        ast::ReindexTarget::ReindexTargetIndex(it) => ReindexTarget::Index(tree.name(it.index_ref()?.syntax())?),
        ast::ReindexTarget::ReindexTargetTable(it) => ReindexTarget::Table(tree.name(it.table_name_ref()?.syntax())?),
        ast::ReindexTarget::ReindexTargetSchema(_) => ReindexTarget::Schema,
        ast::ReindexTarget::ReindexTargetDatabase(_) => ReindexTarget::Database,
        ast::ReindexTarget::ReindexTargetSystem(_) => ReindexTarget::System,
    })
}

/// COMMENT ON a relation takes its lock; on anything else, nobody's.
fn comment(tree: Tree<'_>, it: &ast::CommentOn) -> Option<Kind> {
    let mut table = match it.comment_object()? {
        ast::CommentObject::ObjectTable(it) => tree.name(it.table_name_ref()?.syntax())?,
        ast::CommentObject::ObjectColumn(it) => {
            // The name of the table is what comes before the column's.
            let path = it.syntax().descendants().find_map(ast::PathRef::cast)?;
            let table = path.qualifier()?;
            let mut name = tree.name(table.syntax())?;
            name.schema = table.qualifier().and(name.schema);
            name
        }
        _ => return None,
    };
    table.span = tree.span(it.syntax());
    Some(Kind::Touch { table, mode: LockMode::ShareUpdateExclusive })
}

fn set(it: &ast::Set) -> Option<Kind> {
    let local = matches!(it.set_scope(), Some(ast::SetScope::LocalScope(_)));
    let (name, value) = match it.set_target()? {
        ast::SetTarget::SetConfig(it) => {
            let name = it.config_parameter_ref()?.path_ref()?.syntax().text().to_string().to_lowercase();
            let ast::ConfigAssignment::ToConfigValue(value) = it.config_assignment()? else { return None };
            let first = value.config_values().next().map(|value| value.syntax().text().to_string());
            (name, first.unwrap_or_else(|| "default".to_owned()))
        }
        ast::SetTarget::SetSchemaValue(it) => ("search_path".to_owned(), it.literal()?.syntax().text().to_string()),
        _ => return None,
    };
    let value = value.trim().trim_matches(['\'', '"']).to_owned();
    Some(Kind::Set { name, value, local })
}

fn lock_mode(mode: &ast::LockMode) -> LockMode {
    match mode {
        ast::LockMode::AccessShare(_) => LockMode::AccessShare,
        ast::LockMode::RowShare(_) => LockMode::RowShare,
        ast::LockMode::RowExclusive(_) => LockMode::RowExclusive,
        ast::LockMode::ShareUpdateExclusive(_) => LockMode::ShareUpdateExclusive,
        ast::LockMode::Share(_) => LockMode::Share,
        ast::LockMode::ShareRowExclusive(_) => LockMode::ShareRowExclusive,
        ast::LockMode::Exclusive(_) => LockMode::Exclusive,
        ast::LockMode::AccessExclusive(_) => LockMode::AccessExclusive,
    }
}
