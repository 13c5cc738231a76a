//! Which column of which table a view's column is, unchanged.
//!
//! The catalog of a view says what its columns are called, not where they come from. PostgreSQL's parser does note that,
//! for its own protocol: each entry of a query's target list carries the relation and the attribute that it merely hands
//! on, through joins, sub-selects and common table expressions. The rewrite rule of a view is that query as a node tree,
//! so it is read from there. A view that reads a view is followed down to the table.
//!
//! What it does not do: views over system catalogs (nothing refers to those), and columns that are computed, even by a
//! cast that changes nothing.

mod scanner;

use std::collections::HashMap;

use howdah_schema::QualifiedName;
use tokio_postgres::GenericClient;

use crate::PgError;

const QUERY: &str = include_str!("sql/view_origins.sql");

/// A column of a view or a materialized view that is a column of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewOrigin {
    /// The view.
    pub view: QualifiedName,
    /// Its column, as it is called now.
    pub column: String,
    /// The table, which may be partitioned or foreign; never a view.
    pub table: QualifiedName,
    /// The table's column.
    pub table_column: String,
}

/// A relation that is a view or that a view reads.
#[derive(Debug)]
struct Relation {
    name: QualifiedName,
    /// By attribute number from 1; `None` where one was dropped.
    columns: Vec<Option<String>>,
    /// What each attribute of a view hands on; `None` for a table.
    hands_on: Option<HashMap<i16, Attribute>>,
}

/// A relation's OID and the number of one of its attributes.
type Attribute = (u32, i16);

/// The origins of all views outside the system's schemas, ordered by view and by the place of the column in it. One query;
/// any role may call it.
///
/// # Errors
/// The connection breaks.
pub async fn view_origins<C: GenericClient + Sync>(client: &C) -> Result<Vec<ViewOrigin>, PgError> {
    let mut relations = HashMap::new();
    for row in client.query_typed(QUERY, &[]).await? {
        let action: Option<&str> = row.try_get("action")?;
        let hands_on = action.map(|action| {
            scanner::targets(action).map(|target| (target.number, (target.relation, target.attribute))).collect()
        });
        let name = QualifiedName::new(row.try_get::<_, String>("schema")?, row.try_get::<_, String>("name")?);
        let relation = Relation { name, columns: row.try_get("columns")?, hands_on };
        relations.insert(row.try_get("oid")?, relation);
    }
    Ok(resolve(&relations))
}

fn resolve(relations: &HashMap<u32, Relation>) -> Vec<ViewOrigin> {
    let mut views: Vec<_> = relations.values().filter_map(|view| Some((view, view.hands_on.as_ref()?))).collect();
    views.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
    let mut origins = Vec::new();
    for (view, hands_on) in views {
        for (column, number) in view.columns.iter().zip(1..) {
            if let Some(column) = column
                && let Some(attribute) = hands_on.get(&number)
                && let Some((table, table_column)) = trace(relations, *attribute)
            {
                let (view, table) = (view.name.clone(), table.name.clone());
                let (column, table_column) = (column.clone(), table_column.to_owned());
                origins.push(ViewOrigin { view, column, table, table_column });
            }
        }
    }
    origins
}

/// Follows views down to a table. A catalog can be made to hold views that read each other in a circle; no way down is
/// longer than there are relations.
fn trace(relations: &HashMap<u32, Relation>, mut attribute: Attribute) -> Option<(&Relation, &str)> {
    for _ in 0..relations.len() {
        let relation = relations.get(&attribute.0)?;
        match &relation.hands_on {
            Some(hands_on) => attribute = *hands_on.get(&attribute.1)?,
            None => {
                let index = usize::try_from(attribute.1).ok()?.checked_sub(1)?;
                return Some((relation, relation.columns.get(index)?.as_deref()?));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_of_views_ends() {
        let view = |name: &str, reads: u32| Relation {
            name: QualifiedName::new("public", name),
            columns: vec![Some("id".to_owned())],
            hands_on: Some(HashMap::from([(1, (reads, 1))])),
        };
        let relations = HashMap::from([(1, view("a", 2)), (2, view("b", 1))]);
        assert_eq!(resolve(&relations), []);
    }
}
