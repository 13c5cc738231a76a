//! New rows, changed rows, rows that go.

use super::draft::{Draft, Parts};
use super::read::listed;
use super::{Candidate, Found, Subject, ident};
use crate::catalog::{Column, ConstraintKind, Deferral, Table, TriggerLevel, TriggerTiming, TypeKind};
use crate::mask::{is_date, is_text};

/// What a new row is answered with.
const RETURNING: (&str, &str) = ("Prefer", "return=representation");

/// Of a table: insert, upsert, update, delete. Whether a view can be written to is nothing that its catalog says.
pub(super) fn all(subject: &Subject<'_>, found: &mut Found) {
    let Some(table) = subject.table() else { return };
    found.add("insert".to_owned(), || insert(subject, table));
    if let Some(candidate) = upsert(subject, table) {
        found.add("upsert".to_owned(), || candidate);
    }
    let Some(key) = subject.columns(table.primary_key()).filter(|key| !key.is_empty()) else { return };
    if let Some(column) = content(table, &[]) {
        found.add("update".to_owned(), || update(subject, table, &key, column));
    }
    found.add("delete".to_owned(), || delete(subject, table, &key));
}

/// Columns that every new row has to say something about.
fn required<'a>(subject: &Subject<'a>, table: &'a Table) -> Vec<&'a Column> {
    table.columns.iter().filter(|column| column.not_null && !fills_itself(subject, column)).collect()
}

fn fills_itself(subject: &Subject<'_>, column: &Column) -> bool {
    let domain = &subject.queries.catalog.domains;
    let by_domain = column.data_type.kind == TypeKind::Domain
        && !column.data_type.array
        && domain.get(&column.data_type.name).is_some_and(|domain| domain.default.is_some());
    column.default.is_some() || column.identity.is_some() || column.generated.is_some() || by_domain
}

fn insert(subject: &Subject<'_>, table: &Table) -> Candidate {
    let mut draft = Draft::new(subject);
    let columns = required(subject, table);
    let members: Vec<(String, usize)> =
        columns.iter().map(|column| (column.name.clone(), draft.value_of(column))).collect();
    let sql = format!("{}\nreturning *", into(table, &members));
    let (mut request, mut typescript) = (None, None);
    if draft.is_asked_for("INSERT") {
        let returning = (RETURNING.0, RETURNING.1.to_owned());
        request = draft.request("POST", Vec::new(), vec![returning], Some(members.clone()));
        let calls = [format!(".insert({})", draft.object(&members)), ".select()".to_owned(), ".single()".to_owned()];
        typescript = draft.typescript("data, error", &calls);
    }
    let title = "A new row, with what it has to have".to_owned();
    draft.finish(Parts { title, sql, writes: true, reads_all: false, served_by: None, request, typescript })
}

/// `insert into t (a, b)` and its values.
fn into(table: &Table, members: &[(String, usize)]) -> String {
    if members.is_empty() {
        return format!("insert into {}\ndefault values", table.name);
    }
    let names: Vec<String> = members.iter().map(|(column, _)| ident(column).to_string()).collect();
    let dollars: Vec<String> = members.iter().map(|(_, at)| format!("${}", at + 1)).collect();
    format!("insert into {} ({})\nvalues ({})", table.name, names.join(", "), dollars.join(", "))
}

/// A new row, or the one with the same key changed: by a unique key that is not made up by the database.
fn upsert(subject: &Subject<'_>, table: &Table) -> Option<Candidate> {
    let arbiters = table.indexes.values().filter(|index| {
        let constraint = index.constraint.as_ref().and_then(|name| table.constraints.get(name));
        let immediate = constraint.is_none_or(|constraint| constraint.deferral == Deferral::NotDeferrable);
        index.unique
            && index.valid
            && immediate
            && index.method == "btree"
            && index.leading_columns().count() == index.keys.len()
    });
    let given = |index: &&crate::catalog::Index| {
        let mut columns = index.leading_columns().filter_map(|name| table.column(name));
        columns.all(|column| column.identity.is_none() && column.generated.is_none() && !is_made_up(column))
    };
    // One over all rows, if there is one; among these, the primary key last.
    let is_primary = |name: &Option<String>| {
        name.as_ref()
            .and_then(|name| table.constraints.get(name))
            .is_some_and(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey))
    };
    let index =
        arbiters.filter(given).min_by_key(|index| (index.predicate.is_some(), is_primary(&index.constraint)))?;
    let key: Vec<&str> = index.leading_columns().collect();
    let mut columns = required(subject, table);
    for name in &key {
        let column = table.column(name)?;
        if !columns.iter().any(|known| known.name == column.name) {
            columns.push(column);
        }
    }
    if let Some(column) = content(table, &key).filter(|column| !columns.iter().any(|known| known.name == column.name)) {
        columns.push(column);
    }
    let set: Vec<String> = columns
        .iter()
        .filter(|column| !key.contains(&column.name.as_str()) && !table.primary_key().contains(&column.name))
        .map(|column| format!("{0} = excluded.{0}", ident(&column.name)))
        .collect();
    let mut draft = Draft::new(subject);
    let members: Vec<(String, usize)> =
        columns.iter().map(|column| (column.name.clone(), draft.value_of(column))).collect();
    let conflict: Vec<String> = key.iter().map(|name| ident(name).to_string()).collect();
    let predicate =
        index.predicate.clone().map(|it| format!(" where {}", crate::sql::normalise(it))).unwrap_or_default();
    let does = if set.is_empty() { "do nothing".to_owned() } else { format!("do update set {}", set.join(", ")) };
    let sql =
        format!("{}\non conflict ({}){predicate} {does}\nreturning *", into(table, &members), conflict.join(", "));
    Some(draft.finish(Parts {
        title: format!("A new row, or the one with the same {} changed", listed(&key)),
        sql,
        writes: true,
        reads_all: false,
        served_by: Some(index.name.clone()),
        // The API upserts nothing yet.
        request: None,
        typescript: None,
    }))
}

