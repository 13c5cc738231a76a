//! Small things read from the parser's tree: names, types, expressions, constraints.

use super::super::statement::{Constraint, ConstraintKind, Expression, Name, TypeRef};
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};
use std::ops::Range;

/// Where the text of a tree stands in its file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// It begins at this byte and is there letter by letter.
    At(usize),
    /// It is written with escapes: everything stands for the whole.
    Within(&'a Range<usize>),
}

impl Place<'_> {
    pub(super) fn range(self, range: Range<usize>) -> Range<usize> {
        match self {
            Self::At(start) => start + range.start..start + range.end,
            Self::Within(whole) => whole.clone(),
        }
    }
}

/// Reads the nodes of one tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tree<'a> {
    pub(super) place: Place<'a>,
    /// The schema of names without one, inside CREATE SCHEMA.
    pub(super) schema: Option<&'a str>,
}

/// Whether a token of that kind stands directly in the node.
pub(super) fn has(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    node.children_with_tokens().any(|child| child.kind() == kind)
}

/// The first node of that kind directly in the node.
pub(super) fn child(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

/// A name of one part; of several, the last.
pub(super) fn plain(node: &impl AstNode) -> String {
    let segments = |node: &SyntaxNode| matches!(node.kind(), SyntaxKind::PATH_SEGMENT_REF | SyntaxKind::PATH_SEGMENT);
    let last = node.syntax().descendants().filter(segments).last();
    ast::normalize_name_node(last.as_ref().unwrap_or(node.syntax()))
}

/// What a string or dollar-quoted literal says.
pub(super) fn text_of(literal: &ast::Literal) -> Option<String> {
    literal.decoded_value().map(|value| value.text().to_owned())
}

impl Tree<'_> {
    /// Without the white space and comments around it.
    pub(super) fn span(self, node: &SyntaxNode) -> Range<usize> {
        let solid = |token: &squawk_syntax::SyntaxToken| !token.kind().is_trivia();
        let tokens = || node.descendants_with_tokens().filter_map(squawk_syntax::SyntaxElement::into_token);
        let all = node.text_range();
        let start = tokens().find(solid).map_or(all.start(), |token| token.text_range().start());
        let end = tokens().filter(solid).last().map_or(all.end(), |token| token.text_range().end());
        self.place.range(usize::from(start)..usize::from(end))
    }

    /// The first name in the node, with its schema if it has one.
    pub(super) fn name(self, node: &SyntaxNode) -> Option<Name> {
        let path = node.descendants().find(|node| matches!(node.kind(), SyntaxKind::PATH_REF | SyntaxKind::PATH));
        let (parts, span) = match path {
            Some(path) => {
                let segments = path
                    .descendants()
                    .filter(|node| matches!(node.kind(), SyntaxKind::PATH_SEGMENT_REF | SyntaxKind::PATH_SEGMENT));
                (segments.map(|segment| ast::normalize_name_node(&segment)).collect(), self.span(&path))
            }
            None => (vec![ast::normalize_name_node(node)], self.span(node)),
        };
        let mut parts = parts.into_iter().rev().filter(|part: &String| !part.is_empty());
        let name = parts.next()?;
        // Of `database.schema.name`, the database can only be this one.
        let schema = parts.next().or_else(|| self.schema.map(str::to_owned));
        Some(Name { schema, name, span })
    }

    /// The names in the nodes; what has none is left out.
    pub(super) fn names<N: AstNode>(self, nodes: impl Iterator<Item = N>) -> Vec<Name> {
        nodes.filter_map(|node| self.name(node.syntax())).collect()
    }

    pub(super) fn data_type(self, written: &ast::Type) -> Option<TypeRef> {
        let node = written.syntax();
        let span = self.span(node);
        let mut array = false;
        let modifiers = |list: Option<ast::ArgList>| list.iter().flat_map(|list| numbers(list.syntax())).collect();
        let one = |literal: Option<ast::Literal>| literal.iter().flat_map(|it| numbers(it.syntax())).collect();
        let (schema, name, modifiers): (_, String, Vec<i64>) = match written {
            ast::Type::ArrayType(it) => {
                array = true;
                let element = self.data_type(&it.ty()?)?;
                (element.schema, element.name, element.modifiers)
            }
            ast::Type::PathType(it) => {
                let path = it.path_ref()?;
                let name = self.name(path.syntax())?;
                let quoted = path.syntax().text().to_string().contains('"');
                let schema = path.qualifier().and(name.schema);
                let modifiers: Vec<i64> = modifiers(it.arg_list());
                let known = if quoted { name.name } else { internal_name(&name.name, &modifiers) };
                (schema, known, modifiers)
            }
            ast::Type::VarcharType(it) => (None, "varchar".to_owned(), modifiers(it.arg_list())),
            ast::Type::CharacterType(it) => (None, "bpchar".to_owned(), modifiers(it.arg_list())),
            ast::Type::BitType(it) => (None, "bit".to_owned(), modifiers(it.arg_list())),
            ast::Type::BitVaryingType(it) => (None, "varbit".to_owned(), modifiers(it.arg_list())),
            ast::Type::DoubleType(_) => (None, "float8".to_owned(), Vec::new()),
            ast::Type::TimeType(it) => (None, zoned("time", it.timezone().as_ref()), one(it.literal())),
            ast::Type::TimestampType(it) => (None, zoned("timestamp", it.timezone().as_ref()), one(it.literal())),
            ast::Type::IntervalType(it) => (None, "interval".to_owned(), one(it.literal())),
        };
        Some(TypeRef { span, schema, name, modifiers, array })
    }

    pub(super) fn expression(self, node: &SyntaxNode) -> Expression {
        let calls = node.descendants().filter_map(ast::CallExpr::cast).filter_map(|call| {
            // `a.f(x)`: a field access or a name; the parser keeps both as an expression.
            let callee = call.expr()?.syntax().text().to_string();
            let mut parts = callee.rsplit('.').map(unquoted);
            let name = parts.next()?;
            Some(Name { schema: parts.next(), name, span: self.span(call.syntax()) })
        });
        Expression { calls: calls.collect(), text: node.text().to_string() }
    }

    pub(super) fn constraint(self, constraint: &ast::Constraint) -> Constraint {
        let columns = |list: Option<ast::ConstraintColumnRefList>| -> Vec<String> {
            list.iter().flat_map(ast::ConstraintColumnRefList::column_name_refs).map(|it| plain(&it)).collect()
        };
        let index = |using: Option<ast::UsingIndexName>| using.and_then(|using| self.name(using.syntax()));
        let kind = match constraint {
            ast::Constraint::CheckConstraint(it) => {
                ConstraintKind::Check { not_null: it.expr().and_then(|expr| not_null_column(expr.syntax())) }
            }
            ast::Constraint::NotNullConstraint(it) => {
                ConstraintKind::NotNull { column: it.column_name_ref().map(|column| plain(&column)) }
            }
            ast::Constraint::DefaultConstraint(it) => {
                it.expr().map_or(ConstraintKind::Other, |it| ConstraintKind::Default(self.expression(it.syntax())))
            }
            ast::Constraint::GeneratedConstraint(it) => match it.generated_as() {
                Some(ast::GeneratedAs::GeneratedIdentity(_)) => ConstraintKind::Identity,
                Some(ast::GeneratedAs::GeneratedStored(it)) => match it.generated_kind() {
                    Some(ast::GeneratedKind::Stored(_)) => ConstraintKind::Stored,
                    _ => ConstraintKind::Virtual,
                },
                None => ConstraintKind::Other,
            },
            ast::Constraint::PrimaryKeyConstraint(it) => ConstraintKind::PrimaryKey {
                columns: columns(it.index_parameters().and_then(|it| it.column_list())),
                using_index: index(it.using_index()),
            },
            ast::Constraint::UniqueConstraint(it) => ConstraintKind::Unique { using_index: index(it.using_index()) },
            ast::Constraint::ExcludeConstraint(_) => ConstraintKind::Exclude,
            ast::Constraint::ForeignKeyConstraint(it) => self.foreign_key(it.table_name_ref()),
            ast::Constraint::ReferencesConstraint(it) => self.foreign_key(it.table()),
            ast::Constraint::NullConstraint(_) => ConstraintKind::Other,
        };
        Constraint {
            span: self.span(constraint.syntax()),
            name: constraint.constraint_name().map(|name| plain(&name)),
            not_valid: constraint
                .constraint_options()
                .any(|it| matches!(it, ast::ConstraintOption::NotValid(_) | ast::ConstraintOption::NotEnforced(_))),
            kind,
        }
    }

    fn foreign_key(self, table: Option<ast::TableNameRef>) -> ConstraintKind {
        match table.and_then(|table| self.name(table.syntax())) {
            Some(references) => ConstraintKind::ForeignKey { references },
            None => ConstraintKind::Other,
        }
    }
}

