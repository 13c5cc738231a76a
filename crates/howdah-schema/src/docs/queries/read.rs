//! Rows by key, in pages, by what they point at and with what points at them.

use super::draft::{Draft, Parts, Rows, text};
use super::names::{encoded, rest_name, singular};
use super::predicate::{self, Part};
use super::serving::{self, Wanted};
use super::{Found, PAGE, Piece, Subject, ValueFrom, ident};
use crate::catalog::{Column, ConstraintKind, ForeignKeyRef, Index, IndexTarget, Relation, TypeKind};
use crate::mask::{is_date, is_number, is_text};

/// Tables that point at it are many for some; so many are shown with their rows.
const CHILDREN: usize = 3;

/// One row by the primary key and by each other unique key.
pub(super) fn by_keys(subject: &Subject<'_>, found: &mut Found) {
    let primary = subject.relation.primary_key();
    if let Some(columns) = subject.columns(primary).filter(|columns| !columns.is_empty()) {
        let name = subject.table().and_then(|table| {
            let mut constraints = table.constraints.values();
            constraints.find(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey))
        });
        let mut draft = Draft::new(subject);
        columns.iter().for_each(|column| draft.equals(column));
        draft.live();
        found.add(shape(primary, &[]), || {
            let served_by = name.map(|constraint| constraint.name.clone());
            draft.rows(Rows { title: "One row by its key".to_owned(), single: true, served_by, ..Rows::default() })
        });
    }
    for index in subject.indexes().filter(|index| index.unique) {
        // One with the whole key in it is there for foreign keys to point at.
        let leading: Vec<&str> = index.leading_columns().collect();
        if primary.is_empty() || !primary.iter().all(|column| leading.contains(&column.as_str())) {
            one_by(subject, index, found);
        }
    }
    if let Relation::View(_) = subject.relation {
        by_likely_keys(subject, found);
    }
}

/// A view has no keys, but columns that are called like one.
fn by_likely_keys(subject: &Subject<'_>, found: &mut Found) {
    const MOST: usize = 3;
    let is_key = |column: &&Column| column.name == "id" || column.name.ends_with("_id");
    for column in subject.relation.columns().iter().filter(is_key).take(MOST) {
        let mut draft = Draft::new(subject);
        draft.equals(column);
        draft.live();
        let title = format!("Rows of one {}", column.name);
        let limit = Some(PAGE);
        found.add(shape(&[&column.name], &[]), || draft.rows(Rows { title, limit, ..Rows::default() }));
    }
}

/// One row by what a unique index is over.
fn one_by(subject: &Subject<'_>, index: &Index, found: &mut Found) {
    let mut draft = Draft::new(subject);
    let mut names = Vec::new();
    for key in &index.keys {
        match &key.target {
            IndexTarget::Column(name) => {
                let Some(column) = subject.column(name) else { return };
                draft.equals(column);
                names.push(name.clone());
            }
            IndexTarget::Expression(sql) => {
                let (called, sql) = (expression_name(sql), crate::sql::normalise(sql.clone()));
                let at = draft.parameter(&called, "", ValueFrom::Row(format!("({sql})")));
                draft.condition(format!("{} = ${}", bracketed(&sql), at + 1), None, None);
                names.push(called);
            }
        }
    }
    draft.rows_of(index);
    found.add(shape(&names, &[]), || {
        let title = format!("One row by {}", listed(&names));
        draft.rows(Rows { title, single: true, served_by: Some(index.name.clone()), ..Rows::default() })
    });
}

/// A page of all rows.
pub(super) fn page(subject: &Subject<'_>, found: &mut Found) {
    let live = subject.has_trash();
    let is_ordering = |column: &&Column| column.not_null && is_date(&column.data_type);
    // By the time of creation where an index has that, else by the key.
    let times = subject.relation.columns().iter().filter(is_ordering).filter(|column| {
        let order = [(column.name.as_str(), true)];
        serving::best(subject, &Wanted { equal: &[], order: &order, live }).is_some()
    });
    match times.min_by_key(|column| column.name != "created_at") {
        Some(column) => list(subject, Draft::new(subject), &[], Some((&column.name, true)), None, found),
        None => list(subject, Draft::new(subject), &[], None, None, found),
    }
}

