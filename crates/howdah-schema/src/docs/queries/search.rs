//! What indexes other than B-trees are there for: words, elements, ranges, parts of words.

use super::draft::{Draft, column_string, text};
use super::names::{encoded, rest_name};
use super::read::{bracketed, expression_name, rest_operator};
use super::{Found, Subject, ValueFrom, ident};
use crate::catalog::{Column, Index, IndexKey, IndexTarget, TypeKind};
use crate::mask::{bare, is_date, is_number};
use crate::quote::Literal;

/// By every GIN, GiST, SP-GiST and BRIN index.
pub(super) fn by_indexes(subject: &Subject<'_>, found: &mut Found) {
    for index in subject.indexes() {
        match index.method.as_str() {
            "gin" | "gist" | "spgist" => by_content(subject, index, found),
            "brin" => by_block(subject, index, found),
            _ => {}
        }
    }
}

fn by_content(subject: &Subject<'_>, index: &Index, found: &mut Found) {
    let mut draft = Draft::new(subject);
    let mut titles = Vec::new();
    for key in &index.keys {
        let title = match &key.target {
            IndexTarget::Column(name) => {
                subject.column(name).and_then(|column| content(&mut draft, column, key, index))
            }
            IndexTarget::Expression(sql) => words_of_expression(&mut draft, sql),
        };
        // GIN finds by any of its keys, and one says what it is for. An exclusion constraint is about all of them.
        match title {
            Some(title) if index.method == "gin" => {
                titles = vec![title];
                break;
            }
            Some(title) => titles.push(title),
            None if index.method == "gin" => {}
            None => return,
        }
    }
    if titles.is_empty() {
        return;
    }
    draft.rows_of(index);
    let title = format!("By {}", titles.join(" and "));
    found.add(format!("content {title} {:?}", index.predicate), || draft.found_by(title, &[], index));
}

/// The condition on one key; what it looks for in words.
fn content(draft: &mut Draft<'_, '_>, column: &Column, key: &IndexKey, index: &Index) -> Option<String> {
    let opclass = key.opclass.as_ref().map_or("", |opclass| opclass.name.as_str());
    let name = ident(&column.name);
    if opclass.ends_with("_trgm_ops") {
        let value = ValueFrom::Row(format!("left({name}::text, 4)"));
        let at = draft.parameter(&column.name, "text", value);
        let pieces = [
            vec![text(format!("{}=ilike.*", encoded(&rest_name(&column.name))))],
            vec![super::Piece::Value(at), text("*".to_owned())],
        ];
        let typescript = format!(".ilike({}, `%${{{}}}%`)", column_string(&column.name), draft.variable(at));
        draft.condition(format!("{name} ilike '%' || ${} || '%'", at + 1), Some(pieces.concat()), Some(typescript));
        return Some(format!("a part of {}", column.name));
    }
    let sql_type = column.data_type.sql.as_str();
    match bare(&column.data_type) {
        _ if column.data_type.array => {
            let at = draft.parameter(&column.name, sql_type, ValueFrom::Row(format!("{name}[1:1]")));
            contains(draft, column, at);
            Some(format!("elements of {}", column.name))
        }
        "tsvector" => {
            let config = column.generated.as_ref().and_then(|generated| config(&generated.expression));
            let value = ValueFrom::Row(format!("(tsvector_to_array({name}))[1]"));
            let at = draft.parameter("query", "text", value);
            words(draft, column, config.as_deref(), at);
            Some(format!("words in {}", column.name))
        }
        "jsonb" => {
            let at = draft.parameter(&column.name, sql_type, ValueFrom::Column(column.name.clone()));
            contains(draft, column, at);
            Some(format!("what {} contains", column.name))
        }
        _ if column.data_type.kind == TypeKind::Range || is_range(&column.data_type.sql) => {
            let at = draft.parameter(&column.name, sql_type, ValueFrom::Column(column.name.clone()));
            let typescript = format!(".overlaps({}, {})", column_string(&column.name), draft.variable(at));
            let rest = rest_operator(column, "ov", at);
            draft.condition(format!("{name} && ${}", at + 1), Some(rest), Some(typescript));
            Some(format!("an overlapping {}", column.name))
        }
        "box" | "circle" | "polygon" | "point" | "inet" | "cidr" => None,
        // Beside a range in an exclusion constraint, through btree_gist.
        _ if index.method == "gist" && column.data_type.kind != TypeKind::Composite && opclass.is_empty() => {
            draft.equals(column);
            Some(column.name.clone())
        }
        _ => None,
    }
}

