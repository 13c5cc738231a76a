//! Functions that requests may call, and which of several of one name a call means.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use howdah_schema::catalog::{
    Argument, ArgumentMode, DataType, Function as Stored, FunctionKind, TypeKind, Volatility,
};
use howdah_schema::{Catalog, QualifiedName};

use super::hoisted::Hoisted;
use super::relation::{Relation, column};
use crate::audit;

/// What a caller gives to a function.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    /// Empty when it has no name.
    pub(crate) name: String,
    pub(crate) sql_type: String,
    pub(crate) is_required: bool,
    pub(crate) is_variadic: bool,
}

/// The column of a function's value, where it returns no rows.
pub(crate) const VALUE: &str = "value";

/// What comes back.
#[derive(Debug, Clone)]
pub(crate) enum Returns {
    /// Nothing; what PostgreSQL calls void is a value all the same.
    Void(Arc<Relation>),
    /// Values of one type: the only column of the relation, [`VALUE`].
    Value(Arc<Relation>),
    /// Rows.
    Rows(Arc<Relation>),
}

/// A function of an exposed schema.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: QualifiedName,
    /// Quoted and with its schema.
    pub(crate) sql_name: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) returns: Returns,
    /// Many rather than one.
    pub(crate) is_set: bool,
    /// Only the call tells which columns its rows have.
    pub(crate) is_untyped: bool,
    /// Tables tagged `@audit read` that it reads inside, as far as PostgreSQL knows.
    pub(crate) reads: BTreeSet<QualifiedName>,
    /// It may write.
    pub(crate) is_volatile: bool,
    /// A domain named like a media type that it returns: what it answers is of that type, as it is.
    pub(crate) media_type: Option<String>,
    /// Its settings that become those of the transaction.
    pub(crate) hoisted: Option<Hoisted>,
}

/// What a function is called with.
#[derive(Debug, Clone)]
pub(crate) enum Arguments {
    /// Named members of a JSON object.
    Json { names: Vec<String>, body: Bytes },
    /// Named texts; several of one name are for a variadic parameter.
    Named(Vec<(String, Vec<String>)>),
    /// The whole body, for the only parameter, which has no name.
    Body(Bytes),
}

/// A call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) function: Arc<Function>,
    pub(crate) arguments: Arguments,
}

impl Function {
    /// Whether a call with these names, and no others, is for it.
    pub(crate) fn takes(&self, names: &BTreeSet<&str>) -> bool {
        let required = self.parameters.iter().filter(|parameter| parameter.is_required);
        required.clone().all(|parameter| !parameter.name.is_empty() && names.contains(parameter.name.as_str()))
            && names.iter().all(|name| self.parameter(name).is_some())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name && !name.is_empty())
    }

    /// What its parameters are called.
    pub(crate) fn parameter_names(&self) -> BTreeSet<&str> {
        self.parameters.iter().map(|parameter| parameter.name.as_str()).collect()
    }

    /// The type of its only parameter, when that has no name and can hold a whole body.
    pub(crate) fn whole_body(&self) -> Option<&str> {
        match self.parameters.as_slice() {
            [only] if only.name.is_empty() => {
                let known = ["json", "jsonb", "text", "bytea", "xml"];
                known.into_iter().find(|known| *known == only.sql_type)
            }
            _ => None,
        }
    }

    /// The media type of a value that needs no domain to say it.
    pub(crate) fn raw_type(&self) -> Option<&'static str> {
        let Returns::Value(relation) = &self.returns else { return None };
        match relation.columns.first()?.sql_type.as_str() {
            "text" => Some("text/plain"),
            "bytea" => Some("application/octet-stream"),
            "xml" => Some("text/xml"),
            _ => None,
        }
    }

    /// `schema.name(a => integer, b => text)`, for messages.
    pub(crate) fn signature(&self) -> String {
        let parameters =
            self.parameters.iter().map(|parameter| format!("{} => {}", parameter.name, parameter.sql_type));
        format!("{}.{}({})", self.name.schema, self.name.name, parameters.collect::<Vec<_>>().join(", "))
    }

    pub(super) fn of(
        catalog: &Catalog,
        stored: &Stored,
        hoisted: &[String],
        known: &dyn Fn(&QualifiedName) -> Option<Arc<Relation>>,
    ) -> Option<Self> {
        let returned = stored.returns.as_ref()?;
        if stored.kind != FunctionKind::Function
            || is_pseudo(&returned.data_type, &["trigger", "event_trigger", "internal"])
        {
            return None;
        }
        let inputs = stored.arguments.iter().filter(|argument| argument.mode.is_input());
        let parameters = inputs.map(|argument| Parameter {
            name: argument.name.clone().unwrap_or_default(),
            sql_type: argument.data_type.sql.clone(),
            is_required: argument.default.is_none() && argument.mode != ArgumentMode::Variadic,
            is_variadic: argument.mode == ArgumentMode::Variadic,
        });
        Some(Self {
            name: stored.signature.name.clone(),
            sql_name: stored.signature.name.to_string(),
            parameters: parameters.collect(),
            returns: returns(catalog, stored, &returned.data_type, known),
            is_set: returned.set,
            is_untyped: is_pseudo(&returned.data_type, &["record"])
                && stored
                    .arguments
                    .iter()
                    .all(|argument| matches!(argument.mode, ArgumentMode::In | ArgumentMode::Variadic)),
            reads: audit::of_function(catalog, &stored.signature),
            is_volatile: stored.volatility == Volatility::Volatile,
            media_type: media_type(&returned.data_type),
            hoisted: Hoisted::of(&stored.config, hoisted),
        })
    }
}

fn returns(
    catalog: &Catalog,
    stored: &Stored,
    data_type: &DataType,
    known: &dyn Fn(&QualifiedName) -> Option<Arc<Relation>>,
) -> Returns {
    let outputs: Vec<&Argument> = stored
        .arguments
        .iter()
        .filter(|argument| matches!(argument.mode, ArgumentMode::Out | ArgumentMode::InOut | ArgumentMode::Table))
        .collect();
    let name = &stored.signature.name;
    let value = || Arc::new(Relation::with_columns(name, vec![column(catalog, VALUE, data_type)]));
    if is_pseudo(data_type, &["void"]) {
        return Returns::Void(value());
    }
    if data_type.kind == TypeKind::Composite && !data_type.array {
        if let Some(relation) = known(&data_type.name) {
            return Returns::Rows(relation);
        }
        if let Some(composite) = catalog.composites.get(&data_type.name) {
            let columns =
                composite.attributes.iter().map(|attribute| column(catalog, &attribute.name, &attribute.data_type));
            return Returns::Rows(Arc::new(Relation::with_columns(name, columns.collect())));
        }
    }
    if !outputs.is_empty() {
        let columns = outputs.iter().enumerate().map(|(at, argument)| {
            let name = argument.name.clone().unwrap_or_else(|| format!("column{}", at + 1));
            column(catalog, &name, &argument.data_type)
        });
        return Returns::Rows(Arc::new(Relation::with_columns(name, columns.collect())));
    }
    Returns::Value(value())
}

/// A domain whose name is a media type, such as `"text/html"`.
pub(super) fn media_type(data_type: &DataType) -> Option<String> {
    let is_media_type = data_type.kind == TypeKind::Domain && !data_type.array && data_type.name.name.contains('/');
    is_media_type.then(|| data_type.name.name.clone())
}

fn is_pseudo(data_type: &DataType, names: &[&str]) -> bool {
    data_type.name.schema == "pg_catalog" && names.contains(&data_type.name.name.as_str())
}
