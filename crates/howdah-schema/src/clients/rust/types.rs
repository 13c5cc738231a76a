//! How values of PostgreSQL's types travel: as which type of Rust, and by which casts.
//!
//! A type that Rust has an exact equal for travels in its binary form. All others travel as text, with a cast in the SQL:
//! `interval`, `time` (chrono has no 24:00), `inet`, `money`, `xml`, `tsvector`, what extensions bring. Casts name types
//! without their modifiers: a cast to `varchar(3)` would cut a text that an assignment refuses.

use super::plan::Plan;
use crate::catalog::{Attribute, DataType, Domain, TypeKind};
use crate::{Ident, QualifiedName};

/// How the values of one type travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapped {
    /// The type of Rust.
    pub(super) rust: String,
    /// What a column is cast to when it is read.
    read: Option<String>,
    /// What a parameter is cast to, one after the other: first to what it travels as.
    write: Vec<String>,
    /// How a function takes it.
    pub(super) passing: Passing,
    /// The schema of its operators, where that is not always searched.
    operators: Option<String>,
}

/// How a function takes a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Passing {
    /// As it is.
    Copied,
    /// `&str`
    Text,
    /// As a slice of this.
    Slice(String),
    /// By reference.
    Reference,
}

impl Mapped {
    fn binary(rust: impl Into<String>, sql: &str, passing: Passing) -> Self {
        Self { rust: rust.into(), read: None, write: vec![sql.to_owned()], passing, operators: None }
    }

    fn text(sql: &str) -> Self {
        let (read, write) = (Some("text".to_owned()), vec!["text".to_owned(), sql.to_owned()]);
        Self { rust: "String".to_owned(), read, write, passing: Passing::Text, operators: None }
    }

    /// Whether it travels in its binary form.
    pub(super) fn is_binary(&self) -> bool {
        self.read.is_none()
    }

    /// An expression as it is read.
    pub(super) fn reading(&self, expression: &str) -> String {
        self.read.as_ref().map_or_else(|| expression.to_owned(), |cast| format!("{expression}::{cast}"))
    }

    /// What follows a parameter.
    pub(super) fn cast(&self) -> String {
        self.write.iter().map(|cast| format!("::{cast}")).collect()
    }

    /// The type of a function's parameter.
    pub(super) fn parameter(&self) -> String {
        match &self.passing {
            Passing::Copied => self.rust.clone(),
            Passing::Text => "&str".to_owned(),
            Passing::Slice(of) => format!("&[{of}]"),
            Passing::Reference => format!("&{}", self.rust),
        }
    }

    /// A comparison operator of this type.
    pub(super) fn operator(&self, operator: &str) -> String {
        match &self.operators {
            Some(schema) => format!("OPERATOR({}.{operator})", Ident::new(schema.as_str())),
            None => operator.to_owned(),
        }
    }

    /// Whether its operators are found without saying where.
    pub(super) fn has_plain_operators(&self) -> bool {
        self.operators.is_none()
    }
}

/// PostgreSQL's own types that have an equal in Rust.
fn builtin(name: &str) -> Option<Mapped> {
    use Passing::{Copied, Reference, Slice, Text};
    Some(match name {
        "bool" => Mapped::binary("bool", name, Copied),
        "int2" => Mapped::binary("i16", name, Copied),
        "int4" => Mapped::binary("i32", name, Copied),
        "int8" => Mapped::binary("i64", name, Copied),
        "oid" => Mapped::binary("u32", name, Copied),
        "float4" => Mapped::binary("f32", name, Copied),
        "float8" => Mapped::binary("f64", name, Copied),
        "numeric" => Mapped::binary("support::Numeric", name, Reference),
        "text" => Mapped::binary("String", name, Text),
        // A text that is assigned to a varchar is checked against its length.
        "varchar" => Mapped::binary("String", "text", Text),
        "bpchar" | "name" => {
            let write = vec!["text".to_owned(), format!("pg_catalog.{name}")];
            Mapped { write, ..Mapped::binary("String", name, Text) }
        }
        "bytea" => Mapped::binary("Vec<u8>", name, Slice("u8".to_owned())),
        "uuid" => Mapped::binary("uuid::Uuid", name, Copied),
        "json" | "jsonb" => Mapped::binary("serde_json::Value", name, Reference),
        "date" => Mapped::binary("chrono::NaiveDate", name, Copied),
        "timestamp" => Mapped::binary("chrono::NaiveDateTime", name, Copied),
        "timestamptz" => Mapped::binary("chrono::DateTime<chrono::Utc>", name, Copied),
        "int4range" | "int8range" | "numrange" | "daterange" | "tsrange" | "tstzrange" => range("Range", name)?,
        "int4multirange" | "int8multirange" | "nummultirange" | "datemultirange" | "tsmultirange"
        | "tstzmultirange" => range("Multirange", name)?,
        _ => return None,
    })
}

fn range(rust: &str, name: &str) -> Option<Mapped> {
    let subtype = match name.trim_end_matches("range").trim_end_matches("multi") {
        "num" => "numeric",
        "ts" => "timestamp",
        "tstz" => "timestamptz",
        other => other,
    };
    let of = builtin(subtype)?.rust;
    Some(Mapped::binary(format!("support::{rust}<{of}>"), name, Passing::Reference))
}