/// The rows that belong to one of another table.
pub(super) fn by_foreign_keys(subject: &Subject<'_>, found: &mut Found) {
    let Some(table) = subject.table() else { return };
    for (constraint, key) in table.foreign_keys() {
        let Some(columns) = subject.columns(&constraint.columns) else { continue };
        let mut draft = Draft::new(subject);
        columns.iter().for_each(|column| draft.equals(column));
        let of = singular(&key.references.name);
        let by = match constraint.columns.as_slice() {
            [column] if *column == format!("{of}_id") => String::new(),
            columns => format!(" ({})", columns.join(", ")),
        };
        let title =
            if key.references == table.name { format!("Rows below one{by}") } else { format!("Rows of one {of}{by}") };
        list(subject, draft, &constraint.columns, None, Some(title), found);
    }
}

/// A page of the rows that the draft's conditions leave, in the order that the best index gives.
fn list(
    subject: &Subject<'_>,
    mut draft: Draft<'_, '_>,
    equal: &[String],
    order: Option<(&str, bool)>,
    title: Option<String>,
    found: &mut Found,
) {
    let live = subject.has_trash();
    draft.live();
    let equal: Vec<&str> = equal.iter().map(String::as_str).collect();
    let first = order.map(|(column, descending)| (column.to_owned(), descending));
    let first = first.or_else(|| following(subject, &equal, live));
    let order = with_key(subject, &equal, first.clone());
    let wanted_order: Vec<(&str, bool)> = order.iter().map(|(column, down)| (column.as_str(), *down)).collect();
    let served = serving::best(subject, &Wanted { equal: &equal, order: &wanted_order, live });
    let title = title.unwrap_or_else(|| "A page of all rows".to_owned());
    let title = format!("{title}{}", in_order(subject, first.as_ref()));
    found.add(shape(&equal, first.as_slice()), || {
        draft.page(
            title,
            &order,
            served.map(|index| index.name.clone()),
            equal.is_empty() && served.is_none() && !subject.calls_functions(),
        )
    });
}

/// What comes after the columns that are asked for in the best index for them.
fn following(subject: &Subject<'_>, equal: &[&str], live: bool) -> Option<(String, bool)> {
    if equal.is_empty() {
        return None;
    }
    // By when it was made rather than by when it was changed, if indexes offer both.
    let columns = ["created_at"].into_iter().filter(|name| subject.column(name).is_some_and(|column| column.not_null));
    for column in columns {
        let order = [(column, true)];
        let wanted = Wanted { equal, order: &order, live };
        let index = serving::best(subject, &wanted);
        if index.is_some_and(|index| next_key(index, equal).is_some_and(|(name, _)| name == column)) {
            return Some((column.to_owned(), true));
        }
    }
    let index = serving::best(subject, &Wanted { equal, order: &[], live })?;
    let (name, descending) = next_key(index, equal)?;
    let column = subject.column(name)?;
    (orders(column) || column.not_null && is_text(&column.data_type)).then(|| (name.to_owned(), descending))
}

/// The first key of an index that is not asked for, if all before it are, and all that are asked for are before it.
fn next_key<'i>(index: &'i Index, equal: &[&str]) -> Option<(&'i str, bool)> {
    let is_equal = |name: &&str| equal.contains(name);
    (index.leading_columns().take_while(is_equal).count() == equal.len()).then_some(())?;
    let key = index.keys.get(equal.len())?;
    match &key.target {
        IndexTarget::Column(name) => Some((name, key.descending)),
        IndexTarget::Expression(_) => None,
    }
}

/// The order, made complete by the primary key so that no two rows are equal in it.
fn with_key(subject: &Subject<'_>, equal: &[&str], first: Option<(String, bool)>) -> Vec<(String, bool)> {
    let descending = first.as_ref().is_some_and(|(_, descending)| *descending);
    let mut order: Vec<(String, bool)> = first.into_iter().collect();
    for column in subject.relation.primary_key() {
        if !equal.contains(&column.as_str()) && !order.iter().any(|(ordered, _)| ordered == column) {
            order.push((column.clone(), descending));
        }
    }
    order
}

impl Draft<'_, '_> {
    /// A page by keyset, where the order allows it.
    fn page(
        mut self,
        title: String,
        order: &[(String, bool)],
        served_by: Option<String>,
        reads_all: bool,
    ) -> super::Candidate {
        let borrowed: Vec<(&str, bool)> = order.iter().map(|(column, down)| (column.as_str(), *down)).collect();
        let columns = self.columns_of(&borrowed);
        let never_null = columns.iter().all(|column| column.not_null);
        let title = match borrowed.first() {
            Some((_, descending)) if never_null && columns.len() == borrowed.len() => {
                self.after(&columns, *descending);
                format!("{title}, the next page")
            }
            _ => title,
        };
        self.rows(Rows { title, order: &borrowed, limit: Some(PAGE), reads_all, served_by, single: false })
    }
}

