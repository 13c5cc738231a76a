//! ALTER of everything.

use super::super::effect::LockMode::{AccessExclusive, ShareRowExclusive, ShareUpdateExclusive};
use super::super::statement::{Action, ActionKind, ColumnDef, DomainChange, Kind, What};
use super::tree::{Tree, child, has, plain, text_of};
use squawk_syntax::SyntaxKind;
use squawk_syntax::ast::{self, AstNode};

pub(super) fn table(tree: Tree<'_>, actions: impl Iterator<Item = ast::AlterTableAction>) -> Vec<Action> {
    actions.filter_map(|it| Some(Action { span: tree.span(it.syntax()), kind: action(tree, &it)? })).collect()
}

/// `None` for what is cut short.
fn action(tree: Tree<'_>, action: &ast::AlterTableAction) -> Option<ActionKind> {
    use ast::AlterTableAction as A;
    Some(match action {
        A::AddColumn(it) => ActionKind::AddColumn {
            guarded: it.if_not_exists().is_some(),
            column: ColumnDef {
                name: plain(&it.column_name()?),
                data_type: it.ty().and_then(|ty| tree.data_type(&ty)),
                constraints: it.constraints().map(|it| tree.constraint(&it)).collect(),
            },
        },
        A::DropColumn(it) => ActionKind::DropColumn {
            column: plain(&it.column_name_ref()?),
            cascade: has(it.syntax(), SyntaxKind::CASCADE),
            guarded: it.if_exists().is_some(),
        },
        A::AlterColumn(it) => alter_column(tree, plain(&it.column_name_ref()?), &it.option()?)?,
        A::AddConstraint(it) => ActionKind::AddConstraint(tree.constraint(&it.constraint()?)),
        A::DropConstraint(it) => ActionKind::DropConstraint {
            name: plain(&it.constraint_name_ref()?),
            cascade: has(it.syntax(), SyntaxKind::CASCADE),
            guarded: it.if_exists().is_some(),
        },
        A::ValidateConstraint(it) => ActionKind::ValidateConstraint { name: plain(&it.constraint_name_ref()?) },
        A::RenameColumn(it) => {
            ActionKind::RenameColumn { from: plain(&it.column_name_ref()?), to: plain(&it.column_name()?) }
        }
        A::TableRenameTo(it) => ActionKind::RenameTable { to: tree.name(it.table_name()?.syntax())?.name },
        A::RenameConstraint(it) => {
            ActionKind::RenameConstraint { from: plain(&it.constraint_name_ref()?), to: plain(&it.constraint_name()?) }
        }
        A::SetSchema(it) => ActionKind::SetSchema { schema: plain(&it.schema_ref()?) },
        A::AttachPartition(it) => ActionKind::AttachPartition { partition: tree.name(it.table_name_ref()?.syntax())? },
        A::DetachPartition(it) => ActionKind::DetachPartition {
            partition: tree.name(it.table_name_ref()?.syntax())?,
            concurrently: child(it.syntax(), SyntaxKind::DETACH_CONCURRENTLY).is_some(),
            finalize: child(it.syntax(), SyntaxKind::DETACH_FINALIZE).is_some(),
        },
        A::SetLogged(_) => ActionKind::SetLogged,
        A::SetUnlogged(_) => ActionKind::SetUnlogged,
        A::SetTablespace(_) => ActionKind::SetTablespace,
        A::SetAccessMethod(_) => ActionKind::SetAccessMethod,
        A::EnableTrigger(_) | A::EnableAlwaysTrigger(_) | A::EnableReplicaTrigger(_) | A::DisableTrigger(_) => {
            ActionKind::Other { mode: ShareRowExclusive }
        }
        A::ClusterOn(_) | A::SetWithoutCluster(_) | A::SetOptions(_) | A::ResetOptions(_) => {
            ActionKind::Other { mode: ShareUpdateExclusive }
        }
        _ => ActionKind::Other { mode: AccessExclusive },
    })
}

