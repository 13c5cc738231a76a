//! What of the catalog the API serves, arranged for looking things up once a request.

mod alike;
mod function;
mod handler;
mod hoisted;
mod relation;
mod relationship;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use howdah_http::{ApiError, Asked, RoleSettings};
use howdah_pg::ViewOrigin;
use howdah_schema::catalog::{Function as Stored, TypeKind};
use howdah_schema::{Catalog, QualifiedName};
use http::StatusCode;
use serde_json::{Value, json};

use crate::audit;
use crate::openapi::Made;
use crate::options::ApiOptions;

use alike::most_alike;
pub(crate) use function::{Arguments, Call, Function, Returns, VALUE};
pub(crate) use handler::{Handlers, Whole};
pub(crate) use hoisted::Hoisted;

pub(crate) use relation::{Column, Masked, Relation, Writes};
pub(crate) use relationship::{Cardinality, Link, Relationship};

/// What the catalog does not say, read beside it.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    /// Which view shows which column of which table.
    pub(crate) view_columns: Vec<ViewOrigin>,
    /// Of roles that may read some columns of a relation only: which.
    pub(crate) readable: HashMap<QualifiedName, HashMap<Arc<str>, Vec<String>>>,
    /// Of tables that some roles see through a masked view: that view.
    pub(crate) masked: HashMap<QualifiedName, Masked>,
    /// Which writes each relation takes.
    pub(crate) writes: HashMap<QualifiedName, Writes>,
    /// Views whose rows are rows of one table: not written through triggers.
    pub(crate) plain_views: HashSet<QualifiedName>,
    /// The time zones that the server knows.
    pub(crate) time_zones: Vec<String>,
    /// Sources of functions, of extensions too, that may ask for the circumstances of a request.
    pub(crate) sources: Vec<String>,
    /// Settings of roles that the login role may set for them: role, name and value.
    pub(crate) role_settings: Vec<(String, String, String)>,
}

/// The relations and functions of the exposed schemas.
#[derive(Debug, Default)]
pub(crate) struct Exposed {
    catalog: Arc<Catalog>,
    schemas: Vec<String>,
    relations: HashMap<QualifiedName, Arc<Relation>>,
    relationships: HashMap<QualifiedName, Vec<Arc<Relationship>>>,
    functions: HashMap<QualifiedName, Vec<Arc<Function>>>,
    handlers: Handlers,
    time_zones: Vec<String>,
    asked: Asked,
    roles: HashMap<Arc<str>, Arc<RoleSettings>>,
    records_reads: bool,
    descriptions: Made,
}

impl Exposed {
    pub(crate) fn new(catalog: Arc<Catalog>, options: &ApiOptions, mut around: Surroundings) -> Self {
        let whole = catalog;
        let catalog = &*whole;
        let mut views: relationship::Views = HashMap::new();
        for origin in around.view_columns {
            let mapping = views.entry(origin.view).or_default().entry(origin.table).or_default();
            mapping.entry(origin.table_column).or_default().push(origin.column);
        }
        let is_exposed = |name: &QualifiedName| options.schemas.contains(&name.schema);
        let mut relations: HashMap<QualifiedName, Relation> = catalog
            .relations()
            .filter(|relation| is_exposed(relation.name()))
            .map(|relation| {
                let readable = around.readable.remove(relation.name()).unwrap_or_default();
                let writes = around.writes.get(relation.name()).copied().unwrap_or_default();
                let mut exposed = Relation::of(catalog, relation, options.soft_delete, writes, readable);
                exposed.masked = around.masked.remove(relation.name());
                (relation.name().clone(), exposed)
            })
            .collect();
        let mut relationships = relationship::by_foreign_keys(catalog, &views, &is_exposed);
        for function in catalog.functions.values() {
            add_computed(catalog, options, function, &mut relations, &mut relationships);
        }
        give_views_keys(catalog, &views, &around.plain_views, &mut relations);

        let relations: HashMap<_, _> =
            relations.into_iter().map(|(name, relation)| (name, Arc::new(relation))).collect();
        // Functions may return rows of tables that are not exposed themselves.
        let known = |name: &QualifiedName| {
            relations.get(name).cloned().or_else(|| {
                let relation = catalog.relation(&name.schema, &name.name)?;
                Some(Arc::new(Relation::of(catalog, relation, options.soft_delete, Writes::default(), HashMap::new())))
            })
        };
        let mut functions: HashMap<QualifiedName, Vec<Arc<Function>>> = HashMap::new();
        for stored in catalog.functions.values().filter(|stored| is_exposed(&stored.signature.name)) {
            if let Some(function) = Function::of(catalog, stored, &options.hoisted_settings, &known) {
                functions.entry(function.name.clone()).or_default().push(Arc::new(function));
            }
        }
        let (schemas, time_zones) = (options.schemas.clone(), around.time_zones);
        let handlers = Handlers::of(catalog, options);
        let asked = asked(catalog, &around.sources);
        let roles = roles(options, around.role_settings);
        let records_reads = audit::has_recorder(catalog);
        Self {
            catalog: whole,
            schemas,
            relations,
            relationships,
            functions,
            handlers,
            time_zones,
            asked,
            roles,
            records_reads,
            descriptions: Made::default(),
        }
    }

