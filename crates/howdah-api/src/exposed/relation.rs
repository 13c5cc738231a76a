//! A table or view as the API needs it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use howdah_http::ApiError;
use howdah_schema::catalog::{CastMethod, ConstraintKind, DataType, Function, TypeKind};
use howdah_schema::{Catalog, Ident, QualifiedName, nearest};

use crate::audit;

/// A column as the API needs it.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The name as SQL writes it: a request writes it several times.
    pub(crate) quoted: String,
    /// As SQL writes it, for casts of what a body brings.
    pub(crate) sql_type: String,
    /// Its text form goes into JSON as it is or as a string; anything else PostgreSQL turns into JSON itself.
    pub(crate) is_scalar: bool,
    pub(crate) is_tsvector: bool,
    /// It never holds a null. Unknown of a view's column, hence false.
    pub(crate) not_null: bool,
    /// What a row gets that does not bring a value, as SQL.
    pub(crate) default: Option<String>,
    /// Of a column that a function computes from the row: that function, quoted and with its schema.
    pub(crate) computed_by: Option<String>,
    /// Of a domain with casts of its own: how it is shown and read.
    pub(crate) representation: Option<Representation>,
}

/// Functions behind a domain's casts, quoted and with their schema. PostgreSQL itself passes casts of domains over.
#[derive(Debug, Clone)]
pub(crate) struct Representation {
    pub(crate) to_json: Option<String>,
    pub(crate) from_json: Option<String>,
    pub(crate) from_text: Option<String>,
}

impl Representation {
    fn of(catalog: &Catalog, data_type: &DataType) -> Option<Self> {
        if data_type.kind != TypeKind::Domain || data_type.array {
            return None;
        }
        let cast = |source: &str, target: &str| {
            let cast = catalog.casts.get(&(source.to_owned(), target.to_owned()))?;
            match &cast.method {
                CastMethod::Function(function) => Some(function.name.to_string()),
                CastMethod::Inout | CastMethod::Binary => None,
            }
        };
        let domain = data_type.name.to_string();
        let found =
            Self { to_json: cast(&domain, "json"), from_json: cast("json", &domain), from_text: cast("text", &domain) };
        let has_any = found.to_json.is_some() || found.from_json.is_some() || found.from_text.is_some();
        has_any.then_some(found)
    }
}

/// Which writes a relation takes: by itself, or through triggers and rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Writes {
    pub(crate) insert: bool,
    pub(crate) update: bool,
    pub(crate) delete: bool,
}

/// A constraint, for explaining its violation.
#[derive(Debug, Clone)]
pub(crate) struct Constraint {
    pub(crate) columns: Vec<String>,
    pub(crate) definition: String,
}

/// The view through which some roles see a table: `howdah_schema::mask::views`. It has the table's columns, those with personal
/// data masked, so that whatever a request says of a column it says of what is shown.
#[derive(Debug, Clone)]
pub(crate) struct Masked {
    /// Quoted and with its schema.
    pub(crate) sql_name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) roles: HashSet<Arc<str>>,
}

/// A table or view, or the rows that a function returns.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) name: QualifiedName,
    /// Quoted and with its schema.
    pub(crate) sql_name: String,
    pub(crate) columns: Vec<Column>,
    by_name: HashMap<String, usize>,
    /// Functions of a row that look like columns to a request; `*` leaves them out.
    computed: HashMap<String, Column>,
    pub(crate) primary_key: Vec<String>,
    /// Sets of columns that tell rows apart.
    unique_keys: Vec<Vec<String>>,
    pub(crate) constraints: HashMap<String, Constraint>,
    /// Has a nullable `deleted_at timestamptz`: deleting marks.
    pub(crate) has_soft_delete: bool,
    /// The column behind ETag and If-Match, where the `@version` tag names one.
    pub(crate) version: Option<String>,
    /// Rows have a hidden `xmin`: it is a table, not a view and not partitioned.
    pub(crate) has_xmin: bool,
    pub(crate) writes: Writes,
    /// Triggers or rules run on writes: they may set the response's headers.
    pub(crate) has_triggers: bool,
    /// Of roles that may read some of the columns only: which.
    pub(crate) readable: HashMap<Arc<str>, Vec<String>>,
    /// Tables tagged `@audit read` that one reads who reads it.
    pub(crate) reads: BTreeSet<QualifiedName>,
    /// The view in whose place some roles see it.
    pub(crate) masked: Option<Masked>,
}

