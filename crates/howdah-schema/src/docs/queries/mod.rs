//! The queries that an application is likely to need of a table or view, made from its keys and indexes.
//!
//! Each is written three times: as SQL, as a request of the data API, and for `@supabase/supabase-js`. What the API does not
//! do (embedding, grouping, upserts) is left out there rather than shown. A [`Candidate`] also says where values for its
//! parameters are found, so that whoever has a database can run it before anybody reads it; nothing here runs anything.

mod draft;
mod names;
mod pattern;
mod predicate;
mod read;
mod search;
mod serving;
pub mod specimen;
mod write;

use super::CommonQuery;
use crate::catalog::{Catalog, Column, DataType, ForeignKeyRef, Index, ObjectId, Relation, Table};
use crate::{Ident, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};

/// How many rows a page of a list has.
const PAGE: u32 = 50;

/// A query that has not been run yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The table or view it is about.
    pub relation: QualifiedName,
    /// What is shown.
    pub query: CommonQuery,
    /// Whether it changes rows.
    pub writes: bool,
    /// Whether it looks at all rows whatever its parameters are: nothing to run on somebody's large table.
    pub reads_all: bool,
    /// Where a value for each of its parameters comes from, in order.
    pub values: Vec<ValueFrom>,
    /// What the variable for each of its parameters is called in TypeScript.
    pub variables: Vec<String>,
    /// The type of each of its parameters as SQL; `unknown` where only the server knows.
    pub types: Vec<String>,
    /// The request that is shown, ready to have values put in.
    pub request: Option<Request>,
}

impl Candidate {
    /// Whether it makes a new row.
    pub fn is_insert(&self) -> bool {
        self.writes && self.query.sql.starts_with("insert")
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueFrom {
    /// The column of this name.
    Column(String),
    /// An expression over a row of the relation, as SQL.
    Row(String),
}

impl ValueFrom {
    /// As SQL over a row of the relation.
    pub fn expression(&self) -> String {
        match self {
            Self::Column(name) => ident(name).to_string(),
            Self::Row(sql) => format!("({sql})"),
        }
    }
}

/// A request of the data API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: &'static str,
    /// Path and query string.
    target: Vec<Piece>,
    /// Beside the token.
    pub headers: Vec<(&'static str, String)>,
    /// The members of the JSON object that is sent: the columns, and which parameter is the value of each.
    pub body: Option<Vec<(String, usize)>>,
}

/// A piece of a request's target.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// As it is.
    Text(String),
    /// The value of this parameter, percent-encoded.
    Value(usize),
    /// The same between double quotes of the protocol.
    Quoted(usize),
}

impl Request {
    /// Path and query string with these values in it; `None` if one of those that it needs is missing.
    pub fn target(&self, values: &[Option<String>]) -> Option<String> {
        let value = |at: &usize| values.get(*at)?.as_deref();
        let mut target = String::new();
        for piece in &self.target {
            match piece {
                Piece::Text(text) => target.push_str(text),
                Piece::Value(at) => target.push_str(&names::encoded(value(at)?)),
                Piece::Quoted(at) => target.push_str(&names::encoded(&names::quoted(value(at)?))),
            }
        }
        Some(target)
    }
}

/// Makes queries; knows what points at what.
#[derive(Debug)]
pub struct Queries<'a> {
    catalog: &'a Catalog,
    /// The first is the default one.
    api_schemas: &'a [String],
    referring: BTreeMap<&'a QualifiedName, Vec<ForeignKeyRef<'a>>>,
}

impl<'a> Queries<'a> {
    /// For the relations of a catalog; those in `api_schemas` are reached over HTTP.
    pub fn new(catalog: &'a Catalog, api_schemas: &'a [String]) -> Self {
        let mut referring: BTreeMap<&QualifiedName, Vec<ForeignKeyRef<'_>>> = BTreeMap::new();
        for table in catalog.tables.values().filter(|table| table.partition_of.is_none()) {
            for (constraint, key) in table.foreign_keys() {
                referring.entry(&key.references).or_default().push(ForeignKeyRef { table, constraint, key });
            }
        }
        Self { catalog, api_schemas, referring }
    }

