//! The queries, and sending them all at once.

use crate::PgError;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{GenericClient, Row};

/// One query on the catalog. Its parameter is `$1 text[]`: schemas to read, or null.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    /// The file's name without `.sql`.
    pub name: &'static str,
    /// The file.
    pub sql: &'static str,
}

macro_rules! queries {
    ($($name:ident),* $(,)?) => {
        /// Every query that [`super::introspect`] sends.
        pub const QUERIES: &[Query] = &[
            $(Query { name: stringify!($name), sql: include_str!(concat!("sql/", stringify!($name), ".sql")) }),*
        ];

        /// What the queries returned.
        #[derive(Debug)]
        pub(super) struct Rows {
            $(pub(super) $name: Vec<Row>),*
        }

        /// Sends all queries without waiting between them.
        pub(super) async fn fetch<C: GenericClient + Sync>(
            client: &C,
            schemas: Option<&[String]>,
        ) -> Result<Rows, PgError> {
            let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&schemas, Type::TEXT_ARRAY)];
            // Polled in order, so sent in order, all before the first answer is waited for.
            let sent = QUERIES.iter().map(|query| client.query_typed(query.sql, &parameters));
            let mut answers = futures_util::future::join_all(sent).await.into_iter();
            let mut next = || answers.next().unwrap_or_else(|| Ok(Vec::new()));
            // After the first that fails, the others only say that the transaction is over.
            Ok(Rows { $($name: next()?),* })
        }
    };
}

queries!(
    version,
    acls,
    aggregates,
    casts,
    collations,
    columns,
    constraints,
    default_privileges,
    defined_collations,
    defined_types,
    dependencies,
    event_triggers,
    extensions,
    family_members,
    functions,
    indexes,
    memberships,
    not_nulls,
    opclasses,
    operator_classes,
    operator_families,
    operators,
    policies,
    publication_tables,
    publications,
    ranges,
    relations,
    roles,
    rules,
    schemas,
    search_configurations,
    search_dictionaries,
    search_mappings,
    sequences,
    statistics,
    triggers,
    types,
    unmodelled,
);