/// Whether a column's default makes a value that no two rows share.
fn is_made_up(column: &Column) -> bool {
    column.default.as_deref().is_some_and(|default| default.contains('('))
}

fn update(subject: &Subject<'_>, table: &Table, key: &[&Column], column: &Column) -> Candidate {
    let mut draft = Draft::new(subject);
    let value = draft.value_of(column);
    key.iter().for_each(|column| draft.equals(column));
    let version = version(table);
    if let Some(version) = version {
        draft.equals(version);
    }
    draft.live();
    let mut set = format!("{} = ${}", ident(&column.name), value + 1);
    // A trigger counts it on; where there is none, whoever writes has to.
    if let Some(version) = version.filter(|_| !has_row_trigger(table)) {
        set.push_str(&format!(", {0} = {0} + 1", ident(&version.name)));
    }
    let sql = format!("update {}\nset {set}{}\nreturning *", table.name, draft.where_clause());
    let members = [(column.name.clone(), value)];
    let (mut request, mut typescript) = (None, None);
    // Over HTTP only what a trigger does is done beside.
    if draft.is_asked_for("UPDATE") && (version.is_none() || has_row_trigger(table)) {
        let returning = (RETURNING.0, RETURNING.1.to_owned());
        request = draft.request("PATCH", Vec::new(), vec![returning], Some(members.to_vec()));
        typescript = draft.filters().and_then(|filters| {
            let mut calls = vec![format!(".update({})", draft.object(&members))];
            calls.extend(filters);
            calls.extend([".select()".to_owned(), ".maybeSingle()".to_owned()]);
            draft.typescript("data, error", &calls)
        });
    }
    let title = match version {
        Some(_) => "Change a row, unless somebody else has changed it since it was read".to_owned(),
        None => "Change a row".to_owned(),
    };
    let served_by = primary(table);
    draft.finish(Parts { title, sql, writes: true, reads_all: false, served_by, request, typescript })
}

fn delete(subject: &Subject<'_>, table: &Table, key: &[&Column]) -> Candidate {
    let mut draft = Draft::new(subject);
    key.iter().for_each(|column| draft.equals(column));
    let marks = subject.has_trash();
    draft.live();
    let sql = if marks {
        format!("update {}\nset deleted_at = now(){}\nreturning *", table.name, draft.where_clause())
    } else {
        format!("delete from {}{}\nreturning *", table.name, draft.where_clause())
    };
    let (mut request, mut typescript) = (None, None);
    // What the API does for DELETE is an UPDATE where rows are only marked.
    if draft.is_asked_for(if marks { "UPDATE" } else { "DELETE" }) {
        request = draft.request("DELETE", Vec::new(), Vec::new(), None);
        typescript = draft.filters().and_then(|filters| {
            let mut calls = vec![".delete()".to_owned()];
            calls.extend(filters);
            draft.typescript("error", &calls)
        });
    }
    let title = if marks { "Put a row into the trash" } else { "Delete a row" }.to_owned();
    let served_by = primary(table);
    draft.finish(Parts { title, sql, writes: true, reads_all: false, served_by, request, typescript })
}

fn primary(table: &Table) -> Option<String> {
    let mut constraints = table.constraints.values();
    constraints
        .find(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey))
        .map(|constraint| constraint.name.clone())
}

/// The column of `@version`, if there is one.
fn version(table: &Table) -> Option<&Column> {
    table.column(table.comment.tags().version.as_deref()?)
}

fn has_row_trigger(table: &Table) -> bool {
    table.triggers.values().any(|trigger| {
        trigger.on_update && trigger.timing == TriggerTiming::Before && trigger.level == TriggerLevel::Row
    })
}

/// A column that somebody would change: the name or title, else the first that is no key and not kept by the database. None of
/// `but`.
fn content<'a>(table: &'a Table, but: &[&str]) -> Option<&'a Column> {
    let version = table.comment.tags().version.as_deref();
    let points: Vec<&String> = table.foreign_keys().flat_map(|(constraint, _)| &constraint.columns).collect();
    let is_kept = |column: &&Column| {
        let name = column.name.as_str();
        let by_trigger = ["created_at", "updated_at", "deleted_at"].contains(&name);
        column.generated.is_some()
            || column.identity.is_some()
            || by_trigger
            || but.contains(&name)
            || version == Some(name)
            || table.primary_key().contains(&column.name)
            || points.contains(&&column.name)
    };
    let mut columns: Vec<&Column> = table.columns.iter().filter(|column| !is_kept(column)).collect();
    let named = |column: &&Column| {
        let place = ["title", "name", "display_name", "label", "subject", "status"]
            .iter()
            .position(|name| *name == column.name);
        let plain = is_text(&column.data_type) && !column.data_type.array;
        (place.unwrap_or(usize::MAX), !plain, is_date(&column.data_type))
    };
    columns.sort_by_key(named);
    columns.first().copied()
}