/// A row together with the rows that point at it.
pub(super) fn with_children(subject: &Subject<'_>, found: &mut Found) {
    let Some(table) = subject.table() else { return };
    let Some(columns) = subject.columns(table.primary_key()).filter(|columns| !columns.is_empty()) else { return };
    let mut children: Vec<&ForeignKeyRef<'_>> = subject
        .queries
        .referring
        .get(&table.name)
        .into_iter()
        .flatten()
        .filter(|it| it.table.name != table.name)
        .collect();
    // What is part of it before what only mentions it.
    children.sort_by_key(|child| {
        let is_part =
            child.constraint.columns.iter().all(|column| child.table.column(column).is_some_and(|c| c.not_null));
        (!is_part, child.table.name.schema != table.name.schema)
    });
    for child in children.into_iter().take(CHILDREN) {
        let mut draft = Draft::new(subject);
        let mut conditions = Vec::new();
        for column in &columns {
            let at = draft.value_of(column);
            conditions.push(format!("p.{} = ${}", ident(&column.name), at + 1));
        }
        if subject.has_trash() {
            conditions.push("p.deleted_at is null".to_owned());
        }
        let pairs = child.constraint.columns.iter().zip(&child.key.referenced_columns);
        let mut on: Vec<String> =
            pairs.map(|(column, referenced)| format!("c.{} = p.{}", ident(column), ident(referenced))).collect();
        let child_subject = Subject { queries: subject.queries, relation: Relation::Table(child.table) };
        if child_subject.has_trash() {
            on.push("c.deleted_at is null".to_owned());
        }
        let order: Vec<String> =
            child.table.primary_key().iter().map(|column| format!("c.{}", ident(column))).collect();
        let order = if order.is_empty() { String::new() } else { format!(" order by {}", order.join(", ")) };
        let called = child.table.name.name.as_str();
        let sql = format!(
            "select p.*, (\n  select coalesce(json_agg(c{order}), '[]')\n  from {} as c\n  where {}\n) as {}\nfrom {} as p\nwhere {}",
            child.table.name,
            on.join("\n    and "),
            ident(called),
            table.name,
            conditions.join("\n  and "),
        );
        let equal: Vec<&str> = child.constraint.columns.iter().map(String::as_str).collect();
        let live = child_subject.has_trash();
        let served = serving::best(&child_subject, &Wanted { equal: &equal, order: &[], live });
        let by = match child.constraint.columns.as_slice() {
            [column] if *column == format!("{}_id", singular(&table.name.name)) => String::new(),
            columns => format!(" ({})", columns.join(", ")),
        };
        let parts = Parts {
            title: format!("A row with its {called}{by}"),
            sql,
            writes: false,
            reads_all: false,
            served_by: served.map(|index| index.name.clone()),
            // The API embeds nothing yet.
            request: None,
            typescript: None,
        };
        found.add(format!("children {} {}", child.table.name, child.constraint.name), || draft.finish(parts));
    }
}

/// What else the B-tree and hash indexes are there for.
pub(super) fn by_indexes(subject: &Subject<'_>, found: &mut Found) {
    for index in subject.indexes().filter(|index| !index.unique && matches!(index.method.as_str(), "btree" | "hash")) {
        by_index(subject, index, found);
    }
}

