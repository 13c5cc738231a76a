//! CREATE of what rules look into.

use super::super::statement::{ColumnDef, Constraint, CreateTable, Kind, What};
use super::tree::{Tree, child, has, plain};
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

pub(super) fn table(tree: Tree<'_>, it: &ast::CreateTable) -> Option<Kind> {
    let mut columns = Vec::new();
    let mut constraints = Vec::new();
    for argument in it.table_arg_list().iter().flat_map(ast::TableArgList::args) {
        match argument {
            ast::TableArg::Column(it) => columns.extend(column(tree, &it)),
            ast::TableArg::TableConstraint(it) => {
                constraints.extend(ast::Constraint::cast(it.syntax().clone()).map(|it| tree.constraint(&it)));
            }
            ast::TableArg::LikeClause(_) => {}
        }
    }
    Some(Kind::CreateTable(CreateTable {
        name: tree.name(it.table_name()?.syntax())?,
        guarded: it.if_not_exists().is_some(),
        temporary: is_temporary(it.syntax()),
        columns,
        constraints,
        partition_of: it.partition_of().and_then(|it| tree.name(it.table_name_ref()?.syntax())),
        inherits: it.inherits().map(|it| tree.names(it.table_name_refs())).unwrap_or_default(),
    }))
}

fn column(tree: Tree<'_>, it: &ast::Column) -> Option<ColumnDef> {
    let name = it.name()?;
    let constraints: Vec<Constraint> = it
        .clauses()
        .filter_map(|clause| ast::Constraint::cast(clause.syntax().clone()))
        .map(|it| tree.constraint(&it))
        .collect();
    Some(ColumnDef { name: plain(&name), data_type: it.ty().and_then(|ty| tree.data_type(&ty)), constraints })
}

/// CREATE TABLE … AS and SELECT … INTO: a table whose columns are not known.
pub(super) fn table_as(tree: Tree<'_>, name: &ast::TableName, node: &SyntaxNode, guarded: bool) -> Option<Kind> {
    Some(Kind::CreateTable(CreateTable {
        name: tree.name(name.syntax())?,
        guarded,
        temporary: is_temporary(node),
        columns: Vec::new(),
        constraints: Vec::new(),
        partition_of: None,
        inherits: Vec::new(),
    }))
}

fn is_temporary(node: &SyntaxNode) -> bool {
    node.children().any(|child| child.kind() == SyntaxKind::TEMP)
        || child(node, SyntaxKind::INTO_CLAUSE).is_some_and(|into| has(&into, SyntaxKind::TEMP))
}

pub(super) fn index(tree: Tree<'_>, it: &ast::CreateIndex) -> Option<Kind> {
    let keys = it.partition_item_list().into_iter().flat_map(|list| list.partition_items());
    let columns = keys.map(|key| match key.expr()? {
        ast::Expr::NameRef(column) => Some(column.text()),
        _ => None,
    });
    Some(Kind::CreateIndex {
        columns: columns.collect::<Option<_>>().unwrap_or_default(),
        name: it.index().and_then(|index| tree.name(index.syntax())),
        table: tree.name(it.table_relation_name()?.syntax())?,
        concurrently: it.concurrently_token().is_some(),
        guarded: it.if_not_exists().is_some(),
    })
}

pub(super) fn domain(tree: Tree<'_>, it: &ast::CreateDomain) -> Option<Kind> {
    let constraints = it
        .domain_qualifiers()
        .filter_map(|qualifier| ast::Constraint::cast(qualifier.syntax().clone()))
        .map(|it| tree.constraint(&it));
    Some(Kind::CreateDomain { name: tree.name(it.domain()?.syntax())?, constraints: constraints.collect() })
}

/// Anything else: its kind, its name, whether it says OR REPLACE or IF NOT EXISTS, and the table it hangs on.
pub(super) fn other(tree: Tree<'_>, what: What, node: &SyntaxNode) -> Kind {
    let leading = |kind| {
        matches!(kind, SyntaxKind::IF_NOT_EXISTS | SyntaxKind::OR_REPLACE | SyntaxKind::TEMP | SyntaxKind::UNLOGGED)
    };
    let subject = node.children().find(|child| !leading(child.kind()));
    let on = node
        .children()
        .find(|child| {
            matches!(
                child.kind(),
                SyntaxKind::ON_TABLE | SyntaxKind::ON_RELATION | SyntaxKind::RULE_ON | SyntaxKind::FROM_TABLE
            )
        })
        .and_then(|on| tree.name(&on));
    Kind::Create {
        what,
        name: subject.and_then(|subject| tree.name(&subject)),
        guarded: node
            .children()
            .any(|child| matches!(child.kind(), SyntaxKind::IF_NOT_EXISTS | SyntaxKind::OR_REPLACE)),
        on,
    }
}