fn numbers(node: &SyntaxNode) -> Vec<i64> {
    let tokens = node.descendants_with_tokens().filter_map(squawk_syntax::SyntaxElement::into_token);
    tokens.filter_map(|token| token.text().parse().ok()).collect()
}

fn zoned(name: &str, zone: Option<&ast::Timezone>) -> String {
    if matches!(zone, Some(ast::Timezone::WithTimezone(_))) { format!("{name}tz") } else { name.to_owned() }
}

/// The name in `pg_type` of what SQL has another word for.
fn internal_name(name: &str, modifiers: &[i64]) -> String {
    let known = match name {
        "int" | "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "boolean" => "bool",
        "real" => "float4",
        "float" if modifiers.first().is_some_and(|&digits| digits < 25) => "float4",
        "float" => "float8",
        "decimal" | "dec" => "numeric",
        other => other,
    };
    known.to_owned()
}

fn unquoted(part: &str) -> String {
    let part = part.trim();
    match part.strip_prefix('"').and_then(|part| part.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => part.to_lowercase(),
    }
}

/// The column, if the expression is `column IS NOT NULL`.
fn not_null_column(node: &SyntaxNode) -> Option<String> {
    let text = node.text().to_string();
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        text = inner.trim();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [column, is, not, null]
            if is.eq_ignore_ascii_case("is")
                && not.eq_ignore_ascii_case("not")
                && null.eq_ignore_ascii_case("null") =>
        {
            Some(unquoted(column))
        }
        _ => None,
    }
}
