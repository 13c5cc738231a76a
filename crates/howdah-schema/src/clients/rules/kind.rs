//! What a value of a type is to a client: how the API writes it in JSON, and what PostgreSQL makes of what it is given.

use crate::QualifiedName;
use crate::catalog::{Catalog, DataType, TypeKind};

/// A type, through its domains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `text`, and `varchar` without a length.
    Text,
    /// `varchar(n)`: spaces beyond the length are cut off, anything else is refused.
    Cut(u32),
    /// `char(n)`: the same, and spaces at the end do not count.
    Padded(u32),
    /// `smallint`, `integer`, `bigint`, by their bits.
    Whole(u32),
    /// `numeric`, with precision and scale if it has them.
    Numeric(Option<(u32, i32)>),
    /// `double precision`.
    Double,
    /// `real`.
    Single,
    /// `oid`: a whole number without a sign.
    Oid,
    /// `boolean`.
    Boolean,
    /// `json`, which is kept as text.
    Json,
    /// `jsonb`.
    JsonBinary,
    /// `bytea`: a string, `\x` and hexadecimal digits.
    Bytes,
    /// `uuid`.
    Uuid,
    /// `date`.
    Date,
    /// `timestamp`.
    Timestamp,
    /// `timestamptz`.
    TimestampTz,
    /// `time`.
    Time,
    /// `timetz`.
    TimeTz,
    /// An array.
    Array(Box<Kind>),
    /// An enumeration.
    Enum(QualifiedName),
    /// A composite type, or the row type of a table or view.
    Composite(QualifiedName),
    /// Any other type that has a text form: intervals, networks, ranges, types of extensions …
    Other,
    /// `record` and other types that are not known before they are used.
    Unknown,
    /// `void`.
    Nothing,
}

impl Kind {
    /// What a column, argument or result of this type is.
    pub fn of(catalog: &Catalog, data_type: &DataType) -> Self {
        if data_type.array {
            let element = DataType {
                sql: data_type.sql.strip_suffix("[]").unwrap_or(&data_type.sql).to_owned(),
                array: false,
                base: None,
                ..data_type.clone()
            };
            return Self::Array(Box::new(Self::of(catalog, &element)));
        }
        match data_type.kind {
            // A domain over a domain ends at a type in as many steps.
            TypeKind::Domain => match catalog.domains.get(&data_type.name) {
                Some(domain) => Self::of(catalog, &domain.base),
                // Of an extension.
                None => Self::Other,
            },
            TypeKind::Enum if catalog.enums.contains_key(&data_type.name) => Self::Enum(data_type.name.clone()),
            TypeKind::Composite => {
                let known = catalog.composites.contains_key(&data_type.name)
                    || catalog.tables.contains_key(&data_type.name)
                    || catalog.views.contains_key(&data_type.name);
                if known { Self::Composite(data_type.name.clone()) } else { Self::Unknown }
            }
            TypeKind::Pseudo if data_type.name.name == "void" => Self::Nothing,
            TypeKind::Pseudo => Self::Unknown,
            TypeKind::Base if data_type.name.schema == "pg_catalog" => Self::builtin(data_type),
            TypeKind::Base | TypeKind::Range | TypeKind::Enum => Self::Other,
        }
    }

    fn builtin(data_type: &DataType) -> Self {
        let length = || modifiers(&data_type.sql).first().and_then(|length| u32::try_from(*length).ok());
        match data_type.name.name.as_str() {
            "text" => Self::Text,
            "varchar" => length().map_or(Self::Text, Self::Cut),
            "bpchar" => length().map_or(Self::Other, Self::Padded),
            "int2" => Self::Whole(16),
            "int4" => Self::Whole(32),
            "int8" => Self::Whole(64),
            "numeric" => match modifiers(&data_type.sql)[..] {
                [precision, scale] => Self::Numeric(u32::try_from(precision).ok().map(|precision| (precision, scale))),
                [precision] => Self::Numeric(u32::try_from(precision).ok().map(|precision| (precision, 0))),
                _ => Self::Numeric(None),
            },
            "float8" => Self::Double,
            "float4" => Self::Single,
            "oid" => Self::Oid,
            "bool" => Self::Boolean,
            "json" => Self::Json,
            "jsonb" => Self::JsonBinary,
            "bytea" => Self::Bytes,
            "uuid" => Self::Uuid,
            "date" => Self::Date,
            "timestamp" => Self::Timestamp,
            "timestamptz" => Self::TimestampTz,
            "time" => Self::Time,
            "timetz" => Self::TimeTz,
            _ => Self::Other,
        }
    }

    /// Whether a client has it as a string.
    pub fn is_string(&self) -> bool {
        match self {
            Self::Text
            | Self::Cut(_)
            | Self::Padded(_)
            | Self::Bytes
            | Self::Uuid
            | Self::Date
            | Self::Timestamp
            | Self::TimestampTz
            | Self::Time
            | Self::TimeTz
            | Self::Other => true,
            Self::Whole(_)
            | Self::Numeric(_)
            | Self::Double
            | Self::Single
            | Self::Oid
            | Self::Boolean
            | Self::Json
            | Self::JsonBinary
            | Self::Array(_)
            | Self::Enum(_)
            | Self::Composite(_)
            | Self::Unknown
            | Self::Nothing => false,
        }
    }
}

/// The numbers between the parentheses of a type.
fn modifiers(sql: &str) -> Vec<i32> {
    let inner = sql.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inner, _)| inner);
    inner.split(',').filter_map(|number| number.trim().parse().ok()).collect()
}