impl Relation {
    pub(crate) fn find(&self, name: &str) -> Option<&Column> {
        self.by_name.get(name).and_then(|at| self.columns.get(*at))
    }

    /// A column that a filter, an order or a select names.
    pub(crate) fn column(&self, name: &str) -> Result<&Column, ApiError> {
        self.find(name).or_else(|| self.computed.get(name)).ok_or_else(|| {
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

    /// Its masked view, for a role that sees it through that.
    fn masked_for(&self, role: &str) -> Option<&Masked> {
        self.masked.as_ref().filter(|masked| masked.roles.contains(role))
    }

    /// What a role reads in SQL: the relation, or its masked view. Writes go to the relation itself.
    pub(crate) fn read_by(&self, role: &str) -> &str {
        self.masked_for(role).map_or(&self.sql_name, |masked| &masked.sql_name)
    }

    /// The columns that `*` means for a role in what [`Relation::read_by`] names.
    pub(crate) fn readable_by(&self, role: &str) -> impl Iterator<Item = &Column> {
        let masked = self.masked_for(role).map(|masked| &masked.columns);
        self.only(masked.or_else(|| self.readable.get(role)))
    }

    /// The columns that `*` means for a role in rows that are the relation's own: those that a statement has written or a
    /// function returns.
    pub(crate) fn readable_unmasked(&self, role: &str) -> impl Iterator<Item = &Column> {
        self.only(self.readable.get(role))
    }

    fn only<'a>(&'a self, some: Option<&'a Vec<String>>) -> impl Iterator<Item = &'a Column> {
        self.columns.iter().filter(move |column| some.is_none_or(|names| names.contains(&column.name)))
    }

    /// Whether equality on all of `columns` leaves one row at the most.
    pub(crate) fn is_unique(&self, columns: &[&str]) -> bool {
        self.unique_keys.iter().any(|key| key.iter().all(|column| columns.contains(&column.as_str())))
    }

    /// What changes with every change of a row, as SQL under an alias: the column that the `@version` tag names, else `xmin`.
    /// `None` where there is neither, or where the role may not read it.
    pub(crate) fn version_of(&self, alias: &str, role: &str) -> Option<String> {
        let tagged = self.version.as_deref().and_then(|name| self.find(name));
        let masked = self.masked_for(role);
        let is_readable = |name: &str| {
            let in_table = self.readable_unmasked(role).any(|column| column.name == name);
            in_table && masked.is_none_or(|masked| masked.columns.iter().any(|shown| shown == name))
        };
        match tagged {
            Some(column) => is_readable(&column.name).then(|| format!("{alias}.{}", Ident::new(column.name.as_str()))),
            // System columns come with the right to read the whole table only, and a view has none.
            None => {
                let has_xmin = self.has_xmin && masked.is_none() && !self.readable.contains_key(role);
                has_xmin.then(|| format!("{alias}.xmin"))
            }
        }
    }

    /// Of a table or view of the catalog.
    pub(super) fn of(
        catalog: &Catalog,
        relation: howdah_schema::Relation<'_>,
        soft_delete: bool,
        writes: Writes,
        readable: HashMap<Arc<str>, Vec<String>>,
    ) -> Self {
        let columns: Vec<Column> = relation.columns().iter().map(|column| stored(catalog, relation, column)).collect();
        let has_soft_delete = soft_delete
            && relation
                .column("deleted_at")
                .is_some_and(|column| !column.not_null && is_builtin(&column.data_type, "timestamptz"));
        let table = relation.table();
        let unique_keys = table.map(|table| {
            let keys = table.unique_keys().into_iter();
            keys.map(|key| key.into_iter().map(str::to_owned).collect()).collect()
        });
        let constraints = table.into_iter().flat_map(|table| table.constraints.values());
        let (has_triggers, has_rules) = match relation {
            howdah_schema::Relation::Table(table) => (!table.triggers.is_empty(), !table.rules.is_empty()),
            howdah_schema::Relation::View(view) => (!view.triggers.is_empty(), !view.rules.is_empty()),
        };
        Self {
            primary_key: relation.primary_key().to_vec(),
            unique_keys: unique_keys.unwrap_or_default(),
            constraints: constraints.map(|constraint| (constraint.name.clone(), explained(constraint))).collect(),
            has_soft_delete,
            version: relation.comment().tags().version.clone(),
            has_xmin: table.is_some_and(|table| table.partition_key.is_none()),
            writes,
            has_triggers: has_triggers || has_rules,
            readable,
            reads: audit::of_relation(catalog, relation.name()),
            ..Self::with_columns(relation.name(), columns)
        }
    }

    /// Rows that only a function returns, or that have nothing but columns.
    pub(super) fn with_columns(name: &QualifiedName, columns: Vec<Column>) -> Self {
        Self {
            name: name.clone(),
            sql_name: name.to_string(),
            by_name: columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect(),
            columns,
            computed: HashMap::new(),
            primary_key: Vec::new(),
            unique_keys: Vec::new(),
            constraints: HashMap::new(),
            has_soft_delete: false,
            version: None,
            has_xmin: false,
            writes: Writes::default(),
            has_triggers: false,
            readable: HashMap::new(),
            reads: BTreeSet::new(),
            masked: None,
        }
    }

    /// Makes a function of a row of this relation one of its columns.
    pub(super) fn add_computed(&mut self, catalog: &Catalog, function: &Function, returns: &DataType) {
        let name = &function.signature.name;
        let column = Column { computed_by: Some(name.to_string()), ..column(catalog, &name.name, returns) };
        self.computed.insert(name.name.clone(), column);
    }

    /// A view has no key of its own, but may show that of a table.
    pub(super) fn set_primary_key(&mut self, columns: Vec<String>) {
        self.primary_key = columns;
    }

    /// A view whose rows are those of one table has its key, in the full sense.
    pub(super) fn set_unique_key(&mut self, columns: Vec<String>) {
        self.unique_keys.push(columns);
    }
}

fn stored(catalog: &Catalog, relation: howdah_schema::Relation<'_>, stored: &howdah_schema::catalog::Column) -> Column {
    let identity = stored.identity.as_ref().map(|_| {
        let table = howdah_schema::Literal::text(relation.name().to_string());
        let name = howdah_schema::Literal::text(stored.name.as_str());
        format!("nextval(pg_get_serial_sequence({table}, {name}))")
    });
    let default = stored.default.clone().or(identity).or_else(|| domain_default(catalog, &stored.data_type));
    Column { default, not_null: stored.not_null, ..column(catalog, &stored.name, &stored.data_type) }
}

/// A column of a domain has the domain's default where it has none of its own.
fn domain_default(catalog: &Catalog, data_type: &DataType) -> Option<String> {
    if data_type.kind != TypeKind::Domain || data_type.array {
        return None;
    }
    let domain = catalog.domains.get(&data_type.name)?;
    domain.default.clone().or_else(|| domain_default(catalog, &domain.base))
}

pub(super) fn column(catalog: &Catalog, name: &str, data_type: &DataType) -> Column {
    Column {
        name: name.to_owned(),
        quoted: Ident::new(name).to_string(),
        sql_type: data_type.sql.clone(),
        is_scalar: is_scalar(catalog, data_type),
        is_tsvector: is_builtin(data_type, "tsvector"),
        not_null: false,
        default: None,
        computed_by: None,
        representation: Representation::of(catalog, data_type),
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

/// By column of a table, the columns of a view that are it; seldom more than one.
pub(crate) type Mapping = BTreeMap<String, Vec<String>>;