fn by_index(subject: &Subject<'_>, index: &Index, found: &mut Found) {
    let leading: Vec<&str> = index.leading_columns().collect();
    let Some(columns) = subject.columns(&leading) else { return };
    let mut draft = Draft::new(subject);
    let by_pattern = index.keys.first().and_then(|key| key.opclass.as_ref());
    let (Some(last), is_whole) = (columns.last(), leading.len() == index.keys.len()) else {
        // An expression leads.
        if let Some(IndexTarget::Expression(sql)) = index.keys.first().map(|key| &key.target) {
            let (called, sql) = (expression_name(sql), crate::sql::normalise(sql.clone()));
            let at = draft.parameter(&called, "", ValueFrom::Row(format!("({sql})")));
            draft.condition(format!("{} = ${}", bracketed(&sql), at + 1), None, None);
            draft.rows_of(index);
            found.add(format!("{sql} {:?}", index.predicate), || draft.found_by(format!("By {called}"), &[], index));
        }
        return;
    };
    if let ([column], Some(opclass)) = (columns.as_slice(), by_pattern) {
        if opclass.name.ends_with("_pattern_ops") {
            return super::search::by_beginning(subject, column, index, found);
        }
        return;
    }
    let by_order = is_whole && orders(last) && index.method == "btree";
    let key =
        |equal: &[&str], order: &[(String, bool)]| format!("{}{}", shape(equal, order), only(index, equal).concat());
    let descending = index.keys.last().is_some_and(|key| key.descending);
    if by_order && columns.len() == 1 {
        draft.between(last);
        draft.rows_of(index);
        // The latest of a time range is what is looked for, whichever way the index is read.
        let order = vec![(last.name.clone(), descending || is_date(&last.data_type))];
        let what = if is_trash(subject, index) { "What is in the trash, from" } else { "From" };
        let title = format!(
            "{what} one {} to another{}{}",
            last.name,
            in_order(subject, order.first()),
            beyond(index, &[&last.name, "deleted_at"])
        );
        found.add(key(&[], &order), || draft.found_by(title, &order, index));
        return;
    }
    let equal = if by_order { leading.split_last().map_or(&[][..], |(_, equal)| equal) } else { &leading[..] };
    for column in columns.iter().take(equal.len()) {
        draft.equals(column);
    }
    draft.rows_of(index);
    let first = by_order.then(|| (last.name.clone(), descending));
    let known: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let title = format!("By {}{}{}", listed(equal), in_order(subject, first.as_ref()), beyond(index, &known));
    let order = with_key(subject, equal, first.clone());
    let order = if first.is_none() && !is_whole { Vec::new() } else { order };
    found.add(key(equal, first.as_slice()), || {
        if by_order {
            draft.page(title, &order, Some(index.name.clone()), false)
        } else {
            draft.found_by(title, &order, index)
        }
    });
}

impl Draft<'_, '_> {
    /// Rows that an index finds.
    pub(super) fn found_by(self, title: String, order: &[(String, bool)], index: &Index) -> super::Candidate {
        let order: Vec<(&str, bool)> = order.iter().map(|(column, down)| (column.as_str(), *down)).collect();
        let served_by = Some(index.name.clone());
        self.rows(Rows { title, order: &order, limit: Some(PAGE), served_by, ..Rows::default() })
    }

    /// `column >= $1 and column < $2`
    pub(super) fn between(&mut self, column: &Column) -> (usize, usize) {
        let value = || ValueFrom::Column(column.name.clone());
        let from = self.parameter(&format!("{}_from", column.name), &column.data_type.sql, value());
        self.compare(column, ">=", "gte", "gte", from);
        let to = self.parameter(&format!("{}_to", column.name), &column.data_type.sql, value());
        self.compare(column, "<", "lt", "lt", to);
        (from, to)
    }
}

/// How many rows there are of each of a few values.
pub(super) fn counts(subject: &Subject<'_>, found: &mut Found) {
    let Some(column) = subject.relation.columns().iter().find(|column| is_status(subject, column)) else { return };
    let live = subject.has_trash();
    let equal = [column.name.as_str()];
    let served = serving::best(subject, &Wanted { equal: &equal, order: &[], live }).map(|index| index.name.clone());
    let name = ident(&column.name);

    let mut draft = Draft::new(subject);
    draft.live();
    let sql = format!(
        "select {name}, count(*)\nfrom {}{}\ngroup by {name}\norder by {name}",
        subject.relation.name(),
        draft.where_clause()
    );
    let parts = Parts {
        title: format!("How many rows of each {}", column.name),
        sql,
        writes: false,
        reads_all: true,
        served_by: served.clone(),
        // The API groups nothing yet.
        request: None,
        typescript: None,
    };
    found.add("count each".to_owned(), || draft.finish(parts));

    let mut draft = Draft::new(subject);
    draft.equals(column);
    draft.live();
    let sql = format!("select count(*)\nfrom {}{}", subject.relation.name(), draft.where_clause());
    let (mut request, mut typescript) = (None, None);
    if draft.is_asked_for("SELECT") {
        request = draft.request("HEAD", Vec::new(), vec![("Prefer", "count=exact".to_owned())], None);
        typescript = draft.filters().and_then(|filters| {
            let mut calls = vec![".select('*', { count: 'exact', head: true })".to_owned()];
            calls.extend(filters);
            draft.typescript("count, error", &calls)
        });
    }
    let parts = Parts {
        title: format!("How many rows of one {}", column.name),
        sql,
        writes: false,
        reads_all: served.is_none(),
        served_by: served,
        request,
        typescript,
    };
    found.add("count one".to_owned(), || draft.finish(parts));
}