    /// The schema that a profile header names, or the first.
    pub(crate) fn schema(&self, profile: Option<&str>) -> Result<&str, ApiError> {
        let Some(profile) = profile else { return Ok(self.default_schema()) };
        self.schemas.iter().find(|schema| *schema == profile).map(String::as_str).ok_or_else(|| {
            let message = format!("Invalid schema: {profile}");
            ApiError::new(StatusCode::NOT_ACCEPTABLE, "PGRST106", message)
                .with_hint(format!("Only the following schemas are exposed: {}", self.schemas.join(", ")))
        })
    }

    /// What of a request's circumstances anything in the database may ask for.
    pub(crate) fn asked(&self) -> Asked {
        self.asked
    }

    /// What holds for requests of a role, if it has settings of its own.
    pub(crate) fn role_settings(&self, role: &str) -> Option<Arc<RoleSettings>> {
        self.roles.get(role).cloned()
    }

    /// Whether the database can write events of reads.
    pub(crate) fn records_reads(&self) -> bool {
        self.records_reads
    }

    /// What it was made from.
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The same, to be kept.
    pub(crate) fn catalog_shared(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }

    /// Descriptions of it that have been made.
    pub(crate) fn descriptions(&self) -> &Made {
        &self.descriptions
    }

    pub(crate) fn default_schema(&self) -> &str {
        self.schemas.first().map_or("public", String::as_str)
    }

    /// The media types that the schema makes of rows.
    pub(crate) fn handlers(&self) -> &Handlers {
        &self.handlers
    }

