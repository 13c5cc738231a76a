//! Personal data in the keys of findings is masked by the server, so that it never gets here in clear.
//!
//! What a column holds is said by its tags, and the tags are looked for wherever they may be: on the column, on the same
//! column of the partitioned table or parent, on the key it points at, and on its domain. Reports go to terminals, logs and
//! tickets, so in doubt a value is masked.

use super::selection::lineage;
use crate::{Ident, Literal, QualifiedName};
use howdah_schema::Catalog;
use howdah_schema::catalog::{Column, Comment, Table, TypeKind};
use howdah_schema::tags::Mask;
use std::collections::BTreeSet;

/// What stands for a value that is not shown at all.
const HIDDEN: &str = "***";

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Clear,
    Masked(Mask),
    Hidden,
}

/// What decides how values are shown.
#[derive(Debug)]
pub(super) struct Masks<'a> {
    catalog: &'a Catalog,
    /// Mixed into every hash: the same value has the same hash in one report, and no list of hashes undoes it.
    salt: String,
}

impl<'a> Masks<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, salt: format!("{:032x}", rand::random::<u128>()) }
    }

    /// SQL for the text of a column's value, which `value` is SQL for.
    pub(super) fn column(&self, table: &QualifiedName, column: &str, value: &str) -> String {
        self.render(self.shown(table, column, &mut BTreeSet::new()), self.kind(table, column), value)
    }

    /// SQL for the text of an expression over a table's columns. Which ones it reads is not known here, so it is shown in
    /// clear only where no column of the table is personal.
    pub(super) fn expression(&self, table: &QualifiedName, value: &str) -> String {
        let columns = self.catalog.tables.get(table).map(|table| table.columns.as_slice());
        let personal = columns.is_none_or(|columns| {
            columns.iter().any(|column| self.shown(table, &column.name, &mut BTreeSet::new()) != Shown::Clear)
        });
        let shown = if personal { Shown::Masked(Mask::Hash) } else { Shown::Clear };
        self.render(shown, Kind::Other, value)
    }

    fn shown(&self, table: &QualifiedName, column: &str, seen: &mut BTreeSet<(QualifiedName, String)>) -> Shown {
        if !seen.insert((table.clone(), column.to_owned())) {
            return Shown::Clear;
        }
        let Some(found) = self.catalog.tables.get(table) else { return self.of_view(table, column) };
        let parents = lineage(self.catalog, table).chain(&found.inherits);
        let tagged = parents.filter_map(|name| self.catalog.tables.get(name)?.column(column));
        if let Some(shown) = tagged.map(|column| self.of_column(column)).find(|shown| *shown != Shown::Clear) {
            return shown;
        }
        let pointed_at = found.foreign_keys().flat_map(|(constraint, key)| {
            let pairs = constraint.columns.iter().zip(&key.referenced_columns);
            pairs.filter(|(own, _)| *own == column).map(move |(_, referenced)| (&key.references, referenced))
        });
        pointed_at
            .map(|(table, column)| self.shown(table, column, seen))
            .find(|shown| *shown != Shown::Clear)
            .unwrap_or(Shown::Clear)
    }

    /// The columns of a materialized view have the tags of no table. Numbers and UUIDs are keys; the rest may be anything.
    fn of_view(&self, view: &QualifiedName, column: &str) -> Shown {
        let found =
            self.catalog.views.get(view).and_then(|view| view.columns.iter().find(|found| found.name == column));
        match found {
            Some(found) if self.of_column(found) != Shown::Clear => self.of_column(found),
            Some(found) if matches!(found.data_type.name.name.as_str(), "int2" | "int4" | "int8" | "uuid") => {
                Shown::Clear
            }
            _ => Shown::Masked(Mask::Hash),
        }
    }

    fn of_column(&self, column: &Column) -> Shown {
        let domain = self.catalog.domains.get(&column.data_type.name).map(|domain| by_tags(&domain.comment));
        match by_tags(&column.comment) {
            Shown::Clear => domain.unwrap_or(Shown::Clear),
            shown => shown,
        }
    }

    fn kind(&self, table: &QualifiedName, column: &str) -> Kind {
        let of_table = self.catalog.tables.get(table).and_then(|table: &Table| table.column(column));
        of_table.map_or(Kind::Other, |column| Kind::of(self.catalog, column))
    }

    fn render(&self, shown: Shown, kind: Kind, value: &str) -> String {
        let hidden = Literal::from(HIDDEN);
        let hash = || {
            let salt = Literal::from(self.salt.as_str());
            // To text and back to bytes, so that it works for every type.
            format!("'#' || left(encode(sha256(convert_to({salt} || ({value})::text, 'UTF8')), 'hex'), 12)")
        };
        let text = format!("({value})::text");
        match shown {
            Shown::Clear => text,
            Shown::Hidden | Shown::Masked(Mask::Null) => format!("case when {text} is not null then {hidden} end"),
            Shown::Masked(Mask::Email) => format!(
                "case when strpos({text}, '@') > 1 then left({text}, 1) || '***@' || split_part({text}, '@', 2) \
                 when {text} is not null then {hidden} end"
            ),
            Shown::Masked(Mask::Phone) => last(&text, 2),
            Shown::Masked(Mask::LastFour) => last(&text, 4),
            Shown::Masked(Mask::Name) => {
                format!(r"regexp_replace({text}, '([[:alnum:]])[^[:space:]-]*', '\1.', 'g')")
            }
            Shown::Masked(Mask::Range) if kind == Kind::Date => format!("to_char({value}, 'YYYY')"),
            Shown::Masked(Mask::Range) if kind == Kind::Number => {
                format!("(floor(({value})::numeric / 10) * 10)::text || '+'")
            }
            Shown::Masked(Mask::Geo) if kind == Kind::Number => format!("round(({value})::numeric, 0)::text"),
            Shown::Masked(Mask::Geo) => format!("case when {text} is not null then {hidden} end"),
            Shown::Masked(Mask::Auto | Mask::Hash | Mask::Range) => hash(),
        }
    }
}

