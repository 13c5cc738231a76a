//! What of the catalog the API serves, arranged for looking things up once a request.

use std::collections::HashMap;
use std::sync::Arc;

use howdah_http::ApiError;
use howdah_schema::catalog::{ConstraintKind, DataType, TypeKind};
use howdah_schema::{Catalog, QualifiedName, nearest};
use http::StatusCode;

/// A column as the API needs it.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// As SQL writes it, for casts of what a body brings.
    pub(crate) sql_type: String,
    /// Its text form goes into JSON as it is or as a string; anything else PostgreSQL turns into JSON itself.
    pub(crate) is_scalar: bool,
    pub(crate) is_tsvector: bool,
}

/// A constraint, for explaining its violation.
#[derive(Debug, Clone)]
pub(crate) struct Constraint {
    pub(crate) columns: Vec<String>,
    pub(crate) definition: String,
}

/// A table or view.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) name: QualifiedName,
    /// Quoted and with its schema.
    pub(crate) sql_name: String,
    pub(crate) columns: Vec<Column>,
    by_name: HashMap<String, usize>,
    pub(crate) primary_key: Vec<String>,
    /// Sets of columns that tell rows apart.
    unique_keys: Vec<Vec<String>>,
    pub(crate) constraints: HashMap<String, Constraint>,
    /// Has a nullable `deleted_at timestamptz`: deleting marks.
    pub(crate) has_soft_delete: bool,
}

impl Relation {
    pub(crate) fn find(&self, name: &str) -> Option<&Column> {
        self.by_name.get(name).and_then(|at| self.columns.get(*at))
    }

    /// A column that a filter, an order or a select names.
    pub(crate) fn column(&self, name: &str) -> Result<&Column, ApiError> {
        self.find(name).ok_or_else(|| {
            let message = format!("column {}.{name} does not exist", self.name.name);
            let hint = self
                .nearest_column(name)
                .map(|near| format!("Perhaps you meant to reference the column \"{}.{near}\".", self.name.name));
            ApiError::bad_request("42703", message).with_hint_if(hint)
        })
    }

    pub(crate) fn nearest_column(&self, name: &str) -> Option<&str> {
        nearest(name, self.columns.iter().map(|column| column.name.as_str()))
    }

    /// Whether equality on all of `columns` leaves one row at the most.
    pub(crate) fn is_unique(&self, columns: &[&str]) -> bool {
        self.unique_keys.iter().any(|key| key.iter().all(|column| columns.contains(&column.as_str())))
    }
}

/// The relations of the exposed schemas.
#[derive(Debug, Default)]
pub(crate) struct Exposed {
    schemas: Vec<String>,
    relations: HashMap<QualifiedName, Arc<Relation>>,
}

impl Exposed {
    pub(crate) fn new(catalog: &Catalog, schemas: &[String]) -> Self {
        let relations = catalog
            .relations()
            .filter(|relation| schemas.contains(&relation.name().schema))
            .map(|relation| (relation.name().clone(), Arc::new(exposed(catalog, relation))))
            .collect();
        Self { schemas: schemas.to_vec(), relations }
    }

    /// The schema that a profile header names, or the first.
    pub(crate) fn schema(&self, profile: Option<&str>) -> Result<&str, ApiError> {
        let Some(profile) = profile else { return Ok(self.schemas.first().map_or("public", String::as_str)) };
        self.schemas.iter().find(|schema| *schema == profile).map(String::as_str).ok_or_else(|| {
            let message = format!("Invalid schema: {profile}");
            ApiError::new(StatusCode::NOT_ACCEPTABLE, "PGRST106", message)
                .with_hint(format!("Only the following schemas are exposed: {}", self.schemas.join(", ")))
        })
    }

    pub(crate) fn relation(&self, schema: &str, name: &str) -> Result<Arc<Relation>, ApiError> {
        if let Some(relation) = self.relations.get(&QualifiedName::new(schema, name)) {
            return Ok(Arc::clone(relation));
        }
        let names = self.relations.keys().filter(|known| known.schema == schema);
        let hint = nearest(name, names.map(|known| known.name.as_str()))
            .map(|near| format!("Perhaps you meant the table '{schema}.{near}'"));
        let message = format!("Could not find the table '{schema}.{name}' in the schema cache");
        Err(ApiError::new(StatusCode::NOT_FOUND, "PGRST205", message).with_hint_if(hint))
    }

    pub(crate) fn relation_count(&self) -> usize {
        self.relations.len()
    }
}

fn exposed(catalog: &Catalog, relation: howdah_schema::Relation<'_>) -> Relation {
    let columns: Vec<Column> = relation
        .columns()
        .iter()
        .map(|column| Column {
            name: column.name.clone(),
            sql_type: column.data_type.sql.clone(),
            is_scalar: is_scalar(catalog, &column.data_type),
            is_tsvector: is_builtin(&column.data_type, "tsvector"),
        })
        .collect();
    let by_name = columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect();
    let has_soft_delete = relation
        .column("deleted_at")
        .is_some_and(|column| !column.not_null && is_builtin(&column.data_type, "timestamptz"));
    let table = relation.table();
    let unique_keys = table.map(|table| {
        let keys = table.unique_keys().into_iter();
        keys.map(|key| key.into_iter().map(str::to_owned).collect()).collect()
    });
    let constraints = table.into_iter().flat_map(|table| table.constraints.values());
    Relation {
        name: relation.name().clone(),
        sql_name: relation.name().to_string(),
        columns,
        by_name,
        primary_key: relation.primary_key().to_vec(),
        unique_keys: unique_keys.unwrap_or_default(),
        constraints: constraints.map(|constraint| (constraint.name.clone(), explained(constraint))).collect(),
        has_soft_delete,
    }
}

fn explained(constraint: &howdah_schema::catalog::Constraint) -> Constraint {
    let definition = match constraint.kind {
        ConstraintKind::PrimaryKey => "the primary key".to_owned(),
        _ => constraint.definition.clone(),
    };
    Constraint { columns: constraint.columns.clone(), definition }
}

fn is_builtin(data_type: &DataType, name: &str) -> bool {
    !data_type.array && data_type.name.schema == "pg_catalog" && data_type.name.name == name
}

/// Types whose text form the encoder knows how to put into JSON: numbers, truth values, dates, JSON itself, and what is
/// a string to PostgreSQL's `to_json` too. Arrays and composites are not, nor are types of extensions, which may have a
/// cast to JSON of their own.
fn is_scalar(catalog: &Catalog, data_type: &DataType) -> bool {
    if data_type.array {
        return false;
    }
    match data_type.kind {
        TypeKind::Base => data_type.name.schema == "pg_catalog",
        TypeKind::Enum => true,
        TypeKind::Domain => catalog.domains.get(&data_type.name).is_some_and(|domain| is_scalar(catalog, &domain.base)),
        _ => false,
    }
}