    pub(crate) fn has_time_zone(&self, name: &str) -> bool {
        self.time_zones.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    pub(crate) fn relation(&self, schema: &str, name: &str) -> Result<Arc<Relation>, ApiError> {
        if let Some(relation) = self.relations.get(&QualifiedName::new(schema, name)) {
            return Ok(Arc::clone(relation));
        }
        let names = self.relations.keys().filter(|known| known.schema == schema);
        let hint = most_alike(name, names.map(|known| known.name.as_str()))
            .map(|(_, near)| format!("Perhaps you meant the table '{schema}.{near}'"));
        let message = format!("Could not find the table '{schema}.{name}' in the schema cache");
        Err(ApiError::new(StatusCode::NOT_FOUND, "PGRST205", message).with_hint_if(hint))
    }

    pub(crate) fn relation_count(&self) -> usize {
        self.relations.len()
    }

    /// The functions of one name.
    pub(crate) fn functions(&self, schema: &str, name: &str) -> &[Arc<Function>] {
        self.functions.get(&QualifiedName::new(schema, name)).map_or(&[], Vec::as_slice)
    }

    /// What a call may have meant that found no function: another name, or other arguments of the functions of this name.
    pub(crate) fn nearest_call(&self, schema: &str, name: &str, given: &BTreeSet<&str>) -> Option<String> {
        let overloads = self.functions(schema, name);
        if overloads.is_empty() {
            let names = self.functions.keys().filter(|known| known.schema == schema).map(|known| known.name.as_str());
            return most_alike(name, names).map(|(_, near)| format!("{schema}.{near}"));
        }
        let list = |names: &BTreeSet<&str>| format!("({})", names.iter().copied().collect::<Vec<_>>().join(", "));
        let lists: Vec<String> = overloads.iter().map(|function| list(&function.parameter_names())).collect();
        most_alike(&list(given), lists.iter().map(String::as_str)).map(|(_, near)| format!("{schema}.{name}{near}"))
    }

    /// The one relationship that an embed within `origin` means.
    pub(crate) fn relationship(
        &self,
        origin: &Relation,
        schema: &str,
        name: &str,
        hint: Option<&str>,
    ) -> Result<(Arc<Relationship>, Arc<Relation>), ApiError> {
        let known = self.relationships.get(&origin.name).map_or(&[][..], Vec::as_slice);
        let known = known.iter().filter(|relationship| relationship.target.schema == schema);
        let mut meant: Vec<_> = known.clone().filter(|relationship| relationship.is_meant_by(name, hint)).collect();
        // A table's own name within it means what its foreign keys to itself say. A junction of it with itself says no more
        // than that there are two ways through it.
        let is_direct = |relationship: &Relationship| !matches!(relationship.link, Link::Through { .. });
        if hint.is_none() && meant.iter().any(|one| one.is_self() && is_direct(one)) {
            meant.retain(|one| is_direct(one));
        }
        // A function of the row is there to replace what foreign keys say.
        let computed = meant.iter().find(|relationship| matches!(relationship.link, Link::Computed { .. }));
        let found = match (computed, meant.as_slice()) {
            (Some(one), _) => *one,
            (None, [one]) => *one,
            (None, []) => {
                let names = known.map(|relationship| relationship.target.name.as_str());
                // A name that is right needs another hint, not another name.
                let near = most_alike(name, names).filter(|(alike, _)| *alike < 1.0);
                return Err(unrelated(origin, schema, name, hint, near.map(|(_, near)| near)));
            }
            (None, several) => return Err(ambiguous(origin, name, several)),
        };
        let Some(target) = self.relations.get(&found.target) else {
            return Err(unrelated(origin, schema, name, hint, None));
        };
        Ok((Arc::clone(found), Arc::clone(target)))
    }
}

/// Policies, views, defaults and whatever else holds SQL stand in the catalog; all of it is looked through as one text.
fn asked(catalog: &Catalog, sources: &[String]) -> Asked {
    let asked = sources.iter().fold(Asked::NONE, |asked, source| asked.and_by(source));
    match serde_json::to_string(catalog) {
        Ok(text) => asked.and_by(&text),
        Err(_) => Asked::ALL,
    }
}

/// What the database says of roles, and what the options say of those whose time limit it does not mention.
fn roles(options: &ApiOptions, mut settings: Vec<(String, String, String)>) -> HashMap<Arc<str>, Arc<RoleSettings>> {
    const TIME_LIMIT: &str = "statement_timeout";
    let limited: HashSet<_> =
        settings.iter().filter(|(_, name, _)| name == TIME_LIMIT).map(|(role, ..)| role).collect();
    let further = options.statement_timeouts.iter().filter(|(role, _)| !limited.contains(role));
    let further = further.map(|(role, limit)| (role.clone(), TIME_LIMIT.to_owned(), limit.as_millis().to_string()));
    settings.extend(further.collect::<Vec<_>>());
    RoleSettings::of_roles(settings)
}

fn unrelated(origin: &Relation, schema: &str, name: &str, hint: Option<&str>, near: Option<&str>) -> ApiError {
    let origin = &origin.name.name;
    let message = format!("Could not find a relationship between '{origin}' and '{name}' in the schema cache");
    let using = hint.map(|hint| format!(" using the hint '{hint}'")).unwrap_or_default();
    let details = format!(
        "Searched for a foreign key relationship between '{origin}' and '{name}'{using} in the schema '{schema}', \
         but no matches were found."
    );
    let hint = near.map(|near| format!("Perhaps you meant '{near}' instead of '{name}'."));
    ApiError::bad_request("PGRST200", message).with_details(details).with_hint_if(hint)
}

fn ambiguous(origin: &Relation, name: &str, several: &[&Arc<Relationship>]) -> ApiError {
    let origin = &origin.name.name;
    let message = format!("Could not embed because more than one relationship was found for '{origin}' and '{name}'");
    let details: Vec<Value> = several
        .iter()
        .map(|one| {
            json!({
                "cardinality": one.cardinality.name(),
                "embedding": format!("{origin} with {}", one.target.name),
                "relationship": one.description(),
            })
        })
        .collect();
    let choices: Vec<_> = several.iter().map(|one| format!("'{}!{}'", one.target.name, one.hint())).collect();
    let hint = format!(
        "Try changing '{name}' to one of the following: {}. Find the desired relationship in the 'details' key.",
        choices.join(", ")
    );
    ApiError::new(StatusCode::MULTIPLE_CHOICES, "PGRST201", message).with_json_details(details.into()).with_hint(hint)
}

/// A function of one row of a relation is a column of it, or leads to related rows.
fn add_computed(
    catalog: &Catalog,
    options: &ApiOptions,
    function: &Stored,
    relations: &mut HashMap<QualifiedName, Relation>,
    relationships: &mut HashMap<QualifiedName, Vec<Arc<Relationship>>>,
) {
    let name = &function.signature.name;
    if !options.schemas.contains(&name.schema) && !options.extra_search_path.contains(&name.schema) {
        return;
    }
    let mut inputs = function.arguments.iter().filter(|argument| argument.mode.is_input());
    let (Some(only), None, Some(returns)) = (inputs.next(), inputs.next(), &function.returns) else { return };
    if only.data_type.kind != TypeKind::Composite || only.data_type.array {
        return;
    }
    let origin = &only.data_type.name;
    let target = &returns.data_type.name;
    let is_row = returns.data_type.kind == TypeKind::Composite && !returns.data_type.array;
    if is_row && relations.contains_key(target) && relations.contains_key(origin) {
        let cardinality =
            if returns.set && function.rows != "1" { Cardinality::OneToMany } else { Cardinality::ManyToOne };
        relationships.entry(origin.clone()).or_default().push(Arc::new(Relationship {
            origin: origin.clone(),
            target: target.clone(),
            cardinality,
            link: Link::Computed { function: name.to_string(), name: name.name.clone() },
            is_to_view: false,
        }));
    } else if !returns.set
        && returns.data_type.kind != TypeKind::Pseudo
        && let Some(relation) = relations.get_mut(origin)
    {
        relation.add_computed(catalog, function, &returns.data_type);
    }
}

/// A view has the keys of a table that it shows whole.
fn give_views_keys(
    catalog: &Catalog,
    views: &relationship::Views,
    plain: &HashSet<QualifiedName>,
    relations: &mut HashMap<QualifiedName, Relation>,
) {
    for (view, tables) in views {
        let shown = |table: &QualifiedName, mapping: &relation::Mapping| {
            let table = catalog.tables.get(table)?;
            let primary = table.primary_key();
            let first = |column: &String| mapping.get(column).and_then(|shown| shown.first()).cloned();
            let primary: Option<Vec<String>> = primary.iter().map(first).collect();
            primary.filter(|columns| !columns.is_empty())
        };
        // Over several tables a key of one does not tell the view's rows apart: it is for PUT and Location only.
        let keys: Vec<Vec<String>> = tables.iter().filter_map(|(table, mapping)| shown(table, mapping)).collect();
        if let ([key], Some(relation)) = (keys.as_slice(), relations.get_mut(view)) {
            relation.set_primary_key(key.clone());
            if plain.contains(view) && !relation.has_triggers {
                relation.set_unique_key(key.clone());
            }
        }
    }
}