/// Whether a column holds one of a few values that rows go through.
fn is_status(subject: &Subject<'_>, column: &Column) -> bool {
    let few = column.data_type.kind == TypeKind::Enum && !column.data_type.array;
    let listed = subject.table().is_some_and(|table| {
        table.constraints.values().any(|constraint| match &constraint.kind {
            ConstraintKind::Check { expression, .. } => {
                constraint.columns == [column.name.clone()] && expression.contains("= ANY (")
            }
            _ => false,
        })
    });
    let called = ["status", "state", "stage", "phase"]
        .iter()
        .any(|word| column.name == *word || column.name.strip_suffix(word).is_some_and(|before| before.ends_with('_')));
    called && (few || listed || is_text(&column.data_type) || column.data_type.kind == TypeKind::Domain)
}

/// Whether rows are put in order by such a column rather than found by its value.
fn orders(column: &Column) -> bool {
    let named = ["name", "title", "label", "position", "sort_order", "priority", "rank"]
        .iter()
        .any(|word| column.name == *word || column.name.strip_suffix(word).is_some_and(|before| before.ends_with('_')));
    let is_key = column.name == "id" || column.name.ends_with("_id");
    is_date(&column.data_type)
        || (is_number(&column.data_type) && !is_key)
        || (named && (is_text(&column.data_type) || is_number(&column.data_type)))
}

/// `, latest created_at first`
fn in_order(subject: &Subject<'_>, first: Option<&(String, bool)>) -> String {
    let Some((name, descending)) = first else { return String::new() };
    let is_time = subject.column(name).is_some_and(|column| is_date(&column.data_type));
    match (is_time, descending) {
        (true, true) => format!(", latest {name} first"),
        (true, false) => format!(", earliest {name} first"),
        (false, true) => format!(", highest {name} first"),
        (false, false) => format!(", in order of {name}"),
    }
}

/// What of an index's condition does not follow from these columns having a value and from leaving deleted rows out.
fn only(index: &Index, known: &[&str]) -> Vec<String> {
    let parts = index.predicate.as_deref().map(predicate::parts).unwrap_or_default();
    let follows = |part: &Part| match part {
        Part::IsNull(column) => column == "deleted_at",
        Part::IsNotNull(column) => known.contains(&column.as_str()),
        _ => false,
    };
    parts.into_iter().filter(|(part, _)| !follows(part)).map(|(_, sql)| sql).collect()
}

/// That an index holds a part of the rows only, in words.
fn beyond(index: &Index, known: &[&str]) -> &'static str {
    if only(index, known).is_empty() { "" } else { ", of a part of the rows" }
}

/// Whether an index is one of deleted rows.
fn is_trash(subject: &Subject<'_>, index: &Index) -> bool {
    let parts = index.predicate.as_deref().map(predicate::parts).unwrap_or_default();
    subject.has_trash() && parts.iter().any(|(part, _)| *part == Part::IsNotNull("deleted_at".to_owned()))
}

/// `a`, `a and b`, `a, b and c`
pub(super) fn listed(names: &[impl AsRef<str>]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.as_ref().to_owned(),
        Some((last, others)) => {
            let others: Vec<&str> = others.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", others.join(", "), last.as_ref())
        }
    }
}

/// What tells two lists apart: the columns that are asked for, and the first that they are ordered by.
fn shape(equal: &[impl AsRef<str>], order: &[(String, bool)]) -> String {
    let mut equal: Vec<&str> = equal.iter().map(AsRef::as_ref).collect();
    equal.sort_unstable();
    format!("{equal:?} {order:?}")
}

/// What a parameter that equals an expression is called: `lower(email)` → `lower_email`.
pub(super) fn expression_name(sql: &str) -> String {
    let short = sql.split("::").next().unwrap_or(sql);
    let words: Vec<&str> =
        short.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).take(3).collect();
    if words.is_empty() { "value".to_owned() } else { words.join("_").to_lowercase() }
}

/// An expression as an operand.
pub(super) fn bracketed(sql: &str) -> String {
    let is_call =
        sql.ends_with(')') && sql.split('(').next().is_some_and(|name| !name.is_empty() && !name.contains(' '));
    if is_call || sql.starts_with('(') { sql.to_owned() } else { format!("({sql})") }
}

/// A condition of the query string on a column, up to its value.
pub(super) fn rest_operator(column: &Column, operator: &str, at: usize) -> Vec<Piece> {
    vec![text(format!("{}={operator}.", encoded(&rest_name(&column.name)))), Piece::Value(at)]
}