fn alter_column(tree: Tree<'_>, column: String, option: &ast::AlterColumnOption) -> Option<ActionKind> {
    use ast::AlterColumnOption as O;
    Some(match option {
        O::SetType(it) => ActionKind::AlterType {
            column,
            to: tree.data_type(&it.ty()?)?,
            using: it.using_expr().and_then(|it| it.expr()).map(|it| tree.expression(it.syntax())),
        },
        O::SetNotNull(_) => ActionKind::SetNotNull { column },
        O::DropNotNull(_) => ActionKind::DropNotNull { column },
        O::SetExpression(_) => ActionKind::SetExpression { column },
        O::SetStatistics(_) | O::SetOptions(_) | O::ResetOptions(_) => ActionKind::Other { mode: ShareUpdateExclusive },
        // Default, identity, storage, compression.
        _ => ActionKind::Other { mode: AccessExclusive },
    })
}

pub(super) fn alter_type(tree: Tree<'_>, it: &ast::AlterType) -> Option<Kind> {
    use ast::AlterTypeAction as A;
    let name = tree.name(it.type_name_ref()?.syntax())?;
    Some(match it.action()? {
        A::AddValue(it) => Kind::AddEnumValue {
            of: name,
            value: text_of(&it.literal()?)?,
            placed: it.value_position().is_some(),
            guarded: it.if_not_exists().is_some(),
        },
        A::RenameValue(it) => Kind::RenameEnumValue { of: name, from: text_of(&it.from()?)? },
        A::AlterTypeAttributeActionList(_) | A::RenameAttribute(_) => Kind::AlterComposite { of: name },
        A::TypeRenameTo(it) => Kind::Rename { what: What::Type, name, to: tree.name(it.type_name()?.syntax())?.name },
        A::SetSchema(it) => Kind::SetSchema { what: What::Type, name, to: plain(&it.schema_ref()?) },
        A::OwnerTo(_) | A::SetOptions(_) => Kind::Other { head: "alter type".to_owned() },
    })
}

pub(super) fn alter_domain(tree: Tree<'_>, it: &ast::AlterDomain) -> Option<Kind> {
    use ast::AlterDomainAction as A;
    let name = tree.name(it.domain_ref()?.syntax())?;
    let change = match it.action()? {
        A::AddConstraint(it) => DomainChange::Add(tree.constraint(&it.constraint()?)),
        A::SetNotNull(_) => DomainChange::SetNotNull,
        A::ValidateConstraint(_) => DomainChange::Validate,
        A::DomainRenameTo(it) => {
            let to = it.syntax().children().last().and_then(|node| tree.name(&node))?.name;
            return Some(Kind::Rename { what: What::Domain, name, to });
        }
        A::SetSchema(it) => {
            return Some(Kind::SetSchema { what: What::Domain, name, to: plain(&it.schema_ref()?) });
        }
        _ => DomainChange::Other,
    };
    Some(Kind::AlterDomain { name, change })
}

/// ALTER VIEW, INDEX, SEQUENCE, SCHEMA, FUNCTION …: renamed, moved, or something that keeps nobody out.
pub(super) fn other(tree: Tree<'_>, what: What, node: &squawk_syntax::SyntaxNode) -> Option<Kind> {
    // The first node is the name, or IF EXISTS before it.
    let subject = node.children().find(|node| node.kind() != SyntaxKind::IF_EXISTS)?;
    let name = tree.name(&subject)?;
    for action in node.children().skip_while(|child| *child != subject).skip(1) {
        if has(&action, SyntaxKind::RENAME_KW) {
            let to = action.children().last().and_then(|node| tree.name(&node))?.name;
            return Some(match (what, action.kind()) {
                // ALTER VIEW … RENAME COLUMN.
                (_, SyntaxKind::RENAME_COLUMN) => {
                    let from = action.children().next().and_then(|node| tree.name(&node))?.name;
                    let kind = ActionKind::RenameColumn { from, to };
                    Kind::AlterTable { table: name, actions: vec![Action { span: tree.span(&action), kind }] }
                }
                _ => Kind::Rename { what, name, to },
            });
        }
        if action.kind() == SyntaxKind::SET_SCHEMA {
            let to = plain(&ast::SetSchema::cast(action)?.schema_ref()?);
            return Some(Kind::SetSchema { what, name, to });
        }
        if what == What::Index && action.kind() == SyntaxKind::SET_TABLESPACE {
            return Some(Kind::Touch { table: name, mode: AccessExclusive });
        }
    }
    match what {
        What::View | What::MaterializedView => Some(Kind::Touch { table: name, mode: AccessExclusive }),
        What::Index => Some(Kind::Touch { table: name, mode: ShareUpdateExclusive }),
        _ => Some(Kind::Other { head: format!("alter {}", what.words()) }),
    }
}