    /// What is commonly asked of a relation, in the order in which it is shown. Of a partition nothing: one asks its parent.
    pub fn of(&self, relation: Relation<'a>) -> Vec<Candidate> {
        if relation.table().is_some_and(|table| table.partition_of.is_some()) || relation.columns().is_empty() {
            return Vec::new();
        }
        let subject = Subject { queries: self, relation };
        let mut found = Found::default();
        read::by_keys(&subject, &mut found);
        read::page(&subject, &mut found);
        read::by_foreign_keys(&subject, &mut found);
        read::with_children(&subject, &mut found);
        read::by_indexes(&subject, &mut found);
        search::by_indexes(&subject, &mut found);
        read::counts(&subject, &mut found);
        write::all(&subject, &mut found);
        found.candidates
    }
}

/// What is commonly asked of one relation; see [`Queries`] for many.
pub fn common(catalog: &Catalog, relation: Relation<'_>, api_schemas: &[String]) -> Vec<Candidate> {
    let Some(relation) = catalog.relation(&relation.name().schema, &relation.name().name) else { return Vec::new() };
    Queries::new(catalog, api_schemas).of(relation)
}

/// The relation that queries are made for.
struct Subject<'a> {
    queries: &'a Queries<'a>,
    relation: Relation<'a>,
}

impl<'a> Subject<'a> {
    fn table(&self) -> Option<&'a Table> {
        self.relation.table()
    }

    fn column(&self, name: &str) -> Option<&'a Column> {
        self.relation.column(name)
    }

    fn columns(&self, names: &[impl AsRef<str>]) -> Option<Vec<&'a Column>> {
        names.iter().map(|name| self.column(name.as_ref())).collect()
    }

    /// Those that can be searched by, in the order of their names.
    fn indexes(&self) -> impl Iterator<Item = &'a Index> + use<'a> {
        let indexes = match self.relation {
            Relation::Table(table) => &table.indexes,
            Relation::View(view) => &view.indexes,
        };
        indexes.values().filter(|index| index.valid)
    }

    /// Whether rows are marked as deleted rather than removed: the same that the data API goes by.
    fn has_trash(&self) -> bool {
        self.column("deleted_at").is_some_and(is_trash_mark)
    }

    /// Whether it calls functions, itself or in a view that it reads: only running it tells whether these still work.
    fn calls_functions(&self) -> bool {
        let Relation::View(view) = self.relation else { return false };
        let mut seen = BTreeSet::new();
        let mut ahead = vec![ObjectId::View(view.name.clone())];
        while let Some(next) = ahead.pop() {
            for needed in self.queries.catalog.dependencies.of(&next) {
                match needed {
                    ObjectId::Function(_) => return true,
                    ObjectId::View(_) if seen.insert(needed.clone()) => ahead.push(needed.clone()),
                    _ => {}
                }
            }
        }
        false
    }

    /// Whether anybody beside its owner was given this privilege, be it on one column: else no request gets through.
    fn grants(&self, privilege: &str) -> bool {
        let owner = self.relation.owner();
        let of_columns = self.relation.columns().iter().flat_map(|column| &column.grants);
        let mut grants = self.relation.acl().grants.iter().chain(of_columns);
        grants.any(|grant| grant.grantee != owner && grant.privilege == privilege)
    }

    fn is_exposed(&self) -> bool {
        self.queries.api_schemas.contains(&self.relation.name().schema)
    }

    /// The profile to name, where it is not the default one.
    fn profile(&self) -> Option<&'a str> {
        let schema = self.relation.name().schema.as_str();
        (self.queries.api_schemas.first().map(String::as_str) != Some(schema)).then_some(schema)
    }
}

/// What has been made so far.
#[derive(Default)]
struct Found {
    candidates: Vec<Candidate>,
    /// What is being asked, so that nothing stands there twice: two indexes may be good for the same.
    asked: BTreeSet<String>,
}

impl Found {
    /// Keeps a query, unless the same is asked already.
    fn add(&mut self, asks: String, make: impl FnOnce() -> Candidate) {
        if self.asked.insert(asks) {
            self.candidates.push(make());
        }
    }
}

fn is_trash_mark(column: &Column) -> bool {
    let DataType { name, array, .. } = &column.data_type;
    column.name == "deleted_at"
        && !column.not_null
        && !array
        && name.schema == "pg_catalog"
        && name.name == "timestamptz"
}

fn ident(name: &str) -> Ident<'_> {
    Ident::new(name)
}

#[cfg(test)]
mod tests;
