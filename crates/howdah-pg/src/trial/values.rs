//! Values for the parameters of a query.

use crate::PgError;
use howdah_schema::Catalog;
use howdah_schema::catalog::Relation;
use howdah_schema::docs::queries::{Candidate, ValueFrom, specimen};
use std::fmt::Write as _;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

/// Values for the parameters of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// As text; `None` where there is no value of the type.
    pub text: Vec<Option<String>>,
    /// As JSON.
    pub json: Vec<Option<String>>,
    /// Where the row is that they are from (its `ctid`), if there is one and the query writes.
    pub row: Option<String>,
    /// Whether some are no row's, but made to fit the columns.
    pub made_up: bool,
}

/// Values from the row that has most of them. Those that it lacks are made up from the columns' types and CHECKs, so that one that
/// is missing in the end is of a type that nothing is known of. `nested` says that the client is in a transaction, which must not
/// be lost.
///
/// # Errors
/// The connection.
pub async fn values(
    client: &Client,
    catalog: &Catalog,
    candidate: &Candidate,
    nested: bool,
) -> Result<Values, PgError> {
    let mut values = Values::none(candidate);
    values.fill(client, candidate, &candidate.relation.to_string(), nested).await?;
    let missing = values.missing(candidate);
    if missing.is_empty() {
        return Ok(values);
    }
    let name = &candidate.relation;
    if let (true, Some(table)) = (candidate.writes, catalog.tables.get(name)) {
        let source = specimen::new_row(catalog, table, &columns(candidate, &missing), values.row.as_deref());
        values.made_up |= values.fill(client, candidate, &source, nested).await?;
    }
    if let Some(relation) = catalog.relation(&name.schema, &name.name) {
        values.made_up |= values.fill(client, candidate, &specimen::row(catalog, relation), nested).await?;
    }
    Ok(values)
}

/// Other values for a query that writes, where the rows refuse [`values`], the likelier first: for a new row those that no other
/// row has, for one that goes those of a row that nothing points at, and at last those of no row.
///
/// # Errors
/// The connection.
pub async fn others(
    client: &Client,
    catalog: &Catalog,
    candidate: &Candidate,
    nested: bool,
) -> Result<Vec<Values>, PgError> {
    let Some(table) = catalog.tables.get(&candidate.relation).filter(|_| candidate.writes) else {
        return Ok(Vec::new());
    };
    let all: Vec<usize> = (0..candidate.values.len()).collect();
    let sources = if candidate.is_insert() {
        vec![(specimen::new_row(catalog, table, &columns(candidate, &all), None), true)]
    } else {
        vec![(specimen::unreferenced(catalog, table), false), (specimen::row(catalog, Relation::Table(table)), true)]
    };
    let mut found = Vec::new();
    for (source, made_up) in sources {
        let mut values = Values { made_up, ..Values::none(candidate) };
        if values.fill(client, candidate, &source, nested).await? && values.missing(candidate).is_empty() {
            found.push(values);
        }
    }
    Ok(found)
}

/// The columns whose values these parameters are.
fn columns<'c>(candidate: &'c Candidate, parameters: &[usize]) -> Vec<&'c str> {
    let column = |at: &usize| match candidate.values.get(*at) {
        Some(ValueFrom::Column(name)) => Some(name.as_str()),
        _ => None,
    };
    let mut names: Vec<&str> = Vec::new();
    for name in parameters.iter().filter_map(column) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

impl Values {
    /// Nothing yet.
    fn none(candidate: &Candidate) -> Self {
        let none = vec![None; candidate.values.len()];
        Self { text: none.clone(), json: none, row: None, made_up: false }
    }

    fn missing(&self, candidate: &Candidate) -> Vec<usize> {
        let is_missing = |at: &usize| self.text.get(*at).is_none_or(Option::is_none);
        (0..candidate.values.len()).filter(is_missing).collect()
    }

    /// Takes what is missing from the row of a source that has most of it; whether that was anything.
    async fn fill(
        &mut self,
        client: &Client,
        candidate: &Candidate,
        source: &str,
        nested: bool,
    ) -> Result<bool, PgError> {
        let missing = self.missing(candidate);
        let wanted: Vec<(usize, String)> =
            missing.iter().filter_map(|at| Some((*at, candidate.values.get(*at)?.expression()))).collect();
        if wanted.is_empty() {
            return Ok(false);
        }
        let all: Vec<&str> = wanted.iter().map(|(_, expression)| expression.as_str()).collect();
        // Only a table has places.
        let is_table = candidate.writes && source == candidate.relation.to_string();
        let mut list = if is_table { "ctid::text" } else { "null::text" }.to_owned();
        for expression in &all {
            let _ = write!(list, ", ({expression})::text, to_json({expression})::text");
        }
        let sql = format!("select {list} from {source} order by num_nonnulls({}) desc limit 1", all.join(", "));
        let Some(row) = asked(client, &sql, nested).await? else { return Ok(false) };
        let cell = |at: usize| row.try_get(at).ok().flatten().map(str::to_owned);
        if is_table {
            self.row = cell(0);
        }
        let mut found = false;
        for (place, (at, _)) in wanted.iter().enumerate() {
            let (text, json) = (cell(1 + 2 * place), cell(2 + 2 * place));
            found |= text.is_some();
            if let (Some(kept), Some(shown)) = (self.text.get_mut(*at), self.json.get_mut(*at)) {
                (*kept, *shown) = (text, json);
            }
        }
        Ok(found)
    }
}

/// The first row of an answer; none if the server refuses the question, too.
async fn asked(client: &Client, sql: &str, nested: bool) -> Result<Option<SimpleQueryRow>, PgError> {
    // A search among values that fit together takes no longer than is worth it.
    const LIMIT: &str = "set local statement_timeout = '2s'";
    client.batch_execute(if nested { "savepoint howdah_values" } else { "begin" }).await?;
    let found = client.simple_query(&format!("{LIMIT}; {sql}")).await.map_err(PgError::from);
    client.batch_execute(if nested { "rollback to howdah_values" } else { "rollback" }).await?;
    match found {
        Ok(found) => Ok(found.into_iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        })),
        // What the query itself says of it is the better news.
        Err(PgError::Server(error)) if !error.ends_session() => {
            tracing::debug!(sql, error.sqlstate, error.message, "there are no values");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