impl Plan<'_> {
    /// How values of a type travel, for a module of this schema.
    pub(super) fn map(&self, data_type: &DataType, from: &str) -> Mapped {
        if data_type.array { self.array(data_type, from) } else { self.scalar(data_type, from) }
    }

    /// Elements may be null. An array of several dimensions is an error when it is read.
    fn array(&self, data_type: &DataType, from: &str) -> Mapped {
        let mut element = self.scalar(&DataType { array: false, ..data_type.clone() }, from);
        // A domain over an array makes arrays of arrays, which have no equal in Rust.
        if self.is_array_domain(data_type) {
            element = Mapped::text(&data_type.name.to_string());
        }
        let of = format!("Option<{}>", element.rust);
        let write: Vec<String> = element.write.iter().map(|cast| format!("{cast}[]")).collect();
        let mut read = element.read.map(|cast| format!("{cast}[]"));
        if data_type.kind == TypeKind::Domain && read.is_none() {
            // Of a column of domains the server tells the type under them, of one of their arrays it does not.
            read = write.last().cloned();
        }
        Mapped { rust: format!("Vec<{of}>"), read, write, passing: Passing::Slice(of), operators: None }
    }

    fn is_array_domain(&self, data_type: &DataType) -> bool {
        let domain = self.catalog.domains.get(&data_type.name);
        domain.is_some_and(|domain| domain.base.array || self.is_array_domain(&domain.base))
    }

    fn scalar(&self, data_type: &DataType, from: &str) -> Mapped {
        let name = &data_type.name;
        let text = || Mapped::text(&name.to_string());
        match data_type.kind {
            TypeKind::Base | TypeKind::Range if name.schema == "pg_catalog" => builtin(&name.name).unwrap_or_else(text),
            TypeKind::Base => Mapped { operators: Some(name.schema.clone()), ..text() },
            TypeKind::Range => self.range(name).unwrap_or_else(text),
            TypeKind::Domain => self.domain(name, from).unwrap_or_else(text),
            TypeKind::Enum => match self.type_path(name, from) {
                Some(rust) => Mapped { rust, passing: Passing::Copied, ..text() },
                None => text(),
            },
            TypeKind::Composite => match self.type_path(name, from) {
                Some(rust) if self.is_structure(name) => Mapped::binary(rust, &name.to_string(), Passing::Reference),
                _ => text(),
            },
            TypeKind::Pseudo => text(),
        }
    }

    fn domain(&self, name: &QualifiedName, from: &str) -> Option<Mapped> {
        let base = &self.catalog.domains.get(name)?.base;
        let mapped = self.map(base, from);
        Some(Mapped { rust: self.type_path(name, from)?, ..mapped })
    }

    /// A range type of the schema's own, of something that travels in its binary form. tokio-postgres knows nothing of the
    /// multirange that is made with it.
    fn range(&self, name: &QualifiedName) -> Option<Mapped> {
        let subtype = &self.catalog.ranges.get(name)?.subtype;
        let is_builtin = subtype.kind == TypeKind::Base && !subtype.array && subtype.name.schema == "pg_catalog";
        let of = is_builtin.then(|| builtin(&subtype.name.name)).flatten()?;
        Some(Mapped::binary(format!("support::Range<{}>", of.rust), &name.to_string(), Passing::Reference))
    }

    /// Whether a composite type can be a struct: when each of its attributes has a binary form, which is how they stand
    /// in its own.
    pub(super) fn is_structure(&self, name: &QualifiedName) -> bool {
        self.catalog
            .composites
            .get(name)
            .is_some_and(|composite| composite.attributes.iter().all(|attribute| self.is_member(&attribute.data_type)))
    }

    fn is_member(&self, data_type: &DataType) -> bool {
        match data_type.kind {
            // Their text is their binary form.
            TypeKind::Enum => self.catalog.enums.contains_key(&data_type.name),
            // Elements of a domain's type are not looked through.
            TypeKind::Domain if data_type.array => false,
            TypeKind::Domain => {
                self.catalog.domains.get(&data_type.name).is_some_and(|domain| self.is_member(&domain.base))
            }
            TypeKind::Composite => self.is_structure(&data_type.name),
            TypeKind::Pseudo => false,
            TypeKind::Base | TypeKind::Range => self.map(data_type, "").is_binary(),
        }
    }

    /// How an attribute stands in a struct.
    pub(super) fn member(&self, attribute: &Attribute, from: &str) -> String {
        format!("Option<{}>", self.map(&attribute.data_type, from).rust)
    }

    /// Whether a column of this type can be left out although it takes no null: the domain brings a value.
    pub(super) fn domain_default(&self, data_type: &DataType) -> bool {
        self.domains(data_type).any(|domain| domain.default.is_some())
    }

    /// Whether the type itself refuses nulls.
    pub(super) fn domain_not_null(&self, data_type: &DataType) -> bool {
        self.domains(data_type).any(|domain| domain.not_null)
    }

    /// The domains that a type is made of, from the outermost; none of an array.
    fn domains(&self, data_type: &DataType) -> impl Iterator<Item = &Domain> {
        let first = (!data_type.array).then(|| self.catalog.domains.get(&data_type.name)).flatten();
        std::iter::successors(first, |domain| {
            (!domain.base.array).then(|| self.catalog.domains.get(&domain.base.name)).flatten()
        })
    }
}