fn contains(draft: &mut Draft<'_, '_>, column: &Column, at: usize) {
    let typescript = format!(".contains({}, {})", column_string(&column.name), draft.filter_value(column, at));
    let sql = format!("{} @> ${}", ident(&column.name), at + 1);
    draft.condition(sql, Some(rest_operator(column, "cs", at)), Some(typescript));
}

fn words(draft: &mut Draft<'_, '_>, column: &Column, config: Option<&str>, at: usize) {
    let sql = format!("{} @@ {}", ident(&column.name), query(config, at));
    let key = encoded(&rest_name(&column.name));
    // A dot ends the operator's name there.
    let plain = config.map(|config| config.strip_prefix("pg_catalog.").unwrap_or(config));
    let (rest, typescript) = match plain {
        Some(plain) if !plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => (None, None),
        plain => {
            let operator = plain.map_or_else(|| "wfts".to_owned(), |plain| format!("wfts({plain})"));
            let option = plain.map(|plain| format!(", config: '{plain}'")).unwrap_or_default();
            (
                Some(vec![text(format!("{key}={operator}.")), super::Piece::Value(at)]),
                Some(format!(
                    ".textSearch({}, {}, {{ type: 'websearch'{option} }})",
                    column_string(&column.name),
                    draft.variable(at)
                )),
            )
        }
    };
    draft.condition(sql, rest, typescript);
}

/// `to_tsvector('english', title)`
fn words_of_expression(draft: &mut Draft<'_, '_>, sql: &str) -> Option<String> {
    if !sql.contains("to_tsvector(") {
        return None;
    }
    let sql = &crate::sql::normalise(sql.to_owned());
    let value = ValueFrom::Row(format!("(tsvector_to_array({sql}))[1]"));
    let at = draft.parameter("query", "text", value);
    let config = config(sql);
    draft.condition(format!("{} @@ {}", bracketed(sql), query(config.as_deref(), at)), None, None);
    Some(format!("words in {}", expression_name(sql.split_once(", ").map_or(sql, |(_, after)| after))))
}

fn query(config: Option<&str>, at: usize) -> String {
    let config = config.map(|config| format!("{}, ", Literal::text(config.to_owned()))).unwrap_or_default();
    format!("websearch_to_tsquery({config}${})", at + 1)
}

/// The configuration that the first `to_tsvector('simple'::regconfig, …)` of an expression names.
fn config(expression: &str) -> Option<String> {
    let (_, after) = expression.split_once("to_tsvector('")?;
    let (config, rest) = after.split_once('\'')?;
    rest.starts_with("::regconfig").then(|| config.to_owned())
}

fn is_range(sql: &str) -> bool {
    sql.ends_with("range") && !sql.contains('.')
}

/// By the beginning of a text, through a B-tree that compares bytes.
pub(super) fn by_beginning(subject: &Subject<'_>, column: &Column, index: &Index, found: &mut Found) {
    let mut draft = Draft::new(subject);
    let name = ident(&column.name);
    let at = draft.parameter(&column.name, "text", ValueFrom::Row(format!("left({name}::text, 3)")));
    let pieces = vec![
        text(format!("{}=like.", encoded(&rest_name(&column.name)))),
        super::Piece::Value(at),
        text("*".to_owned()),
    ];
    let typescript = format!(".like({}, `${{{}}}%`)", column_string(&column.name), draft.variable(at));
    draft.condition(format!("{name} like ${} || '%'", at + 1), Some(pieces), Some(typescript));
    draft.rows_of(index);
    found.add(format!("beginning {name}"), || {
        draft.found_by(format!("By the beginning of {}", column.name), &[], index)
    });
}

/// BRIN: a stretch of what rows were written in the order of.
fn by_block(subject: &Subject<'_>, index: &Index, found: &mut Found) {
    let Some(IndexTarget::Column(name)) = index.keys.first().map(|key| &key.target) else { return };
    let Some(column) = subject.column(name) else { return };
    if !is_date(&column.data_type) && !is_number(&column.data_type) {
        return;
    }
    let mut draft = Draft::new(subject);
    draft.between(column);
    draft.rows_of(index);
    let order = [(name.clone(), false)];
    found.add(format!("block {name}"), || draft.found_by(format!("From one {name} to another"), &order, index));
}