/// The end of a long value; nothing of a short one.
fn last(text: &str, characters: u32) -> String {
    let hidden = Literal::from(HIDDEN);
    format!(
        "case when char_length({text}) >= 8 then {hidden} || right({text}, {characters}) \
         when {text} is not null then {hidden} end"
    )
}

fn by_tags(comment: &Comment) -> Shown {
    let tags = comment.tags();
    if tags.encrypt || tags.blind_index {
        return Shown::Hidden;
    }
    match (tags.mask, &tags.pii) {
        (Some(Mask::Auto), pii) => Shown::Masked(pii.as_ref().map_or(Mask::Hash, |pii| by_kind(pii.kind.as_deref()))),
        (Some(mask), _) => Shown::Masked(mask),
        (None, Some(pii)) => Shown::Masked(by_kind(pii.kind.as_deref())),
        // A tag that is not understood (`@pii-email`, `@mask emial`) may be one of these: then a value is not shown.
        (None, None) if comment.errors().iter().any(|error| is_like_ours(&error.tag)) => Shown::Hidden,
        (None, None) => Shown::Clear,
    }
}

fn is_like_ours(tag: &str) -> bool {
    ["pii", "mask", "encrypt", "blind"].iter().any(|ours| tag.to_lowercase().starts_with(ours))
}

fn by_kind(kind: Option<&str>) -> Mask {
    match kind {
        Some("email") => Mask::Email,
        Some("phone") => Mask::Phone,
        Some("name") => Mask::Name,
        _ => Mask::Hash,
    }
}

/// What some masks need to know of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Date,
    Other,
}

impl Kind {
    fn of(catalog: &Catalog, column: &Column) -> Self {
        let data_type = &column.data_type;
        if data_type.array {
            return Self::Other;
        }
        let mut under = data_type;
        while under.kind == TypeKind::Domain {
            match catalog.domains.get(&under.name) {
                Some(domain) if !domain.base.array => under = &domain.base,
                _ => return Self::Other,
            }
        }
        match under.name.name.as_str() {
            "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" => Self::Number,
            "date" | "timestamp" | "timestamptz" => Self::Date,
            _ => Self::Other,
        }
    }
}

/// SQL for what tells a row of `table` apart: names, and SQL for each value's text. `row` is the alias that its columns
/// are qualified with.
pub(super) fn row_key(masks: &Masks<'_>, table: &QualifiedName, row: &str) -> Vec<(String, String)> {
    let key = masks.catalog.tables.get(table).and_then(|table| {
        let keys = table.unique_keys();
        let not_null =
            |key: &&Vec<&str>| key.iter().all(|column| table.column(column).is_some_and(|column| column.not_null));
        keys.iter().find(not_null).map(|key| key.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>())
    });
    match key {
        Some(columns) => columns
            .into_iter()
            .map(|column| {
                let value = format!("{row}.{}", Ident::new(column.as_str()));
                let sql = masks.column(table, &column, &value);
                (column, sql)
            })
            .collect(),
        // Without a key there is only the row's place, which holds until it is changed.
        None => vec![("ctid".to_owned(), format!("{row}.ctid::text"))],
    }
}
